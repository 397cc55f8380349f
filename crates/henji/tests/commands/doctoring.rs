//! `henji doctor`: what is wrong, in words, and nothing is changed by looking.

use std::{
    fs::{self, OpenOptions, Permissions},
    io::{Seek, SeekFrom, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
};

use desk::mailbox::{IncomingKind, Switch};
use serde_json::Value;
use server::actions::save_mailbox::new_settings;
use store::{Store, Url, mailboxes::MailboxSettings};

use crate::at_hand::{Place, Said, files_below};

const NOW: i64 = 1_795_000_000_000;

fn doctor(place: &Place) -> (Said, Vec<Value>) {
    // A free port, so that a desk of somebody else on this machine is not found in the way.
    let words = ["doctor", "--json"];
    let output = place.command(&words).env("HENJI_LISTEN", "127.0.0.1:0").output().unwrap();
    let said = Said {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    let found = said.objects();
    (said, found)
}

fn bad(found: &[Value]) -> Vec<&str> {
    let bad = found.iter().filter(|one| one["state"] == "bad");
    bad.map(|one| one["code"].as_str().unwrap()).collect()
}

fn words_of<'a>(found: &'a [Value], code: &str) -> &'a str {
    let one = found.iter().find(|one| one["code"] == code);
    one.unwrap_or_else(|| panic!("no {code} in {found:?}"))["words"].as_str().unwrap()
}

#[test]
fn a_healthy_desk_is_told_thing_by_thing() {
    let place = Place::new().with_hanako();
    let (said, found) = doctor(&place);
    assert_eq!((said.status, bad(&found)), (0, vec![]), "{}", said.err);
    for code in [
        "configuration_default",
        "configuration_variables",
        "folder_ok",
        "space_ok",
        "key_ok",
        "door_http",
        "not_served",
        "database_ok",
        "database_sound",
        "people",
        "queue",
        "no_dead_jobs",
        "replies",
        "no_unknown_sends",
        "no_mailboxes",
    ] {
        assert!(!words_of(&found, code).contains(['{', '}']), "{code}");
    }
    assert!(found.iter().any(|one| one["code"] == "disk_ok" || one["code"] == "disk_slow"));
    assert!(words_of(&found, "key_ok").contains("600"));
    assert!(words_of(&found, "database_ok").contains("SQLite 3."));
}

#[test]
fn without_json_it_speaks_the_readers_language() {
    let place = Place::new().with_hanako();
    assert!(place.run(&["doctor"]).out.contains("登録されている人: 1 人"));
    assert!(place.english(&["doctor"]).out.contains("People: 1"));
}

#[test]
fn a_folder_that_is_not_there_is_said_and_not_made() {
    let place = Place::new();
    let (said, found) = doctor(&place);
    assert_eq!((said.status, bad(&found)), (1, vec!["folder_missing", "database_missing"]));
    assert!(words_of(&found, "folder_missing").contains("henji serve"));
    assert!(!place.at("data").exists());
}

#[test]
fn pending_migrations_are_said_and_left_to_serve() {
    let place = Place::new().with_hanako();
    fs::remove_file(place.at("data/henji.db")).unwrap();
    place.put("data/henji.db", "");
    for _ in 0..2 {
        let (said, found) = doctor(&place);
        assert_eq!((said.status, bad(&found)), (1, vec!["database_pending"]));
        let words = words_of(&found, "database_pending");
        assert!(words.contains("0001") && words.contains("henji serve"), "{words}");
    }
}

#[test]
fn a_key_that_others_can_read_or_that_is_gone_is_bad() {
    let place = Place::new().with_hanako();
    let key = place.at("data/henji.key");
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    let (said, found) = doctor(&place);
    assert_eq!((said.status, bad(&found)), (1, vec!["key_open"]));
    assert!(words_of(&found, "key_open").contains("chmod 600"));
    fs::remove_file(&key).unwrap();
    let (_, found) = doctor(&place);
    assert_eq!(bad(&found), ["key_missing"]);
    assert!(!key.exists(), "looking makes no key");
}

