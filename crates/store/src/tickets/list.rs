//! Lists of tickets: filter, sort and cursor, and how many there are in each lane.

use super::columns::{TicketColumns, rank, ticket_columns};
use crate::{
    StoreError, column, dialect,
    tx::{Tx, all},
    views::{Statement, Value, condition},
};
use desk::{
    ids::{AgentId, MailboxId},
    status::{Lane, Shelf, Status},
    ticket::Ticket,
    time::Millis,
    view::Condition,
};

/// Whose tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignee {
    /// This person's.
    Agent(AgentId),
    /// Nobody's.
    None,
}

/// Which tickets; everything that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In this lane.
    pub lane: Option<Lane>,
    /// On this shelf.
    pub shelf: Option<Shelf>,
    /// With this status.
    pub status: Option<Status>,
    /// Of this person, or of nobody.
    pub assignee: Option<Assignee>,
    /// In this mailbox.
    pub mailbox: Option<MailboxId>,
    /// With one of these numbers (at most 100 are looked at).
    pub numbers: Option<Vec<i64>>,
    /// What was asked in the view language. What can be true of one message must be true of one and the same message
    /// of the ticket; what is excluded may be true of none of its messages.
    pub condition: Option<Condition>,
}

/// The order of a list; each is complete by the id behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// The earliest deadline first, without one last.
    #[default]
    Due,
    /// The oldest last message first.
    LastMessage,
    /// The newest last message first.
    LastMessageDown,
    /// The newest ticket first.
    CreatedDown,
    /// The most urgent first.
    Priority,
}

/// A deadline that never comes: the end of the list by deadline. Must be the number in the index `tickets_by_due`.
const NEVER: Millis = i64::MAX;

impl Sort {
    /// The value by which a ticket stands where it stands; with its id it is the cursor behind it.
    pub fn value(self, ticket: &Ticket) -> i64 {
        match self {
            Self::Due => ticket.due_at.unwrap_or(NEVER),
            Self::LastMessage | Self::LastMessageDown => ticket.last_message_at,
            Self::CreatedDown => ticket.created_at,
            Self::Priority => rank(ticket.priority),
        }
    }

    const fn column(self) -> &'static str {
        match self {
            Self::Due => "coalesce(t.due_at, 9223372036854775807)",
            Self::LastMessage | Self::LastMessageDown => "t.last_message_at",
            Self::CreatedDown => "t.created_at",
            Self::Priority => "t.priority_rank",
        }
    }

    const fn is_down(self) -> bool {
        match self {
            Self::LastMessageDown | Self::CreatedDown => true,
            Self::Due | Self::LastMessage | Self::Priority => false,
        }
    }
}

column::row! {
    /// A ticket with the names that a row on the screen shows.
    pub struct ListedTicket {
        /// The contact's name; empty while none was read.
        pub contact_name: Option<String>,
        /// The contact's first address.
        pub contact_address: Option<String>,
        /// The owner's name.
        pub assignee_name: Option<String>,
        /// The team's name.
        pub team_name: Option<String>,
        /// The mailbox's address.
        pub mailbox_address: String,
        /// The mailbox's name.
        pub mailbox_name: String,
        /// The number of the ticket it may belong to.
        pub suggestion_number: Option<i64>,
        /// The number of the ticket that it became part of.
        pub merged_into_number: Option<i64>,
    }
    with {
        /// The ticket.
        pub ticket: Ticket as TicketColumns,
    }
}

macro_rules! select {
    () => {
        concat!(
            "select ",
            ticket_columns!(),
            ", c.name as contact_name,
                (select a.address from contact_addresses a where a.contact = t.contact
                    order by a.added_at, a.address_folded limit 1) as contact_address,
                g.name as assignee_name, w.name as team_name,
                b.address as mailbox_address, b.name as mailbox_name,
                s.number as suggestion_number, m.number as merged_into_number
            from tickets t
            left join mailboxes b on b.id = t.mailbox
            left join contacts c on c.id = t.contact
            left join agents g on g.id = t.assignee
            left join teams w on w.id = t.team
            left join tickets s on s.id = t.suggestion_ticket
            left join tickets m on m.id = t.merged_into"
        )
    };
}

