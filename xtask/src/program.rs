//! Finding the programs of others, and saying in one sentence what to do when one is missing.

use std::path::{Path, PathBuf};

use anyhow::anyhow;

/// A program that the tests need and the Debian package that holds it.
pub struct Needed {
    /// Names under which it may be found, best first.
    pub names: &'static [&'static str],
    /// What a person calls it.
    pub title: &'static str,
    /// The Debian package to install.
    pub package: &'static str,
}

/// PostgreSQL's server; Debian keeps it outside of PATH.
pub const POSTGRES: Needed = Needed { names: &["postgres"], title: "PostgreSQL", package: "postgresql" };
/// Makes an empty PostgreSQL cluster; lies beside `postgres`.
pub const INITDB: Needed = Needed { names: &["initdb"], title: "PostgreSQL", package: "postgresql" };
/// The IMAP server; Debian keeps it in /usr/sbin, which is not on everybody's PATH.
pub const DOVECOT: Needed =
    Needed { names: &["dovecot"], title: "Dovecot with IMAP", package: "dovecot-imapd" };
/// Makes the certificates of a run.
pub const OPENSSL: Needed = Needed { names: &["openssl"], title: "OpenSSL", package: "openssl" };
/// Sends mails from the command line.
pub const SWAKS: Needed = Needed { names: &["swaks"], title: "swaks", package: "swaks" };
/// The browser of the stories.
pub const CHROMIUM: Needed =
    Needed { names: &["chromium", "chromium-browser"], title: "Chromium", package: "chromium" };
/// Starts a program as another user and ties its life to ours.
pub const SETPRIV: Needed = Needed { names: &["setpriv"], title: "setpriv", package: "util-linux" };

impl Needed {
    /// Where it is, or a sentence that says which package to install.
    pub fn find(&self) -> anyhow::Result<PathBuf> {
        self.path().ok_or_else(|| {
            anyhow!(
                "{} is missing: install the Debian package {} (as root: cargo xtask install-test-packages)",
                self.title,
                self.package
            )
        })
    }

    /// Where it is, newest PostgreSQL first, then PATH, then the folders of system programs.
    pub fn path(&self) -> Option<PathBuf> {
        let folders = folders();
        self.names.iter().find_map(|name| {
            folders.iter().map(|folder| folder.join(name)).find(|candidate| is_program(candidate))
        })
    }
}

/// Every folder in which a program may lie, in the order of search.
fn folders() -> Vec<PathBuf> {
    let mut folders = postgres_folders(Path::new("/usr/lib/postgresql"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    folders.extend(["/usr/sbin", "/sbin", "/usr/local/sbin"].map(PathBuf::from));
    folders
}

/// `…/15/bin` and its neighbours, newest version first.
fn postgres_folders(base: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(base) else { return Vec::new() };
    let mut versions: Vec<u32> =
        entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    versions.iter().map(|version| base.join(version.to_string()).join("bin")).collect()
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_told_with_its_package() {
        let nowhere = Needed { names: &["no-such-program-here"], title: "Nowhere", package: "nowhere-bin" };
        let sentence = nowhere.find().expect_err("it is not there").to_string();
        assert!(sentence.contains("Nowhere is missing"), "{sentence}");
        assert!(sentence.contains("Debian package nowhere-bin"), "{sentence}");
    }

    #[test]
    fn a_program_on_the_path_is_found() {
        let shell = Needed { names: &["no-such-shell", "sh"], title: "a shell", package: "dash" };
        assert!(shell.find().expect("every machine has one").ends_with("sh"));
    }

    #[test]
    fn the_newest_postgresql_comes_first() {
        let base = tempfile::tempdir().expect("a folder");
        for version in ["9", "15", "16", "not-a-version"] {
            std::fs::create_dir_all(base.path().join(version).join("bin")).expect("a folder");
        }
        let folders = postgres_folders(base.path());
        let expected: Vec<_> = ["16", "15", "9"].iter().map(|v| base.path().join(v).join("bin")).collect();
        assert_eq!(folders, expected);
    }
}
