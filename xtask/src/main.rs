//! The house's own tools, started as `cargo xtask COMMAND`.
//!
//! They start the servers that tests talk to and check the rules that the compiler can't.
//! Nothing here is needed to build or run Henji.

mod bench;
mod check;
mod packages;
mod program;
mod project;
mod servers;
mod sink;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  with-servers -- CMD…    start PostgreSQL, Dovecot and an SMTP sink on free loopback ports, run CMD, stop them
  install-test-packages   (root, Debian) install what the tests need and is missing
  bench [--mails N] [--against HENJI]   times the release build beside a peer or another build, prints a table
  check                   every check below
  check-boundaries        which crate may use which
  check-sizes             files ≤ 400 lines, functions ≤ 40 lines
  check-i18n              the words on the screens: same keys, same {blanks}, none missing, none unused
  check-contract-tests    every function of store is called by a contract test
  check-sql-safe          SQL only in store, AssertSqlSafe only in two files
  check-words             no leftovers, no paths of one machine";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = arguments.split_first() else {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    };
    match run(command, rest) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &str, rest: &[String]) -> anyhow::Result<ExitCode> {
    if let Some(checks) = check::named(command) {
        return check::run(checks);
    }
    match command {
        "with-servers" => servers::with_servers(rest),
        "bench" => bench::run(rest),
        "install-test-packages" => packages::install().map(|()| ExitCode::SUCCESS),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        _ => {
            eprintln!("{USAGE}");
            Ok(ExitCode::from(2))
        }
    }
}
