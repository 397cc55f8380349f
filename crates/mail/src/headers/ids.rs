//! Message-ID, In-Reply-To, References, Content-ID: ids without their `<>`.

/// Ids read of one field; a longer chain is cut in the middle by [`all`]'s caller if at all.
const MAX_IDS: usize = 1_000;

/// All ids of a field in their order, each once. What stands outside `<>` is only taken where there is no `<>` at
/// all (In-Reply-To once held sentences: `Your message of "Tue, …" <id>`).
pub(crate) fn all(value: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut rest = value;
    while let Some((_, after)) = rest.split_once('<') {
        let (inner, behind) = after.split_once('>').unwrap_or((after, ""));
        push(&mut ids, inner);
        rest = behind;
    }
    if ids.is_empty() {
        value.split_whitespace().filter(|word| word.contains('@')).for_each(|word| push(&mut ids, word));
    }
    ids
}

/// The id of a field that holds one.
pub(crate) fn one(value: &str) -> Option<String> {
    all(value).into_iter().next().or_else(|| {
        let bare: String = value.split_whitespace().collect();
        let bare = bare.trim_matches(['<', '>']);
        (!bare.is_empty()).then(|| bare.to_owned())
    })
}

fn push(ids: &mut Vec<String>, raw: &str) {
    let id: String = raw.chars().filter(|c| !c.is_whitespace() && *c != '<').collect();
    if !id.is_empty() && id.len() <= 998 && ids.len() < MAX_IDS && !ids.contains(&id) {
        ids.push(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_without_brackets_and_each_once() {
        assert_eq!(all("<a@b> <c@d>\t<a@b>"), ["a@b", "c@d"]);
        assert_eq!(all("Your message of \"Tue, 9 Dec\" <a@b>"), ["a@b"]);
        assert_eq!(all("a@b c@d"), ["a@b", "c@d"]);
        assert_eq!(all("<a @b"), ["a@b"]);
        assert!(all("").is_empty());
    }

    #[test]
    fn a_message_id_needs_no_at_sign() {
        assert_eq!(one("<12345>").as_deref(), Some("12345"));
        assert_eq!(one("12345").as_deref(), Some("12345"));
        assert_eq!(one("  "), None);
        assert_eq!(one("<>"), None);
    }
}
