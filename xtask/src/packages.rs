//! `install-test-packages`: what the tests need from Debian, only what is missing.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use crate::program;

/// Fonts are no program: this file tells whether they are there. Without them every picture of a
/// Japanese screen shows boxes.
const JAPANESE_FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
const FONT_PACKAGE: &str = "fonts-noto-cjk";

const PROGRAMS: [program::Needed; 7] = [
    program::POSTGRES,
    program::INITDB,
    program::DOVECOT,
    program::OPENSSL,
    program::SWAKS,
    program::CHROMIUM,
    program::SETPRIV,
];

/// What Debian asks before it starts a service that was just installed; 101 is "no".
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Installs what is missing as root; as anybody else names it and fails.
pub fn install() -> anyhow::Result<()> {
    let packages = missing();
    if packages.is_empty() {
        println!("everything that the tests need is installed");
        return Ok(());
    }
    let list = packages.join(" ");
    if !rustix::process::geteuid().is_root() {
        bail!("missing: {list}. Install as root: apt-get install --no-install-recommends {list}");
    }
    println!("installing {list}");
    let quiet = NoServices::begin()?;
    apt_get(&["update"])?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(&packages);
    let done = apt_get(&arguments);
    drop(quiet);
    done?;
    let still = missing();
    if !still.is_empty() {
        bail!("apt-get installed {list}, but these programs are still missing: {}", still.join(" "));
    }
    Ok(())
}

fn missing() -> Vec<&'static str> {
    let mut packages: Vec<&str> =
        PROGRAMS.iter().filter(|needed| needed.path().is_none()).map(|needed| needed.package).collect();
    if !Path::new(JAPANESE_FONT).exists() {
        packages.push(FONT_PACKAGE);
    }
    packages.dedup();
    packages
}

fn apt_get(arguments: &[&str]) -> anyhow::Result<()> {
    let status = Command::new("apt-get")
        .args(["-qq", "-o", "Acquire::Retries=3", "-o", "Dpkg::Use-Pty=0"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .status()
        .context("apt-get can't be started: on another system than Debian install the programs by hand")?;
    if !status.success() {
        bail!("apt-get {} failed ({status})", arguments.join(" "));
    }
    Ok(())
}

/// While this lives, newly installed services are not started.
struct NoServices {
    ours: bool,
}

impl NoServices {
    fn begin() -> anyhow::Result<Self> {
        use std::os::unix::fs::PermissionsExt;
        if Path::new(POLICY).exists() {
            return Ok(Self { ours: false });
        }
        std::fs::write(POLICY, "#!/bin/sh\nexit 101\n")
            .with_context(|| format!("{POLICY} can't be written"))?;
        std::fs::set_permissions(POLICY, PermissionsExt::from_mode(0o755))?;
        Ok(Self { ours: true })
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if self.ours {
            std::fs::remove_file(POLICY).ok();
        }
    }
}
