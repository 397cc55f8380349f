//! A scratch folder and the binary.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// A folder of one story; its desk lies in `data`.
pub struct Place(TempDir);

/// What a command said.
#[derive(Debug)]
pub struct Said {
    /// The exit status.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Place {
    /// An empty folder.
    pub fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    /// A path inside.
    pub fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file and gives its path.
    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.at(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The binary on this folder, with no variable of ours and a locale that names no language.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_henji"));
        command.env_clear().env("LANG", "C").env("HENJI_DATA", self.at("data")).args(words);
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, words: &[&str]) -> Said {
        said(self.command(words).stdin(Stdio::null()).output().unwrap())
    }

    /// Runs a command in English to its end.
    pub fn english(&self, words: &[&str]) -> Said {
        said(self.command(words).env("LANG", "en_GB.UTF-8").stdin(Stdio::null()).output().unwrap())
    }

    /// Runs a command that reads `input`.
    pub fn given(&self, input: &str, words: &[&str]) -> Said {
        let mut command = self.command(words);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        said(child.wait_with_output().unwrap())
    }

    /// An administrator of a desk that begins with her.
    pub fn with_hanako(self) -> Place {
        let words = ["user", "add", "hanako@shop.example", "--name", "花子", "--role", "administrator"];
        let added = self.run(&words);
        assert_eq!(added.status, 0, "{}", added.err);
        self
    }

    /// Serves the desk on a free port; gives what it says of itself.
    pub fn serve(&self, more: &[&str]) -> Serving {
        let words = [&["serve", "--json", "--listen", "127.0.0.1:0"], more].concat();
        Serving::begin(self.command(&words))
    }
}

fn said(output: Output) -> Said {
    Said {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Said {
    /// Each line of standard output as a JSON object.
    pub fn objects(&self) -> Vec<Value> {
        let line = |line: &str| -> Value {
            let value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
            assert!(Value::is_object(&value), "no object: {line}");
            value
        };
        self.out.lines().map(line).collect()
    }
}

/// A desk that is served.
pub struct Serving {
    child: Child,
    out: BufReader<ChildStdout>,
    /// What it said when it was ready.
    pub ready: Value,
}

impl Serving {
    /// Starts it and waits for its first line.
    pub fn begin(mut command: Command) -> Serving {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_default();
        Serving { child, out, ready }
    }

    /// The status line of a request.
    pub fn get(&self, path: &str) -> String {
        let url = self.ready["url"].as_str().unwrap();
        let address = url.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.lines().next().unwrap_or_default().to_owned()
    }

    /// Ends it as an operating system would, and gives its last words.
    pub fn stop(mut self) -> Said {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let mut out = String::new();
        self.out.read_to_string(&mut out).unwrap();
        let output = self.child.wait_with_output().unwrap();
        Said { out, ..said(output) }
    }
}

/// Every file below, and how large it is.
pub fn files_below(folder: &Path) -> Vec<(PathBuf, u64)> {
    let mut found: Vec<(PathBuf, u64)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.path(), entry.metadata().unwrap().len()))
        .collect();
    found.sort();
    found
}
