//! The files themselves, before anybody reads a record in them: names, places, encoding, signs that nobody sees.
//!
//! In: a [`FileTree`]. Out: texts, the paths that misnamed files were meant to have, and diagnostics for what no reader
//! could do anything with. Knows which paths there can be, and nothing of what stands in the files.

use std::collections::BTreeMap;

use super::chapter;
use super::paths::{self, DataFile, DataKind, Names};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::locale::Languages;
use crate::source::{FileId, FileTree, Span};

/// The text of a file, or a diagnostic with the first byte that is none. Signs that no reader sees are reported.
pub(crate) fn utf8<'t>(tree: &'t FileTree, file: FileId, diagnostics: &mut Diagnostics) -> Option<&'t str> {
    if tree.is_refused(file) {
        return None;
    }
    match std::str::from_utf8(&tree.file(file).bytes) {
        Ok(text) => {
            unseen(text, file, diagnostics);
            match unmerged(text) {
                Some(at) => {
                    let fault =
                        Diagnostic::new(Code::Syntax, Span::new(file, at..at + CONFLICT.len()), "here begin two versions of the text that were not merged");
                    let help = "keep what holds of both, and take out the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`";
                    diagnostics.push(fault.help(help));
                    None
                }
                None => Some(text),
            }
        }
        Err(error) => {
            let span = Span::new(file, error.valid_up_to()..error.valid_up_to());
            diagnostics.push(Diagnostic::new(Code::Encoding, span, "the file is not UTF-8 text from here on").help("save it with the encoding UTF-8"));
            None
        }
    }
}

/// What git puts before two versions that it could not merge.
const CONFLICT: &str = "<<<<<<<";

/// Where such versions begin.
fn unmerged(text: &str) -> Option<usize> {
    let begins = |at: &usize| text[..*at].ends_with(['\n', BYTE_ORDER_MARK]) || *at == 0;
    memchr::memmem::find_iter(text.as_bytes(), CONFLICT).find(|at| begins(at) && text[at + CONFLICT.len()..].starts_with([' ', '\n', '\r']))
}

/// Whether a sign cannot be seen, nor is white space; or nobody can tell what it is to be: one that stands for lost letters, and
/// those that only one font knows.
pub(super) fn is_unseen(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
        || matches!(c, '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
        || is_lost(c)
}

fn is_lost(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fffd}')
}

/// What some editors begin a file with, and no other place has any use for.
pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';

/// How many bytes are looked at together. With pieces, all of this takes 9 instead of 36 million instructions of a check.
const PIECE: usize = 256;

/// Reports signs that cannot be seen, of which some turn the direction of what follows: a text must say what it shows.
fn unseen(text: &str, file: FileId, diagnostics: &mut Diagnostics) {
    // The signs in question begin with one of these bytes, which stand nowhere else in a sign. Few pieces have any, and `&` and `|`,
    // which skip nothing, let a processor ask many bytes at once.
    let is_suspect = |&b: &u8| (b < b' ') & (b != b'\t') & (b != b'\n') & (b != b'\r') | (b == 0x7f) | (b == 0xc2) | (b == 0xe2) | (b == 0xee) | (b == 0xef);
    let pieces = text.as_bytes().chunks(PIECE).enumerate().filter(|(_, piece)| piece.iter().fold(false, |found, b| found | is_suspect(b)));
    let suspects = pieces.flat_map(|(number, piece)| piece.iter().enumerate().filter(|(_, b)| is_suspect(b)).map(move |(at, _)| number * PIECE + at));
    for (at, sign) in suspects.filter_map(|at| Some((at, text[at..].chars().next().filter(|sign| is_unseen(*sign))?))) {
        if (at, sign) == (0, BYTE_ORDER_MARK) {
            continue;
        }
        let span = Span::new(file, at..at + sign.len_utf8());
        let what = if is_lost(sign) { "the character U+{}, which shows no letter," } else { "the invisible character U+{}" };
        let what = what.replace("{}", &format!("{:04X}", u32::from(sign)));
        let diagnostic = Diagnostic::new(Code::Unseen, span, format!("{what} stands here"));
        diagnostics.push(diagnostic.help("delete it and write the text again; it often comes along when text is copied from elsewhere"));
    }
}

