//! The sink as a client sees it: through a socket and a folder.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use tempfile::TempDir;

use super::Sink;

struct Client {
    reader: BufReader<TcpStream>,
    folder: TempDir,
}

impl Client {
    fn connected() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let sink = Sink::start(folder.path()).expect("the sink starts");
        let stream = TcpStream::connect(sink.address).expect("the sink listens");
        let mut client = Self { reader: BufReader::new(stream), folder };
        assert!(client.answer().starts_with("220 "));
        client
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("the sink speaks or closes");
        if line.get(3..4) == Some("-") { self.answer() } else { line }
    }

    fn say(&mut self, bytes: &[u8]) -> String {
        self.reader.get_mut().write_all(bytes).expect("the sink listens");
        self.answer()
    }

    fn send_to(&mut self, recipient: &str, mail: &[u8]) -> String {
        assert!(self.say(b"MAIL FROM:<a@example.jp>\r\n").starts_with("250"));
        assert!(self.say(format!("RCPT TO:<{recipient}>\r\n").as_bytes()).starts_with("250"));
        assert!(self.say(b"DATA\r\n").starts_with("354"));
        self.say(mail)
    }

    fn kept(&self, n: u64) -> Vec<u8> {
        std::fs::read(self.folder.path().join(format!("{n}.eml"))).expect("the mail was kept")
    }

    fn record(&self, n: u64) -> serde_json::Value {
        let text = std::fs::read_to_string(self.folder.path().join(format!("{n}.json"))).expect("kept");
        serde_json::from_str(&text).expect("JSON")
    }
}

#[test]
fn every_byte_is_kept_and_only_the_stuffed_dots_go() {
    let mut client = Client::connected();
    let sent = b"Subject: a\r\n\r\n..one dot\r\nbare\n.\nlf\r\r\n\x8c\x83\xff\r\n\r\n.\r\n";
    assert!(client.send_to("a..b@docomo.ne.jp", sent).starts_with("250"));
    assert_eq!(client.kept(1), b"Subject: a\r\n\r\n.one dot\r\nbare\n.\nlf\r\r\n\x8c\x83\xff\r\n\r\n");
    assert_eq!(client.record(1)["to"][0], "a..b@docomo.ne.jp");
    assert_eq!(client.record(1)["outcome"], "accepted");
}

#[test]
fn a_refused_recipient_does_not_spoil_the_others() {
    let mut client = Client::connected();
    client.say(b"MAIL FROM:<>\r\n");
    assert!(client.say(b"RCPT TO:<refuse@example.jp>\r\n").starts_with("550"));
    assert!(client.say(b"RCPT TO:<later@example.jp>\r\n").starts_with("451"));
    assert!(client.say(b"DATA\r\n").starts_with("503"), "nobody is left");
    assert!(client.say(b"RCPT TO:<good@example.jp>\r\n").starts_with("250"));
    client.say(b"DATA\r\n");
    assert!(client.say(b"x\r\n.\r\n").starts_with("250"));
    let record = client.record(1);
    assert_eq!(record["from"], "");
    assert_eq!(record["to"], serde_json::json!(["good@example.jp"]));
    assert_eq!(record["refused"], serde_json::json!(["refuse@example.jp", "later@example.jp"]));
}

#[test]
fn a_dropped_mail_is_kept_but_never_answered() {
    let mut client = Client::connected();
    assert_eq!(client.send_to("drop-after-dot@example.jp", b"x\r\n.\r\n"), "");
    assert_eq!(client.record(1)["outcome"], "dropped");
    assert_eq!(client.kept(1), b"x\r\n");
}

#[test]
fn a_refused_text_says_so_and_the_next_mail_is_well() {
    let mut client = Client::connected();
    assert!(client.send_to("refuse-data@example.jp", b"x\r\n.\r\n").starts_with("554"));
    assert!(client.send_to("later-data-once@example.jp", b"x\r\n.\r\n").starts_with("451"));
    assert!(client.send_to("later-data-once@example.jp", b"x\r\n.\r\n").starts_with("250"));
    let outcomes: Vec<_> = (1..=3).map(|n| client.record(n)["outcome"].clone()).collect();
    assert_eq!(outcomes, ["refused", "deferred", "accepted"]);
}

#[test]
fn only_the_password_test_opens_the_door() {
    let mut client = Client::connected();
    assert!(client.say(b"EHLO me\r\n").contains("AUTH PLAIN LOGIN"));
    // \0shop\0wrong and \0shop\0test
    assert!(client.say(b"AUTH PLAIN AHNob3AAd3Jvbmc=\r\n").starts_with("535"));
    assert!(client.say(b"AUTH PLAIN AHNob3AAdGVzdA==\r\n").starts_with("235"));
    assert!(client.say(b"AUTH LOGIN\r\n").starts_with("334"));
    assert!(client.say(b"c2hvcA==\r\n").starts_with("334"));
    assert!(client.say(b"dGVzdA==\r\n").starts_with("235"));
    assert!(client.send_to("a@example.jp", b"x\r\n.\r\n").starts_with("250"));
    assert_eq!(client.record(1)["user"], "shop");
    assert_eq!(client.record(1)["helo"], "me");
}

#[test]
fn a_provider_may_refuse_the_null_sender() {
    let mut client = Client::connected();
    // \0no-null-sender\0test
    assert!(client.say(b"AUTH PLAIN AG5vLW51bGwtc2VuZGVyAHRlc3Q=\r\n").starts_with("235"));
    assert!(client.say(b"MAIL FROM:<>\r\n").starts_with("550"));
    assert!(client.say(b"MAIL FROM:<shop@example.jp>\r\n").starts_with("250"));
}