/// One page of a list: the tickets behind the cursor `after` (a value of [`Sort::value`] and an id).
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    sort: Sort,
    after: Option<(i64, i64)>,
    limit: i64,
) -> Result<Vec<ListedTicket>, StoreError> {
    let mut statement = Statement::new(select!());
    only(&mut statement, filter);
    if let Some(asked) = &filter.condition {
        statement.is_seldom();
        statement.and_fixed("");
        condition::of_ticket(&mut statement, dialect::search_text(tx), asked);
    }
    statement.page(sort.column(), "t.id", sort.is_down(), after, limit);
    statement.all(tx).await
}

/// The conditions that have a parameter of their own.
fn only(statement: &mut Statement, filter: &Filter) {
    if let Some(lane) = filter.lane {
        statement.and("t.lane = ", Value::Word(lane.as_str()));
    }
    if let Some(shelf) = filter.shelf {
        statement.and("t.shelf = ", Value::Word(shelf.as_str()));
    }
    if let Some(status) = filter.status {
        statement.and("t.status = ", Value::Word(status.as_str()));
    }
    match filter.assignee {
        Some(Assignee::Agent(agent)) => statement.and("t.assignee = ", Value::Number(agent.0)),
        Some(Assignee::None) => statement.and_fixed("t.assignee is null"),
        None => {}
    }
    if let Some(mailbox) = filter.mailbox {
        statement.and("t.mailbox = ", Value::Number(mailbox.0));
    }
    if let Some(numbers) = &filter.numbers {
        statement.and_among("t.number", numbers.iter().take(100).copied());
    }
}

/// One ticket of this number, as a list shows it.
pub async fn listed(tx: &mut Tx, number: i64) -> Result<Option<ListedTicket>, StoreError> {
    const SQL: &str = concat!(select!(), " where t.number = $1");
    Ok(crate::tx::maybe!(tx, SQL, number)?)
}

/// How many tickets there are where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// In each lane that has any.
    pub lanes: Vec<(Lane, i64)>,
    /// On each shelf that has any (lane `aside` only).
    pub shelves: Vec<(Shelf, i64)>,
    /// Of `agent`, in each lane that has any.
    pub of_agent: Vec<(Lane, i64)>,
}

column::row! {
    /// How many tickets there are in one place.
    pub struct Count {
        /// The lane.
        pub lane: Lane,
        /// The shelf, in lane `aside`.
        pub shelf: Option<Shelf>,
        /// How many.
        pub tickets: i64,
    }
}

/// Counts all tickets by lane and shelf, and those of one person.
pub async fn counts(tx: &mut Tx, agent: Option<AgentId>) -> Result<Counts, StoreError> {
    const ALL: &str = "select lane, shelf, count(*) as tickets from tickets group by lane, shelf";
    const OF_ONE: &str = "
        select lane, null as shelf, count(*) as tickets from tickets
        where assignee = $1
        group by lane";
    let rows: Vec<Count> = all!(tx, ALL)?;
    let mut counts = Counts::default();
    for Count { lane, shelf, tickets } in rows {
        add(&mut counts.lanes, lane, tickets);
        if let (Lane::Aside, Some(shelf)) = (lane, shelf) {
            add(&mut counts.shelves, shelf, tickets);
        }
    }
    if let Some(agent) = agent {
        let rows: Vec<Count> = all!(tx, OF_ONE, agent.0)?;
        counts.of_agent = rows.into_iter().map(|row| (row.lane, row.tickets)).collect();
    }
    Ok(counts)
}

fn add<T: PartialEq>(counts: &mut Vec<(T, i64)>, place: T, tickets: i64) {
    match counts.iter_mut().find(|(known, _)| *known == place) {
        Some((_, sum)) => *sum += tickets,
        None => counts.push((place, tickets)),
    }
}
