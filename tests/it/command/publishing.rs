//! New sites, drafts, addresses that were given up, and the files that others publish by.

use std::path::Path;
use std::process::Command;

use sporbar::Goal;
use sporbar::diagnostic::Diagnostics;
use sporbar::load::{self, read, yaml};
use sporbar::scaffold::site::{self, redirects};
use sporbar::source::{File, FileId};

use super::super::{expect, here};
use super::{Folder, answer, run};

const PROGRAM: &str = env!("CARGO_BIN_EXE_sporbar");

fn new_site(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(PROGRAM).args(["new", "site"]).arg(folder).args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap().replace(&folder.display().to_string(), "FOLDER"))
}

/// The text of a file of a folder.
fn text(folder: &Folder, path: &str) -> String {
    std::fs::read_to_string(folder.0.join(path)).unwrap()
}

#[test]
fn the_commands_in_the_readme_of_a_new_site_work() {
    for (name, arguments, pages) in
        [("new-site", &[][..], &["da/index.html", "en/index.html"][..]), ("new-site-fr", &["--languages", "fr,en"], &["fr/index.html"])]
    {
        let folder = Folder::new(name);
        assert_eq!(new_site(&folder.0, arguments), (0, "a new site; begin with FOLDER/README.md\n".into()));
        let readme = text(&folder, "README.md");
        let commands: Vec<&str> = readme.lines().filter(|line| line.starts_with("sporbar ")).map(|line| line.split('#').next().unwrap().trim()).collect();
        assert_eq!(commands, ["sporbar build --strict", "sporbar check --strict"]);
        for command in commands {
            let arguments: Vec<&str> = command.split(' ').skip(1).collect();
            let (code, out, err) = run(&folder.0, &arguments);
            assert_eq!((code, out.as_str(), err.contains("warning") || err.contains("note")), (0, "", false), "{command}: {err}");
        }
        assert!(pages.iter().all(|page| folder.0.join("public").join(page).exists()));
        assert_eq!(new_site(&folder.0, arguments), (2, "error: FOLDER is not empty; choose a folder that is, or one that is not there yet\n".into()));
        // Nothing is left of the names that words stand for.
        let files = site::files(&arguments.get(1).map(|codes| codes.split(',').map(str::to_owned).collect::<Vec<_>>()).unwrap_or_default()).unwrap();
        for file in files.iter().filter(|file| !file.path.starts_with("themes/")) {
            let text = String::from_utf8(file.bytes.clone()).unwrap();
            let unfilled = text.split('@').skip(1).step_by(2).any(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '.'));
            assert!(!unfilled && !text.is_empty(), "{}: {text}", file.path);
            if file.path.ends_with(".yml") {
                let mut faults = Diagnostics::default();
                yaml::parse(&text, FileId::default(), 0, &mut faults).unwrap();
                assert!(!faults.has_errors());
            }
        }
    }
    let folder = Folder::new("new-site-wrong");
    assert_eq!(new_site(&folder.0, &["--languages", "da,Danish"]).0, 2);
    assert_eq!(new_site(&folder.0, &["--languages", "da,da"]), (2, "error: `da` stands twice\n".into()));
    // Of the right form, but no language that numbers and dates could be written in.
    assert_eq!(new_site(&folder.0, &["--languages", "tlh"]).0, 2);
    let country = "error: there is no language with the code `dk`; did you mean `da`? `dk` is the code of a country\n";
    assert_eq!(new_site(&folder.0, &["--languages", "dk,sv"]), (2, country.into()));
    assert_eq!(new_site(&folder.0, &["--languages", "pt-BR"]), (2, "error: `pt-BR` becomes a part of addresses; write it in small letters: pt-br\n".into()));
}

#[test]
fn a_new_site_is_as_expected() {
    let files = site::files(&[]).unwrap();
    let shown = |file: &&File| !file.path.starts_with("schemas/") && !file.path.starts_with(".vscode/");
    let all: String = files.iter().filter(shown).map(|file| format!("--- {} ---\n{}\n", file.path, String::from_utf8(file.bytes.clone()).unwrap())).collect();
    expect(&here("tests/scaffold.txt"), &all).unwrap();
}

/// The same words in each language, so that no name goes without.
#[test]
fn new_sites_have_all_words_in_each_language() {
    let keys = |name: &str| {
        let text = std::fs::read_to_string(here("scaffold/words").join(name)).unwrap();
        let node = yaml::parse(&text, FileId::default(), 0, &mut Diagnostics::default()).unwrap();
        load::theme::flat(&node).keys().filter(|key| *key != "like").cloned().collect::<Vec<_>>()
    };
    assert_eq!(keys("da.yaml"), keys("_.yaml"));
}

