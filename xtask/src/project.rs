//! Where the project stands on this disk, and which of its files are written by hand.

use std::path::{Path, PathBuf};

/// Folders that hold nothing written by hand.
const NOT_OURS: [&str; 7] =
    ["target", "node_modules", "dist", ".git", "henji-data", "pictures", ".svelte-kit"];

/// The folder that holds `Cargo.toml` of the workspace.
pub fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}

/// One file of the project: its path from the root with `/`, and its text.
pub struct SourceFile {
    /// For messages and rules, for example `crates/mail/src/read.rs`.
    pub path: String,
    /// The whole text; bytes that are not UTF-8 are replaced.
    pub text: String,
}

impl SourceFile {
    /// The part behind the last dot, or the whole name.
    pub fn extension(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.rsplit('.').next().unwrap_or(name)
    }
}

/// Every hand-written file under `root` with one of `extensions` (a name without a dot counts
/// as its own extension), sorted by path.
pub fn files(root: &Path, extensions: &[&str]) -> anyhow::Result<Vec<SourceFile>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if kind.is_dir() && !NOT_OURS.contains(&name.as_str()) {
                folders.push(entry.path());
            }
            if kind.is_file() && extensions.contains(&name.rsplit('.').next().unwrap_or(&name)) {
                found.push(read(root, &entry.path())?);
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn read(root: &Path, path: &Path) -> anyhow::Result<SourceFile> {
    let bytes = std::fs::read(path)?;
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    Ok(SourceFile { path: parts.join("/"), text: String::from_utf8_lossy(&bytes).into_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_file_is_found_and_built_files_are_not() {
        let files = files(&root(), &["rs"]).expect("the project can be read");
        assert!(files.iter().any(|file| file.path == "xtask/src/project.rs"));
        assert!(!files.iter().any(|file| file.path.starts_with("target/")));
    }

    #[test]
    fn a_file_without_a_dot_is_its_own_extension() {
        let file = SourceFile { path: "Makefile".to_owned(), text: String::new() };
        assert_eq!(file.extension(), "Makefile");
    }
}
