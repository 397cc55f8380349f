//! Lists of tickets and the counts beside the lanes.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use desk::{
    ids::{AgentId, MailboxId},
    permission::{Verb, can},
    status::{Lane, Shelf, Status},
    view::Question,
};
use serde::{Deserialize, Serialize};
use store::tickets::{Assignee, Filter, ListedTicket, Sort};
use utoipa::{IntoParams, ToSchema};

use super::{Ticket, shape};
use crate::{
    api::{
        list::{LARGEST, Page, Paging, Place},
        words,
    },
    auth::Signed,
    extract::Params,
    problem::{Problem, ProblemKind},
    search::settle,
    state::Desk,
};

/// Which tickets, in which order. Another parameter is refused, so that a slip of the pen never lists everything.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only this lane.
    #[param(value_type = Option<words::Lane>)]
    pub lane: Option<Lane>,
    /// Only this shelf.
    #[param(value_type = Option<words::Shelf>)]
    pub shelf: Option<Shelf>,
    /// Only this stored status.
    #[param(value_type = Option<words::Status>)]
    pub status: Option<Status>,
    /// Only what is asked here, in the view language (see `GET /search`). What can be true of one message (words,
    /// `from:`, `before:` …) must be true of one and the same message of the ticket; what is excluded, of none.
    pub q: Option<String>,
    /// Only what a saved view shows. None can be saved yet, so every value is refused.
    pub view: Option<String>,
    /// `me`, `none`, or the id of a person.
    pub assignee: Option<String>,
    /// Only this mailbox.
    pub mailbox: Option<i64>,
    /// Only these numbers, with commas (at most 100).
    pub numbers: Option<String>,
    /// `due` (default), `last_message`, `-last_message`, `-created`, `priority`.
    #[param(value_type = Option<crate::api::shapes::Sort>)]
    pub sort: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// How many items, at most 100.
    pub limit: Option<i64>,
}

impl Which {
    /// The filter but for `q`, which needs to know the desk.
    fn filter(&self, signed: &Signed) -> Result<Filter, Problem> {
        let invalid = |field: &str| Problem::new(ProblemKind::InvalidInput).field(field, "unknown_value");
        if self.view.is_some() {
            return Err(invalid("view"));
        }
        let assignee = match self.assignee.as_deref() {
            None => None,
            Some("none") => Some(Assignee::None),
            Some("me") => Some(Assignee::Agent(signed.agent.id)),
            Some(id) => Some(Assignee::Agent(AgentId(id.parse().map_err(|_| invalid("assignee"))?))),
        };
        let numbers = self.numbers.as_deref().map(|list| {
            list.split(',')
                .filter(|n| !n.is_empty())
                .map(|n| n.trim().parse().map_err(|_| invalid("numbers")))
                .collect()
        });
        Ok(Filter {
            lane: self.lane,
            shelf: self.shelf,
            status: self.status,
            assignee,
            mailbox: self.mailbox.map(MailboxId),
            numbers: numbers.transpose()?,
            condition: None,
        })
    }

    fn sort(&self) -> Result<Sort, Problem> {
        match self.sort.as_deref() {
            None | Some("due") => Ok(Sort::Due),
            Some("last_message") => Ok(Sort::LastMessage),
            Some("-last_message") => Ok(Sort::LastMessageDown),
            Some("-created") => Ok(Sort::CreatedDown),
            Some("priority") => Ok(Sort::Priority),
            Some(_) => Err(Problem::new(ProblemKind::InvalidInput).field("sort", "unknown_value")),
        }
    }

    /// The cursor belongs to this filter and sort, for this reader.
    fn name(&self, signed: &Signed) -> String {
        let own = self.assignee.as_deref() == Some("me") || self.q.is_some();
        let reader = if own { signed.agent.id.0 } else { 0 };
        format!(
            "tickets {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {reader}",
            self.lane, self.shelf, self.status, self.q, self.assignee, self.mailbox, self.numbers, self.sort
        )
    }
}

/// The tickets the reader may see.
#[utoipa::path(get, path = "/tickets", tag = "tickets",
    operation_id = "list_tickets", params(Which),
    responses((status = 200, body = Page<Ticket>), (status = 400, body = Problem), (status = 422, body = Problem)))]
pub async fn list(
    State(desk): State<Desk>,
    signed: Signed,
    Params(which): Params<Which>,
) -> Result<Json<Page<Ticket>>, Problem> {
    let (mut filter, sort, name) = (which.filter(&signed)?, which.sort()?, which.name(&signed));
    let limit = if filter.numbers.is_some() { Some(LARGEST) } else { which.limit };
    let paging = Paging { after: which.after.clone(), limit };
    let after = paging.place(&name)?.map(|place| (place.value, place.id));
    let mut tx = desk.store.read().await?;
    if let Some(q) = &which.q {
        filter.condition = settle(&desk, &mut tx, &signed, &Question::parse(q)).await?;
    }
    let mut rows = store::tickets::list(&mut tx, &filter, sort, after, paging.size() + 1).await?;
    rows.retain(|row| can(&signed.who, Verb::Read, Some(row.ticket.mailbox), Some(row.ticket.id)));
    let place = |row: &ListedTicket| Place { value: sort.value(&row.ticket), id: row.ticket.id.0 };
    Ok(Json(Page::cut(rows, paging.size(), &name, place, |row| shape(row, &signed.who))))
}

/// How many tickets there are, by lane and shelf.
#[derive(Serialize, ToSchema)]
pub struct Counts {
    /// By lane; the shelves are not in it.
    #[schema(value_type = crate::api::shapes::LaneCounts)]
    pub lanes: BTreeMap<&'static str, i64>,
    /// By shelf.
    #[schema(value_type = crate::api::shapes::ShelfCounts)]
    pub shelves: BTreeMap<&'static str, i64>,
    /// The reader's own that are not done.
    pub mine: i64,
}

/// The counts beside the lanes.
#[utoipa::path(get, path = "/tickets/counts", tag = "tickets",
    operation_id = "count_tickets", responses((status = 200, body = Counts)))]
pub async fn counts(State(desk): State<Desk>, signed: Signed) -> Result<Json<Counts>, Problem> {
    let mut tx = desk.store.read().await?;
    let found = store::tickets::counts(&mut tx, Some(signed.agent.id)).await?;
    let of = |lane: Lane| found.lanes.iter().find(|(known, _)| *known == lane).map_or(0, |(_, count)| *count);
    let on =
        |shelf: Shelf| found.shelves.iter().find(|(known, _)| *known == shelf).map_or(0, |(_, count)| *count);
    Ok(Json(Counts {
        lanes: Lane::ALL
            .iter()
            .filter(|lane| **lane != Lane::Aside)
            .map(|lane| (lane.as_str(), of(*lane)))
            .collect(),
        shelves: Shelf::ALL.iter().map(|shelf| (shelf.as_str(), on(*shelf))).collect(),
        mine: found
            .of_agent
            .iter()
            .filter(|(lane, _)| !matches!(lane, Lane::Done | Lane::Aside))
            .map(|(_, n)| n)
            .sum(),
    }))
}
