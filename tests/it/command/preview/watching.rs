//! What the system says of changed files, where it says too much, too little or too early.

use std::process::Command;
use std::time::Duration;

use super::super::Folder;
use super::{Server, until};

const PAGE: &str = "/en/initiatives/one-01/";
const RECORD: &str = "data/initiatives/one/01.yaml";

/// A preview that is stopped hears nothing: what happens until it goes on fills the system's queue, and the rest is lost.
#[test]
#[cfg(target_os = "linux")]
fn events_that_are_lost_are_made_good() {
    let queue: usize = std::fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap().trim().parse().unwrap();
    // Where the queue is made very long, nothing is lost.
    if queue > 200_000 {
        return;
    }
    let folder = Folder::site("preview-overflow");
    let server = Server::start(&folder.0, &["--port", "0"]);
    // Only then are the folders watched.
    folder.change(RECORD, "More books", "Many books");
    until(|| if server.get(PAGE).text().contains("Many books") { Ok(()) } else { Err(()) });
    // The looks that follow a change would hide what is not heard.
    std::thread::sleep(Duration::from_secs(3));
    let signal = |signal: &str| assert!(Command::new("kill").args([signal, &server.child.id().to_string()]).status().unwrap().success());
    signal("-STOP");
    // Files that are none of the site: nothing that is heard of them makes the preview look.
    for number in 0..=queue {
        std::fs::write(folder.0.join(format!("data/.{}", number % 2)), "").unwrap();
    }
    folder.change(RECORD, "Many books", "Lost books");
    signal("-CONT");
    until(|| if server.get(PAGE).text().contains("Lost books") { Ok(()) } else { Err(server.count()) });
}

/// What git has begun to change is shown when it has finished, also in a second working tree, and not in between.
#[test]
fn what_git_has_not_finished_is_not_shown() {
    for second in [false, true] {
        let folder = Folder::site("preview-git");
        let git = if second { folder.0.join("elsewhere") } else { folder.0.join(".git") };
        std::fs::create_dir_all(&git).unwrap();
        if second {
            std::fs::write(folder.0.join(".git"), "gitdir: elsewhere\n").unwrap();
        }
        let server = Server::start(&folder.0, &["--port", "0"]);
        let is_whole = || {
            let count = server.count();
            std::fs::write(git.join("index.lock"), "").unwrap();
            folder.change(RECORD, "theme: books", "theme: boks");
            std::thread::sleep(Duration::from_millis(700));
            let between = server.count();
            folder.change(RECORD, "theme: boks", "theme: books");
            folder.change(RECORD, "books", "books ");
            std::fs::remove_file(git.join("index.lock")).unwrap();
            until(|| if server.count() > between && server.news(PAGE)["good"] == true { Ok(()) } else { Err(()) });
            between == count
        };
        // On a machine that is very busy the preview is right to lose its patience.
        assert!((0..5).any(|_| is_whole()), "half of a change was shown");
    }
}
