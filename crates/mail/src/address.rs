//! What kind of address a domain gives, from tables in `data/`. Used to weigh who writes, and to decide who may join a
//! ticket (contract §6.3: only company, school and government share a domain).

use crate::lists::closed_list;
use std::collections::HashSet;
use std::sync::LazyLock;

closed_list! {
    /// Who stands behind a domain (contract §2).
    AddressClass {
        /// Free mail.
        Free = "free",
        /// Throw-away mail.
        Disposable = "disposable",
        /// A mobile carrier.
        Carrier = "carrier",
        /// An internet provider.
        Isp = "isp",
        /// A company.
        Company = "company",
        /// A school or university.
        School = "school",
        /// State, prefecture, municipality.
        Government = "government",
        /// Another organisation.
        Organisation = "organisation",
        /// Not known.
        Unknown = "unknown",
    }
}

impl AddressClass {
    /// Whether people with this domain belong together.
    pub fn shares_domain(self) -> bool {
        match self {
            Self::Company | Self::School | Self::Government => true,
            Self::Free
            | Self::Disposable
            | Self::Carrier
            | Self::Isp
            | Self::Organisation
            | Self::Unknown => false,
        }
    }
}

type Domains = HashSet<&'static str>;

static FREE: LazyLock<Domains> = LazyLock::new(|| domains(include_str!("../data/free_mail.txt")));
static DISPOSABLE: LazyLock<Domains> = LazyLock::new(|| domains(include_str!("../data/disposable.txt")));
static CARRIERS: LazyLock<Domains> = LazyLock::new(|| domains(include_str!("../data/carriers.txt")));
static ISPS: LazyLock<Domains> = LazyLock::new(|| domains(include_str!("../data/isps.txt")));

fn domains(table: &'static str) -> Domains {
    table.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).collect()
}

/// Second-level domains of Japan and some of elsewhere. Source: JPRS registration rules. date: 2026-11
const SUFFIXES: &[(&str, AddressClass)] = &[
    ("co.jp", AddressClass::Company),
    ("ac.jp", AddressClass::School),
    ("ed.jp", AddressClass::School),
    ("go.jp", AddressClass::Government),
    ("lg.jp", AddressClass::Government),
    ("or.jp", AddressClass::Organisation),
    ("gr.jp", AddressClass::Organisation),
    ("edu", AddressClass::School),
    ("gov", AddressClass::Government),
    ("mil", AddressClass::Government),
];

/// The class of a domain: what stands behind `@`, in any case.
pub fn class(domain: &str) -> AddressClass {
    let domain = domain.trim().trim_end_matches('.').to_ascii_lowercase();
    let within = |list: &Domains| parents(&domain).any(|d| list.contains(d));
    if within(&CARRIERS) {
        AddressClass::Carrier
    } else if within(&ISPS) {
        AddressClass::Isp
    } else if within(&DISPOSABLE) {
        AddressClass::Disposable
    } else if FREE.contains(domain.as_str()) {
        AddressClass::Free
    } else if is_municipality(&domain) {
        AddressClass::Government
    } else {
        by_suffix(&domain)
    }
}

fn by_suffix(domain: &str) -> AddressClass {
    let below =
        |suffix: &str| domain.strip_suffix(suffix).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'));
    SUFFIXES.iter().find(|(suffix, _)| below(suffix)).map_or(AddressClass::Unknown, |(_, class)| *class)
}

/// `city.hachioji.tokyo.jp`, `pref.osaka.jp`, `metro.tokyo.jp`: the old form, still in use.
fn is_municipality(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    let place = |label: &&str| matches!(*label, "pref" | "city" | "town" | "vill" | "metro");
    labels.len() >= 3 && labels.last() == Some(&"jp") && labels[..labels.len() - 2].iter().any(place)
}

/// The domain and everything above it, down to two labels.
fn parents(domain: &str) -> impl Iterator<Item = &str> {
    let mut next = Some(domain);
    std::iter::from_fn(move || {
        let now = next.filter(|d| d.contains('.'))?;
        next = now.split_once('.').map(|(_, rest)| rest);
        Some(now)
    })
}

/// The registrable domain (`example.co.jp` of `mail.example.co.jp`), by the public suffix list; `None` for a bare
/// suffix, an address literal or nonsense.
pub fn registrable(domain: &str) -> Option<&str> {
    let domain = domain.trim().trim_end_matches('.');
    let is_address = domain.starts_with('[') || domain.parse::<std::net::IpAddr>().is_ok();
    if is_address || !domain.contains('.') { None } else { psl::domain_str(domain) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_put_into_their_class() {
        let classes = [
            ("docomo.ne.jp", AddressClass::Carrier),
            ("t.vodafone.ne.jp", AddressClass::Carrier),
            ("I.SoftBank.jp", AddressClass::Carrier),
            ("nifty.com", AddressClass::Isp),
            ("mue.biglobe.ne.jp", AddressClass::Isp),
            ("yahoo.co.jp", AddressClass::Free),
            ("gmail.com", AddressClass::Free),
            ("kuku.lu", AddressClass::Disposable),
            ("example.co.jp", AddressClass::Company),
            ("mail.u-tokyo.ac.jp", AddressClass::School),
            ("city.hachioji.tokyo.jp", AddressClass::Government),
            ("mlit.go.jp", AddressClass::Government),
            ("nhk.or.jp", AddressClass::Organisation),
            ("example.com", AddressClass::Unknown),
            ("co.jp", AddressClass::Unknown),
            ("", AddressClass::Unknown),
        ];
        for (domain, expected) in classes {
            assert_eq!(class(domain), expected, "{domain}");
        }
    }

    #[test]
    fn the_registrable_domain_is_what_a_person_would_name() {
        assert_eq!(registrable("mail.example.co.jp"), Some("example.co.jp"));
        assert_eq!(registrable("a.b.example.com."), Some("example.com"));
        for nothing in ["co.jp", "com", "", "[192.0.2.1]", "192.0.2.1"] {
            assert_eq!(registrable(nothing), None, "{nothing}");
        }
    }
}
