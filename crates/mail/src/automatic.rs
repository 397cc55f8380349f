//! Why a mail is a machine's: each sign with the header line (or words) that gave it. The words are tables in
//! `data/`; a machine never answers a mail that has any sign.

use crate::lists::closed_list;
use crate::mail::{Address, Mail};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

closed_list! {
    /// One way in which a machine shows itself.
    Sign {
        /// `Auto-Submitted` other than `no`.
        AutoSubmitted = "auto_submitted",
        /// `Precedence: bulk|junk|list|auto_reply`.
        Precedence = "precedence",
        /// Any `List-*` header of a mailing list.
        ListMail = "list_mail",
        /// The sender asks for no automatic answer (`X-Auto-Response-Suppress` …).
        AnswersUnwanted = "answers_unwanted",
        /// Sent with the empty return path.
        NullSender = "null_sender",
        /// Sent by mailer-daemon, noreply and the like.
        RobotSender = "robot_sender",
        /// A vacation or absence note by its words.
        VacationNote = "vacation_note",
        /// A header that vacation programs, auto-responders and senders to many leave.
        RobotHeader = "robot_header",
        /// A mark that machines put in to see their own mail come round again (`X-Loop` …).
        LoopMark = "loop_mark",
        /// A delivery report (`multipart/report`).
        Report = "report",
    }
}

/// One sign with its ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutomaticSign {
    /// Which sign.
    pub sign: Sign,
    /// The header line or the words that gave it.
    pub because: String,
}

/// How a row of the table looks at a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    Exists,
    Is,
    Begins,
    Not,
}

/// One row of `data/automatic.tsv`.
struct Row {
    sign: Sign,
    header: &'static str,
    test: Test,
    word: &'static str,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| rows(include_str!("../data/automatic.tsv")));
static ROBOTS: LazyLock<Vec<(bool, &'static str)>> = LazyLock::new(|| {
    let lines = include_str!("../data/robots.tsv").lines().filter(|l| !l.starts_with('#'));
    lines.filter_map(|l| l.split_once('\t')).map(|(kind, word)| (kind == "begins", word)).collect()
});
static NOTES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../data/vacation.tsv").lines().filter(|l| !l.starts_with('#'));
    lines.filter_map(|line| line.split('\t').next()).collect()
});

fn rows(table: &'static str) -> Vec<Row> {
    let row = |line: &'static str| {
        let mut columns = line.split('\t');
        let (sign, header) = (Sign::parse(columns.next()?)?, columns.next()?);
        let test = match columns.next()? {
            "exists" => Test::Exists,
            "is" => Test::Is,
            "begins" => Test::Begins,
            "not" => Test::Not,
            _ => return None,
        };
        Some(Row { sign, header, test, word: columns.next().unwrap_or_default() })
    };
    table.lines().filter(|l| !l.starts_with('#')).filter_map(row).collect()
}

impl Row {
    fn fits(&self, value: &str) -> bool {
        let value = value.trim().to_lowercase();
        match self.test {
            Test::Exists => true,
            Test::Is => value == self.word,
            Test::Begins => value.starts_with(self.word),
            Test::Not => value.split([';', ' ', '(']).next().is_some_and(|v| !v.is_empty() && v != self.word),
        }
    }
}

/// All signs of a mail whose header is read.
pub(crate) fn signs(mail: &Mail) -> Vec<AutomaticSign> {
    let mut found = Vec::new();
    for header in &mail.headers {
        let rows = ROWS.iter().filter(|row| row.header.eq_ignore_ascii_case(&header.name));
        for row in rows.filter(|row| row.fits(&header.value)) {
            found.push(line(row.sign, &header.name, &header.value));
        }
        if header.name.eq_ignore_ascii_case("return-path") && header.value.trim() == "<>" {
            found.push(line(Sign::NullSender, &header.name, &header.value));
        }
        if header.name.eq_ignore_ascii_case("content-type")
            && header.value.to_ascii_lowercase().starts_with("multipart/report")
        {
            found.push(line(Sign::Report, &header.name, &header.value));
        }
    }
    found.extend(
        mail.from
            .iter()
            .chain(&mail.sender)
            .find(|a| is_robot(a))
            .map(|a| AutomaticSign { sign: Sign::RobotSender, because: format!("From: {}", a.address) }),
    );
    let subject = mail.subject.as_deref().unwrap_or_default();
    if is_note(subject) {
        found.push(line(Sign::VacationNote, "Subject", subject));
    }
    found
}

