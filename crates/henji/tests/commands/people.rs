//! `henji user` and `henji token`.

use crate::at_hand::Place;

#[test]
fn a_bad_password_is_refused_in_the_readers_language_alone() {
    let place = Place::new();
    let words = ["user", "add", "a@shop.example", "--name", "佐藤", "--role", "agent", "--password-stdin"];
    let said = place.given("short\n", &words);
    assert_eq!((said.status, said.out.as_str()), (1, ""));
    assert!(said.err.contains("パスワード: 短すぎます。10文字以上"), "{}", said.err);
    let sentence = said.err.trim_start_matches("henji: ");
    assert!(!sentence.contains(|c: char| c.is_ascii_alphabetic()), "half English: {sentence}");
    let simple = place.given("aaaaaaaaaaaa\n", &words);
    assert!(simple.err.contains("繰り返し"), "{}", simple.err);
    let english = place.given("short\n", &[&["--lang", "en"], words.as_slice()].concat());
    assert!(english.err.contains("Password: Too short. "), "{}", english.err);
}

#[test]
fn a_made_password_is_shown_once_and_a_given_one_never() {
    let place = Place::new();
    let made = place.run(&["user", "add", "a@shop.example", "--name", "佐藤", "--role", "agent"]);
    assert!(made.out.contains("パスワード: "), "{}", made.out);
    let words = ["user", "reset", "a@shop.example", "--password-stdin"];
    let given = place.given("correct horse battery\n", &words);
    assert_eq!(given.status, 0, "{}", given.err);
    assert!(!given.out.contains("correct horse"), "{}", given.out);
    let reset = place.run(&["user", "reset", "a@shop.example", "--json"]);
    assert!(reset.objects()[0]["password"].as_str().unwrap().len() > 20);
    assert_eq!(place.run(&["user", "reset", "nobody@shop.example"]).status, 1);
}

#[test]
fn people_are_listed_a_line_each() {
    let place = Place::new().with_hanako();
    place.run(&["user", "add", "a@shop.example", "--name", "佐藤", "--role", "agent"]);
    let listed = place.run(&["--json", "user", "list"]).objects();
    assert_eq!(
        listed.iter().map(|one| one["role"].as_str().unwrap()).collect::<Vec<_>>(),
        ["administrator", "agent"]
    );
    assert!(listed.iter().all(|one| one.get("password").is_none()));
    assert!(place.run(&["user", "list"]).out.contains("hanako@shop.example\t花子\tadministrator"));
    let twice = place.run(&["user", "add", "A@shop.example", "--name", "佐藤", "--role", "agent"]);
    assert_eq!(twice.status, 1);
    assert!(twice.err.contains("すでに使われています"), "{}", twice.err);
}

#[test]
fn a_token_goes_alone_to_standard_output() {
    let place = Place::new().with_hanako();
    let said = place.run(&["token", "add", "hanako@shop.example", "--name", "集計", "--may", "read,draft"]);
    assert_eq!((said.status, said.out.trim().len(), said.out.lines().count()), (0, 43, 1));
    assert!(said.err.contains("今だけ"), "{}", said.err);
    let words = ["token", "add", "hanako@shop.example", "--name", "集計", "--may", "read, draft", "--json"];
    assert_eq!(place.run(&words).objects()[0]["may"], serde_json::json!(["read", "draft"]));
}

#[test]
fn a_token_that_may_less_than_was_asked_says_so() {
    let place = Place::new();
    place.run(&["user", "add", "a@shop.example", "--name", "佐藤", "--role", "assistant"]);
    let said = place.run(&["token", "add", "a@shop.example", "--name", "x", "--may", "read,send"]);
    assert_eq!(said.status, 0);
    assert!(said.err.contains("できることだけを入れました: read"), "{}", said.err);
    for verbs in ["reed", ",", ""] {
        let wrong = place.run(&["token", "add", "a@shop.example", "--name", "x", "--may", verbs]);
        assert_eq!(wrong.status, 2, "{verbs}");
        assert!(wrong.err.contains("read, draft, send"), "{}", wrong.err);
    }
}

#[test]
fn a_reader_who_goes_away_is_no_failure() {
    let place = Place::new().with_hanako();
    let mut child = place
        .command(&["openapi"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
}
