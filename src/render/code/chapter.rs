//! Chapters as code.
//!
//! In: Markdown, perhaps with front matter. Out: what stands for headings, for links and for what is meant letter by letter,
//! and the signs that make it so. Never fails: what makes nothing is words.

use pulldown_cmark::{Event, Parser, Tag};

use super::{Class, Painter, record};
use crate::load::chapter::split;
use crate::load::markdown::OPTIONS;

/// Colours all of the code.
pub fn paint(painter: &mut Painter<'_>) {
    let code = painter.code;
    let body = split(code).map_or(0, |(_, body)| body);
    record::paint(painter, body);
    // What is being read: the class of its signs, and of its words.
    let mut open = vec![(None, None)];
    for (event, range) in Parser::new_ext(&code[body..], OPTIONS).into_offset_iter() {
        let (signs, words) = open.last().copied().unwrap_or_default();
        if !matches!(event, Event::End(_)) {
            painter.paint(body + range.start, signs);
        }
        let class = match event {
            Event::Start(tag) => {
                open.push(match tag {
                    Tag::Paragraph => (signs, words),
                    Tag::Heading { .. } => (Some(Class::Mark), Some(Class::Key)),
                    Tag::CodeBlock(_) => (Some(Class::Mark), Some(Class::String)),
                    Tag::Link { .. } | Tag::Image { .. } => (Some(Class::String), Some(Class::String)),
                    _ => (Some(Class::Mark), words),
                });
                continue;
            }
            Event::End(_) => {
                open.pop();
                signs
            }
            Event::Text(_) => words,
            Event::Code(_) => Some(Class::String),
            _ => Some(Class::Mark),
        };
        painter.paint(body + range.end, class);
    }
}
