//! What a disk can hold instead of files: links, loops, devices, heaps of bytes, names that are no text.

use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use super::{Folder, run};

#[test]
fn what_is_no_ordinary_file_is_refused_by_name_and_all_at_once() {
    let folder = Folder::site("hostile");
    let at = |path: &str| folder.0.join(path);
    symlink("/etc/hostname", at("data/people.yaml")).unwrap();
    symlink("..", at("content/loop")).unwrap();
    symlink("nowhere", at("data/glossary.yaml")).unwrap();
    std::process::Command::new("mkfifo").arg(at("data/timeline.yaml")).status().unwrap();
    // Sparse: it takes no room on the disk and would take a gigabyte in memory.
    std::fs::File::create(at("data/key-figures.yaml")).unwrap().set_len(1 << 30).unwrap();
    std::fs::File::create(at("data/traces").join(std::ffi::OsStr::from_bytes(b"caf\xe9.yaml"))).unwrap();
    let (code, out, err) = run(&folder.0, &["check", "--message-format", "short"]);
    let expected = "\
content/loop:1:1: error[E0005]: this file cannot be read: it is a symbolic link; put the file itself there
data/glossary.yaml:1:1: error[E0005]: this file cannot be read: it is a symbolic link; put the file itself there
data/key-figures.yaml:1:1: error[E0005]: this file cannot be read: it is larger than 16 MB
data/people.yaml:1:1: error[E0005]: this file cannot be read: it is a symbolic link; put the file itself there
data/timeline.yaml:1:1: error[E0005]: this file cannot be read: it is neither a file nor a folder
data/traces/caf\u{fffd}.yaml:1:1: error[E0005]: this file cannot be read: its name is not UTF-8 text
6 errors
";
    assert_eq!((code, out.as_str(), err.as_str()), (1, "", expected));
}

#[test]
fn a_folder_that_is_a_link_is_refused() {
    let folder = Folder::site("hostile-root");
    std::fs::rename(folder.0.join("content"), folder.0.join("elsewhere")).unwrap();
    symlink("elsewhere", folder.0.join("content")).unwrap();
    let (code, _, err) = run(&folder.0, &["check", "--message-format", "short"]);
    assert_eq!(code, 1);
    assert!(err.starts_with("content:1:1: error[E0005]: this file cannot be read: it is a symbolic link; put the file itself there\n"), "{err}");
}

/// A megabyte on one line, a hundred thousand faults: answered in bounded words.
#[test]
fn heaps_of_faults_are_told_by_the_first_of_them() {
    let folder = Folder::site("heaps");
    let mut file = std::fs::File::create(folder.0.join("data/people.yaml")).unwrap();
    for number in 0..100_000 {
        writeln!(file, "key{number}: x").unwrap();
    }
    writeln!(file, "groups: {}", "x".repeat(1 << 20)).unwrap();
    drop(file);
    let (code, _, err) = run(&folder.0, &["check"]);
    assert_eq!(code, 1);
    assert!(err.len() < 100_000, "{} bytes", err.len());
    let end = "… and 951 more in data/people.yaml; `--message-format short` lists them all\n\n1001 errors or more\n";
    assert!(err.ends_with(end), "{}", &err[err.len().saturating_sub(300)..]);
}
