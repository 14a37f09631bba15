//! The program as it is run.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::here;

mod external;
mod hostile;
mod preview;
mod publishing;
mod review;
mod writing;

/// A folder that is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        drop(std::fs::remove_dir_all(&path));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    /// A copy of the base site of the cases.
    fn site(name: &str) -> Self {
        let folder = Folder::new(name);
        let base = here("tests/cases/base");
        for entry in walkdir::WalkDir::new(&base).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file()) {
            let to = folder.0.join(entry.path().strip_prefix(&base).unwrap());
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(entry.path(), to).unwrap();
        }
        folder
    }

    fn change(&self, path: &str, from: &str, to: &str) {
        let path = self.0.join(path);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from} is not in {}", path.display());
        std::fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    /// Every file below `public/` with its bytes and the time it was written.
    fn published(&self) -> Vec<(PathBuf, Vec<u8>, std::time::SystemTime)> {
        let files = walkdir::WalkDir::new(self.0.join("public")).sort_by_file_name().into_iter().filter_map(Result::ok);
        let files = files.filter(|entry| entry.file_type().is_file());
        files.map(|entry| (entry.path().to_owned(), std::fs::read(entry.path()).unwrap(), entry.metadata().unwrap().modified().unwrap())).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn sporbar(root: &Path, arguments: &[&str]) -> Output {
    // From the site, files are named as they are within it.
    let here = if root.is_dir() { root.to_owned() } else { here("tests") };
    Command::new(env!("CARGO_BIN_EXE_sporbar")).current_dir(here).arg("--root").arg(root).args(arguments).output().unwrap()
}

/// Exit code, standard output and standard error.
fn run(root: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = sporbar(root, arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(&root.display().to_string(), "ROOT");
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn answer(code: i32, out: &str, err: &str) -> (i32, String, String) {
    (code, out.to_owned(), err.to_owned())
}

const FAULT: &str = "data/initiatives/one/01.yaml:9:10: error[E0021]: there is no actor `natonal-library` (did you mean `national-library`?)\n";

#[test]
fn check_says_how_it_went() {
    let folder = Folder::site("check");
    assert_eq!(run(&folder.0, &["check"]), answer(0, "", "the content is in order\n"));
    folder.change("data/initiatives/one/01.yaml", "national-library", "natonal-library");
    let (code, out, err) = run(&folder.0, &["check", "--message-format", "short"]);
    assert_eq!((code, out, err), answer(1, "", &format!("{FAULT}1 error\n")));
}

#[test]
fn machines_get_one_form_on_standard_output() {
    let folder = Folder::site("machines");
    folder.change("data/initiatives/one/01.yaml", "national-library", "natonal-library");
    let (code, out, err) = run(&folder.0, &["check", "--message-format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, err.as_str()), (1, "1 error\n"));
    assert_eq!(
        value["place"],
        serde_json::json!({ "file": "data/initiatives/one/01.yaml", "line": 9, "column": 10, "end_line": 9, "end_column": 25, "byte_start": 258, "byte_end": 273, "label": "" })
    );
    let (_, out, _) = run(&folder.0, &["check", "--message-format", "github"]);
    assert_eq!(
        out,
        "::error file=data/initiatives/one/01.yaml,line=9,col=10,title=E0021::there is no actor `natonal-library`%0Adid you mean `national-library`?\n"
    );
    let (_, out, _) = run(&folder.0, &["check", "--message-format", "sarif"]);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(value["runs"][0]["results"][0]["ruleId"], "E0021");
}

#[test]
fn files_are_named_as_they_are_found_from_here() {
    let folder = Folder::new("from here");
    let site = folder.0.join("sites/our water");
    assert_eq!(run(&folder.0, &["new", "site", &site.display().to_string()]).0, 0);
    let path = site.join("data/traces/01.yaml");
    std::fs::write(&path, std::fs::read_to_string(&path).unwrap().replace("degree: partial", "degree: partly")).unwrap();
    let said = |root: &str, form: &str| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_sporbar")).current_dir(&folder.0).args(["--root", root, "check", "--message-format", form]).output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let fault = |rest: &str| format!("{rest}1 error\n");
    for root in ["sites/our water", "./sites/our water/", "sites/../sites/our water", &site.display().to_string()] {
        let short = "sites/our water/data/traces/01.yaml:5:11: error[E0014]: `partly` is not one of the words that can stand here (did you mean `partial`?)\n";
        assert_eq!(said(root, "short"), fault(short), "--root {root}");
    }
    let json: serde_json::Value = serde_json::from_str(said("sites/our water", "json").lines().next().unwrap()).unwrap();
    assert_eq!(json["place"]["file"], "sites/our water/data/traces/01.yaml");
    let github = said("sites/our water", "github");
    assert!(github.starts_with("::error file=sites/our water/data/traces/01.yaml,line=5,"), "{github}");
    let sarif = said("sites/our water", "sarif");
    assert!(sarif.contains(r#""uri": "sites/our%20water/data/traces/01.yaml""#), "{sarif}");
    // What is not below the current folder has its root before it, as it was named.
    let elsewhere = folder.0.join("elsewhere");
    std::fs::create_dir_all(&elsewhere).unwrap();
    for root in ["../sites/our water", &site.display().to_string()] {
        let output = Command::new(env!("CARGO_BIN_EXE_sporbar")).current_dir(&elsewhere).args(["--root", root, "check", "--message-format", "short"]).output();
        let said = String::from_utf8(output.unwrap().stderr).unwrap();
        assert!(said.starts_with(&format!("{root}/data/traces/01.yaml:5:11: error[E0014]: ")), "{said}");
    }
}

#[test]
fn a_faulty_build_leaves_the_last_good_site() {
    let folder = Folder::site("faulty");
    assert_eq!(run(&folder.0, &["build"]).0, 0);
    let before = folder.published();
    folder.change("data/initiatives/one/01.yaml", "national-library", "natonal-library");
    assert_eq!(run(&folder.0, &["build", "--message-format", "short"]), answer(1, "", &format!("{FAULT}1 error; nothing was written\n")));
    assert!(before == folder.published());
}

#[test]
fn a_build_changes_only_what_changed() {
    let folder = Folder::site("unchanged");
    assert_eq!(run(&folder.0, &["build"]).0, 0);
    let before = folder.published();
    let (code, _, err) = run(&folder.0, &["build"]);
    assert_eq!((code, err.contains(", 0 of them new or changed")), (0, true), "{err}");
    assert!(before == folder.published(), "bytes and times are the same");
    std::fs::remove_file(folder.0.join("content/about/method.en.md")).unwrap();
    std::fs::remove_file(folder.0.join("content/about/method.cy.md")).unwrap();
    assert_eq!(run(&folder.0, &["build"]).0, 0);
    assert!(!folder.0.join("public/en/about/method").exists(), "a page whose source is gone is gone");
}

#[test]
fn a_foreign_folder_is_left_alone() {
    let folder = Folder::site("foreign");
    std::fs::create_dir(folder.0.join("public")).unwrap();
    std::fs::write(folder.0.join("public/mine.txt"), "mine").unwrap();
    let expected = "error: ROOT/public was not made by Sporbar and is not empty; move it away, and build again\n";
    assert_eq!(run(&folder.0, &["build"]), answer(3, "", expected));
    assert_eq!(folder.published().len(), 1);
}

#[test]
fn wrong_usage_is_told_from_faults() {
    let folder = Folder::new("usage");
    assert_eq!(run(&folder.0, &["check"]), answer(2, "", "error: there is no site in ROOT: a site has the folders data, content, themes\n"));
    assert_eq!(run(&folder.0.join("nowhere"), &["check"]), answer(2, "", "error: there is no folder ROOT\n"));
    assert_eq!(run(&folder.0, &["chek"]).0, 2);
}

#[test]
fn the_place_the_time_and_the_language_of_the_machine_do_not_matter() {
    let folder = Folder::site("machine");
    let build = |variables: &[(&str, &str)]| {
        drop(std::fs::remove_dir_all(folder.0.join("public")));
        let run = Command::new(env!("CARGO_BIN_EXE_sporbar")).arg("--root").arg(&folder.0).arg("build").envs(variables.iter().copied()).output().unwrap();
        assert!(run.status.success());
        folder.published().into_iter().map(|(path, bytes, _)| (path, bytes)).collect::<Vec<_>>()
    };
    let plain = build(&[]);
    assert!(plain == build(&[("TZ", "Pacific/Kiritimati"), ("LC_ALL", "tr_TR.UTF-8"), ("RAYON_NUM_THREADS", "1")]));
    assert!(plain == build(&[("TZ", "America/Adak"), ("LANG", "C"), ("RAYON_NUM_THREADS", "7")]));
}

#[test]
fn a_new_record_has_the_right_skeleton() {
    let folder = Folder::site("new");
    let (code, out, _) = run(&folder.0, &["new", "initiative", "one"]);
    assert_eq!((code, out.as_str()), (0, "ROOT/data/initiatives/one/03.yaml\n"));
    let text = std::fs::read_to_string(folder.0.join("data/initiatives/one/03.yaml")).unwrap();
    assert_eq!(text, NEW_INITIATIVE);
    let (code, _, err) = run(&folder.0, &["check", "--message-format", "short"]);
    assert_eq!((code, err.as_str()), (1, NEW_FAULTS));
    let (code, out, _) = run(&folder.0, &["new", "recommendation"]);
    assert_eq!((code, out.as_str()), (0, "ROOT/data/recommendations/02.yaml\nROOT/data/traces/02.yaml\n"));
    let (code, _, err) = run(&folder.0, &["new", "initiative", "two"]);
    assert_eq!((code, err.as_str()), (2, "error: there is no strategy `two`; the strategies are one, three\n"));
    std::fs::remove_file(folder.0.join("data/council.yaml")).unwrap();
    let expected = answer(2, "", "error: a recommendation needs data/council.yaml, which says whose it is\n");
    assert_eq!(run(&folder.0, &["new", "recommendation"]), expected);
}

#[test]
fn words_of_another_language_are_made_to_be_translated() {
    let folder = Folder::site("words");
    let path = "themes/default/messages/sv.yaml";
    assert_eq!(run(&folder.0, &["new", "words", "sv"]).1, format!("ROOT/{path}\n"));
    let made = std::fs::read_to_string(folder.0.join(path)).unwrap();
    let english = std::fs::read_to_string(super::here("themes/default/messages/en.yaml")).unwrap();
    let expected = format!("# Still to be translated: these words are in `en`.\n{}", english.replace("stemmer: English", "stemmer: Swedish"));
    assert_eq!(made, expected);
    let built_in = "error: the words in `en` are built in; what a site says otherwise stands alone in themes/default/messages/en.yaml\n";
    assert_eq!(run(&folder.0, &["new", "words", "en"]), answer(2, "", built_in));
    // A language that Sporbar knows nothing of is one all the same.
    assert_eq!(run(&folder.0, &["new", "words", "tok"]).0, 0);
    assert!(std::fs::read_to_string(folder.0.join("themes/default/messages/tok.yaml")).unwrap().contains("  stemmer: none\n"));
    let unknown = "error: `Danish!` is not the code of a language; write BCP 47 codes, as da or en-gb\n";
    assert_eq!(run(&folder.0, &["new", "words", "Danish!"]), answer(2, "", unknown));
}

const NEW_INITIATIVE: &str = "\
# yaml-language-server: $schema=../../../schemas/initiative.schema.json
theme: # books | places
title:
  en:
  cy:
summary:
  en:
  cy:
text:
  en:
  cy:
actors: []
cites:
  - document: plan-one
    at: # where in the document: initiative | table | row | proposal
# an amount as printed, or: not-stated | none | already-financed | not-applicable
funding:
  2031:
  2032:
# may be added: kind: noted | also_titled | period | continues | source_notes
";

const NEW_FAULTS: &str = "\
data/initiatives/one/03.yaml:2:6: error[E0010]: `theme` has no value (write a value, or take the key out if it may be left out)
data/initiatives/one/03.yaml:4:3: error[E0016]: `en` has no text
data/initiatives/one/03.yaml:5:3: error[E0016]: `cy` has no text
data/initiatives/one/03.yaml:7:3: error[E0016]: `en` has no text
data/initiatives/one/03.yaml:8:3: error[E0016]: `cy` has no text
data/initiatives/one/03.yaml:10:3: error[E0016]: `en` has no text
data/initiatives/one/03.yaml:11:3: error[E0016]: `cy` has no text
data/initiatives/one/03.yaml:15:7: error[E0010]: `at` has no value (write a value, or take the key out if it may be left out)
data/initiatives/one/03.yaml:18:7: error[E0015]: nothing is said about the money for this year (write the amount as the document has it, or one of the words already-financed, not-stated, none, not-applicable)
data/initiatives/one/03.yaml:19:7: error[E0015]: nothing is said about the money for this year (write the amount as the document has it, or one of the words already-financed, not-stated, none, not-applicable)
data/strategies/one.yaml:7:14: error[E0050]: 2 initiatives are stated, but there are 3 (correct the number, or take out what the document does not have)
11 errors
";

/// Only what stands there and in what order: the times are no matter of a test.
#[test]
fn timings_say_where_the_time_goes_and_change_nothing() {
    let (folder, other) = (Folder::site("timings"), Folder::site("timings-without"));
    let (code, out, err) = run(&folder.0, &["build", "--timings"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    run(&other.0, &["build"]);
    let bare = |folder: &Folder| -> Vec<_> {
        folder.published().into_iter().map(|(path, bytes, _)| (path.strip_prefix(&folder.0).unwrap().to_owned(), bytes)).collect()
    };
    assert!(bare(&folder) == bare(&other));
    let lines: Vec<&str> = err.lines().collect();
    let first = |line: &&str| line.split_whitespace().next().unwrap().to_owned();
    let parts: Vec<&[&str]> = lines.split(|line| line.starts_with("the slowest ")).collect();
    let [phases, templates, pages] = parts.as_slice() else { panic!("{err}") };
    let names: Vec<String> = phases.iter().map(first).collect();
    assert_eq!(names, ["read", "load", "check", "model", "theme", "search", "exports", "pages", "links", "write", "total"]);
    let processors = if cfg!(unix) { " ms of the processors" } else { "" };
    assert!(phases.iter().all(|line| line.split_once(" ms").is_some_and(|(_, rest)| rest.ends_with(processors))), "{err}");
    assert!(templates.len() == 10 && templates.iter().all(|line| line.contains(" ms  ") && line.ends_with(" ms each")), "{err}");
    let [pages @ .., written, last] = pages else { panic!("{err}") };
    assert!(pages.len() == 10 && pages.iter().all(|line| line.contains(" ms  ") && line.ends_with(" bytes")), "{err}");
    let files = folder.published().len() - 1;
    let bytes: usize = folder.published().iter().filter(|(path, ..)| !path.ends_with(".sporbar")).map(|(_, bytes, _)| bytes.len()).sum();
    assert_eq!(*written, format!("{files} files with {bytes} bytes, {files} of them with {bytes} bytes written"));
    assert_eq!(*last, format!("public/ has {files} files, {files} of them new or changed"));
}
