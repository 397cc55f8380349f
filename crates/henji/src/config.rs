//! Configuration (contract §1, §6.20): flag > `HENJI_…` (double underscore for tables) > `henji.toml` > default.
//! Read once, here; the rest of the code receives values. An unknown key is an error that names the nearest one.

mod keys;

use std::{
    collections::BTreeMap,
    net::IpAddr,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml::{Table, Value};

use self::keys::{KEYS, LISTS, NOT_KEYS, WITHOUT_EFFECT, nearest};

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
    /// Where the bytes of mails lie, if not in the database.
    pub blobs: Blobs,
    /// The virus scanner.
    pub clamav: Clamav,
    /// Where an address lies on the map.
    pub geoip: Geoip,
    /// Whom names are asked of.
    pub dns: Dns,
    /// What may be fetched from inside the own network.
    pub fetch: Fetch,
    /// The log.
    pub log: Log,
    /// Keys that are set and change nothing yet.
    #[serde(skip)]
    pub without_effect: Vec<&'static str>,
    /// The `HENJI_…` variables that were read.
    #[serde(skip)]
    pub variables: Vec<String>,
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

/// `[blobs]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Blobs {
    /// `s3://…` or `file://…`.
    pub url: Option<String>,
}

/// `[clamav]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Clamav {
    /// `127.0.0.1:3310`, or the path of a socket.
    pub address: Option<String>,
}

/// `[geoip]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Geoip {
    /// The database file.
    pub path: Option<PathBuf>,
}

/// `[dns]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Dns {
    /// Addresses of name servers, with a port if it is not 53.
    pub servers: Vec<String>,
}

/// `[fetch]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Fetch {
    /// Addresses that are let through although they are not public.
    pub allow: Vec<String>,
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
    let mut read = Vec::new();
    for (name, value) in variables {
        if lay_over(&mut table, name, value)? {
            read.push(name.clone());
        }
    }
    let without_effect = WITHOUT_EFFECT.iter().copied().filter(|key| is_set(&table, key)).collect();
    let config: Config = Value::Table(table).try_into().map_err(|error| misshapen(&error, &place, &read))?;
    Ok(Config { without_effect, variables: read, ..config })
}

fn is_set(table: &Table, key: &str) -> bool {
    key.split_once('.').is_some_and(|(outer, inner)| table.get(outer).is_some_and(|t| t.get(inner).is_some()))
}

/// A value of another shape may stand in the file or in a variable: the parser names the key.
fn misshapen(error: &toml::de::Error, file: &str, variables: &[String]) -> ConfigError {
    let places = [file].into_iter().filter(|file| !file.is_empty());
    let places: Vec<&str> = places.chain(variables.iter().map(String::as_str)).collect();
    // The error shows itself over lines, the last of which name the key.
    let why = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    ConfigError::Malformed { place: places.join(", "), why }
}

fn read(path: &Path) -> Result<Table, ConfigError> {
    let place = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::Unreadable { path: place.clone(), why: error.to_string() })?;
    text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let place = format!("{place}:{}", before.matches('\n').count() + 1);
        ConfigError::Malformed { place, why: error.message().to_owned() }
    })
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

/// Lays one variable over the file; whether it is a key of the configuration. An empty one says nothing.
fn lay_over(table: &mut Table, variable: &str, text: &str) -> Result<bool, ConfigError> {
    let Some(rest) = variable.strip_prefix("HENJI_") else { return Ok(false) };
    let key = rest.to_lowercase().replace("__", ".");
    if NOT_KEYS.contains(&key.as_str()) || key.starts_with("test_") || text.is_empty() {
        return Ok(false);
    }
    if !KEYS.contains(&key.as_str()) {
        return Err(unknown(&key, variable));
    }
    let value = match key.as_str() {
        "smtp_in.max_size" => text.parse().map(Value::Integer).unwrap_or(Value::String(text.to_owned())),
        list if LISTS.contains(&list) => {
            let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
            Value::Array(entries.map(|entry| Value::String(entry.to_owned())).collect())
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
    Ok(true)
}

fn unknown(key: &str, place: &str) -> ConfigError {
    ConfigError::UnknownKey { key: key.to_owned(), place: place.to_owned(), nearest: nearest(key).to_owned() }
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
        let table = self::file("[clamv]\naddress = \"x\"\n");
        let error = load(Some(table.path()), &BTreeMap::new()).unwrap_err();
        assert!(matches!(error, ConfigError::UnknownKey { nearest, .. } if nearest == "clamav"));
        let error = load(None, &variables(&[("HENJI_PUBLIC_ULR", "x")])).unwrap_err();
        assert!(matches!(error, ConfigError::UnknownKey { nearest, .. } if nearest == "public_url"));
    }

    #[test]
    fn every_key_of_the_contract_is_known() {
        let file = file(
            "[blobs]\nurl = \"file:///x\"\n[clamav]\naddress = \"127.0.0.1:3310\"\n[geoip]\npath = \"/x\"\n\
            [dns]\nservers = [\"9.9.9.9\"]\n[fetch]\nallow = [\"127.0.0.1\", \"10.0.0.0/8\"]\n",
        );
        let config = load(Some(file.path()), &BTreeMap::new()).unwrap();
        assert_eq!(config.fetch.allow, ["127.0.0.1", "10.0.0.0/8"]);
        assert_eq!(config.without_effect, WITHOUT_EFFECT);
        assert_eq!(load(None, &BTreeMap::new()).unwrap().without_effect, [""; 0]);
    }

    #[test]
    fn a_variable_holds_a_list_with_commas() {
        let set = variables(&[("HENJI_DNS__SERVERS", "9.9.9.9, 1.1.1.1,"), ("HENJI_PROXY__TRUSTED", "::1")]);
        let config = load(None, &set).unwrap();
        assert_eq!(config.dns.servers, ["9.9.9.9", "1.1.1.1"]);
        assert_eq!(config.proxy.trusted.len(), 1);
        assert_eq!(config.without_effect, ["dns.servers"]);
        assert_eq!(config.variables, ["HENJI_DNS__SERVERS", "HENJI_PROXY__TRUSTED"]);
    }

    #[test]
    fn an_empty_variable_says_nothing() {
        let config = load(None, &variables(&[("HENJI_LISTEN", ""), ("HENJI_PROXY__TRUSTED", "")])).unwrap();
        assert!(config.listen.is_none() && config.variables.is_empty());
    }

    #[test]
    fn a_value_of_another_shape_is_told_with_its_place_and_key() {
        let Err(ConfigError::Malformed { place, why }) =
            load(None, &variables(&[("HENJI_SMTP_IN__MAX_SIZE", "much")]))
        else {
            panic!("it was taken")
        };
        assert!(place.contains("HENJI_SMTP_IN__MAX_SIZE") && why.contains("max_size"), "{place}: {why}");
    }

    #[test]
    fn variables_for_tests_and_folders_are_no_keys() {
        let set = variables(&[("HENJI_TEST_POSTGRES", "x"), ("HENJI_DATA", "y"), ("PATH", "z")]);
        assert!(load(None, &set).is_ok());
    }

    #[test]
    fn a_broken_file_is_told_with_its_place() {
        let file = file("node = \"a\"\nlisten = \n");
        let Err(ConfigError::Malformed { place, why }) = load(Some(file.path()), &BTreeMap::new()) else {
            panic!("it was taken")
        };
        assert!(place.ends_with(":2") && !why.contains('\n'), "{place}: {why}");
    }
}
