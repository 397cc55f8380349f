//! The doors hold when many push at once, when rights end while a connection is open, and for programs.

use std::{net::SocketAddr, time::Duration};

use axum::{
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Method, Request, StatusCode},
};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    both,
    desk_at_hand::{Answer, At, Browser, PASSWORD, PROXY, SECRET},
};

fn count(answers: &[Answer], status: StatusCode) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// A request of the browser that comes from this address.
fn from(peer: &str, path: &str, browser: &Browser) -> Request<Body> {
    let mut request =
        Request::get(path).extension(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4_711)));
    if let Some(token) = &browser.token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(Body::empty()).unwrap()
}

fn events(browser: &Browser) -> Request<Body> {
    let cookie = browser.cookie.clone().unwrap();
    Request::get("/api/v1/events").header("cookie", cookie).body(Body::empty()).unwrap()
}

/// Whether the stream comes to its end within a few seconds.
async fn ends(stream: axum::response::Response) -> bool {
    let all = to_bytes(stream.into_body(), 1 << 20);
    tokio::time::timeout(Duration::from_secs(5), all).await.is_ok()
}

both! {
    async fn thirty_wrong_passwords_at_once_are_ten_tries(at: At) {
        at.set_up().await;
        let nobody = Browser::default();
        let wrong = |_| {
            let asked = json!({"email": "suzuki@komorebi-cha.example", "password": "wrong-password"});
            at.ask(&nobody, Method::POST, "/session", Some(asked))
        };
        let answers = join_all((0..30).map(wrong)).await;
        assert_eq!(count(&answers, StatusCode::UNAUTHORIZED), 10);
        assert_eq!(count(&answers, StatusCode::TOO_MANY_REQUESTS), 20);
    }

    async fn thirty_wrong_setup_secrets_at_once_are_ten_tries(at: At) {
        let nobody = Browser::default();
        let asked = |secret: &str| json!({"secret": secret, "name": "鈴木", "email": "s@shop.example", "password": PASSWORD});
        let answers = join_all((0..30).map(|_| at.ask(&nobody, Method::POST, "/setup", Some(asked("guess"))))).await;
        assert_eq!(count(&answers, StatusCode::FORBIDDEN), 10);
        assert_eq!(count(&answers, StatusCode::TOO_MANY_REQUESTS), 20);
        let right = at.ask(&nobody, Method::POST, "/setup", Some(asked(SECRET))).await;
        assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "the right one waits, too");
    }

    async fn whoever_signs_in_again_and_again_is_never_asked_to_wait(at: At) {
        at.set_up().await;
        for _ in 0..11 {
            at.sign_in("suzuki@komorebi-cha.example").await;
        }
    }

    async fn a_token_made_for_reading_changes_neither_its_person_nor_makes_tokens(at: At) {
        let browser = at.set_up().await;
        let (id, reader) = at.token(&browser, &["read"]).await;
        let asked: [(Method, String, Option<Value>); 3] = [
            (Method::PATCH, "/me".to_owned(), Some(json!({"name": "mallory"}))),
            (Method::POST, "/tokens".to_owned(), Some(json!({"name": "another"}))),
            (Method::DELETE, format!("/tokens/{id}"), None),
        ];
        for (method, path, body) in asked {
            let answer = at.ask(&reader, method, &path, body).await;
            assert_eq!((answer.status, answer.problem()), (StatusCode::FORBIDDEN, "not-allowed"), "{path}");
        }
        assert_eq!(at.ask(&reader, Method::GET, "/me", None).await.body["name"], "鈴木");
        let (_, administrator) = at.token(&browser, &["read", "administer"]).await;
        at.token(&administrator, &["read"]).await;
    }

    async fn the_stream_of_events_ends_with_the_session(at: At) {
        let administrator = at.set_up().await;
        let agent = at.person(&administrator, "sato@komorebi-cha.example", "agent").await;
        let stream = at.open(events(&agent)).await;
        assert_eq!(stream.status(), StatusCode::OK);
        at.ask(&agent, Method::DELETE, "/session", None).await;
        assert!(ends(stream).await, "nothing is told to a browser that signed out");
    }

    async fn the_streams_of_a_person_who_may_not_sign_in_any_more_end(at: At) {
        let administrator = at.set_up().await;
        let agent = at.person(&administrator, "sato@komorebi-cha.example", "agent").await;
        let again = at.sign_in("sato@komorebi-cha.example").await;
        let streams = [at.open(events(&agent)).await, at.open(events(&again)).await];
        let people = at.ask(&administrator, Method::GET, "/agents", None).await.body;
        let row = people["items"].as_array().unwrap().iter().find(|row| row["role"] == "agent").unwrap().clone();
        let asked = json!({"version": row["version"], "active": false});
        let done = at.ask(&administrator, Method::PATCH, &format!("/agents/{}", row["id"]), Some(asked)).await;
        assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
        for stream in streams {
            assert!(ends(stream).await);
        }
    }

    async fn each_answer_to_a_token_tells_how_many_requests_are_left(at: At) {
        let browser = at.set_up().await;
        let (id, program) = at.token(&browser, &["read"]).await;
        let answer = at.ask(&program, Method::GET, "/tickets", None).await;
        assert_eq!(answer.headers["ratelimit-limit"], "600");
        assert_eq!(answer.headers["ratelimit-remaining"], "599");
        assert_eq!(answer.headers["x-ratelimit-remaining"], "599");
        assert!(answer.headers.contains_key("ratelimit-reset"));
        (0..599).for_each(|_| { at.desk.rates.count(id.into(), at.desk.now()); });
        let refused = at.ask(&program, Method::GET, "/tickets", None).await;
        assert_eq!((refused.status, refused.problem()), (StatusCode::TOO_MANY_REQUESTS, "too-many-requests"));
        assert!(refused.headers.contains_key("retry-after") && refused.headers["ratelimit-remaining"] == "0");
        let local = at.send(from("127.0.0.1", "/api/v1/tickets", &program)).await;
        assert_eq!((local.status, &local.headers["ratelimit-remaining"]), (StatusCode::OK, &"0".parse().unwrap()));
        let by_hand = at.ask(&browser, Method::GET, "/tickets", None).await;
        assert!(!by_hand.headers.contains_key("ratelimit-limit"), "people are not counted");
    }

    async fn numbers_of_the_process_are_for_this_machine_and_not_for_who_comes_through_its_proxy(at: At) {
        let browser = at.set_up().await;
        let nobody = Browser::default();
        assert_eq!(at.send(from("127.0.0.1", "/metrics", &nobody)).await.status, StatusCode::OK);
        for peer in [PROXY.to_string(), "192.0.2.7".to_owned()] {
            assert_eq!(at.send(from(&peer, "/metrics", &nobody)).await.status, StatusCode::NOT_FOUND, "{peer}");
            let ready = at.send(from(&peer, "/health/ready", &nobody)).await;
            assert_eq!((ready.status, ready.body), (StatusCode::OK, json!({"status": "ok"})), "{peer}");
        }
        let (_, administrator) = at.token(&browser, &["administer"]).await;
        let shown = at.send(from(&PROXY.to_string(), "/metrics", &administrator)).await;
        assert!(String::from_utf8_lossy(&shown.bytes).contains("henji_originals_total"));
    }
}
