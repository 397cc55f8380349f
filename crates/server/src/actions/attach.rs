//! Which files a draft or a reply may name, and that they stay as long as one of them does (contract §6.17).

use desk::{
    ids::{AgentId, UploadId},
    time::Millis,
};
use store::{StoreError, Tx, drafts::DraftRow, uploads};

use super::save_draft::DraftBody;
use crate::problem::{Problem, ProblemKind};

/// The files a stored draft names.
pub fn named_in(draft: Option<&DraftRow>) -> Vec<UploadId> {
    let body: Option<DraftBody> = draft.and_then(|row| serde_json::from_value(row.body.clone()).ok());
    body.map(|body| body.attachments).unwrap_or_default()
}

/// Refuses files that are not the writer's to give away: theirs is what they uploaded, and what the draft of this ticket
/// holds already (a colleague's file goes with the pen).
///
/// # Errors
/// `upload-gone`, which does not tell whether there is such a file.
pub async fn demand_files(
    tx: &mut Tx,
    wanted: &[UploadId],
    by: AgentId,
    held: &[UploadId],
) -> Result<(), Problem> {
    for id in wanted.iter().filter(|id| !held.contains(id)) {
        if uploads::get(tx, *id).await?.is_none_or(|row| row.agent != by) {
            return Err(Problem::new(ProblemKind::UploadGone).with("upload", id.0));
        }
    }
    Ok(())
}

/// Keeps the files that are named now from being thrown away, and lets go those that only were named before. What is gone
/// already stays gone.
///
/// # Errors
/// The database.
pub async fn keep_files(
    tx: &mut Tx,
    before: &[UploadId],
    named: &[UploadId],
    now: Millis,
) -> Result<(), StoreError> {
    let kept = named.iter().filter(|id| !before.contains(id)).map(|id| (*id, Some(now)));
    let let_go = before.iter().filter(|id| !named.contains(id)).map(|id| (*id, None));
    for (id, used_at) in kept.chain(let_go) {
        match uploads::set_used(tx, id, used_at).await {
            Ok(()) | Err(StoreError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
