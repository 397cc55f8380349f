use super::*;

const SAMPLE: &[u8] = b"Received: from relay.example.ne.jp (relay.example.ne.jp [192.0.2.9]) by mx.example.jp with ESMTP; \
Tue, 9 Dec 2003 21:30:05 +0900\r\nReceived: from taro (1cust116.example.net [192.0.2.5]) by relay.example.ne.jp; \
Tue, 9 Dec 2003 21:29:55 +0900\r\nFrom: =?utf-8?B?5bGx55Sw?= <taro@nifty.com>\r\nReply-To: taro@example.com\r\n\
Date: Tue, 9 Dec 2003 21:29:52 +0900\r\nSubject: =?utf-8?B?6L+U5ZOB?=\r\nMessage-ID: <1@nifty.com>\r\n\
X-Mailer: Microsoft Outlook Express 5.50\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xe3\x81\x82\xe3\x81\x84\r\n";

fn json(explanation: &Explanation) -> serde_json::Value {
    serde_json::to_value(explanation).unwrap()
}

#[test]
fn every_key_of_the_contract_always_stands_there() {
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let full = json(&explain("a.eml", SAMPLE));
    let nothing = json(&explain("b.eml", b"\0\x01\x02"));
    let text = json(&explain_text("-", "本文"));
    for other in [&nothing, &text] {
        assert_eq!(keys(other), keys(&full));
        assert_eq!(keys(&other["evidence"]), keys(&full["evidence"]));
        assert_eq!(keys(&other["reading"]), keys(&full["reading"]));
    }
    let expected = "file sha256 size kind suspicions subject from sender reply_to to cc date message_id in_reply_to \
        references text new_text quoted signature html attachments bounce evidence reading problems";
    let mut expected: Vec<&str> = expected.split_whitespace().collect();
    expected.sort_unstable();
    assert_eq!(keys(&full), expected);
}

#[test]
fn what_a_header_line_states_is_told_and_nothing_is_guessed() {
    let full = json(&explain("a.eml", SAMPLE));
    assert_eq!(full["date"], "2003-12-09T21:29:52+09:00");
    assert_eq!(full["from"], serde_json::json!({"name": "山田", "address": "taro@nifty.com"}));
    let evidence = &full["evidence"];
    assert_eq!(evidence["sent_at_local"], "21:29");
    assert_eq!(evidence["timezone"], "+09:00");
    assert_eq!(evidence["address_class"], "isp");
    assert_eq!(evidence["answer_goes_to"], "taro@example.com");
    assert_eq!(evidence["mailer"]["name"], "Microsoft Outlook Express 5.50");
    assert_eq!(evidence["hops"][0]["ip"], "192.0.2.5");
    assert_eq!(evidence["hops"][1]["delay_ms"], 10_000);
    assert_eq!(evidence["authentication"]["spf"], "not_checked");
    assert!(evidence["origin"].is_null() && evidence["clock_skew_ms"].is_null());
    assert_eq!(evidence["warnings"], serde_json::json!(["reply_to_other_domain"]));
    assert_eq!(full["reading"]["language"], "ja");
    assert!(full["reading"]["polarity"].is_null());
}

#[test]
fn bytes_that_are_no_mail_are_still_one_object_with_their_hash() {
    let nothing = explain("b.eml", b"");
    assert_eq!(nothing.kind, Kind::Unreadable);
    assert_eq!(nothing.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn the_language_is_told_by_kana_and_common_words_only() {
    assert_eq!(explain_text("-", "返品について教えてください").reading.language, "ja");
    assert_eq!(explain_text("-", "Please tell me how to return this item").reading.language, "en");
    assert_eq!(explain_text("-", "退货").reading.language, "unknown");
    assert_eq!(explain_text("-", "Hola").reading.language, "unknown");
}
