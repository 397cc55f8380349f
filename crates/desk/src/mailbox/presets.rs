//! The mail servers that usually belong to an address. The table is data with its date; nothing here is a
//! promise, a person sees and can change every value.

use super::{IncomingKind, Tls};
use serde::Serialize;
use std::sync::LazyLock;

/// One way, in or out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Server {
    /// `imap` for the way in, nothing for the way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<IncomingKind>,
    /// The server; `None`: the provider's control panel tells.
    pub host: Option<String>,
    /// Its port.
    pub port: u16,
    /// How the wire is protected.
    pub tls: Tls,
    /// The name to sign in with; `None`: one that the provider gave.
    pub user: Option<String>,
}

/// What is known about an address's provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preset {
    /// Which provider; `None` for a guess from the domain alone.
    pub provider: Option<&'static str>,
    /// The provider's name.
    pub name: Option<&'static str>,
    /// The way in.
    pub incoming: Server,
    /// The way out.
    pub outgoing: Server,
    /// What a person must know first: `app_password`, `sign_in_by_oauth_only`, `switch_imap_on`,
    /// `host_in_control_panel`, `mail_password`, `guessed`.
    pub note: Option<&'static str>,
}

struct Line {
    key: &'static str,
    name: &'static str,
    domains: Vec<&'static str>,
    imap: Wire,
    smtp: Wire,
    user: &'static str,
    note: Option<&'static str>,
}

struct Wire {
    host: Option<&'static str>,
    port: u16,
    tls: Tls,
}

static TABLE: LazyLock<Vec<Line>> =
    LazyLock::new(|| include_str!("../../data/presets.tsv").lines().filter_map(line).collect());

fn line(text: &'static str) -> Option<Line> {
    let fields: Vec<&'static str> = text.split('\t').collect();
    let [
        key,
        name,
        domains,
        imap_host,
        imap_port,
        imap_tls,
        smtp_host,
        smtp_port,
        smtp_tls,
        user,
        note,
        _verified,
    ] = fields[..]
    else {
        return None;
    };
    let known = |field: &'static str| Some(field).filter(|field| *field != "-");
    let wire = |host, port: &str, tls| {
        Some(Wire { host: known(host), port: port.parse().ok()?, tls: Tls::parse(tls)? })
    };
    Some(Line {
        key,
        name,
        domains: known(domains).map(|list| list.split(' ').collect()).unwrap_or_default(),
        imap: wire(imap_host, imap_port, imap_tls)?,
        smtp: wire(smtp_host, smtp_port, smtp_tls)?,
        user,
        note: known(note),
    })
}

/// What an address's servers usually are: its provider's by its domain, else a guess (`imap.` and `smtp.` before
/// the domain, note `guessed`). `None` if it is no address.
pub fn of(address: &str) -> Option<Preset> {
    let address = address.trim();
    if !crate::agent::is_address(address) {
        return None;
    }
    let (local, domain) = address.rsplit_once('@')?;
    let domain = domain.to_lowercase();
    let known = TABLE.iter().find(|line| line.domains.iter().any(|pattern| fits(&domain, pattern)));
    Some(known.map_or_else(|| guess(address, &domain), |line| filled(line, address, local, &domain)))
}

/// Every provider with the settings for this address, in the order of the table, for choosing by name.
pub fn all(address: &str) -> Vec<Preset> {
    let (local, domain) = address.trim().rsplit_once('@').unwrap_or((address, ""));
    TABLE.iter().map(|line| filled(line, address.trim(), local, &domain.to_lowercase())).collect()
}

fn fits(domain: &str, pattern: &str) -> bool {
    if pattern.starts_with('.') { domain.ends_with(pattern) } else { domain == pattern }
}

fn filled(line: &Line, address: &str, local: &str, domain: &str) -> Preset {
    let user = match line.user {
        "address" => Some(address.to_owned()),
        "local" => Some(local.to_owned()),
        _ => None,
    };
    let server = |wire: &Wire, kind| Server {
        kind,
        host: wire.host.map(|host| host.replace("{domain}", domain)),
        port: wire.port,
        tls: wire.tls,
        user: user.clone(),
    };
    Preset {
        provider: Some(line.key),
        name: Some(line.name),
        incoming: server(&line.imap, Some(IncomingKind::Imap)),
        outgoing: server(&line.smtp, None),
        note: line.note,
    }
}

fn guess(address: &str, domain: &str) -> Preset {
    let server = |kind, name: &str, port| Server {
        kind,
        host: Some(format!("{name}.{domain}")),
        port,
        tls: Tls::Required,
        user: Some(address.to_owned()),
    };
    Preset {
        provider: None,
        name: None,
        incoming: server(Some(IncomingKind::Imap), "imap", 993),
        outgoing: server(None, "smtp", 465),
        note: Some("guessed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_can_be_used() {
        let text = include_str!("../../data/presets.tsv");
        let lines = text.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(TABLE.len(), lines);
        for preset in all("taro@example.co.jp") {
            for host in [&preset.incoming.host, &preset.outgoing.host] {
                assert!(host.as_deref().is_none_or(crate::mailbox::is_host), "{preset:?}");
                let panel = preset.note == Some("host_in_control_panel");
                assert_eq!(host.is_none(), panel, "{preset:?}");
            }
            assert_ne!(preset.incoming.tls, Tls::None);
            assert_ne!(preset.outgoing.tls, Tls::None);
        }
    }

    #[test]
    fn a_provider_is_known_by_its_domain() {
        let table = [
            ("shop@gmail.com", Some("gmail"), Some("imap.gmail.com"), Some("shop@gmail.com")),
            ("shop@YAHOO.co.jp", Some("yahoo_japan"), Some("imap.mail.yahoo.co.jp"), Some("shop")),
            (
                "shop@hana.sakura.ne.jp",
                Some("sakura"),
                Some("hana.sakura.ne.jp"),
                Some("shop@hana.sakura.ne.jp"),
            ),
            ("shop@hana.xsrv.jp", Some("xserver"), None, Some("shop@hana.xsrv.jp")),
            ("shop@docomo.ne.jp", Some("docomo"), Some("imap.spmode.ne.jp"), None),
            ("shop@example.co.jp", None, Some("imap.example.co.jp"), Some("shop@example.co.jp")),
        ];
        for (address, provider, host, user) in table {
            let preset = of(address).unwrap();
            assert_eq!(preset.provider, provider, "{address}");
            assert_eq!(preset.incoming.host.as_deref(), host, "{address}");
            assert_eq!(preset.incoming.user.as_deref(), user, "{address}");
        }
        assert_eq!(of("no address"), None);
    }

    #[test]
    fn a_preset_is_shaped_like_the_settings() {
        let json = serde_json::to_value(of("shop@gmail.com")).unwrap();
        assert_eq!(json["incoming"]["kind"], "imap");
        assert_eq!(json["incoming"]["tls"], "required");
        assert_eq!(json["outgoing"]["port"], 465);
        assert_eq!(json["outgoing"].get("kind"), None);
        assert_eq!(json["note"], "app_password");
    }
}
