//! The tree of folders, which of them are junk and sent mail, and opening one.

use async_imap::imap_proto::{
    MailboxDatum, MailboxListData, NameAttribute, Response, ResponseCode, Status, StatusAttribute,
};

use super::conn::{Ended, quoted};
use super::error::ImapError;
use super::{Folder, Selected, Session, utf7};

/// Names of the junk folder where the server doesn't mark it (RFC 6154): Outlook, Courier, Yahoo,
/// Gmail, and Japanese mail programs that made it themselves. Compared in lower case.
const JUNK: [&str; 10] = [
    "junk",
    "spam",
    "junk e-mail",
    "junk email",
    "bulk",
    "bulk mail",
    "迷惑メール",
    "迷惑メールフォルダ",
    "迷惑メールフォルダー",
    "スパム",
];

/// The same for sent mail.
const SENT: [&str; 9] = [
    "sent",
    "sent items",
    "sent messages",
    "sent mail",
    "送信済み",
    "送信済みメール",
    "送信済みアイテム",
    "送信済みトレイ",
    "送信箱",
];

struct Listed {
    folder: Folder,
    wire: String,
    last: String,
}

impl Session {
    /// All folders of the account.
    pub async fn folders(&mut self) -> Result<Vec<Folder>, ImapError> {
        let extended = self.conn.can("SPECIAL-USE") && self.conn.can("LIST-EXTENDED");
        let command = if extended { r#"LIST "" "*" RETURN (SPECIAL-USE)"# } else { r#"LIST "" "*""# };
        let mut listed = Vec::new();
        let ended = self.conn.run(command, |response| {
            if let Response::MailboxData(MailboxDatum::List(data)) = response {
                listed.push(read(data));
            }
        });
        ended.await?.ok()?;
        guess_by_name(&mut listed);
        self.names = listed
            .iter()
            .filter(|one| utf7::encode(&one.folder.name) != one.wire)
            .map(|one| (one.folder.name.clone(), one.wire.clone()))
            .collect();
        Ok(listed.into_iter().map(|one| one.folder).collect())
    }

    /// Opens a folder so that mails in it may be settled.
    pub async fn select(&mut self, folder: &str) -> Result<Selected, ImapError> {
        self.open("SELECT", folder).await
    }

    /// Opens a folder for reading only.
    pub async fn examine(&mut self, folder: &str) -> Result<Selected, ImapError> {
        self.open("EXAMINE", folder).await
    }

    async fn open(&mut self, verb: &str, folder: &str) -> Result<Selected, ImapError> {
        let wire = self.on_wire(folder)?;
        self.selected = None;
        self.conn.exists = 0;
        let mut marks = Marks::default();
        let ended = self.conn.run(&format!("{verb} {wire}"), |response| marks.hear(response)).await?;
        if let Ended::No(answer) = ended {
            return Err(self.refused(folder, &wire, answer).await);
        }
        ended.ok()?;
        if marks.uidvalidity.is_none() || marks.uidnext.is_none() {
            self.ask_for_marks(&wire, &mut marks).await?;
        }
        let uidnext = match marks.uidnext {
            Some(uidnext) => uidnext,
            None => self.highest_uid().await?.saturating_add(1),
        };
        let uidvalidity = marks.uidvalidity.ok_or(ImapError::NoUidValidity)?;
        self.conn.news = false;
        let selected = Selected { uidvalidity, uidnext, exists: self.conn.exists };
        self.selected = Some(selected);
        Ok(selected)
    }

    /// The name in quotes, as the server writes it.
    pub(super) fn on_wire(&self, folder: &str) -> Result<String, ImapError> {
        let wire = self.names.get(folder).cloned().unwrap_or_else(|| utf7::encode(folder));
        if wire.is_empty() || wire.contains(|c: char| c.is_control()) {
            return Err(ImapError::FolderMissing { folder: folder.to_owned(), answer: String::new() });
        }
        Ok(quoted(&wire))
    }

    /// A folder may be refused because it isn't there, or for a passing reason.
    pub(super) async fn refused(&mut self, folder: &str, wire: &str, answer: String) -> ImapError {
        let mut there = false;
        let command = format!(r#"LIST "" {wire}"#);
        let listed = self.conn.run(&command, |response| {
            if let Response::MailboxData(MailboxDatum::List(data)) = response {
                there |= read(data).folder.selectable;
            }
        });
        match listed.await {
            Ok(Ended::Ok) if !there => ImapError::FolderMissing { folder: folder.to_owned(), answer },
            Ok(Ended::Ok | Ended::No(_) | Ended::Bad(_)) | Err(_) => ImapError::ServerSaid { answer },
        }
    }

    async fn ask_for_marks(&mut self, wire: &str, marks: &mut Marks) -> Result<(), ImapError> {
        let command = format!("STATUS {wire} (UIDNEXT UIDVALIDITY)");
        // A refusal only means that the marks stay unknown.
        self.conn.run(&command, |response| marks.hear(response)).await?;
        Ok(())
    }

    async fn highest_uid(&mut self) -> Result<u32, ImapError> {
        if self.conn.exists == 0 {
            return Ok(0);
        }
        let mut highest = 0;
        let ended = self.conn.run("UID FETCH * (UID)", |response| {
            highest = highest.max(super::fetch::uid_of(response).unwrap_or(0));
        });
        ended.await?.ok()?;
        Ok(highest)
    }
}

/// What a folder says of its UIDs.
#[derive(Default)]
struct Marks {
    uidvalidity: Option<u32>,
    uidnext: Option<u32>,
}

impl Marks {
    fn hear(&mut self, response: &Response<'_>) {
        if let Response::Data { status: Status::Ok, outcome } = response {
            if let Some(ResponseCode::UidValidity(n)) = outcome.code {
                self.uidvalidity = Some(n);
            } else if let Some(ResponseCode::UidNext(n)) = outcome.code {
                self.uidnext = Some(n);
            }
        } else if let Response::MailboxData(MailboxDatum::Status { status, .. }) = response {
            for mark in status {
                if let StatusAttribute::UidValidity(n) = mark {
                    self.uidvalidity = Some(*n);
                } else if let StatusAttribute::UidNext(n) = mark {
                    self.uidnext = Some(*n);
                }
            }
        }
    }
}

fn read(data: &MailboxListData<'_>) -> Listed {
    // The library leaves the escapes of a quoted string in.
    let wire = data.name.replace("\\\"", "\"").replace("\\\\", "\\");
    let name = utf7::decode(&wire).unwrap_or_else(|| wire.clone());
    let last = match data.delimiter.as_deref() {
        Some(delimiter) if !delimiter.is_empty() => name.rsplit(delimiter).next().unwrap_or_default(),
        _ => &name,
    };
    let last = last.to_lowercase();
    let has = |mark: &NameAttribute<'_>| data.name_attributes.contains(mark);
    let is_gone = data.name_attributes.iter().any(
        |mark| matches!(mark, NameAttribute::Extension(name) if name.eq_ignore_ascii_case("\\NonExistent")),
    );
    let folder = Folder {
        junk: has(&NameAttribute::Junk),
        sent: has(&NameAttribute::Sent),
        selectable: !has(&NameAttribute::NoSelect) && !is_gone,
        name,
    };
    Listed { folder, wire, last }
}

/// Where the server marks no folder, names decide.
fn guess_by_name(listed: &mut [Listed]) {
    if !listed.iter().any(|one| one.folder.junk) {
        for one in listed.iter_mut() {
            one.folder.junk = one.folder.selectable && JUNK.contains(&one.last.as_str());
        }
    }
    if !listed.iter().any(|one| one.folder.sent) {
        for one in listed.iter_mut() {
            one.folder.sent = one.folder.selectable && SENT.contains(&one.last.as_str());
        }
    }
}
