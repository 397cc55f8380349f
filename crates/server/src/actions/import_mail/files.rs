//! Which files hold mails, and the mails in them (contract §6.7): those of a folder in the order in which they were
//! written, sent mail after the rest, so that a question is there before its answer. Reading is
//! bounded: an mbox of any size passes through a window, a mail larger than [`LARGEST`] is passed over.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Larger than any mail a server takes; a file beyond it is not a mail.
const LARGEST: usize = 256 << 20;
/// How much of an mbox is looked at in one go.
const WINDOW: usize = 4 << 20;

/// So much of a mail is looked at for its date.
const HEAD: u64 = 16 << 10;
/// How a folder of sent mail begins when mail programs and servers name it, in lower case; the last is 送信済み in
/// modified UTF-7. (Thunderbird, Apple Mail, Outlook, Gmail, Dovecot; seen November 2026.)
const SENT: [&str; 3] = ["sent", "送信済み", "&kafp4w4imh8"];

/// What was found at one place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The bytes of one mail.
    Mail(Vec<u8>),
    /// Something that is no mail, or cannot be read.
    Skipped,
}

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Mail,
    Mbox,
    Other,
}

/// Walks `paths` and hands each thing found to `give`; `give` says whether to go on.
pub(super) fn walk(paths: &[PathBuf], give: &mut impl FnMut(Found) -> bool) {
    for path in paths {
        let go_on = match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => folder(path, give),
            Ok(_) => named(path, give),
            Err(error) => skipped(path, &error, give),
        };
        if !go_on {
            return;
        }
    }
}

/// A file that was named itself is a mail unless it is an mbox.
fn named(path: &Path, give: &mut impl FnMut(Found) -> bool) -> bool {
    match form(path, false) {
        Ok(Form::Mbox) => mbox(path, give),
        Ok(Form::Mail | Form::Other) => one(path, give),
        Err(error) => skipped(path, &error, give),
    }
}

/// A folder and what lies below it; a second run sees the same order.
fn folder(path: &Path, give: &mut impl FnMut(Found) -> bool) -> bool {
    let entries = match fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => return skipped(path, &error, give),
    };
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort_by_cached_key(|path| (is_sent(path), written_at(path), path.clone()));
    let in_maildir = path.file_name().is_some_and(|name| name == "cur" || name == "new");
    let maildir = path.join("cur").is_dir();
    paths.into_iter().all(|path| entry(&path, in_maildir, maildir, give))
}

/// Whether a folder or mbox holds what we sent, going by the last part of its name (`.INBOX.Sent`, `Sent.mbox`).
fn is_sent(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let a_mail = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("eml"));
    !a_mail && name.split('.').any(|part| SENT.iter().any(|sent| part.starts_with(sent)))
}

/// When the mail in a file was written; what is no mail, or does not say, comes first.
fn written_at(path: &Path) -> Option<i64> {
    let mut head = Vec::new();
    File::open(path).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    mail::written_at(&head)
}

fn entry(path: &Path, in_maildir: bool, maildir: bool, give: &mut impl FnMut(Found) -> bool) -> bool {
    let meta = match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_symlink() => fs::metadata(path).map(|meta| (meta, true)),
        other => other.map(|meta| (meta, false)),
    };
    match meta {
        // A link to a folder may lead round in a circle; what lies under a Maildir's `tmp` is not there yet.
        Ok((meta, linked)) if meta.is_dir() => {
            let unfinished = maildir && path.file_name().is_some_and(|name| name == "tmp");
            linked || unfinished || folder(path, give)
        }
        Ok(_) => match form(path, in_maildir) {
            Ok(Form::Mail) => one(path, give),
            Ok(Form::Mbox) => mbox(path, give),
            Ok(Form::Other) => give(Found::Skipped),
            Err(error) => skipped(path, &error, give),
        },
        Err(error) => skipped(path, &error, give),
    }
}

fn form(path: &Path, in_maildir: bool) -> io::Result<Form> {
    let ends = |end: &str| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(end));
    if ends("eml") || in_maildir {
        return Ok(Form::Mail);
    }
    let mut start = Vec::new();
    File::open(path)?.take(5).read_to_end(&mut start)?;
    Ok(if ends("mbox") || start == b"From " { Form::Mbox } else { Form::Other })
}

fn skipped(path: &Path, error: &io::Error, give: &mut impl FnMut(Found) -> bool) -> bool {
    tracing::warn!(path = %path.display(), %error, "a file was passed over");
    give(Found::Skipped)
}

