//! The configuration and the flags that every command takes.

use crate::at_hand::{Place, Said};

const EVERY_KEY: &str = r#"
listen = "127.0.0.1:0"
public_url = "http://desk.example"
node = "one"
[proxy]
trusted = ["127.0.0.1"]
[smtp_in]
listen = "127.0.0.1:0"
hostname = "desk.example"
max_size = 1000000
[blobs]
url = "file:///somewhere"
[clamav]
address = "127.0.0.1:3310"
[geoip]
path = "/somewhere.mmdb"
[dns]
servers = ["9.9.9.9"]
[fetch]
allow = ["127.0.0.1", "10.0.0.0/8"]
[log]
level = "warn"
format = "text"
"#;

#[test]
fn every_key_is_taken_from_the_file() {
    let place = Place::new();
    place.put("data/henji.toml", EVERY_KEY);
    let said = place.run(&["user", "list"]);
    assert_eq!((said.status, said.err.as_str()), (0, ""));
}

#[test]
fn every_key_is_taken_from_variables_lists_with_commas() {
    let place = Place::new();
    let output = place
        .command(&["user", "list"])
        .env("HENJI_BLOBS__URL", "s3://bucket")
        .env("HENJI_CLAMAV__ADDRESS", "127.0.0.1:3310")
        .env("HENJI_GEOIP__PATH", "/x")
        .env("HENJI_DNS__SERVERS", "9.9.9.9,1.1.1.1")
        .env("HENJI_FETCH__ALLOW", "127.0.0.1, 10.0.0.0/8")
        .env("HENJI_PROXY__TRUSTED", "127.0.0.1,::1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn misspelt(run: impl Fn(&Place) -> Said) -> String {
    let place = Place::new();
    place.put("data/henji.toml", "[fetch]\nalow = []\n");
    let said = run(&place);
    assert_eq!((said.status, said.out.as_str()), (1, ""));
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    assert!(said.err.contains("fetch.alow") && said.err.contains("fetch.allow"), "{}", said.err);
    said.err
}

#[test]
fn an_unknown_key_names_the_nearest_one_in_the_readers_language() {
    assert!(misspelt(|place| place.run(&["user", "list"])).contains("のことでしょうか"));
    assert!(misspelt(|place| place.english(&["user", "list"])).contains("Did you mean"));
    assert!(misspelt(|place| place.run(&["--lang", "en", "user", "list"])).contains("Did you mean"));
}

#[test]
fn the_strongest_word_about_the_language_wins() {
    let place = Place::new();
    let said = |lang: &str, all: &str, words: &[&str]| {
        let mut command = place.command(words);
        command.env("LANG", lang).env("LC_ALL", all);
        String::from_utf8(command.output().unwrap().stderr).unwrap()
    };
    let words = ["user", "reset", "nobody@shop.example"];
    assert!(said("ja_JP.UTF-8", "", &words).contains("登録されていません"));
    assert!(said("ja_JP.UTF-8", "en_US.UTF-8", &words).contains("nobody with the address"));
    assert!(said("fr_FR.UTF-8", "", &words).contains("登録されていません"));
    assert!(
        said("en_US.UTF-8", "", &["--lang", "ja", words[0], words[1], words[2]])
            .contains("登録されていません")
    );
}

#[test]
fn a_language_we_do_not_speak_is_wrong_usage() {
    let said = Place::new().run(&["--lang", "fr", "user", "list"]);
    assert_eq!((said.status, said.out.as_str()), (2, ""));
    assert!(said.err.contains("ja, en"), "{}", said.err);
}

#[test]
fn wrong_usage_is_two_and_help_is_none() {
    let place = Place::new();
    for words in [&["import"][..], &["no-such-command"], &["user", "add", "a@b.example", "--role", "king"]] {
        assert_eq!(place.run(words).status, 2, "{words:?}");
    }
    assert_eq!(place.run(&["--help"]).status, 0);
    assert!(!place.at("data").exists(), "nobody asked for a desk");
}

#[test]
fn the_openapi_document_is_one_object_on_one_line_if_asked() {
    let place = Place::new();
    let document = &place.run(&["openapi", "--json"]).objects()[0];
    assert!(document["paths"].as_object().unwrap().len() > 30);
    assert!(place.run(&["openapi"]).out.lines().count() > 1_000);
}
