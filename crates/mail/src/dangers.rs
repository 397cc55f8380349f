//! What can be dangerous about an attachment, by its decoded name, its label and its first bytes.

use crate::lists::Danger;
use std::collections::HashMap;
use std::sync::LazyLock;

static BY_EXTENSION: LazyLock<HashMap<&'static str, Danger>> = LazyLock::new(|| {
    let lines = include_str!("../data/dangers.tsv").lines().filter(|l| !l.starts_with('#'));
    let rows = lines.filter_map(|line| line.split_once('\t'));
    rows.filter_map(|(word, extensions)| Danger::parse(word).map(|danger| (danger, extensions)))
        .flat_map(|(danger, extensions)| extensions.split_whitespace().map(move |e| (e, danger)))
        .collect()
});

/// First bytes of programs. Source: the formats' own definitions (PE, ELF, Mach-O).
const PROGRAMS: &[&[u8]] =
    &[b"MZ\x90\0", b"MZ\0\0", b"MZP\0", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xcf"];

/// All dangers of a file.
pub(crate) fn of(name: &str, media_type: &str, content: &[u8]) -> Vec<Danger> {
    let mut dangers = Vec::new();
    let lower = name.trim_end_matches(['.', ' ']).to_lowercase();
    let mut extensions = lower.rsplit('.');
    let last = extensions.next().unwrap_or_default();
    let by_name = BY_EXTENSION.get(last).copied();
    dangers.extend(by_name);
    if matches!(media_type, "text/html" | "image/svg+xml" | "application/xhtml+xml") {
        push(&mut dangers, Danger::HtmlActive);
    }
    let runs = matches!(by_name, Some(Danger::Executable | Danger::Script | Danger::Shortcut));
    let before = extensions.next().filter(|_| lower.matches('.').count() >= 2);
    if runs
        && before.is_some_and(|e| (2..=5).contains(&e.len()) && e.bytes().any(|b| b.is_ascii_alphabetic()))
    {
        push(&mut dangers, Danger::DoubleExtension);
    }
    if !runs && PROGRAMS.iter().any(|magic| content.starts_with(magic)) {
        push(&mut dangers, Danger::DisguisedType);
    }
    if name.chars().any(is_bidi) {
        push(&mut dangers, Danger::BidiName);
    }
    dangers
}

fn push(dangers: &mut Vec<Danger>, danger: Danger) {
    if !dangers.contains(&danger) {
        dangers.push(danger);
    }
}

/// Characters that turn the reading direction by command.
pub(crate) fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// An extension for a part that has no name.
pub(crate) fn extension_of(media_type: &str) -> &'static str {
    match media_type {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "application/pdf" => "pdf",
        "text/calendar" => "ics",
        "text/plain" => "txt",
        "text/html" => "html",
        "message/rfc822" => "eml",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_runs() {
        assert_eq!(
            of("請求書.pdf.exe", "application/pdf", b""),
            [Danger::Executable, Danger::DoubleExtension]
        );
        assert_eq!(of("a.js", "text/plain", b""), [Danger::Script]);
        assert_eq!(of("画像\u{202e}gpj.exe", "image/jpeg", b""), [Danger::Executable, Danger::BidiName]);
        assert_eq!(of("見積書.pdf", "application/pdf", b"%PDF"), []);
    }

    #[test]
    fn a_program_under_a_harmless_name_is_disguised() {
        assert_eq!(of("写真.jpg", "image/jpeg", b"MZ\x90\0"), [Danger::DisguisedType]);
        assert_eq!(of("a.svg", "image/svg+xml", b"<svg"), [Danger::HtmlActive]);
    }
}
