//! Jobs, duties, caps of automatic mail, idempotency.

use crate::{
    makers::{NOW, agent},
    support::{Db, both},
};
use desk::{
    ids::{DeliveryId, JobId, OutboundId},
    job::{Job, JobKind},
};
use serde_json::json;
use store::{
    StoreError, automatic, duties,
    idempotency::{self, Begun, Key},
    jobs,
};

both! {
    a_job_is_taken_done_and_gone
    a_job_with_the_same_key_is_not_doubled_while_it_lives
    more_important_kinds_come_first
    a_job_whose_worker_died_comes_back
    leases_end_when_nobody_is_working
    who_lost_the_lease_may_not_finish
    a_job_that_fails_too_often_is_dead_and_shown
    a_dead_job_begins_again_when_asked
    four_workers_take_500_jobs_once_each
    an_undone_transaction_leaves_no_job
    a_duty_belongs_to_one_node
    automatic_mails_are_counted_by_address_and_time
    the_same_request_twice_has_one_answer
    two_equal_requests_at_once_are_done_once
}

const SOON: i64 = NOW + 60_000;

fn read(n: i64) -> Job {
    Job::ReadMail { delivery: DeliveryId(n) }
}

async fn leases_end_when_nobody_is_working(db: Db) {
    let mut tx = db.begin().await.unwrap();
    jobs::enqueue(&mut tx, &read(1), NOW, None, NOW).await.unwrap();
    jobs::enqueue(&mut tx, &read(2), NOW + 500, None, NOW).await.unwrap();
    let cut_off = jobs::claim(&mut tx, &[JobKind::ReadMail], 1, NOW, SOON).await.unwrap().remove(0);
    jobs::end_leases(&mut tx, NOW + 1).await.unwrap();
    let again = jobs::claim(&mut tx, &[JobKind::ReadMail], 9, NOW + 1, SOON).await.unwrap();
    assert_eq!(again.iter().map(|job| (job.id, job.attempts)).collect::<Vec<_>>(), [(cut_off.id, 2)]);
}

async fn a_job_is_taken_done_and_gone(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let id = jobs::enqueue(&mut tx, &read(5), NOW, None, NOW).await.unwrap().unwrap();
    assert_eq!(jobs::next_run_at(&mut tx, JobKind::ReadMail).await.unwrap(), Some(NOW));
    assert_eq!(jobs::claim(&mut tx, &[JobKind::ReadMail], 10, NOW - 1, SOON).await.unwrap(), []);
    let taken = jobs::claim(&mut tx, &[JobKind::ReadMail], 10, NOW, SOON).await.unwrap();
    assert_eq!(taken.len(), 1);
    let job = &taken[0];
    assert_eq!((job.id, job.attempts, job.lease_until, job.job().unwrap()), (id, 1, Some(SOON), read(5)));
    assert_eq!(jobs::get(&mut tx, id).await.unwrap().as_ref(), Some(job));
    jobs::renew(&mut tx, job, SOON + 5).await.unwrap();
    assert_eq!(jobs::claim(&mut tx, &[JobKind::ReadMail], 10, SOON, SOON).await.unwrap(), []);
    jobs::done(&mut tx, job).await.unwrap();
    assert_eq!(jobs::get(&mut tx, id).await.unwrap(), None);
    assert_eq!(jobs::next_run_at(&mut tx, JobKind::ReadMail).await.unwrap(), None);
}

async fn a_job_with_the_same_key_is_not_doubled_while_it_lives(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let key = Some("read_mail:5");
    assert!(jobs::enqueue(&mut tx, &read(5), NOW, key, NOW).await.unwrap().is_some());
    assert_eq!(jobs::enqueue(&mut tx, &read(5), NOW, key, NOW).await.unwrap(), None);
    let job = jobs::claim(&mut tx, &[JobKind::ReadMail], 1, NOW, SOON).await.unwrap().remove(0);
    jobs::fail(&mut tx, &job, "broken", None, NOW).await.unwrap();
    assert!(
        jobs::enqueue(&mut tx, &read(5), NOW, key, NOW).await.unwrap().is_some(),
        "the first one is dead"
    );
    assert!(matches!(jobs::retry(&mut tx, job.id, NOW).await, Err(StoreError::Conflict)));
}

async fn more_important_kinds_come_first(db: Db) {
    let mut tx = db.begin().await.unwrap();
    for n in 0..3 {
        jobs::enqueue(&mut tx, &read(n), NOW, None, NOW).await.unwrap();
    }
    let send = Job::SendReply { outbound: OutboundId(1) };
    jobs::enqueue(&mut tx, &send, NOW, None, NOW).await.unwrap();
    let kinds = [JobKind::SendReply, JobKind::ReadMail];
    let taken = jobs::claim(&mut tx, &kinds, 2, NOW, SOON).await.unwrap();
    assert_eq!(taken.iter().map(|job| job.job().unwrap()).collect::<Vec<_>>(), [send, read(0)]);
    let rest = jobs::claim(&mut tx, &kinds, 9, NOW, SOON).await.unwrap();
    assert_eq!(rest.iter().map(|job| job.job().unwrap()).collect::<Vec<_>>(), [read(1), read(2)]);
}

