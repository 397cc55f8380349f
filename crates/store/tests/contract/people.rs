//! Settings, agents, sessions, tokens, teams.

use crate::{
    makers::{NOW, agent},
    support::{Db, both},
};
use desk::{
    ids::{AgentId, SessionId, TeamId, TokenId},
    permission::{Role, Verbs},
};
use serde_json::json;
use store::{StoreError, agents, agents::NewAgent, sessions, settings, teams, tokens, tokens::NewToken};

both! {
    a_setting_is_written_over_the_version_that_was_seen
    a_person_is_found_by_their_address_however_it_is_written
    two_people_never_have_the_same_address
    a_change_of_a_person_over_a_stale_version_is_a_conflict
    the_last_administrator_can_be_counted
    a_session_lives_from_sign_in_to_sign_out
    old_sessions_are_pruned
    a_new_password_signs_out_the_other_browsers
    a_token_holds_until_it_expires_or_is_revoked
    a_token_is_revoked_only_by_its_owner_or_for_anybody
    a_new_desk_has_the_support_team
}

async fn a_setting_is_written_over_the_version_that_was_seen(db: Db) {
    let mut tx = db.begin().await.unwrap();
    assert_eq!(settings::get(&mut tx, "desk").await.unwrap(), None);
    let value = json!({"name": "みどり茶舗", "timezone": "Asia/Tokyo"});
    assert_eq!(settings::put(&mut tx, "desk", &value, 0, NOW).await.unwrap(), 1);
    assert_eq!(settings::put(&mut tx, "desk", &json!({"name": "b"}), 1, NOW).await.unwrap(), 2);
    assert!(matches!(settings::put(&mut tx, "desk", &value, 1, NOW).await, Err(StoreError::Conflict)));
    assert!(matches!(settings::put(&mut tx, "desk", &value, 0, NOW).await, Err(StoreError::Conflict)));
    let now = settings::get(&mut tx, "desk").await.unwrap().unwrap();
    assert_eq!((now.key.as_str(), now.value, now.version), ("desk", json!({"name": "b"}), 2));
}

async fn a_person_is_found_by_their_address_however_it_is_written(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let id = agent(&mut tx, "Hanako@Example.jp").await;
    let row = agents::by_email(&mut tx, " hanako@EXAMPLE.jp ").await.unwrap().unwrap();
    assert_eq!((row.id, row.email.as_str(), row.active, row.version), (id, "Hanako@Example.jp", true, 1));
    assert_eq!(agents::by_id(&mut tx, id).await.unwrap(), Some(row.clone()));
    assert_eq!(agents::list(&mut tx, AgentId(0), 10).await.unwrap(), [row]);
    assert_eq!(agents::list(&mut tx, id, 10).await.unwrap(), []);
    assert_eq!(agents::by_email(&mut tx, "taro@example.jp").await.unwrap(), None);
    assert_eq!(agents::count(&mut tx).await.unwrap(), 1);
}

async fn two_people_never_have_the_same_address(db: Db) {
    let mut tx = db.begin().await.unwrap();
    agent(&mut tx, "hanako@example.jp").await;
    let again = NewAgent {
        email: "HANAKO@example.jp".to_owned(),
        name: "b".to_owned(),
        role: Role::Assistant,
        password_hash: String::new(),
    };
    assert!(matches!(agents::add(&mut tx, &again, NOW).await, Err(StoreError::Conflict)));
}

async fn a_change_of_a_person_over_a_stale_version_is_a_conflict(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let id = agent(&mut tx, "hanako@example.jp").await;
    let mut row = agents::by_id(&mut tx, id).await.unwrap().unwrap();
    row.name = "佐藤".to_owned();
    row.language = Some("en".to_owned());
    agents::update(&mut tx, &row).await.unwrap();
    assert!(matches!(agents::update(&mut tx, &row).await, Err(StoreError::Conflict)));
    let now = agents::by_id(&mut tx, id).await.unwrap().unwrap();
    assert_eq!((now.name.as_str(), now.language.as_deref(), now.version), ("佐藤", Some("en"), 2));
}

async fn the_last_administrator_can_be_counted(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let id = agent(&mut tx, "hanako@example.jp").await;
    assert_eq!(agents::count_active(&mut tx, Role::Administrator).await.unwrap(), 0);
    let mut row = agents::by_id(&mut tx, id).await.unwrap().unwrap();
    row.role = Role::Administrator;
    agents::update(&mut tx, &row).await.unwrap();
    assert_eq!(agents::count_active(&mut tx, Role::Administrator).await.unwrap(), 1);
    row.active = false;
    row.version = 2;
    agents::update(&mut tx, &row).await.unwrap();
    assert_eq!(agents::count_active(&mut tx, Role::Administrator).await.unwrap(), 0);
}

