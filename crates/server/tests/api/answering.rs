//! What a reply answers: never a note, never in a ticket that is part of another, never past a message nobody saw.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    both,
    desk_at_hand::{At, Browser, FIRST},
};

async fn mailbox(at: &At, browser: &Browser) -> i64 {
    at.ask(browser, Method::GET, "/mailboxes", None).await.body["items"][0]["id"].as_i64().unwrap()
}

fn automatic() -> String {
    FIRST.replace("MIME-Version", "Auto-Submitted: auto-replied\nMIME-Version")
}

fn second() -> String {
    FIRST.replace("<first@", "<second@").replace("Date:", "In-Reply-To: <first@customer.example>\nDate:")
}

both! {
    async fn a_mail_that_was_taken_for_a_machines_is_answered_like_any_other(at: At) {
        let browser = at.set_up().await;
        let mailbox = at.mailbox(&browser).await;
        at.arrives(mailbox, &automatic()).await;
        let shelved = at.ask(&browser, Method::GET, "/tickets/1", None).await.body;
        at.ask(&browser, Method::PATCH, "/tickets/1", Some(json!({"version": shelved["version"], "not_spam": true}))).await;
        let proposal = at.ask(&browser, Method::GET, "/tickets/1/draft", None).await.body;
        assert_eq!(proposal["to"][0]["address"], "tanaka@customer.example");
        assert!(proposal["based_on"].is_i64() && proposal["quote"]["message"].is_i64(), "{proposal}");
        let asked = json!({"text": "承知いたしました。", "quote": proposal["quote"]});
        let sent = at.ask(&browser, Method::POST, "/tickets/1/reply", Some(asked)).await.body;
        let mail = at.mail(&browser, &sent["message"]).await;
        assert_eq!(mail.subject.as_deref(), Some("Re: キャンペーンの応募ができません！"));
        assert_eq!((mail.in_reply_to, mail.references), (vec!["first@customer.example".to_owned()], vec!["first@customer.example".to_owned()]));
    }

    async fn a_note_or_another_tickets_message_is_never_quoted_to_a_customer(at: At) {
        let browser = at.ticket().await;
        let mailbox = mailbox(&at, &browser).await;
        at.arrives(mailbox, &FIRST.replace("<first@", "<other@").replace("tanaka@", "sato@")).await;
        let note = at.ask(&browser, Method::POST, "/tickets/1/notes", Some(json!({"text": "社内のことば"}))).await.body;
        for message in [note["id"].clone(), at.newest(&browser, 2).await["id"].clone(), json!(999)] {
            let asked = json!({"text": "返事", "quote": {"message": message, "where": "below"}});
            for (method, path) in [(Method::POST, "/tickets/1/reply"), (Method::PUT, "/tickets/1/draft")] {
                let refused = at.ask(&browser, method, path, Some(asked.clone())).await;
                assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{message} {path}");
                assert_eq!(refused.body["errors"], json!([{"field": "quote.message", "code": "not_quotable"}]), "{path}");
            }
        }
    }

    async fn a_ticket_that_became_part_of_another_names_it_and_takes_nothing_more(at: At) {
        let browser = at.ticket().await;
        let mailbox = mailbox(&at, &browser).await;
        for from in ["sato@", "ito@"] {
            at.arrives(mailbox, &FIRST.replace("<first@", &format!("<{from}")).replace("tanaka@", from)).await;
        }
        at.ask(&browser, Method::POST, "/tickets/3/merge", Some(json!({"into": 2}))).await;
        at.ask(&browser, Method::POST, "/tickets/2/merge", Some(json!({"into": 1}))).await;
        let words = json!({"text": "返事", "to": "sato@customer.example"});
        let asked: [(Method, &str, Value); 5] = [
            (Method::POST, "/tickets/3/reply", words.clone()),
            (Method::PUT, "/tickets/3/draft", words),
            (Method::POST, "/tickets/3/draft/take", json!({})),
            (Method::POST, "/tickets/3/notes", json!({"text": "メモ"})),
            (Method::POST, "/tickets/3/assign", json!({"agent": 1})),
        ];
        for (method, path, body) in asked {
            let refused = at.ask(&browser, method, path, Some(body)).await;
            assert_eq!((refused.status, refused.problem()), (StatusCode::CONFLICT, "ticket-merged"), "{path}");
            assert_eq!(refused.body["params"]["number"], 1, "{path}: where it is now");
        }
        let merged = at.ask(&browser, Method::GET, "/tickets/3", None).await.body;
        assert_eq!((&merged["status"], &merged["outcome"]), (&json!("done"), &json!("merged")));
    }

    async fn what_the_draft_has_seen_counts_when_the_reply_does_not_say(at: At) {
        let browser = at.ticket().await;
        let seen = at.newest(&browser, 1).await["id"].clone();
        at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(json!({"text": "返事", "based_on": seen}))).await;
        let mailbox = mailbox(&at, &browser).await;
        at.arrives(mailbox, &second()).await;
        let refused = at.ask(&browser, Method::POST, "/tickets/1/reply", Some(json!({"text": "返事", "draft_version": 1}))).await;
        assert_eq!((refused.status, refused.problem()), (StatusCode::CONFLICT, "ticket-moved-on"));
        let newest = at.newest(&browser, 1).await["id"].clone();
        let looked = json!({"text": "返事", "draft_version": 1, "based_on": newest});
        assert_eq!(at.ask(&browser, Method::POST, "/tickets/1/reply", Some(looked)).await.status, StatusCode::CREATED);
    }

    async fn a_draft_that_is_gone_says_that_nothing_stands_there(at: At) {
        let browser = at.ticket().await;
        let asked = json!({"version": 7, "text": "x"});
        let gone = at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(asked)).await;
        assert_eq!(gone.problem(), "draft-changed");
        assert_eq!(gone.body.get("current"), Some(&Value::Null));
    }
}
