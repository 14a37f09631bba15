//! Commands as code.
//!
//! In: lines as they are typed into a shell. Out: what stands for quoted texts, options, comments, and the signs between commands.
//! Never fails: a quote that is not closed goes on to the end.

use super::{Class, Painter};

/// Colours the code.
pub fn paint(painter: &mut Painter<'_>) {
    let code = painter.code;
    let is_sign = |c: char| "|&;<>()".contains(c);
    let is_end = |c: char| c.is_whitespace() || is_sign(c) || c == '\'' || c == '"';
    let mut is_inside = false;
    while let Some(first) = code[painter.at..].chars().next() {
        let rest = &code[painter.at..];
        let until = |is_end: &dyn Fn(char) -> bool| rest.find(is_end).unwrap_or(rest.len());
        let (length, class) = match first {
            c if c.is_whitespace() => (until(&|c| !c.is_whitespace()), None),
            c if is_sign(c) => (until(&|c| !is_sign(c)), Some(Class::Mark)),
            '\'' | '"' => (quoted(rest, first), Some(Class::String)),
            '#' if !is_inside => (until(&|c| c == '\n'), Some(Class::Comment)),
            _ => match &rest[..until(&is_end)] {
                "--" => (2, Some(Class::Mark)),
                word => (word.len(), Some(Class::Key).filter(|_| !is_inside && word.starts_with('-'))),
            },
        };
        is_inside = !(first.is_whitespace() || is_sign(first));
        painter.paint(painter.at + length, class);
    }
}

/// How long a quoted text is that begins here.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    let end = text[1..].find(|c: char| {
        let ends = c == quote && !is_escaped;
        is_escaped = quote == '"' && c == '\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}
