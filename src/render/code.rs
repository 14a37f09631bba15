//! Code in chapters, coloured when the site is built.
//!
//! In: code and the name of its language. Out: HTML with a class for each kind of word; the theme has the colours. A
//! language that is not known stays plain.
//!
//! YAML and Markdown, which every site explains to its editors, are read by the parsers that read records and chapters, and the
//! commands beside them word by word: the library for all other languages prepared its expressions for the first two at each build,
//! 72 of 1,064 million instructions, and for four commands, 22 of 780.

use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use super::markdown::escape;

mod chapter;
mod command;
mod record;

/// Read at most once, and only where a chapter has code in another language.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Comment,
    Key,
    String,
    Number,
    Mark,
}

impl Class {
    /// Its name in the style sheet.
    fn name(self) -> &'static str {
        match self {
            Class::Comment => "comment",
            Class::Key => "key",
            Class::String => "string",
            Class::Number => "number",
            Class::Mark => "mark",
        }
    }
}

/// The class of a scope of the library; the innermost scope that begins like one of these decides.
static CLASSES: LazyLock<Vec<(Scope, Class)>> = LazyLock::new(|| {
    let classes = [
        ("comment", Class::Comment),
        ("entity.name.tag", Class::Key),
        ("markup.heading", Class::Key),
        ("entity.name.section", Class::Key),
        ("punctuation.definition.string", Class::String),
        ("string.quoted", Class::String),
        ("string.other.link", Class::String),
        ("markup.underline.link", Class::String),
        ("markup.raw", Class::String),
        ("constant", Class::Number),
        ("keyword", Class::Mark),
        ("punctuation", Class::Mark),
    ];
    classes.into_iter().filter_map(|(scope, class)| Some((Scope::new(scope).ok()?, class))).collect()
});

/// Code that is coloured from its beginning to its end, and nothing of it left out.
struct Painter<'c> {
    code: &'c str,
    at: usize,
    html: String,
    open: Option<Class>,
}

impl<'c> Painter<'c> {
    fn new(code: &'c str) -> Painter<'c> {
        Painter { code, at: 0, html: String::with_capacity(2 * code.len()), open: None }
    }

    /// Gives a class to what comes next, up to a place; nothing where that is behind already.
    ///
    /// Words of one kind that follow each other share an element; white space has no colour.
    fn paint(&mut self, end: usize, class: Option<Class>) {
        let Some(text) = self.code.get(self.at..end).filter(|text| !text.is_empty()) else { return };
        self.at = end;
        if self.open != class && !text.trim().is_empty() {
            self.close();
            if let Some(class) = class {
                self.html.push_str(&format!("<span class=\"code-{}\">", class.name()));
            }
            self.open = class;
        }
        self.html.push_str(&escape(text));
    }

    fn close(&mut self) {
        self.html.push_str(if self.open.is_some() { "</span>" } else { "" });
    }

    /// The HTML of all of the code.
    fn html(mut self) -> String {
        self.paint(self.code.len(), None);
        self.close();
        self.html
    }
}

/// The code as HTML; nothing where its language is not known.
pub fn highlight(language: &str, code: &str) -> Option<String> {
    let mut painter = Painter::new(code);
    match language.to_ascii_lowercase().as_str() {
        "markdown" | "md" => chapter::paint(&mut painter),
        "sh" | "bash" | "shell" => command::paint(&mut painter),
        "yaml" | "yml" => record::paint(&mut painter, code.len()),
        other => paint_other(&mut painter, SYNTAXES.find_syntax_by_token(other)?)?,
    }
    Some(painter.html())
}

/// Colours what the library knows.
fn paint_other(painter: &mut Painter<'_>, syntax: &SyntaxReference) -> Option<()> {
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut start = 0;
    for line in painter.code.split_inclusive('\n') {
        for (place, op) in &state.parse_line(line, &SYNTAXES).ok()? {
            painter.paint(start + place, class(&stack));
            stack.apply(op).ok()?;
        }
        start += line.len();
        painter.paint(start, class(&stack));
    }
    Some(())
}

fn class(stack: &ScopeStack) -> Option<Class> {
    let of = |scope: &Scope| CLASSES.iter().find(|(known, _)| known.is_prefix_of(*scope)).map(|(_, class)| *class);
    stack.as_slice().iter().rev().find_map(of)
}
