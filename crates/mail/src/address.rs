//! What kind of address a domain gives.

use crate::lists::closed_list;

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

/// The class of a domain (the part behind `@`, or any host name below it).
pub fn class(domain: &str) -> AddressClass {
    if domain.ends_with(".co.jp") { AddressClass::Company } else { AddressClass::Unknown }
}

/// The registrable domain (`example.co.jp` of `mail.example.co.jp`); `None` for a bare suffix or nonsense.
pub fn registrable(domain: &str) -> Option<&str> {
    psl::domain_str(domain)
}
