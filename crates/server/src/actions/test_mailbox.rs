//! Tries the ways in and out of a mailbox before it is saved, so that a wrong password is told now and not at night.

use std::time::Duration;

use channels::{imap, smtp_out};
use desk::{ids::MailboxId, mailbox::IncomingKind};
use serde::Serialize;
use store::mailboxes::MailboxSettings;
use utoipa::ToSchema;

use super::save_mailbox::{MailboxChange, existing, merge, new_settings};
use crate::{
    problem::Problem,
    state::Desk,
    wires::{incoming_account, outgoing_server},
};

/// A person waits for the answer: each step of a test may take no longer.
const PATIENCE: Duration = Duration::from_secs(15);

/// What came of trying one way.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tried {
    /// It works.
    pub ok: bool,
    /// What is wrong, for the screen's words (`mailbox.error.<code>`).
    #[schema(required)]
    pub code: Option<String>,
    /// What the server said, as it said it.
    #[schema(required)]
    pub said: Option<String>,
    /// How many mails the inbox holds now.
    #[schema(required)]
    pub messages: Option<u32>,
    /// The folders that would be read.
    pub folders: Vec<String>,
}

/// What came of trying both ways; a way that is not set is not tried.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tested {
    /// The way in.
    #[schema(required)]
    pub incoming: Option<Tried>,
    /// The way out.
    #[schema(required)]
    pub outgoing: Option<Tried>,
}

/// Tries the settings; for a mailbox that exists, its saved passwords stand in where none is given.
pub async fn test_mailbox(
    desk: &Desk,
    existing_id: Option<MailboxId>,
    wanted: MailboxChange,
) -> Result<Tested, Problem> {
    let base = match existing_id {
        Some(id) => existing(&mut desk.store.read().await?, id).await?.settings,
        None => new_settings(),
    };
    Ok(test_settings(desk, &merge(desk, base, wanted)).await)
}

/// Tries both ways at once.
pub async fn test_settings(desk: &Desk, settings: &MailboxSettings) -> Tested {
    let incoming = async {
        match settings.incoming_kind {
            IncomingKind::Imap => Some(try_imap(desk, settings).await),
            IncomingKind::Pop3 | IncomingKind::Smtp | IncomingKind::Import | IncomingKind::None => None,
        }
    };
    let outgoing = async {
        match settings.outgoing_host {
            Some(_) => Some(try_smtp(desk, settings).await),
            None => None,
        }
    };
    let (incoming, outgoing) = tokio::join!(incoming, outgoing);
    Tested { incoming, outgoing }
}

fn failed(code: &str, said: Option<String>) -> Tried {
    Tried { ok: false, code: Some(code.to_owned()), said, messages: None, folders: Vec::new() }
}

async fn try_imap(desk: &Desk, settings: &MailboxSettings) -> Tried {
    let mut account = match incoming_account(desk, settings) {
        Ok(account) => account,
        Err(code) => return failed(code, None),
    };
    account.patience.step = PATIENCE;
    match look_around(&account).await {
        Ok((messages, folders)) => {
            Tried { ok: true, code: None, said: None, messages: Some(messages), folders }
        }
        Err(error) => failed(error.code(), error.answer().map(str::to_owned)),
    }
}

async fn look_around(account: &imap::Account) -> Result<(u32, Vec<String>), imap::ImapError> {
    let mut session = imap::Session::connect(account).await?;
    let folders = session.folders().await?;
    let selected = session.select("INBOX").await?;
    session.logout().await;
    let read = folders.into_iter().filter(|folder| folder.junk || folder.name.eq_ignore_ascii_case("INBOX"));
    Ok((selected.exists, read.map(|folder| folder.name).collect()))
}

async fn try_smtp(desk: &Desk, settings: &MailboxSettings) -> Tried {
    let mut server = match outgoing_server(desk, settings) {
        Ok(server) => server,
        Err(code) => return failed(code, None),
    };
    server.patience.step = PATIENCE;
    match smtp_out::try_login(&server, &desk.settings.hostname).await {
        Ok(_) => Tried { ok: true, code: None, said: None, messages: None, folders: Vec::new() },
        Err(error) => failed(error.code(), error.answer().map(str::to_owned)),
    }
}