async fn a_job_whose_worker_died_comes_back(db: Db) {
    let mut tx = db.begin().await.unwrap();
    jobs::enqueue(&mut tx, &read(1), NOW, None, NOW).await.unwrap();
    jobs::claim(&mut tx, &[JobKind::ReadMail], 1, NOW, SOON).await.unwrap();
    assert_eq!(jobs::claim(&mut tx, &[JobKind::ReadMail], 1, SOON - 1, SOON + 9).await.unwrap(), []);
    let again = jobs::claim(&mut tx, &[JobKind::ReadMail], 1, SOON, SOON + 9).await.unwrap();
    assert_eq!(again[0].attempts, 2);
}

async fn who_lost_the_lease_may_not_finish(db: Db) {
    let mut tx = db.begin().await.unwrap();
    jobs::enqueue(&mut tx, &read(1), NOW, None, NOW).await.unwrap();
    let slow = jobs::claim(&mut tx, &[JobKind::ReadMail], 1, NOW, SOON).await.unwrap().remove(0);
    let other = jobs::claim(&mut tx, &[JobKind::ReadMail], 1, SOON, SOON + 9).await.unwrap().remove(0);
    assert!(matches!(jobs::renew(&mut tx, &slow, SOON + 9).await, Err(StoreError::Conflict)));
    assert!(matches!(jobs::fail(&mut tx, &slow, "", Some(NOW), NOW).await, Err(StoreError::Conflict)));
    assert!(matches!(jobs::done(&mut tx, &slow).await, Err(StoreError::Conflict)));
    jobs::done(&mut tx, &other).await.unwrap();
}

async fn a_job_that_fails_too_often_is_dead_and_shown(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let id = jobs::enqueue(&mut tx, &read(1), NOW, None, NOW).await.unwrap().unwrap();
    let job = jobs::claim(&mut tx, &[JobKind::ReadMail], 1, NOW, SOON).await.unwrap().remove(0);
    jobs::fail(&mut tx, &job, "no such mailbox", Some(NOW + 120_000), NOW).await.unwrap();
    let waiting = jobs::waiting(&mut tx, JobId(0), 10).await.unwrap();
    assert_eq!(
        (waiting[0].run_at, waiting[0].last_error.as_deref()),
        (NOW + 120_000, Some("no such mailbox"))
    );
    let job =
        jobs::claim(&mut tx, &[JobKind::ReadMail], 1, NOW + 120_000, NOW + 180_000).await.unwrap().remove(0);
    jobs::fail(&mut tx, &job, "gave up", None, NOW + 130_000).await.unwrap();
    assert_eq!(jobs::waiting(&mut tx, JobId(0), 10).await.unwrap(), []);
    let dead = jobs::dead(&mut tx, None, 10).await.unwrap();
    assert_eq!((dead[0].id, dead[0].dead_at, dead[0].attempts), (id, Some(NOW + 130_000), 2));
    assert_eq!(jobs::dead(&mut tx, Some(id), 10).await.unwrap(), []);
    jobs::enqueue(&mut tx, &read(2), NOW, None, NOW).await.unwrap();
    let counts = jobs::counts(&mut tx).await.unwrap();
    assert_eq!((counts[0].kind.as_str(), counts[0].waiting, counts[0].dead), ("read_mail", 1, 1));
}

async fn a_dead_job_begins_again_when_asked(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let id = jobs::enqueue(&mut tx, &read(1), NOW, None, NOW).await.unwrap().unwrap();
    let job = jobs::claim(&mut tx, &[JobKind::ReadMail], 1, NOW, SOON).await.unwrap().remove(0);
    assert!(
        matches!(jobs::retry(&mut tx, id, NOW).await, Err(StoreError::NotFound)),
        "it is being worked on"
    );
    jobs::fail(&mut tx, &job, "", Some(NOW + 900_000), NOW).await.unwrap();
    jobs::retry(&mut tx, id, NOW + 5).await.unwrap();
    let job = jobs::claim(&mut tx, &[JobKind::ReadMail], 1, NOW + 5, SOON).await.unwrap().remove(0);
    jobs::fail(&mut tx, &job, "", None, NOW).await.unwrap();
    jobs::retry(&mut tx, id, NOW + 9).await.unwrap();
    let again = jobs::claim(&mut tx, &[JobKind::ReadMail], 1, NOW + 9, SOON).await.unwrap();
    assert_eq!((again[0].id, again[0].attempts), (id, 1));
}

