//! The way a mail took, from its Received fields: claims of the servers on the way, oldest first.

use super::dates;
use jiff::Timestamp;
use std::net::IpAddr;

/// One server handing the mail to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hop {
    /// Who handed it over, as it called itself.
    pub from: Option<String>,
    /// Who took it.
    pub by: Option<String>,
    /// The address it came from, as seen by the one who took it.
    pub ip: Option<IpAddr>,
    /// When.
    pub at: Option<Timestamp>,
}

/// Hops read of one mail.
const MAX_HOPS: usize = 60;

/// All hops, oldest first. `values` are the Received fields in the order of the header (newest first).
pub(crate) fn hops<'a>(values: impl Iterator<Item = &'a str>) -> Vec<Hop> {
    let mut hops: Vec<Hop> = values.take(MAX_HOPS).map(hop).collect();
    hops.reverse();
    hops
}

fn hop(value: &str) -> Hop {
    let (route, date) = value.rsplit_once(';').unwrap_or((value, ""));
    let from_part = route.split(" by ").next().filter(|part| part.trim_start().starts_with("from "));
    Hop {
        from: route.trim_start().starts_with("from ").then(|| word_after(route, "from")).flatten(),
        by: word_after(&without_comments(route), "by"),
        ip: from_part.and_then(ip_in),
        at: dates::parse(date).map(|sent| sent.at),
    }
}

/// What stands in brackets names no server that took the mail.
fn without_comments(route: &str) -> String {
    let mut depth = 0_usize;
    let mut outside = |c: char| {
        depth = if c == '(' {
            depth + 1
        } else if c == ')' {
            depth.saturating_sub(1)
        } else {
            depth
        };
        depth == 0 && c != ')'
    };
    route.chars().filter(|c| outside(*c)).collect()
}

/// The word behind `from` or `by`, if it is a host name or an address.
fn word_after(route: &str, keyword: &str) -> Option<String> {
    let mut words = route.split_whitespace();
    words.find(|word| *word == keyword)?;
    let host = words.next()?.trim_matches(['(', ')', '[', ']', ';', ',']);
    let is_host = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_:".contains(&b));
    is_host.then(|| host.to_owned())
}

/// The first address in brackets: `[192.0.2.1]`, `(192.0.2.1)`, `[IPv6:2001:db8::1]`.
fn ip_in(part: &str) -> Option<IpAddr> {
    let words = part.split(|c: char| c.is_whitespace() || "[]()<>;,".contains(c));
    words
        .map(|w| w.trim_start_matches("IPv6:"))
        .filter(|w| w.contains(['.', ':']))
        .find_map(|w| w.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hops_are_read_oldest_first() {
        let values = [
            "from mx.example.jp (mx.example.jp [192.0.2.9]) by mail.example.com (Postfix) with ESMTP id A; Tue, 9 Dec 2003 21:30:00 +0900",
            "from pc (1cust116.tnt1.example.net [IPv6:2001:db8::1]) by mx.example.jp; Tue, 9 Dec 2003 21:29:52 +0900 (JST)",
            "(qmail 22022 invoked from network); 29 Apr 2012 23:34:45 -0000",
        ];
        let hops = hops(values.into_iter());
        assert_eq!((hops[0].from.as_deref(), hops[0].by.as_deref()), (None, None));
        assert_eq!((hops[1].from.as_deref(), hops[1].by.as_deref()), (Some("pc"), Some("mx.example.jp")));
        assert_eq!(hops[1].ip, "2001:db8::1".parse().ok());
        assert_eq!(hops[2].ip, "192.0.2.9".parse().ok());
        assert_eq!(hops[2].at, "2003-12-09T12:30:00Z".parse().ok());
    }
}
