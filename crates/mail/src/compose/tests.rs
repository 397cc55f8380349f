use super::*;
use proptest::prelude::*;

fn address(name: &str, address: &str) -> Address {
    Address { name: (!name.is_empty()).then(|| name.to_owned()), address: address.to_owned() }
}

fn mail() -> Outgoing {
    Outgoing {
        from: address("ことり堂 サポート", "support@example.jp"),
        reply_to: Vec::new(),
        to: vec![address("山田 太郎", "taro@example.com")],
        cc: Vec::new(),
        subject: ReplySubject::fresh("Re: 届きません"),
        text: "山田様\n\nご連絡ありがとうございます。\n".to_owned(),
        html: None,
        attachments: Vec::new(),
        message_id: "abc.def@example.jp".to_owned(),
        in_reply_to: vec!["1@example.com".to_owned()],
        references: vec!["0@example.com".to_owned(), "1@example.com".to_owned()],
        at: "2003-12-09T12:29:52Z".parse().unwrap(),
        offset_minutes: 540,
        auto_submitted: None,
    }
}

fn text_of(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn assert_well_formed(bytes: &[u8]) {
    assert!(bytes.is_ascii(), "eight-bit characters");
    for line in text_of(bytes).split("\r\n") {
        assert!(line.len() <= 998, "a line of {} bytes", line.len());
        assert!(!line.contains(['\r', '\n']), "a lone CR or LF");
    }
}

#[test]
fn a_reply_has_the_header_the_contract_names_and_nothing_else() {
    let bytes = compose(&mail()).unwrap();
    let header = text_of(&bytes).split("\r\n\r\n").next().unwrap();
    let names: Vec<_> =
        header.split("\r\n").filter(|l| !l.starts_with(' ')).map(|l| l.split(':').next().unwrap()).collect();
    let expected = ["From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"];
    let mime = ["MIME-Version", "Content-Type", "Content-Transfer-Encoding"];
    assert_eq!(names, expected.iter().chain(&mime).copied().collect::<Vec<_>>());
    assert!(header.contains("Date: Tue, 9 Dec 2003 21:29:52 +0900"));
    assert!(header.contains("Subject: Re: =?UTF-8?B?"));
    assert_well_formed(&bytes);
}

#[test]
fn the_customers_own_subject_header_is_copied() {
    let raw = "=?iso-2022-jp?B?GyRCSlZJSiRON28bKEI=?=\r\n =?iso-2022-jp?B?GyRCJEskRCQkJEYbKEI=?=";
    let mut mail = mail();
    mail.subject = crate::subject::reply("返品の件について", Some(raw));
    let bytes = compose(&mail).unwrap();
    assert!(text_of(&bytes).contains(&format!("Subject: Re: {raw}\r\n")));
    assert_eq!(crate::read(&bytes).subject.as_deref(), Some("Re: 返品の件について"));
}

#[test]
fn nothing_can_be_smuggled_into_the_header() {
    let mut mail = mail();
    mail.subject =
        ReplySubject { text: "a\r\nBcc: x@example.com".into(), raw: Some("a\r\nBcc: x@example.com".into()) };
    mail.to[0].name = Some("太郎\r\nBcc: x@example.com".into());
    mail.references.push("2@example.com>\r\nBcc: <x@example.com".into());
    let bytes = compose(&mail).unwrap();
    assert!(crate::read(&bytes).header("bcc").is_none());
    mail.to[0].address = "taro@example.com\r\nBcc: x@example.com".into();
    assert!(matches!(compose(&mail), Err(ComposeError::BadAddress(_))));
}

#[test]
fn of_a_long_chain_the_first_and_last_twenty_are_named() {
    let mut mail = mail();
    mail.references = (0..100).map(|n| format!("{n}@example.com")).collect();
    let read = crate::read(&compose(&mail).unwrap());
    assert_eq!(read.references.len(), 40);
    assert_eq!(
        (read.references[19].as_str(), read.references[20].as_str()),
        ("19@example.com", "80@example.com")
    );
}

#[test]
fn long_words_are_never_broken() {
    let mut mail = mail();
    let id = format!("{}@example.com", "x".repeat(200));
    mail.references = vec![id.clone()];
    mail.subject = ReplySubject::fresh(format!("Re: {}", "A".repeat(200)));
    let bytes = compose(&mail).unwrap();
    assert!(text_of(&bytes).contains(&format!("<{id}>")));
    assert!(text_of(&bytes).contains(&"A".repeat(200)));
    assert_well_formed(&bytes);
}

#[test]
fn html_and_files_make_the_parts_that_belong_to_them() {
    let mut mail = mail();
    mail.html = Some("<p>こんにちは</p>".into());
    let bytes = compose(&mail).unwrap();
    assert!(text_of(&bytes).contains("Content-Type: multipart/alternative;"));
    mail.attachments = vec![File {
        name: "令和八年度第三四半期お見積書および納品書一式（最終版）.pdf".into(),
        media_type: "application/pdf".into(),
        bytes: b"%PDF".to_vec(),
    }];
    let bytes = compose(&mail).unwrap();
    assert_well_formed(&bytes);
    let read = crate::read(&bytes);
    assert_eq!(read.html.as_deref(), Some("<p>こんにちは</p>"));
    assert_eq!(read.attachments[0].name, mail.attachments[0].name);
    assert_eq!(crate::attachment(&bytes, 1).unwrap().bytes, b"%PDF");
}

#[test]
fn a_mail_to_nobody_or_without_an_id_of_ours_is_an_error() {
    let mut nobody = mail();
    nobody.to.clear();
    assert_eq!(compose(&nobody), Err(ComposeError::NoRecipient));
    let mut nameless = mail();
    nameless.message_id = "no at sign".into();
    assert!(matches!(compose(&nameless), Err(ComposeError::BadMessageId(_))));
}

/// Any characters, among them the ones that hurt.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,120}",
        "[ -~\\r\\n\\t]{0,200}",
        "(Re: |返信：)?[ぁ-んァ-ヶ一-鿿０-９ｦ-ﾟ😀-😿 a-z\"=?_,;:<>()\\\\]{0,80}",
    ]
}

