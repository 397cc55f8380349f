//! Where one mail ends. Only CRLF . CRLF ends it; everything that merely looks like an end
//! (LF . LF, CR . CR and their relatives, "SMTP smuggling") spoils the mail instead, so that no
//! second mail can be hidden in a first one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The memory that all connections together may fill with mails under way.
#[derive(Debug)]
pub(crate) struct Room {
    left: AtomicU64,
}

impl Room {
    pub(crate) fn new(bytes: u64) -> Arc<Self> {
        Arc::new(Self { left: AtomicU64::new(bytes) })
    }

    fn take(&self, bytes: u64) -> bool {
        self.left.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(bytes)).is_ok()
    }
}

/// A share of the room; given back when dropped.
#[derive(Debug)]
pub(crate) struct Share {
    room: Arc<Room>,
    bytes: u64,
}

impl Share {
    fn grow(&mut self, bytes: u64) -> bool {
        let got = self.room.take(bytes);
        if got {
            self.bytes += bytes;
        }
        got
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.room.left.fetch_add(self.bytes, Ordering::AcqRel);
    }
}

/// Why a mail is not taken although it was read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A CR without LF, or an LF without CR.
    BareLineEnd,
    /// More bytes than `max_size`.
    TooLarge,
    /// The room is full of other mails.
    NoRoom,
}

/// Where in a line the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    LineStart,
    /// After a dot that began a line; the dot itself is not part of the mail.
    Dot,
    /// After that dot and a CR.
    DotCr,
    Middle,
    Cr,
}

/// A mail as it comes in.
#[derive(Debug)]
pub(crate) struct Body {
    place: Place,
    bytes: Vec<u8>,
    limit: u64,
    size: u64,
    share: Share,
    fault: Option<Fault>,
}

impl Body {
    pub(crate) fn new(limit: u64, room: &Arc<Room>) -> Self {
        let share = Share { room: Arc::clone(room), bytes: 0 };
        Self { place: Place::LineStart, bytes: Vec::new(), limit, size: 0, share, fault: None }
    }

    /// Takes from `input` what belongs to this mail. Returns how many bytes those were, and
    /// whether the mail ended with them; what follows is the next command.
    pub(crate) fn feed(&mut self, input: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while at < input.len() {
            if self.place == Place::Middle {
                let rest = &input[at..];
                let plain = rest.iter().position(|b| matches!(b, b'\r' | b'\n')).unwrap_or(rest.len());
                self.push(&rest[..plain]);
                at += plain;
                if at == input.len() {
                    break;
                }
            }
            let byte = input[at];
            at += 1;
            if self.step(byte) {
                return (at, true);
            }
        }
        (at, false)
    }

    /// One byte further; `true` at the end of the mail.
    fn step(&mut self, byte: u8) -> bool {
        self.place = match (self.place, byte) {
            (Place::DotCr, b'\n') => return true,
            (Place::Cr, b'\n') => {
                self.push(b"\r\n");
                Place::LineStart
            }
            (Place::Cr | Place::DotCr, b'\r') => {
                self.spoil();
                Place::Cr
            }
            (Place::Cr | Place::DotCr, _) | (_, b'\n') => {
                self.spoil();
                Place::Middle
            }
            (Place::LineStart, b'.') => Place::Dot,
            (Place::Dot, b'\r') => Place::DotCr,
            (Place::LineStart | Place::Middle, b'\r') => Place::Cr,
            (Place::LineStart | Place::Dot | Place::Middle, other) => {
                self.push(&[other]);
                Place::Middle
            }
        };
        false
    }

    fn push(&mut self, bytes: &[u8]) {
        let more = bytes.len() as u64;
        self.size = self.size.saturating_add(more);
        if self.fault.is_some() {
            return;
        }
        if self.size > self.limit {
            self.give_up(Fault::TooLarge);
        } else if self.share.grow(more) {
            self.bytes.extend_from_slice(bytes);
        } else {
            self.give_up(Fault::NoRoom);
        }
    }

    /// A bare line end outweighs the other faults: it is the one that must never pass.
    fn spoil(&mut self) {
        self.give_up(Fault::BareLineEnd);
    }

    fn give_up(&mut self, fault: Fault) {
        self.fault = Some(fault);
        self.bytes = Vec::new();
        self.share = Share { room: Arc::clone(&self.share.room), bytes: 0 };
    }

