//! What a program may give, in the form it has at hand; nothing it gives is dropped in silence.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{both, desk_at_hand::At};

both! {
    async fn addresses_are_taken_in_every_form(at: At) {
        let browser = at.ticket().await;
        let asked = json!({
            "text": "返事", "attachments": null,
            "to": "山田 花子 <hana@customer.example>", "cc": {"name": "佐藤", "address": "sato@customer.example"},
            "bcc": ["ito@customer.example"],
        });
        let saved = at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(asked.clone())).await.body;
        assert_eq!(saved["to"], json!([{"name": "山田 花子", "address": "hana@customer.example"}]));
        assert_eq!(saved["bcc"], json!([{"name": null, "address": "ito@customer.example"}]));
        let sent = at.ask(&browser, Method::POST, "/tickets/1/reply", Some(asked)).await.body;
        let mail = at.mail(&browser, &sent["message"]).await;
        assert_eq!(mail.to[0].name.as_deref(), Some("山田 花子"));
        assert_eq!(mail.cc[0].address, "sato@customer.example");
        let outbox = at.ask(&browser, Method::GET, "/outbound", None).await.body;
        assert_eq!(outbox["items"][0]["to"], json!(["hana@customer.example", "sato@customer.example", "ito@customer.example"]));
        let wrong = at.ask(&browser, Method::POST, "/tickets/1/reply", Some(json!({"text": "x", "to": ["hana"]}))).await;
        assert_eq!(wrong.body["errors"][0], json!({"field": "to", "code": "not_an_address"}));
    }

    async fn a_first_mail_names_its_mailbox_by_address_and_copies_whom_it_says(at: At) {
        let browser = at.set_up().await;
        at.mailbox(&browser).await;
        let asked = json!({
            "mailbox": "Support@komorebi-cha.example", "to": "田中 <tanaka@customer.example>", "cc": "sato@customer.example",
            "bcc": "ito@customer.example", "subject": "ご注文の件", "text": "発送しました。",
        });
        let sent = at.ask(&browser, Method::POST, "/tickets", Some(asked)).await;
        assert_eq!((sent.status, &sent.body["mailbox"]["id"]), (StatusCode::CREATED, &json!(1)), "{:?}", sent.body);
        assert_eq!(at.mail(&browser, &sent.body["message"]).await.cc[0].address, "sato@customer.example");
        let outbox = at.ask(&browser, Method::GET, "/outbound", None).await.body;
        assert_eq!(outbox["items"][0]["to"].as_array().unwrap().len(), 3);
        let unknown = json!({"mailbox": "nobody@shop.example", "to": "a@b.jp", "subject": "x", "text": "y"});
        let unknown = at.ask(&browser, Method::POST, "/tickets", Some(unknown)).await;
        assert_eq!(unknown.body["errors"][0], json!({"field": "mailbox", "code": "no_such_mailbox"}));
    }

    async fn html_leaves_beside_the_text_made_safe_and_with_the_same_quotation(at: At) {
        let browser = at.ticket().await;
        let quote = at.ask(&browser, Method::GET, "/tickets/1/draft", None).await.body["quote"].clone();
        let html = "<p onclick=x()><b>承知</b>いたしました。</p><script>alert(1)</script><img src=https://tracker.example/p.gif>";
        let asked = json!({"text": "承知いたしました。", "html": html, "quote": quote});
        let saved = at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(asked.clone())).await.body;
        assert_eq!(saved["html"], "<p><b>承知</b>いたしました。</p><img>");
        let sent = at.ask(&browser, Method::POST, "/tickets/1/reply", Some(asked)).await.body;
        let mail = at.mail(&browser, &sent["message"]).await;
        let page = mail.html.unwrap();
        assert!(page.contains("<b>承知</b>") && !page.contains("script") && !page.contains("tracker"), "{page}");
        let said: Vec<String> = mail::html::text(&page).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let text: Vec<&str> = mail.text.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(said, text, "both forms say the same");
        assert!(text.contains(&"> 締め切りは明日です。"));
        assert_eq!(at.newest(&browser, 1).await["has_html"], true);
    }

    async fn a_quotation_in_html_must_be_the_customers_own(at: At) {
        let browser = at.ticket().await;
        let asked = |words: &str| Some(json!({"text": "返事", "html": format!("<blockquote>{words}</blockquote><p>返事</p>")}));
        let altered = at.ask(&browser, Method::POST, "/tickets/1/reply", asked("締め切りは来週です。")).await;
        assert_eq!((altered.problem(), &altered.body["errors"][0]["field"]), ("quote-altered", &json!("html")));
        let faithful = at.ask(&browser, Method::POST, "/tickets/1/reply", asked("締め切りは明日です。")).await;
        assert_eq!(faithful.status, StatusCode::CREATED, "{:?}", faithful.body);
        let nothing = json!({"text": "返事", "html": "<script>x</script>"});
        let nothing = at.ask(&browser, Method::POST, "/tickets/1/reply", Some(nothing)).await;
        assert_eq!(nothing.body["errors"][0], json!({"field": "html", "code": "required"}));
    }
}
