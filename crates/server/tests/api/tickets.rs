//! Tickets, notes, owners: what a person does beside answering.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    both,
    desk_at_hand::{At, Browser, FIRST},
};

async fn first_ticket(at: &At, browser: &Browser) -> Value {
    let mailbox = at.mailbox(browser).await;
    at.arrives(mailbox, FIRST).await;
    at.ask(browser, Method::GET, "/tickets", None).await.body["items"][0].clone()
}

both! {
    async fn a_mail_that_arrives_is_a_new_ticket_with_its_words(at: At) {
        let browser = at.set_up().await;
        let ticket = first_ticket(&at, &browser).await;
        assert_eq!(ticket["number"], 1);
        assert_eq!(ticket["subject"], "キャンペーンの応募ができません！");
        assert_eq!(ticket["lane"], "new");
        assert_eq!(ticket["status_code"], 2);
        assert_eq!(ticket["contact"]["address"], "tanaka@customer.example");
        assert!(ticket["excerpt"].as_str().unwrap().starts_with("キャンペーンの応募が"));
        let counts = at.ask(&browser, Method::GET, "/tickets/counts", None).await.body;
        assert_eq!((&counts["lanes"]["new"], &counts["mine"]), (&json!(1), &json!(0)));
    }

    async fn the_original_comes_back_byte_for_byte(at: At) {
        let browser = at.set_up().await;
        first_ticket(&at, &browser).await;
        let page = at.ask(&browser, Method::GET, "/tickets/1/messages", None).await.body;
        let id = page["items"][0]["id"].as_i64().unwrap();
        let raw = at.ask(&browser, Method::GET, &format!("/messages/{id}/raw"), None).await;
        assert_eq!(raw.bytes, FIRST.replace('\n', "\r\n").into_bytes());
        assert_eq!(raw.headers["content-type"], "message/rfc822");
    }

    async fn a_ticket_changes_hands_and_the_history_tells(at: At) {
        let browser = at.set_up().await;
        let ticket = first_ticket(&at, &browser).await;
        let me = at.ask(&browser, Method::GET, "/me", None).await.body["agent"]["id"].clone();
        let taken = at.ask(&browser, Method::POST, "/tickets/1/assign", Some(json!({"agent": me}))).await;
        assert_eq!(taken.body["assignee"]["name"], "鈴木");
        assert_ne!(taken.body["version"], ticket["version"]);
        let nobody = at.ask(&browser, Method::POST, "/tickets/1/assign", Some(json!({"agent": 999}))).await;
        assert_eq!(nobody.body["errors"][0], json!({"field": "assignee", "code": "no_such_agent"}));
        let history = at.ask(&browser, Method::GET, "/tickets/1/history", None).await.body;
        let kinds: Vec<&str> = history["items"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect();
        assert!(kinds.contains(&"ticket_created") && kinds.contains(&"ticket_assigned"), "{kinds:?}");
    }

    async fn a_stale_change_is_refused_and_shows_what_stands_there(at: At) {
        let browser = at.set_up().await;
        let ticket = first_ticket(&at, &browser).await;
        let asked = |version: &Value| Some(json!({"version": version, "status": "waiting_inside"}));
        let first = at.ask(&browser, Method::PATCH, "/tickets/1", asked(&ticket["version"])).await;
        assert_eq!(first.body["lane"], "waiting_inside");
        let stale = at.ask(&browser, Method::PATCH, "/tickets/1", asked(&ticket["version"])).await;
        assert_eq!((stale.status, stale.problem()), (StatusCode::CONFLICT, "changed-meanwhile"));
        assert_eq!(stale.body["current"]["version"], first.body["version"]);
    }

    async fn done_without_an_answer_needs_a_reason(at: At) {
        let browser = at.set_up().await;
        first_ticket(&at, &browser).await;
        let bare = json!({"status": "done", "outcome": "no_reply_needed"});
        let answer = at.ask(&browser, Method::PATCH, "/tickets/1", Some(bare)).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "reason-required"));
        let with_reason = json!({"status": "done", "outcome": "no_reply_needed", "outcome_reason": "thanks_only"});
        let answer = at.ask(&browser, Method::PATCH, "/tickets/1", Some(with_reason)).await;
        assert_eq!(answer.body["lane"], "done");
    }

    async fn a_note_is_in_the_ticket_and_found_by_search(at: At) {
        let browser = at.set_up().await;
        first_ticket(&at, &browser).await;
        let answer = at.ask(&browser, Method::POST, "/tickets/1/notes", Some(json!({"text": "開発に確認中です"}))).await;
        assert_eq!((answer.status, &answer.body["direction"]), (StatusCode::CREATED, &json!("note")));
        for query in ["確認中", "開", "応募", "tanaka"] {
            let encoded: Vec<String> = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let path = format!("/search?q={}", encoded.concat());
            let found = at.ask(&browser, Method::GET, &path, None).await.body;
            assert!(!found["items"].as_array().unwrap().is_empty(), "{query}: {found}");
        }
        let empty = at.ask(&browser, Method::POST, "/tickets/1/notes", Some(json!({"text": "  "}))).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn a_list_is_walked_by_its_cursor_and_refuses_another(at: At) {
        let browser = at.set_up().await;
        let mailbox = at.mailbox(&browser).await;
        for n in 0..5 {
            at.arrives(mailbox, &FIRST.replace("<first@", &format!("<{n}@")).replace("tanaka@", &format!("t{n}@"))).await;
        }
        let mut seen = Vec::new();
        let mut path = "/tickets?limit=2&sort=-created".to_owned();
        loop {
            let page = at.ask(&browser, Method::GET, &path, None).await.body;
            seen.extend(page["items"].as_array().unwrap().iter().map(|t| t["number"].as_i64().unwrap()));
            let Some(next) = page["next"].as_str() else { break };
            let other = at.ask(&browser, Method::GET, &format!("/tickets?limit=2&sort=priority&after={next}"), None).await;
            assert_eq!(other.problem(), "cursor-of-another-list");
            path = format!("/tickets?limit=2&sort=-created&after={next}");
        }
        assert_eq!(seen, [5, 4, 3, 2, 1]);
    }

    async fn a_stranger_with_stolen_references_starts_a_ticket_that_may_be_joined(at: At) {
        let browser = at.set_up().await;
        let mailbox = at.mailbox(&browser).await;
        at.arrives(mailbox, FIRST).await;
        let stolen = FIRST
            .replace("tanaka@customer.example", "mallory@stranger.example")
            .replace("Message-ID: <first@customer.example>", "Message-ID: <m@s>\nReferences: <first@customer.example>");
        at.arrives(mailbox, &stolen).await;
        let second = at.ask(&browser, Method::GET, "/tickets/2", None).await.body;
        assert_eq!(second["suggestion"]["number"], 1, "{second}");
        let joined = at.ask(&browser, Method::POST, "/tickets/2/merge", Some(json!({"into": 1}))).await;
        assert_eq!(joined.status, StatusCode::OK, "{:?}", joined.body);
        let messages = at.ask(&browser, Method::GET, "/tickets/1/messages", None).await.body;
        assert_eq!(messages["items"].as_array().unwrap().len(), 2);
        let again = at.ask(&browser, Method::POST, "/tickets/2/merge", Some(json!({"into": 1}))).await;
        assert_eq!(again.problem(), "cannot-merge");
    }
}
