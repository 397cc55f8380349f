//! The people who write to us.

use crate::{
    makers::{NOW, contact, mailbox, ticket},
    support::{Db, both},
};
use desk::ids::ContactId;
use store::{StoreError, contacts, tickets};

both! {
    a_person_who_writes_again_is_the_same_contact
    a_contact_is_renamed_over_the_version_that_was_seen
    a_contact_without_a_name_takes_the_first_one
    an_address_belongs_to_one_contact
    two_contacts_become_one
    eight_at_once_make_one_contact
}

async fn a_person_who_writes_again_is_the_same_contact(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let id = contacts::find_or_add(&mut tx, "Taro@Example.com", Some("八王子 太郎"), NOW).await.unwrap();
    let again = contacts::find_or_add(&mut tx, "taro@EXAMPLE.com", None, NOW + 1).await.unwrap();
    assert_eq!(again, id);
    assert_eq!(contacts::by_address(&mut tx, "TARO@example.com").await.unwrap(), Some(id));
    assert_eq!(contacts::by_address(&mut tx, "hanako@example.com").await.unwrap(), None);
    let row = contacts::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!((row.name.as_str(), row.created_at), ("八王子 太郎", NOW));
    assert_eq!(contacts::addresses(&mut tx, id).await.unwrap(), ["Taro@Example.com"]);
    assert_eq!(contacts::list(&mut tx, ContactId(0), 10).await.unwrap(), [row]);
}

async fn a_contact_is_renamed_over_the_version_that_was_seen(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let id = contact(&mut tx, "taro@example.com").await;
    contacts::rename(&mut tx, id, 1, "太郎").await.unwrap();
    assert!(matches!(contacts::rename(&mut tx, id, 1, "次郎").await, Err(StoreError::Conflict)));
    assert_eq!(contacts::get(&mut tx, id).await.unwrap().unwrap().name, "太郎");
}

async fn a_contact_without_a_name_takes_the_first_one(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let id = contacts::find_or_add(&mut tx, "taro@example.com", None, NOW).await.unwrap();
    contacts::name_if_unknown(&mut tx, id, "太郎").await.unwrap();
    contacts::name_if_unknown(&mut tx, id, "次郎").await.unwrap();
    assert_eq!(contacts::get(&mut tx, id).await.unwrap().unwrap().name, "太郎");
}

async fn an_address_belongs_to_one_contact(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let taro = contact(&mut tx, "taro@example.com").await;
    let hanako = contact(&mut tx, "hanako@example.com").await;
    contacts::add_address(&mut tx, taro, "Taro@docomo.ne.jp", NOW + 1).await.unwrap();
    contacts::add_address(&mut tx, taro, "taro@docomo.ne.jp", NOW + 2).await.unwrap();
    assert_eq!(contacts::addresses(&mut tx, taro).await.unwrap(), ["taro@example.com", "Taro@docomo.ne.jp"]);
    let taken = contacts::add_address(&mut tx, hanako, "taro@docomo.ne.jp", NOW).await;
    assert!(matches!(taken, Err(StoreError::Conflict)));
}

async fn two_contacts_become_one(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let support = mailbox(&mut tx, "support@example.jp").await;
    let work = contact(&mut tx, "taro@example.com").await;
    let private = contact(&mut tx, "taro@docomo.ne.jp").await;
    let of_private = ticket(&mut tx, support, |ticket| ticket.contact = Some(private)).await;
    contacts::merge(&mut tx, private, work).await.unwrap();
    assert_eq!(contacts::by_address(&mut tx, "taro@docomo.ne.jp").await.unwrap(), Some(work));
    assert_eq!(contacts::get(&mut tx, private).await.unwrap(), None);
    let moved = tickets::get(&mut tx, of_private.id).await.unwrap().unwrap();
    assert_eq!((moved.contact, moved.version), (Some(work), 2));
}

async fn eight_at_once_make_one_contact(db: Db) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let db = db.clone();
        tasks.spawn(async move {
            let mut tx = db.begin().await.unwrap();
            let id = contacts::find_or_add(&mut tx, "taro@example.com", None, NOW).await.unwrap();
            tx.commit().await.unwrap();
            id
        });
    }
    let found = tasks.join_all().await;
    assert!(found.iter().all(|id| *id == found[0]), "{found:?}");
    let mut tx = db.read().await.unwrap();
    assert_eq!(contacts::list(&mut tx, ContactId(0), 10).await.unwrap().len(), 1);
}
