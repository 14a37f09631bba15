//! What every input must come through, however broken it is.
//!
//! In: the name of a target and any bytes. They take the place of one file of the small site in `tests/cases/base`, which
//! is compiled as for the preview, to the end; a panic is a finding. The fuzz targets and the tests, which replay all
//! that was ever found, go through the same two functions.

use std::path::Path;
use std::sync::LazyLock;

use sporbar::diagnostic::Diagnostic;
use sporbar::diagnostic::emit::{self, Format};
use sporbar::load::read;
use sporbar::source::{File, FileTree, Span};
use sporbar::{Compilation, Goal, compile};

/// Every target and the file that it replaces; `markdown` replaces a text inside one.
pub const TARGETS: [(&str, &str); 8] = [
    ("initiative", "data/initiatives/one/01.yaml"),
    ("site", "data/site.yaml"),
    ("documents", "data/documents.yaml"),
    ("traces", "data/traces/01.yaml"),
    ("chapter", "content/about/method.en.md"),
    ("markdown", "data/initiatives/one/02.yaml"),
    ("messages", "themes/default/messages/cy.yaml"),
    ("template", "themes/default/templates/initiative.html"),
];

static BASE: LazyLock<FileTree> = LazyLock::new(|| {
    let root = [env!("CARGO_MANIFEST_DIR"), concat!(env!("CARGO_MANIFEST_DIR"), "/..")].map(|root| Path::new(root).join("tests/cases/base"));
    read::read(root.iter().find(|root| root.is_dir()).expect("the base site is there")).expect("the base site can be read")
});

/// Compiles the base site with these bytes in the place of the target's file.
///
/// # Panics
/// Where a promise is broken.
pub fn survive(target: &str, bytes: &[u8]) {
    let (_, path) = TARGETS.iter().find(|(name, _)| *name == target).unwrap_or_else(|| panic!("there is no target `{target}`"));
    let file = BASE.get(path);
    let bytes = match (target, file) {
        ("markdown", Some(file)) => with_text(&file.bytes, bytes),
        _ => bytes.to_owned(),
    };
    let replaced = File { path: (*path).to_owned(), bytes };
    let compilation = compile(BASE.iter().filter(|file| file.path != *path).cloned().chain([replaced]).collect(), Goal::Preview);
    sound(&compilation);
    // A theme may write what it likes; what stands in a record must never become markup.
    if target != "template" {
        harmless(&compilation.output);
    }
}

/// The record with another text in its first language.
fn with_text(record: &[u8], text: &[u8]) -> Vec<u8> {
    let record = String::from_utf8_lossy(record);
    let (before, after) = record.split_once("  en: |\n").expect("the record has a text");
    let (_, after) = after.split_once("  cy: |\n").expect("in two languages");
    let text: String = String::from_utf8_lossy(text).lines().map(|line| format!("    {line}\n")).collect();
    format!("{before}  en: |2\n{text}  cy: |\n{after}").into_bytes()
}

/// Every fault has words and a place in a file that there is, and can be told in every form.
///
/// # Panics
/// Where it has not.
pub fn sound(compilation: &Compilation) {
    let place = |span: Span, fault: &Diagnostic| {
        let length = compilation.sources.file(span.file).bytes.len();
        assert!(span.start <= span.end && span.range().end <= length, "{span:?} is not in a file of {length} bytes: {fault:?}");
    };
    for fault in &compilation.diagnostics {
        assert!(!fault.message.trim().is_empty(), "a fault without words: {fault:?}");
        place(fault.span, fault);
        fault.related.iter().for_each(|related| place(related.span, fault));
    }
    for format in [Format::Human, Format::Short, Format::Json, Format::Sarif, Format::Github] {
        let text = emit::render(&compilation.diagnostics, &compilation.sources, format, false);
        assert!(compilation.diagnostics.is_empty() || !text.is_empty(), "nothing is said in the form {format:?}");
    }
}

/// No page carries a script.
///
/// # Panics
/// Where one does.
pub fn harmless(output: &FileTree) {
    for page in output.iter().filter(|file| file.path.ends_with(".html")) {
        let text = String::from_utf8_lossy(&page.bytes).to_ascii_lowercase();
        for script in ["<script>alert", "<img src=x onerror", "href=\"javascript:"] {
            assert!(!text.contains(script), "{} has {script}", page.path);
        }
    }
}
