//! Which kind of mail it is, first that fits: a returned mail, a receipt, a report, a machine's answer, a newsletter,
//! a list, a form, a notice — else a person wrote it.

use crate::automatic::Sign;
use crate::bounce::Report;
use crate::form;
use crate::lists::Kind;
use crate::mail::Mail;

/// The kind of a mail whose signs are already gathered.
pub(crate) fn of(mail: &Mail, report: &Report) -> Kind {
    let has = |sign: Sign| mail.automatic.iter().any(|s| s.sign == sign);
    if let Some(kind) = report.kind {
        return kind;
    }
    if report.bounce.is_some() && !has(Sign::VacationNote) {
        return Kind::Bounce;
    }
    if has(Sign::VacationNote) || auto_replied(mail) {
        return Kind::AutoReply;
    }
    let posted = mail.header("list-post").is_some_and(|v| !v.trim().eq_ignore_ascii_case("no"));
    if has(Sign::ListMail) && posted {
        return Kind::List;
    }
    let unsubscribes = mail.header("list-unsubscribe").is_some();
    if unsubscribes && !form::is_form(mail) {
        return Kind::Newsletter;
    }
    if has(Sign::ListMail) {
        return Kind::List;
    }
    if form::is_form(mail) {
        return Kind::Form;
    }
    let machine = has(Sign::AutoSubmitted) || has(Sign::NullSender) || has(Sign::RobotSender);
    if machine || has(Sign::Precedence) { Kind::Notification } else { Kind::Human }
}

/// `Auto-Submitted: auto-replied`, or another header that says "this is an answer by a machine".
fn auto_replied(mail: &Mail) -> bool {
    let says = |name: &str, word: &str| {
        mail.headers_named(name).any(|value| value.trim().to_ascii_lowercase().starts_with(word))
    };
    says("auto-submitted", "auto-replied")
        || says("auto-submitted", "auto-notified")
        || says("precedence", "auto_reply")
        || says("x-precedence", "auto_reply")
        || mail.header("x-autoreply").is_some()
        || mail.header("x-autorespond").is_some()
        || mail.header("x-autoresponder").is_some()
        || mail.header("x-mail-autoreply").is_some()
        || says("x-auto-response-suppress", "all")
            && mail.headers_named("x-ms-exchange-inbox-rules-loop").next().is_some()
}
