//! The practice mails of a new desk.

use desk::{
    ids::AgentId,
    permission::{Role, Who},
    status::{Lane, Shelf},
};
use server::{actions::load_samples::load_samples, problem::ProblemKind};
use store::tickets;

use crate::{
    at::{At, both},
    fetching::administrator,
    mails::hana,
};

fn who(agent: AgentId) -> Who {
    Who { agent, role: Role::Administrator, verbs: None }
}

both! {
    async fn an_empty_desk_is_filled_with_every_kind_of_work(at: At) {
        let loaded = load_samples(&at.desk, &who(administrator(&at).await)).await.unwrap();
        assert_eq!(loaded.mails, 24);
        let mut tx = at.desk.store.read().await.unwrap();
        let counts = tickets::counts(&mut tx, None).await.unwrap();
        let lane = |lane: Lane| counts.lanes.iter().find(|(one, _)| *one == lane).map_or(0, |(_, n)| *n);
        assert!(lane(Lane::New) > 5, "{counts:?}");
        assert!(lane(Lane::WaitingOnCustomer) > 0, "{counts:?}");
        assert!(lane(Lane::Aside) >= 2, "{counts:?}");
        assert_eq!(lane(Lane::Done), 0, "{counts:?}");
        assert!(counts.shelves.iter().any(|(shelf, _)| *shelf == Shelf::Spam), "{counts:?}");
        assert_eq!(store::jobs::waiting(&mut tx, 0.into(), 10).await.unwrap(), [], "nothing answers them");
    }

    async fn the_practice_mails_come_only_into_an_empty_desk(at: At) {
        at.arrives(&hana("1@mail.example").text()).await;
        let refused = load_samples(&at.desk, &who(administrator(&at).await)).await.unwrap_err();
        assert_eq!(refused.kind_of(), Some(ProblemKind::DeskNotEmpty));
        assert_eq!(at.all_messages().await.len(), 1);
    }
}
