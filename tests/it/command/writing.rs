//! The folder that a build writes: whole or not at all, whatever happens.

use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::{Folder, answer, run};

const PROGRAM: &str = env!("CARGO_BIN_EXE_sporbar");

/// Every file below the published folder and its bytes, the list of what was made included.
fn files(folder: &Folder) -> Vec<(PathBuf, Vec<u8>)> {
    folder.published().into_iter().map(|(path, bytes, _)| (path, bytes)).collect()
}

/// What stands beside the data and the published folder.
fn beside(folder: &Folder) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A build runs as someone who is not almighty, where the tests run as one who is.
fn mortal(folder: &Folder) -> Command {
    let almighty = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut command = if almighty { Command::new("setpriv") } else { Command::new("env") };
    if almighty {
        Command::new("chown").args(["-R", "65534:65534"]).arg(&folder.0).status().unwrap();
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"]);
    }
    command.arg(copy_of_the_program(folder)).arg("--root").arg(&folder.0).arg("build");
    command
}

/// The program where everyone may run it: a home folder may be closed to others.
fn copy_of_the_program(folder: &Folder) -> PathBuf {
    let path = std::env::temp_dir().join(format!("sporbar-{}", folder.0.file_name().unwrap().display()));
    // By a process of its own: a program that is open for writing cannot be run, and what another test begins just then would have it open, too.
    assert!(Command::new("cp").arg(PROGRAM).arg(&path).status().unwrap().success());
    path
}

fn said(command: &mut Command, folder: &Folder) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap().replace(&folder.0.display().to_string(), "ROOT"))
}

/// Builds of two sites in turn, each killed at a moment that is drawn: `SPORBAR_KILLS=200 cargo test --test it killed`.
#[test]
fn a_build_that_is_killed_leaves_the_old_site_or_the_new_one() {
    let folder = Folder::site("killed");
    let kills: u32 = std::env::var("SPORBAR_KILLS").map_or(12, |text| text.parse().unwrap());
    let chapter = folder.0.join("content/about/method.en.md");
    let text = std::fs::read_to_string(&chapter).unwrap();
    let texts = [text.clone(), text.replace("See ", "Do see ")];
    let mut sites = Vec::new();
    let mut longest = Duration::ZERO;
    for text in &texts {
        std::fs::write(&chapter, text).unwrap();
        let start = std::time::Instant::now();
        assert_eq!(run(&folder.0, &["build"]).0, 0);
        longest = longest.max(start.elapsed());
        sites.push(files(&folder));
    }
    assert!(sites[0] != sites[1]);
    let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[3; 32]);
    let (mut stopped, mut now) = (0, 1);
    for round in 0..kills as usize {
        let next = 1 - now;
        let mark = folder.0.join(".public.sporbar-spare/.sporbar");
        if round % 2 == 0 && !mark.exists() {
            // The last one was killed while it wrote; a whole one leaves a mark to wait for.
            std::fs::write(&chapter, &texts[now]).unwrap();
            assert_eq!(run(&folder.0, &["build"]).0, 0);
        }
        std::fs::write(&chapter, &texts[next]).unwrap();
        let mut build = Command::new(PROGRAM).arg("--root").arg(&folder.0).arg("build").stderr(Stdio::null()).spawn().unwrap();
        // Half of them at any moment, half of them while they write.
        let mut wait = longest.mul_f64(f64::from(rng.next_u32()) / f64::from(u32::MAX));
        if round % 2 == 0 {
            // The mark is the first that goes from what is made into the next site.
            while mark.exists() && build.try_wait().unwrap().is_none() {
                std::thread::yield_now();
            }
            wait /= 20;
        }
        std::thread::sleep(wait);
        drop(build.kill());
        stopped += usize::from(!build.wait().unwrap().success());
        let found = files(&folder);
        now = sites.iter().position(|site| *site == found).unwrap_or_else(|| panic!("after kill {round}: neither the old site nor the new one"));
    }
    assert!(stopped > 0, "no build was killed before it was done");
    std::fs::write(&chapter, &texts[0]).unwrap();
    assert_eq!(run(&folder.0, &["build"]).0, 0);
    assert!(files(&folder) == sites[0]);
    let expected = [".public.sporbar-lock", ".public.sporbar-spare", "content", "data", "public", "themes"];
    assert_eq!(beside(&folder), expected, "nothing else that the killed ones left");
}

