//! The JSON of `henji explain` (contract §2), field by field. Every key always stands there; what is not read yet is
//! null, `unknown` or `not_checked`, never a guess.

use crate::bounce::Bounce;
use crate::lists::{Danger, Kind, Problem, Suspicion, Warning};
use crate::mail::{Address, Span};
use serde::Serialize;

/// The whole answer for one mail.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, and are explained there")]
pub struct Explanation {
    pub file: String,
    pub sha256: String,
    pub size: u64,
    pub kind: Kind,
    pub suspicions: Vec<Suspicion>,
    pub subject: Option<String>,
    pub from: Option<Address>,
    pub sender: Option<Address>,
    pub reply_to: Vec<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub date: Option<String>,
    pub message_id: Option<String>,
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    pub text: String,
    pub new_text: String,
    pub quoted: Vec<Span>,
    pub signature: Option<String>,
    pub html: Option<String>,
    pub attachments: Vec<Attached>,
    pub bounce: Option<Bounce>,
    pub evidence: Evidence,
    pub reading: Reading,
    pub problems: Vec<Problem>,
}

/// One attachment.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, and are explained there")]
pub struct Attached {
    pub name: String,
    pub media_type: String,
    pub size: u64,
    pub sha256: String,
    pub inline: bool,
    pub content_id: Option<String>,
    pub dangers: Vec<Danger>,
}

/// What the header tells.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, and are explained there")]
pub struct Evidence {
    pub sentence: Sentence,
    pub origin: Option<Origin>,
    pub mailer: Option<Mailer>,
    pub hops: Vec<Hop>,
    pub sent_at_local: Option<String>,
    pub timezone: Option<String>,
    pub clock_skew_ms: Option<i64>,
    pub address_class: String,
    pub via: &'static str,
    pub anonymous: Anonymous,
    pub authentication: Authentication,
    pub answer_goes_to: Option<String>,
    pub warnings: Vec<Warning>,
}

/// The same in both languages.
#[derive(Debug, Clone, Default, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, and are explained there")]
pub struct Sentence {
    pub ja: Option<String>,
    pub en: Option<String>,
}

/// Where the mail was written.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, and are explained there")]
pub struct Origin {
    pub host: Option<String>,
    pub ip: Option<String>,
    pub provider: Option<String>,
    pub region: Option<Region>,
    pub confidence: &'static str,
    pub because: Vec<String>,
}

/// A place in Japan.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, and are explained there")]
pub struct Region {
    pub prefecture: Option<String>,
    pub city: Option<String>,
}

/// The program that wrote the mail.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, and are explained there")]
pub struct Mailer {
    pub name: String,
    pub version: Option<String>,
    pub system: Option<String>,
    pub confidence: &'static str,
    pub because: Vec<String>,
}

/// One server handing the mail to the next.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, and are explained there")]
pub struct Hop {
    pub from: Option<String>,
    pub by: Option<String>,
    pub ip: Option<String>,
    pub at: Option<String>,
    pub delay_ms: Option<i64>,
    pub trusted: bool,
}

/// How little the writer shows of themselves.
#[derive(Debug, Clone, Default, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, and are explained there")]
pub struct Anonymous {
    pub score: Option<f64>,
    pub because: Vec<String>,
}

/// Results of SPF, DKIM, DMARC and ARC.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, and are explained there")]
pub struct Authentication {
    pub spf: &'static str,
    pub dkim: &'static str,
    pub dmarc: &'static str,
    pub arc: &'static str,
    pub because: Vec<String>,
}

impl Default for Authentication {
    fn default() -> Self {
        let not = "not_checked";
        Self { spf: not, dkim: not, dmarc: not, arc: not, because: Vec::new() }
    }
}

/// What the text tells. Apart from the language nothing is read here yet.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, and are explained there")]
pub struct Reading {
    pub language: &'static str,
    pub polarity: Option<&'static str>,
    pub feelings: Feelings,
    pub urgency: u8,
    pub complaint: Complaint,
    pub situation: Sentence,
    pub skill: &'static str,
    pub signals: Vec<serde_json::Value>,
    pub facts: Vec<serde_json::Value>,
    pub missing: Vec<&'static str>,
    pub questions: Vec<Sentence>,
}

/// Strengths of feelings, 0–3.
#[derive(Debug, Clone, Default, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, and are explained there")]
pub struct Feelings {
    pub anger: u8,
    pub anxiety: u8,
    pub disappointment: u8,
    pub confusion: u8,
    pub gratitude: u8,
    pub haste: u8,
}

/// Whether and about what the writer complains; `is` is null as long as nothing reads it.
#[derive(Debug, Clone, Default, Serialize)]
#[expect(missing_docs, reason = "the fields are the contract's, and are explained there")]
pub struct Complaint {
    pub is: Option<bool>,
    #[serde(rename = "type")]
    pub kind: Option<&'static str>,
}
