//! The open corpora, read whole. They lie outside of the project: `HENJI_CORPORA` names their folder. Without it
//! these tests only say so; with it, a missing folder or a number under its floor fails.

#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::format_push_string,
    reason = "a test that cannot go on fails; its numbers are small and its report is short"
)]

use mail::Mail;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The folder, if the variable is set.
fn corpora() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("HENJI_CORPORA").map(PathBuf::from) else {
        println!("HENJI_CORPORA is not set: the corpora are not read");
        return None;
    };
    assert!(folder.join("expectations").is_dir(), "HENJI_CORPORA is no corpora folder: {}", folder.display());
    Some(folder)
}

fn rows(folder: &Path, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("expectations").join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn read(folder: &Path, file: &str) -> Mail {
    mail::read(&std::fs::read(folder.join(file)).unwrap())
}

/// Counts right answers and keeps the wrong ones for showing.
#[derive(Default)]
struct Score {
    right: usize,
    wrong: Vec<String>,
}

impl Score {
    fn add(&mut self, file: &str, expected: &str, found: &str) {
        if expected == found {
            self.right += 1;
        } else {
            self.wrong.push(format!("{file}\n  expected {expected:?}\n  found    {found:?}"));
        }
    }

    /// Prints the number and fails under the floor.
    fn at_least(&self, what: &str, floor: f64) {
        let all = self.right + self.wrong.len();
        let share = self.right as f64 / all.max(1) as f64;
        println!("{what}: {}/{all} = {:.1} %", self.right, share * 100.0);
        if std::env::var_os("HENJI_SHOW_WRONG").is_some() {
            self.wrong.iter().for_each(|w| println!("  {}", w.chars().take(150_000).collect::<String>()));
        }
        assert!(share >= floor, "{what}: {:.1} % is under {:.1} %", share * 100.0, floor * 100.0);
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn field<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_default()
}

fn votes(row: &Value, name: &str) -> u64 {
    row[format!("{name}_votes")].as_u64().unwrap_or_default()
}

#[test]
fn headers_on_which_three_parsers_agree_are_read_the_same() {
    let Some(folder) = corpora() else { return };
    let [mut subject, mut from, mut name, mut id] = [const { Score { right: 0, wrong: Vec::new() } }; 4];
    for row in rows(&folder, "mime.jsonl") {
        let file = field(&row, "file");
        let mail = read(&folder, file);
        let first = mail.from.first();
        if votes(&row, "subject") == 3 {
            subject.add(
                file,
                &words(field(&row, "subject")),
                &words(mail.subject.as_deref().unwrap_or_default()),
            );
        }
        if votes(&row, "from_addr") == 3 {
            from.add(
                file,
                &field(&row, "from_addr").to_lowercase(),
                &first.map(mail::Address::folded).unwrap_or_default(),
            );
        }
        if votes(&row, "from_name") == 3 {
            name.add(
                file,
                &words(field(&row, "from_name")),
                &words(first.and_then(|a| a.name.as_deref()).unwrap_or_default()),
            );
        }
        if votes(&row, "message_id") == 3 {
            let expected = field(&row, "message_id").trim_matches(['<', '>']);
            id.add(file, expected, mail.message_id.as_deref().unwrap_or_default());
        }
    }
    subject.at_least("subject", 0.97);
    from.at_least("from address", 0.97);
    name.at_least("from name", 0.97);
    id.at_least("message id", 0.97);
}

#[test]
fn texts_on_which_three_parsers_agree_are_read_the_same() {
    let Some(folder) = corpora() else { return };
    let mut text = Score::default();
    for row in rows(&folder, "mime.jsonl").iter().filter(|r| votes(r, "text") == 3) {
        let file = field(row, "file");
        let expected = words(field(row, "text_ws_normalised"));
        let found = words(&read(&folder, file).text);
        // a long text was cut at 4,000 characters before it was written down
        let cut = expected.chars().count() >= 3_990 && found.starts_with(&expected);
        text.add(file, &expected, if cut { &expected } else { &found });
    }
    text.at_least("text", 0.95);
}

#[test]
fn hand_made_japanese_mails_are_read() {
    let Some(folder) = corpora() else { return };
    let cases = std::fs::read_to_string(folder.join("mime-ja/cases.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&cases).unwrap();
    let mut score = Score::default();
    for case in &cases {
        let file = format!("mime-ja/{}.eml", field(case, "name"));
        let mail = read(&folder, &file);
        let from = mail.from.first();
        let found = |key: &str| match key {
            "subject" => mail.subject.clone().unwrap_or_default(),
            "body" => mail.text.clone(),
            "body_contains" => {
                if mail.text.contains(field(case, key)) {
                    field(case, key).into()
                } else {
                    mail.text.clone()
                }
            }
            "filename" => mail.attachments.first().map(|a| a.name.clone()).unwrap_or_default(),
            "from_name" => from.and_then(|a| a.name.clone()).unwrap_or_default(),
            "from_addr" => from.map(|a| a.address.clone()).unwrap_or_default(),
            other => panic!("a key this test does not know: {other}"),
        };
        let keys = case.as_object().unwrap().keys().filter(|k| *k != "name");
        let (mut expected_all, mut found_all) = (String::new(), String::new());
        for key in keys {
            expected_all += &format!("{key}={}|", same_forms(field(case, key).trim_end()));
            found_all += &format!("{key}={}|", same_forms(found(key).trim_end()));
        }
        score.add(&file, &expected_all, &found_all);
    }
    score.at_least("mime-ja", 61.0 / 62.0);
}

/// Characters that are one in two Unicode forms count as equal (contract §2).
fn same_forms(text: &str) -> String {
    let same = |c| match c {
        '〜' => '～',
        '−' => '－',
        '‖' => '∥',
        '—' => '―',
        c => c,
    };
    text.replace("\r\n", "\n").chars().map(same).collect()
}

#[test]
fn generated_japanese_mails_are_read_exactly() {
    let Some(folder) = corpora() else { return };
    let mut score = Score::default();
    for row in rows(&folder, "derived_ja.jsonl") {
        let file = field(&row, "file");
        let mail = read(&folder, file);
        let from = mail.from.first();
        let names: Vec<_> = mail.attachments.iter().map(|a| a.name.as_str()).collect();
        let expected_names: Vec<_> =
            row["attachment_names"].as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
        let expected = [
            field(&row, "subject"),
            field(&row, "from_name"),
            field(&row, "from_addr"),
            field(&row, "text"),
            &expected_names.join("|"),
        ]
        .map(|s| same_forms(s.trim_end()))
        .join("\u{1f}");
        let found = [
            mail.subject.as_deref().unwrap_or_default(),
            from.and_then(|a| a.name.as_deref()).unwrap_or_default(),
            from.map(|a| a.address.as_str()).unwrap_or_default(),
            &mail.text,
            &names.join("|"),
        ]
        .map(|s| same_forms(s.trim_end()))
        .join("\u{1f}");
        score.add(file, &expected, &found);
    }
    score.at_least("derived_ja", 1.0);
}

#[test]
fn every_file_of_the_corpora_is_read_without_panic_and_quickly() {
    let Some(folder) = corpora() else { return };
    let mut folders = vec![folder];
    let (mut files, mut bytes_read) = (0, 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let bytes = std::fs::read(entry.path()).unwrap();
            let before = std::time::Instant::now();
            let mail = mail::read(&bytes);
            assert!(before.elapsed().as_secs() < 5, "{}", entry.path().display());
            assert!(
                !mail.text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'),
                "{}",
                entry.path().display()
            );
            (files, bytes_read) = (files + 1, bytes_read + bytes.len());
        }
    }
    println!("robust: {files} files, {bytes_read} bytes");
    assert!(files > 1_000);
}

/// How well returned mails are understood, part by part.
#[derive(Default)]
struct Returned {
    kind: Score,
    recipient: Score,
    reason: Score,
    dead: Score,
    original: Score,
}

impl Returned {
    fn look(&mut self, folder: &Path, row: &Value) {
        let file = field(row, "file");
        let Some(wanted) = wanted_kind(row) else { return };
        let mail = read(folder, file);
        let otherwise = wanted == "no bounce" && mail.kind != mail::Kind::Bounce;
        self.kind.add(file, wanted, if otherwise { wanted } else { mail.kind.as_str() });
        self.recipients(file, row, &mail);
        if wanted == "bounce" {
            self.reasons(file, row, &mail);
            self.returned_id(folder, file, &mail);
        }
    }

    fn recipients(&mut self, file: &str, row: &Value, mail: &Mail) {
        let detected = row["detected"].as_array().into_iter().flatten();
        let detected: Vec<String> =
            detected.map(|d| field(d, "recipient").to_lowercase()).filter(|r| !r.is_empty()).collect();
        if !detected.is_empty() {
            let found: Vec<String> = failed(mail).iter().map(|r| r.address.to_lowercase()).collect();
            self.recipient.add(file, &detected.join(" "), &found.join(" "));
        }
    }

    fn reasons(&mut self, file: &str, row: &Value, mail: &Mail) {
        let expected: Vec<&Value> = row["expected"].as_array().into_iter().flatten().collect();
        let reasons: Vec<&str> = expected.iter().map(|e| field(e, "reason")).collect();
        let found: Vec<&str> = failed(mail).iter().map(|r| r.reason.as_str()).collect();
        let first = failed(mail).first();
        let shown = first.map(|r| format!("{} {:?} {:?}", found.join(" "), r.status, r.diagnostic));
        let shown = if found == reasons { reasons.join(" ") } else { shown.unwrap_or_default() };
        self.reason.add(file, &reasons.join(" "), &shown);
        let hard: Vec<String> = expected.iter().map(|e| e["hard"].to_string()).collect();
        let found: Vec<String> = failed(mail).iter().map(|r| r.address_dead.to_string()).collect();
        self.dead.add(file, &hard.join(" "), &found.join(" "));
    }

    fn returned_id(&mut self, folder: &Path, file: &str, mail: &Mail) {
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        let own = usize::from(mail.message_id.is_some());
        if text.matches("\nmessage-id:").count() > own {
            let found = mail.bounce.as_ref().is_some_and(|b| b.of_message_id.is_some());
            self.original.add(file, "an id", if found { "an id" } else { "none" });
        }
    }
}

fn failed(mail: &Mail) -> &[mail::FailedRecipient] {
    mail.bounce.as_ref().map(|b| b.recipients.as_slice()).unwrap_or_default()
}

fn wanted_kind(row: &Value) -> Option<&'static str> {
    let first = row["expected"].as_array().into_iter().flatten().map(|e| field(e, "reason")).next();
    match first {
        Some("feedback") => Some("notification"),
        Some("vacation") => Some("auto_reply"),
        Some("delivered") => Some("receipt"),
        Some(_) => Some("bounce"),
        None => (row["is_bounce"] == Value::Bool(false)).then_some("no bounce"),
    }
}

#[test]
fn returned_mails_are_understood() {
    let Some(folder) = corpora() else { return };
    let mut scores = Returned::default();
    for row in rows(&folder, "bounces.jsonl") {
        scores.look(&folder, &row);
    }
    scores.kind.at_least("kind of reports", 0.98);
    scores.recipient.at_least("failed recipients", 0.96);
    scores.reason.at_least("bounce reason", 0.87);
    scores.dead.at_least("address dead", 0.94);
    scores.original.at_least("id of the returned mail", 0.98);
}

#[test]
fn answers_are_parted_from_what_they_quote() {
    let Some(folder) = corpora() else { return };
    let mut score = Score::default();
    for row in rows(&folder, "replies.jsonl") {
        let file = field(&row, "file");
        let text = std::fs::read_to_string(folder.join(file)).unwrap().replace('\r', "");
        let (new, ..) = mail::quote::find(&text);
        score.add(file, &words(field(&row, "reply_text")), &words(&new));
    }
    score.at_least("new text of replies", 0.73);
}