async fn four_workers_take_500_jobs_once_each(db: Db) {
    let mut tx = db.begin().await.unwrap();
    for n in 0..500 {
        jobs::enqueue(&mut tx, &read(n), NOW, Some(&format!("read_mail:{n}")), NOW).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let db = db.clone();
        tasks.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let mut tx = db.begin().await.unwrap();
                let taken = jobs::claim(&mut tx, &[JobKind::ReadMail], 7, NOW, SOON).await.unwrap();
                tx.commit().await.unwrap();
                if taken.is_empty() {
                    return mine;
                }
                assert!(taken.len() <= 7, "no more than asked for");
                mine.extend(taken.into_iter().map(|job| (job.id, job.attempts)));
            }
        });
    }
    let mut taken: Vec<(JobId, i64)> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(taken.len(), 500);
    assert!(taken.iter().all(|(_, attempts)| *attempts == 1));
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), 500);
}

async fn an_undone_transaction_leaves_no_job(db: Db) {
    let mut tx = db.begin().await.unwrap();
    jobs::enqueue(&mut tx, &read(1), NOW, None, NOW).await.unwrap();
    drop(tx);
    let mut tx = db.begin().await.unwrap();
    assert_eq!(jobs::counts(&mut tx).await.unwrap(), []);
}

async fn a_duty_belongs_to_one_node(db: Db) {
    let mut tx = db.begin().await.unwrap();
    assert!(duties::take(&mut tx, "poll:3", "n1", NOW, SOON).await.unwrap());
    assert!(duties::take(&mut tx, "poll:3", "n1", NOW + 1, SOON).await.unwrap(), "kept by its node");
    assert!(!duties::take(&mut tx, "poll:3", "n2", NOW + 1, SOON).await.unwrap());
    assert!(duties::take(&mut tx, "poll:4", "n2", NOW + 1, SOON).await.unwrap());
    assert!(duties::take(&mut tx, "poll:3", "n2", SOON, SOON + 9).await.unwrap(), "the lease is over");
    duties::release(&mut tx, "poll:3", "n1").await.unwrap();
    assert!(
        !duties::take(&mut tx, "poll:3", "n1", SOON, SOON + 9).await.unwrap(),
        "it was not his to give back"
    );
    duties::release(&mut tx, "poll:3", "n2").await.unwrap();
    assert!(duties::take(&mut tx, "poll:3", "n1", SOON, SOON + 9).await.unwrap());
}

async fn automatic_mails_are_counted_by_address_and_time(db: Db) {
    let mut tx = db.begin().await.unwrap();
    for at in [NOW - 10, NOW, NOW + 10] {
        automatic::record(&mut tx, "Taro@example.com", "acknowledgement", at).await.unwrap();
    }
    assert_eq!(automatic::count_since(&mut tx, "taro@EXAMPLE.com", NOW).await.unwrap(), 2);
    assert_eq!(automatic::count_since(&mut tx, "hanako@example.com", 0).await.unwrap(), 0);
    assert_eq!(automatic::prune(&mut tx, NOW).await.unwrap(), 1);
}

async fn the_same_request_twice_has_one_answer(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let agent = agent(&mut tx, "hanako@example.jp").await;
    let key = Key { agent, path: "POST /tickets/1/reply", key: "k" };
    assert_eq!(idempotency::begin(&mut tx, key, b"body", NOW).await.unwrap(), Begun::Fresh);
    assert_eq!(idempotency::begin(&mut tx, key, b"body", NOW).await.unwrap(), Begun::Running);
    let response = json!({"outbound": {"id": 1}});
    idempotency::finish(&mut tx, key, 201, &response).await.unwrap();
    let known = idempotency::begin(&mut tx, key, b"body", NOW).await.unwrap();
    assert_eq!(known, Begun::Done { status: 201, response });
    assert_eq!(idempotency::begin(&mut tx, key, b"other", NOW).await.unwrap(), Begun::OtherBody);
    let elsewhere = Key { path: "POST /tickets/2/reply", ..key };
    assert_eq!(idempotency::begin(&mut tx, elsewhere, b"body", NOW + 1).await.unwrap(), Begun::Fresh);
    assert_eq!(idempotency::prune(&mut tx, NOW + 1).await.unwrap(), 1);
    assert_eq!(idempotency::begin(&mut tx, key, b"other", NOW).await.unwrap(), Begun::Fresh);
}

async fn two_equal_requests_at_once_are_done_once(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let agent = agent(&mut tx, "hanako@example.jp").await;
    tx.commit().await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let db = db.clone();
        tasks.spawn(async move {
            let key = Key { agent, path: "POST /tickets", key: "k" };
            let mut tx = db.begin().await.unwrap();
            let begun = idempotency::begin(&mut tx, key, b"body", NOW).await.unwrap();
            if begun == Begun::Fresh {
                idempotency::finish(&mut tx, key, 201, &json!({"number": 1})).await.unwrap();
            }
            tx.commit().await.unwrap();
            begun
        });
    }
    let begun = tasks.join_all().await;
    assert_eq!(begun.iter().filter(|begun| **begun == Begun::Fresh).count(), 1);
    let done = Begun::Done { status: 201, response: json!({"number": 1}) };
    assert_eq!(begun.iter().filter(|begun| **begun == done).count(), 3);
}
