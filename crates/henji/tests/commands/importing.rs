//! `henji import`: old mail from files.

use std::{fs, os::unix::fs::symlink};

use serde_json::{Value, json};

use crate::at_hand::{Place, Said};

fn mail(n: u32) -> String {
    format!(
        "From: c{n}@mail.example\nTo: support@shop.example\nSubject: Number {n}\n\
        Date: Fri, 20 Nov 2026 10:00:00 +0900\nMessage-ID: <{n}@mail.example>\n\nHello {n}\n"
    )
}

fn import(place: &Place, paths: &[&str]) -> Said {
    place.run(&[&["import", "--json"], paths].concat())
}

/// The counts: files, kept, duplicates, skipped, tickets, unreadable.
fn counts(said: &Said) -> [u64; 6] {
    let object = &said.objects()[0];
    ["files", "kept", "duplicates", "skipped", "tickets", "unreadable"]
        .map(|name| object[name].as_u64().unwrap())
}

#[test]
fn a_path_that_is_not_there_fails_before_anything_is_touched() {
    let place = Place::new();
    let there = place.put("a.eml", mail(1));
    let said = import(&place, &[&there, "/nonexistent"]);
    assert_eq!((said.status, said.out.as_str()), (1, ""));
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    assert!(said.err.contains("/nonexistent") && said.err.contains("ご確認"), "{}", said.err);
    assert!(!place.at("data").exists());
    let said = place.english(&["import", "/nonexistent"]);
    assert!(said.err.contains("Check the place and the name"), "{}", said.err);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_comes_in() {
    let place = Place::new();
    place.put("mails/a.eml", mail(1));
    place.put("mails/c.eml", mail(3));
    symlink("gone", place.at("mails/b.eml")).unwrap();
    let said = import(&place, &[place.at("mails").to_str().unwrap()]);
    assert_eq!((said.status, counts(&said)), (1, [3, 2, 0, 1, 2, 0]));
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    assert!(said.err.contains("b.eml"), "{}", said.err);
}

#[test]
fn a_pipe_in_a_folder_is_not_waited_for() {
    let place = Place::new();
    place.put("mails/a.eml", mail(1));
    let made = std::process::Command::new("mkfifo").arg(place.at("mails/b.eml")).status().unwrap();
    assert!(made.success());
    assert_eq!(counts(&import(&place, &[place.at("mails").to_str().unwrap()])), [2, 1, 0, 1, 1, 0]);
}

#[test]
fn eml_mbox_maildir_and_named_files_come_in_once() {
    let place = Place::new();
    let line = "From c@mail.example Fri Nov 20 10:00:00 2026\n";
    place.put("mails/1.eml", mail(1));
    place.put("mails/sub/2.EML", mail(2));
    place.put("mails/old.mbox", format!("{line}{}\n{line}{}", mail(3), mail(4)));
    place.put("mails/box/cur/1700000000.1:2,S", mail(5));
    place.put("mails/box/new/1700000000.2", mail(6));
    place.put("mails/box/tmp/1700000000.3", "half");
    place.put("mails/notes.txt", "no mail");
    let named = place.put("one-more.txt", mail(7));
    let folder = place.at("mails").to_str().unwrap().to_owned();
    let first = import(&place, &[&folder, &named]);
    assert_eq!((first.status, counts(&first)), (0, [8, 7, 0, 1, 7, 0]), "{}", first.err);
    assert_eq!(counts(&import(&place, &[&folder, &named])), [8, 0, 7, 1, 0, 0]);
    let cur = place.at("mails/box/cur");
    let here = place.command(&["import", "--json", "."]).current_dir(cur).output().unwrap();
    let here: Value = serde_json::from_slice(&here.stdout).unwrap();
    assert_eq!((&here["files"], &here["duplicates"]), (&json!(1), &json!(1)), "a Maildir's own folder");
}

#[test]
fn the_result_is_one_object_with_these_keys_in_this_order() {
    let place = Place::new();
    let said = import(&place, &[&place.put("a.eml", mail(1))]);
    let expected = r#"{"files":1,"kept":1,"duplicates":0,"skipped":0,"tickets":1,"unreadable":0}"#;
    assert_eq!((said.out.as_str(), said.err.as_str()), (format!("{expected}\n").as_str(), ""));
}

#[test]
fn a_mailbox_that_is_not_there_is_refused_in_words() {
    let place = Place::new();
    let path = place.put("a.eml", mail(1));
    let said = place.run(&["import", "--mailbox", "nobody@shop.example", &path]);
    assert_eq!(said.status, 1);
    assert!(
        said.err.contains("受付アドレス(--mailbox): その受付アドレスは登録されていません。"),
        "{}",
        said.err
    );
}

#[test]
fn a_day_that_is_none_is_wrong_usage() {
    let place = Place::new();
    let path = place.put("a.eml", mail(1));
    assert_eq!(place.run(&["import", "--open-since", "yesterday", &path]).status, 2);
    assert_eq!(place.run(&["import", "--open-since", "2026-11-01", &path]).status, 0);
}

#[test]
fn a_file_larger_than_any_mail_is_named() {
    let place = Place::new();
    let path = place.at("huge.eml");
    // Sparse: nothing but its length is written.
    fs::File::create(&path).unwrap().set_len((256 << 20) + 1).unwrap();
    let said = import(&place, &[path.to_str().unwrap()]);
    assert_eq!((said.status, counts(&said)), (1, [1, 0, 0, 1, 0, 0]));
    assert!(said.err.contains("huge.eml") && said.err.contains("大きすぎる"), "{}", said.err);
}
