//! The view language, as a person at the desk and another program use it.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    both,
    desk_at_hand::{Answer, At, Browser, FIRST},
};

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
}

async fn get(at: &At, browser: &Browser, path: &str, q: &str) -> Answer {
    at.ask(browser, Method::GET, &format!("{path}{}", encoded(q)), None).await
}

/// The ticket numbers of a page of tickets.
fn numbers(answer: &Answer) -> Vec<i64> {
    assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
    let items = answer.body["items"].as_array().unwrap();
    let of = |item: &Value| item["number"].as_i64().or_else(|| item["ticket"]["number"].as_i64()).unwrap();
    items.iter().map(of).collect()
}

const WITH_FILE: &str = "From: Sato Ken <sato@another.example>
To: support@komorebi-cha.example
Subject: Broken tea pot
Date: Sat, 21 Nov 2026 10:00:00 +0900
Message-ID: <file@another.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

急須の蓋が割れました。返品したいです。写真を付けます。
--b
Content-Type: image/jpeg; name=photo.jpg
Content-Disposition: attachment; filename=photo.jpg
Content-Transfer-Encoding: base64

/9j/4AAQSkZJRg==
--b--
";

/// Ticket 1: 田中 翔太 on the campaign, with a note, taken by the administrator. Ticket 2: Sato, with a photo.
async fn two_tickets(at: &At) -> Browser {
    let browser = at.set_up().await;
    let mailbox = at.mailbox(&browser).await;
    at.arrives(mailbox, FIRST).await;
    at.arrives(mailbox, WITH_FILE).await;
    let note = json!({"text": "返品ではありません。"});
    at.ask(&browser, Method::POST, "/tickets/1/notes", Some(note)).await;
    let me = at.ask(&browser, Method::GET, "/me", None).await.body["agent"]["id"].clone();
    let taken = at.ask(&browser, Method::POST, "/tickets/1/assign", Some(json!({"agent": me}))).await;
    assert_eq!(taken.status, StatusCode::OK, "{:?}", taken.body);
    browser
}

both! {
    async fn a_search_understands_fields_exclusion_or_and_brackets(at: At) {
        let browser = two_tickets(&at).await;
        let table: [(&str, &[i64]); 16] = [
            ("返品", &[1, 2]),
            ("返品 -急須", &[1]),
            ("応募 OR 急須", &[1, 2]),
            ("（応募　ＯＲ　急須）　－差出人：田中", &[2]),
            ("from:tanaka", &[1]),
            ("差出人:\"田中 翔太\"", &[1]),
            ("from:support", &[]),
            ("to:support 返品", &[2]),
            ("subject:\"tea pot\"", &[2]),
            ("subject:返品", &[]),
            ("has:attachment", &[2]),
            ("担当:自分 返品", &[1]),
            ("assignee:鈴木 応募", &[1]),
            ("mailbox:support@komorebi-cha.example 急須 after:2020-01-01", &[2]),
            ("急須 before:2020-01-01", &[]),
            ("-", &[]),
        ];
        for (q, wanted) in table {
            let mut found = numbers(&get(&at, &browser, "/search?q=", q).await);
            found.sort_unstable();
            assert_eq!(found, wanted, "{q}");
        }
        let found = get(&at, &browser, "/search?q=", "from:sato 蓋").await.body["items"][0].clone();
        assert!(found["excerpt"].as_str().unwrap().contains("蓋が割れました"), "{found}");
    }

    async fn a_list_of_tickets_shows_those_with_such_a_message(at: At) {
        let browser = two_tickets(&at).await;
        let table: [(&str, &[i64]); 8] = [
            ("返品", &[1, 2]),
            ("-返品", &[]),
            ("-急須", &[1]),
            ("応募 返品", &[]),
            ("応募 status:new", &[1]),
            ("返品 -assignee:me", &[2]),
            ("is:unanswered number:2", &[2]),
            ("", &[1, 2]),
        ];
        for (q, wanted) in table {
            let answer = get(&at, &browser, "/tickets?sort=last_message&q=", q).await;
            assert_eq!(numbers(&answer), wanted, "{q}");
        }
        let answer = get(&at, &browser, "/tickets?assignee=none&status=new&q=", "返品").await;
        assert_eq!(numbers(&answer), [2]);
        assert_eq!(numbers(&get(&at, &browser, "/tickets?status=", "done").await), [0; 0]);
    }

    async fn a_cursor_belongs_to_its_question_and_to_who_asks(at: At) {
        let browser = two_tickets(&at).await;
        let hanako = at.person(&browser, "hanako@komorebi-cha.example", "agent").await;
        for path in ["/tickets?limit=1&q=", "/search?limit=1&q="] {
            let first = get(&at, &browser, path, "返品").await;
            let next = first.body["next"].as_str().unwrap().to_owned();
            let on = format!("{path}{}&after={next}", encoded("返品"));
            let second = at.ask(&browser, Method::GET, &on, None).await;
            assert_eq!(second.body["items"].as_array().unwrap().len(), 1, "{path}");
            assert_ne!(numbers(&first), numbers(&second));
            let other = at.ask(&browser, Method::GET, &format!("{path}{}&after={next}", encoded("急須")), None).await;
            assert_eq!(other.problem(), "cursor-of-another-list", "{path}");
            let hers = at.ask(&hanako, Method::GET, &on, None).await;
            assert_eq!(hers.problem(), "cursor-of-another-list", "{path}");
        }
    }

    async fn a_value_that_cannot_be_is_named(at: At) {
        let browser = two_tickets(&at).await;
        for q in ["status:foo", "返品 -担当:高橋", "number:abc OR x", "before:someday", "mailbox:nobody@else.example"] {
            for path in ["/search?q=", "/tickets?q="] {
                let answer = get(&at, &browser, path, q).await;
                assert_eq!((answer.status, answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-input"), "{q}");
                assert_eq!(answer.body["errors"], json!([{"field": "q", "code": "unknown_value"}]), "{q}");
            }
        }
        let answer = get(&at, &browser, "/search?q=", "状態:foo").await;
        assert_eq!(answer.body["params"]["word"], "status:foo");
    }

    async fn a_parameter_that_is_none_is_refused_by_name(at: At) {
        let browser = at.set_up().await;
        let table = [
            ("staus=new", "staus", "unknown_field"),
            ("query=x&lane=new", "query", "unknown_field"),
            ("status=foo", "status", "unknown_value"),
            ("lane=foo", "lane", "unknown_value"),
            ("mailbox=x", "mailbox", "unknown_value"),
            ("view=mine", "view", "unknown_value"),
        ];
        for (query, field, code) in table {
            let answer = at.ask(&browser, Method::GET, &format!("/tickets?{query}"), None).await;
            assert_eq!((answer.status, answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-input"), "{query}");
            assert_eq!(answer.body["errors"], json!([{"field": field, "code": code}]), "{query}");
        }
    }

    async fn no_text_is_too_strange_to_be_asked(at: At) {
        let browser = two_tickets(&at).await;
        let deep = "(".repeat(400);
        let long = "a OR -\"".repeat(400);
        for q in ["\"", "((", ")", "-(-(-x", "NEAR(a b)", "a*b' --; \\ \0", "😀 ㈱ ﷺ", ": :: from:", &deep, &long] {
            for path in ["/search?q=", "/tickets?q="] {
                let answer = get(&at, &browser, path, q).await;
                assert_eq!(answer.status, StatusCode::OK, "{q}: {:?}", answer.body);
            }
        }
    }
}
