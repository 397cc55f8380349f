//! Set up, sign in, tokens: who may come in.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    both,
    desk_at_hand::{At, Browser, PASSWORD, SECRET},
};

both! {
    async fn the_setup_link_works_once_and_only_with_its_secret(at: At) {
        let asked = |secret: &str| json!({
            "secret": secret, "desk": {"name": "店", "language": "ja"},
            "administrator": {"name": "鈴木", "email": "s@shop.example", "password": PASSWORD},
        });
        let nobody = Browser::default();
        assert_eq!(at.ask(&nobody, Method::GET, "/setup", None).await.body["needed"], true);
        let wrong = at.ask(&nobody, Method::POST, "/setup", Some(asked("guess"))).await;
        assert_eq!((wrong.status, wrong.problem()), (StatusCode::FORBIDDEN, "setup-secret-wrong"));
        let right = at.ask(&nobody, Method::POST, "/setup", Some(asked(SECRET))).await;
        assert_eq!(right.status, StatusCode::CREATED);
        let again = at.ask(&nobody, Method::POST, "/setup", Some(asked(SECRET))).await;
        assert_eq!((again.status, again.problem()), (StatusCode::CONFLICT, "setup-done"));
        assert_eq!(at.ask(&nobody, Method::GET, "/setup", None).await.body["needed"], false);
    }

    async fn the_secret_and_three_fields_are_enough_to_begin(at: At) {
        let asked = |name: &str| json!({
            "secret": SECRET, "name": name, "email": "s@shop.example", "password": PASSWORD,
        });
        let nobody = Browser::default();
        let wrong = at.ask(&nobody, Method::POST, "/setup", Some(asked(" "))).await;
        assert_eq!(wrong.body["errors"], json!([{"field": "name", "code": "required"}]));
        let begun = at.ask(&nobody, Method::POST, "/setup", Some(asked("鈴木"))).await;
        assert_eq!(begun.status, StatusCode::CREATED, "{:?}", begun.body);
        assert_eq!(begun.body["desk"], json!({"name": "shop.example", "language": "ja", "timezone": "Asia/Tokyo"}));
        assert_eq!(begun.body["role"], "administrator");
    }

    async fn the_desk_of_the_setup_may_be_told_in_part(at: At) {
        let asked = |desk: serde_json::Value| json!({
            "secret": SECRET, "name": "鈴木", "email": "s@shop.example", "password": PASSWORD, "desk": desk,
        });
        let nobody = Browser::default();
        let wrong = at.ask(&nobody, Method::POST, "/setup", Some(asked(json!({"language": "tlh"})))).await;
        assert_eq!(wrong.body["errors"], json!([{"field": "desk.language", "code": "unknown_language"}]));
        let begun = at.ask(&nobody, Method::POST, "/setup", Some(asked(json!({"name": "店"})))).await;
        assert_eq!((&begun.body["desk"]["name"], &begun.body["desk"]["language"]), (&json!("店"), &json!("ja")));
    }

    async fn each_wrong_field_of_the_setup_is_named(at: At) {
        let asked = json!({
            "secret": SECRET, "desk": {"name": "店", "language": "ja"},
            "administrator": {"name": "", "email": "no address", "password": "short"},
        });
        let answer = at.ask(&Browser::default(), Method::POST, "/setup", Some(asked)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields: Vec<&str> = answer.body["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["administrator.name", "administrator.email", "administrator.password"]);
    }

    async fn after_ten_wrong_passwords_the_door_is_closed_for_a_minute(at: At) {
        at.set_up().await;
        let wrong = || Some(json!({"email": "suzuki@komorebi-cha.example", "password": "wrong-password"}));
        for _ in 0..10 {
            let answer = at.ask(&Browser::default(), Method::POST, "/session", wrong()).await;
            assert_eq!((answer.status, answer.problem()), (StatusCode::UNAUTHORIZED, "wrong-password"));
        }
        let right = Some(json!({"email": "suzuki@komorebi-cha.example", "password": PASSWORD}));
        let spoofed = [("X-Forwarded-For", "203.0.113.9")];
        let answer = at.ask_with(&Browser::default(), Method::POST, "/session", right, &spoofed).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::TOO_MANY_REQUESTS, "too-many-attempts"));
        assert!(answer.headers.contains_key("retry-after"));
    }

    async fn signing_out_ends_the_session(at: At) {
        let browser = at.set_up().await;
        assert_eq!(at.ask(&browser, Method::GET, "/me", None).await.status, StatusCode::OK);
        assert_eq!(at.ask(&browser, Method::DELETE, "/session", None).await.status, StatusCode::NO_CONTENT);
        assert_eq!(at.ask(&browser, Method::GET, "/me", None).await.status, StatusCode::UNAUTHORIZED);
    }

    async fn a_cookie_alone_changes_nothing(at: At) {
        let browser = at.set_up().await;
        let forged = Browser { csrf: None, ..browser.clone() };
        let asked = || Some(json!({"name": "x"}));
        let answer = at.ask(&forged, Method::PATCH, "/me", asked()).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::FORBIDDEN, "csrf-missing"));
        let foreign = [("Origin", "https://evil.example")];
        let answer = at.ask_with(&browser, Method::PATCH, "/me", asked(), &foreign).await;
        assert_eq!(answer.problem(), "origin-refused");
        assert_eq!(at.ask(&browser, Method::PATCH, "/me", asked()).await.status, StatusCode::OK);
    }

    async fn a_token_may_what_it_was_made_for_and_is_shown_once(at: At) {
        let browser = at.set_up().await;
        let asked = json!({"name": "script", "may": ["read"]});
        let made = at.ask(&browser, Method::POST, "/tokens", Some(asked)).await;
        assert_eq!(made.status, StatusCode::CREATED);
        let secret = made.body["token"].as_str().unwrap().to_owned();
        let token = Browser { token: Some(secret.clone()), ..Browser::default() };
        assert_eq!(at.ask(&token, Method::GET, "/tickets", None).await.status, StatusCode::OK);
        let refused = at.ask(&token, Method::GET, "/settings", None).await;
        assert_eq!((refused.status, refused.problem()), (StatusCode::FORBIDDEN, "not-allowed"));
        let list = at.ask(&browser, Method::GET, "/tokens", None).await;
        assert!(!String::from_utf8_lossy(&list.bytes).contains(&secret));
        let id = made.body["id"].as_i64().unwrap();
        at.ask(&browser, Method::DELETE, &format!("/tokens/{id}"), None).await;
        assert_eq!(at.ask(&token, Method::GET, "/tickets", None).await.status, StatusCode::UNAUTHORIZED);
    }

    async fn the_desk_keeps_its_last_administrator(at: At) {
        let browser = at.set_up().await;
        let me = at.ask(&browser, Method::GET, "/agents", None).await.body["items"][0].clone();
        let asked = json!({"version": me["version"], "role": "agent"});
        let answer = at.ask(&browser, Method::PATCH, &format!("/agents/{}", me["id"]), Some(asked)).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::CONFLICT, "last-administrator"));
    }

    async fn a_new_password_ends_every_session_of_the_person(at: At) {
        let browser = at.set_up().await;
        let agent = at.person(&browser, "sato@komorebi-cha.example", "agent").await;
        let list = at.ask(&browser, Method::GET, "/agents", None).await;
        let row = list.body["items"].as_array().unwrap().iter().find(|a| a["role"] == "agent").unwrap().clone();
        let asked = json!({"version": row["version"], "password": "あたらしいことばもながい"});
        let done = at.ask(&browser, Method::PATCH, &format!("/agents/{}", row["id"]), Some(asked)).await;
        assert_eq!(done.status, StatusCode::OK, "{:?}", done.body);
        assert_eq!(at.ask(&agent, Method::GET, "/me", None).await.status, StatusCode::UNAUTHORIZED);
    }
}
