//! A certificate authority for one run, and a certificate of it for 127.0.0.1 and localhost.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// Files in PEM form.
pub struct Certificate {
    /// The authority: what `ca_file` of a desk must name.
    pub authority: PathBuf,
    /// What the server shows.
    pub server: PathBuf,
    /// The server's private key.
    pub key: PathBuf,
}

/// Our own file instead of the machine's: Debian's defaults would add a second `basicConstraints`.
const CONFIG: &str = "\
[req]
distinguished_name = name
prompt = no
[name]
CN = Henji test run
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
";

/// Makes all files in `folder`.
pub fn make(openssl: &Path, folder: &Path) -> anyhow::Result<Certificate> {
    let config = folder.join("openssl.cnf");
    std::fs::write(&config, CONFIG)?;
    let made = Certificate {
        authority: folder.join("ca.pem"),
        server: folder.join("server.pem"),
        key: folder.join("server.key"),
    };
    let authority_key = folder.join("ca.key");
    let ask = |extensions: &str, key: &Path, certificate: &Path| {
        let mut command = Command::new(openssl);
        command.args(["req", "-x509", "-days", "2", "-noenc", "-newkey", "ec"]);
        command.args(["-pkeyopt", "ec_paramgen_curve:P-256", "-extensions", extensions]);
        command.arg("-config").arg(&config).arg("-keyout").arg(key).arg("-out").arg(certificate);
        command
    };
    run(ask("authority", &authority_key, &made.authority))?;
    let mut signed = ask("server", &made.key, &made.server);
    signed.arg("-CA").arg(&made.authority).arg("-CAkey").arg(&authority_key).args(["-subj", "/CN=localhost"]);
    run(signed)?;
    Ok(made)
}

fn run(mut command: Command) -> anyhow::Result<()> {
    let done = command.output().context("openssl can't be started")?;
    if !done.status.success() {
        bail!("openssl made no certificate: {}", String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(())
}