#[test]
fn a_folder_that_everybody_can_look_into_is_bad() {
    let place = Place::new().with_hanako();
    fs::set_permissions(place.at("data"), Permissions::from_mode(0o755)).unwrap();
    let (said, found) = doctor(&place);
    assert_eq!((said.status, bad(&found)), (1, vec!["folder_open"]));
}

#[tokio::test]
async fn a_damaged_database_is_found() {
    let place = Place::new().with_hanako();
    // What still stands in the WAL would hide the damage.
    Store::open(&Url::Sqlite(place.at("data/henji.db"))).await.unwrap().close().await;
    let path = place.at("data/henji.db");
    let size = fs::metadata(&path).unwrap().len();
    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(size / 2 / 8_192 * 8_192)).unwrap();
    file.write_all(&vec![0xAB; 8_192 * 4]).unwrap();
    drop(file);
    let (said, found) = doctor(&place);
    assert_eq!((said.status, bad(&found)), (1, vec!["database_damaged"]));
}

#[test]
fn a_port_that_somebody_else_uses_is_bad() {
    let place = Place::new().with_hanako();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    place.put("data/henji.toml", format!("listen = \"127.0.0.1:0\"\n[smtp_in]\nlisten = \"{address}\"\n"));
    let (said, found) = doctor(&place);
    assert_eq!((said.status, bad(&found)), (1, vec!["door_taken"]));
    assert!(words_of(&found, "door_taken").contains(&address));
    assert!(words_of(&found, "configuration_file").contains("henji.toml"));
}

#[test]
fn what_has_no_effect_yet_is_said_and_is_no_fault() {
    let place = Place::new().with_hanako();
    place.put("data/henji.toml", "[clamav]\naddress = \"127.0.0.1:3310\"\n");
    let (said, found) = doctor(&place);
    assert_eq!(said.status, 0);
    assert!(words_of(&found, "without_effect").contains("clamav.address"));
}

async fn add_mailbox(place: &Place, settings: MailboxSettings) {
    let store = Store::open(&Url::Sqlite(place.at("data/henji.db"))).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    store::mailboxes::add(&mut tx, &settings, NOW).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn each_mailbox_is_tried_and_its_trouble_told_in_words() {
    let place = Place::new().with_hanako();
    let fetched = MailboxSettings {
        address: "support@shop.example".to_owned(),
        incoming_kind: IncomingKind::Imap,
        incoming_host: Some("127.0.0.1".to_owned()),
        sending: Switch::On,
        ..new_settings()
    };
    let handed_over = MailboxSettings {
        address: "shop@shop.example".to_owned(),
        incoming_kind: IncomingKind::Smtp,
        ..new_settings()
    };
    add_mailbox(&place, fetched).await;
    add_mailbox(&place, handed_over).await;
    let (said, found) = doctor(&place);
    assert_eq!((said.status, bad(&found)), (1, vec!["incoming_failed", "no_way_out", "mailbox_no_door"]));
    let words = words_of(&found, "incoming_failed");
    assert!(
        words.contains("support@shop.example") && words.contains("パスワードがまだ入っていません"),
        "{words}"
    );
    assert!(words_of(&found, "mailbox_waiting").contains("henji serve"));
    assert!(words_of(&found, "sending_off").contains("shop@shop.example"));
}

#[test]
fn it_looks_beside_a_desk_that_is_served() {
    let place = Place::new().with_hanako();
    let serving = place.serve(&[]);
    let (said, found) = doctor(&place);
    assert_eq!((said.status, bad(&found)), (0, vec![]));
    assert!(words_of(&found, "key_fits").contains('鍵'));
    assert!(found.iter().any(|one| one["code"] == "served"));
    assert_eq!(serving.stop().status, 0);
    let names: Vec<_> = files_below(&place.at("data")).into_iter().map(|(path, _)| path).collect();
    assert!(!names.contains(&place.at("data/doctor.tmp")), "{names:?}");
}
