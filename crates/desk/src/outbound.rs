//! The life of a reply whose bytes are fixed (contract §6.15, §6.16): which state follows which, what the whole
//! is when its recipients differ, when it is tried again and when we give up.

use crate::codes::codes;
use crate::time::{DAY, HOUR, MINUTE, Millis, SECOND};

codes! {
    /// Where a reply is, for the whole and for each recipient.
    pub enum State {
        /// It waits so that it can be taken back.
        Held => "held",
        /// It may leave.
        Queued => "queued",
        /// It is on the wire; written before the first byte leaves.
        Sending => "sending",
        /// A server took it.
        Accepted => "accepted",
        /// A server asked to try later, or could not be reached; the same bytes are tried again.
        Deferred => "deferred",
        /// A server refused it, or we gave up.
        Refused => "refused",
        /// Nobody can tell whether it left; a person decides.
        Unknown => "unknown",
        /// It came back.
        Bounced => "bounced",
    }
}

codes! {
    /// What a person says about a reply of which nobody can tell whether it left.
    pub enum Resolution {
        /// It did leave.
        Sent => "sent",
        /// The same bytes shall leave again.
        SendAgain => "send_again",
    }
}

/// A reply that could not be handed over is given up after so long.
pub const GIVE_UP_AFTER: Millis = 5 * DAY;
/// Longest wait between two tries.
const LONGEST_WAIT: Millis = 6 * HOUR;

use State::{Accepted, Bounced, Deferred, Held, Queued, Refused, Sending, Unknown};

/// Which states may follow a state; every other step is a mistake of the program.
const MAY_FOLLOW: [(State, &[State]); 8] = [
    (Held, &[Queued, Sending]),
    (Queued, &[Sending]),
    // `queued`: the wire was never opened, so nothing can have left.
    (Sending, &[Accepted, Deferred, Refused, Unknown, Queued, Bounced]),
    (Accepted, &[Bounced]),
    (Deferred, &[Sending, Refused, Bounced]),
    (Refused, &[Bounced]),
    // A person resolves it (what its other recipients then are, is the whole), or it comes back and so did leave.
    (Unknown, &[Accepted, Queued, Deferred, Refused, Bounced]),
    (Bounced, &[]),
];

/// From harmless to bad. What is still on its way outweighs what is settled, so that a recipient who shall be
/// tried again is not forgotten because another one refused; what nobody can tell outweighs all.
const SEVERITY: [State; 8] = [Accepted, Refused, Bounced, Held, Queued, Deferred, Sending, Unknown];

impl State {
    /// Whether the step from this state to another is one that can happen.
    pub fn may_become(self, next: Self) -> bool {
        MAY_FOLLOW.iter().any(|(from, to)| *from == self && to.contains(&next))
    }

    /// Whether the reply is still on its way.
    pub const fn is_under_way(self) -> bool {
        match self {
            Held | Queued | Sending | Deferred => true,
            Accepted | Refused | Unknown | Bounced => false,
        }
    }

    /// Whether the writer can still take it back.
    pub const fn may_be_taken_back(self) -> bool {
        matches!(self, Held)
    }

    /// Whether the duty that sends picks it up (`not_before` decides when).
    pub const fn may_be_sent(self) -> bool {
        matches!(self, Held | Queued | Deferred)
    }

    /// What a person's word makes of an `unknown` recipient; `None` if it is not unknown.
    pub const fn resolved(self, resolution: Resolution) -> Option<Self> {
        match (self, resolution) {
            (Unknown, Resolution::Sent) => Some(Accepted),
            (Unknown, Resolution::SendAgain) => Some(Queued),
            (Held | Queued | Sending | Accepted | Deferred | Refused | Bounced, _) => None,
        }
    }

    /// What becomes of a reply whose sender died while it was on the wire: nobody can tell, and a customer who
    /// gets the same apology twice is a new complaint.
    #[must_use]
    pub const fn after_a_crash(self) -> Self {
        match self {
            Sending => Unknown,
            Held | Queued | Accepted | Deferred | Refused | Unknown | Bounced => self,
        }
    }
}

/// The state of the whole: the worst of its recipients; `None` without any. A recipient who failed while another
/// is still tried does not show here yet: tell the ticket at once ([`crate::ticket::Ticket::recipient_failed`]).
pub fn worst(recipients: &[State]) -> Option<State> {
    let severity = |state: &State| SEVERITY.iter().position(|other| other == state);
    recipients.iter().copied().max_by_key(severity)
}

/// When a deferred reply is tried again: after 1 minute, then 2, 4, 8 … up to every 6 hours; `None` when it was
/// tried for five days, and so is refused.
///
/// `attempts` counts the tries so far (1 after the first), `first_try_at` is when they began.
pub fn retry_at(attempts: u32, first_try_at: Millis, now: Millis) -> Option<Millis> {
    let wait = 2_i64.saturating_pow(attempts.saturating_sub(1)).saturating_mul(MINUTE).min(LONGEST_WAIT);
    let at = now.saturating_add(wait);
    (at.saturating_sub(first_try_at) <= GIVE_UP_AFTER).then_some(at)
}

