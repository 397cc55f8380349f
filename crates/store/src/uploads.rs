//! Files that wait to be attached to a reply (contract §6.17). Their bytes are blobs.

use crate::{
    StoreError,
    blobs::{self, Prepared},
    column,
    tx::{Tx, found, maybe, run, value},
};
use desk::{
    ids::{AgentId, UploadId},
    time::Millis,
};

column::row! {
    /// One file.
    pub struct UploadRow {
        /// Identity.
        pub id: UploadId,
        /// The name of its bytes.
        pub sha256: Vec<u8>,
        /// The file name.
        pub name: String,
        /// `type/subtype`.
        pub media_type: String,
        /// Bytes.
        pub size: u64,
        /// Who uploaded it.
        pub agent: AgentId,
        /// When.
        pub created_at: Millis,
        /// Since when a draft or a reply names it; `None`: nothing does.
        pub used_at: Option<Millis>,
    }
}

/// Keeps a file.
pub async fn add(
    tx: &mut Tx,
    bytes: &Prepared,
    name: &str,
    media_type: &str,
    agent: AgentId,
    now: Millis,
) -> Result<UploadId, StoreError> {
    const SQL: &str = "
        insert into uploads (sha256, name, media_type, size, agent, created_at)
        values ($1, $2, $3, $4, $5, $6)
        returning id";
    blobs::keep(tx, bytes, now).await?;
    let sha256 = bytes.sha256.as_slice();
    let id: i64 = value!(tx, SQL, sha256, name, media_type, blobs::size(bytes.size), agent.0, now)?;
    Ok(UploadId(id))
}

/// One file.
pub async fn get(tx: &mut Tx, id: UploadId) -> Result<Option<UploadRow>, StoreError> {
    const SQL: &str = "
        select id, sha256, name, media_type, size, agent, created_at, used_at from uploads
        where id = $1";
    Ok(maybe!(tx, SQL, id.0)?)
}

/// A draft or a reply names it: it is not thrown away any more. `None`: nothing does so now.
pub async fn set_used(tx: &mut Tx, id: UploadId, used_at: Option<Millis>) -> Result<(), StoreError> {
    found(run!(tx, "update uploads set used_at = $2 where id = $1", id.0, used_at)?)
}

/// Throws away files unused since `before`, and their bytes where nothing else has the same; how many files.
pub async fn prune(tx: &mut Tx, before: Millis, limit: i64) -> Result<u64, StoreError> {
    const UPLOADS: &str = "
        delete from uploads
        where id in (select id from uploads where used_at is null and created_at < $1 order by created_at limit $2)
            and used_at is null
        returning sha256";
    const BLOB: &str = "
        delete from blobs
        where sha256 = $1
            and not exists (select 1 from originals o where o.sha256 = $1)
            and not exists (select 1 from uploads u where u.sha256 = $1)
            and not exists (select 1 from outbound b where b.bytes_sha256 = $1)";
    let removed: Vec<Vec<u8>> = crate::tx::values!(tx, UPLOADS, before, limit)?;
    for sha256 in &removed {
        run!(tx, BLOB, sha256.as_slice())?;
    }
    Ok(removed.len() as u64)
}
