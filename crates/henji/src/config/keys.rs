//! The names of the configuration: which there are, which hold lists, and which a misspelt one is nearest to.

/// Every key there is, with dots for tables.
pub(super) const KEYS: &[&str] = &[
    "listen",
    "public_url",
    "database",
    "secret_key_file",
    "ca_file",
    "node",
    "tls.cert",
    "tls.key",
    "proxy.trusted",
    "smtp_in.listen",
    "smtp_in.hostname",
    "smtp_in.max_size",
    "smtp_in.tls_cert",
    "smtp_in.tls_key",
    "blobs.url",
    "clamav.address",
    "geoip.path",
    "dns.servers",
    "fetch.allow",
    "log.level",
    "log.format",
];
/// Keys with several values; in a variable they stand with commas between them.
pub(super) const LISTS: &[&str] = &["proxy.trusted", "dns.servers", "fetch.allow"];
/// Keys that are known and change nothing yet; whoever sets one is told so.
pub(super) const WITHOUT_EFFECT: &[&str] =
    &["blobs.url", "clamav.address", "geoip.path", "dns.servers", "fetch.allow"];
/// `HENJI_…` variables that are no configuration keys: where the configuration is, and what tests hand over.
pub(super) const NOT_KEYS: &[&str] =
    &["data", "config", "lang", "corpora", "bin", "fault_rounds", "fault_seed", "show_wrong", "dev_server"];

/// The key or table that `key` is most like.
pub(super) fn nearest(key: &str) -> &'static str {
    let tables = KEYS.iter().filter_map(|known| known.split_once('.')).map(|(table, _)| table);
    KEYS.iter().copied().chain(tables).min_by_key(|known| distance(key, known)).unwrap_or_default()
}

/// How many letters must change to make `b` of `a` (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, y) in b.chars().enumerate() {
            let changed = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(corner + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
