//! How many attributes a tag has at most. Where a tag begins is known only to a parser (in a comment or a script there
//! is none), so every `<` that could begin one is followed, all at once: at each place it is known for each state of
//! reading a tag how many attributes the longest one in that state has.

/// Where in a tag a byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    TagName,
    BeforeName,
    Name,
    AfterName,
    BeforeValue,
    InDouble,
    InSingle,
    Bare,
}

const STATES: [State; 8] = [
    State::TagName,
    State::BeforeName,
    State::Name,
    State::AfterName,
    State::BeforeValue,
    State::InDouble,
    State::InSingle,
    State::Bare,
];

/// The most attributes that a tag of the page can have.
pub(super) fn most(html: &str) -> usize {
    let bytes = html.as_bytes();
    let mut open: [Option<usize>; STATES.len()] = [None; STATES.len()];
    let (mut most, mut at) = (0, 0);
    loop {
        if open.iter().all(Option::is_none) {
            let Some(next) = memchr::memchr(b'<', &bytes[at..]) else { break };
            at += next + 1;
            at += usize::from(bytes.get(at) == Some(&b'/'));
        }
        let Some(&byte) = bytes.get(at) else { break };
        let mut after = [None; STATES.len()];
        for (state, count) in STATES.into_iter().zip(open) {
            let Some(count) = count else { continue };
            let Some(next) = state.behind(byte) else { continue };
            let begins = next == State::Name && matches!(state, State::BeforeName | State::AfterName);
            let count = count + usize::from(begins);
            most = most.max(count);
            let slot: &mut Option<usize> = &mut after[next as usize];
            *slot = (*slot).max(Some(count));
        }
        if byte.is_ascii_alphabetic() && matches!(&bytes[..at], [.., b'<'] | [.., b'<', b'/']) {
            let slot = &mut after[State::TagName as usize];
            *slot = (*slot).max(Some(0));
        }
        open = after;
        at += 1;
    }
    most
}

impl State {
    /// The state behind a byte (WHATWG HTML, 13.2.5); `None` where the tag ends.
    fn behind(self, byte: u8) -> Option<Self> {
        let blank = matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c);
        let next = match (self, byte) {
            (Self::InDouble, b'"') | (Self::InSingle, b'\'') => Self::BeforeName,
            (Self::InDouble | Self::InSingle, _) => self,
            (_, b'>') => return None,
            (Self::BeforeValue, b'"') => Self::InDouble,
            (Self::BeforeValue, b'\'') => Self::InSingle,
            (Self::BeforeValue, _) if !blank => Self::Bare,
            (Self::Bare | Self::TagName, _) if blank => Self::BeforeName,
            (Self::BeforeValue | Self::Bare, _) => self,
            (_, b'/') => Self::BeforeName,
            (Self::Name | Self::AfterName, b'=') => Self::BeforeValue,
            (Self::Name, _) if blank => Self::AfterName,
            (Self::BeforeName | Self::AfterName, _) if !blank => Self::Name,
            (Self::TagName | Self::BeforeName | Self::Name | Self::AfterName, _) => self,
        };
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::most;

    #[test]
    fn attributes_are_counted_in_every_form() {
        assert_eq!(most("a < b > c <p>"), 0);
        assert_eq!(most("<p a b=c d='e f' g=\"h>i\"j/k=l >m n o"), 6);
        assert_eq!(most("</p a b>"), 2);
        assert_eq!(most("<p/a/b>"), 2);
        assert_eq!(most("<p a=\"<q r s t>\" b>"), 3);
        assert_eq!(most(&"<p a=' ".repeat(3)), 3);
    }

    #[test]
    fn hundred_thousand_tags_that_never_end_are_followed_at_once() {
        assert_eq!(most(&"<a".repeat(100_000)), 0);
        assert_eq!(most(&"<a b=c ".repeat(100_000)), 199_999);
        assert_eq!(most(&"<a b='".repeat(100_000)), 99_999);
    }
}
