//! Our own Message-IDs: `{26 base32 random}.{16 base32 MAC}@{domain}` (contract §6.2). The MAC proves that an id
//! was made by this desk — never who wrote the mail that names it.

use data_encoding::{BASE32_NOPAD, BASE32_NOPAD_NOCASE};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// 80 bits of MAC: 16 characters.
const MAC_BYTES: usize = 10;

/// RFC 4648 base32, lower case, unpadded.
pub(crate) fn base32(bytes: &[u8]) -> String {
    BASE32_NOPAD.encode(bytes).to_ascii_lowercase()
}

/// The first 80 bits of HMAC-SHA256.
#[expect(
    clippy::expect_used,
    reason = "HMAC takes keys of any length (RFC 2104); a silent fallback would be worse"
)]
pub(crate) fn mac(key: &[u8; 32], message: &[u8]) -> [u8; MAC_BYTES] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    let mut short = [0; MAC_BYTES];
    short.copy_from_slice(&mac.finalize().into_bytes()[..MAC_BYTES]);
    short
}

/// The key that signs the Message-IDs of a desk.
#[derive(Clone)]
pub struct Keyed {
    key: [u8; 32],
}

impl Keyed {
    /// `key` is the desk's subkey with the label `message-id`.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// A new id without `<>`. `random` must be fresh: two mails with one id are one mail to the world.
    pub fn make(&self, random: [u8; 16], domain: &str) -> String {
        let mac = mac(&self.key, &random);
        format!("{}.{}@{domain}", base32(&random), base32(&mac))
    }

    /// Whether this desk made the id (with or without `<>`, whatever the domain: mailboxes move).
    pub fn is_ours(&self, id: &str) -> bool {
        let Some((local, _)) = bare(id).rsplit_once('@') else { return false };
        let Some((random, seen)) = local.split_once('.') else { return false };
        let (Some(random), Some(seen)) = (decode(random, 16), decode(seen, MAC_BYTES)) else { return false };
        subtle::ConstantTimeEq::ct_eq(mac(&self.key, &random).as_slice(), seen.as_slice()).into()
    }
}

fn bare(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>')
}

fn decode(text: &str, bytes: usize) -> Option<Vec<u8>> {
    BASE32_NOPAD_NOCASE.decode(text.as_bytes()).ok().filter(|b| b.len() == bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_the_length_the_contract_names() {
        let id = Keyed::new([7; 32]).make([9; 16], "example.jp");
        let (local, domain) = id.split_once('@').unwrap();
        let (random, mac) = local.split_once('.').unwrap();
        assert_eq!((random.len(), mac.len(), domain), (26, 16, "example.jp"));
    }

    #[test]
    fn an_id_of_ours_is_known_again_and_a_changed_one_is_not() {
        let keyed = Keyed::new([7; 32]);
        let id = keyed.make([9; 16], "example.jp");
        assert!(keyed.is_ours(&id));
        assert!(keyed.is_ours(&format!("<{id}>")));
        let other = format!("{}b{}", &id[..3], &id[4..]);
        assert!(id == other || !keyed.is_ours(&other));
        assert!(!Keyed::new([8; 32]).is_ours(&id));
        assert!(!keyed.is_ours("CABc.def@mail.gmail.com"));
        assert!(!keyed.is_ours(""));
    }
}