#[test]
fn two_builds_at_once_do_not_mix_and_the_second_says_that_it_waits() {
    let folder = Folder::site("two");
    assert_eq!(run(&folder.0, &["build"]).0, 0);
    let held = std::fs::File::open(folder.0.join(".public.sporbar-lock")).unwrap();
    held.lock().unwrap();
    let builds: Vec<_> = (0..2).map(|_| Command::new(PROGRAM).arg("--root").arg(&folder.0).arg("build").stderr(Stdio::piped()).spawn().unwrap()).collect();
    std::thread::sleep(Duration::from_millis(300));
    drop(held);
    for build in builds {
        let output = build.wait_with_output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{text}");
        assert!(text.contains(", 0 of them new or changed\n"), "{text}");
    }
    held_build_says_so(&folder);
}

fn held_build_says_so(folder: &Folder) {
    let held = std::fs::File::open(folder.0.join(".public.sporbar-lock")).unwrap();
    held.lock().unwrap();
    let mut build = Command::new(PROGRAM).arg("--root").arg(&folder.0).arg("build").stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut stderr = std::io::BufReader::new(build.stderr.take().unwrap());
    std::io::BufRead::read_line(&mut stderr, &mut line).unwrap();
    assert_eq!(line, "another build is writing public/; this one waits for it\n");
    drop(held);
    assert!(build.wait().unwrap().success());
}

#[test]
fn files_that_no_build_made_stay() {
    let folder = Folder::site("foreign-files");
    assert_eq!(run(&folder.0, &["build"]).0, 0);
    let at = |path: &str| folder.0.join("public").join(path);
    std::fs::write(at("CNAME"), "example.org").unwrap();
    std::fs::create_dir_all(at("mine/empty")).unwrap();
    std::fs::write(at("mine/notes.txt"), "notes").unwrap();
    symlink("nowhere", at("mine/link")).unwrap();
    std::fs::write(at("en/index.html"), "changed by hand").unwrap();
    let (code, _, err) = run(&folder.0, &["build"]);
    assert_eq!(code, 0);
    assert!(err.ends_with(", 1 of them new or changed; left alone, as no build made them: CNAME and 2 more\n"), "{err}");
    assert_eq!(std::fs::read_to_string(at("mine/notes.txt")).unwrap(), "notes");
    assert_eq!(std::fs::read_link(at("mine/link")).unwrap(), Path::new("nowhere"));
    assert!(at("mine/empty").is_dir());
    assert!(std::fs::read_to_string(at("en/index.html")).unwrap().starts_with("<!doctype html>"));
    // One that stands where a new page is to be stops the build.
    more(&folder);
    std::fs::create_dir_all(at("en/about/more")).unwrap();
    std::fs::write(at("en/about/more/index.html"), "mine").unwrap();
    let expected = "error: ROOT/public/en/about/more/index.html was not made by a build, but the site has something of that name; move it away\n";
    assert_eq!(run(&folder.0, &["build"]), answer(3, "", expected));
}

/// One more chapter, in both languages.
fn more(folder: &Folder) {
    for language in ["en", "cy"] {
        std::fs::copy(folder.0.join(format!("content/about/method.{language}.md")), folder.0.join(format!("content/about/more.{language}.md"))).unwrap();
    }
}

#[test]
fn files_that_no_build_made_stay_where_the_page_beside_them_goes() {
    let folder = Folder::site("foreign-alone");
    more(&folder);
    assert_eq!(run(&folder.0, &["build"]).0, 0);
    let at = |path: &str| folder.0.join("public").join(path);
    std::fs::write(at("en/about/more/notes.txt"), "notes").unwrap();
    std::fs::create_dir_all(at("mine/empty")).unwrap();
    symlink("nowhere", at("mine/link")).unwrap();
    for language in ["en", "cy"] {
        std::fs::remove_file(folder.0.join(format!("content/about/more.{language}.md"))).unwrap();
    }
    // The third is made out of what was left of the first.
    for _ in 0..3 {
        let (code, _, err) = run(&folder.0, &["build"]);
        assert_eq!((code, err.ends_with("; left alone, as no build made them: en/about/more/notes.txt and 1 more\n")), (0, true), "{err}");
        assert_eq!(std::fs::read_to_string(at("en/about/more/notes.txt")).unwrap(), "notes");
        assert_eq!(std::fs::read_link(at("mine/link")).unwrap(), Path::new("nowhere"));
        assert!(at("mine/empty").is_dir());
        assert!(!at("en/about/more/index.html").exists() && !at("cy/ynghylch/more").exists());
    }
}

