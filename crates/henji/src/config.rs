//! Configuration (contract §1, §6.20): flag > `HENJI_…` (double underscore for tables) > `henji.toml` > default.
//! Read once, here; the rest of the code receives values. An unknown key is an error that names the nearest one.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml::{Table, Value};

/// Every key there is, with dots for tables.
const KEYS: &[&str] = &[
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
    "log.level",
    "log.format",
];
/// `HENJI_…` variables that are no configuration keys: where the configuration is, and what tests hand over.
const NOT_KEYS: &[&str] = &["data", "config", "lang", "corpora", "bin"];

/// What the configuration says; defaults filled in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Where the desk answers; `127.0.0.1:8480` if nothing is said.
    pub listen: Option<String>,
    /// Where people reach the desk from outside.
    pub public_url: Option<String>,
    /// `postgres://…`; an SQLite file in the data folder otherwise.
    pub database: Option<String>,
    /// The 32-byte key, if not `DIR/henji.key`.
    pub secret_key_file: Option<PathBuf>,
    /// Further root certificates (PEM) for mail servers.
    pub ca_file: Option<PathBuf>,
    /// The name of this process among several.
    pub node: Option<String>,
    /// TLS of the desk itself.
    pub tls: Option<TlsFiles>,
    /// Proxies before the desk.
    pub proxy: Proxy,
    /// The SMTP listener.
    pub smtp_in: SmtpIn,
    /// The log.
    pub log: Log,
}

/// A certificate and its key, PEM files.
#[derive(Debug, Clone, Deserialize)]
pub struct TlsFiles {
    /// The certificate chain.
    pub cert: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// `[proxy]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Proxy {
    /// Addresses whose forwarding headers are believed.
    pub trusted: Vec<IpAddr>,
}

/// `[smtp_in]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct SmtpIn {
    /// `127.0.0.1:2525` and the like; no listener without it.
    pub listen: Option<String>,
    /// The name the listener greets with.
    pub hostname: Option<String>,
    /// The largest mail, in bytes; 100 MB.
    pub max_size: Option<u64>,
    /// Certificate for STARTTLS.
    pub tls_cert: Option<PathBuf>,
    /// Its key.
    pub tls_key: Option<PathBuf>,
}

/// `[log]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Log {
    /// `error`, `warn`, `info` (default), `debug`, or a filter of the tracing kind.
    pub level: Option<String>,
    /// `text` (default) or `json`.
    pub format: Option<String>,
}

/// What is wrong with the configuration; `key` is the i18n key of the sentence.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("cannot read {path}: {why}")]
    Unreadable {
        /// The file.
        path: String,
        /// The system's words.
        why: String,
    },
    /// The file is no TOML, or a value has another shape.
    #[error("{place}: {why}")]
    Malformed {
        /// The file or `HENJI_…`.
        place: String,
        /// The parser's words.
        why: String,
    },
    /// There is no such key.
    #[error("unknown key {key} in {place}; did you mean {nearest}?")]
    UnknownKey {
        /// The key as written.
        key: String,
        /// The file or `HENJI_…`.
        place: String,
        /// The most similar key.
        nearest: String,
    },
}

/// A variable of the environment that is no configuration key, such as the locale.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Reads the file (if there is one) and lays the variables over it.
///
/// # Errors
/// [`ConfigError`], each naming the place and what to do.
pub fn load(file: Option<&Path>, variables: &BTreeMap<String, String>) -> Result<Config, ConfigError> {
    let mut table = match file {
        Some(path) => read(path)?,
        None => Table::new(),
    };
    let place = file.map(|path| path.display().to_string()).unwrap_or_default();
    check_keys(&table, "", &place)?;
    for (name, value) in variables {
        lay_over(&mut table, name, value)?;
    }
    Value::Table(table)
        .try_into()
        .map_err(|error: toml::de::Error| ConfigError::Malformed { place, why: error.message().to_owned() })
}