    /// Bytes read so far, kept or not.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The mail, or why it is not taken. The share is to be held until the mail is kept.
    pub(crate) fn finish(self) -> Result<(Vec<u8>, Share), Fault> {
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok((self.bytes, self.share)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(input: &[u8], limit: u64) -> (Result<Vec<u8>, Fault>, usize, bool) {
        let room = Room::new(1_000_000);
        let mut body = Body::new(limit, &room);
        let (used, done) = body.feed(input);
        (body.finish().map(|(bytes, _share)| bytes), used, done)
    }

    fn mail(input: &[u8]) -> Result<Vec<u8>, Fault> {
        let (result, used, done) = read(input, 1_000);
        assert!(done, "no end was found in {:?}", String::from_utf8_lossy(input));
        assert_eq!(used, input.len());
        result
    }

    #[test]
    fn the_bytes_are_those_before_the_dot_with_the_stuffing_taken_away() {
        assert_eq!(mail(b"a\r\n..b\r\n...\r\n.c\r\n.\r\n").unwrap(), b"a\r\n.b\r\n..\r\nc\r\n");
        assert_eq!(mail(b"\0\xff\r\n.\r\n").unwrap(), b"\0\xff\r\n");
        assert_eq!(mail(b".\r\n").unwrap(), b"");
        assert_eq!(mail(b"\r\n.\r\n").unwrap(), b"\r\n");
    }

    #[test]
    fn what_only_looks_like_an_end_neither_ends_the_mail_nor_lets_it_pass() {
        let ends: [&[u8]; 17] = [
            b"\n.\n",
            b"\n.\r\n",
            b"\r\n.\n",
            b"\r.\r",
            b"\r.\r\n",
            b"\r\n.\r",
            b"\r.\n",
            b"\n.\r",
            b"\n\n.\r\n",
            b"\r\r\n.\r\r\n",
            b"\r\n.\r\r\n",
            b"\r\r\n.\r\n\r",
            b"\n.\n\r\n",
            b"\r\n\n.\r\n",
            b"\r\n.\n\r",
            b"\r\n.\r\0\n",
            b"\n\r.\r\n",
        ];
        for end in ends {
            let mut input = [b"first\r\nline".as_slice(), end, b"MAIL FROM:<evil@example.net>"].concat();
            // Where the variant itself holds the true end, nothing may stand behind it.
            input.extend_from_slice(b"\r\nsmuggled\r\n.\r\n");
            let (result, used, done) = read(&input, 1_000);
            assert!(done);
            assert_eq!(result, Err(Fault::BareLineEnd), "{:?} at {used}", String::from_utf8_lossy(end));
        }
    }

    #[test]
    fn a_nul_beside_the_dot_is_part_of_the_mail() {
        assert_eq!(mail(b"a\r\n\0.\r\nb\r\n.\r\n").unwrap(), b"a\r\n\0.\r\nb\r\n");
        assert_eq!(mail(b"a\r\n.\0\r\nb\r\n.\r\n").unwrap(), b"a\r\n\0\r\nb\r\n");
    }

    #[test]
    fn a_mail_over_the_limit_is_read_to_its_end_but_not_held() {
        let (result, used, done) = read(b"0123456789\r\n.\r\nQUIT\r\n", 5);
        assert_eq!((result, used, done), (Err(Fault::TooLarge), 15, true));
    }

    #[test]
    fn the_room_is_shared_and_given_back() {
        let room = Room::new(10);
        let mut first = Body::new(100, &room);
        first.feed(b"12345678");
        let mut second = Body::new(100, &room);
        second.feed(b"12345678\r\n.\r\n");
        assert_eq!(second.finish().unwrap_err(), Fault::NoRoom);
        drop(first);
        let mut third = Body::new(100, &room);
        third.feed(b"12345678\r\n.\r\n");
        assert!(third.finish().is_ok());
    }

    proptest! {
        #[test]
        fn any_mail_comes_out_as_it_was_stuffed_whatever_the_cuts(
            lines in proptest::collection::vec("[.a\u{0}é]{0,6}", 0..8),
            cut in 0_usize..40,
        ) {
            let mut plain = String::new();
            let mut stuffed = String::new();
            for line in &lines {
                plain.push_str(line);
                plain.push_str("\r\n");
                if line.starts_with('.') {
                    stuffed.push('.');
                }
                stuffed.push_str(line);
                stuffed.push_str("\r\n");
            }
            stuffed.push_str(".\r\nNEXT");
            let room = Room::new(1_000);
            let mut body = Body::new(1_000, &room);
            let input = stuffed.as_bytes();
            let cut = cut.min(input.len() - 7);
            let (first, done) = body.feed(&input[..cut]);
            prop_assert!(!done);
            prop_assert_eq!(first, cut);
            let (second, done) = body.feed(&input[cut..]);
            prop_assert!(done);
            prop_assert_eq!(&input[cut + second..], b"NEXT");
            prop_assert_eq!(body.finish().unwrap().0, plain.into_bytes());
        }

        #[test]
        fn bytes_with_a_bare_line_end_never_pass(before in any::<Vec<u8>>(), after in any::<Vec<u8>>(), lf in any::<bool>()) {
            // A letter on both sides makes the line end a bare one.
            let bare = if lf { b"x\nx" } else { b"x\rx" };
            let input = [before.as_slice(), bare, after.as_slice(), b"\r\n.\r\n"].concat();
            let (result, used, _) = read(&input, 1_000_000);
            if used > before.len() + 2 {
                prop_assert_eq!(result, Err(Fault::BareLineEnd));
            }
        }
    }
}