fn line(sign: Sign, name: &str, value: &str) -> AutomaticSign {
    let short: String = value.chars().take(200).collect();
    AutomaticSign { sign, because: format!("{name}: {short}") }
}

/// Whether nobody reads what is sent to this address.
pub(crate) fn is_robot(address: &Address) -> bool {
    let folded = address.folded();
    let local = folded.split_once('@').map_or(folded.as_str(), |(local, _)| local);
    ROBOTS.iter().any(|(begins, word)| match (begins, local.strip_prefix(word)) {
        (_, Some("")) => true,
        (true, Some(rest)) => rest.starts_with(['+', '-', '_', '.', '=']),
        (false, Some(_)) | (_, None) => false,
    })
}

/// Whether a subject is that of an automatic note.
fn is_note(subject: &str) -> bool {
    let folded: String = subject.trim().nfkc().flat_map(char::to_lowercase).collect();
    let bracketed = [('【', '】'), ('[', ']'), ('(', ')'), ('<', '>')]
        .iter()
        .find_map(|(open, close)| folded.strip_prefix(*open)?.split_once(*close).map(|(inner, _)| inner));
    let before_colon = folded.split_once(':').map(|(before, _)| before);
    [bracketed, before_colon, Some(folded.as_str())]
        .into_iter()
        .flatten()
        .any(|word| NOTES.contains(&word.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs_of(header: &str) -> Vec<Sign> {
        crate::read(format!("{header}\r\n\r\nbody\r\n").as_bytes())
            .automatic
            .into_iter()
            .map(|s| s.sign)
            .collect()
    }

    #[test]
    fn headers_of_machines_are_known_and_quoted_as_ground() {
        assert_eq!(signs_of("Auto-Submitted: auto-replied (vacation)"), [Sign::AutoSubmitted]);
        assert_eq!(signs_of("Auto-Submitted: no"), []);
        assert_eq!(signs_of("Precedence: Bulk"), [Sign::Precedence]);
        assert_eq!(signs_of("Return-Path: <>"), [Sign::NullSender]);
        assert_eq!(signs_of("X-Auto-Response-Suppress: All"), [Sign::AnswersUnwanted]);
        assert_eq!(signs_of("X-Loop: a@example.jp"), [Sign::LoopMark]);
        let mail = crate::read(b"Precedence: bulk\n\n");
        assert_eq!(mail.automatic[0].because, "Precedence: bulk");
    }

    #[test]
    fn senders_that_nobody_reads_are_known() {
        for from in [
            "MAILER-DAEMON@mx.example.jp",
            "no-reply@example.jp",
            "noreply+1@example.jp",
            "bounces-12@example.jp",
        ] {
            assert_eq!(signs_of(&format!("From: {from}")), [Sign::RobotSender], "{from}");
        }
        for from in ["taro@example.jp", "bouncer@example.jp", "reply@example.jp"] {
            assert_eq!(signs_of(&format!("From: {from}")), [], "{from}");
        }
    }

    #[test]
    fn vacation_notes_are_told_by_subject_and_complaints_about_them_are_not() {
        for subject in [
            "自動応答: 返品の件",
            "【自動返信】お問い合わせ",
            "Automatic reply: hi",
            "不在通知",
            "Ａｕｔｏ：x",
        ] {
            assert_eq!(signs_of(&format!("Subject: {subject}")), [Sign::VacationNote], "{subject}");
        }
        for subject in ["自動返信メールが届きません", "不在通知が入っていました", "自動車の件", "Autos"]
        {
            assert_eq!(signs_of(&format!("Subject: {subject}")), [], "{subject}");
        }
    }
}
