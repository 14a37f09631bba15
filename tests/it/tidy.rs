//! The house rules that a compiler does not hold.

use std::collections::BTreeSet;
use std::path::Path;

use sporbar::diagnostic::Code;

use super::here;

/// The rooms from the ground floor up; a room may use those before it, `lib` is the door that joins them.
const ROOMS: [&str; 17] = [
    "source",
    "diagnostic",
    "progress",
    "locale",
    "load",
    "check",
    "model",
    "render",
    "write",
    "schema",
    "scaffold",
    "translations",
    "diff",
    "timings",
    "serve",
    "external",
    "cli",
];

/// The rooms that a room may use although they stand later: none. And those it may not although they stand earlier.
const FORBIDDEN: [(&str, &[&str]); 3] =
    [("write", &["diagnostic", "locale", "load", "check", "model", "render"]), ("locale", &["source", "diagnostic", "progress"]), ("render", &["write"])];

/// Outside crates that every room may use: for numbers, maps, trees of values, threads.
const EVERYWHERE: [&str; 5] = ["rayon", "rust_decimal", "rustc_hash", "serde", "serde_json"];

/// Every other has few homes, which are named.
const HOMES: &[(&str, &[&str])] = &[
    ("ab_glyph", &["render/picture.rs"]),
    ("annotate_snippets", &["diagnostic/emit.rs"]),
    ("atom_syndication", &["render/feed.rs"]),
    ("blake3", &["diff/records.rs", "load/translation.rs", "render.rs", "serve/page.rs"]),
    ("clap", &["cli.rs", "diagnostic/emit.rs", "diff/emit.rs", "scaffold.rs"]),
    ("csv", &["render/export/table.rs"]),
    ("granit_parser", &["load/yaml.rs", "load/yaml/fault.rs", "render/code/record.rs"]),
    ("http_body_util", &["serve/http.rs"]),
    ("hyper", &["serve/http.rs", "serve/request.rs"]),
    ("hyper_util", &["serve/http.rs"]),
    ("icu", &["locale/fold.rs", "locale/format.rs"]),
    ("include_dir", &["load/theme.rs", "scaffold/site.rs"]),
    ("lightningcss", &["render/style.rs"]),
    ("memchr", &["diagnostic/emit.rs", "load/files.rs", "load/markdown.rs", "load/translation.rs", "render/links.rs", "serve/page.rs"]),
    ("notify", &["serve/watching.rs"]),
    ("notosans", &["render/picture.rs"]),
    ("open", &["serve.rs"]),
    ("percent_encoding", &["diagnostic/emit.rs", "render/links.rs", "serve/editor.rs", "serve/http.rs", "serve/request.rs"]),
    ("png", &["render/picture.rs"]),
    ("pulldown_cmark", &["load/markdown.rs", "render/code/chapter.rs", "render/markdown.rs"]),
    ("rust_xlsxwriter", &["render/export/workbook.rs"]),
    ("rustix", &["write/system.rs", "timings.rs"]),
    ("snowball_stemmers_rs", &["render/search/words.rs"]),
    ("strsim", &["diagnostic.rs"]),
    ("syntect", &["render/code.rs"]),
    ("tera", &["render/template.rs", "render/template/fault.rs", "render/template/fixed.rs", "render/view.rs", "render/view/known.rs"]),
    ("tikv_jemallocator", &["main.rs"]),
    ("tokio", &["serve.rs", "serve/http.rs", "serve/preview.rs", "serve/shown.rs"]),
    ("ureq", &["external/ask.rs"]),
    ("url", &["external.rs", "external/ask.rs", "external/cache.rs"]),
    ("walkdir", &["load/read.rs"]),
];

fn sources() -> Vec<(String, String)> {
    let root = here("src");
    let files = walkdir::WalkDir::new(&root)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"));
    files.map(|entry| (name(entry.path(), &root), std::fs::read_to_string(entry.path()).unwrap())).collect()
}

fn name(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap().display().to_string()
}

fn room(path: &str) -> &str {
    path.split(['/', '.']).next().unwrap()
}

#[test]
fn rooms_use_only_the_rooms_before_them() {
    let level = |room: &str| ROOMS.iter().position(|known| *known == room);
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let Some(own) = level(room(&path)) else { continue };
        // One name, or several between braces.
        let names = text.split("crate::").skip(1).flat_map(|used| match used.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap().split(',').map(str::trim_start).collect(),
            None => vec![used],
        });
        for used in names {
            let used = used.split(|c: char| !c.is_ascii_lowercase()).next().unwrap();
            let forbidden = FORBIDDEN.iter().any(|(room_name, list)| *room_name == room(&path) && list.contains(&used));
            if level(used).is_some_and(|used| used > own) || forbidden {
                faults.push(format!("{path} uses {used}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn outside_crates_stay_at_home() {
    let mut faults = Vec::new();
    let sources = sources();
    let manifest = std::fs::read_to_string(here("Cargo.toml")).unwrap();
    assert!(!manifest.contains("dependencies."), "a crate is named in one line");
    for section in
        manifest.split("\n[").filter(|section| section.lines().next().is_some_and(|head| head.ends_with("dependencies]") && !head.starts_with("dev")))
    {
        let crates = section.lines().skip(1).filter_map(|line| Some(line.split_once(" = ")?.0.replace('-', "_")));
        let homeless = crates.filter(|name| !EVERYWHERE.contains(&name.as_str()) && HOMES.iter().all(|(known, _)| known != name));
        faults.extend(homeless.map(|name| format!("{name} has no home")));
    }
    for (outside, homes) in HOMES {
        let users = sources.iter().filter(|(_, text)| text.contains(&format!("{outside}::")));
        let users: Vec<&str> = users.map(|(path, _)| path.as_str()).collect();
        faults.extend(users.iter().filter(|user| !homes.contains(user)).map(|user| format!("{user} uses {outside}, whose home is {}", homes.join(", "))));
        faults.extend(homes.iter().filter(|home| !users.contains(home)).map(|home| format!("{home} is no longer a home of {outside}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_module_says_what_it_is_for() {
    let modules = sources().into_iter().filter(|(path, _)| path.ends_with(".rs"));
    // The door of the house has its map; a table is what it is.
    let says = |path: &str, text: &str| text.starts_with("//! ") && (text.contains("\n//! In: ") || ["lib.rs", "diagnostic/codes.rs"].contains(&path));
    let silent: Vec<String> = modules.filter(|(path, text)| !says(path, text)).map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn files_stay_small() {
    let long: Vec<String> = sources().into_iter().filter(|(_, text)| text.lines().count() > 620).map(|(path, _)| path).collect();
    assert!(long.is_empty(), "each is more than one room: {}", long.join(", "));
}

/// Words of the first site that would make the engine its own.
#[test]
fn the_engine_knows_no_country_and_no_language() {
    let words = ["danish", "denmark", "life science", "dansk", "\"da\"", "\"en\"", "DKK", "mio."];
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for word in words.iter().filter(|word| line.contains(**word)) {
                // Help for editors may show how such a thing is written.
                if !line.contains("help") && !line.contains("Err(") {
                    faults.push(format!("{path} says {word}: {}", line.trim()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn codes_are_unique_and_in_the_readme_map_every_room_is_named() {
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.info().name).collect();
    assert_eq!(names.len(), Code::ALL.len());
    let readme = std::fs::read_to_string(here("README.md")).unwrap();
    let missing: Vec<&str> = ROOMS.into_iter().filter(|room| !readme.contains(&format!("`{room}`"))).collect();
    assert!(missing.is_empty(), "the map of the README does not name {}", missing.join(", "));
}
