//! What is in a mail, told without a database (contract §2, the first form): all that [`crate::read`] reads, and of the
//! evidence what a header line states by itself. Reading between the lines belongs elsewhere.

mod shape;

pub use shape::*;

use crate::address;
use crate::headers::received;
use crate::html;
use crate::lists::Kind;
use crate::mail::Mail;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use jiff::tz::Offset;
use sha2::{Digest, Sha256};

/// Pictures of the mail stay `cid:…`: outside of the desk nothing else answers for them.
const INLINE_BASE: &str = "cid:";

/// Explains the bytes of one mail. `file` is only repeated.
pub fn explain(file: &str, bytes: &[u8]) -> Explanation {
    of(file, bytes, crate::read(bytes))
}

/// Explains a text that is only the body of a mail.
pub fn explain_text(file: &str, text: &str) -> Explanation {
    let mut mail = crate::read(b"Content-Type: text/plain; charset=utf-8\n\n");
    let mut problems = Vec::new();
    mail.text = crate::charset::clean(text, &mut problems).into_owned();
    (mail.new_text, mail.quoted, mail.signature) = crate::quote::find(&mail.text);
    mail.problems = problems;
    mail.warnings.clear();
    of(file, text.as_bytes(), mail)
}

fn of(file: &str, bytes: &[u8], mail: Mail) -> Explanation {
    let evidence = evidence(&mail);
    let reading = reading(&mail);
    Explanation {
        file: file.to_owned(),
        sha256: HEXLOWER.encode(&Sha256::digest(bytes)),
        size: bytes.len() as u64,
        kind: mail.kind,
        suspicions: mail.suspicions,
        subject: mail.subject,
        from: mail.from.into_iter().next(),
        sender: mail.sender,
        reply_to: mail.reply_to,
        to: mail.to,
        cc: mail.cc,
        date: mail.date.and_then(|sent| rfc3339(sent.at, sent.offset_minutes)),
        message_id: mail.message_id,
        in_reply_to: mail.in_reply_to,
        references: mail.references,
        text: mail.text,
        new_text: mail.new_text,
        quoted: mail.quoted,
        signature: mail.signature,
        html: mail.html.map(|page| html::sanitise(&page, INLINE_BASE).html),
        attachments: mail.attachments.into_iter().map(attached).collect(),
        bounce: mail.bounce,
        evidence,
        reading,
        problems: mail.problems,
    }
}

fn attached(a: crate::mail::Attachment) -> Attached {
    Attached {
        name: a.name,
        media_type: a.media_type,
        size: a.size,
        sha256: a.sha256,
        inline: a.inline,
        content_id: a.content_id,
        dangers: a.dangers,
    }
}

fn evidence(mail: &Mail) -> Evidence {
    let local = mail.date.and_then(|sent| Some((offset(sent.offset_minutes)?.to_datetime(sent.at), sent)));
    let class = mail.from.first().map(|from| address::class(&from.domain()));
    Evidence {
        sentence: Sentence::default(),
        origin: None,
        mailer: mailer(mail),
        hops: hops(mail),
        sent_at_local: local.map(|(civil, _)| format!("{:02}:{:02}", civil.hour(), civil.minute())),
        timezone: local.map(|(_, sent)| zone(sent.offset_minutes)),
        clock_skew_ms: None,
        address_class: class.map_or("unknown", address::AddressClass::as_str).to_owned(),
        via: match mail.kind {
            Kind::Form => "form",
            Kind::List => "list",
            Kind::Human
            | Kind::AutoReply
            | Kind::Bounce
            | Kind::Receipt
            | Kind::Newsletter
            | Kind::Notification
            | Kind::Unreadable => "unknown",
        },
        anonymous: Anonymous::default(),
        authentication: Authentication::default(),
        answer_goes_to: mail.answer_goes_to().first().map(|a| a.address.clone()),
        warnings: mail.warnings.clone(),
    }
}

/// The program as it names itself, word for word; taking the name apart is for later.
fn mailer(mail: &Mail) -> Option<Mailer> {
    ["X-Mailer", "User-Agent"].into_iter().find_map(|name| {
        let value = mail.header(name).map(str::trim).filter(|v| !v.is_empty() && v.len() <= 200)?;
        Some(Mailer {
            name: value.to_owned(),
            version: None,
            system: None,
            confidence: "low",
            because: vec![format!("{name}: {value}")],
        })
    })
}

fn hops(mail: &Mail) -> Vec<Hop> {
    let hops = received::hops(mail.headers_named("received"));
    let mut before: Option<Timestamp> = None;
    let shown = hops.into_iter().map(|hop| {
        let delay = before.zip(hop.at).map(|(before, at)| at.as_millisecond() - before.as_millisecond());
        before = hop.at.or(before);
        Hop {
            from: hop.from,
            by: hop.by,
            ip: hop.ip.map(|ip| ip.to_string()),
            at: hop.at.and_then(|at| rfc3339(at, 0)),
            delay_ms: delay,
            trusted: false,
        }
    });
    shown.collect()
}

fn reading(mail: &Mail) -> Reading {
    Reading {
        language: language(&mail.text, mail.subject.as_deref().unwrap_or_default()),
        polarity: None,
        feelings: Feelings::default(),
        urgency: 0,
        complaint: Complaint::default(),
        situation: Sentence::default(),
        skill: "unknown",
        signals: Vec::new(),
        facts: Vec::new(),
        missing: Vec::new(),
        questions: Vec::new(),
    }
}

/// Words that stand in nearly every English mail.
const ENGLISH: &[&str] =
    &["the", "and", "you", "is", "to", "of", "for", "have", "please", "my", "this", "not"];

/// Kana mean Japanese; Latin letters alone say nothing about which language it is, except that English words are common.
fn language(text: &str, subject: &str) -> &'static str {
    let letters = || text.chars().chain(subject.chars()).filter(|c| c.is_alphabetic()).take(5_000);
    let is_kana = |c: &char| matches!(c, '\u{3041}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}');
    let (all, kana) = (letters().count(), letters().filter(is_kana).count());
    if kana > 0 && kana * 20 >= all {
        return "ja";
    }
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).take(400);
    let (all, english) =
        words.fold((0, 0), |(all, hit), word| (all + 1, hit + usize::from(ENGLISH.contains(&word))));
    if all >= 4 && english * 12 >= all { "en" } else { "unknown" }
}

fn offset(minutes: i32) -> Option<Offset> {
    Offset::from_seconds(minutes.checked_mul(60)?).ok()
}

/// `+09:00`.
fn zone(minutes: i32) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

/// RFC 3339 with the offset the writer used.
fn rfc3339(at: Timestamp, offset_minutes: i32) -> Option<String> {
    let civil = offset(offset_minutes)?.to_datetime(at);
    let zone = if offset_minutes == 0 { "Z".to_owned() } else { zone(offset_minutes) };
    Some(format!("{}{zone}", civil.strftime("%Y-%m-%dT%H:%M:%S")))
}

#[cfg(test)]
mod tests;
