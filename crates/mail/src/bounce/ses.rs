//! Reports of Amazon SES that come by mail as JSON (an SNS topic with a mail subscription). Source: Amazon SES
//! Developer Guide, "Notification contents". date: 2026-11

use super::{Bounce, FailedRecipient, MAX_RECIPIENTS, Report, dsn, judge};
use crate::headers::ids;
use crate::html::cut;
use crate::lists::Kind;
use serde_json::{Deserializer, Value};

/// Bytes of a report that are read.
const MAX_JSON: usize = 256 * 1024;

/// What such a report says; `None` if the text is none.
pub(super) fn read(text: &str) -> Option<Report> {
    let notice = notice(text)?;
    let text_of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |of: &str, name: &str| -> Vec<Value> {
        let found = notice[of][name].as_array().into_iter().flatten();
        found.filter(|r| r["emailAddress"].is_string()).take(MAX_RECIPIENTS).cloned().collect()
    };
    let (kind, recipients): (Kind, Vec<FailedRecipient>) = match notice["notificationType"].as_str()? {
        "Bounce" => {
            let one = |r: &Value| {
                let said = text_of(&r["diagnosticCode"]);
                let said = dsn::without_type(&said);
                judge(text_of(&r["emailAddress"]), r["status"].as_str(), said, "")
            };
            (Kind::Bounce, list("bounce", "bouncedRecipients").iter().map(one).collect())
        }
        "Complaint" => {
            let one = |r: &Value| FailedRecipient::complained(text_of(&r["emailAddress"]), None);
            (Kind::Notification, list("complaint", "complainedRecipients").iter().map(one).collect())
        }
        "Delivery" => (Kind::Receipt, Vec::new()),
        _ => return None,
    };
    let of_message_id = message_id(&notice["mail"]);
    let bounce = (!recipients.is_empty()).then_some(Bounce { recipients, of_message_id });
    Some(Report { kind: Some(kind), bounce })
}

/// The object at the beginning of the text. Its one long line was cut by servers on the way.
fn notice(text: &str) -> Option<Value> {
    let text = cut(text.trim_start(), MAX_JSON);
    if !text.starts_with('{') || !text.contains("\"notificationType\"") {
        return None;
    }
    let joined = text.replace("\n ", "").replace('\n', "");
    Deserializer::from_str(&joined).into_iter::<Value>().next()?.ok()
}

fn message_id(mail: &Value) -> Option<String> {
    let headers = mail["headers"].as_array().into_iter().flatten();
    let named = |h: &&Value| h["name"].as_str().is_some_and(|n| n.eq_ignore_ascii_case("message-id"));
    let in_headers = headers.into_iter().find(named).and_then(|h| h["value"].as_str());
    in_headers.or(mail["commonHeaders"]["messageId"].as_str()).and_then(ids::one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::Reason;

    #[test]
    fn bounces_complaints_and_deliveries_are_told_apart() {
        let mail = "\"mail\":{\"headers\":[{\"name\":\"Message-ID\",\"value\":\"<a@b.jp>\"}]}";
        let text = format!(
            "{{\"notificationType\":\"Bounce\",\"bounce\":{{\"bouncedRecipients\":[{{\"emailAddress\":\"x@example.com\",\
             \"status\":\"5.1.1\",\"diagnosticCode\":\"smtp; 550 5.1.1 user\n  unknown\"}}]}},{mail}}}\n\n--\nUnsubscribe"
        );
        let bounce = read(&text).and_then(|report| report.bounce).unwrap();
        assert_eq!(
            (bounce.recipients[0].reason, bounce.recipients[0].address_dead),
            (Reason::UserUnknown, true)
        );
        assert_eq!(bounce.of_message_id.as_deref(), Some("a@b.jp"));
        let complaint = "{\"notificationType\":\"Complaint\",\"complaint\":{\"complainedRecipients\":[{\"emailAddress\":\"x@y\"}]}}";
        assert_eq!(read(complaint).unwrap().bounce.unwrap().recipients[0].reason, Reason::Feedback);
        assert_eq!(read("{\"notificationType\":\"Delivery\"}").unwrap().kind, Some(Kind::Receipt));
        for other in [
            "",
            "{",
            "{\"notificationType\":",
            "{\"notificationType\":\"x\"}",
            "Hello {\"notificationType\":\"Delivery\"}",
        ] {
            assert!(read(other).is_none(), "{other}");
        }
    }
}
