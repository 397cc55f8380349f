//! A reply that waits: until the moment its writer chose, and not at all once its writer goes on writing.

use axum::http::{Method, StatusCode};
use desk::time::{DAY, HOUR, Millis, parse_rfc3339, rfc3339};
use serde_json::{Value, json};

use crate::{
    both,
    desk_at_hand::{At, Browser},
};

fn when(answer: &Value) -> Millis {
    parse_rfc3339(answer["outbound"]["not_before"].as_str().unwrap()).unwrap()
}

async fn outbox(at: &At, browser: &Browser) -> usize {
    at.ask(browser, Method::GET, "/outbound", None).await.body["items"].as_array().unwrap().len()
}

both! {
    async fn a_reply_waits_for_the_moment_its_writer_chose_and_undo_gives_the_moment_back(at: At) {
        let browser = at.ticket().await;
        let tomorrow = at.desk.now() + DAY;
        let asked = json!({"text": "返事", "send_at": rfc3339(tomorrow)});
        let sent = at.ask(&browser, Method::POST, "/tickets/1/reply", Some(asked)).await;
        assert_eq!((sent.status, when(&sent.body)), (StatusCode::CREATED, tomorrow), "{:?}", sent.body);
        let undone = at.ask(&browser, Method::DELETE, &format!("/outbound/{}", sent.body["outbound"]["id"]), None).await.body;
        assert_eq!(parse_rfc3339(undone["send_at"].as_str().unwrap()), Some(tomorrow));
    }

    async fn a_moment_that_is_past_leaves_the_hold_and_one_too_far_is_refused(at: At) {
        let browser = at.ticket().await;
        let asked = |send_at: &str| Some(json!({"text": "返事", "send_at": send_at}));
        let past = at.ask(&browser, Method::POST, "/tickets/1/reply", asked(&rfc3339(at.desk.now() - HOUR))).await;
        let wait = when(&past.body) - at.desk.now();
        assert!((1..=300_000).contains(&wait), "the mailbox holds for 300 seconds: {wait}");
        for (send_at, code) in [(rfc3339(at.desk.now() + 370 * DAY), "too_far"), ("あした".to_owned(), "not_a_time")] {
            let refused = at.ask(&browser, Method::POST, "/tickets/1/reply", asked(&send_at)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(refused.body["errors"][0], json!({"field": "send_at", "code": code}));
        }
    }

    async fn whoever_edits_their_waiting_reply_has_it_as_the_draft_again(at: At) {
        let browser = at.ticket().await;
        at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(json!({"text": "古い"}))).await;
        at.ask(&browser, Method::POST, "/tickets/1/reply", Some(json!({"text": "古い", "draft_version": 1}))).await;
        let edited = at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(json!({"version": 1, "text": "新しい"}))).await;
        assert_eq!((edited.status, &edited.body["text"]), (StatusCode::OK, &json!("新しい")), "{:?}", edited.body);
        assert_eq!(outbox(&at, &browser).await, 0, "the old words do not leave");
        assert_eq!(at.newest(&browser, 1).await["direction"], "in");
        let next = json!({"text": "新しい", "draft_version": edited.body["version"]});
        assert_eq!(at.ask(&browser, Method::POST, "/tickets/1/reply", Some(next)).await.status, StatusCode::CREATED);
    }

    async fn a_reply_that_never_was_a_draft_is_edited_by_the_first_save(at: At) {
        let browser = at.ticket().await;
        at.ask(&browser, Method::POST, "/tickets/1/reply", Some(json!({"text": "古い"}))).await;
        let edited = at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(json!({"text": "新しい"}))).await;
        assert_eq!((edited.status, &edited.body["text"]), (StatusCode::OK, &json!("新しい")), "{:?}", edited.body);
        assert_eq!(outbox(&at, &browser).await, 0);
    }

    async fn words_begun_anew_while_a_reply_waits_stop_it_and_go_over_nothing(at: At) {
        let browser = at.ticket().await;
        at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(json!({"text": "お答え"}))).await;
        at.ask(&browser, Method::POST, "/tickets/1/reply", Some(json!({"text": "お答え", "draft_version": 1}))).await;
        let unseen = at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(json!({"version": 0, "text": "追伸"}))).await;
        assert_eq!((unseen.status, unseen.problem()), (StatusCode::CONFLICT, "draft-changed"));
        assert_eq!(unseen.body["current"]["text"], "お答え");
        assert_eq!(outbox(&at, &browser).await, 0);
        let both = json!({"version": unseen.body["current"]["version"], "text": "お答え\n追伸"});
        assert_eq!(at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(both)).await.status, StatusCode::OK);
    }

    async fn a_colleagues_draft_leaves_a_waiting_reply_alone(at: At) {
        let browser = at.ticket().await;
        let other = at.person(&browser, "sato@komorebi-cha.example", "agent").await;
        at.ask(&browser, Method::POST, "/tickets/1/reply", Some(json!({"text": "お答え"}))).await;
        let saved = at.ask(&other, Method::PUT, "/tickets/1/draft", Some(json!({"text": "わたしも"}))).await;
        assert_eq!((saved.status, outbox(&at, &browser).await), (StatusCode::OK, 1));
    }
}