#[test]
fn a_site_out_of_the_one_before_is_that_of_a_first_build() {
    let folder = Folder::site("spare");
    let build = || assert_eq!(run(&folder.0, &["build"]).0, 0);
    let chapter = std::fs::read_to_string(folder.0.join("content/about/method.en.md")).unwrap();
    let sites = [chapter.clone(), chapter.replace("See ", "Do see ")].map(|text| {
        std::fs::write(folder.0.join("content/about/method.en.md"), text).unwrap();
        drop(std::fs::remove_dir_all(folder.0.join("public")));
        drop(std::fs::remove_dir_all(folder.0.join(".public.sporbar-spare")));
        build();
        files(&folder)
    });
    build();
    let spare = |path: &str| folder.0.join(".public.sporbar-spare").join(path);
    assert!(spare("en/index.html").exists(), "there is no site before to make the next one of");
    // Whatever has happened to the one before: changed, gone, in the way, or a link to what is not ours.
    std::fs::remove_file(spare("en/index.html")).unwrap();
    std::fs::write(spare("en/index.html"), "changed by hand").unwrap();
    std::fs::remove_file(spare("cy/index.html")).unwrap();
    std::fs::create_dir_all(spare("cy/index.html/inside")).unwrap();
    std::fs::remove_dir_all(spare("en/actors")).unwrap();
    std::fs::write(spare("en/actors"), "a file where a folder is to be").unwrap();
    std::fs::create_dir_all(spare("left/over")).unwrap();
    std::fs::write(spare("left/over/page.html"), "of another site").unwrap();
    std::fs::remove_dir_all(spare("cy/ynghylch")).unwrap();
    symlink(folder.0.join("content"), spare("cy/ynghylch")).unwrap();
    std::fs::remove_file(spare("index.html")).unwrap();
    symlink(folder.0.join("data/site.yaml"), spare("index.html")).unwrap();
    let data = std::fs::read_to_string(folder.0.join("data/site.yaml")).unwrap();
    for turn in [0, 1, 0, 0] {
        std::fs::write(folder.0.join("content/about/method.en.md"), [&chapter, &chapter.replace("See ", "Do see ")][turn]).unwrap();
        build();
        assert!(files(&folder) == sites[turn]);
        let links = walkdir::WalkDir::new(folder.0.join("public")).into_iter().filter(|entry| entry.as_ref().unwrap().path_is_symlink()).count();
        assert_eq!((links, folder.0.join("public/left").exists()), (0, false));
    }
    assert_eq!(std::fs::read_to_string(folder.0.join("data/site.yaml")).unwrap(), data);
    assert!(folder.0.join("content/about/method.cy.md").exists());
}

#[test]
fn a_mark_that_lost_its_list_stops_no_build() {
    let folder = Folder::site("listless");
    assert_eq!(run(&folder.0, &["build"]).0, 0);
    let before = files(&folder);
    std::fs::write(folder.0.join("public/.sporbar"), "").unwrap();
    std::fs::write(folder.0.join("public/CNAME"), "example.org").unwrap();
    let (code, _, err) = run(&folder.0, &["build"]);
    assert_eq!((code, err.ends_with(", 0 of them new or changed; left alone, as no build made it: CNAME\n")), (0, true), "{err}");
    std::fs::remove_file(folder.0.join("public/CNAME")).unwrap();
    assert!(files(&folder) == before);
}

#[test]
fn folders_are_open_to_those_to_whom_a_new_one_is() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::site("modes");
    for umask in ["077", "022", "022", "022"] {
        let script = format!("umask {umask}; exec {PROGRAM} --root {} build", folder.0.display());
        assert_eq!(said(Command::new("sh").args(["-c", &script]), &folder).0, Some(0));
        let mode = |path: &str| std::fs::metadata(folder.0.join(path)).unwrap().permissions().mode() & 0o777;
        let (folders, files) = if umask == "077" { (0o700, 0o600) } else { (0o755, 0o644) };
        let found = [mode("public"), mode("public/en/about"), mode("public/en/about/index.html"), mode("public/.sporbar")];
        assert_eq!(found, [folders, folders, files, files], "umask {umask}");
    }
}

