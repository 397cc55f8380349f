//! Why a mail could not be put into its ticket just now.

use store::{MayBeBusy, StoreError};

use crate::problem::{Problem, ProblemKind};

/// Never the mail's fault: the job comes back and the mail is read again.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another action that takes part (a held reply taken back, a bounce settled) did not work; its problem's type.
    #[error("a part of it did not work: {0}")]
    Part(String),
}

impl From<Problem> for ReceiveError {
    fn from(problem: Problem) -> ReceiveError {
        match problem.kind_of() {
            Some(ProblemKind::Busy) => ReceiveError::Store(StoreError::Busy),
            Some(ProblemKind::ChangedMeanwhile) => ReceiveError::Store(StoreError::Conflict),
            Some(_) | None => ReceiveError::Part(problem.kind),
        }
    }
}

impl MayBeBusy for ReceiveError {
    /// A conflict too is worth another try: somebody else wrote the same ticket or the same message first.
    fn is_busy(&self) -> bool {
        matches!(self, ReceiveError::Store(StoreError::Busy | StoreError::Conflict))
    }
}
