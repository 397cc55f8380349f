//! Blobs, originals, deliveries, uploads.

use crate::{
    makers::{NOW, agent, delivery, keep, mailbox},
    support::{Db, both},
};
use desk::ids::{DeliveryId, OriginalId, UploadId};
use store::{
    StoreError,
    blobs::{self, Prepared},
    originals::{self, Arrival, Mode, NewDelivery},
    uploads,
};

both! {
    kept_bytes_come_back_to_the_last_one
    the_same_bytes_are_kept_once
    the_same_bytes_again_are_a_new_delivery_of_the_same_original
    the_same_uid_again_changes_nothing
    the_same_uidl_again_changes_nothing
    many_are_kept_in_their_order
    a_delivery_says_how_the_bytes_arrived
    deliveries_can_be_walked_through
    originals_can_be_walked_through
    an_undone_transaction_keeps_nothing
    an_unused_upload_is_thrown_away_with_its_bytes
    bytes_that_something_else_needs_stay
}

/// Every byte value, and enough of it to be packed in more than one block.
fn all_bytes() -> Vec<u8> {
    (0..300_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect()
}

async fn kept_bytes_come_back_to_the_last_one(db: Db) {
    let mut tx = db.begin().await.unwrap();
    for bytes in
        [b"".to_vec(), b"\0\xff".to_vec(), all_bytes(), "茶葉が届きません\r\n".repeat(5_000).into_bytes()]
    {
        let blob = Prepared::new(&bytes).unwrap();
        assert!(blobs::keep(&mut tx, &blob, NOW).await.unwrap());
        assert!(blobs::fetch(&mut tx, &blob.sha256).await.unwrap() == bytes);
    }
    assert!(matches!(blobs::fetch(&mut tx, &[0; 32]).await, Err(StoreError::NotFound)));
}

async fn the_same_bytes_are_kept_once(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let blob = Prepared::new(b"once").unwrap();
    assert!(!blobs::exists(&mut tx, &blob.sha256).await.unwrap());
    assert!(blobs::keep(&mut tx, &blob, NOW).await.unwrap());
    assert!(!blobs::keep(&mut tx, &blob, NOW).await.unwrap());
    assert!(blobs::exists(&mut tx, &blob.sha256).await.unwrap());
}

async fn the_same_bytes_again_are_a_new_delivery_of_the_same_original(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let first = keep(&mut tx, b"a mail", &delivery(mailbox, 1)).await;
    let again = keep(&mut tx, b"a mail", &delivery(mailbox, 2)).await;
    assert!(first.new && !again.new);
    assert!(!first.already_delivered && !again.already_delivered);
    assert_eq!(first.original, again.original);
    assert_ne!(first.delivery, again.delivery);
    assert_eq!(originals::deliveries(&mut tx, first.original).await.unwrap().len(), 2);
    assert_eq!(originals::count(&mut tx).await.unwrap(), 1);
}

async fn the_same_uid_again_changes_nothing(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let support = mailbox(&mut tx, "support@example.jp").await;
    let first = keep(&mut tx, b"a mail", &delivery(support, 1)).await;
    let again = keep(&mut tx, b"a mail", &delivery(support, 1)).await;
    assert!(again.already_delivered && !again.new);
    assert_eq!((again.original, again.delivery), (first.original, first.delivery));
    let renumbered = NewDelivery { uidvalidity: Some(9), ..delivery(support, 1) };
    assert!(
        !keep(&mut tx, b"a mail", &renumbered).await.already_delivered,
        "another numbering is another mail"
    );
    let sales = mailbox(&mut tx, "sales@example.jp").await;
    assert!(!keep(&mut tx, b"a mail", &delivery(sales, 1)).await.already_delivered);
}

async fn the_same_uidl_again_changes_nothing(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let support = mailbox(&mut tx, "support@example.jp").await;
    let by_pop3 = |uidl: &str| NewDelivery {
        folder: None,
        uidvalidity: None,
        uid: None,
        uidl: Some(uidl.to_owned()),
        ..delivery(support, 0)
    };
    let first = keep(&mut tx, b"a mail", &by_pop3("x")).await;
    let again = keep(&mut tx, b"a mail", &by_pop3("x")).await;
    assert_eq!((again.already_delivered, again.delivery), (true, first.delivery));
    assert!(!keep(&mut tx, b"a mail", &by_pop3("X")).await.already_delivered);
    let by_smtp = NewDelivery { uidl: None, ..by_pop3("") };
    assert!(!keep(&mut tx, b"a mail", &by_smtp).await.already_delivered);
    assert!(!keep(&mut tx, b"a mail", &by_smtp).await.already_delivered, "SMTP has no such name");
}

async fn many_are_kept_in_their_order(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    keep(&mut tx, b"mail 3", &delivery(mailbox, 900)).await;
    keep(&mut tx, b"mail x", &delivery(mailbox, 5)).await;
    let bytes: Vec<Prepared> =
        (0..150).map(|n| Prepared::new(format!("mail {}", n % 100).as_bytes()).unwrap()).collect();
    let ways: Vec<NewDelivery> = (0..150).map(|n| delivery(mailbox, n)).collect();
    let arrivals: Vec<Arrival<'_>> = bytes
        .iter()
        .zip(&ways)
        .map(|(bytes, delivery)| Arrival { bytes, media_type: "message/rfc822", delivery })
        .collect();
    let kept = originals::keep_many(&mut tx, &arrivals).await.unwrap();
    assert_eq!(kept.len(), 150);
    for (n, (kept, bytes)) in kept.iter().zip(&bytes).enumerate() {
        let original = originals::get(&mut tx, kept.original).await.unwrap();
        assert_eq!(original.sha256, bytes.sha256, "mail {n}");
        assert_eq!(kept.new, n < 100 && n != 3, "mail {n}");
        assert_eq!(kept.already_delivered, n == 5, "mail {n}");
        let arrived = originals::delivery(&mut tx, kept.delivery).await.unwrap().unwrap();
        assert_eq!(arrived.delivery.uid, Some(u32::try_from(n).unwrap()), "mail {n}");
        assert!(blobs::exists(&mut tx, &bytes.sha256).await.unwrap());
    }
}

async fn a_delivery_says_how_the_bytes_arrived(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let way = NewDelivery {
        envelope_from: Some(String::new()),
        envelope_to: vec!["a@b.jp".to_owned(), "support+h@example.jp".to_owned()],
        trace: Some("Received: from x".to_owned()),
        mode: Mode::Import,
        open_since: Some(NOW - 1),
        junk: true,
        ..delivery(mailbox, 7)
    };
    let kept = keep(&mut tx, b"a mail", &way).await;
    let row = originals::delivery(&mut tx, kept.delivery).await.unwrap().unwrap();
    assert_eq!(row.delivery, way);
    assert_eq!((row.original, row.sha256), (kept.original, blobs::hash(b"a mail").to_vec()));
    assert_eq!(originals::delivery(&mut tx, DeliveryId(99)).await.unwrap(), None);
}

async fn deliveries_can_be_walked_through(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let support = mailbox(&mut tx, "support@example.jp").await;
    let sales = mailbox(&mut tx, "sales@example.jp").await;
    for uid in 0..4u32 {
        let mailbox = if uid == 3 { sales } else { support };
        let way = NewDelivery { received_at: NOW + i64::from(uid), ..delivery(mailbox, uid) };
        keep(&mut tx, &uid.to_le_bytes(), &way).await;
    }
    let all = originals::deliveries_after(&mut tx, DeliveryId(0), None, NOW, 10).await.unwrap();
    assert_eq!(all.len(), 4);
    let later = originals::deliveries_after(&mut tx, all[0].id, Some(support), NOW + 2, 10).await.unwrap();
    assert_eq!(later, [all[2].clone()]);
}

async fn originals_can_be_walked_through(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    for uid in 0..3u32 {
        keep(&mut tx, &uid.to_le_bytes(), &delivery(mailbox, uid)).await;
    }
    let all = originals::list(&mut tx, OriginalId(0), 2).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(
        (all[0].size, all[0].media_type.as_str(), all[0].first_received_at),
        (4, "message/rfc822", NOW)
    );
    assert_eq!(originals::list(&mut tx, all[1].id, 10).await.unwrap().len(), 1);
    let hash = blobs::hash(&0u32.to_le_bytes());
    assert_eq!(originals::by_hash(&mut tx, &hash).await.unwrap(), Some(all[0].clone()));
    assert_eq!(originals::by_hash(&mut tx, &[0; 32]).await.unwrap(), None);
    assert!(matches!(originals::get(&mut tx, OriginalId(99)).await, Err(StoreError::NotFound)));
}

async fn an_undone_transaction_keeps_nothing(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    tx.commit().await.unwrap();
    let mut tx = db.begin().await.unwrap();
    keep(&mut tx, b"a", &delivery(mailbox, 1)).await;
    tx.rollback().await.unwrap();
    let mut tx = db.begin().await.unwrap();
    keep(&mut tx, b"b", &delivery(mailbox, 2)).await;
    drop(tx);
    let mut tx = db.begin().await.unwrap();
    assert_eq!(originals::count(&mut tx).await.unwrap(), 0);
}

async fn an_unused_upload_is_thrown_away_with_its_bytes(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let hanako = agent(&mut tx, "hanako@example.jp").await;
    let old = Prepared::new(b"old").unwrap();
    let id = uploads::add(&mut tx, &old, "見積書.pdf", "application/pdf", hanako, NOW).await.unwrap();
    let row = uploads::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!(
        (row.name.as_str(), row.size, row.sha256, row.used_at),
        ("見積書.pdf", 3, old.sha256.to_vec(), None)
    );
    assert_eq!(uploads::prune(&mut tx, NOW, 10).await.unwrap(), 0, "not old enough");
    assert_eq!(uploads::prune(&mut tx, NOW + 1, 10).await.unwrap(), 1);
    assert_eq!(uploads::get(&mut tx, id).await.unwrap(), None);
    assert!(!blobs::exists(&mut tx, &old.sha256).await.unwrap());
}

async fn bytes_that_something_else_needs_stay(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let hanako = agent(&mut tx, "hanako@example.jp").await;
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let shared = Prepared::new(b"shared").unwrap();
    let used = Prepared::new(b"used").unwrap();
    keep(&mut tx, b"shared", &delivery(mailbox, 1)).await;
    uploads::add(&mut tx, &shared, "a", "text/plain", hanako, NOW).await.unwrap();
    let id = uploads::add(&mut tx, &used, "b", "text/plain", hanako, NOW).await.unwrap();
    uploads::set_used(&mut tx, id, Some(NOW)).await.unwrap();
    uploads::add(&mut tx, &used, "c", "text/plain", hanako, NOW).await.unwrap();
    assert_eq!(uploads::prune(&mut tx, NOW + 1, 10).await.unwrap(), 2);
    assert!(blobs::exists(&mut tx, &shared.sha256).await.unwrap(), "an original has the same bytes");
    assert!(blobs::exists(&mut tx, &used.sha256).await.unwrap(), "a used upload has the same bytes");
    let gone = uploads::set_used(&mut tx, UploadId(99), None).await;
    assert!(matches!(gone, Err(StoreError::NotFound)));
}
