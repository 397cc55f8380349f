//! The first start: the desk gets its name and its first administrator, and the link that allowed it is worth nothing
//! any more.

use desk::permission::Role;
use serde::Deserialize;
use store::agents;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use super::{
    add_agent::{self, NewAgent},
    desk_settings::{self, DeskSettings},
    sign_in::begin_session,
};
use crate::{
    auth::{Caller, Signed},
    problem::{Problem, ProblemKind},
    state::Desk,
};

/// What the first administrator says.
#[derive(Deserialize, ToSchema)]
pub struct SetUp {
    /// The secret of the link that `henji serve` printed.
    pub secret: String,
    /// The desk.
    pub desk: NewDesk,
    /// Its first administrator.
    pub administrator: NewAdministrator,
}

/// How the desk is called.
#[derive(Deserialize, ToSchema)]
pub struct NewDesk {
    /// The shop's name.
    pub name: String,
    /// `ja` or `en`.
    #[schema(value_type = crate::api::shapes::Language)]
    pub language: String,
    /// An IANA zone; `Asia/Tokyo` if not said.
    pub timezone: Option<String>,
}

/// Who begins.
#[derive(Deserialize, ToSchema)]
pub struct NewAdministrator {
    /// The person's name.
    pub name: String,
    /// The mail address to sign in with.
    pub email: String,
    /// The password.
    pub password: String,
}

/// Makes the desk; gives the first administrator and the cookie's secret.
///
/// # Errors
/// `setup-done` once anybody can sign in, `setup-secret-wrong`, `invalid-input` by field.
pub async fn set_up_desk(desk: &Desk, asked: SetUp, caller: &Caller) -> Result<(Signed, String), Problem> {
    let key = format!("setup {}", caller.address);
    if let Some(seconds) = desk.limits.wait_s(&key, desk.now()) {
        return Err(Problem::new(ProblemKind::TooManyAttempts).retry_after(seconds));
    }
    if agents::count(&mut desk.store.read().await?).await? > 0 {
        return Err(ProblemKind::SetupDone.into());
    }
    let secret = desk.settings.setup_secret.as_deref().unwrap_or_default();
    if secret.is_empty() || !bool::from(secret.as_bytes().ct_eq(asked.secret.as_bytes())) {
        desk.limits.failed(&key, desk.now());
        return Err(ProblemKind::SetupSecretWrong.into());
    }
    let settings = DeskSettings {
        name: asked.desk.name,
        language: asked.desk.language,
        timezone: asked.desk.timezone.unwrap_or_else(|| "Asia/Tokyo".to_owned()),
        ..DeskSettings::default()
    };
    desk_settings::check(&settings)?;
    let NewAdministrator { name, email, password } = asked.administrator;
    let person =
        add_agent::prepare(desk, NewAgent { name, email, role: Role::Administrator, password }).await?;
    let mut tx = desk.store.begin().await?;
    // Looked at again inside the transaction: two browsers may hold the link.
    if agents::count(&mut tx).await? > 0 {
        return Err(ProblemKind::SetupDone.into());
    }
    let (_, version) = desk_settings::load(&mut tx).await?;
    desk_settings::save(&mut tx, &settings, version, desk.now()).await?;
    let id = agents::add(&mut tx, &person, desk.now()).await?;
    let agent = agents::by_id(&mut tx, id).await?.ok_or(ProblemKind::NotFound)?;
    tx.commit().await?;
    begin_session(desk, agent, caller).await
}
