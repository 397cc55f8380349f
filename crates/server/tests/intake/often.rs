//! The property behind everything here: however often and in whatever bundles mails come in and are read, each is there
//! exactly once, and no conversation is torn.

use std::collections::BTreeMap;

use desk::ids::{DeliveryId, TicketId};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use server::actions::{
    keep_mail::{Arrived, keep_mails},
    receive_mail::{Waiting, load, reading, receive_all, receive_mail},
};

use crate::{
    at::{At, both, crlf},
    mails::hana,
};

/// Conversations: each mail answers the one before it.
fn conversations(dice: &mut StdRng) -> Vec<(usize, String)> {
    let mut mails = Vec::new();
    for talk in 0..dice.random_range(2..6) {
        for turn in 0..dice.random_range(1..4) {
            let mut mail = hana(&format!("{talk}.{turn}@mail.example"));
            mail.from = format!("customer{talk}@mail{talk}.example");
            mail.subject = format!("Talk {talk}");
            mail.text = format!("turn {turn}\n");
            mail.answers = (0..turn).map(|before| format!("{talk}.{before}@mail.example")).collect();
            mails.push((talk, mail.text()));
        }
    }
    mails
}

async fn keep_all(at: &At, mails: &[(usize, String)]) -> Vec<DeliveryId> {
    let arrived =
        mails.iter().map(|(_, mail)| Arrived { bytes: crlf(mail).into(), delivery: at.live() }).collect();
    let kept = keep_mails(&at.desk, arrived).await.unwrap();
    kept.into_iter().map(|kept| kept.delivery).collect()
}

async fn read_together(at: &At, deliveries: &[DeliveryId]) {
    let loaded = load(&at.desk, deliveries).await.unwrap();
    let bytes = loaded.iter().map(|(_, bytes)| (bytes.clone(), false)).collect();
    let reads = reading::read_all(bytes).await;
    let pairs = loaded.into_iter().zip(reads);
    let waiting: Vec<Waiting> =
        pairs.map(|((arrival, _), read)| Waiting { arrival, read, job: None }).collect();
    receive_all(&at.desk, &waiting).await.unwrap();
}

/// Each mail once, and each conversation in one ticket.
async fn is_whole(at: &At, mails: &[(usize, String)]) {
    let rows = at.all_messages().await;
    assert_eq!(rows.len(), mails.len());
    let mut tickets: BTreeMap<String, TicketId> = BTreeMap::new();
    for row in rows {
        let ticket = *tickets.entry(row.message.subject.clone()).or_insert(row.message.ticket);
        assert_eq!(ticket, row.message.ticket, "{}", row.message.subject);
    }
}

both! {
    async fn however_often_mails_come_in_and_are_read_each_is_there_once(at: At) {
        for seed in 0..8 {
            let mut dice = StdRng::seed_from_u64(seed);
            let mails: Vec<_> = conversations(&mut dice)
                .into_iter()
                .map(|(talk, mail)| (talk, mail.replace("Talk", &format!("Talk {seed}."))
                    .replace("mail.example", &format!("s{seed}.example"))))
                .collect();
            let before = at.all_messages().await.len();
            let mut deliveries = keep_all(&at, &mails).await;
            let split = dice.random_range(0..=deliveries.len());
            read_together(&at, &deliveries[..split]).await;
            deliveries.extend(keep_all(&at, &mails[..split]).await);
            read_together(&at, &deliveries).await;
            deliveries.shuffle(&mut dice);
            for delivery in deliveries {
                receive_mail(&at.desk, delivery).await.unwrap();
            }
            assert_eq!(at.all_messages().await.len() - before, mails.len(), "seed {seed}");
        }
    }

    async fn two_readers_at_once_double_nothing(at: At) {
        let mails = conversations(&mut StdRng::seed_from_u64(99));
        let mut deliveries = keep_all(&at, &mails).await;
        deliveries.extend(keep_all(&at, &mails).await);
        let reads = deliveries.iter().map(|delivery| receive_mail(&at.desk, *delivery));
        for read in futures::future::join_all(reads).await {
            read.unwrap();
        }
        assert_eq!(at.all_messages().await.len(), mails.len());
    }

    async fn mails_in_their_order_stay_together(at: At) {
        let mails = conversations(&mut StdRng::seed_from_u64(7));
        let deliveries = keep_all(&at, &mails).await;
        read_together(&at, &deliveries).await;
        is_whole(&at, &mails).await;
    }
}
