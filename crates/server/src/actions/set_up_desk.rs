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

/// What the first administrator says: themselves under `administrator`, or in the same three fields beside the secret.
#[derive(Deserialize, ToSchema)]
pub struct SetUp {
    /// The secret of the link that `henji serve` printed.
    pub secret: String,
    /// The desk; it takes the usual values if not said.
    pub desk: Option<NewDesk>,
    /// Its first administrator.
    pub administrator: Option<NewAdministrator>,
    /// The administrator's name, where `administrator` is not said.
    #[serde(default)]
    pub name: String,
    /// Their mail address to sign in with.
    #[serde(default)]
    pub email: String,
    /// Their password.
    #[serde(default)]
    pub password: String,
}

/// How the desk is called; what is not said takes its usual value.
#[derive(Default, Deserialize, ToSchema)]
pub struct NewDesk {
    /// The shop's name; the domain of the administrator's address if not said.
    pub name: Option<String>,
    /// `ja` or `en`; `ja` if not said.
    #[schema(value_type = Option<crate::api::shapes::Language>)]
    pub language: Option<String>,
    /// An IANA zone; `Asia/Tokyo` if not said.
    pub timezone: Option<String>,
}

/// Who begins.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
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
    if agents::count(&mut desk.store.read().await?).await? > 0 {
        return Err(ProblemKind::SetupDone.into());
    }
    let began = desk.now();
    desk.limits
        .attempt(&[&key], began)
        .map_err(|seconds| Problem::new(ProblemKind::TooManyAttempts).retry_after(seconds))?;
    let secret = desk.settings.setup_secret.as_deref().unwrap_or_default();
    if secret.is_empty() || !bool::from(secret.as_bytes().ct_eq(asked.secret.as_bytes())) {
        return Err(ProblemKind::SetupSecretWrong.into());
    }
    desk.limits.take_back(&key, began);
    let (place, administrator) = match asked.administrator {
        Some(administrator) => ("administrator.", administrator),
        None => ("", NewAdministrator { name: asked.name, email: asked.email, password: asked.password }),
    };
    let settings = settings(asked.desk.unwrap_or_default(), &administrator.email);
    desk_settings::check(&settings).map_err(|problem| problem.within("desk."))?;
    let NewAdministrator { name, email, password } = administrator;
    let person = add_agent::prepare(desk, NewAgent { name, email, role: Role::Administrator, password })
        .await
        .map_err(|problem| problem.within(place))?;
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

/// The settings of the new desk, with what was not said.
fn settings(asked: NewDesk, email: &str) -> DeskSettings {
    let usual = DeskSettings::default();
    let domain = email.rsplit('@').next().map(str::trim).filter(|domain| !domain.is_empty());
    DeskSettings {
        name: asked.name.unwrap_or_else(|| domain.unwrap_or("Henji").to_owned()),
        language: asked.language.unwrap_or(usual.language),
        timezone: asked.timezone.unwrap_or(usual.timezone),
        ..DeskSettings::default()
    }
}
