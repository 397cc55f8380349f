//! Who has a ticket and where it stands: what is said is done, and what is not understood changes nothing.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    both,
    desk_at_hand::{Answer, At, Browser, FIRST},
};

async fn assign(at: &At, browser: &Browser, asked: Value) -> Answer {
    at.ask(browser, Method::POST, "/tickets/1/assign", Some(asked)).await
}

async fn patch(at: &At, browser: &Browser, asked: Value) -> Answer {
    at.ask(browser, Method::PATCH, "/tickets/1", Some(asked)).await
}

async fn one_ticket(at: &At, mail: &str) -> Browser {
    let browser = at.set_up().await;
    let mailbox = at.mailbox(&browser).await;
    at.arrives(mailbox, mail).await;
    browser
}

both! {
    async fn an_assignment_that_says_nothing_takes_the_ticket_from_nobody(at: At) {
        let browser = one_ticket(&at, FIRST).await;
        assign(&at, &browser, json!({"assignee": "me"})).await;
        let table = [
            (json!({}), json!([{"field": "assignee", "code": "required"}])),
            (json!({"owner": 1}), json!([{"field": "owner", "code": "unknown_field"}])),
            (json!({"assignee": 999}), json!([{"field": "assignee", "code": "no_such_agent"}])),
            (json!({"assignee": "you"}), json!([{"field": "assignee", "code": "invalid"}])),
            (json!({"team": 999}), json!([{"field": "team", "code": "no_such_team"}])),
        ];
        for (asked, errors) in table {
            let answer = assign(&at, &browser, asked.clone()).await;
            assert_eq!((answer.status, &answer.body["errors"]), (StatusCode::UNPROCESSABLE_ENTITY, &errors), "{asked}");
        }
        let ticket = at.ask(&browser, Method::GET, "/tickets/1", None).await.body;
        assert_eq!(ticket["assignee"]["name"], "鈴木");
    }

    async fn a_ticket_is_given_by_id_by_the_word_me_and_as_it_is_shown(at: At) {
        let browser = one_ticket(&at, FIRST).await;
        let me = at.ask(&browser, Method::GET, "/me", None).await.body["id"].clone();
        for asked in [json!({"assignee": me}), json!({"agent": me}), json!({"assignee": "me"}), json!({"assignee": {"id": me, "name": "鈴木"}})] {
            let taken = assign(&at, &browser, asked.clone()).await.body;
            assert_eq!(taken["assignee"]["id"], me, "{asked}");
            let given_back = assign(&at, &browser, json!({"assignee": null})).await.body;
            assert!(given_back["assignee"].is_null());
        }
    }

    async fn a_team_changes_without_its_person_and_a_person_without_the_team(at: At) {
        let browser = one_ticket(&at, FIRST).await;
        assign(&at, &browser, json!({"assignee": "me"})).await;
        let without = assign(&at, &browser, json!({"team": null})).await.body;
        assert_eq!((&without["team"], &without["assignee"]["name"]), (&Value::Null, &json!("鈴木")));
        let with = assign(&at, &browser, json!({"team": 1})).await.body;
        assert_eq!((&with["team"]["name"], &with["assignee"]["name"]), (&json!("サポート"), &json!("鈴木")));
        let nobody = assign(&at, &browser, json!({"assignee": null})).await.body;
        assert_eq!((&nobody["team"]["name"], &nobody["assignee"]), (&json!("サポート"), &Value::Null));
    }

    async fn the_owner_can_be_changed_with_everything_else_by_whoever_may_assign(at: At) {
        let browser = one_ticket(&at, FIRST).await;
        let changed = patch(&at, &browser, json!({"assignee": "me", "priority": "high"})).await.body;
        assert_eq!((&changed["assignee"]["name"], &changed["priority"]), (&json!("鈴木"), &json!("high")));
        let (_, sender) = at.token(&browser, &["read", "send"]).await;
        let refused = patch(&at, &sender, json!({"assignee": null, "priority": "low"})).await;
        assert_eq!((refused.status, &refused.body["params"]["verb"]), (StatusCode::FORBIDDEN, &json!("assign")));
        let ticket = at.ask(&browser, Method::GET, "/tickets/1", None).await.body;
        assert_eq!(ticket["priority"], "high", "all or nothing");
    }

    async fn each_way_to_say_how_a_ticket_ended_is_understood_or_gets_its_own_advice(at: At) {
        let browser = one_ticket(&at, FIRST).await;
        let table = [
            (json!({"status": "done"}), "invalid-input", "outcome", "required"),
            (json!({"reason": "thanks_only"}), "invalid-input", "outcome", "required"),
            (json!({"status": "done", "outcome": "answered"}), "invalid-input", "outcome", "never_answered"),
            (json!({"outcome": "merged"}), "invalid-input", "outcome", "not_by_hand"),
            (json!({"status": "open", "outcome": "spam"}), "invalid-input", "outcome", "only_when_done"),
            (json!({"outcome": "no_reply_needed"}), "reason-required", "outcome_reason", "required"),
            (json!({"status": "new"}), "status-not-allowed", "status", "not_by_hand"),
        ];
        for (asked, problem, field, code) in table {
            let answer = patch(&at, &browser, asked.clone()).await;
            assert_eq!(answer.problem(), problem, "{asked}");
            assert_eq!(answer.body["errors"], json!([{"field": field, "code": code}]), "{asked}");
        }
        let done = patch(&at, &browser, json!({"outcome": "no_reply_needed", "reason": "thanks_only"})).await.body;
        assert_eq!((&done["status"], &done["outcome_reason"]), (&json!("done"), &json!("thanks_only")));
    }

    async fn what_lies_on_a_shelf_is_new_when_a_person_says_so(at: At) {
        let automatic = FIRST.replace("MIME-Version", "Auto-Submitted: auto-replied\nMIME-Version");
        let browser = one_ticket(&at, &automatic).await;
        let before = at.ask(&browser, Method::GET, "/tickets/1", None).await.body;
        assert_eq!(before["lane"], "aside", "{before}");
        let after = patch(&at, &browser, json!({"status": "new"})).await.body;
        assert_eq!((&after["lane"], &after["shelf"]), (&json!("new"), &Value::Null));
    }
}
