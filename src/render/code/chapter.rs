//! Chapters as code. In: Markdown, perhaps with front matter. Out: what stands for headings, for links and for what is meant
//! letter by letter, and the signs that make it so. Never fails: what makes nothing is words.

use pulldown_cmark::{Event, Parser, Tag};

use super::{KEY, MARK, Painted, STRING, record};
use crate::load::{chapter, markdown};

pub fn painted(code: &str) -> Painted<'_> {
    let mut painted = Painted::new(code);
    let body = chapter::split(code).map_or(0, |(_, body)| body);
    record::paint(&mut painted, 0..body);
    // What the words are that are being read.
    let mut words = vec![None];
    for (event, range) in Parser::new_ext(&code[body..], markdown::OPTIONS).into_offset_iter() {
        let range = body + range.start..body + range.end;
        let known = words.last().copied().flatten();
        match event {
            Event::Start(Tag::Paragraph) => words.push(known),
            Event::Start(tag) => {
                let (signs, inside) = match tag {
                    Tag::Heading { .. } => (MARK, Some(KEY)),
                    Tag::CodeBlock(_) => (MARK, Some(STRING)),
                    Tag::Link { .. } | Tag::Image { .. } => (STRING, Some(STRING)),
                    _ => (MARK, known),
                };
                painted.paint(range, Some(signs));
                words.push(inside);
            }
            Event::End(_) => drop(words.pop()),
            Event::Text(_) => painted.paint(range, known),
            Event::Code(_) => painted.paint(range, Some(STRING)),
            Event::FootnoteReference(_) | Event::Rule | Event::Html(_) | Event::InlineHtml(_) => painted.paint(range, Some(MARK)),
            _ => {}
        }
    }
    painted
}
