//! What was read can be sent back; what somebody else changed meanwhile is shown.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    both,
    desk_at_hand::{At, Browser},
};

/// A mailbox with a password each way; as it is shown.
async fn connected(at: &At, browser: &Browser) -> Value {
    let asked = json!({
        "address": "a@shop.example",
        "incoming": {"kind": "imap", "host": "127.0.0.1", "port": 9, "tls": "none", "password": "in"},
        "outgoing": {"host": "127.0.0.1", "port": 9, "tls": "none", "user": "a", "password": "out"},
    });
    let made = at.ask(browser, Method::POST, "/mailboxes", Some(asked)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.body);
    at.ask(browser, Method::GET, "/mailboxes/1", None).await.body
}

both! {
    async fn a_mailbox_as_it_was_read_can_be_saved_and_tried(at: At) {
        let browser = at.set_up().await;
        let mut mailbox = connected(&at, &browser).await;
        mailbox["company"] = json!("こもれび茶舗");
        let saved = at.ask(&browser, Method::PATCH, "/mailboxes/1", Some(mailbox.clone())).await;
        assert_eq!(saved.status, StatusCode::OK, "{:?}", saved.body);
        assert_eq!(saved.body["company"], "こもれび茶舗");
        assert_eq!((&saved.body["incoming"], &saved.body["outgoing"]), (&mailbox["incoming"], &mailbox["outgoing"]));
        let tried = at.ask(&browser, Method::POST, "/mailboxes/test", Some(saved.body)).await;
        assert_eq!(tried.body["incoming"]["code"], "unreachable", "not a missing password: {:?}", tried.body);
    }

    async fn a_field_that_no_mailbox_has_is_named(at: At) {
        let browser = at.set_up().await;
        let mut mailbox = connected(&at, &browser).await;
        mailbox["outgoing"]["prot"] = json!(25);
        let refused = at.ask(&browser, Method::PATCH, "/mailboxes/1", Some(mailbox)).await;
        assert_eq!(refused.body["errors"], json!([{"field": "outgoing.prot", "code": "unknown_field"}]));
    }

    async fn null_takes_a_saved_password_and_a_port_away_and_silence_leaves_them(at: At) {
        let browser = at.set_up().await;
        connected(&at, &browser).await;
        let silent = json!({"outgoing": {"tls": "none", "password": ""}});
        let kept = at.ask(&browser, Method::PATCH, "/mailboxes/1", Some(silent)).await.body;
        assert_eq!((&kept["outgoing"]["has_password"], &kept["outgoing"]["port"]), (&json!(true), &json!(9)));
        let null = json!({"outgoing": {"password": null, "port": null, "user": null}});
        let cleared = at.ask(&browser, Method::PATCH, "/mailboxes/1", Some(null)).await.body;
        assert_eq!(cleared["outgoing"]["has_password"], false, "{cleared}");
        assert_eq!((&cleared["outgoing"]["port"], &cleared["outgoing"]["user"]), (&Value::Null, &Value::Null));
        let needed = json!({"incoming": {"password": null}});
        let refused = at.ask(&browser, Method::PATCH, "/mailboxes/1", Some(needed)).await;
        assert_eq!(refused.body["errors"], json!([{"field": "incoming.password", "code": "required"}]));
    }

    async fn an_edit_over_a_change_by_somebody_else_shows_what_is_there_now(at: At) {
        let browser = at.set_up().await;
        connected(&at, &browser).await;
        for path in ["/mailboxes/1", "/agents/1", "/settings"] {
            let shown = if path == "/agents/1" { "/agents" } else { path };
            let read = at.ask(&browser, Method::GET, shown, None).await.body;
            let version = if path == "/agents/1" { &read["items"][0]["version"] } else { &read["version"] };
            let asked = |name: &str| Some(json!({"version": version, "name": name}));
            let first = at.ask(&browser, Method::PATCH, path, asked("first")).await;
            assert_eq!(first.status, StatusCode::OK, "{path}: {:?}", first.body);
            let stale = at.ask(&browser, Method::PATCH, path, asked("second")).await;
            assert_eq!((stale.status, stale.problem()), (StatusCode::CONFLICT, "changed-meanwhile"), "{path}");
            assert_eq!(stale.body["current"], first.body, "{path}");
        }
    }
}
