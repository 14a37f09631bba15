//! The preview as it is run: what it answers, what it refuses, and that it shows what a build would publish.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Folder, run};

mod edits;
mod refusals;
mod running;
mod watching;

/// A preview that runs in a process of its own.
struct Server {
    child: Child,
    port: u16,
    /// What it says; read to the end when it has ended.
    words: BufReader<std::process::ChildStderr>,
}

impl Server {
    fn start(root: &Path, arguments: &[&str]) -> Server {
        Server::start_with(root, arguments, &[])
    }

    fn start_with(root: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sporbar"));
        let mut child = command
            .current_dir(root)
            .envs(environment.iter().copied())
            .arg("--root")
            .arg(root)
            .arg("serve")
            .args(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut words = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        let port = loop {
            line.clear();
            assert!(words.read_line(&mut line).unwrap() > 0, "the preview ended before it said where it is");
            if let Some(address) = line.strip_prefix("http://") {
                break address.trim_end_matches("/\n").rsplit_once(':').unwrap().1.parse().unwrap();
            }
        };
        Server { child, port, words }
    }

    fn connect(&self) -> Connection {
        Connection::new(self.port)
    }

    fn get(&self, path: &str) -> Answer {
        self.connect().get(path)
    }

    /// What a browser is told that shows a page and knows nothing yet.
    fn news(&self, path: &str) -> Value {
        serde_json::from_slice(&self.get(&format!("/_sporbar/news?path={path}&epoch=")).body).unwrap()
    }

    /// How often there was something new to show.
    fn count(&self) -> u64 {
        self.news("/")["epoch"].as_str().unwrap().rsplit_once('-').unwrap().1.parse().unwrap()
    }

    /// Sends a signal and waits for the end: how it ended, and what it said last.
    fn end(mut self, signal: &str) -> (ExitStatus, String) {
        Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        let mut rest = String::new();
        self.words.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap(), rest)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection on which one request follows the other.
struct Connection {
    stream: BufReader<TcpStream>,
    port: u16,
}

impl Connection {
    fn new(port: u16) -> Connection {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Connection { stream: BufReader::new(stream), port }
    }

    fn get(&mut self, path: &str) -> Answer {
        let head = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", self.port);
        self.send(head.as_bytes(), true).unwrap_or_else(|| panic!("{path} is not answered"))
    }

    /// Sends what it is given and reads an answer; nothing where the connection is closed instead.
    fn send(&mut self, request: &[u8], with_body: bool) -> Option<Answer> {
        self.stream.get_mut().write_all(request).ok()?;
        let mut head = String::new();
        loop {
            let mut line = Vec::new();
            self.stream.read_until(b'\n', &mut line).ok().filter(|length| *length > 0)?;
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if line.is_empty() {
                break;
            }
            head.push_str(&line);
            head.push('\n');
        }
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let mut answer = Answer { status, head, body: Vec::new() };
        let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
        if with_body {
            answer.body = vec![0; length];
            self.stream.read_exact(&mut answer.body).ok()?;
        }
        Some(answer)
    }
}

/// Waits until something holds; what it was at last where it never does.
fn until<T: std::fmt::Debug>(mut look: impl FnMut() -> Result<(), T>) {
    let start = Instant::now();
    loop {
        match look() {
            Ok(()) => return,
            Err(last) if start.elapsed() > Duration::from_secs(60) => panic!("it never came to be: {last:?}"),
            Err(_) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}
