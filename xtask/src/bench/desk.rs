//! A real desk for the bench: its own data folder, started and stopped as an operator would.

use std::{
    fs,
    io::Write,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use serde_json::Value;

use super::http::Client;

/// A start that takes longer than this is no start.
const PATIENCE: Duration = Duration::from_mins(1);
const ADDRESS: &str = "bench@bench.example";

/// One desk on SQLite.
pub struct Desk {
    binary: PathBuf,
    folder: tempfile::TempDir,
    http: SocketAddr,
    /// Where its SMTP listener is.
    pub smtp: SocketAddr,
    token: String,
    process: Option<Child>,
}

impl Desk {
    /// A desk with an administrator, a token and a mailbox for `support@bench.example`.
    pub fn fresh(binary: &Path) -> anyhow::Result<Desk> {
        let folder = tempfile::tempdir()?;
        let mut desk = Desk {
            binary: binary.to_path_buf(),
            folder,
            http: free()?,
            smtp: free()?,
            token: String::new(),
            process: None,
        };
        desk.command(&["user", "add", ADDRESS, "--name", "Bench", "--role", "administrator"])?;
        desk.command(&["token", "add", ADDRESS, "--name", "bench"])?.trim().clone_into(&mut desk.token);
        desk.start()?;
        desk.add_mailbox()?;
        desk.stop();
        Ok(desk)
    }

    /// Runs a command on the data folder and gives what it printed.
    pub fn command(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = Command::new(&self.binary);
        let output = command.arg("--data").arg(self.folder.path()).args(arguments).output();
        let output = output.with_context(|| format!("{} could not be started", self.binary.display()))?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "henji {} failed: {said}", arguments.join(" "));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Starts the desk; how long it took until it was ready.
    pub fn start(&mut self) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        let process = Command::new(&self.binary)
            .arg("--data")
            .arg(self.folder.path())
            .args(["serve", "--listen", &self.http.to_string()])
            .env("HENJI_SMTP_IN__LISTEN", self.smtp.to_string())
            .env("HENJI_LOG__LEVEL", "error")
            .stdout(Stdio::null())
            .spawn()?;
        self.process = Some(process);
        while !self.is_ready() {
            ensure!(begun.elapsed() < PATIENCE, "the desk was not ready in {} s", PATIENCE.as_secs());
            thread::sleep(Duration::from_millis(1));
        }
        Ok(begun.elapsed())
    }

    fn is_ready(&self) -> bool {
        Client::connect(self.http, "").and_then(|mut client| client.get("/health/ready")).is_ok()
    }

    /// Stops the desk cleanly and waits for its end.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let pid = i32::try_from(process.id()).ok().and_then(rustix::process::Pid::from_raw);
            if let Some(pid) = pid {
                // A process that is gone already needs no signal.
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
            }
            let _ = process.wait();
        }
    }

    fn add_mailbox(&self) -> anyhow::Result<()> {
        let body = r#"{"address":"support@bench.example","incoming":{"kind":"smtp"}}"#;
        let mut stream = std::net::TcpStream::connect(self.http)?;
        let request = format!(
            "POST /api/v1/mailboxes HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        stream.write_all(request.as_bytes())?;
        let answer = std::io::read_to_string(stream)?;
        ensure!(answer.starts_with("HTTP/1.1 201"), "the mailbox was not added: {answer}");
        Ok(())
    }

    /// How many tickets the desk has.
    pub fn tickets(&self) -> anyhow::Result<usize> {
        let body = Client::connect(self.http, &self.token)?.get("/api/v1/tickets/counts")?;
        let counts: Value = serde_json::from_slice(&body)?;
        let sum = |part: &str| {
            counts[part].as_object().map_or(0, |map| map.values().filter_map(Value::as_u64).sum())
        };
        Ok(usize::try_from(sum("lanes") + sum("shelves"))?)
    }

    /// Milliseconds of each of `count` requests, after a few that warm up.
    pub fn times(&self, path: &str, count: usize) -> anyhow::Result<Vec<f64>> {
        let mut client = Client::connect(self.http, &self.token)?;
        for _ in 0..20 {
            client.get(path)?;
        }
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            let begun = Instant::now();
            client.get(path)?;
            times.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
        Ok(times)
    }

    /// Resident memory in MiB.
    pub fn memory_mib(&self) -> anyhow::Result<f64> {
        let process = self.process.as_ref().context("the desk does not run")?;
        let status = fs::read_to_string(format!("/proc/{}/status", process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
        Ok(kib / 1_024.0)
    }

    /// Bytes of the database file.
    #[expect(clippy::cast_precision_loss, reason = "a bench database is far below 2^52 bytes")]
    pub fn database_bytes(&self) -> anyhow::Result<f64> {
        Ok(fs::metadata(self.folder.path().join("henji.db"))?.len() as f64)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.stop();
    }
}

fn free() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
