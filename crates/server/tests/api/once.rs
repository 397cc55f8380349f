//! The same request twice is done once, wherever something is made; a key that cannot be read is said so.

use axum::{
    body::Body,
    http::{HeaderValue, Method, Request, StatusCode},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::idempotency::{self, Begun, Key};

use crate::{both, desk_at_hand::At};

const KEY: [(&str, &str); 2] =
    [("Idempotency-Key", "one"), ("Content-Disposition", "attachment; filename=a.txt")];

both! {
    async fn a_note_a_file_and_a_token_are_made_once(at: At) {
        let browser = at.ticket().await;
        let asked: [(&str, Value, Value); 3] = [
            ("/tickets/1/notes", json!({"text": "メモ"}), json!({"text": "別のメモ"})),
            ("/uploads", json!("中身"), json!("別の中身")),
            ("/tokens", json!({"name": "在庫"}), json!({"name": "別"})),
        ];
        for (path, body, other) in asked {
            let first = at.ask_with(&browser, Method::POST, path, Some(body.clone()), &KEY).await;
            assert_eq!(first.status, StatusCode::CREATED, "{path} {:?}", first.body);
            let again = at.ask_with(&browser, Method::POST, path, Some(body), &KEY).await;
            assert_eq!((again.status, again.body), (StatusCode::CREATED, first.body), "{path}");
            let reused = at.ask_with(&browser, Method::POST, path, Some(other), &KEY).await;
            assert_eq!(reused.problem(), "idempotency-key-reused", "{path}");
        }
        let tokens = at.ask(&browser, Method::GET, "/tokens", None).await.body;
        assert_eq!(tokens["items"].as_array().unwrap().len(), 1);
    }

    async fn the_secret_of_a_token_does_not_lie_open_beside_its_key(at: At) {
        let browser = at.set_up().await;
        let made = at.ask_with(&browser, Method::POST, "/tokens", Some(json!({"name": "在庫"})), &KEY).await.body;
        let same = json!({"name": "在庫", "may": made["may"]}).to_string();
        let key = Key { agent: 1.into(), path: "/tokens", key: "one" };
        let mut tx = at.desk.store.begin().await.unwrap();
        let known = idempotency::begin(&mut tx, key, &Sha256::digest(same.as_bytes()), 0).await.unwrap();
        let Begun::Done { response, .. } = known else { panic!("{known:?}") };
        assert!(!response.to_string().contains(made["token"].as_str().unwrap()), "{response}");
    }

    async fn a_key_that_cannot_be_read_is_refused_rather_than_ignored(at: At) {
        let browser = at.ticket().await;
        let long = "x".repeat(256);
        for key in ["鍵".as_bytes(), b"", long.as_bytes()] {
            let request = Request::post("/api/v1/tickets/1/reply")
                .header("host", "desk.test")
                .header("cookie", browser.cookie.clone().unwrap())
                .header("henji-csrf", browser.csrf.clone().unwrap())
                .header("content-type", "application/json")
                .header("idempotency-key", HeaderValue::from_bytes(key).unwrap())
                .body(Body::from(json!({"text": "返事"}).to_string()))
                .unwrap();
            let refused = at.send(request).await;
            assert_eq!((refused.status, refused.problem()), (StatusCode::BAD_REQUEST, "idempotency-key-unreadable"));
        }
        let outbox = at.ask(&browser, Method::GET, "/outbound", None).await.body;
        assert!(outbox["items"].as_array().unwrap().is_empty());
    }
}
