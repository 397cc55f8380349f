//! Which files hold mails, and the mails in them (contract §6.7): those of a folder in the order in which they were
//! written, sent mail after the rest, so that a question is there before its answer. Reading is
//! bounded: an mbox of any size passes through a window, a mail larger than [`LARGEST`] is passed over.

use std::{
    ffi::{OsStr, OsString},
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
    /// Something that is no mail.
    NoMail,
    /// Something that might be one and cannot be read.
    PassedOver(PassedOver),
}

/// What could not be read.
#[derive(Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// Where it lies.
    pub path: PathBuf,
    /// What stood in the way.
    pub why: Why,
}

/// Why something was passed over.
#[derive(Debug, PartialEq, Eq)]
pub enum Why {
    /// The system's words.
    Unreadable(String),
    /// It is larger than any mail.
    TooLarge,
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
            Err(error) => unreadable(path, &error, give),
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
        Err(error) => unreadable(path, &error, give),
    }
}

/// A folder and what lies below it; a second run sees the same order.
fn folder(path: &Path, give: &mut impl FnMut(Found) -> bool) -> bool {
    let entries = match fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => return unreadable(path, &error, give),
    };
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort_by_cached_key(|path| (is_sent(path), written_at(path), path.clone()));
    let in_maildir = whole_name(path).is_some_and(|name| name == "cur" || name == "new");
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
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut head = Vec::new();
    File::open(path).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    mail::written_at(&head)
}

/// The name of a folder, also of `.`.
fn whole_name(path: &Path) -> Option<OsString> {
    let own = path.file_name().map(OsStr::to_owned);
    own.or_else(|| fs::canonicalize(path).ok()?.file_name().map(OsStr::to_owned))
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
        // A pipe or a socket would be waited for without end.
        Ok((meta, _)) if !meta.is_file() => give(Found::NoMail),
        Ok(_) => match form(path, in_maildir) {
            Ok(Form::Mail) => one(path, give),
            Ok(Form::Mbox) => mbox(path, give),
            Ok(Form::Other) => give(Found::NoMail),
            Err(error) => unreadable(path, &error, give),
        },
        Err(error) => unreadable(path, &error, give),
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

fn unreadable(path: &Path, error: &io::Error, give: &mut impl FnMut(Found) -> bool) -> bool {
    passed_over(path, Why::Unreadable(error.to_string()), give)
}

fn passed_over(path: &Path, why: Why, give: &mut impl FnMut(Found) -> bool) -> bool {
    give(Found::PassedOver(PassedOver { path: path.to_path_buf(), why }))
}

fn one(path: &Path, give: &mut impl FnMut(Found) -> bool) -> bool {
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(LARGEST as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    match read() {
        Ok(bytes) if bytes.is_empty() => give(Found::NoMail),
        Ok(bytes) if bytes.len() > LARGEST => passed_over(path, Why::TooLarge, give),
        Ok(bytes) => give(Found::Mail(bytes)),
        Err(error) => unreadable(path, &error, give),
    }
}

/// An mbox, window by window: all mails but the last one in the window are whole.
fn mbox(path: &Path, give: &mut impl FnMut(Found) -> bool) -> bool {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return unreadable(path, &error, give),
    };
    let mut window = Vec::new();
    let mut wanted = WINDOW;
    let mut mails = 0_usize;
    loop {
        let ended = match fill(&mut file, &mut window, wanted) {
            Ok(ended) => ended,
            Err(error) => return unreadable(path, &error, give),
        };
        let Some(given) = hand_over(&window, ended, mails == 0, give) else { return false };
        mails += given;
        if ended {
            return mails > 0 || give(Found::NoMail);
        }
        let rest = last_mail(&window);
        window.drain(..rest);
        // One mail may be larger than the window.
        wanted = if rest == 0 { window.len() * 2 } else { WINDOW.max(window.len()) };
        if wanted > LARGEST {
            return passed_over(path, Why::TooLarge, give);
        }
    }
}

/// Gives the mails of the window, the last one only if the file ends with it, and says how many; `None` when nobody
/// takes more. `first`: nothing of the file was given before.
fn hand_over(window: &[u8], ended: bool, first: bool, give: &mut impl FnMut(Found) -> bool) -> Option<usize> {
    let whole = (ended && first).then(|| mail::mbox::split(window)).into_iter().flatten();
    let part = (!(ended && first)).then(|| mail::mbox::split_stretch(window)).into_iter().flatten();
    let mut mails = whole.chain(part).peekable();
    let mut given = 0;
    while let Some(mail) = mails.next() {
        if ended || mails.peek().is_some() {
            if !give(Found::Mail(mail.to_vec())) {
                return None;
            }
            given += 1;
        }
    }
    Some(given)
}

/// Reads until `window` holds `wanted` bytes; true at the end of the file.
fn fill(file: &mut File, window: &mut Vec<u8>, wanted: usize) -> io::Result<bool> {
    let missing = (wanted + 1).saturating_sub(window.len()) as u64;
    let read = file.take(missing).read_to_end(window)?;
    Ok((read as u64) < missing)
}

/// Where the separator line of the last mail begins: what stands before it is whole.
fn last_mail(window: &[u8]) -> usize {
    let Some(last) = mail::mbox::split_stretch(window).last() else { return 0 };
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
        assert_eq!(all, [mail("Subject: a\n\n"), mail("Subject: b\n\n"), Found::NoMail]);
        assert_eq!(found(&[at("notes.txt")]), [mail("Subject: c\n\n")]);
    }

    #[test]
    fn what_cannot_be_read_is_named_and_the_rest_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("b.eml"), "Subject: b\n\n").unwrap();
        let all = found(&[at("not there"), at("b.eml")]);
        let [Found::PassedOver(PassedOver { path, why: Why::Unreadable(why) }), second] = all.as_slice()
        else {
            panic!("{all:?}")
        };
        assert_eq!((path, second), (&at("not there"), &mail("Subject: b\n\n")));
        assert!(!why.is_empty());
    }

    #[test]
    fn an_mbox_without_a_mail_is_no_mail() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("empty.mbox");
        fs::write(&path, "From a@b Tue Dec  9 21:29:52 2003\n\n").unwrap();
        assert_eq!(found(&[path]), [Found::NoMail]);
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
