//! A site as it was committed.
//!
//! In: a folder in a git repository and the name of a revision. Out: the files of the site in that revision. Asks the
//! program `git`, which knows every form of repository, and writes nothing anywhere.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use crate::load::read::{FOLDERS, LARGEST};
use crate::source::{File, FileTree};

/// Reads the site that stands in a folder in a revision.
///
/// # Errors
/// Why there is none, in words.
pub fn read(root: &Path, revision: &str) -> Result<FileTree, String> {
    let tree = git(root, &["rev-parse", "--verify", "--end-of-options", &format!("{revision}^{{tree}}")])
        .map_err(|why| format!("`{revision}` is neither a folder nor a revision that git knows in {}: {why}", root.display()))?;
    let tree = String::from_utf8_lossy(&tree).trim().to_owned();
    let mut list = vec!["ls-tree", "-r", "-l", "-z", tree.as_str(), "--"];
    list.extend(FOLDERS);
    let listed = git(root, &list)?;
    let (mut wanted, mut refused) = (Vec::new(), Vec::new());
    for entry in listed.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
        let entry = String::from_utf8_lossy(entry);
        let Some((about, path)) = entry.split_once('\t') else { continue };
        let about: Vec<&str> = about.split_whitespace().collect();
        let hidden = path.split('/').any(|part| part.starts_with('.'));
        match about[..] {
            _ if hidden => {}
            ["100644" | "100755", "blob", _, size] if size.parse().is_ok_and(|size: u64| size > LARGEST) => {
                refused.push((path.to_owned(), "it is too large".to_owned()));
            }
            ["100644" | "100755", "blob", object, _] => wanted.push((path.to_owned(), object.to_owned())),
            _ => refused.push((path.to_owned(), "it is a link and no file".to_owned())),
        }
    }
    let files = objects(root, &wanted).map_err(|error| format!("git does not give the files of `{revision}`: {error}"))?;
    let mut tree: FileTree = files.into_iter().collect();
    refused.into_iter().for_each(|(path, why)| tree.refuse(path, why));
    Ok(tree)
}

fn program(root: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).stderr(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// What git answers, or its first line of complaint.
fn git(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = program(root).args(arguments).stdin(Stdio::null()).output().map_err(|error| format!("git cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(complaint.lines().next().unwrap_or("it does not say why").trim_start_matches("fatal: ").to_owned())
}

/// The content of each object, in order.
fn objects(root: &Path, wanted: &[(String, String)]) -> io::Result<Vec<File>> {
    let mut child = program(root).args(["cat-file", "--batch"]).stdin(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else { return Err(io::ErrorKind::BrokenPipe.into()) };
    let names: String = wanted.iter().map(|(_, object)| format!("{object}\n")).collect();
    // Both ends at once: git would wait for a reader while we write.
    let asking = thread::spawn(move || input.write_all(names.as_bytes()));
    let mut output = BufReader::new(output);
    let mut files = Vec::with_capacity(wanted.len());
    for (path, _) in wanted {
        let mut header = String::new();
        output.read_line(&mut header)?;
        let size = header.trim_end().rsplit(' ').next().and_then(|size| size.parse::<u64>().ok());
        let size = size.ok_or_else(|| io::Error::other(format!("{path}: {}", header.trim_end())))?;
        let mut bytes = Vec::new();
        output.by_ref().take(size).read_to_end(&mut bytes)?;
        output.read_exact(&mut [0])?;
        files.push(File { path: path.clone(), bytes });
    }
    drop(asking.join());
    child.wait()?;
    Ok(files)
}