async fn a_session_lives_from_sign_in_to_sign_out(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let hanako = agent(&mut tx, "hanako@example.jp").await;
    let id = sessions::add(&mut tx, b"hash", hanako, "Firefox", NOW).await.unwrap();
    sessions::touch(&mut tx, id, NOW + 5).await.unwrap();
    let row = sessions::by_hash(&mut tx, b"hash").await.unwrap().unwrap();
    assert_eq!((row.id, row.agent, row.created_at, row.seen_at), (id, hanako, NOW, NOW + 5));
    assert_eq!(sessions::of_agent(&mut tx, hanako).await.unwrap(), [row]);
    sessions::delete(&mut tx, id).await.unwrap();
    assert_eq!(sessions::by_hash(&mut tx, b"hash").await.unwrap(), None);
    assert!(matches!(sessions::delete(&mut tx, id).await, Err(StoreError::NotFound)));
    let next = sessions::add(&mut tx, b"hash", hanako, "Firefox", NOW).await.unwrap();
    assert_ne!(next, id, "the id of a session that ended is not given to another one");
}

async fn old_sessions_are_pruned(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let hanako = agent(&mut tx, "hanako@example.jp").await;
    for (hash, begun, seen) in [(b"a", 0, 100), (b"b", 50, 60), (b"c", 90, 100)] {
        let id = sessions::add(&mut tx, hash, hanako, "", begun).await.unwrap();
        sessions::touch(&mut tx, id, seen).await.unwrap();
    }
    assert_eq!(sessions::prune(&mut tx, 80, 10).await.unwrap(), 2);
    assert!(sessions::by_hash(&mut tx, b"c").await.unwrap().is_some());
}

async fn a_new_password_signs_out_the_other_browsers(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let hanako = agent(&mut tx, "hanako@example.jp").await;
    let here = sessions::add(&mut tx, b"here", hanako, "", NOW).await.unwrap();
    sessions::add(&mut tx, b"there", hanako, "", NOW).await.unwrap();
    assert_eq!(sessions::delete_of(&mut tx, hanako, Some(here)).await.unwrap(), 1);
    assert_eq!(sessions::delete_of(&mut tx, hanako, None).await.unwrap(), 1);
    assert_eq!(sessions::delete_of(&mut tx, hanako, Some(SessionId(1))).await.unwrap(), 0);
}

async fn a_token_holds_until_it_expires_or_is_revoked(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let owner = agent(&mut tx, "hanako@example.jp").await;
    let verbs = Verbs::parse("read,send").unwrap();
    let new = NewToken {
        sha256: b"hash".to_vec(),
        agent: owner,
        name: "在庫連携".to_owned(),
        verbs,
        expires_at: Some(NOW + 10),
    };
    let id = tokens::add(&mut tx, &new, NOW).await.unwrap();
    tokens::touch(&mut tx, id, NOW + 1).await.unwrap();
    let row = tokens::by_hash(&mut tx, b"hash", NOW + 9).await.unwrap().unwrap();
    assert_eq!((row.id, row.agent, row.verbs, row.last_used_at), (id, owner, verbs, Some(NOW + 1)));
    assert_eq!(tokens::by_hash(&mut tx, b"hash", NOW + 10).await.unwrap(), None, "expired");
    assert_eq!(tokens::list(&mut tx, Some(owner), TokenId(0), 10).await.unwrap(), [row]);
    tokens::revoke(&mut tx, id, None, NOW).await.unwrap();
    assert_eq!(tokens::by_hash(&mut tx, b"hash", NOW).await.unwrap(), None, "revoked");
    assert_eq!(tokens::list(&mut tx, None, TokenId(0), 10).await.unwrap(), []);
    assert!(matches!(tokens::revoke(&mut tx, id, None, NOW).await, Err(StoreError::NotFound)));
}

async fn a_token_is_revoked_only_by_its_owner_or_for_anybody(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let owner = agent(&mut tx, "hanako@example.jp").await;
    let other = agent(&mut tx, "taro@example.jp").await;
    let new = NewToken {
        sha256: b"hash".to_vec(),
        agent: owner,
        name: String::new(),
        verbs: Verbs::NONE,
        expires_at: None,
    };
    let id = tokens::add(&mut tx, &new, NOW).await.unwrap();
    assert!(matches!(tokens::revoke(&mut tx, id, Some(other), NOW).await, Err(StoreError::NotFound)));
    tokens::revoke(&mut tx, id, Some(owner), NOW).await.unwrap();
}

async fn a_new_desk_has_the_support_team(db: Db) {
    let mut tx = db.read().await.unwrap();
    let all = teams::list(&mut tx).await.unwrap();
    let names: Vec<&str> = all.iter().map(|team| &*team.name).collect();
    assert_eq!(names, ["サポート"]);
    let team = teams::by_id(&mut tx, all[0].id).await.unwrap().unwrap();
    assert_eq!((team.id, &*team.name), (all[0].id, "サポート"));
    assert!(teams::by_id(&mut tx, TeamId(999)).await.unwrap().is_none());
}
