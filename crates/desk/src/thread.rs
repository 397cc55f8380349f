//! Which ticket a mail belongs to, and why.

use crate::codes::codes;

codes! {
    /// Why a mail joined a ticket, began one, or is suggested to another.
    pub enum Because {
        /// It answers a mail we sent, and its sender is one of that ticket's people.
        AnswersOurMail => "answers_our_mail",
        /// It follows a mail that came in earlier, and its sender is one of that ticket's people.
        AnswersCustomersMail => "answers_customers_mail",
        /// It came to the address made for that ticket, from one of its people.
        CameByOurAddress => "came_by_our_address",
        /// It names one of that ticket's mails, and its sender shares the organisation of one of its people.
        SameDomain => "same_domain",
        /// It names one of our mails or addresses, but its sender is not one of that ticket's people.
        StrangerWithOurId => "stranger_with_our_id",
        /// The same sender wrote under the same subject lately.
        SameSenderSameSubject => "same_sender_same_subject",
        /// Its ticket was done too long ago.
        DoneTooLongAgo => "done_too_long_ago",
        /// Nothing we know comes before it.
        NothingBeforeIt => "nothing_before_it",
        /// We began this ticket ourselves.
        WeWroteFirst => "we_wrote_first",
        /// A person joined it.
        JoinedByHand => "joined_by_hand",
    }
}