/// Waits before a reply may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// Seconds in which every reply can be taken back.
    pub hold_seconds: u32,
    /// Seconds between the draft's beginning and the sending of an answer to a heated mail.
    pub cool_down_seconds: u32,
}

/// The moment from which a reply may leave. `draft_begun_at` is given only where the cool-down applies: the mail
/// is a complaint and nobody who may approve has lifted it. The hold is never lifted.
pub fn not_before(now: Millis, waits: Waits, draft_begun_at: Option<Millis>) -> Millis {
    let held = now.saturating_add(i64::from(waits.hold_seconds) * SECOND);
    let cooled =
        draft_begun_at.map(|begun| begun.saturating_add(i64::from(waits.cool_down_seconds) * SECOND));
    cooled.map_or(held, |cooled| held.max(cooled))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_these_steps_can_happen() {
        let steps = [
            "held queued",
            "held sending",
            "queued sending",
            "sending queued",
            "sending accepted",
            "sending deferred",
            "sending refused",
            "sending unknown",
            "sending bounced",
            "accepted bounced",
            "deferred sending",
            "deferred refused",
            "deferred bounced",
            "refused bounced",
            "unknown accepted",
            "unknown queued",
            "unknown deferred",
            "unknown refused",
            "unknown bounced",
        ];
        for from in State::ALL {
            for to in State::ALL {
                assert_eq!(
                    from.may_become(*to),
                    steps.contains(&format!("{from} {to}").as_str()),
                    "{from} → {to}"
                );
            }
        }
    }

    #[test]
    fn an_unknown_reply_is_never_sent_again_by_itself() {
        assert!(!Unknown.may_be_sent() && !Unknown.is_under_way());
        assert_eq!(Sending.after_a_crash(), Unknown);
        assert!(!Sending.may_be_sent());
    }

    #[test]
    fn a_person_resolves_only_what_is_unknown() {
        assert_eq!(Unknown.resolved(Resolution::Sent), Some(Accepted));
        assert_eq!(Unknown.resolved(Resolution::SendAgain), Some(Queued));
        for state in State::ALL.iter().filter(|state| **state != Unknown) {
            assert_eq!(state.resolved(Resolution::SendAgain), None, "{state}");
        }
    }

    #[test]
    fn the_whole_is_as_bad_as_its_worst_recipient() {
        let table = [
            (vec![Accepted, Accepted], Some(Accepted)),
            (vec![Accepted, Refused], Some(Refused)),
            (vec![Refused, Accepted, Deferred], Some(Deferred)),
            (vec![Bounced, Accepted, Refused], Some(Bounced)),
            (vec![Unknown, Bounced], Some(Unknown)),
            (vec![Deferred, Accepted], Some(Deferred)),
            (vec![], None),
        ];
        for (recipients, whole) in table {
            assert_eq!(worst(&recipients), whole, "{recipients:?}");
        }
        assert!(State::ALL.iter().all(|state| SEVERITY.contains(state)));
    }

    #[test]
    fn tries_grow_rarer_and_end_after_five_days() {
        let waits: Vec<Option<Millis>> =
            (1..=11).map(|attempt| retry_at(attempt, 0, 0).map(|at| at / MINUTE)).collect();
        let minutes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360];
        assert_eq!(waits, minutes.map(Some));
        assert_eq!(retry_at(30, 0, 5 * DAY - 6 * HOUR), Some(5 * DAY));
        assert_eq!(retry_at(30, 0, 5 * DAY - 6 * HOUR + 1), None);
    }

    #[test]
    fn a_reply_waits_for_the_hold_and_an_answer_to_a_complaint_for_the_cool_down() {
        let waits = Waits { hold_seconds: 20, cool_down_seconds: 600 };
        assert_eq!(not_before(1_000_000, waits, None), 1_020_000);
        assert_eq!(not_before(1_000_000, waits, Some(900_000)), 1_500_000);
        assert_eq!(
            not_before(1_000_000, waits, Some(0)),
            1_020_000,
            "the hold stays when the cool-down is over"
        );
    }

    proptest! {
        #[test]
        fn a_retry_is_always_later_and_never_after_the_end(attempts in any::<u32>(), first in 0..i64::MAX / 2, age in 0..10 * DAY) {
            let now = first + age;
            if let Some(at) = retry_at(attempts, first, now) {
                prop_assert!(at > now && at - now <= LONGEST_WAIT && at - first <= GIVE_UP_AFTER);
            } else {
                prop_assert!(age > GIVE_UP_AFTER - LONGEST_WAIT);
            }
        }
    }
}
