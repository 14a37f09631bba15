//! Explaining codes, and keeping translations in step.

use std::process::Command;

use super::{Folder, answer, run};

#[test]
fn codes_are_explained() {
    let folder = Folder::new("explain");
    let (code, out, err) = run(&folder.0, &["explain", "e0030"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, sporbar::diagnostic::Code::SumOff.explain());
    let (code, out, _) = run(&folder.0, &["explain"]);
    assert_eq!((code, out.lines().count()), (0, sporbar::diagnostic::Code::ALL.len()));
    assert_eq!(run(&folder.0, &["explain", "E003"]), answer(2, "", "error: there is no code `E003`; did you mean `E0003`?\n"));
}

/// What was not looked at is not said to be in order.
#[test]
fn translations_in_a_file_with_faults_are_not_confirmed() {
    let folder = Folder::site("translations-faulty");
    assert_eq!(run(&folder.0, &["translations", "confirm"]).0, 0);
    folder.change("data/initiatives/one/02.yaml", "title: {en: Longer hours", "title: {en: \"Longer hours");
    let expected = answer(1, "", "not looked at because of faults: data/initiatives/one/02.yaml\n");
    assert_eq!(run(&folder.0, &["translations"]), expected);
}

#[test]
fn translations_are_confirmed_and_fall_out_of_step() {
    let folder = Folder::site("translations");
    let record = folder.0.join("data/translations.yaml");
    assert_eq!(run(&folder.0, &["check"]), answer(0, "", "the content is in order\n"));

    assert_eq!(run(&folder.0, &["translations", "confirm"]), answer(0, "ROOT/data/translations.yaml\n", "13 translations confirmed\n"));
    assert_eq!(run(&folder.0, &["check"]), answer(0, "", "the content is in order\n"));
    assert_eq!(run(&folder.0, &["translations"]), answer(0, "", "every translation is confirmed as it stands\n"));
    let confirmed = std::fs::read_to_string(&record).unwrap();

    // Where lines break is no change; what they say is.
    folder.change("data/initiatives/one/02.yaml", "The library stays open.", "The library\n    stays open.");
    assert_eq!(run(&folder.0, &["check"]), answer(0, "", "the content is in order\n"));
    folder.change("data/initiatives/one/02.yaml", "Longer hours", "Shorter hours");
    folder.change("content/about/method.en.md", "How the site", "How and why the site");
    let fault = |path: &str, file: &str| {
        format!(
            "{path}: warning[W0002]: the text has changed since its translation into `cy` was confirmed (read the two against each other, then `sporbar translations confirm {file}`)\n"
        )
    };
    let first = fault("content/about/method.cy.md:3:10", "content/about/method.en.md");
    let second = fault("data/initiatives/one/02.yaml:2:32", "data/initiatives/one/02.yaml");
    assert_eq!(
        run(&folder.0, &["check", "--message-format", "short"]),
        answer(0, "", &format!("{first}{second}the content is in order; 2 warnings; with `--strict` these would be errors\n"))
    );
    assert_eq!(run(&folder.0, &["check", "--strict", "--message-format", "short"]).0, 1);
    let list = "content/about/method.en.md  cy  1 text changed since\ndata/initiatives/one/02.yaml  cy  1 text changed since\n";
    assert_eq!(run(&folder.0, &["translations"]), answer(0, list, "when you have read them, `sporbar translations confirm PATH`\n"));

    // Readers of the translation are told; readers of the source are not.
    assert_eq!(run(&folder.0, &["build"]).0, 0);
    let page = |path: &str| std::fs::read_to_string(folder.0.join("public").join(path)).unwrap().contains("class=\"notice\"");
    assert!(page("cy/mentrau/one-02/index.html") && page("cy/ynghylch/method/index.html"));
    assert!(!page("en/initiatives/one-02/index.html") && !page("cy/mentrau/one-01/index.html"));

    // A chapter can be named by the file that was read, and only what is named is confirmed.
    assert_eq!(run(&folder.0, &["translations", "confirm", "content/about/method.cy.md"]).2, "1 translation confirmed\n");
    assert_eq!(
        run(&folder.0, &["check", "--message-format", "short"]),
        answer(0, "", &format!("{second}the content is in order; 1 warning; with `--strict` that would be an error\n"))
    );
    assert_eq!(run(&folder.0, &["translations", "confirm", "data/initiatives", "--language", "cy"]).2, "1 translation confirmed\n");
    assert_eq!(run(&folder.0, &["check"]), answer(0, "", "the content is in order\n"));
    let changed = std::fs::read_to_string(&record).unwrap();
    assert_eq!(confirmed.lines().zip(changed.lines()).filter(|(a, b)| a != b).count(), 2);

    // However a path is written: from where one stands, from the root of the site, from the top; the root itself is all of it.
    let inside = |root: &str, path: &str| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_sporbar")).current_dir(&folder.0).args(["--root", root, "translations", "confirm", path]).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (name, top) = (folder.0.file_name().unwrap().to_str().unwrap(), folder.0.to_str().unwrap());
    let paths = |path: &str| {
        let (below, whole) = (format!("./{path}"), format!("{top}/{path}"));
        [(".", below), (".", whole.clone()), (top, whole), (top, path.to_owned()), (&*format!("../{name}"), format!("../{name}/{path}"))]
            .map(|(root, path)| (root.to_owned(), path))
    };
    for (path, said) in [
        ("content/about/method.cy.md", (Some(0), "1 translation confirmed\n")),
        ("data/initiatives/one/", (Some(0), "2 translations confirmed\n")),
        ("data/nowhere", (Some(2), "error: nothing at data/nowhere is translated\n")),
        ("", (Some(0), "13 translations confirmed\n")),
    ] {
        for (root, path) in paths(path).into_iter().filter(|(_, path)| !path.is_empty()) {
            // Each time nothing is confirmed yet.
            std::fs::remove_file(&record).unwrap_or_default();
            assert_eq!(inside(&root, &path), (said.0, said.1.to_owned()), "--root {root} {path}");
        }
    }
    assert_eq!(inside(".", "/nowhere").0, Some(2));
    // From a folder within the site, where only its own names are at hand.
    std::fs::remove_file(&record).unwrap();
    let within = Command::new(env!("CARGO_BIN_EXE_sporbar"))
        .current_dir(folder.0.join("data"))
        .args(["--root", "..", "translations", "confirm", "initiatives/one/02.yaml"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(within.stderr).unwrap(), "1 translation confirmed\n");

    assert_eq!(run(&folder.0, &["translations", "confirm", "data/nowhere"]), answer(2, "", "error: nothing at data/nowhere is translated\n"));
    assert_eq!(
        run(&folder.0, &["translations", "confirm", "--language", "en"]),
        answer(2, "", "error: there are no translations into `en`; the languages are cy\n")
    );
}
