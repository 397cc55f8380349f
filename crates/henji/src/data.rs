//! The data folder: the lock of `serve`, the master key, the database (contract §1, §6.1).

use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions, TryLockError},
    io::Write,
    path::{Path, PathBuf},
};

use rand::RngCore;
use server::keys::{KEY_LEN, Keys};
use store::{Store, Url};

use crate::{config::Config, failure::Failure};

/// Where everything lies.
#[derive(Debug, Clone)]
pub struct Folder(pub PathBuf);

impl Folder {
    /// Makes the folder if it is not there; only its owner may look inside. One that holds other things keeps its
    /// rights (`--data /tmp` would lock everybody out), and `doctor` tells when it stands open.
    pub fn open(path: &Path) -> Result<Folder, Failure> {
        let failed = |error: std::io::Error| {
            Failure::new("cli.error.folder").with("folder", path.display()).with("why", error)
        };
        fs::create_dir_all(path).map_err(failed)?;
        #[cfg(unix)]
        if fs::read_dir(path)
            .map_err(failed)?
            .all(|entry| entry.is_ok_and(|entry| is_ours(&entry.file_name())))
        {
            use std::os::unix::fs::PermissionsExt;
            let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o700));
        }
        Ok(Folder(path.to_path_buf()))
    }

    /// Whether a `serve` works on this folder now.
    pub fn is_served(&self) -> bool {
        let lock = File::open(self.0.join("serve.lock"));
        lock.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Takes the lock that only one `serve` can hold; it is free again when the process ends, however it ends.
    pub fn lock(&self) -> Result<File, Failure> {
        let path = self.0.join("serve.lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(Failure::other)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                Err(Failure::new("cli.error.already_serving").with("folder", self.0.display()))
            }
            Err(TryLockError::Error(error)) => Err(Failure::other(error)),
        }
    }

    /// Opens the database named by the configuration, or the SQLite file of this folder; runs migrations.
    pub async fn store(&self, config: &Config) -> Result<Store, Failure> {
        Ok(Store::open(&self.url(config)).await?)
    }

    /// Where the database is.
    pub fn url(&self, config: &Config) -> Url {
        match &config.database {
            Some(url) => Url::Postgres(url.clone()),
            None => Url::Sqlite(self.0.join("henji.db")),
        }
    }

    /// The master key: read, or made at the first start.
    pub fn keys(&self, config: &Config) -> Result<Keys, Failure> {
        let path = self.key_file(config)?;
        if path.exists() { read_key(&path) } else { make_key(&path) }
    }

    /// Where the master key is. With PostgreSQL it must be named, because every node needs the same one.
    pub fn key_file(&self, config: &Config) -> Result<PathBuf, Failure> {
        match (&config.secret_key_file, &config.database) {
            (Some(path), _) => Ok(path.clone()),
            (None, Some(_)) => Err(Failure::new("cli.error.key_not_named")),
            (None, None) => Ok(self.0.join("henji.key")),
        }
    }
}

/// What Henji itself puts into a data folder.
fn is_ours(name: &OsStr) -> bool {
    name == "serve.lock" || name.as_encoded_bytes().starts_with(b"henji.")
}

/// Reads a key that is there.
pub fn read_key(path: &Path) -> Result<Keys, Failure> {
    let bytes = fs::read(path).map_err(|error| key_failure(path, &error))?;
    let master: [u8; KEY_LEN] = bytes.try_into().map_err(|_| key_failure(path, &"32 bytes"))?;
    Ok(Keys::derive(&master))
}

fn make_key(path: &Path) -> Result<Keys, Failure> {
    let mut master = [0u8; KEY_LEN];
    rand::rng().fill_bytes(&mut master);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(|error| key_failure(path, &error))?;
    file.write_all(&master).and_then(|()| file.sync_all()).map_err(|error| key_failure(path, &error))?;
    Ok(Keys::derive(&master))
}

fn key_failure(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::new("cli.error.key").with("file", path.display()).with("why", why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_read_ever_after() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(&dir.path().join("data")).unwrap();
        let first = folder.keys(&Config::default()).unwrap();
        let again = folder.keys(&Config::default()).unwrap();
        assert_eq!(first.fingerprint(), again.fingerprint());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_holds_other_things_keeps_its_rights() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let rights = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(dir.path().join("others.txt"), "x").unwrap();
        Folder::open(dir.path()).unwrap();
        assert_eq!(rights(dir.path()), 0o755);
        let own = dir.path().join("own");
        fs::create_dir(&own).unwrap();
        fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(own.join("henji.toml"), "").unwrap();
        Folder::open(&own).unwrap();
        assert_eq!(rights(&own), 0o700);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        folder.keys(&Config::default()).unwrap();
        let mode = fs::metadata(dir.path().join("henji.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_second_serve_on_the_same_folder_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        let held = folder.lock().unwrap();
        assert!(folder.lock().is_err() && folder.is_served());
        drop(held);
        assert!(!folder.is_served());
        assert!(folder.lock().is_ok());
    }

    #[test]
    fn on_postgresql_the_key_must_be_named() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        let config = Config { database: Some("postgres://x".to_owned()), ..Config::default() };
        assert!(folder.keys(&config).is_err());
    }
}
