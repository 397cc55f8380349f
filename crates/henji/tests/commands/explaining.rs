//! `henji explain`: reads anything, without a database.

use crate::at_hand::Place;

const MAIL: &str = "From: Hana <hana@mail.example>\nSubject: Hello\n\nGood day.\n";

#[test]
fn any_bytes_are_explained() {
    let place = Place::new();
    let files = [place.put("a.eml", MAIL), place.put("b.eml", [0xFF, 0x00, 0x80]), place.put("c", "")];
    let words: Vec<&str> =
        ["explain", "--json"].into_iter().chain(files.iter().map(String::as_str)).collect();
    let said = place.run(&words);
    assert_eq!((said.status, said.objects().len()), (0, 3), "{}", said.err);
    assert_eq!(said.objects()[0]["subject"], "Hello");
    assert!(!place.at("data").exists());
}

#[test]
fn an_mbox_gives_one_object_a_mail_and_never_none() {
    let place = Place::new();
    let line = "From hana@mail.example Fri Nov 20 10:00:00 2026\n";
    let two = place.put("two", format!("{line}{MAIL}\n{line}{MAIL}"));
    let files: Vec<_> =
        place.run(&["explain", "--json", &two]).objects().iter().map(|o| o["file"].clone()).collect();
    assert_eq!(files, [format!("{two}#1"), format!("{two}#2")]);
    let empty = place.put("empty", line);
    assert_eq!(place.run(&["explain", "--json", &empty]).objects().len(), 1);
}

#[test]
fn a_text_that_begins_like_an_mbox_is_a_text() {
    let place = Place::new();
    let text = place.put("body.txt", "From 10:00 on we are open.\n\nFrom 18:00 on we are not.\n");
    let said = place.run(&["explain", "--text", "--json", &text]);
    assert_eq!(said.objects().len(), 1);
    assert_eq!(said.objects()[0]["text"], "From 10:00 on we are open.\n\nFrom 18:00 on we are not.\n");
    let piped = place.given("From 10:00 on\n", &["explain", "--text", "--json", "-"]);
    assert_eq!((piped.objects().len(), &piped.objects()[0]["file"]), (1, &"-".into()));
}

#[test]
fn a_file_that_is_not_there_is_named_and_the_others_are_read() {
    let place = Place::new();
    let (mail, missing) = (place.put("a.eml", MAIL), place.at("missing.eml"));
    let said = place.run(&["explain", "--json", &mail, missing.to_str().unwrap(), &mail]);
    assert_eq!((said.status, said.objects().len()), (1, 2));
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    assert!(said.err.contains("missing.eml") && said.err.contains("ご確認"), "{}", said.err);
}

#[test]
fn in_words_it_speaks_the_readers_language() {
    let place = Place::new();
    let mail = place.put("a.eml", MAIL);
    let said = place.english(&["explain", &mail]);
    assert!(said.out.contains("Kind: From a person") && said.out.contains("Subject: Hello"), "{}", said.out);
    assert!(place.run(&["explain", &mail]).out.contains("件名: Hello"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_a_failure() {
    let place = Place::new();
    let mail = place.put("a.eml", MAIL);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = place.command(&["explain", "--json", &mail]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("書き出せません"));
}
