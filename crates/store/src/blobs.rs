//! Content-addressed bytes: three functions, `keep`, `fetch` and `exists`. Bytes are packed (zstd) and named by the
//! SHA-256 of what they are unpacked. Here they lie in the database, so that one backup holds everything.

use crate::{
    StoreError, column,
    tx::{Tx, maybe, maybe_value, run},
};
use desk::time::Millis;
use sha2::{Digest, Sha256};

/// zstd's usual level: mail shrinks to about a third at some 200 MB/s.
const LEVEL: i32 = 3;

/// The SHA-256 of something kept.
pub type Hash = [u8; 32];

/// Bytes made ready to be kept: hashed and packed before a transaction begins, so that nobody waits for that.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// SHA-256 of the bytes.
    pub sha256: Hash,
    /// How many bytes they are.
    pub size: u64,
    packed: Vec<u8>,
}

impl Prepared {
    /// Hashes and packs `bytes`. Fails only without memory.
    pub fn new(bytes: &[u8]) -> Result<Self, StoreError> {
        let packed = zstd::bulk::compress(bytes, LEVEL)?;
        Ok(Self { sha256: hash(bytes), size: bytes.len() as u64, packed })
    }
}

/// The name under which bytes are kept.
pub fn hash(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

column::row! {
    /// Packed bytes as they are stored.
    pub struct Packed {
        /// How many bytes they are unpacked.
        pub size: u64,
        /// The zstd frame.
        pub bytes: Vec<u8>,
    }
}

/// Keeps bytes; the same bytes again change nothing. True if they were new.
pub async fn keep(tx: &mut Tx, blob: &Prepared, now: Millis) -> Result<bool, StoreError> {
    const SQL: &str = "
        insert into blobs (sha256, size, bytes, stored_at)
        values ($1, $2, $3, $4)
        on conflict (sha256) do nothing";
    let rows = run!(tx, SQL, blob.sha256.as_slice(), size(blob.size), blob.packed.as_slice(), now)?;
    Ok(rows == 1)
}

/// The bytes of this name. [`StoreError::NotFound`] without them; damaged ones are [`StoreError::Broken`].
pub async fn fetch(tx: &mut Tx, sha256: &[u8]) -> Result<Vec<u8>, StoreError> {
    const SQL: &str = "select size, bytes from blobs where sha256 = $1";
    let packed: Option<Packed> = maybe!(tx, SQL, sha256)?;
    let Packed { size, bytes } = packed.ok_or(StoreError::NotFound)?;
    Ok(zstd::bulk::decompress(&bytes, usize::try_from(size).unwrap_or(usize::MAX))?)
}

/// Whether bytes of this name are kept.
pub async fn exists(tx: &mut Tx, sha256: &[u8]) -> Result<bool, StoreError> {
    let found: Option<i64> = maybe_value!(tx, "select size from blobs where sha256 = $1", sha256)?;
    Ok(found.is_some())
}

/// A size as the database counts; nothing that fits into memory is larger.
pub(crate) fn size(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
