//! Checks of rules that the compiler can't see. Each tells where, what and what to do.
pub struct Check { pub name: &'static str }
pub const ALL: &[Check] = &[];
pub fn run(_: &[Check]) -> anyhow::Result<std::process::ExitCode> { Ok(std::process::ExitCode::SUCCESS) }
