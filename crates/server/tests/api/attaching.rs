//! Files under a reply: they stay as long as a draft names them, and belong to whoever brought them.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use desk::time::DAY;
use serde_json::{Value, json};

use crate::{
    both,
    desk_at_hand::{At, Browser},
};

async fn file(at: &At, browser: &Browser, name: &str) -> Value {
    let headers = [("Content-Disposition", name)];
    let answer = at.ask_with(browser, Method::POST, "/uploads", Some(json!("中身")), &headers).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body);
    answer.body
}

/// Two days later.
async fn sweep(at: &At) {
    let mut tx = at.desk.store.begin().await.unwrap();
    store::uploads::prune(&mut tx, at.desk.now() + 2 * DAY, 100).await.unwrap();
    tx.commit().await.unwrap();
}

async fn files(at: &At, browser: &Browser) -> Value {
    at.ask(browser, Method::GET, "/tickets/1/draft", None).await.body["attachments"].clone()
}

both! {
    async fn the_files_of_a_draft_stay_until_it_no_longer_names_them(at: At) {
        let browser = at.ticket().await;
        let (one, two) = (file(&at, &browser, "x; filename=1.txt").await, file(&at, &browser, "x; filename=2.txt").await);
        let asked = json!({"text": "返事", "attachments": [one["id"], two["id"]]});
        at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(asked)).await;
        sweep(&at).await;
        assert_eq!(files(&at, &browser).await, json!([one, two]));
        let fewer = json!({"version": 1, "text": "返事", "attachments": [two["id"]]});
        at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(fewer)).await;
        sweep(&at).await;
        let again = json!({"version": 2, "text": "返事", "attachments": [one["id"]]});
        assert_eq!(at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(again)).await.problem(), "upload-gone");
        at.ask(&browser, Method::DELETE, "/tickets/1/draft?version=2", None).await;
        sweep(&at).await;
        let asked = json!({"text": "返事", "attachments": [two["id"]]});
        assert_eq!(at.ask(&browser, Method::POST, "/tickets/1/reply", Some(asked)).await.problem(), "upload-gone");
    }

    async fn a_reply_that_is_taken_back_has_its_files_for_as_long_as_it_is_a_draft(at: At) {
        let browser = at.ticket().await;
        let one = file(&at, &browser, "x; filename=1.txt").await;
        let asked = json!({"text": "返事", "attachments": [one["id"]]});
        let sent = at.ask(&browser, Method::POST, "/tickets/1/reply", Some(asked)).await.body;
        at.ask(&browser, Method::DELETE, &format!("/outbound/{}", sent["outbound"]["id"]), None).await;
        sweep(&at).await;
        assert_eq!(files(&at, &browser).await, json!([one]));
    }

    async fn nobody_attaches_a_colleagues_file_unless_it_comes_with_the_draft(at: At) {
        let browser = at.ticket().await;
        let other = at.person(&browser, "sato@komorebi-cha.example", "agent").await;
        let one = file(&at, &browser, "x; filename=1.txt").await;
        let asked = |version: i64| json!({"version": version, "text": "返事", "attachments": [one["id"]]});
        for (method, path) in [(Method::PUT, "/tickets/1/draft"), (Method::POST, "/tickets/1/reply")] {
            let refused = at.ask(&other, method, path, Some(asked(0))).await;
            assert_eq!((refused.status, refused.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "upload-gone"), "{path}");
        }
        at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(asked(0))).await;
        let taken = at.ask(&other, Method::POST, "/tickets/1/draft/take", None).await.body;
        let version = taken["version"].as_i64().unwrap();
        let saved = at.ask(&other, Method::PUT, "/tickets/1/draft", Some(asked(version))).await;
        assert_eq!(saved.status, StatusCode::OK, "{:?}", saved.body);
        assert_eq!(at.ask(&other, Method::POST, "/tickets/1/reply", Some(asked(0))).await.status, StatusCode::CREATED);
    }

    async fn a_name_with_a_semicolon_or_in_japanese_arrives_whole(at: At) {
        let browser = at.ticket().await;
        for name in ["a;b.pdf", "領収書.pdf"] {
            let upload = file(&at, &browser, &format!("attachment; filename=\"{name}\"")).await;
            assert_eq!((&upload["name"], &upload["media_type"]), (&json!(name), &json!("application/json")));
        }
    }

    async fn an_upload_may_be_as_large_as_a_mail(at: At) {
        let browser = at.set_up().await;
        let most = usize::try_from(at.desk.settings.max_size).unwrap();
        for (size, status) in [(most, StatusCode::CREATED), (most + 1, StatusCode::PAYLOAD_TOO_LARGE)] {
            let request = Request::post("/api/v1/uploads")
                .header("host", "desk.test")
                .header("cookie", browser.cookie.clone().unwrap())
                .header("henji-csrf", browser.csrf.clone().unwrap())
                .header("content-disposition", "attachment; filename=large.bin")
                .body(Body::from(vec![7; size]))
                .unwrap();
            assert_eq!(at.send(request).await.status, status, "{size}");
        }
    }
}
