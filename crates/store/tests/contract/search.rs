//! Search, against the folded text as the truth.

use crate::{
    makers::{NOW, mailbox, message, ticket},
    support::{Db, both},
};
use desk::{
    ids::{AgentId, MessageId},
    time::SECOND,
    view::{Around, Question},
};
use japanese::{normalize::fold, tokens};
use store::{Tx, search};

both! {
    a_word_is_found_where_it_stands_and_nowhere_else
    the_newest_message_comes_first_page_by_page
    all_words_must_be_there
    a_removed_message_is_not_found
    a_long_text_is_found_to_its_end_and_once
    quotes_and_operators_are_only_characters
    messages_of_the_same_second_are_all_found
}

/// Mails of customers of a tea shop, as people write them.
const MAILS: [&str; 10] = [
    "先週注文した茶葉がまだ届きません。注文番号はA-10234です。配送状況を教えてください。",
    "領収書の発行をお願いします。宛名は株式会社みどりでお願い致します。",
    "返品したいのですが、返品送料はこちらの負担でしょうか。商品に傷がありました。",
    "届いた急須の蓋が割れていました。写真を添付します。交換していただけますか？",
    "ありがとうございました。早速の対応、感謝いたします。",
    "ﾊﾟｽﾜｰﾄﾞを忘れてログインできません。ＩＤはtaro1958です。",
    "Could you please send the invoice by PDF? Order B-20871, Hachiōji branch.",
    "定期便を解約したい。何度電話してもつながらない！責任者を出してください。",
    "ギフト包装は\nできますか。のし紙は「御礼」で、\n配送日は12月24日を希望します。",
    "〜お問い合わせ〜 １００ｇ×３袋で\\3,240円とありましたが、送料は？ user.name+tag@example.co.jp",
];

async fn put(tx: &mut Tx, texts: &[String]) -> Vec<MessageId> {
    let mailbox = mailbox(tx, "support@example.jp").await;
    let ticket = ticket(tx, mailbox, |_| {}).await.id;
    let mut ids = Vec::new();
    for (n, text) in (0i64..).zip(texts) {
        let at = NOW + n * SECOND;
        let id = message(tx, ticket, |message| message.text.clone_from(text)).await;
        search::index(tx, id, at, &tokens::rows(text)).await.unwrap();
        ids.push(id);
    }
    ids
}

async fn find(tx: &mut Tx, query: &str) -> Vec<MessageId> {
    let Some(asked) = Question::parse(query).settle(&Around::only(AgentId(1), NOW)).unwrap() else {
        return Vec::new();
    };
    let hits = search::query(tx, &asked, None, 1000).await.unwrap();
    hits.into_iter().map(|hit| hit.message).collect()
}

/// Whether a folded text holds a query in the sense of the contract: anywhere for CJK, at the beginning of a word for
/// Latin letters and digits.
fn holds(folded: &str, query: &str) -> bool {
    let query = fold(query);
    let latin = query.starts_with(|c: char| c.is_ascii_alphanumeric());
    folded
        .match_indices(&query)
        .any(|(at, _)| !latin || !folded[..at].ends_with(|c: char| c.is_alphanumeric() && !is_cjk(c)))
}

fn is_cjk(c: char) -> bool {
    matches!(c, '々' | 'ぁ'..='ヿ' | '一'..='鿿')
}

/// Every stretch of 1 to 6 CJK characters, and every beginning of a Latin word of 2 and more.
fn questions(folded: &str) -> Vec<String> {
    let chars: Vec<char> = folded.chars().collect();
    let mut found = Vec::new();
    for start in 0..chars.len() {
        for end in start + 1..=chars.len().min(start + 6) {
            let piece = &chars[start..end];
            let kanji = matches!(piece, ['一'..='鿿']);
            let cjk = piece.len() > 1 && piece.iter().all(|c| is_cjk(*c));
            let begins = start == 0 || !chars[start - 1].is_alphanumeric() || is_cjk(chars[start - 1]);
            let latin = piece.len() > 1 && begins && piece.iter().all(char::is_ascii_alphanumeric);
            if kanji || cjk || latin {
                found.push(piece.iter().collect());
            }
        }
    }
    found
}

