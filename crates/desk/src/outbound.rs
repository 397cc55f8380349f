//! The life of a reply whose bytes are fixed.

use crate::codes::codes;

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