/// The first sign of a text that cannot be seen.
pub(super) fn unseen_sign(words: &str) -> Option<char> {
    words.chars().find(|sign| is_unseen(*sign))
}

/// The fault of a text in which a sign that cannot be seen is written in other signs, as `\b` or `&#8;`.
pub(super) fn unseen_in_words(sign: char, span: Span) -> Diagnostic {
    Diagnostic::new(Code::Unseen, span, format!("the invisible character U+{:04X} is written here", u32::from(sign)))
        .help("take out what stands for it, such as `&#8;` or `\\b`")
}

/// Reports files that could not be read, and paths that are one and the same on some machines.
pub(super) fn unsound_paths(tree: &FileTree, diagnostics: &mut Diagnostics) {
    for (file, why) in tree.refused() {
        diagnostics.push(Diagnostic::new(Code::Unreadable, Span::top(file), format!("this file cannot be read: {why}")));
    }
    let mut known: BTreeMap<String, FileId> = BTreeMap::new();
    for (id, file) in tree.entries() {
        if let Some(first) = known.insert(crate::locale::fold::file_name(&file.path), id) {
            let message = format!("the name differs from `{}` only in capitals or in how its letters are composed", tree.file(first).path);
            let diagnostic = Diagnostic::new(Code::PathTwins, Span::top(id), message).related(Span::top(first), "the other file");
            diagnostics.push(diagnostic.help("rename one of them: on many machines the two are one file"));
        }
    }
}

pub(super) fn missing_file(tree: &FileTree, names: &Names, path: &str, diagnostics: &mut Diagnostics) {
    // A file that is not there has no place; that of the site, or the first file of the tree, stands for the root.
    let anchor = || names.find(&DataKind::Site.path(&[]), tree).or_else(|| tree.entries().next().map(|(first, _)| first));
    if names.find(path, tree).is_none()
        && let Some(anchor) = anchor()
    {
        diagnostics.push(Diagnostic::new(Code::MissingFile, Span::top(anchor), format!("`{path}` is missing")).help("every site has this file"));
    }
}

/// Finds the files whose name is nearly right, as far as nothing has the right one.
pub(super) fn misnamed(tree: &FileTree, names: &mut Names, nearly: impl Fn(&str) -> Option<String>) {
    for (id, file) in tree.entries().filter(|(id, file)| !tree.is_refused(*id) && DataFile::of(&file.path).is_none()) {
        if let Some(meant) = nearly(&file.path).filter(|meant| names.find(meant, tree).is_none()) {
            names.0.insert(id, meant);
        }
    }
}

/// Reports files in `data/` and `content/` that nothing reads: a misplaced record must not vanish silently.
pub(super) fn stray_files(tree: &FileTree, names: &Names, languages: &Languages, diagnostics: &mut Diagnostics) {
    for (id, file) in tree.entries().filter(|(id, _)| !tree.is_refused(*id)) {
        let (meant, help) = match file.path.split_once('/') {
            Some(("data", _)) if DataFile::of(&file.path).is_none() => (paths::nearly(&file.path), paths::meant(&file.path)),
            Some(("content", _)) if chapter::parts(&file.path, languages).is_none() => {
                let codes: Vec<&str> = languages.codes().collect();
                let help = format!("chapters are content/<section>/<key>.<language>.md, with one of the languages {}", codes.join(", "));
                (chapter::nearly(&file.path, languages, |path| tree.find(path).is_some()), help)
            }
            _ => continue,
        };
        let help = match (names.0.get(&id), meant) {
            (Some(meant), _) => format!("rename it to `{meant}`"),
            // Two names that some machines do not tell apart are reported as that.
            (None, Some(meant)) if crate::locale::fold::file_name(&meant) == crate::locale::fold::file_name(&file.path) => continue,
            (None, Some(meant)) => format!("`{meant}` is there already: take one of the two out"),
            (None, None) => help,
        };
        diagnostics.push(Diagnostic::new(Code::StrayFile, Span::top(id), "no record lives at this path").help(help));
    }
}