#[test]
fn a_folder_that_is_left_alone_stays_as_closed_as_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::site("closed");
    assert_eq!(run(&folder.0, &["build"]).0, 0);
    let (outer, inner) = (folder.0.join("public/mine"), folder.0.join("public/mine/own"));
    std::fs::create_dir_all(&inner).and_then(|()| std::fs::write(inner.join("key"), "secret")).unwrap();
    for (outer_mode, inner_mode) in [(0o700, 0o755), (0o700, 0o755), (0o755, 0o500), (0o755, 0o500)] {
        let close = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        close(&inner, inner_mode);
        close(&outer, outer_mode);
        let (code, _, err) = run(&folder.0, &["build"]);
        assert_eq!((code, err.ends_with("; left alone, as no build made it: mine/own/key\n")), (0, true), "{err}");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!([mode(&outer), mode(&inner)], [outer_mode, inner_mode]);
        assert_eq!(std::fs::read_to_string(inner.join("key")).unwrap(), "secret");
    }
    // What the site itself puts in there is open to all.
    std::fs::write(folder.0.join("data/redirects.yaml"), "- {from: /mine/page/, to: /en/about/}\n").unwrap();
    assert_eq!(run(&folder.0, &["build"]).0, 0);
    let mode = |path: &str| std::fs::metadata(folder.0.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode("public/mine"), mode("public/mine/own"), mode("public/mine/page"), mode("public/mine/page/index.html")], [0o755, 0o500, 0o755, 0o644]);
}

#[test]
fn a_folder_that_is_a_link_stays_one() {
    let folder = Folder::site("link");
    std::fs::create_dir_all(folder.0.join("elsewhere/site")).unwrap();
    symlink("elsewhere/site", folder.0.join("public")).unwrap();
    for _ in 0..2 {
        assert_eq!(run(&folder.0, &["build"]).0, 0);
        assert!(folder.0.join("public").is_symlink());
        assert!(folder.0.join("elsewhere/site/en/index.html").exists());
    }
    std::fs::remove_dir_all(folder.0.join("elsewhere")).unwrap();
    let expected =
        "error: ROOT/public is a link that leads nowhere (No such file or directory (os error 2)); make the folder it leads to, or take the link away\n";
    assert_eq!(run(&folder.0, &["build"]), answer(3, "", expected));
}

#[test]
fn what_lies_where_the_stage_is_to_be_is_cleared_and_no_link_is_followed() {
    let folder = Folder::site("leftovers");
    let precious = folder.0.join("precious.txt");
    std::fs::write(&precious, "precious").unwrap();
    symlink("precious.txt", folder.0.join(".public.sporbar-lock")).unwrap();
    symlink("content", folder.0.join(".public.sporbar-spare")).unwrap();
    std::fs::create_dir_all(folder.0.join(".public.sporbar-old/half")).unwrap();
    assert_eq!(run(&folder.0, &["build"]).0, 0);
    assert_eq!(std::fs::read_to_string(&precious).unwrap(), "precious");
    assert!(folder.0.join("content/about/method.en.md").exists());
    assert!(!folder.0.join(".public.sporbar-spare").exists() && !folder.0.join(".public.sporbar-old").exists());
}

#[test]
fn without_permission_the_old_site_stays() {
    let folder = Folder::site("permission");
    let parent = Folder::new("permission-parent");
    drop(parent);
    assert_eq!(said(&mut mortal(&folder), &folder).0, Some(0));
    let before = files(&folder);
    folder.change("content/about/method.en.md", "See ", "Do see ");
    // Nothing can be made beside the site.
    let mode = |path: &Path, mode: &str| assert!(Command::new("chmod").arg(mode).arg(path).status().unwrap().success());
    std::fs::remove_file(folder.0.join(".public.sporbar-lock")).unwrap();
    mode(&folder.0, "555");
    let expected = "error: cannot create ROOT/.public.sporbar-lock: Permission denied (os error 13); ROOT/public is as it was; \
                    the new site is built beside the old one, so whoever builds must be allowed to write in ROOT and to remove what earlier builds left there\n";
    assert_eq!(said(&mut mortal(&folder), &folder), (Some(3), expected.to_owned()));
    assert!(files(&folder) == before);
    // A folder of the old site that nobody may change is no obstacle.
    mode(&folder.0, "755");
    mode(&folder.0.join("public/en"), "555");
    mode(&folder.0.join("public"), "555");
    let (code, err) = said(&mut mortal(&folder), &folder);
    assert_eq!((code, err.contains("warning")), (Some(0), false), "{err}");
    assert!(files(&folder) != before);
    // Nor is it when it is to be made into the next one, and nothing happens to where a link in it leads.
    let (mine, elsewhere) = (folder.0.join("public/mine"), folder.0.join("elsewhere"));
    std::fs::create_dir_all(&mine).and_then(|()| std::fs::create_dir(&elsewhere)).unwrap();
    symlink(&elsewhere, mine.join("link")).unwrap();
    mode(&elsewhere, "555");
    for _ in 0..3 {
        mode(&folder.0.join("public/mine"), "555");
        assert_eq!(said(&mut mortal(&folder), &folder).0, Some(0));
    }
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&elsewhere).unwrap().permissions()) & 0o777, 0o555);
    folder.change("content/about/method.en.md", "Do see ", "Do please see ");
    let (code, err) = said(&mut mortal(&folder), &folder);
    assert_eq!((code, err.contains("warning")), (Some(0), false), "{err}");
    drop(std::fs::remove_file(std::env::temp_dir().join("sporbar-permission")));
}

