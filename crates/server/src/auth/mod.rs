//! Who is asking: passwords, sessions, tokens, and the middleware that turns a request into a [`Signed`].

mod caller;
pub mod password;
pub mod secret;
pub mod session;
mod signed;

pub use caller::{Caller, is_local};
pub use signed::{Signed, authenticate, by_headers, same_origin, still};
