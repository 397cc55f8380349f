//! Knowledge of the Japanese language, as far as a support desk needs it; tables are data in `data/`.
//!
//! Nothing here knows mail, tickets or the network. Text that was folded is for comparing and searching only:
//! it is never shown and never sent.

pub mod normalize;
pub mod script;
pub mod tokens;
