//! A person asks for the mail from before the connection, or lets it rest (contract §6.5).

use desk::{
    event::EventKind,
    ids::MailboxId,
    mailbox::{IncomingKind, PastMail},
    permission::Who,
};
use serde_json::json;
use store::{
    events::{self, NewEvent},
    folders,
};

use super::save_mailbox::existing;
use crate::{
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// Begins (`running`) or pauses the fetching of past mail.
///
/// # Errors
/// `not-found`; `invalid-input` for another state, and for a mailbox that is not fetched by IMAP or was never reached.
pub async fn fetch_past(desk: &Desk, who: &Who, mailbox: MailboxId, state: PastMail) -> Result<(), Problem> {
    if !matches!(state, PastMail::Running | PastMail::Paused) {
        return Err(Problem::new(ProblemKind::InvalidInput).field("state", "not_a_choice"));
    }
    let mut tx = desk.store.begin().await?;
    let row = existing(&mut tx, mailbox).await?;
    if row.settings.incoming_kind != IncomingKind::Imap {
        return Err(Problem::new(ProblemKind::InvalidInput).field("incoming.kind", "not_a_choice"));
    }
    if folders::list(&mut tx, mailbox).await?.is_empty() {
        return Err(Problem::new(ProblemKind::InvalidInput).field("state", "not_yet"));
    }
    folders::set_past(&mut tx, mailbox, state).await?;
    let event = NewEvent {
        mailbox: Some(mailbox),
        ..NewEvent::of_desk(EventKind::SettingChanged, Some(who.agent), desk.now())
    };
    events::record(&mut tx, &event.with(json!({"what": "past_mail", "state": state}))).await?;
    tx.commit().await?;
    desk.committed();
    desk.mailboxes_changed.notify_one();
    Ok(())
}
