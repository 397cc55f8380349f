//! What can be written into the history: a closed list, in the past tense. An event's detail holds codes and
//! ids, never sentences and never what a customer wrote.

use crate::codes::codes;

codes! {
    /// What happened.
    pub enum EventKind {
        /// Bytes were kept and committed.
        MailKept => "mail_kept",
        /// Kept bytes could not be read as a mail; they stay.
        MailUnreadable => "mail_unreadable",
        /// A ticket began.
        TicketCreated => "ticket_created",
        /// A message came into its ticket.
        MessageReceived => "message_received",
        /// A message joined an existing ticket, by threading or by a person.
        MessageJoined => "message_joined",
        /// The ticket got another owner, or none.
        TicketAssigned => "ticket_assigned",
        /// The stored status changed.
        StatusChanged => "status_changed",
        /// The computed lane changed.
        LaneChanged => "lane_changed",
        /// A tag was added.
        TagAdded => "tag_added",
        /// A tag was removed.
        TagRemoved => "tag_removed",
        /// The priority changed.
        PriorityChanged => "priority_changed",
        /// The ticket was put away until a date.
        Snoozed => "snoozed",
        /// The ticket came back from its snooze.
        Unsnoozed => "unsnoozed",
        /// A note was written.
        NoteAdded => "note_added",
        /// A draft was saved (recorded at most once a minute).
        DraftSaved => "draft_saved",
        /// A draft was thrown away.
        DraftDiscarded => "draft_discarded",
        /// A reply check ran over a draft.
        ReplyChecked => "reply_checked",
        /// A writer asked for approval.
        ApprovalAsked => "approval_asked",
        /// A reply went back to its writer.
        ReplyReturned => "reply_returned",
        /// A reply was let go.
        ReplyApproved => "reply_approved",
        /// A reply's bytes were fixed and wait.
        ReplyQueued => "reply_queued",
        /// A waiting reply became a draft again.
        ReplyUndone => "reply_undone",
        /// The reply is on the wire.
        Sending => "sending",
        /// A server took the reply.
        ReplyAccepted => "reply_accepted",
        /// A server asked to try later.
        ReplyDeferred => "reply_deferred",
        /// A server refused the reply for good.
        ReplyRefused => "reply_refused",
        /// Nobody can tell whether the reply left.
        ReplyUnknown => "reply_unknown",
        /// The reply came back.
        ReplyBounced => "reply_bounced",
        /// Two tickets became one.
        TicketsMerged => "tickets_merged",
        /// One ticket became two.
        TicketSplit => "ticket_split",
        /// Two contacts became one.
        ContactMerged => "contact_merged",
        /// We told a customer what we would do.
        PromiseMade => "promise_made",
        /// We did it.
        PromiseKept => "promise_kept",
        /// We did not.
        PromiseBroken => "promise_broken",
        /// The top was told.
        Escalated => "escalated",
        /// A rule of the shop acted.
        RuleFired => "rule_fired",
        /// A setting changed, or people or mailboxes did.
        SettingChanged => "setting_changed",
        /// Somebody signed in.
        SignedIn => "signed_in",
        /// A token was made.
        TokenMade => "token_made",
        /// Personal data was looked at.
        DataRead => "data_read",
        /// Data left the desk.
        DataExported => "data_exported",
    }
}

codes! {
    /// What a person must not miss.
    pub enum NoticeKind {
        /// A ticket is yours now.
        Assigned => "assigned",
        /// Somebody named you.
        Mentioned => "mentioned",
        /// Your reply came back for correction.
        Returned => "returned",
        /// Your reply was let go.
        Approved => "approved",
        /// Somebody waits for your approval.
        ApprovalAsked => "approval_asked",
        /// Your customer answered.
        CustomerAnswered => "customer_answered",
        /// A deadline is near.
        DeadlineNear => "deadline_near",
        /// A reply did not arrive.
        NotDelivered => "not_delivered",
        /// It is unclear whether a reply left.
        UnknownSend => "unknown_send",
        /// A mailbox cannot be reached.
        MailboxDown => "mailbox_down",
    }
}