/// A script in which disks can be mounted, where the system lets us; nothing where it does not, which is said.
fn with_disks(folder: &Folder, script: &str) -> Option<(Option<i32>, String)> {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]).env("PROGRAM", PROGRAM).env("ROOT", &folder.0);
    let (code, err) = said(&mut command, folder);
    if err.starts_with("unshare:") || err.starts_with("mount:") || code.is_none() {
        drop(std::io::stderr().write_all(format!("not tried, as no disk can be mounted here: {err}").as_bytes()));
        return None;
    }
    Some((code, err))
}

#[test]
fn a_full_disk_leaves_the_old_site() {
    let folder = Folder::site("full");
    // The site is built on a small disk; then the disk is filled up to less than the next build needs.
    let script = r#"
        mkdir "$ROOT/small" && mount -t tmpfs -o size=12m none "$ROOT/small" && cd "$ROOT" && cp -r data content themes small && cd small || exit 99
        "$PROGRAM" --root . build 2>/dev/null || exit 98
        find public -type f -exec cksum {} + | sort > ../before
        sed -i "s/See /Do see /" content/about/method.en.md && sed -i "s/Library plans/Plans/" data/site.yaml
        dd if=/dev/zero of=heap bs=1k 2>/dev/null
        "$PROGRAM" --root . build
        code=$?
        find public -type f -exec cksum {} + | sort | cmp - ../before || exit 97
        ls -a | grep sporbar-spare && exit 95
        rm heap
        "$PROGRAM" --root . build 2>/dev/null || exit 96
        exit $code
    "#;
    let Some((code, err)) = with_disks(&folder, script) else { return };
    assert_eq!(code, Some(3), "{err}");
    assert!(
        err.ends_with(
            "No space left on device (os error 28); ./public is as it was; make room and build again: the new site is built beside the old one, in .\n"
        ),
        "{err}"
    );
}

#[test]
fn a_folder_at_which_a_disk_is_mounted_is_refused() {
    let folder = Folder::site("mounted");
    std::fs::create_dir(folder.0.join("public")).unwrap();
    let Some((code, err)) = with_disks(&folder, r#"mount -t tmpfs none "$ROOT/public" || exit 99; "$PROGRAM" --root "$ROOT" build"#) else { return };
    let expected = "; ROOT/public is as it was; it is a place where a disk is mounted, which cannot be replaced in one step; mount ROOT instead\n";
    assert_eq!((code, err.ends_with(expected)), (Some(3), true), "{err}");
}

#[test]
fn a_file_that_grows_too_large_leaves_the_old_site() {
    let folder = Folder::site("limit");
    // Twice, so that there is one before, which shares its files with the published one.
    for _ in 0..2 {
        assert_eq!(run(&folder.0, &["build"]).0, 0);
    }
    let before = files(&folder);
    folder.change("data/site.yaml", "Library plans", "Plans");
    let script = format!("trap '' XFSZ; ulimit -f 8; exec {PROGRAM} --root {} build", folder.0.display());
    let (code, err) = said(Command::new("sh").args(["-c", &script]), &folder);
    assert_eq!((code, err.contains("File too large (os error 27); ROOT/public is as it was")), (Some(3), true), "{err}");
    assert!(files(&folder) == before);
}
