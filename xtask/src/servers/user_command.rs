//! Runs the command that the servers were started for.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitCode, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process};

use super::Variables;
use super::interrupt::Interrupt;

const GLANCE: Duration = Duration::from_millis(20);
/// How long an interrupted command may tidy up.
const GRACE: Duration = Duration::from_secs(10);

/// Runs it in the terminal it was typed in, passes signals on, and gives its exit status
/// (128 + signal when a signal ended it).
pub fn run(
    command: &str,
    arguments: &[String],
    variables: &Variables,
    interrupt: &Interrupt,
) -> anyhow::Result<ExitCode> {
    let mut ready = Command::new(command);
    ready.args(arguments).envs(variables.iter().map(|(name, value)| (name, value)));
    for name in ours() {
        ready.env_remove(name);
    }
    let mut child = ready.spawn().with_context(|| format!("{command} can't be started"))?;
    Ok(exit_code(wait(&mut child, interrupt)?))
}

/// What `cargo run` says about xtask itself. Build scripts of dependencies look at the same names, so a cargo that is
/// started from here would take everything for changed and build it once more.
fn ours() -> impl Iterator<Item = OsString> {
    let of_xtask = |name: &OsString| {
        let name = name.to_string_lossy();
        name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
    };
    std::env::vars_os().map(|(name, _)| name).filter(of_xtask)
}

fn wait(child: &mut Child, interrupt: &Interrupt) -> anyhow::Result<ExitStatus> {
    let mut asked_at: Option<Instant> = None;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if let Some(signal) = interrupt.take() {
            asked_at.get_or_insert_with(Instant::now);
            pass_on(child, signal);
        }
        if asked_at.is_some_and(|at| at.elapsed() > GRACE) {
            child.kill()?;
        }
        std::thread::sleep(GLANCE);
    }
}

/// Ctrl-C in a terminal has already reached the command, which stands in the same process group;
/// a second SIGINT would make many programs stop without tidying up.
fn pass_on(child: &Child, signal: Signal) {
    use std::io::IsTerminal;
    if signal == Signal::INT && std::io::stdin().is_terminal() {
        return;
    }
    kill_process(Pid::from_child(child), signal).ok();
}

fn exit_code(status: ExitStatus) -> ExitCode {
    let number = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(1));
    ExitCode::from(u8::try_from(number).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status_of(script: &str) -> String {
        let interrupt = Interrupt::listen().expect("signals");
        let arguments = ["-c".to_owned(), script.to_owned()];
        let variables = vec![("HENJI_TEST_SMTP", "127.0.0.1:1".into())];
        format!("{:?}", run("sh", &arguments, &variables, &interrupt).expect("sh runs"))
    }

    #[test]
    fn the_status_of_the_command_is_ours() {
        assert_eq!(status_of("exit 7"), format!("{:?}", ExitCode::from(7)));
        assert_eq!(status_of("kill -9 $$"), format!("{:?}", ExitCode::from(137)));
    }

    #[test]
    fn the_command_is_not_told_about_our_own_package() {
        assert_eq!(
            status_of("test -z \"$CARGO_PKG_NAME$CARGO_MANIFEST_DIR\""),
            format!("{:?}", ExitCode::SUCCESS)
        );
    }

    #[test]
    fn the_command_sees_where_the_servers_are() {
        assert_eq!(status_of("test $HENJI_TEST_SMTP = 127.0.0.1:1"), format!("{:?}", ExitCode::SUCCESS));
    }
}
