//! Drafts and replies: nothing typed is lost, nothing leaves twice, no quote is altered.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    both,
    desk_at_hand::{At, FIRST},
};

both! {
    async fn a_draft_is_proposed_saved_and_comes_back(at: At) {
        let browser = at.ticket().await;
        let proposal = at.ask(&browser, Method::GET, "/tickets/1/draft", None).await.body;
        assert_eq!(proposal["version"], 0);
        assert_eq!(proposal["subject"], "Re: キャンペーンの応募ができません！");
        assert_eq!(proposal["to"][0]["address"], "tanaka@customer.example");
        assert!(proposal["quote_text"].as_str().unwrap().starts_with("> キャンペーンの応募が"));
        let asked = json!({"version": 0, "text": "田中 様", "quote": proposal["quote"], "based_on": proposal["based_on"]});
        let saved = at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(asked.clone())).await;
        assert_eq!((saved.status, &saved.body["version"]), (StatusCode::OK, &json!(1)));
        let stale = at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(asked)).await;
        assert_eq!((stale.status, stale.problem()), (StatusCode::CONFLICT, "draft-changed"));
        assert_eq!(stale.body["current"]["text"], "田中 様");
        let unsaid = at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(json!({"text": "x"}))).await;
        assert_eq!((unsaid.problem(), &unsaid.body["current"]["version"]), ("draft-changed", &json!(1)), "no version is 0");
        assert_eq!(at.ask(&browser, Method::GET, "/tickets/1", None).await.body["lane"], "working");
    }

    async fn one_person_holds_the_pen_and_another_may_take_it(at: At) {
        let browser = at.ticket().await;
        let other = at.person(&browser, "sato@komorebi-cha.example", "agent").await;
        at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(json!({"version": 0, "text": "鈴木の下書き"}))).await;
        let refused = at.ask(&other, Method::PUT, "/tickets/1/draft", Some(json!({"version": 1, "text": "x"}))).await;
        assert_eq!((refused.status, refused.problem()), (StatusCode::CONFLICT, "pen-taken"));
        assert_eq!(refused.body["params"]["writer"], "鈴木");
        let taken = at.ask(&other, Method::POST, "/tickets/1/draft/take", None).await;
        assert_eq!(taken.body["text"], "鈴木の下書き");
        let saved = json!({"version": taken.body["version"], "text": "佐藤が続けます"});
        assert_eq!(at.ask(&other, Method::PUT, "/tickets/1/draft", Some(saved)).await.status, StatusCode::OK);
    }

    async fn a_reply_is_held_once_however_often_it_is_asked_for(at: At) {
        let browser = at.ticket().await;
        let asked = json!({"text": "お調べいたします。"});
        let key = [("Idempotency-Key", "one")];
        let first = at.ask_with(&browser, Method::POST, "/tickets/1/reply", Some(asked.clone()), &key).await;
        assert_eq!((first.status, &first.body["outbound"]["state"]), (StatusCode::CREATED, &json!("held")), "{:?}", first.body);
        let second = at.ask_with(&browser, Method::POST, "/tickets/1/reply", Some(asked), &key).await;
        assert_eq!(second.body["outbound"]["id"], first.body["outbound"]["id"]);
        let other = json!({"text": "別の本文"});
        let reused = at.ask_with(&browser, Method::POST, "/tickets/1/reply", Some(other), &key).await;
        assert_eq!(reused.problem(), "idempotency-key-reused");
        let outbox = at.ask(&browser, Method::GET, "/outbound", None).await.body;
        assert_eq!(outbox["items"].as_array().unwrap().len(), 1);
    }

    async fn undo_gives_the_words_back_and_nothing_stays_in_the_outbox(at: At) {
        let browser = at.ticket().await;
        let draft = json!({"version": 0, "text": "お調べいたします。", "then": "done"});
        at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(draft)).await;
        let asked = json!({"text": "お調べいたします。", "draft_version": 1, "then": "done"});
        let sent = at.ask(&browser, Method::POST, "/tickets/1/reply", Some(asked)).await.body;
        assert_eq!(at.newest(&browser, 1).await["direction"], "out");
        let undone = at.ask(&browser, Method::DELETE, &format!("/outbound/{}", sent["outbound"]["id"]), None).await;
        assert_eq!((undone.status, &undone.body["text"]), (StatusCode::OK, &json!("お調べいたします。")));
        assert_eq!(undone.body["then"], "done");
        assert_eq!(at.newest(&browser, 1).await["direction"], "in");
        let outbox = at.ask(&browser, Method::GET, "/outbound", None).await.body;
        assert!(outbox["items"].as_array().unwrap().is_empty());
    }

    async fn what_leaves_is_what_was_shown(at: At) {
        let browser = at.ticket().await;
        let proposal = at.ask(&browser, Method::GET, "/tickets/1/draft", None).await.body;
        let asked = json!({"text": "田中 様\n\n承知いたしました。", "quote": proposal["quote"]});
        let sent = at.ask(&browser, Method::POST, "/tickets/1/reply", Some(asked)).await.body;
        let raw = at.ask(&browser, Method::GET, &format!("/messages/{}/raw", sent["message"]), None).await.bytes;
        assert!(raw.is_ascii());
        let mail = mail::read(&raw);
        assert_eq!(mail.subject.as_deref(), Some("Re: キャンペーンの応募ができません！"));
        assert_eq!(mail.references, ["first@customer.example"]);
        assert_eq!(mail.in_reply_to, ["first@customer.example"]);
        assert_eq!(mail.from[0].name.as_deref(), Some("こもれび茶舗"));
        let expected = "田中 様\n\n承知いたしました。\n\nこもれび茶舗\n\n> キャンペーンの応募ができません！\n> 締め切りは明日です。";
        assert_eq!(mail.text.trim_end(), expected);
    }

    async fn an_altered_quote_is_refused_with_its_line(at: At) {
        let browser = at.ticket().await;
        let asked = json!({"text": "田中 様\n> キャンペーンの応募はできます！\n"});
        let answer = at.ask(&browser, Method::POST, "/tickets/1/reply", Some(asked)).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::UNPROCESSABLE_ENTITY, "quote-altered"));
        assert_eq!((&answer.body["errors"][0]["line"], &answer.body["line"]), (&json!(2), &json!(2)));
        let faithful = json!({"text": "> 締め切りは明日です。\n承知いたしました。"});
        assert_eq!(at.ask(&browser, Method::POST, "/tickets/1/reply", Some(faithful)).await.status, StatusCode::CREATED);
    }

    async fn a_reply_to_a_ticket_that_moved_on_is_refused_and_the_draft_stays(at: At) {
        let browser = at.ticket().await;
        let seen = at.newest(&browser, 1).await["id"].clone();
        at.ask(&browser, Method::PUT, "/tickets/1/draft", Some(json!({"version": 0, "text": "返事", "based_on": seen}))).await;
        let mailbox = at.ask(&browser, Method::GET, "/mailboxes", None).await.body["items"][0]["id"].as_i64().unwrap();
        let second = FIRST.replace("<first@", "<second@").replace("Date:", "In-Reply-To: <first@customer.example>\nDate:");
        at.arrives(mailbox, &second).await;
        let asked = json!({"text": "返事", "draft_version": 1, "based_on": seen});
        let answer = at.ask(&browser, Method::POST, "/tickets/1/reply", Some(asked)).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::CONFLICT, "ticket-moved-on"));
        assert_eq!(at.ask(&browser, Method::GET, "/tickets/1/draft", None).await.body["text"], "返事");
    }

    async fn a_customer_who_writes_meanwhile_turns_the_held_reply_into_a_draft_again(at: At) {
        let browser = at.ticket().await;
        at.ask(&browser, Method::POST, "/tickets/1/reply", Some(json!({"text": "お待ちください。"}))).await;
        let mailbox = at.ask(&browser, Method::GET, "/mailboxes", None).await.body["items"][0]["id"].as_i64().unwrap();
        let second = FIRST.replace("<first@", "<second@").replace("Date:", "In-Reply-To: <first@customer.example>\nDate:");
        at.arrives(mailbox, &second).await;
        let outbox = at.ask(&browser, Method::GET, "/outbound", None).await.body;
        assert!(outbox["items"].as_array().unwrap().is_empty(), "{outbox}");
        assert_eq!(at.ask(&browser, Method::GET, "/tickets/1/draft", None).await.body["text"], "お待ちください。");
    }

    async fn nothing_leaves_while_sending_is_off(at: At) {
        let browser = at.ticket().await;
        let mailbox = at.ask(&browser, Method::GET, "/mailboxes", None).await.body["items"][0].clone();
        let off = json!({"version": mailbox["version"], "sending": "off"});
        at.ask(&browser, Method::PATCH, &format!("/mailboxes/{}", mailbox["id"]), Some(off)).await;
        let answer = at.ask(&browser, Method::POST, "/tickets/1/reply", Some(json!({"text": "返事"}))).await;
        assert_eq!((answer.status, answer.problem()), (StatusCode::CONFLICT, "sending-is-off"));
    }

    async fn a_file_is_attached_and_comes_back_from_the_mail(at: At) {
        let browser = at.ticket().await;
        let headers = [("Content-Disposition", "attachment; filename*=UTF-8''%E9%A0%98%E5%8F%8E%E6%9B%B8.txt")];
        let upload = at.ask_with(&browser, Method::POST, "/uploads", Some(json!("領収書の中身")), &headers).await;
        assert_eq!(upload.status, StatusCode::CREATED, "{:?}", upload.body);
        let asked = json!({"text": "お送りします。", "attachments": [upload.body["id"]]});
        let sent = at.ask(&browser, Method::POST, "/tickets/1/reply", Some(asked)).await;
        assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
        let message = at.newest(&browser, 1).await;
        assert_eq!(message["attachments"][0]["name"], "領収書.txt");
        let path = format!("/messages/{}/attachments/{}", message["id"], message["attachments"][0]["n"]);
        let file = at.ask(&browser, Method::GET, &path, None).await;
        assert_eq!(file.bytes, "\"領収書の中身\"".as_bytes());
        assert_eq!(file.headers["content-security-policy"], "sandbox; default-src 'none'");
    }

    async fn the_first_mail_to_a_customer_begins_a_ticket(at: At) {
        let browser = at.set_up().await;
        let mailbox = at.mailbox(&browser).await;
        let asked = json!({"mailbox": mailbox, "to": ["a..b@docomo.ne.jp"], "subject": "ご注文の件", "text": "発送しました。"});
        let sent = at.ask(&browser, Method::POST, "/tickets", Some(asked)).await;
        assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.body);
        assert_eq!(sent.body["ticket"]["subject"], "ご注文の件");
        assert_eq!((&sent.body["number"], &sent.body["subject"]), (&json!(1), &json!("ご注文の件")));
        assert_eq!(sent.body["outbound"]["state"], "held");
        let missing = json!({"mailbox": mailbox, "to": [], "subject": "x", "text": "y"});
        assert_eq!(at.ask(&browser, Method::POST, "/tickets", Some(missing)).await.body["errors"][0]["field"], "to");
    }

    async fn an_assistant_may_draft_but_not_send(at: At) {
        let browser = at.ticket().await;
        let assistant = at.person(&browser, "assistant@komorebi-cha.example", "assistant").await;
        let draft = json!({"version": 0, "text": "下書きです"});
        assert_eq!(at.ask(&assistant, Method::PUT, "/tickets/1/draft", Some(draft)).await.status, StatusCode::OK);
        let refused = at.ask(&assistant, Method::POST, "/tickets/1/reply", Some(json!({"text": "x"}))).await;
        assert_eq!((refused.status, refused.problem()), (StatusCode::FORBIDDEN, "not-allowed"));
    }
}