fn read(path: &Path) -> Result<Table, ConfigError> {
    let place = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::Unreadable { path: place.clone(), why: error.to_string() })?;
    text.parse().map_err(|error: toml::de::Error| ConfigError::Malformed { place, why: error.to_string() })
}

fn check_keys(table: &Table, prefix: &str, place: &str) -> Result<(), ConfigError> {
    for (name, value) in table {
        let key = format!("{prefix}{name}");
        let is_table = KEYS.iter().any(|known| known.starts_with(&format!("{key}.")));
        match value.as_table().filter(|_| is_table) {
            Some(inner) => check_keys(inner, &format!("{key}."), place)?,
            None if KEYS.contains(&key.as_str()) => {}
            None => return Err(unknown(&key, place)),
        }
    }
    Ok(())
}

fn lay_over(table: &mut Table, variable: &str, text: &str) -> Result<(), ConfigError> {
    let Some(rest) = variable.strip_prefix("HENJI_") else { return Ok(()) };
    let key = rest.to_lowercase().replace("__", ".");
    if NOT_KEYS.contains(&key.as_str()) || key.starts_with("test_") {
        return Ok(());
    }
    if !KEYS.contains(&key.as_str()) {
        return Err(unknown(&key, variable));
    }
    let value = match key.as_str() {
        "smtp_in.max_size" => text.parse().map(Value::Integer).unwrap_or(Value::String(text.to_owned())),
        "proxy.trusted" => {
            Value::Array(text.split(',').map(|address| Value::String(address.trim().to_owned())).collect())
        }
        _ => Value::String(text.to_owned()),
    };
    match key.split_once('.') {
        None => drop(table.insert(key, value)),
        Some((outer, inner)) => {
            let entry = table.entry(outer).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner_table) = entry {
                inner_table.insert(inner.to_owned(), value);
            }
        }
    }
    Ok(())
}

fn unknown(key: &str, place: &str) -> ConfigError {
    let nearest = KEYS.iter().min_by_key(|known| distance(key, known)).copied().unwrap_or_default();
    ConfigError::UnknownKey { key: key.to_owned(), place: place.to_owned(), nearest: nearest.to_owned() }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn a_variable_wins_over_the_file() {
        let file = file("listen = \"127.0.0.1:1\"\n[smtp_in]\nlisten = \"127.0.0.1:2\"\nmax_size = 10\n");
        let config = load(
            Some(file.path()),
            &variables(&[("HENJI_LISTEN", "127.0.0.1:9"), ("HENJI_SMTP_IN__MAX_SIZE", "20")]),
        )
        .unwrap();
        assert_eq!(config.listen.as_deref(), Some("127.0.0.1:9"));
        assert_eq!(config.smtp_in.listen.as_deref(), Some("127.0.0.1:2"));
        assert_eq!(config.smtp_in.max_size, Some(20));
    }

    #[test]
    fn an_unknown_key_names_the_nearest_one() {
        let file = file("[smtp_in]\nlisen = \"x\"\n");
        let error = load(Some(file.path()), &BTreeMap::new()).unwrap_err();
        assert!(matches!(error, ConfigError::UnknownKey { nearest, .. } if nearest == "smtp_in.listen"));
        let error = load(None, &variables(&[("HENJI_PUBLIC_ULR", "x")])).unwrap_err();
        assert!(matches!(error, ConfigError::UnknownKey { nearest, .. } if nearest == "public_url"));
    }

    #[test]
    fn variables_for_tests_and_folders_are_no_keys() {
        let set = variables(&[("HENJI_TEST_POSTGRES", "x"), ("HENJI_DATA", "y"), ("PATH", "z")]);
        assert!(load(None, &set).is_ok());
    }

    #[test]
    fn a_broken_file_is_told_with_its_place() {
        let file = file("listen = ");
        assert!(matches!(load(Some(file.path()), &BTreeMap::new()), Err(ConfigError::Malformed { .. })));
    }
}
