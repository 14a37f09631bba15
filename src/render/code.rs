//! Code in chapters, coloured when the site is built.
//!
//! In: code and the name of its language. Out: HTML with a class for each kind of word; the theme has the colours. A
//! language that is not known stays plain.
//!
//! YAML and Markdown, which every site explains to its editors, are read by the parsers that read records and chapters; the
//! library for all other languages would prepare expressions for each of the two in more time than a hundred pages take.

use std::ops::Range;
use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use super::markdown::escape;

mod chapter;
mod record;

/// Read at most once, and only where a chapter has code in another language.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// What a kind of word is called in the style sheet.
type Class = &'static str;

const COMMENT: Class = "comment";
const KEY: Class = "key";
const STRING: Class = "string";
const NUMBER: Class = "number";
const MARK: Class = "mark";

/// The class of a scope of the library; the innermost scope that begins like one of these decides.
static CLASSES: LazyLock<Vec<(Scope, Class)>> = LazyLock::new(|| {
    let classes = [
        ("comment", COMMENT),
        ("entity.name.tag", KEY),
        ("markup.heading", KEY),
        ("entity.name.section", KEY),
        ("punctuation.definition.string", STRING),
        ("string.quoted", STRING),
        ("string.other.link", STRING),
        ("markup.underline.link", STRING),
        ("markup.raw", STRING),
        ("constant", NUMBER),
        ("keyword", MARK),
        ("punctuation", MARK),
    ];
    classes.into_iter().filter_map(|(scope, class)| Some((Scope::new(scope).ok()?, class))).collect()
});

/// Code and the class of each of its bytes.
struct Painted<'c> {
    code: &'c str,
    classes: Vec<Option<Class>>,
}

impl<'c> Painted<'c> {
    fn new(code: &'c str) -> Painted<'c> {
        Painted { code, classes: vec![None; code.len()] }
    }

    /// Gives a range a class in place of what it had.
    fn paint(&mut self, range: Range<usize>, class: Option<Class>) {
        self.classes.get_mut(range).unwrap_or_default().fill(class);
    }

    fn html(&self) -> String {
        let (mut html, mut open, mut at) = (String::new(), None, 0);
        for run in self.classes.chunk_by(|one, next| one == next) {
            write(&mut html, &mut open, self.code.get(at..at + run.len()).unwrap_or_default(), run[0]);
            at += run.len();
        }
        html.push_str(if open.is_some() { "</span>" } else { "" });
        html
    }
}

/// The code as HTML; nothing where its language is not known.
pub fn highlight(language: &str, code: &str) -> Option<String> {
    match language {
        "markdown" | "md" => Some(chapter::painted(code).html()),
        "yaml" | "yml" => Some(record::painted(code).html()),
        _ => Some(other(SYNTAXES.find_syntax_by_token(language)?, code)?.html()),
    }
}

/// What the library knows.
fn other<'c>(syntax: &SyntaxReference, code: &'c str) -> Option<Painted<'c>> {
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut painted = Painted::new(code);
    let mut start = 0;
    for line in code.split_inclusive('\n') {
        let mut at = start;
        for (place, op) in &state.parse_line(line, &SYNTAXES).ok()? {
            painted.paint(at..start + place, class(&stack));
            at = start + place;
            stack.apply(op).ok()?;
        }
        start += line.len();
        painted.paint(at..start, class(&stack));
    }
    Some(painted)
}

fn class(stack: &ScopeStack) -> Option<Class> {
    let of = |scope: &Scope| CLASSES.iter().find(|(known, _)| known.is_prefix_of(*scope)).map(|(_, class)| *class);
    stack.as_slice().iter().rev().find_map(of)
}

/// Words of one kind that follow each other share an element; white space has no colour.
fn write(html: &mut String, open: &mut Option<Class>, text: &str, class: Option<Class>) {
    if text.is_empty() {
        return;
    }
    if *open != class && !text.trim().is_empty() {
        html.push_str(if open.is_some() { "</span>" } else { "" });
        if let Some(class) = class {
            html.push_str(&format!("<span class=\"code-{class}\">"));
        }
        *open = class;
    }
    html.push_str(&escape(text));
}
