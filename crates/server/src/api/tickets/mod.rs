//! Tickets as the API shows them.

pub mod change;
pub mod history;
pub mod list;
pub mod show;

use desk::{
    ids::{ContactId, MailboxId, MessageId},
    message::{Channel, Kind},
    permission::{Verb, Who, can},
    status::{Delivery, Lane, Outcome, Priority, Shelf, Status},
};
use serde::Serialize;
use store::{Tx, tickets::ListedTicket};
use utoipa::ToSchema;

use super::{time, words};
use crate::problem::{Problem, ProblemKind};

/// An agent or a team by name.
#[derive(Serialize, ToSchema)]
pub struct Named {
    /// The id.
    pub id: i64,
    /// The name.
    pub name: String,
}

/// The mailbox a ticket belongs to.
#[derive(Serialize, ToSchema)]
pub struct TicketMailbox {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: MailboxId,
    /// The address customers wrote to.
    pub address: String,
    /// What agents call it.
    pub name: String,
}

/// Who wrote.
#[derive(Serialize, ToSchema)]
pub struct TicketContact {
    /// The id.
    #[schema(value_type = i64)]
    pub id: ContactId,
    /// The name.
    pub name: String,
    /// The first address; hidden from whoever may not see addresses.
    #[schema(required)]
    pub address: Option<String>,
}

/// Another ticket this one may belong to.
#[derive(Serialize, ToSchema)]
pub struct Suggestion {
    /// The other ticket.
    pub number: i64,
    /// Why (`because.<code>`).
    pub because: String,
}

/// A ticket: one matter of one contact.
#[derive(Serialize, ToSchema)]
pub struct Ticket {
    /// The number people see.
    pub number: i64,
    /// The kind of entrance.
    #[schema(value_type = words::Channel)]
    pub channel: Channel,
    /// The customer's subject, as it came.
    pub subject: String,
    /// The stored status.
    #[schema(value_type = words::Status)]
    pub status: Status,
    /// The status as other desks number it: 2 open, 3 waiting, 4 done.
    pub status_code: u8,
    /// Its place in the day's work, computed.
    #[schema(value_type = words::Lane)]
    pub lane: Lane,
    /// The shelf, while it lies aside.
    #[schema(value_type = Option<words::Shelf>)]
    #[schema(required)]
    pub shelf: Option<Shelf>,
    /// How it ended.
    #[schema(value_type = Option<words::Outcome>)]
    #[schema(required)]
    pub outcome: Option<Outcome>,
    /// Why no reply was needed.
    #[schema(required)]
    pub outcome_reason: Option<String>,
    /// How soon.
    #[schema(value_type = words::Priority)]
    pub priority: Priority,
    /// Who answers.
    #[schema(required)]
    pub assignee: Option<Named>,
    /// Which team answers.
    #[schema(required)]
    pub team: Option<Named>,
    /// The mailbox.
    pub mailbox: TicketMailbox,
    /// Who wrote.
    #[schema(required)]
    pub contact: Option<TicketContact>,
    /// Free words.
    pub tags: Vec<String>,
    /// The first words of the newest customer's message.
    pub excerpt: String,
    /// What wrote it.
    #[schema(value_type = words::Kind)]
    pub kind: Kind,
    /// The guessed situation and feeling; null while nothing is read.
    #[schema(value_type = Option<Object>)]
    #[schema(required)]
    pub reading: Option<()>,
    /// When an answer is due.
    #[schema(required)]
    pub due_at: Option<String>,
    /// Until when it is put away.
    #[schema(required)]
    pub snoozed_until: Option<String>,
    /// Whether our last reply arrived.
    #[schema(value_type = Option<words::Delivery>)]
    #[schema(required)]
    pub delivery: Option<Delivery>,
    /// When the newest message came or went.
    pub last_message_at: String,
    /// The newest message.
    #[schema(value_type = Option<i64>)]
    #[schema(required)]
    pub last_message_id: Option<MessageId>,
    /// When it began.
    pub created_at: String,
    /// Another ticket it may belong to.
    #[schema(required)]
    pub suggestion: Option<Suggestion>,
    /// The ticket it became part of.
    #[schema(required)]
    pub merged_into: Option<i64>,
    /// Goes into the next change.
    pub version: i64,
}

/// Whether this reader may see customers' addresses.
pub fn may_see_address(who: &Who, mailbox: Option<MailboxId>) -> bool {
    can(who, Verb::SeeAddress, mailbox, None)
}

/// A row as the API shows it to `who`.
pub fn shape(row: ListedTicket, who: &Who) -> Ticket {
    let ticket = row.ticket;
    let address = row.contact_address.filter(|_| may_see_address(who, Some(ticket.mailbox)));
    let contact =
        ticket.contact.map(|id| TicketContact { id, name: row.contact_name.unwrap_or_default(), address });
    let because = ticket.suggestion.map(|suggestion| suggestion.because.as_str().to_owned());
    Ticket {
        number: ticket.number,
        channel: ticket.channel,
        status: ticket.status,
        status_code: ticket.status_code(),
        lane: ticket.lane(),
        shelf: ticket.shelf,
        outcome: ticket.outcome,
        outcome_reason: ticket.outcome_reason,
        priority: ticket.priority,
        assignee: ticket.assignee.zip(row.assignee_name).map(|(id, name)| Named { id: id.0, name }),
        team: ticket.team.zip(row.team_name).map(|(id, name)| Named { id: id.0, name }),
        mailbox: TicketMailbox { id: ticket.mailbox, address: row.mailbox_address, name: row.mailbox_name },
        contact,
        tags: Vec::new(),
        subject: ticket.subject,
        excerpt: ticket.excerpt,
        kind: ticket.kind,
        reading: None,
        due_at: ticket.due_at.map(time),
        snoozed_until: ticket.snoozed_until.map(time),
        delivery: ticket.delivery,
        last_message_at: time(ticket.last_message_at),
        last_message_id: ticket.last_message_id,
        created_at: time(ticket.created_at),
        suggestion: row
            .suggestion_number
            .zip(because)
            .map(|(number, because)| Suggestion { number, because }),
        merged_into: row.merged_into_number,
        version: ticket.version,
    }
}

/// One ticket as it stands in the database now.
pub async fn load(tx: &mut Tx, who: &Who, number: i64) -> Result<Ticket, Problem> {
    let row = store::tickets::listed(tx, number).await?;
    let row = row.filter(|row| can(who, Verb::Read, Some(row.ticket.mailbox), Some(row.ticket.id)));
    Ok(shape(row.ok_or(ProblemKind::NotFound)?, who))
}
