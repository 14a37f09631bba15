//! What is wrong with YAML, in words of people who do not know its grammar.
//!
//! In: the parser's own category. Out: a sentence and what to do. The rarest categories have one sentence in common.

use granit_parser::ErrorKind;

/// Message and help for a fault of the parser; `before` is what stands before it in its line.
pub fn words(kind: &ErrorKind, before: &str) -> (String, &'static str) {
    const LINE: &str = "check the indentation and the quotes on this line and the one before; a text with `: ` in it needs quotes";
    const CLOSE: &str = "add the same quote at the end of the text; inside `\"…\"`, write `\"` as `\\\"`; inside `'…'`, write `'` as `''`";
    const TAB: &str = "indent with spaces, two for each level; most editors can be set to write spaces for the tab key";
    // A colon after the first word of an indented line is that of a key: the line is where it does not belong.
    let is_key = before.starts_with(' ') && !before.trim().is_empty() && before.trim().chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let (message, help) = match kind {
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement if is_key => (
            "this line is indented more than the one it belongs to, or less than its like",
            "keys of one record begin in the same column; what belongs to a key is indented two spaces more",
        ),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => ("a quote is opened here and not closed", CLOSE),
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            ("something stands after the closing quote", "put the whole text in quotes; inside `\"…\"`, write `\"` as `\\\"`; inside `'…'`, write `'` as `''`")
        }
        ErrorKind::UnknownQuotedScalarEscape => {
            ("a backslash stands before a sign that it means nothing for", "write `\\\\` for a backslash, or use single quotes")
        }
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => ("a tab stands where only spaces can", TAB),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            return (format!("`{open}` is closed by `{close}`"), "close `[` with `]` and `{` with `}`, the inner one first");
        }
        ErrorKind::MisplacedFlowCollectionEnd => {
            ("a bracket is closed here that was not opened", "take it out, or open it; a text with a bracket needs quotes")
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            return (format!("`{open}` is opened here and not closed"), "add the closing bracket; a text that begins with a bracket needs quotes");
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            ("this line is neither `key: value` nor part of a text", "add `: ` after the key, or indent the line as part of the text before it")
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            ("a colon stands where none can", "a text with `: ` in it needs quotes; a bracket before it may not be closed")
        }
        ErrorKind::BlockSequenceEntryNotAllowed if before.trim_end().ends_with(':') => (
            "a hyphen alone is not a value",
            "for a dash in place of an amount, write `none`; a text that is or begins with a hyphen needs quotes; begin the items of a list on the next line",
        ),
        ErrorKind::MappingKeyNotAllowed | ErrorKind::BlockSequenceEntryNotAllowed | ErrorKind::InvalidIndentation | ErrorKind::InvalidFlowScalarIndent => (
            "this line is not indented like the lines it belongs to",
            "keys of one record begin in the same column; what belongs to a key is indented two spaces more",
        ),
        ErrorKind::InvalidBlockScalarIndent => {
            ("a line of this text is indented less or more than its first line", "indent all lines of the text alike, two spaces more than its key")
        }
        ErrorKind::InvalidMappingValueWhitespace | ErrorKind::ExpectedWhitespace => ("a space is missing", "write a space after the colon: `key: value`"),
        ErrorKind::InvalidBlockEntryWhitespace | ErrorKind::BlockEntryInFlowCollection => {
            ("a hyphen stands where no item of a list can begin", "write a space after the hyphen; a text that begins with one needs quotes")
        }
        ErrorKind::CommentNotSeparated | ErrorKind::CommentInterceptedScalar => {
            ("a comment stands where none can", "write a space before `#`, or put a text with `#` in quotes")
        }
        ErrorKind::RecursionLimitExceeded => ("lists or mappings are nested too deeply here", "records need six levels; close a bracket that is not closed"),
        _ => ("this line does not fit what stands before it", LINE),
    };
    (message.to_owned(), help)
}
