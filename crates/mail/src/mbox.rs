//! Mbox files: many mails one after the other, each begun by a `From ` line. Bytes are kept as they are:
//! no line is unquoted, only the `From ` line itself is left out (contract §6.7).

/// The mails of an mbox file in their order. Bytes before the first `From ` line are one mail too, so that
/// nothing of a damaged file gets lost. A file with a single mail is a mail that somebody saved: it stays as it is to
/// its last byte.
pub fn split(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lone = pieces(bytes).nth(1).is_none();
    pieces(bytes).map(move |mail| if lone { mail } else { mail_only(mail) })
}

/// The same for a stretch of a larger file, which begins with a `From ` line.
pub fn split_stretch(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    pieces(bytes).map(mail_only)
}

fn pieces(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            let start = if is_separator(rest) { line_end(rest) } else { 0 };
            let end = next_separator(rest, start);
            let mail = &rest[start..end];
            rest = &rest[end..];
            if !mail.trim_ascii().is_empty() {
                return Some(mail);
            }
        }
    })
}

/// Without the empty line that the format puts behind every mail (RFC 4155), the last one too: the same mail must be
/// the same bytes when others have been added behind it.
fn mail_only(mail: &[u8]) -> &[u8] {
    let cut = mail.strip_suffix(b"\r\n").or_else(|| mail.strip_suffix(b"\n"));
    match cut {
        Some(shorter) if shorter.ends_with(b"\n") => shorter,
        _ => mail,
    }
}

fn line_end(bytes: &[u8]) -> usize {
    memchr::memchr(b'\n', bytes).map_or(bytes.len(), |i| i + 1)
}

/// Where the next mail begins, looking from `start` (a line's start) on.
fn next_separator(bytes: &[u8], start: usize) -> usize {
    let mut line = start;
    while line < bytes.len() {
        let after_empty =
            line == start || matches!(&bytes[..line], [.., b'\n', b'\n'] | [.., b'\n', b'\r', b'\n']);
        if line > start && after_empty && is_separator(&bytes[line..]) {
            return line;
        }
        line += line_end(&bytes[line..]);
    }
    bytes.len()
}

/// `From somebody Tue Dec  9 21:29:52 2003`: the word, and a time somewhere in the line. A sentence that begins
/// with "From " after an empty line has no `hh:mm` in it.
fn is_separator(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.strip_prefix(b"From ") else { return false };
    let line = &rest[..line_end(rest)];
    line.windows(5).any(|w| {
        w[0].is_ascii_digit()
            && w[1].is_ascii_digit()
            && w[2] == b':'
            && w[3].is_ascii_digit()
            && w[4].is_ascii_digit()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &[u8] =
        b"From a@b Tue Dec  9 21:29:52 2003\nSubject: 1\n\n>From me\nFrom here on\n\nFrom a sentence\n\n\
        From MAILER-DAEMON Tue Dec  9 21:30:00 2003\nSubject: 2\n\nx\n";

    #[test]
    fn mails_are_parted_at_from_lines_only() {
        let mails: Vec<_> = split(TWO).collect();
        assert_eq!(mails.len(), 2);
        assert!(mails[0].starts_with(b"Subject: 1\n") && mails[0].ends_with(b"From a sentence\n"));
        assert_eq!(mails[1], b"Subject: 2\n\nx\n");
    }

    #[test]
    fn a_mail_stays_the_same_bytes_when_the_file_grows() {
        for end in ["\n", "\r\n"] {
            let mail = format!("Subject: 1{end}{end}x{end}");
            let one = format!("From a@b Tue Dec  9 21:29:52 2003{end}{mail}{end}");
            assert_eq!(split(one.repeat(2).as_bytes()).collect::<Vec<_>>(), [mail.as_bytes(); 2]);
            assert_eq!(split(one.repeat(3).as_bytes()).collect::<Vec<_>>(), [mail.as_bytes(); 3]);
            assert_eq!(split_stretch(one.as_bytes()).collect::<Vec<_>>(), [mail.as_bytes()]);
        }
    }

    #[test]
    fn a_single_mail_with_a_from_line_keeps_its_last_byte() {
        let saved = b"From a@b Tue Dec  9 21:29:52 2003\nSubject: 1\n\nx\n\n";
        assert_eq!(split(saved).collect::<Vec<_>>(), [b"Subject: 1\n\nx\n\n"]);
    }

    #[test]
    fn quoted_from_lines_stay_as_they_are() {
        let mails: Vec<_> = split(TWO).collect();
        assert!(mails[0].windows(9).any(|w| w == b"\n>From me"));
    }

    #[test]
    fn a_file_without_a_from_line_is_one_mail_and_an_empty_one_none() {
        assert_eq!(split(b"Subject: x\n\nbody\n").count(), 1);
        assert_eq!(split(b"").count(), 0);
        assert_eq!(split(b"\n\n").count(), 0);
    }
}
