//! How requests are read: mistakes are named, and nothing in a text can break a database.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    both,
    desk_at_hand::{At, Browser, FIRST},
};

both! {
    async fn a_mistake_in_a_body_names_its_field_and_what_is_wrong(at: At) {
        let browser = at.set_up().await;
        let mailbox = at.mailbox(&browser).await;
        at.arrives(mailbox, FIRST).await;
        let table: [(Method, &str, Value, &str, &str); 7] = [
            (Method::POST, "/agents", json!({"name": "佐藤", "email": "a@b.jp", "role": "agent"}), "password", "required"),
            (Method::POST, "/agents", json!({"name": 5, "email": "a@b.jp", "role": "agent", "password": "x"}), "name", "wrong_type"),
            (Method::POST, "/mailboxes", json!({"address": "a@b.jp", "incoming": {"kind": "fax"}}), "incoming.kind", "unknown_value"),
            (Method::POST, "/mailboxes", json!({"address": "a@b.jp", "incoming": {"port": 99_999}}), "incoming.port", "out_of_range"),
            (Method::PATCH, "/tickets/1", json!({"staus": "open"}), "staus", "unknown_field"),
            (Method::PATCH, "/settings", json!({"version": 1, "timezone": "Mars/Olympus"}), "timezone", "unknown_timezone"),
            (Method::POST, "/tickets", json!({"mailbox": 1, "subject": "x", "text": "x"}), "to", "required"),
        ];
        for (method, path, body, field, code) in table {
            let answer = at.ask(&browser, method, path, Some(body.clone())).await;
            assert_eq!((answer.status, answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-input"), "{body}");
            assert_eq!(answer.body["errors"], json!([{"field": field, "code": code}]), "{body}");
        }
    }

    async fn a_method_that_a_path_does_not_have_gets_a_problem_and_the_list_of_those_it_has(at: At) {
        let answer = at.ask(&Browser::default(), Method::PUT, "/setup", Some(json!({}))).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed"));
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert!(answer.headers["allow"].to_str().unwrap().contains("POST"));
    }

    async fn a_nul_in_a_text_is_left_out(at: At) {
        let browser = at.set_up().await;
        let mailbox = at.mailbox(&browser).await;
        at.arrives(mailbox, FIRST).await;
        let note = at.ask(&browser, Method::POST, "/tickets/1/notes", Some(json!({"text": "確認\u{0}中です"}))).await;
        assert_eq!((note.status, &note.body["text"]), (StatusCode::CREATED, &json!("確認中です")), "{:?}", note.body);
        let reply = at.ask(&browser, Method::POST, "/tickets/1/reply", Some(json!({"text": "お待ち\u{0}ください。"}))).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{:?}", reply.body);
        let found = at.ask(&browser, Method::GET, "/search?q=%00tana%00ka", None).await;
        assert_eq!(found.status, StatusCode::OK);
        assert!(!found.body["items"].as_array().unwrap().is_empty());
    }

    async fn everyone_who_reads_sees_the_teams_by_name(at: At) {
        let administrator = at.set_up().await;
        let agent = at.person(&administrator, "sato@komorebi-cha.example", "assistant").await;
        let teams = at.ask(&agent, Method::GET, "/teams", None).await;
        assert_eq!(teams.body["items"], json!([{"id": 1, "name": "サポート"}]));
        assert_eq!(at.ask(&Browser::default(), Method::GET, "/teams", None).await.status, StatusCode::UNAUTHORIZED);
    }

    async fn who_am_i_is_answered_at_the_top_and_under_agent(at: At) {
        let browser = at.set_up().await;
        let me = at.ask(&browser, Method::GET, "/me", None).await.body;
        for field in ["id", "name", "email", "role"] {
            assert!(!me[field].is_null() && me[field] == me["agent"][field], "{field}: {me}");
        }
    }
}
