//! Bytes → [`Mail`]. Total: any bytes give a mail, at worst one of kind `unreadable`.

use crate::lists::{Kind, Problem};
use crate::mail::{Address, Mail, Part};

/// Reads a mail.
pub fn read(bytes: &[u8]) -> Mail {
    let mut mail = nothing();
    let Some(parsed) = mail_parser::MessageParser::default().parse(bytes) else { return mail };
    mail.kind = Kind::Human;
    mail.problems.clear();
    mail.subject = parsed.subject().map(str::to_owned);
    mail.message_id = parsed.message_id().map(str::to_owned);
    mail.from = parsed.from().map(addresses).unwrap_or_default();
    mail.to = parsed.to().map(addresses).unwrap_or_default();
    mail.text = parsed.body_text(0).unwrap_or_default().into_owned();
    mail.new_text.clone_from(&mail.text);
    mail
}

fn addresses(list: &mail_parser::Address<'_>) -> Vec<Address> {
    list.iter()
        .filter_map(|a| Some(Address { name: a.name().map(str::to_owned), address: a.address()?.to_owned() }))
        .collect()
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
        problems: vec![Problem::Unreadable],
    }
}

/// The decoded bytes of attachment `n` (from 1).
pub fn attachment(bytes: &[u8], n: u32) -> Option<Part> {
    let parsed = mail_parser::MessageParser::default().parse(bytes)?;
    let part = parsed.attachment(n.checked_sub(1)?)?;
    Some(Part { name: String::new(), media_type: String::new(), bytes: part.contents().to_vec() })
}

/// The decoded bytes of the part with this Content-ID (without `<>`).
pub fn inline(_bytes: &[u8], _content_id: &str) -> Option<Part> {
    None
}
