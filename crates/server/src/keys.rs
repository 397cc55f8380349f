//! The desk's one secret and what is derived from it (contract §6.1). The master key never leaves this module;
//! each use gets its own subkey by HKDF-SHA256 with a label, so that one leaked subkey opens nothing else.

use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit},
};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};

/// The length of the master key and of each subkey, in bytes.
pub const KEY_LEN: usize = 32;
const NONCE_LEN: usize = 24;

/// Why a sealed secret could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key is another one than when the secret was sealed, or the bytes were changed.
    #[error("the secret was sealed with another key (henji.key)")]
    OtherKey,
}

/// The subkeys of one desk.
pub struct Keys {
    seal: XChaCha20Poly1305,
    message_id: [u8; KEY_LEN],
    plus: [u8; KEY_LEN],
    csrf: [u8; KEY_LEN],
    fingerprint: String,
}

impl Keys {
    /// Derives every subkey from `master` (32 random bytes of `henji.key`).
    pub fn derive(master: &[u8; KEY_LEN]) -> Keys {
        let hkdf = Hkdf::<Sha256>::new(None, master);
        let subkey = |label: &str| {
            let mut key = [0u8; KEY_LEN];
            // HKDF refuses only lengths above 255 hashes; 32 bytes always fit, so the zero key can't come out of here.
            if hkdf.expand(label.as_bytes(), &mut key).is_err() {
                key = Sha256::digest([master.as_slice(), label.as_bytes()].concat()).into();
            }
            key
        };
        let print = subkey("fingerprint");
        Keys {
            seal: XChaCha20Poly1305::new(&subkey("seal").into()),
            message_id: subkey("message-id"),
            plus: subkey("plus"),
            csrf: subkey("csrf"),
            fingerprint: data_encoding::HEXLOWER.encode(&print[..8]),
        }
    }

    /// The subkey for keyed Message-IDs (contract §6.2).
    pub fn message_id(&self) -> [u8; KEY_LEN] {
        self.message_id
    }

    /// The subkey for plus-address tokens (contract §6.2).
    pub fn plus(&self) -> [u8; KEY_LEN] {
        self.plus
    }

    /// The subkey that turns a session into its CSRF value.
    pub fn csrf(&self) -> [u8; KEY_LEN] {
        self.csrf
    }

    /// Sixteen hex digits that tell two keys apart without telling anything of either.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Seals `secret` (a mailbox password, another system's token) for the database: nonce, then ciphertext.
    pub fn seal(&self, secret: &str, nonce: [u8; NONCE_LEN]) -> Vec<u8> {
        let sealed = self.seal.encrypt(&XNonce::from(nonce), secret.as_bytes()).unwrap_or_default();
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what [`Keys::seal`] made.
    ///
    /// # Errors
    /// [`SealError::OtherKey`] when the key was lost or the bytes changed: the password must be asked for again.
    pub fn open(&self, sealed: &[u8]) -> Result<String, SealError> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(SealError::OtherKey)?;
        let nonce: [u8; NONCE_LEN] = nonce.try_into().map_err(|_| SealError::OtherKey)?;
        let plain = self.seal.decrypt(&XNonce::from(nonce), body).map_err(|_| SealError::OtherKey)?;
        String::from_utf8(plain).map_err(|_| SealError::OtherKey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_again_and_only_with_the_same_key() {
        let keys = Keys::derive(&[7; KEY_LEN]);
        let sealed = keys.seal("ひみつ", [1; NONCE_LEN]);
        assert_eq!(keys.open(&sealed).unwrap(), "ひみつ");
        assert!(Keys::derive(&[8; KEY_LEN]).open(&sealed).is_err());
    }

    #[test]
    fn a_changed_byte_is_noticed() {
        let keys = Keys::derive(&[7; KEY_LEN]);
        let mut sealed = keys.seal("secret", [1; NONCE_LEN]);
        sealed[30] ^= 1;
        assert!(keys.open(&sealed).is_err());
        assert!(keys.open(b"short").is_err());
    }

    #[test]
    fn each_use_has_its_own_subkey() {
        let keys = Keys::derive(&[7; KEY_LEN]);
        assert_ne!(keys.message_id(), keys.plus());
        assert_ne!(keys.plus(), keys.csrf());
        assert_ne!(keys.fingerprint(), Keys::derive(&[8; KEY_LEN]).fingerprint());
    }
}
