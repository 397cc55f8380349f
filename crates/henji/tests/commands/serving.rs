//! `henji serve`: how it begins, what it says, how it ends.

use crate::at_hand::{Place, Serving};

#[test]
fn the_first_start_prints_a_link_that_works_once_and_later_ones_do_not() {
    let place = Place::new();
    let serving = place.serve(&[]);
    let link = serving.ready["setup"].as_str().unwrap().to_owned();
    assert!(link.starts_with(serving.ready["url"].as_str().unwrap()) && link.contains("/setup#"), "{link}");
    assert_eq!(serving.get("/health/live"), "HTTP/1.1 200 OK");
    assert_eq!(serving.stop().status, 0);
    let place = place.with_hanako();
    let serving = place.serve(&[]);
    assert!(serving.ready["setup"].is_null());
    assert_eq!(serving.stop().status, 0);
}

#[test]
fn in_words_it_says_where_it_is() {
    let place = Place::new();
    let mut command = place.command(&["--lang", "en", "serve", "--listen", "127.0.0.1:0"]);
    command.env("HENJI_SMTP_IN__LISTEN", "127.0.0.1:0");
    let said = Serving::begin(command).stop();
    assert_eq!(said.status, 0, "{}", said.err);
    for part in
        ["Set it up here (works once): http://127.0.0.1:", "SMTP at 127.0.0.1:", "keep a copy elsewhere"]
    {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    assert!(said.err.contains("stopping"), "{}", said.err);
}

#[test]
fn a_second_one_on_the_same_folder_is_refused_in_words() {
    let place = Place::new();
    let first = place.serve(&[]);
    let second = place.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!((second.status, second.out.as_str()), (1, ""));
    assert!(second.err.contains("もう返事が動いています"), "{}", second.err);
    let beside = place.run(&["user", "list"]);
    assert_eq!(beside.status, 0, "other commands work beside it: {}", beside.err);
    assert_eq!(first.stop().status, 0);
}

#[test]
fn an_address_that_is_taken_is_said() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let said = place.run(&["serve", "--listen", &taken.local_addr().unwrap().to_string()]);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("待ち受けられません"), "{}", said.err);
}

#[test]
fn without_tls_it_says_what_that_means_and_names_this_machine() {
    let place = Place::new();
    let open = Serving::begin(place.command(&["serve", "--json", "--listen", "0.0.0.0:0"]));
    assert!(open.ready["url"].as_str().unwrap().starts_with("http://localhost:"), "{}", open.ready);
    assert!(open.stop().err.contains("TLS なしで"));
    assert!(!place.serve(&[]).stop().err.contains("TLS なしで"));
    let mut behind = place.command(&["serve", "--json", "--listen", "0.0.0.0:0"]);
    behind.env("HENJI_PUBLIC_URL", "https://desk.shop.example");
    assert!(!Serving::begin(behind).stop().err.contains("TLS なしで"));
}

#[test]
fn settings_without_effect_are_named_once() {
    let place = Place::new();
    place.put("data/henji.toml", "[dns]\nservers = [\"9.9.9.9\"]\n[geoip]\npath = \"/x\"\n");
    let said = place.serve(&[]).stop();
    assert_eq!(said.err.matches("geoip.path, dns.servers").count(), 1, "{}", said.err);
    std::fs::remove_file(place.at("data/henji.toml")).unwrap();
    assert!(!place.serve(&[]).stop().err.contains("働きません"));
}
