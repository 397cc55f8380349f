//! One process of the desk: actions, API, jobs, duties. Behaviour is assembled in `actions` only; handlers, jobs,
//! duties and the command line all call the same ones. No SQL text and no rule lives here.

pub mod actions;
pub mod api;
pub mod auth;
mod console;
mod duties;
mod events;
mod extract;
mod headers;
mod health;
mod jobs;
pub mod keys;
mod lease;
mod limit;
mod own_addresses;
pub mod problem;
mod rate;
pub mod router;
mod search;
pub mod serve;
pub mod state;
mod tasks;
mod wires;
pub mod words;
