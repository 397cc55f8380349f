//! The words for where a ticket stands: what is stored (status, outcome, shelf, delivery, priority) and what is
//! computed from it (lane).

use crate::codes::codes;
use crate::message::Kind;

codes! {
    /// The stored status; five, fixed.
    pub enum Status {
        /// Nobody has touched it.
        New => "new",
        /// It is our turn.
        Open => "open",
        /// It is the customer's turn.
        WaitingOnCustomer => "waiting_on_customer",
        /// A colleague's turn.
        WaitingInside => "waiting_inside",
        /// Ended; how, says the outcome.
        Done => "done",
    }
}

codes! {
    /// How a done ticket ended.
    pub enum Outcome {
        /// We answered.
        Answered => "answered",
        /// Nothing had to be answered; needs a reason.
        NoReplyNeeded => "no_reply_needed",
        /// It became part of another ticket.
        Merged => "merged",
        /// Spam.
        Spam => "spam",
    }
}

codes! {
    /// How soon.
    pub enum Priority {
        /// Later.
        Low => "low",
        /// As usual.
        Normal => "normal",
        /// Sooner.
        High => "high",
        /// Now.
        Urgent => "urgent",
    }
}

codes! {
    /// The computed place in the day's work, in the order in which it is decided (see [`crate::ticket`]).
    pub enum Lane {
        /// 完了
        Done => "done",
        /// 控え棚
        Aside => "aside",
        /// 承認待ち
        InApproval => "in_approval",
        /// お客様待ち
        WaitingOnCustomer => "waiting_on_customer",
        /// 社内待ち
        WaitingInside => "waiting_inside",
        /// 対応中
        Working => "working",
        /// 新着
        New => "new",
        /// 未対応
        Todo => "todo",
    }
}

codes! {
    /// Where mail lies that no person wrote: below the lanes, without clocks and notices.
    pub enum Shelf {
        /// 迷惑
        Spam => "spam",
        /// ウイルス
        Virus => "virus",
        /// 不達
        Bounce => "bounce",
        /// 自動
        Automatic => "automatic",
    }
}

codes! {
    /// What became of our last reply.
    pub enum Delivery {
        /// A server took it.
        Ok => "ok",
        /// It was refused or came back.
        Failed => "failed",
        /// Nobody can tell whether it left.
        Unknown => "unknown",
    }
}

codes! {
    /// What the ticket becomes when a reply has left.
    pub enum Then {
        /// It waits for the customer.
        WaitingOnCustomer => "waiting_on_customer",
        /// It is done, answered.
        Done => "done",
        /// It stays as it is.
        Stay => "stay",
    }
}

impl Status {
    /// The number other desks' programs know (Freshdesk's): 2 open, 3 pending, 4 resolved.
    pub const fn code(self) -> u8 {
        match self {
            Self::New | Self::Open => 2,
            Self::WaitingOnCustomer | Self::WaitingInside => 3,
            Self::Done => 4,
        }
    }
}

impl Shelf {
    /// The shelf for a message, or `None` if a person should see it among the lanes. The more dangerous
    /// suspicion decides.
    pub const fn of(kind: Kind, spam: bool, virus: bool) -> Option<Self> {
        if virus {
            return Some(Self::Virus);
        }
        if spam {
            return Some(Self::Spam);
        }
        match kind {
            Kind::Bounce => Some(Self::Bounce),
            Kind::AutoReply | Kind::Receipt | Kind::List | Kind::Newsletter => Some(Self::Automatic),
            Kind::Human | Kind::Form | Kind::Notification | Kind::Unreadable => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_codes_are_those_of_freshdesk() {
        let codes: Vec<u8> = Status::ALL.iter().map(|status| status.code()).collect();
        assert_eq!(codes, [2, 2, 3, 3, 4]);
    }

    #[test]
    fn what_no_person_wrote_lies_on_a_shelf() {
        for kind in Kind::ALL {
            let shelf = Shelf::of(*kind, false, false);
            assert_eq!(shelf.is_none(), kind.needs_a_person(), "{kind}");
        }
        assert_eq!(Shelf::of(Kind::Bounce, false, false), Some(Shelf::Bounce));
        assert_eq!(Shelf::of(Kind::Receipt, false, false), Some(Shelf::Automatic));
    }

    #[test]
    fn a_virus_outweighs_spam_and_spam_outweighs_the_kind() {
        assert_eq!(Shelf::of(Kind::Human, true, true), Some(Shelf::Virus));
        assert_eq!(Shelf::of(Kind::Bounce, true, false), Some(Shelf::Spam));
    }
}
