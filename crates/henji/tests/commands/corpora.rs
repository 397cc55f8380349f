//! The open mail collections through the real binary. They lie outside of the project: `HENJI_CORPORA` names their
//! folder. Without it this test only says so; with it, a missing folder fails.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use store::{Store, Url, blobs, originals};

use crate::at_hand::Place;

/// The folder, if the variable is set.
fn corpora() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("HENJI_CORPORA").map(PathBuf::from) else {
        println!("HENJI_CORPORA is not set: the corpora are not imported");
        return None;
    };
    assert!(folder.join("expectations/mime.jsonl").is_file(), "no corpora in {}", folder.display());
    Some(folder)
}

/// The 933 files on whose reading parsers agree.
fn files(corpora: &Path) -> Vec<PathBuf> {
    let list = fs::read_to_string(corpora.join("expectations/mime.jsonl")).unwrap();
    let rows = list.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let files: Vec<PathBuf> = rows.map(|row| corpora.join(row["file"].as_str().unwrap())).collect();
    assert_eq!(files.len(), 933);
    files
}

/// Imports and gives files, kept, duplicates and skipped.
fn import(place: &Place, paths: &[PathBuf]) -> [u64; 4] {
    let mut command = place.command(&["import", "--json"]);
    let output = command.args(paths).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.is_empty(), "{said}");
    let counts: Value = serde_json::from_slice(&output.stdout).unwrap();
    ["files", "kept", "duplicates", "skipped"].map(|name| counts[name].as_u64().unwrap())
}

/// Every distinct mail lies in the database as its very bytes, and nothing else does.
async fn holds_exactly(place: &Place, mails: &BTreeSet<Vec<u8>>) {
    let store = Store::open(&Url::Sqlite(place.at("data/henji.db"))).await.unwrap();
    let mut tx = store.read().await.unwrap();
    for bytes in mails {
        let found = originals::by_hash(&mut tx, &blobs::hash(bytes)).await.unwrap();
        let sha256 = found.unwrap().sha256;
        assert!(blobs::fetch(&mut tx, &sha256).await.unwrap() == *bytes);
    }
    assert_eq!(originals::count(&mut tx).await.unwrap(), i64::try_from(mails.len()).unwrap());
}

/// The bytes of a file that is named as it is: one that begins with an mbox line is an mbox and goes in without it. A
/// line without a time is none (`mail::mbox`), and nothing is taken away.
fn without_mbox_line(file: &Path) -> Vec<u8> {
    let bytes = fs::read(file).unwrap();
    let is_eml = file.extension().is_some_and(|ending| ending == "eml");
    if is_eml || !bytes.starts_with(b"From ") {
        return bytes;
    }
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    let (line, mail) = bytes.split_at(end + 1);
    if line.contains(&b':') { mail.to_vec() } else { bytes }
}

#[tokio::test]
async fn the_corpora_come_in_whole_and_twice_changes_nothing() {
    let Some(folder) = corpora() else { return };
    let place = Place::new();
    let paths: Vec<PathBuf> = files(&folder);
    let mails: BTreeSet<Vec<u8>> = paths.iter().map(|path| without_mbox_line(path)).collect();
    let [all, kept, duplicates, skipped] = import(&place, &paths);
    assert_eq!((all, kept + duplicates, skipped), (933, 933, 0));
    assert_eq!(kept, mails.len() as u64);
    holds_exactly(&place, &mails).await;
    assert_eq!(import(&place, &paths), [933, 0, 933, 0]);
    holds_exactly(&place, &mails).await;
}

#[tokio::test]
async fn a_folder_of_eml_files_is_kept_byte_for_byte() {
    let Some(folder) = corpora() else { return };
    let place = Place::new();
    let mut mails = BTreeSet::new();
    for (n, path) in files(&folder).iter().enumerate() {
        let bytes = fs::read(path).unwrap();
        place.put(&format!("mails/{n:03}.eml"), &bytes);
        mails.insert(bytes);
    }
    let paths = [place.at("mails")];
    let [all, kept, duplicates, skipped] = import(&place, &paths);
    assert_eq!((all, kept + duplicates, skipped), (933, 933, 0));
    holds_exactly(&place, &mails).await;
    assert_eq!(import(&place, &paths), [933, 0, 933, 0]);
}
