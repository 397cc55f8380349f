//! The one folder of a run.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use anyhow::Context;
use tempfile::TempDir;

/// Unix sockets lie below the folder, and their whole path may have 107 bytes only.
const LONGEST_BASE: usize = 40;

/// A new folder, removed with everything in it when this value goes.
pub struct Folder {
    root: TempDir,
}

impl Folder {
    /// Makes it below `TMPDIR`, or below `/tmp` where that path is too long for sockets.
    pub fn make() -> anyhow::Result<Self> {
        let wished = std::env::temp_dir();
        let base = if wished.as_os_str().len() > LONGEST_BASE { PathBuf::from("/tmp") } else { wished };
        let root = tempfile::Builder::new()
            .prefix("henji-test-")
            .tempdir_in(&base)
            .with_context(|| format!("no folder could be made in {}", base.display()))?;
        // The servers run as other users and must be able to walk through.
        std::fs::set_permissions(root.path(), PermissionsExt::from_mode(0o755))?;
        Ok(Self { root })
    }

    /// A folder inside it, made when it is not there.
    pub fn below(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self.root.path().join(name);
        std::fs::create_dir_all(&path).with_context(|| format!("{} could not be made", path.display()))?;
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_goes_with_its_value() {
        let folder = Folder::make().expect("a folder");
        let inside = folder.below("a/b").expect("a folder inside");
        std::fs::write(inside.join("file"), "x").expect("a file");
        let path = folder.root.path().to_path_buf();
        drop(folder);
        assert!(!path.exists());
    }
}
