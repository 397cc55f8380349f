//! Mails that a web form sent on a person's behalf, told by the labels in their text. Reading the fields themselves
//! needs the form's own settings and is not done here.

use crate::mail::Mail;
use std::collections::HashSet;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

static LABELS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("../data/form_labels.txt").lines().filter(|l| !l.starts_with('#')).collect()
});

/// Labels that must stand in a text, each in a line of its own.
const ENOUGH: usize = 3;
/// Lines looked at.
const LINES: usize = 200;

/// Whether the mail's text is a filled-in form. An answer that quotes one is none.
pub(crate) fn is_form(mail: &Mail) -> bool {
    if !mail.in_reply_to.is_empty() || !mail.references.is_empty() {
        return false;
    }
    let found: HashSet<String> = mail.text.lines().take(LINES).filter_map(label).collect();
    found.len() >= ENOUGH
}

/// The known label at the beginning of a line: `【お名前】 …`, `お名前: …`, `■メールアドレス`, `[name] …`.
fn label(line: &str) -> Option<String> {
    let folded: String = line.chars().take(60).nfkc().flat_map(char::to_lowercase).collect();
    let line = folded.trim_start_matches(|c: char| c.is_whitespace() || "■□◆◇●○・*-".contains(c));
    let bracketed = [('【', '】'), ('[', ']'), ('〔', '〕'), ('<', '>')]
        .iter()
        .find_map(|(open, close)| line.strip_prefix(*open)?.split_once(*close).map(|(inner, _)| inner));
    let before_colon = || line.split_once([':', '=']).map(|(before, _)| before);
    let word = bracketed.or_else(before_colon).unwrap_or(line);
    let word: String = word.chars().filter(|c| !c.is_whitespace() && !"*※()必須:".contains(*c)).collect();
    LABELS.contains(word.as_str()).then_some(word)
}

#[cfg(test)]
mod tests {
    fn kind(text: &str) -> crate::Kind {
        crate::read(format!("From: a@example.jp\nSubject: x\n\n{text}").as_bytes()).kind
    }

    #[test]
    fn a_filled_in_form_is_told_by_its_labels() {
        let form = "【お名前】 山田太郎\n【メールアドレス】 t@example.jp\n【お問い合わせ内容】\n届きません\n";
        assert_eq!(kind(form), crate::Kind::Form);
        assert_eq!(kind("お名前： 山田\nTEL: 03\nご用件： 返品\n"), crate::Kind::Form);
    }

    #[test]
    fn a_person_who_signs_with_name_and_phone_is_no_form() {
        assert_eq!(kind("届きません。\n\n名前: 山田\n電話番号: 03-0000-0000\n"), crate::Kind::Human);
    }
}
