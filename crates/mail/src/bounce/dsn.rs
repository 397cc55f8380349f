//! Delivery reports in the standard form (RFC 3464), and abuse reports (RFC 5965), which look much the same.

use crate::fields::Fields;
use crate::headers::addresses;
use crate::lists::Problem;

/// What one recipient's block says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    pub address: String,
    /// `failed`, `delayed`, `delivered`, `relayed`, `expanded`; lower case.
    pub action: String,
    pub status: Option<String>,
    pub diagnostic: Option<String>,
}

/// Recipients read of one report.
const MAX_BLOCKS: usize = 500;

/// The recipients of a `message/delivery-status`.
pub(super) fn blocks(content: &[u8]) -> Vec<Block> {
    let groups = groups(content);
    groups.into_iter().take(MAX_BLOCKS).filter_map(|group| block(&Fields::read(&group))).collect()
}

/// Groups of fields, parted by empty lines.
fn groups(content: &[u8]) -> Vec<Vec<u8>> {
    let mut groups = vec![Vec::new()];
    for line in content.split_inclusive(|b| *b == b'\n') {
        let Some(last) = groups.last_mut() else { continue };
        if !line.trim_ascii().is_empty() {
            last.extend_from_slice(line);
        } else if !last.is_empty() {
            groups.push(Vec::new());
        }
    }
    groups
}

fn block(fields: &Fields<'_>) -> Option<Block> {
    let mut ignored = Vec::new();
    let mut address = |name: &str| {
        let value = fields.structured(name, &mut ignored)?;
        address_in(&value, &mut ignored)
    };
    let address = address("final-recipient")
        .filter(|a| is_address(a))
        .or_else(|| address("original-recipient").filter(|a| is_address(a)))
        .or_else(|| address("x-actual-recipient"))
        .or_else(|| address("final-recipient"))?;
    let word = |name: &str| fields.readable(name, &mut Vec::new());
    let diagnostic = word("diagnostic-code").map(|d| without_type(&d).to_owned()).filter(|d| !d.is_empty());
    let written = word("status").and_then(|s| super::reason::status_in(&s));
    Some(Block {
        address,
        action: word("action").unwrap_or_default().to_lowercase(),
        status: written,
        diagnostic,
    })
}

/// Not `@host`, and not the pipe or file that a local delivery went to.
fn is_address(address: &str) -> bool {
    address.split_once('@').is_some_and(|(local, _)| !local.is_empty() && !local.contains(['/', '|']))
}

/// `rfc822; a@b` → `a@b`.
fn address_in(value: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let value = value.split_once(';').map_or(value, |(_, address)| address);
    addresses::all(value, problems).into_iter().next().map(|a| a.address).filter(|a| !a.is_empty())
}

/// `smtp; 550 …` → `550 …`.
pub(super) fn without_type(value: &str) -> &str {
    match value.split_once(';') {
        Some((kind, rest)) if kind.len() <= 20 && !kind.trim().contains(' ') => rest.trim(),
        _ => value.trim(),
    }
}

/// The recipients that an abuse report is about.
pub(super) fn complained_about(content: &[u8]) -> Vec<String> {
    let fields = Fields::read(content);
    let mut problems = Vec::new();
    let named = ["original-rcpt-to", "removal-recipient", "redacted-address"];
    let values: Vec<String> =
        named.iter().flat_map(|name| fields.all(name)).map(|f| fields.text_of(f, &mut Vec::new())).collect();
    let mut found: Vec<String> =
        values.iter().flat_map(|v| addresses::all(v, &mut problems)).map(|a| a.address).collect();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_gives_each_recipient_with_its_code_and_words() {
        let report = b"Reporting-MTA: dns; mx.example.jp\r\n\r\nFinal-Recipient: rfc822; taro@example.jp\r\n\
            Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n User unknown\r\n\r\n\
            Final-Recipient: RFC822;<a..b@docomo.ne.jp>\r\nAction: Delayed\r\nStatus: 4.4.7 (expired)\r\n";
        let blocks = blocks(report);
        assert_eq!(blocks.len(), 2);
        assert_eq!(blocks[0].diagnostic.as_deref(), Some("550 5.1.1 User unknown"));
        assert_eq!((blocks[1].address.as_str(), blocks[1].action.as_str()), ("a..b@docomo.ne.jp", "delayed"));
        assert_eq!(blocks[1].status.as_deref(), Some("4.4.7"));
    }
}
