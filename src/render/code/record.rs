//! Records as code.
//!
//! In: YAML. Out: what stands for keys, quoted texts, numbers and the like, comments, and the signs between them. Never
//! fails: after what is not well-formed, everything is words.

use granit_parser::{ScalarStyle, Scanner, StrInput, TokenType};

use super::{Class, Painter};

/// Colours the code up to a place.
pub fn paint(painter: &mut Painter<'_>, end: usize) {
    let text = &painter.code[..end];
    let mut is_key = false;
    for token in Scanner::new(StrInput::new(text)).map_while(Result::ok) {
        let (span, token) = token.into_parts();
        let (Some(start), Some(end)) = (span.start.byte_offset(), span.end.byte_offset()) else { break };
        // Between what the scanner marks there are signs and comments.
        for line in text.get(painter.at..start).unwrap_or_default().split_inclusive('\n') {
            let end = painter.at + line.len();
            painter.paint(painter.at + line.find('#').unwrap_or(line.len()), Some(Class::Mark));
            painter.paint(end, Some(Class::Comment));
        }
        let class = match &token {
            TokenType::Scalar(..) if is_key => Some(Class::Key),
            TokenType::Scalar(ScalarStyle::Plain, value) => of_plain(value),
            TokenType::Scalar(ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, _) => Some(Class::String),
            TokenType::Scalar(..) => None,
            _ => Some(Class::Mark),
        };
        painter.paint(end, class);
        is_key = matches!(token, TokenType::Key) || is_key && matches!(token, TokenType::Anchor(_) | TokenType::Tag(..));
    }
    painter.paint(end, None);
}

/// The class of a text without quotes: a number, a date, or one of the words of YAML.
fn of_plain(value: &str) -> Option<Class> {
    let is_number = value.bytes().any(|byte| byte.is_ascii_digit()) && value.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE_:".contains(&byte));
    (is_number || matches!(value, "true" | "false" | "null" | "~")).then_some(Class::Number)
}
