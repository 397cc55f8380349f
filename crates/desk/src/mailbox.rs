//! An address customers write to, with its way in and out: the words of its settings and what makes them usable.

use crate::agent::is_address;
use crate::codes::codes;
use crate::fault::Fault;

pub mod presets;

codes! {
    /// How mail comes in.
    pub enum IncomingKind {
        /// Fetched by IMAP.
        Imap => "imap",
        /// Fetched by POP3.
        Pop3 => "pop3",
        /// Handed to our own listener.
        Smtp => "smtp",
        /// Only imported old mail; sends nothing.
        Import => "import",
        /// Not at all.
        None => "none",
    }
}

codes! {
    /// How the wire to a mail server is protected.
    pub enum Tls {
        /// TLS from the first byte.
        Required => "required",
        /// TLS by STARTTLS, never without.
        Starttls => "starttls",
        /// In the open; for a server on the same machine.
        None => "none",
    }
}

codes! {
    /// A switch of a mailbox.
    pub enum Switch {
        /// Off.
        Off => "off",
        /// On.
        On => "on",
    }
}

codes! {
    /// How a mailbox is doing.
    pub enum Health {
        /// Mail comes in.
        Ok => "ok",
        /// Not tried yet, or waiting for its turn.
        Waiting => "waiting",
        /// The server cannot be reached or refuses.
        Failing => "failing",
        /// Nothing to fetch.
        Off => "off",
    }
}

codes! {
    /// What becomes of past mail, from before the connection.
    pub enum PastMail {
        /// Not asked for.
        Off => "off",
        /// Being fetched.
        Running => "running",
        /// Waiting for a person to go on.
        Paused => "paused",
        /// All there.
        Done => "done",
    }
}

/// What becomes of a mail on its server once it is kept here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterFetch {
    /// It stays as it is.
    Leave,
    /// It is marked as read.
    Seen,
    /// It goes into this folder of the server.
    Move(String),
}

impl AfterFetch {
    /// Reads `leave`, `seen` or `move:FOLDER`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "leave" => Some(Self::Leave),
            "seen" => Some(Self::Seen),
            _ => {
                let folder = text.strip_prefix("move:")?.trim();
                let usable =
                    !folder.is_empty() && folder.len() <= 255 && !folder.chars().any(char::is_control);
                usable.then(|| Self::Move(folder.to_owned()))
            }
        }
    }
}

impl std::fmt::Display for AfterFetch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Leave => f.write_str("leave"),
            Self::Seen => f.write_str("seen"),
            Self::Move(folder) => write!(f, "move:{folder}"),
        }
    }
}

/// Longest hold, in seconds.
pub const HOLD_MAX_SECONDS: u32 = 300;
/// Longest cool-down, in seconds (a day).
pub const COOL_DOWN_MAX_SECONDS: u32 = 86_400;
/// Narrowest and widest line of a reply, in full-width characters.
pub const LINE_WIDTH: std::ops::RangeInclusive<u32> = 20..=80;

/// What of a mailbox's settings can be wrong in itself.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The address customers write to.
    pub address: &'a str,
    /// How mail comes in.
    pub incoming_kind: IncomingKind,
    /// The server mail is fetched from.
    pub incoming_host: Option<&'a str>,
    /// Its port.
    pub incoming_port: Option<u16>,
    /// The name to sign in with.
    pub incoming_user: Option<&'a str>,
    /// A password was given, now or earlier.
    pub has_incoming_password: bool,
    /// The server that takes our mail.
    pub outgoing_host: Option<&'a str>,
    /// Its port.
    pub outgoing_port: Option<u16>,
    /// Whether anything may leave.
    pub sending: Switch,
    /// Seconds in which a reply can be taken back.
    pub hold_seconds: u32,
    /// Seconds an answer to a heated mail rests.
    pub cool_down_seconds: u32,
    /// Full-width characters in a line of a reply.
    pub line_width: u32,
    /// `leave`, `seen` or `move:FOLDER`.
    pub after_fetch: &'a str,
}

/// What is wrong with the settings, field by field, as the API names them (`incoming.host`). Codes: `required`,
/// `not_an_address`, `not_a_host`, `not_a_port`, `not_yet` (POP3), `out_of_range`, `not_a_choice`.
pub fn check(facts: &Facts) -> Vec<Fault> {
    let mut faults = Vec::new();
    let address = facts.address.trim();
    if address.is_empty() {
        faults.push(Fault::new("address", "required"));
    } else if !is_address(address) {
        faults.push(Fault::new("address", "not_an_address"));
    }
    check_incoming(facts, &mut faults);
    check_outgoing(facts, &mut faults);
    if facts.hold_seconds > HOLD_MAX_SECONDS {
        faults.push(Fault::new("hold_seconds", "out_of_range"));
    }
    if facts.cool_down_seconds > COOL_DOWN_MAX_SECONDS {
        faults.push(Fault::new("cool_down_seconds", "out_of_range"));
    }
    if !LINE_WIDTH.contains(&facts.line_width) {
        faults.push(Fault::new("line_width", "out_of_range"));
    }
    if AfterFetch::parse(facts.after_fetch).is_none() {
        faults.push(Fault::new("after_fetch", "not_a_choice"));
    }
    faults
}