fn one(path: &Path, give: &mut impl FnMut(Found) -> bool) -> bool {
    let read = || -> io::Result<Vec<u8>> {
        let file = File::open(path)?;
        if file.metadata()?.len() > LARGEST as u64 {
            return Err(io::Error::other("larger than any mail"));
        }
        let mut bytes = Vec::new();
        file.take(LARGEST as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    match read() {
        Ok(bytes) if bytes.is_empty() => give(Found::Skipped),
        Ok(bytes) => give(Found::Mail(bytes)),
        Err(error) => skipped(path, &error, give),
    }
}

/// An mbox, window by window: all mails but the last one in the window are whole.
fn mbox(path: &Path, give: &mut impl FnMut(Found) -> bool) -> bool {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return skipped(path, &error, give),
    };
    let mut window = Vec::new();
    let mut wanted = WINDOW;
    loop {
        let ended = match fill(&mut file, &mut window, wanted) {
            Ok(ended) => ended,
            Err(error) => return skipped(path, &error, give),
        };
        if !hand_over(&window, ended, give) {
            return false;
        }
        if ended {
            return true;
        }
        let rest = last_mail(&window);
        window.drain(..rest);
        // One mail may be larger than the window.
        wanted = if rest == 0 { window.len() * 2 } else { WINDOW.max(window.len()) };
        if wanted > LARGEST {
            return skipped(path, &io::Error::other("a mail in it is larger than any mail"), give);
        }
    }
}

/// Gives the mails of the window; the last one only if the file ends with it.
fn hand_over(window: &[u8], ended: bool, give: &mut impl FnMut(Found) -> bool) -> bool {
    let mut mails = mail::mbox::split(window).peekable();
    while let Some(mail) = mails.next() {
        if (ended || mails.peek().is_some()) && !give(Found::Mail(mail.to_vec())) {
            return false;
        }
    }
    true
}

/// Reads until `window` holds `wanted` bytes; true at the end of the file.
fn fill(file: &mut File, window: &mut Vec<u8>, wanted: usize) -> io::Result<bool> {
    let missing = (wanted + 1).saturating_sub(window.len()) as u64;
    let read = file.take(missing).read_to_end(window)?;
    Ok((read as u64) < missing)
}

/// Where the separator line of the last mail begins: what stands before it is whole.
fn last_mail(window: &[u8]) -> usize {
    let Some(last) = mail::mbox::split(window).last() else { return 0 };
    let start = last.as_ptr().addr() - window.as_ptr().addr();
    let before = &window[..start.saturating_sub(1)];
    match memchr::memrchr(b'\n', before) {
        Some(at) => at + 1,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(paths: &[PathBuf]) -> Vec<Found> {
        let mut all = Vec::new();
        walk(paths, &mut |one| {
            all.push(one);
            true
        });
        all
    }

    fn mail(text: &str) -> Found {
        Found::Mail(text.as_bytes().to_vec())
    }

    #[test]
    fn in_a_folder_only_mails_are_mails_but_a_named_file_always_is_one() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir_all(at("box/cur")).unwrap();
        fs::create_dir_all(at("box/tmp")).unwrap();
        fs::write(at("a.eml"), "Subject: a\n\n").unwrap();
        fs::write(at("box/cur/1:2,S"), "Subject: b\n\n").unwrap();
        fs::write(at("box/tmp/2"), "Subject: half").unwrap();
        fs::write(at("notes.txt"), "Subject: c\n\n").unwrap();
        let all = found(&[dir.path().to_path_buf()]);
        assert_eq!(all, [mail("Subject: a\n\n"), mail("Subject: b\n\n"), Found::Skipped]);
        assert_eq!(found(&[at("notes.txt")]), [mail("Subject: c\n\n")]);
        assert_eq!(found(&[at("not there")]), [Found::Skipped]);
    }

    #[test]
    fn an_mbox_of_many_windows_gives_every_mail_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("old");
        let mut bytes = Vec::new();
        let mut expected = Vec::new();
        for n in 0..60 {
            // One of them is larger than the window itself.
            let size = if n == 7 { WINDOW + WINDOW / 2 } else { WINDOW / 9 };
            let text = format!("Subject: {n}\n\n>From x\n{}\n", "z".repeat(size));
            bytes.extend_from_slice(format!("From a@b Tue Dec  9 21:29:52 2003\n{text}\n").as_bytes());
            expected.push(text);
        }
        // The format's empty line behind the last mail belongs to nobody.
        bytes.pop();
        fs::write(&path, bytes).unwrap();
        let all = found(&[path]);
        assert_eq!(all.len(), 60);
        for (one, text) in all.iter().zip(&expected) {
            assert!(*one == mail(text));
        }
    }
}