fn any_address() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9._+\"\\\\ ()<>,;:@-]{1,30}@[a-z0-9-]{1,20}\\.(co\\.jp|com)"
}

/// What is left of a text in a header line.
fn line(text: &str) -> String {
    crate::fields::one_line(text, &mut Vec::new())
}

proptest! {
    #[test]
    fn what_is_composed_reads_the_same(
        subject in any_text(), text in any_text(), name in any_text(), to in any_address(), file in any_text(),
    ) {
        let mut mail = mail();
        mail.subject = ReplySubject::fresh(subject.clone());
        mail.text.clone_from(&text);
        mail.to = vec![address(&name, &to), address("次の人", "b@example.com")];
        mail.attachments = vec![File { name: file.clone(), media_type: "image/png".into(), bytes: vec![0, 159, 146] }];
        let bytes = compose(&mail).unwrap();
        assert_well_formed(&bytes);
        let read = crate::read(&bytes);
        prop_assert_eq!(read.subject.unwrap_or_default(), line(&subject));
        let cleaned = charset::clean(&text, &mut Vec::new()).into_owned();
        prop_assert!(read.text == cleaned || (read.text.is_empty() && cleaned.trim().is_empty()));
        prop_assert_eq!(&read.to[0].address, &to);
        prop_assert_eq!(read.to.len(), 2);
        let bare = |n: &str| line(n).trim_matches(|c: char| c.is_whitespace() || c == '"').to_owned();
        prop_assert_eq!(bare(&read.to[0].name.clone().unwrap_or_default()), bare(&name));
        let file = if line(&file).is_empty() { "attachment".to_owned() } else { line(&file) };
        prop_assert_eq!(&read.attachments[0].name, &file);
        prop_assert_eq!(&crate::attachment(&bytes, 1).unwrap().bytes, &[0, 159, 146]);
        prop_assert_eq!(read.problems, []);
    }

    #[test]
    fn a_reply_carries_the_customers_subject_character_for_character(subject in any_text(), folded in any::<bool>()) {
        let fold = if folded { "\r\n " } else { " " };
        let header = format!("Subject: {}\r\n\r\n", line(&subject).replacen(' ', fold, 1));
        let customer = crate::read(header.as_bytes());
        let decoded = customer.subject.clone().unwrap_or_default();
        let mut mail = mail();
        mail.subject = crate::subject::reply(&decoded, customer.subject_raw.as_deref());
        let bytes = compose(&mail).unwrap();
        assert_well_formed(&bytes);
        let answer = crate::read(&bytes).subject.unwrap_or_default();
        let without_re = answer.strip_prefix("Re: ").unwrap_or(&answer);
        prop_assert!(answer == decoded || without_re == decoded || (decoded.is_empty() && answer == "Re:"), "{answer:?} of {decoded:?}");
    }

    #[test]
    fn any_bytes_are_a_mail(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = crate::read(&bytes);
    }

    #[test]
    fn broken_pieces_of_mails_are_a_mail(
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..24)
    ) {
        let bytes = pieces.concat();
        let mail = crate::read(bytes.as_bytes());
        for n in 1..=u32::try_from(mail.attachments.len()).unwrap() {
            prop_assert!(crate::attachment(bytes.as_bytes(), n).is_some());
        }
    }
}

/// What mails are made of, for putting together wrongly.
const PIECES: &[&str] = &[
    "From: =?utf-8?B?5bGx55Sw?= <a@b>\r\n",
    "Subject: =?iso-2022-jp?B?GyRC",
    "?=\r\n",
    "\r\n",
    "\n\n",
    "--x\r\n",
    "--x--\r\n",
    "Content-Type: multipart/mixed; boundary=x\r\n",
    "Content-Type: multipart/alternative; boundary=\"x",
    "Content-Type: text/html; charset=shift_jis\r\n",
    "Content-Transfer-Encoding: base64\r\n",
    "Content-Type: message/rfc822\r\n",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n",
    "Content-Type: message/delivery-status\r\n",
    "Final-Recipient: rfc822; a@b\r\n",
    "Status: 5.1.1\r\n",
    "Message-ID: <1@b>\r\n",
    "\u{1b}$BJVIJ",
    "<p><a href=\"java",
    "script:x\">",
    "Content-Disposition: attachment; filename*0*=utf-8''%E8%A6",
    "; filename*1*=%8B\r\n",
    "返品の件\n",
    "> 引用\n",
    "-- \n",
    "Received: from a by b; Tue, 9 Dec 2003 21:29:52 +0900\r\n",
    "Date: Tue, 32 Foo\r\n",
];