/// Each language that is known by name makes a site without a fault, so that its code and its stemmer are what they say.
#[test]
fn a_new_site_can_be_in_any_language() {
    let text = std::fs::read_to_string(here("scaffold/languages.yaml")).unwrap();
    let node = yaml::parse(&text, FileId::default(), 0, &mut Diagnostics::default()).unwrap();
    let facts = load::theme::flat(&node);
    let names: Vec<(&str, &str)> = facts.iter().filter_map(|(key, name)| Some((key.strip_suffix(".name")?, name.as_str()?))).collect();
    assert!(!names.is_empty());
    for (code, name) in names.into_iter().chain([("en-gb", "English"), ("tok", "tok")]) {
        let files = site::files(&[code.to_owned()]).unwrap();
        let find = |path: &str| files.iter().find(|file| file.path == path).map(|file| String::from_utf8(file.bytes.clone()).unwrap());
        assert!(find("data/site.yaml").unwrap().contains(&format!("    name: {name}\n")), "{code}");
        if let Some(words) = find(&format!("themes/default/messages/{code}.yaml")) {
            let of = code.split('-').next().unwrap_or_default();
            let stemmer = facts.get(&format!("{of}.stemmer")).map_or("none", |stemmer| stemmer.as_str().unwrap());
            assert!(words.contains(&format!("\n  stemmer: {stemmer}\n")), "{code}");
            assert_eq!(words.starts_with("# Still to be translated"), code != "en-gb");
        }
        let site = sporbar::compile(files.into_iter().collect(), Goal::Check);
        assert!(site.diagnostics.is_empty(), "{code}: {:?}", site.diagnostics);
    }
}

/// What is committed for the publisher fits the site that is committed.
#[test]
fn netlify_toml_fits_the_site() {
    let toml = std::fs::read_to_string(here("netlify.toml")).unwrap();
    let tree = read::read(&here(".")).unwrap();
    let content = load::parse(&tree.over(load::theme::built_in()), &mut Diagnostics::default()).unwrap();
    let codes: Vec<String> = content.languages.codes().map(str::to_owned).collect();
    assert!(toml.contains(&redirects(&codes)), "the redirects are not those of the languages {}; they are:\n{}", codes.join(", "), redirects(&codes));
    assert_eq!(toml.matches("[[redirects]]").count(), 2 * codes.len());
    assert!(toml.contains(&format!("RUST_VERSION = \"{}.0\"\n", env!("CARGO_PKG_RUST_VERSION"))));
    assert!(toml.contains("\n  publish = \"public\"\n"));
    for context in ["deploy-preview", "branch-deploy"] {
        let block = toml.split(&format!("[context.{context}]")).nth(1).unwrap().split("\n[").next().unwrap();
        assert!(block.contains(" build --strict ") && block.contains(" --draft --base-url $DEPLOY_PRIME_URL\""), "{block}");
    }
}

/// Words that are built in are right: a fault is told in the file that the site has of its own, of whichever language.
#[test]
fn own_words_are_held_to_those_that_are_built_in() {
    let folder = Folder::new("own-words");
    assert_eq!(new_site(&folder.0, &["--languages", "da,en"]).0, 0);
    let own = folder.0.join("themes/default/messages/da.yaml");
    std::fs::create_dir_all(own.parent().unwrap()).unwrap();
    let words = std::fs::read_to_string(here("themes/default/messages/da.yaml")).unwrap();
    std::fs::write(own, words.replace("  caption: \"Økonomioversigt i {unit}\"", "  caption: Økonomioversigt")).unwrap();
    let line = words.lines().position(|line| line.starts_with("  caption: \"Økonomioversigt")).unwrap() + 1;
    let fault = format!(
        "themes/default/messages/da.yaml:{line}:3: error[E0071]: `funding.caption` has other places for values than in \
                 `da`: none instead of `{{unit}}` (the names in braces stay as they are in every language)\n1 error\n"
    );
    assert_eq!(run(&folder.0, &["check", "--message-format", "short"]), answer(1, "", &fault));
}

