//! What the shop says about itself: name, language, zone, and how long a done ticket may be reopened.

use desk::{event::EventKind, permission::Who};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    Tx,
    events::{self, NewEvent},
    settings,
};
use utoipa::ToSchema;

use crate::{
    problem::{Problem, ProblemKind},
    state::Desk,
};

const KEY: &str = "desk";

/// The shop, as kept under one key (contract §6.11).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DeskSettings {
    /// The shop's name.
    pub name: String,
    /// `ja` or `en`: the language of what the desk writes by itself.
    #[schema(value_type = crate::api::shapes::Language)]
    pub language: String,
    /// An IANA zone such as `Asia/Tokyo`.
    pub timezone: String,
    /// Days within which a customer's answer reopens a done ticket.
    pub reopen_days: u32,
}

impl Default for DeskSettings {
    fn default() -> DeskSettings {
        DeskSettings {
            name: String::new(),
            language: "ja".to_owned(),
            timezone: "Asia/Tokyo".to_owned(),
            reopen_days: 30,
        }
    }
}

/// What should change; what is not named stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct DeskSettingsChange {
    /// The version that was seen.
    pub version: i64,
    /// The shop's name.
    pub name: Option<String>,
    /// `ja` or `en`.
    #[schema(value_type = Option<crate::api::shapes::Language>)]
    pub language: Option<String>,
    /// An IANA zone.
    pub timezone: Option<String>,
    /// Days within which a customer's answer reopens a done ticket.
    pub reopen_days: Option<u32>,
}

/// The settings and their version (0 while nothing was ever saved).
pub async fn load(tx: &mut Tx) -> Result<(DeskSettings, i64), Problem> {
    match settings::get(tx, KEY).await? {
        Some(row) => Ok((serde_json::from_value(row.value).map_err(Problem::broken)?, row.version)),
        None => Ok((DeskSettings::default(), 0)),
    }
}

/// Saves the settings over the version that was seen.
pub async fn save(
    tx: &mut Tx,
    wanted: &DeskSettings,
    seen: i64,
    now: desk::time::Millis,
) -> Result<i64, Problem> {
    check(wanted)?;
    let value = serde_json::to_value(wanted).map_err(Problem::broken)?;
    Ok(settings::put(tx, KEY, &value, seen, now).await?)
}

/// Refuses a name, language or zone that cannot be.
pub fn check(wanted: &DeskSettings) -> Result<(), Problem> {
    let mut problem = Problem::new(ProblemKind::InvalidInput);
    if wanted.name.trim().is_empty() {
        problem = problem.field("name", "required");
    }
    if !matches!(wanted.language.as_str(), "ja" | "en") {
        problem = problem.field("language", "unknown_language");
    }
    if jiff::tz::TimeZone::get(&wanted.timezone).is_err() {
        problem = problem.field("timezone", "unknown_timezone");
    }
    if problem.errors.is_empty() { Ok(()) } else { Err(problem) }
}

/// An administrator changes the settings.
pub async fn change(
    desk: &Desk,
    who: &Who,
    wanted: DeskSettingsChange,
) -> Result<(DeskSettings, i64), Problem> {
    let mut tx = desk.store.begin().await?;
    let (now, version) = load(&mut tx).await?;
    let next = DeskSettings {
        name: wanted.name.unwrap_or(now.name),
        language: wanted.language.unwrap_or(now.language),
        timezone: wanted.timezone.unwrap_or(now.timezone),
        reopen_days: wanted.reopen_days.unwrap_or(now.reopen_days),
    };
    if wanted.version != version {
        return Err(Problem::new(ProblemKind::ChangedMeanwhile).with("version", version));
    }
    let version = save(&mut tx, &next, version, desk.now()).await?;
    let event = NewEvent::of_desk(EventKind::SettingChanged, Some(who.agent), desk.now())
        .with(json!({"what": "desk"}));
    events::record(&mut tx, &event).await?;
    tx.commit().await?;
    desk.committed();
    Ok((next, version))
}
