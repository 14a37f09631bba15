//! Code in chapters, coloured when the site is built.
//!
//! In: code and the name of its language. Out: HTML with a class for each kind of word; the theme has the colours. A
//! language that is not known stays plain.

use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use super::markdown::escape;
use crate::load::chapter;

/// Read at most once, and only where a chapter has code in it.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// What a kind of word is called in the style sheet; the innermost scope that begins like one of these decides.
static CLASSES: LazyLock<Vec<(Scope, &'static str)>> = LazyLock::new(|| {
    let classes = [
        ("comment", "comment"),
        ("entity.name.tag", "key"),
        ("markup.heading", "key"),
        ("entity.name.section", "key"),
        ("punctuation.definition.string", "string"),
        ("string.quoted", "string"),
        ("string.other.link", "string"),
        ("markup.underline.link", "string"),
        ("markup.raw", "string"),
        ("constant", "number"),
        ("keyword", "mark"),
        ("punctuation", "mark"),
    ];
    classes.into_iter().filter_map(|(scope, class)| Some((Scope::new(scope).ok()?, class))).collect()
});

/// The code as HTML; nothing where its language is not known.
pub fn highlight(language: &str, code: &str) -> Option<String> {
    let syntax = SYNTAXES.find_syntax_by_token(language)?;
    // The syntax of Markdown takes the front matter of a chapter for words; it is YAML.
    let body = if syntax.name == "Markdown" { chapter::split(code).map_or(0, |(_, body)| body) } else { 0 };
    let (front, body) = code.split_at(body);
    let front = if front.is_empty() { String::new() } else { coloured(SYNTAXES.find_syntax_by_token("yaml")?, front)? };
    Some(front + &coloured(syntax, body)?)
}

fn coloured(syntax: &SyntaxReference, code: &str) -> Option<String> {
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut html = String::new();
    let mut open = None;
    for line in code.split_inclusive('\n') {
        let mut at = 0;
        let ops = state.parse_line(line, &SYNTAXES).ok()?;
        for (place, op) in &ops {
            write(&mut html, &mut open, &line[at..*place], class(&stack));
            at = *place;
            stack.apply(op).ok()?;
        }
        write(&mut html, &mut open, &line[at..], class(&stack));
    }
    html.push_str(if open.is_some() { "</span>" } else { "" });
    Some(html)
}

fn class(stack: &ScopeStack) -> Option<&'static str> {
    let of = |scope: &Scope| CLASSES.iter().find(|(known, _)| known.is_prefix_of(*scope)).map(|(_, class)| *class);
    stack.as_slice().iter().rev().find_map(of)
}

/// Words of one kind that follow each other share an element; white space has no colour.
fn write(html: &mut String, open: &mut Option<&'static str>, text: &str, class: Option<&'static str>) {
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
