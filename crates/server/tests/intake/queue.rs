//! The queue under a served desk: everything is read, one that fails holds nobody up, the stop is clean.

use desk::job::{Job, JobKind};
use store::{
    blobs::{self, Prepared},
    jobs,
};

use crate::{
    at::{At, both, crlf, until},
    mails::hana,
};

async fn waiting(at: &At) -> Vec<jobs::JobRow> {
    let mut tx = at.desk.store.read().await.unwrap();
    jobs::waiting(&mut tx, 0.into(), 1_000).await.unwrap()
}

both! {
    async fn a_served_desk_reads_what_was_kept(at: At) {
        for n in 0..30 {
            at.keep(&hana(&format!("{n}@mail.example")).text(), at.live()).await;
        }
        let served = at.serve().await;
        until("all mails are in their tickets", async || at.all_messages().await.len() == 30).await;
        until("the queue is empty", async || waiting(&at).await.is_empty()).await;
        served.stop().await;
    }

    async fn a_job_that_fails_comes_back_later_and_holds_nobody_up(at: At) {
        let mut tx = at.desk.store.begin().await.unwrap();
        // There is no such delivery; a job of a newer program would look like this one, too.
        let job = Job::ReadMail { delivery: 4_711.into() };
        jobs::enqueue(&mut tx, &job, 0, Some("lost"), 0).await.unwrap();
        let job = Job::Acknowledge { message: 4_711.into() };
        jobs::enqueue(&mut tx, &job, 0, Some("gone"), 0).await.unwrap();
        tx.commit().await.unwrap();
        at.keep(&hana("1@mail.example").text(), at.live()).await;
        let served = at.serve().await;
        until("the mail is in its ticket", async || at.all_messages().await.len() == 1).await;
        until("the queue is empty", async || waiting(&at).await.is_empty()).await;
        let mut tx = at.desk.store.read().await.unwrap();
        let dead = jobs::dead(&mut tx, None, 10).await.unwrap();
        assert_eq!(dead.len(), 1);
        assert_eq!(dead[0].last_error.as_deref(), Some("there is no such delivery"));
        assert_eq!(dead[0].kind, JobKind::ReadMail.as_str());
        drop(tx);
        served.stop().await;
    }

    async fn a_stop_is_quick_and_nothing_is_lost_by_it(at: At) {
        let served = at.serve().await;
        for n in 0..200 {
            at.keep(&hana(&format!("{n}@mail.example")).text(), at.live()).await;
        }
        let began = std::time::Instant::now();
        served.stop().await;
        assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
        let at = at.again().await;
        assert_eq!(at.all_messages().await.len() + waiting(&at).await.len(), 200);
    }

    async fn a_mail_that_was_damaged_on_the_disk_holds_nobody_up(at: At) {
        let damaged = hana("1@mail.example").text();
        let mut tx = at.desk.store.begin().await.unwrap();
        // Something else lies under the name of its bytes.
        let name = blobs::hash(&crlf(&damaged));
        let mut other = Prepared::new(b"something else").unwrap();
        (other.sha256, other.size) = (name, 0);
        blobs::keep(&mut tx, &other, 0).await.unwrap();
        tx.commit().await.unwrap();
        at.keep(&damaged, at.live()).await;
        at.keep(&hana("2@mail.example").text(), at.live()).await;
        let served = at.serve().await;
        until("the other mail is in its ticket", async || at.all_messages().await.len() == 1).await;
        until("the failure is written", async || waiting(&at).await.iter().any(|job| job.last_error.is_some())).await;
        let left = waiting(&at).await;
        assert_eq!((left.len(), left[0].attempts), (1, 1));
        assert!(left[0].run_at > at.desk.now(), "it comes back later");
        served.stop().await;
    }
}
