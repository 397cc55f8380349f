//! The configuration and where it came from; the data folder, its disk and the key.

use std::{fs, path::Path};

use server::actions::examine::{self, Examined};

use super::super::{Opened, serve};
use crate::{data::read_key, failure::Failure};

/// Where the configuration came from, what of it has no effect, and which of its files cannot be read.
pub(super) fn configuration(opened: &Opened) -> Vec<Examined> {
    let config = &opened.config;
    let mut findings = vec![match &opened.config_file {
        Some(file) => Examined::good("configuration_file").with("file", file.display()),
        None => Examined::good("configuration_default"),
    }];
    if !config.variables.is_empty() {
        findings.push(Examined::good("configuration_variables").with("list", config.variables.join(", ")));
    }
    if !config.without_effect.is_empty() {
        findings.push(Examined::note("without_effect").with("keys", config.without_effect.join(", ")));
    }
    let files = [serve::tls(config).err(), serve::smtp_tls(config).err(), serve::roots(config).err()];
    findings.extend(files.into_iter().flatten().map(|failure| trouble(&failure, opened)));
    findings
}

/// The data folder: whether it is there, closed to others, and on a disk with room that really flushes; the key.
pub(super) fn folder(opened: &Opened) -> Vec<Examined> {
    let folder = &opened.folder.0;
    let about = |found: Examined| found.with("folder", folder.display());
    if !folder.is_dir() {
        return vec![about(Examined::bad("folder_missing"))];
    }
    let rights = mode(folder);
    // A group of administrators is theirs to choose; everybody on the machine is too many.
    let closed = rights.ends_with('0');
    let mut findings = vec![if closed {
        about(Examined::good("folder_ok"))
    } else {
        about(Examined::bad("folder_open")).with("mode", rights)
    }];
    #[cfg(unix)]
    findings.push(examine::space(folder));
    findings.push(examine::disk(folder));
    findings.push(key(opened));
    findings
}

fn key(opened: &Opened) -> Examined {
    let file = match opened.folder.key_file(&opened.config) {
        Ok(file) => file,
        Err(failure) => return trouble(&failure, opened),
    };
    let about = |found: Examined| found.with("file", file.display());
    if !file.exists() {
        return about(Examined::bad("key_missing"));
    }
    if let Err(failure) = read_key(&file) {
        return trouble(&failure, opened);
    }
    let rights = mode(&file);
    let own = rights.ends_with("00");
    about(if own { Examined::good("key_ok") } else { Examined::bad("key_open") }).with("mode", rights)
}

fn trouble(failure: &Failure, opened: &Opened) -> Examined {
    Examined::bad("configuration_trouble").with("why", failure.sentence(opened.language).unwrap_or_default())
}

/// The rights of a file or folder, as `chmod` takes them.
#[cfg(unix)]
fn mode(path: &Path) -> String {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path)
        .map_or_else(|_| "000".to_owned(), |meta| format!("{:03o}", meta.permissions().mode() & 0o777))
}

#[cfg(not(unix))]
fn mode(_: &Path) -> String {
    "600".to_owned()
}