fn check_incoming(facts: &Facts, faults: &mut Vec<Fault>) {
    match facts.incoming_kind {
        IncomingKind::Pop3 => faults.push(Fault::new("incoming.kind", "not_yet")),
        IncomingKind::Smtp | IncomingKind::Import | IncomingKind::None => {}
        IncomingKind::Imap => {
            faults.extend(host_fault("incoming.host", facts.incoming_host));
            if facts.incoming_port == Some(0) {
                faults.push(Fault::new("incoming.port", "not_a_port"));
            }
            if facts.incoming_user.is_none_or(|user| user.trim().is_empty()) {
                faults.push(Fault::new("incoming.user", "required"));
            }
            if !facts.has_incoming_password {
                faults.push(Fault::new("incoming.password", "required"));
            }
        }
    }
}

fn check_outgoing(facts: &Facts, faults: &mut Vec<Fault>) {
    if facts.outgoing_host.is_some() || facts.sending == Switch::On {
        faults.extend(host_fault("outgoing.host", facts.outgoing_host));
    }
    if facts.outgoing_port == Some(0) {
        faults.push(Fault::new("outgoing.port", "not_a_port"));
    }
    if facts.incoming_kind == IncomingKind::Import && facts.sending == Switch::On {
        faults.push(Fault::new("sending", "not_a_choice"));
    }
}

fn host_fault(field: &'static str, host: Option<&str>) -> Option<Fault> {
    let host = host.map(str::trim).unwrap_or_default();
    if host.is_empty() {
        return Some(Fault::new(field, "required"));
    }
    (!is_host(host)).then(|| Fault::new(field, "not_a_host"))
}

/// Whether the text can be a host name or an IP address; not a URL, not with a port behind it.
pub fn is_host(text: &str) -> bool {
    let is_v6 = text.parse::<std::net::Ipv6Addr>().is_ok();
    let name = text.strip_suffix('.').unwrap_or(text);
    let label_fits = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    is_v6 || (name.len() <= 253 && name.split('.').all(label_fits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sound() -> Facts<'static> {
        Facts {
            address: "support@example.co.jp",
            incoming_kind: IncomingKind::Imap,
            incoming_host: Some("imap.example.co.jp"),
            incoming_port: Some(993),
            incoming_user: Some("support"),
            has_incoming_password: true,
            outgoing_host: Some("smtp.example.co.jp"),
            outgoing_port: None,
            sending: Switch::On,
            hold_seconds: 20,
            cool_down_seconds: 600,
            line_width: 35,
            after_fetch: "leave",
        }
    }

    fn fault_of(facts: &Facts) -> Vec<(&'static str, &'static str)> {
        check(facts).into_iter().map(|fault| (fault.field, fault.code)).collect()
    }

    #[test]
    fn sound_settings_have_no_faults() {
        assert_eq!(fault_of(&sound()), []);
        let listening = Facts {
            incoming_kind: IncomingKind::Smtp,
            incoming_host: None,
            incoming_user: None,
            has_incoming_password: false,
            outgoing_host: None,
            sending: Switch::Off,
            ..sound()
        };
        assert_eq!(fault_of(&listening), []);
    }

    #[test]
    fn each_fault_names_its_field() {
        let table = [
            (Facts { address: " ", ..sound() }, ("address", "required")),
            (Facts { address: "support", ..sound() }, ("address", "not_an_address")),
            (Facts { incoming_kind: IncomingKind::Pop3, ..sound() }, ("incoming.kind", "not_yet")),
            (Facts { incoming_host: None, ..sound() }, ("incoming.host", "required")),
            (Facts { incoming_host: Some("https://x.jp"), ..sound() }, ("incoming.host", "not_a_host")),
            (Facts { incoming_port: Some(0), ..sound() }, ("incoming.port", "not_a_port")),
            (Facts { incoming_user: Some(" "), ..sound() }, ("incoming.user", "required")),
            (Facts { has_incoming_password: false, ..sound() }, ("incoming.password", "required")),
            (Facts { outgoing_host: None, ..sound() }, ("outgoing.host", "required")),
            (Facts { outgoing_host: Some("smtp:465"), ..sound() }, ("outgoing.host", "not_a_host")),
            (Facts { outgoing_port: Some(0), ..sound() }, ("outgoing.port", "not_a_port")),
            (Facts { incoming_kind: IncomingKind::Import, ..sound() }, ("sending", "not_a_choice")),
            (Facts { hold_seconds: 301, ..sound() }, ("hold_seconds", "out_of_range")),
            (Facts { cool_down_seconds: 86_401, ..sound() }, ("cool_down_seconds", "out_of_range")),
            (Facts { line_width: 19, ..sound() }, ("line_width", "out_of_range")),
            (Facts { after_fetch: "delete", ..sound() }, ("after_fetch", "not_a_choice")),
            (Facts { after_fetch: "move:", ..sound() }, ("after_fetch", "not_a_choice")),
        ];
        for (facts, fault) in table {
            assert_eq!(fault_of(&facts), [fault]);
        }
    }

    #[test]
    fn a_host_is_a_name_or_an_address() {
        for host in ["localhost", "imap.example.co.jp", "127.0.0.1", "::1", "例え.jp", "a.b."] {
            assert!(is_host(host), "{host}");
        }
        for text in ["", "a b", "imap://a", "a:993", "-a.jp", "a..b", "a/b"] {
            assert!(!is_host(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_happens_after_fetching_is_read_back_as_written(folder in "[^\\p{C}]{1,20}") {
            prop_assume!(!folder.trim().is_empty());
            let after = AfterFetch::Move(folder.trim().to_owned());
            prop_assert_eq!(AfterFetch::parse(&after.to_string()), Some(after));
        }
    }
}
