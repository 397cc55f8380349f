//! What the listener answers. Each reply is one line with its enhanced status code (RFC 3463);
//! sentences here are for the postmaster of the other side.

use super::data::Fault;
use super::{KeepError, Settings};

pub(crate) const OK: &str = "250 2.0.0 ok";
pub(crate) const SENDER_OK: &str = "250 2.1.0 sender ok";
pub(crate) const RECIPIENT_OK: &str = "250 2.1.5 recipient ok";
pub(crate) const GO_ON: &str = "354 end the mail with <CRLF>.<CRLF>";
pub(crate) const KEPT: &str = "250 2.6.0 kept";
pub(crate) const BYE: &str = "221 2.0.0 goodbye";
pub(crate) const START_TLS: &str = "220 2.0.0 start TLS";
pub(crate) const VERIFY: &str = "252 2.1.5 send it and see";
pub(crate) const HELP: &str = "214 2.0.0 see RFC 5321";

pub(crate) const TOO_MANY_SESSIONS: &str = "421 4.3.2 too many connections, try again later";
pub(crate) const STOPPING: &str = "421 4.3.2 closing down, try again later";
pub(crate) const IDLE: &str = "421 4.4.2 nothing was heard for too long";
pub(crate) const TOO_MANY_ERRORS: &str = "421 4.7.0 too many errors";
pub(crate) const NOT_HTTP: &str = "421 5.5.1 this is a mail server";
pub(crate) const UNAVAILABLE: &str = "451 4.3.0 temporarily unavailable, try again later";
pub(crate) const TOO_MANY_RECIPIENTS: &str = "452 4.5.3 too many recipients";
pub(crate) const UNKNOWN: &str = "500 5.5.2 command not known";
pub(crate) const LINE_TOO_LONG: &str = "500 5.5.2 line too long";
pub(crate) const NOT_HERE: &str = "502 5.5.1 not offered";
pub(crate) const NAME_MISSING: &str = "501 5.5.4 say your name";
pub(crate) const BAD_PARAMETER: &str = "501 5.5.4 a parameter can't be read";
pub(crate) const BAD_SENDER: &str = "501 5.1.7 the sender address can't be read";
pub(crate) const BAD_RECIPIENT: &str = "501 5.1.3 the recipient address can't be read";
pub(crate) const HELLO_FIRST: &str = "503 5.5.1 say EHLO first";
pub(crate) const MAIL_FIRST: &str = "503 5.5.1 say MAIL first";
pub(crate) const MAIL_TWICE: &str = "503 5.5.1 MAIL was said already";
pub(crate) const TLS_TWICE: &str = "503 5.5.1 TLS is on already";
pub(crate) const NO_SUCH_ADDRESS: &str = "550 5.1.1 no such address here";
pub(crate) const BARE_LINE_END: &str = "550 5.6.11 lines must end with CRLF: bare CR or LF found";
pub(crate) const TOO_LARGE: &str = "552 5.3.4 the mail is too large";
pub(crate) const NO_RECIPIENTS: &str = "554 5.5.1 no valid recipients";

/// The greeting.
pub(crate) fn greeting(settings: &Settings) -> String {
    format!("220 {} ESMTP", settings.hostname)
}

/// The lines of the answer to EHLO or LHLO.
pub(crate) fn offers(settings: &Settings, may_start_tls: bool) -> String {
    let size = format!("SIZE {}", settings.max_size);
    let mut lines = vec![settings.hostname.as_str(), "PIPELINING", "8BITMIME", "SMTPUTF8", &size];
    if may_start_tls {
        lines.push("STARTTLS");
    }
    lines.push("ENHANCEDSTATUSCODES");
    let last = lines.len() - 1;
    let lines = lines.iter().enumerate();
    lines
        .map(|(i, line)| format!("250{}{line}", if i == last { ' ' } else { '-' }))
        .collect::<Vec<_>>()
        .join("\r\n")
}

/// The answer to a mail that was read but not taken.
pub(crate) fn fault(fault: Fault) -> &'static str {
    match fault {
        Fault::BareLineEnd => BARE_LINE_END,
        Fault::TooLarge => TOO_LARGE,
        Fault::NoRoom => "452 4.3.1 no room now, try again later",
    }
}

/// The answer for one recipient.
pub(crate) fn kept(result: Result<(), KeepError>) -> &'static str {
    match result {
        Ok(()) => KEPT,
        Err(KeepError::Temporary) => "451 4.3.0 could not be kept now, try again later",
        Err(KeepError::Full) => "452 4.3.1 no room now, try again later",
        Err(KeepError::Refused) => "550 5.7.1 not taken",
    }
}

/// One answer for all recipients (SMTP has only one). "Try again" wins, because sending again
/// harms nobody, while a 250 would make the sender forget a mail that is not kept for everybody.
pub(crate) fn kept_for_all(results: &[Result<(), KeepError>]) -> &'static str {
    for worst in [KeepError::Full, KeepError::Temporary, KeepError::Refused] {
        if results.contains(&Err(worst)) {
            return kept(Err(worst));
        }
    }
    if results.is_empty() { kept(Err(KeepError::Temporary)) } else { KEPT }
}
