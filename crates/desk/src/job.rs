//! Background work that must happen exactly for this mail or this reply, as data.

use crate::codes::codes;
use crate::ids::{DeliveryId, MessageId, OutboundId};
use crate::time::{HOUR, MINUTE, Millis};
use serde::{Deserialize, Serialize};

codes! {
    /// The kind of a job.
    pub enum JobKind {
        /// Read a kept mail and put it into its ticket.
        ReadMail => "read_mail",
        /// Send a reply whose bytes are fixed.
        SendReply => "send_reply",
        /// Acknowledge a customer's mail, if the loop guard allows.
        Acknowledge => "acknowledge",
    }
}

/// One job: its kind and what it needs, kept as JSON (`{"kind":"read_mail","delivery":5}`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Read the original of this delivery.
    ReadMail {
        /// The arrival that asked for it.
        delivery: DeliveryId,
    },
    /// Send this reply.
    SendReply {
        /// The reply.
        outbound: OutboundId,
    },
    /// Acknowledge this message.
    Acknowledge {
        /// The customer's message.
        message: MessageId,
    },
}

impl Job {
    /// The kind, as the job table keeps it beside the payload.
    pub const fn kind(&self) -> JobKind {
        match self {
            Self::ReadMail { .. } => JobKind::ReadMail,
            Self::SendReply { .. } => JobKind::SendReply,
            Self::Acknowledge { .. } => JobKind::Acknowledge,
        }
    }
}

/// A job that failed so often stays dead until a person starts it again.
pub const MAX_ATTEMPTS: u32 = 12;

/// When a failed job runs again: after `min(2^attempts minutes, 6 hours)` and up to a tenth more, so that what
/// failed together does not come back together. `None`: it has failed too often.
///
/// `attempts` counts the failures so far, 1 after the first; `jitter` is any random number.
pub fn retry_at(attempts: u32, now: Millis, jitter: u16) -> Option<Millis> {
    if attempts >= MAX_ATTEMPTS {
        return None;
    }
    let wait = 2_i64.saturating_pow(attempts).saturating_mul(MINUTE).min(6 * HOUR);
    let extra = wait / 10 * i64::from(jitter) / i64::from(u16::MAX);
    Some(now.saturating_add(wait).saturating_add(extra))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_job_is_kept_as_its_kind_and_what_it_needs() {
        let jobs = [
            (Job::ReadMail { delivery: DeliveryId(5) }, r#"{"kind":"read_mail","delivery":5}"#),
            (Job::SendReply { outbound: OutboundId(6) }, r#"{"kind":"send_reply","outbound":6}"#),
            (Job::Acknowledge { message: MessageId(7) }, r#"{"kind":"acknowledge","message":7}"#),
        ];
        for (job, json) in jobs {
            assert_eq!(serde_json::to_string(&job).unwrap(), json);
            assert_eq!(serde_json::from_str::<Job>(json).unwrap(), job);
            assert!(json.contains(job.kind().as_str()));
        }
    }

    #[test]
    fn a_failing_job_comes_back_ever_later_and_ends_before_a_person() {
        let minutes: Vec<Option<Millis>> =
            (1..=12).map(|attempts| retry_at(attempts, 0, 0).map(|at| at / MINUTE)).collect();
        let expected = [2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360].map(Some);
        assert_eq!(minutes[..11], expected);
        assert_eq!(minutes[11], None);
    }

    proptest! {
        #[test]
        fn the_jitter_adds_at_most_a_tenth(attempts in 1..MAX_ATTEMPTS, jitter in any::<u16>()) {
            let (plain, late) = (retry_at(attempts, 0, 0).unwrap(), retry_at(attempts, 0, jitter).unwrap());
            prop_assert!((plain..=plain + plain / 10).contains(&late));
        }
    }
}
