//! Records as code. In: YAML. Out: what stands for keys, quoted texts, numbers and the like, comments, and the signs between
//! them. Never fails: after what is not well-formed, everything is words.

use std::ops::Range;

use granit_parser::{ScalarStyle, Scanner, StrInput, TokenType};

use super::{COMMENT, Class, KEY, MARK, NUMBER, Painted, STRING};

pub fn painted(code: &str) -> Painted<'_> {
    let mut painted = Painted::new(code);
    paint(&mut painted, 0..code.len());
    painted
}

/// Paints a part of a text that is YAML.
pub fn paint(painted: &mut Painted<'_>, part: Range<usize>) {
    let text = &painted.code[part.clone()];
    let mut at = 0;
    let mut is_key = false;
    for token in Scanner::new(StrInput::new(text)).map_while(Result::ok) {
        let (span, token) = token.into_parts();
        let (Some(start), Some(end)) = (span.start.byte_offset(), span.end.byte_offset()) else { break };
        // Between what the scanner marks there are signs and comments.
        for line in text.get(at..start).unwrap_or_default().split_inclusive('\n') {
            let (from, signs) = (part.start + at, line.find('#').unwrap_or(line.len()));
            painted.paint(from..from + signs, Some(MARK));
            painted.paint(from + signs..from + line.len(), Some(COMMENT));
            at += line.len();
        }
        let class = match &token {
            TokenType::Scalar(..) if is_key => Some(KEY),
            TokenType::Scalar(ScalarStyle::Plain, value) => of_plain(value),
            TokenType::Scalar(ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, _) => Some(STRING),
            TokenType::Scalar(..) => None,
            _ => Some(MARK),
        };
        painted.paint(part.start + start..part.start + end, class);
        is_key = matches!(token, TokenType::Key);
        at = at.max(end);
    }
}

/// The class of a text without quotes: a number, a date, or one of the words of YAML.
fn of_plain(value: &str) -> Option<Class> {
    let is_number = value.bytes().any(|byte| byte.is_ascii_digit()) && value.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE_:".contains(&byte));
    (is_number || matches!(value, "true" | "false" | "null" | "~")).then_some(NUMBER)
}
