//! The people of the desk who answer.

use crate::{
    StoreError,
    address::fold,
    column,
    tx::{Tx, all, changed, maybe, run, value},
};
use desk::{ids::AgentId, permission::Role, time::Millis};

column::row! {
    /// One person.
    pub struct AgentRow {
        /// Identity.
        pub id: AgentId,
        /// The address they sign in with, as typed.
        pub email: String,
        /// Their name.
        pub name: String,
        /// What they may do.
        pub role: Role,
        /// Argon2id, in PHC form.
        pub password_hash: String,
        /// Their own language; `None`: the desk's.
        pub language: Option<String>,
        /// Their own time zone; `None`: the desk's.
        pub timezone: Option<String>,
        /// False once they left; then they can't sign in.
        pub active: bool,
        /// Raised at every change.
        pub version: i64,
        /// When they were added.
        pub created_at: Millis,
    }
}

/// A person to add.
#[derive(Debug, Clone)]
pub struct NewAgent {
    /// The address they sign in with, as typed.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Argon2id, in PHC form.
    pub password_hash: String,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, email, name, role, password_hash, language, timezone, active, version, created_at from agents ",
            $rest
        )
    };
}

/// Adds a person. Somebody has that address already: [`StoreError::Conflict`].
pub async fn add(tx: &mut Tx, agent: &NewAgent, now: Millis) -> Result<AgentId, StoreError> {
    const SQL: &str = "
        insert into agents (email, email_folded, name, role, password_hash, active, version, created_at)
        values ($1, $2, $3, $4, $5, true, 1, $6)
        returning id";
    let NewAgent { email, name, role, password_hash } = agent;
    let id: i64 = value!(tx, SQL, email, fold(email), name, role.as_str(), password_hash, now)?;
    Ok(AgentId(id))
}

/// Everybody, active or not, by id; at most `limit` after `after`.
pub async fn list(tx: &mut Tx, after: AgentId, limit: i64) -> Result<Vec<AgentRow>, StoreError> {
    const SQL: &str = select!("where id > $1 order by id limit $2");
    Ok(all!(tx, SQL, after.0, limit)?)
}

/// The person of this address, however it is written.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<AgentRow>, StoreError> {
    const SQL: &str = select!("where email_folded = $1");
    Ok(maybe!(tx, SQL, fold(email))?)
}

/// The person of this id.
pub async fn by_id(tx: &mut Tx, id: AgentId) -> Result<Option<AgentRow>, StoreError> {
    const SQL: &str = select!("where id = $1");
    Ok(maybe!(tx, SQL, id.0)?)
}

/// Writes everything of a person over the version in `agent`. Stale, or the address is taken:
/// [`StoreError::Conflict`].
pub async fn update(tx: &mut Tx, agent: &AgentRow) -> Result<(), StoreError> {
    const SQL: &str = "
        update agents
        set email = $3, email_folded = $4, name = $5, role = $6, password_hash = $7, language = $8, timezone = $9,
            active = $10, version = version + 1
        where id = $1 and version = $2";
    let AgentRow { id, email, name, role, password_hash, language, timezone, active, version, .. } = agent;
    let rows = run!(
        tx,
        SQL,
        id.0,
        version,
        email,
        fold(email),
        name,
        role.as_str(),
        password_hash,
        language,
        timezone,
        active
    )?;
    changed(rows)
}

/// How many people there are, active or not; 0 means that the desk was never set up.
pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(value!(tx, "select count(*) from agents")?)
}

/// How many active people have this role (the last administrator must stay).
pub async fn count_active(tx: &mut Tx, role: Role) -> Result<i64, StoreError> {
    const SQL: &str = "select count(*) from agents where active and role = $1";
    Ok(value!(tx, SQL, role.as_str())?)
}
