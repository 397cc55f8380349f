//! Style attributes: declarations whose property is on the list and whose value can neither fetch nor run.

use std::collections::HashSet;
use std::sync::LazyLock;

static PROPERTIES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("../../data/css_properties.txt")
        .lines()
        .filter(|l| !l.starts_with('#') && !l.is_empty())
        .collect()
});

/// Functions a value may use.
const FUNCTIONS: &[&str] = &["rgb", "rgba", "hsl", "hsla", "calc"];
/// Bytes of one value; longer ones are no styling.
const MAX_VALUE: usize = 200;

/// What is left of a style attribute; empty if nothing is.
pub(super) fn filter(style: &str) -> String {
    let declarations = style.split(';').filter_map(|declaration| {
        let (property, value) = declaration.split_once(':')?;
        let property = property.trim().to_ascii_lowercase();
        let value = value.trim();
        (PROPERTIES.contains(property.as_str()) && is_harmless(value)).then(|| format!("{property}:{value}"))
    });
    declarations.collect::<Vec<_>>().join(";")
}

/// Letters, numbers, colours and known functions. No escapes, no comments, no nested rules, no `url(`.
fn is_harmless(value: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric() || " #%.,()'\"!+-/*_".contains(c);
    let balanced = |quote: char| value.matches(quote).count().is_multiple_of(2);
    !value.is_empty()
        && value.len() <= MAX_VALUE
        && value.chars().all(letter)
        && !value.contains("/*")
        && !value.contains("*/")
        && balanced('"')
        && balanced('\'')
        && value.match_indices('(').all(|(at, _)| is_known_function(&value[..at]))
        && value.matches('(').count() == value.matches(')').count()
}

fn is_known_function(before: &str) -> bool {
    let name =
        before.rsplit(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').next().unwrap_or_default();
    FUNCTIONS.iter().any(|known| name.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::filter;

    #[test]
    fn ordinary_styling_stays() {
        assert_eq!(
            filter("color: #333; font-family: 'ＭＳ Ｐゴシック', sans-serif"),
            "color:#333;font-family:'ＭＳ Ｐゴシック', sans-serif"
        );
        assert_eq!(
            filter("BACKGROUND:rgb(1, 2,3) ; margin:0 auto!important"),
            "background:rgb(1, 2,3);margin:0 auto!important"
        );
    }

    #[test]
    fn what_fetches_runs_or_lies_over_others_goes() {
        for style in [
            "background:url(//evil.example/x.png)",
            "background:u\\72l(x)",
            "color:expression(alert(1))",
            "position:fixed",
            "behavior:url(x.htc)",
            "-moz-binding:url(x)",
            "background:image-set('x' 1x)",
            "color:red/*;*/",
            "width:var(--x)",
            "color:@import",
            "background:URL (x)",
            "color:</style><script>",
            "background:/**/url(x)",
            "font-family:'",
        ] {
            assert_eq!(filter(style), "", "{style}");
        }
    }
}
