//! What a caller gives for a mail: its words, its addresses in whatever form they are at hand, its files and its moment.

use desk::{
    ids::{MessageId, UploadId},
    status::Then,
    time::{Millis, parse_rfc3339},
};
use serde::{Deserialize, Deserializer};
use store::address::Address as Stored;
use utoipa::ToSchema;

use super::words;
use crate::{
    actions::save_draft::{DraftBody, Quote},
    problem::{Problem, ProblemKind},
};

/// Pictures that stand in the mail itself keep their names.
const OWN_PICTURES: &str = "cid:";

/// An address, or the text of one.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum GivenAddress {
    /// `a@example.jp` or `山田 <a@example.jp>`
    Text(String),
    /// With a name.
    Full {
        /// The name before it.
        name: Option<String>,
        /// The address.
        address: String,
    },
}

/// One address or many.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum GivenAddresses {
    /// Many.
    Many(Vec<GivenAddress>),
    /// One.
    One(GivenAddress),
}

impl GivenAddress {
    /// As the store keeps them. A text that names no address stays as it is and is refused when the mail shall leave.
    fn read(self) -> Vec<Stored> {
        match self {
            GivenAddress::Text(text) => {
                let found = mail::addresses(&text).into_iter();
                let mut found: Vec<Stored> =
                    found.map(|one| Stored { name: one.name, address: one.address }).collect();
                if found.is_empty() {
                    found.push(Stored { name: None, address: text.trim().to_owned() });
                }
                found
            }
            GivenAddress::Full { name, address } => {
                let name = name.filter(|name| !name.trim().is_empty());
                vec![Stored { name, address: address.trim().to_owned() }]
            }
        }
    }
}

/// Addresses, one or many; null and an empty text are none.
fn addresses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Stored>, D::Error> {
    let given = match Option::deserialize(deserializer)? {
        None => Vec::new(),
        Some(GivenAddresses::Many(given)) => given,
        Some(GivenAddresses::One(GivenAddress::Text(text))) if text.trim().is_empty() => Vec::new(),
        Some(GivenAddresses::One(given)) => vec![given],
    };
    Ok(given.into_iter().flat_map(GivenAddress::read).collect())
}

/// A list; null is an empty one.
fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// What a draft or a reply is made of.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Content {
    /// The agent's words. Lines that begin with `>` must be the customer's own.
    pub text: String,
    /// The same words as HTML; the mail then holds both. Made safe on the way: no scripts, no pictures from elsewhere.
    /// Signature and quotation are written by the server, as in the text; a `blockquote` must be the customer's own.
    pub html: Option<String>,
    /// What is quoted, and where.
    pub quote: Option<Quote>,
    /// To whom; whoever wrote, if empty.
    #[serde(default, deserialize_with = "addresses")]
    #[schema(value_type = Option<GivenAddresses>)]
    pub to: Vec<Stored>,
    /// Copies.
    #[serde(default, deserialize_with = "addresses")]
    #[schema(value_type = Option<GivenAddresses>)]
    pub cc: Vec<Stored>,
    /// Copies nobody sees.
    #[serde(default, deserialize_with = "addresses")]
    #[schema(value_type = Option<GivenAddresses>)]
    pub bcc: Vec<Stored>,
    /// Ids of uploads.
    #[serde(default, deserialize_with = "list")]
    #[schema(value_type = Option<Vec<i64>>)]
    pub attachments: Vec<UploadId>,
    /// The last message its writer has seen; what the draft says, if not said.
    #[schema(value_type = Option<i64>)]
    pub based_on: Option<MessageId>,
    /// When it shall leave (RFC 3339), within a year; a past moment is now. It is held until then.
    pub send_at: Option<String>,
    /// What becomes of the ticket after sending.
    #[schema(value_type = Option<words::Then>)]
    pub then: Option<Then>,
}

impl Content {
    /// As it is kept: addresses read, the moment read, the HTML made safe.
    ///
    /// # Errors
    /// `invalid-input` for `send_at` and `html`.
    pub async fn into_draft(self) -> Result<DraftBody, Problem> {
        let Content { text, html, quote, to, cc, bcc, attachments, based_on, send_at, then } = self;
        let send_at = send_at.map(|text| moment(&text)).transpose()?;
        let html = safe(html).await?;
        Ok(DraftBody { text, html, quote, to, cc, bcc, attachments, based_on, send_at, then })
    }
}

fn moment(text: &str) -> Result<Millis, Problem> {
    parse_rfc3339(text.trim())
        .ok_or_else(|| Problem::new(ProblemKind::InvalidInput).field("send_at", "not_a_time"))
}

/// Strange HTML may take long, so it is read beside the request threads.
async fn safe(html: Option<String>) -> Result<Option<String>, Problem> {
    let Some(html) = html.filter(|html| !html.trim().is_empty()) else { return Ok(None) };
    let work = move || mail::html::sanitise(&html, OWN_PICTURES).html;
    let safe = tokio::task::spawn_blocking(work).await.map_err(Problem::broken)?;
    if safe.trim().is_empty() {
        return Err(Problem::new(ProblemKind::InvalidInput).field("html", "required"));
    }
    Ok(Some(safe))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn to(given: &Value) -> Vec<String> {
        let content: Content = serde_json::from_value(json!({"text": "", "to": given})).unwrap();
        let shown =
            |one: Stored| one.name.map_or(one.address.clone(), |name| format!("{name}|{}", one.address));
        content.to.into_iter().map(shown).collect()
    }

    #[test]
    fn addresses_come_as_one_or_many_as_text_or_with_a_name() {
        let table = [
            (json!("a@b.jp"), vec!["a@b.jp"]),
            (json!("山田 <a@b.jp>"), vec!["山田|a@b.jp"]),
            (json!({"name": "山田", "address": " a@b.jp"}), vec!["山田|a@b.jp"]),
            (
                json!(["a@b.jp", {"address": "c@d.jp"}, "山田 <a@b.jp>"]),
                vec!["a@b.jp", "c@d.jp", "山田|a@b.jp"],
            ),
            (json!("a@b.jp, c@d.jp"), vec!["a@b.jp", "c@d.jp"]),
            (Value::Null, vec![]),
            (json!([]), vec![]),
            (json!(" "), vec![]),
        ];
        for (given, expected) in table {
            assert_eq!(to(&given), expected, "{given}");
        }
    }

    #[test]
    fn what_is_no_address_is_not_dropped_in_silence() {
        assert_eq!(to(&json!(["", "hana"])), ["", "hana"]);
    }

    #[test]
    fn no_files_may_be_said_with_null() {
        let content: Content = serde_json::from_value(json!({"text": "", "attachments": null})).unwrap();
        assert!(content.attachments.is_empty());
    }
}
