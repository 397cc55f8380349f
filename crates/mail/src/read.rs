//! Bytes → [`Mail`]. Total: any bytes give a mail, at worst one of kind `unreadable`.

use crate::attached;
use crate::automatic;
use crate::body::Body;
use crate::bounce;
use crate::charset::{self, note};
use crate::fields::Fields;
use crate::headers::{addresses, dates, ids};
use crate::kind;
use crate::lists::{Kind, Problem};
use crate::mail::{Address, Mail, Part};
use crate::parts::Parts;
use crate::quote;
use crate::signs;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Header fields that name the mailbox a copy was delivered to. Source: Postfix, qmail, Exim, Gmail, fetchmail.
const DELIVERED_TO: &[&str] =
    &["delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to"];
/// Bytes of an unreadable mail that are shown.
const SHOWN_OF_UNREADABLE: usize = 64 * 1024;

/// Reads a mail. Never fails and never panics; what was wrong stands in [`Mail::problems`].
pub fn read(bytes: &[u8]) -> Mail {
    catch_unwind(AssertUnwindSafe(|| whole(bytes))).unwrap_or_else(|_| unreadable(bytes))
}

/// Reads the header of a mail and nothing else: whom an answer goes to, and the subject as it stands, need no body,
/// however large or hostile it is. Never fails.
pub fn read_header(bytes: &[u8]) -> Mail {
    let (header, _) = crate::split::header_and_body(bytes, 0..bytes.len());
    read(&bytes[header])
}

/// The decoded bytes of attachment `n`, counted from 1 as in [`Mail::attachments`].
pub fn attachment(bytes: &[u8], n: u32) -> Option<Part> {
    catch_unwind(AssertUnwindSafe(|| attached::part(bytes, n))).ok().flatten()
}

/// The decoded bytes of the part with this Content-ID (with or without `<>`).
pub fn inline(bytes: &[u8], content_id: &str) -> Option<Part> {
    catch_unwind(AssertUnwindSafe(|| attached::by_content_id(bytes, content_id))).ok().flatten()
}

fn whole(bytes: &[u8]) -> Mail {
    let mut parts = Parts::of(bytes);
    let mut problems = std::mem::take(&mut parts.problems);
    let fields = Fields::read(parts.header()).with_hint(parts.charset_hint.clone());
    if fields.too_long {
        note(&mut problems, Problem::HeaderTooLong);
    }
    let headers = fields.shown();
    if headers.is_empty() {
        return unreadable(bytes);
    }
    let mut mail = with_header(&fields, &mut problems);
    mail.headers = headers;
    let sorted = Body::of(&parts);
    (mail.text, mail.html) = sorted.read(&parts, &mut problems);
    (mail.new_text, mail.quoted, mail.signature) = quote::find(&mail.text);
    mail.attachments = attached::all(&parts, &sorted, mail.html.as_deref(), &mut problems);
    mail.problems = problems;
    mail.automatic = automatic::signs(&mail);
    let report = bounce::read(&mail, &parts);
    mail.kind = kind::of(&mail, &report);
    mail.bounce = report.bounce;
    mail.suspicions = signs::suspicions(&mail);
    mail.warnings = signs::warnings(&mail);
    mail
}

/// Everything that the header fields say.
fn with_header(fields: &Fields<'_>, problems: &mut Vec<Problem>) -> Mail {
    let mut mail = nothing();
    mail.kind = Kind::Human;
    mail.subject = fields.readable("subject", problems);
    mail.subject_raw = fields.first("subject").and_then(|f| ascii(f.value));
    let mut list = |name: &str| people(fields, name, problems);
    mail.from = list("from");
    mail.sender = list("sender").into_iter().next();
    mail.reply_to = list("reply-to");
    mail.to = list("to");
    mail.cc = list("cc");
    mail.delivered_to = DELIVERED_TO
        .iter()
        .flat_map(|name| list(name))
        .map(|a| a.address)
        .filter(|a| a.contains('@'))
        .collect();
    mail.delivered_to.dedup();
    mail.date = fields.structured("date", problems).and_then(|value| dates::parse(&value));
    mail.message_id = fields.structured("message-id", problems).and_then(|value| ids::one(&value));
    let mut chain = |name: &str| fields.structured(name, problems).map(|v| ids::all(&v)).unwrap_or_default();
    mail.in_reply_to = chain("in-reply-to");
    mail.references = chain("references");
    mail
}

/// All addresses in all fields of this name.
fn people(fields: &Fields<'_>, name: &str, problems: &mut Vec<Problem>) -> Vec<Address> {
    let values: Vec<String> = fields.all(name).map(|field| fields.text_of(field, problems)).collect();
    values.iter().flat_map(|value| addresses::all(value, problems)).collect()
}

/// A value that may be copied into another header: printable ASCII and folds.
fn ascii(value: &[u8]) -> Option<String> {
    let printable = |b: &u8| matches!(b, 0x20..=0x7e | b'\t' | b'\r' | b'\n');
    value.iter().all(printable).then(|| String::from_utf8_lossy(value).into_owned())
}

/// What can be said of bytes that are no mail: their text, if they are text.
fn unreadable(bytes: &[u8]) -> Mail {
    let mut mail = nothing();
    let shown = &bytes[..bytes.len().min(SHOWN_OF_UNREADABLE)];
    mail.problems = vec![Problem::Unreadable];
    if !shown.iter().take(1024).any(|b| matches!(b, 0..=8 | 0x0e..=0x1a)) {
        let decoded = charset::decode(shown, None);
        mail.text = charset::clean(&decoded.text, &mut mail.problems).into_owned();
        mail.new_text.clone_from(&mail.text);
    }
    mail
}

fn nothing() -> Mail {
    Mail {
        kind: Kind::Unreadable,
        suspicions: Vec::new(),
        subject: None,
        subject_raw: None,
        from: Vec::new(),
        sender: None,
        reply_to: Vec::new(),
        to: Vec::new(),
        cc: Vec::new(),
        delivered_to: Vec::new(),
        date: None,
        message_id: None,
        in_reply_to: Vec::new(),
        references: Vec::new(),
        text: String::new(),
        new_text: String::new(),
        quoted: Vec::new(),
        signature: None,
        html: None,
        attachments: Vec::new(),
        bounce: None,
        automatic: Vec::new(),
        headers: Vec::new(),
        warnings: Vec::new(),
        problems: Vec::new(),
    }
}
