//! Who am I, and what may I do here.

use axum::{Json, extract::State};
use desk::{
    ids::{AgentId, MailboxId},
    mailbox::Switch,
    permission::{Role, Verbs},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::words;
use crate::{
    actions::{
        change_agent::{OwnChange, change_own},
        desk_settings,
    },
    auth::Signed,
    extract::Body,
    problem::Problem,
    state::Desk,
};

/// The person who asks.
#[derive(Serialize, ToSchema)]
pub struct Myself {
    /// The id.
    #[schema(value_type = i64)]
    pub id: AgentId,
    /// The name.
    pub name: String,
    /// The address of the account.
    pub email: String,
    /// What the person is at the desk.
    #[schema(value_type = words::Role)]
    pub role: Role,
    /// The language of the screens.
    #[schema(value_type = crate::api::shapes::Language)]
    pub language: String,
    /// The zone of the screens.
    pub timezone: String,
}

/// The desk as its people see it.
#[derive(Serialize, ToSchema)]
pub struct DeskName {
    /// The shop's name.
    pub name: String,
    /// Its language.
    #[schema(value_type = crate::api::shapes::Language)]
    pub language: String,
    /// Its zone.
    pub timezone: String,
}

/// A mailbox by name.
#[derive(Serialize, ToSchema)]
pub struct MailboxName {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: MailboxId,
    /// The address customers write to.
    pub address: String,
    /// What agents call it.
    pub name: String,
    /// Full-width columns a line of a reply has.
    pub line_width: u32,
}

/// Everything a page needs to know about its reader.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// The person's id, as in `agent`.
    #[schema(value_type = i64)]
    pub id: AgentId,
    /// Their name.
    pub name: String,
    /// The address of the account.
    pub email: String,
    /// What the person is at the desk.
    #[schema(value_type = words::Role)]
    pub role: Role,
    /// The person.
    pub agent: Myself,
    /// The desk.
    pub desk: DeskName,
    /// What the person or token may do.
    #[schema(value_type = Vec<words::Verb>)]
    pub rights: Verbs,
    /// Goes into the header `Henji-CSRF` of every change; empty for tokens.
    pub csrf: String,
    /// The version of the program.
    pub version: &'static str,
    /// Mailboxes whose replies do not leave the house.
    #[schema(value_type = Vec<i64>)]
    pub sending_off: Vec<MailboxId>,
    /// The mailboxes.
    pub mailboxes: Vec<MailboxName>,
}

impl Me {
    /// Puts together what `signed` needs to know.
    pub async fn of(desk: &Desk, signed: &Signed) -> Result<Me, Problem> {
        let mut tx = desk.store.read().await?;
        let (settings, _) = desk_settings::load(&mut tx).await?;
        let mailboxes = store::mailboxes::list(&mut tx).await?;
        let agent = signed.agent.clone();
        let off = mailboxes
            .iter()
            .filter(|mailbox| mailbox.settings.sending == Switch::Off)
            .map(|mailbox| mailbox.id);
        Ok(Me {
            id: agent.id,
            name: agent.name.clone(),
            email: agent.email.clone(),
            role: agent.role,
            sending_off: off.collect(),
            agent: Myself {
                id: agent.id,
                name: agent.name,
                email: agent.email,
                role: agent.role,
                language: agent.language.unwrap_or_else(|| settings.language.clone()),
                timezone: agent.timezone.unwrap_or_else(|| settings.timezone.clone()),
            },
            desk: DeskName { name: settings.name, language: settings.language, timezone: settings.timezone },
            rights: signed.who.may(),
            csrf: signed.csrf.clone(),
            version: env!("CARGO_PKG_VERSION"),
            mailboxes: mailboxes
                .into_iter()
                .map(|row| MailboxName {
                    id: row.id,
                    address: row.settings.address,
                    name: row.settings.name,
                    line_width: row.settings.line_width,
                })
                .collect(),
        })
    }
}

/// Who am I.
#[utoipa::path(get, path = "/me", tag = "session",
    operation_id = "show_me", responses((status = 200, body = Me), (status = 401, body = Problem)))]
pub async fn show(State(desk): State<Desk>, signed: Signed) -> Result<Json<Me>, Problem> {
    Ok(Json(Me::of(&desk, &signed).await?))
}

/// Changes what is one's own: name, language, password.
#[utoipa::path(patch, path = "/me", tag = "session",
    operation_id = "change_me", request_body = OwnChange,
    responses((status = 200, body = Me), (status = 422, body = Problem)))]
pub async fn change(
    State(desk): State<Desk>,
    mut signed: Signed,
    Body(wanted): Body<OwnChange>,
) -> Result<Json<Me>, Problem> {
    signed.agent = change_own(&desk, &signed, wanted).await?;
    Ok(Json(Me::of(&desk, &signed).await?))
}
