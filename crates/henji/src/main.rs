//! The binary: reads the command line and the configuration, opens the data folder, calls the server's actions.
//! No rule and no SQL here.

mod cli;
mod config;
mod data;
mod failure;

use std::process::ExitCode;

use clap::Parser;
use failure::Failure;

fn main() -> ExitCode {
    let arguments = match cli::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let shown = error.print();
            let wrong_usage = error.use_stderr() || shown.is_err();
            return ExitCode::from(if wrong_usage { 2 } else { 0 });
        }
    };
    let language = arguments.language();
    let Err(failure) = run(arguments) else { return ExitCode::SUCCESS };
    if let Some(sentence) = failure.sentence(language) {
        eprintln!("henji: {sentence}");
    }
    ExitCode::from(failure.status())
}

fn run(arguments: cli::Arguments) -> Result<(), Failure> {
    // One TLS provider for the whole process (ARCHITECTURE.md); a second installation is refused and means the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::other)?;
    runtime.block_on(cli::run(arguments))
}