#[test]
fn a_draft_has_its_own_address_and_is_listed_nowhere() {
    let folder = Folder::site("draft");
    assert_eq!(run(&folder.0, &["build", "--draft", "--base-url", "https://preview--one.example.org/"]).0, 0);
    let mut pages = 0;
    for (path, bytes, _) in folder.published().into_iter().filter(|(path, ..)| path.extension().is_some_and(|extension| extension == "html")) {
        let html = String::from_utf8(bytes).unwrap();
        assert!(html.contains("<meta name=\"robots\" content=\"noindex\">"), "{}", path.display());
        assert!(!html.contains("https://example.org"), "{}", path.display());
        pages += 1;
    }
    assert!(pages > 50);
    assert!(text(&folder, "public/en/index.html").contains("<link rel=\"canonical\" href=\"https://preview--one.example.org/en/\">"));
    assert_eq!(text(&folder, "public/robots.txt"), "User-agent: *\nAllow: /\n");
    assert_eq!(text(&folder, "public/_headers"), "/*\n  X-Robots-Tag: noindex\n");
    assert!(!folder.0.join("public/sitemap.xml").exists());
    assert_eq!(run(&folder.0, &["build"]).0, 0);
    assert!(!text(&folder, "public/en/index.html").contains("noindex"));
    assert!(!folder.0.join("public/_headers").exists());
    // A link to the site by its own address is one wherever it is shown.
    folder.change("content/about/method.en.md", "\n---\n\n", "\n---\n\nSee [the first page](https://example.org/en/).\n\n");
    let refused = ["build", "--message-format", "short", "--draft", "--base-url", "https://preview--one.example.org"].as_slice();
    assert_eq!(run(&folder.0, refused), run(&folder.0, &["build", "--message-format", "short"]));
    assert!(run(&folder.0, refused).2.contains("content/about/method.en.md:6:5: error[E0061]"), "{:?}", run(&folder.0, refused));
    for wrong in ["example.org", "https://example.org/path", "ftp://example.org"] {
        assert_eq!(run(&folder.0, &["build", "--base-url", wrong]).0, 2);
    }
}

#[test]
fn an_address_that_was_given_up_leads_on() {
    let folder = Folder::site("redirects");
    assert_eq!(run(&folder.0, &["build"]).0, 0);
    assert!(!folder.0.join("public/_redirects").exists());
    let list = "- {from: /en/how/, to: /en/about/method/}\n- {from: /old.html, to: /cy/ynghylch/method/}\n- {from: /en/bodies/*, to: /en/actors/*}\n";
    std::fs::write(folder.0.join("data/redirects.yaml"), list).unwrap();
    let (code, _, err) = run(&folder.0, &["build", "--strict"]);
    assert_eq!(code, 0, "{err}");
    let expected = "\
# Written by `sporbar build` from data/redirects.yaml.
/en/bodies/ /en/actors/ 301!
/en/bodies/national-library/ /en/actors/national-library/ 301!
/en/bodies/panel/ /en/actors/panel/ 301!
/en/how/ /en/about/method/ 301!
/old.html /cy/ynghylch/method/ 301!
";
    assert_eq!(text(&folder, "public/_redirects"), expected);
    let page = text(&folder, "public/en/how/index.html");
    for part in [
        "<html lang=\"en\">",
        "<title>The page has moved – Library plans</title>",
        "<link rel=\"canonical\" href=\"https://example.org/en/about/method/\">",
        "<meta http-equiv=\"refresh\" content=\"0; url=/en/about/method/\">",
        "<p>You will find it here: <a href=\"/en/about/method/\">Method</a></p>",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(text(&folder, "public/old.html").contains("<html lang=\"cy\">"));
    for (path, bytes, _) in folder.published() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "sitemap.xml" || name.starts_with("search") {
            assert!(!String::from_utf8(bytes).unwrap().contains("/en/how/"), "{name} lists it");
        }
    }
}

fn git(folder: &Folder, arguments: &[&str]) {
    let run = Command::new("git").arg("-C").arg(&folder.0).args(["-c", "user.name=A", "-c", "user.email=a@b.example"]).args(arguments).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

#[test]
fn revisions_and_folders_are_compared() {
    let outer = Folder::new("revisions");
    // The site is a folder of the repository.
    let folder = Folder::site("revisions/site");
    git(&outer, &["init", "-q", "-b", "main"]);
    git(&outer, &["add", "."]);
    git(&outer, &["commit", "-qm", "one"]);
    let nothing = "Nothing that the records say has changed.\n";
    assert_eq!(run(&folder.0, &["diff", "main"]), answer(0, nothing, ""));
    folder.change("data/actors.yaml", "en: Panel", "en: The panel");
    let told = "1 change: actors 1\n\nActors\n  ~ panel  The panel\n      name (en): “Panel” → “The panel”\n";
    assert_eq!(run(&folder.0, &["diff", "main"]), answer(0, told, ""));
    assert_eq!(run(&folder.0, &["diff", "main", "HEAD"]), answer(0, nothing, ""));
    git(&outer, &["commit", "-qam", "two"]);
    assert_eq!(run(&folder.0, &["diff", "HEAD^", "HEAD"]), answer(0, told, ""));
    assert_eq!(run(&folder.0, &["diff", "HEAD~1", folder.0.to_str().unwrap()]), answer(0, told, ""));
    let (code, _, err) = run(&folder.0, &["diff", "--", "--all"]);
    assert_eq!((code, err.contains("`--all` is neither a folder nor a revision that git knows in ROOT")), (2, true), "{err}");
    std::fs::write(folder.0.join("data/council.yaml"), "title: [").unwrap();
    let (code, out, err) = run(&folder.0, &["diff", "HEAD"]);
    assert_eq!((code, err.as_str()), (1, ""));
    assert!(out.contains("note: data/council.yaml cannot be read in the site as it stands and is not compared\n"), "{out}");
}
