//! What single header fields mean: addresses, dates, ids.

pub(crate) mod addresses;
pub(crate) mod dates;
pub(crate) mod ids;
pub(crate) mod received;
