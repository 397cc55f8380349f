//! What every answer carries, and what bad input gets.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::json;

use crate::{
    both,
    desk_at_hand::{At, Browser, FIRST},
};

both! {
    async fn every_answer_carries_its_safety_headers(at: At) {
        let nobody = Browser::default();
        for (path, status) in [("/setup", StatusCode::OK), ("/tickets", StatusCode::UNAUTHORIZED), ("/nowhere", StatusCode::NOT_FOUND)] {
            let answer = at.ask(&nobody, Method::GET, path, None).await;
            assert_eq!(answer.status, status, "{path}");
            assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
            assert!(answer.headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors"), "{path}");
            assert_eq!(answer.headers["referrer-policy"], "no-referrer", "{path}");
            assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
        }
    }

    async fn without_signing_in_nothing_is_told(at: At) {
        let browser = at.set_up().await;
        let mailbox = at.mailbox(&browser).await;
        at.arrives(mailbox, FIRST).await;
        for path in ["/me", "/tickets", "/tickets/1", "/tickets/1/messages", "/messages/1/raw", "/mailboxes", "/events", "/search?q=x"] {
            let answer = at.ask(&Browser::default(), Method::GET, path, None).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        }
    }

    async fn what_is_not_there_is_not_found_whatever_the_id(at: At) {
        let browser = at.set_up().await;
        for path in ["/tickets/999", "/tickets/abc", "/tickets/-1/messages", "/messages/999/raw", "/messages/1/attachments/x", "/mailboxes/77"] {
            let answer = at.ask(&browser, Method::GET, path, None).await;
            assert_eq!((answer.status, answer.problem()), (StatusCode::NOT_FOUND, "not-found"), "{path}");
        }
    }

    async fn a_body_that_is_no_json_or_too_large_is_told_so(at: At) {
        let browser = at.set_up().await;
        let request = |body: Vec<u8>| {
            Request::post("/api/v1/agents")
                .header("host", "desk.test")
                .header("cookie", browser.cookie.clone().unwrap())
                .header("henji-csrf", browser.csrf.clone().unwrap())
                .header("content-type", "application/json")
                .body(Body::from(body))
                .unwrap()
        };
        let broken = at.send(request(b"{not json".to_vec())).await;
        assert_eq!((broken.status, broken.problem()), (StatusCode::BAD_REQUEST, "body-not-json"));
        let large = at.send(request(vec![b' '; 2 << 20])).await;
        assert_eq!((large.status, large.problem()), (StatusCode::PAYLOAD_TOO_LARGE, "body-too-large"));
    }

    async fn secrets_of_a_mailbox_never_come_back(at: At) {
        let browser = at.set_up().await;
        let canary = "canary-password-4711";
        let asked = json!({
            "address": "a@shop.example",
            "incoming": {"kind": "imap", "host": "imap.shop.example", "password": canary},
            "outgoing": {"host": "smtp.shop.example", "password": canary},
        });
        let made = at.ask(&browser, Method::POST, "/mailboxes", Some(asked)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
        assert_eq!(made.body["incoming"]["has_password"], true);
        let list = at.ask(&browser, Method::GET, "/mailboxes", None).await;
        assert!(!String::from_utf8_lossy(&[made.bytes, list.bytes].concat()).contains(canary));
    }

    async fn a_mailbox_that_cannot_work_is_refused_field_by_field(at: At) {
        let browser = at.set_up().await;
        let asked = json!({"address": "not an address", "incoming": {"kind": "imap"}, "hold_seconds": 9999});
        let answer = at.ask(&browser, Method::POST, "/mailboxes", Some(asked)).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-input"));
        let fields: Vec<&str> = answer.body["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
        for field in ["address", "incoming.host", "hold_seconds"] {
            assert!(fields.contains(&field), "{field} in {fields:?}");
        }
        assert_eq!(at.mailbox(&browser).await, 1, "the refused one left nothing behind");
        let twice = at.ask(&browser, Method::POST, "/mailboxes", Some(json!({"address": "SUPPORT@komorebi-cha.example"}))).await;
        assert_eq!(twice.problem(), "address-taken");
    }

    async fn mail_html_runs_nothing_and_fetches_nothing(at: At) {
        let browser = at.set_up().await;
        let mailbox = at.mailbox(&browser).await;
        let html = "<p onclick=x()>こんにちは</p><script>alert(1)</script><img src=http://tracker.example/p.gif>";
        at.arrives(mailbox, &FIRST.replace("text/plain", "text/html").replace("締め切りは明日です。", html)).await;
        let answer = at.ask(&browser, Method::GET, "/messages/1/html", None).await;
        let page = String::from_utf8(answer.bytes).unwrap();
        assert!(page.contains("こんにちは") && !page.contains("script") && !page.contains("tracker") && !page.contains("onclick"));
        assert_eq!(answer.headers["henji-remote-images"], "1");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"));
    }
}