async fn a_word_is_found_where_it_stands_and_nowhere_else(db: Db) {
    let mut tx = db.begin().await.unwrap();
    // The mails, and mixtures of their halves, so that pieces meet that never stood side by side.
    let mut texts: Vec<String> = MAILS.iter().map(|&text| text.to_owned()).collect();
    for (n, text) in MAILS.iter().enumerate() {
        let half = |text: &str| text.chars().take(text.chars().count() / 2).collect::<String>();
        texts.push(format!("{}{}", half(MAILS[(n * 7 + 3) % MAILS.len()]), half(text)));
    }
    let ids = put(&mut tx, &texts).await;
    let folded: Vec<String> = texts.iter().map(|text| fold(text)).collect();
    let mut asked: Vec<String> = folded.iter().flat_map(|text| questions(text)).collect();
    asked.extend(
        ["返品", "配送", "領収書の発行", "茶", "A-10234", "配達", "鬱", "invo", "ﾊﾟｽﾜｰﾄﾞ"].map(str::to_owned),
    );
    asked.sort();
    asked.dedup();
    assert!(asked.len() > 1000, "{}", asked.len());
    for query in &asked {
        let mut found = find(&mut tx, query).await;
        found.sort();
        let truth: Vec<MessageId> =
            ids.iter().zip(&folded).filter(|(_, text)| holds(text, query)).map(|(id, _)| *id).collect();
        assert_eq!(found, truth, "{query}");
    }
}

async fn the_newest_message_comes_first_page_by_page(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let texts: Vec<String> = (0..25).map(|n| format!("{n} 返品したい")).collect();
    let mut ids = put(&mut tx, &texts).await;
    ids.reverse();
    let asked = Question::parse("返品").settle(&Around::only(AgentId(1), NOW)).unwrap().unwrap();
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = search::query(&mut tx, &asked, before, 10).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.key);
        assert!(page.iter().all(|hit| hit.number == 1));
        seen.extend(page.into_iter().map(|hit| hit.message));
    }
    assert_eq!(seen, ids);
}

async fn all_words_must_be_there(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ids = put(&mut tx, &MAILS.map(str::to_owned)).await;
    assert_eq!(find(&mut tx, "返品 送料").await, [ids[2]]);
    assert_eq!(find(&mut tx, "返品 茶葉").await, []);
    assert_eq!(find(&mut tx, "order inv").await, [ids[6]]);
    assert_eq!(find(&mut tx, "").await, []);
}

async fn a_removed_message_is_not_found(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ids = put(&mut tx, &MAILS.map(str::to_owned)).await;
    search::remove(&mut tx, ids[2]).await.unwrap();
    assert_eq!(find(&mut tx, "返品").await, []);
    search::index(&mut tx, ids[2], NOW, &tokens::rows("返品")).await.unwrap();
    assert_eq!(find(&mut tx, "返品").await, [ids[2]]);
}

async fn a_long_text_is_found_to_its_end_and_once(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let filler = "商品の到着が遅れています。".repeat(2_000);
    let text = format!("返品の件{filler}領収書の発行{filler}急須の蓋が割れた");
    assert!(tokens::rows(&text).len() > 3);
    let ids = put(&mut tx, &[text, "到着".to_owned()]).await;
    for query in ["返品の件", "領収書の発行", "急須の蓋が割れた"] {
        assert_eq!(find(&mut tx, query).await, [ids[0]], "{query}");
    }
    assert_eq!(find(&mut tx, "到着").await, [ids[1], ids[0]], "each message once");
}

async fn quotes_and_operators_are_only_characters(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let ids = put(&mut tx, &["it's a \"test\" OR NOT near".to_owned(), "返品".to_owned()]).await;
    for query in [
        "\"",
        "'",
        "a' OR 'b",
        "NEAR(",
        "(((",
        "test*",
        "-",
        "a:b",
        "\\",
        "!|&<->",
        "OR",
        "NOT near",
        "\"te\" \"st",
    ] {
        let found = find(&mut tx, query).await;
        assert!(found.iter().all(|id| *id == ids[0]), "{query}");
    }
    assert_eq!(find(&mut tx, "NOT near").await, [ids[0]]);
}

async fn messages_of_the_same_second_are_all_found(db: Db) {
    let mut tx = db.begin().await.unwrap();
    let mailbox = mailbox(&mut tx, "support@example.jp").await;
    let ticket = ticket(&mut tx, mailbox, |_| {}).await.id;
    for at in [0, -5, i64::MAX, i64::MIN, 7, 7] {
        let id = message(&mut tx, ticket, |_| {}).await;
        search::index(&mut tx, id, at, &tokens::rows("返品")).await.unwrap();
        search::index(&mut tx, id, at, &tokens::rows("二度目")).await.unwrap();
    }
    assert_eq!(find(&mut tx, "返品").await.len(), 6);
    assert_eq!(find(&mut tx, "二度目").await.len(), 6, "the same key again takes another one");
}
