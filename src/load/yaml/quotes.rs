//! Quotes as they are printed, which YAML takes for letters.
//!
//! In: a line and a place in it where YAML does not read on. Out: the text in printed quotes that the place is inside of. Only
//! a text that is nothing but what stands between its quotes counts: then straight ones were meant.

use std::ops::Range;

/// A quote that opens a text, and those that can close it.
const PRINTED: [(char, &str); 9] = [('“', "”"), ('”', "”"), ('„', "“”"), ('»', "«"), ('«', "»"), ('‘', "’"), ('‚', "‘’"), ('›', "‹"), ('‹', "›")];

/// Whether a text begins with a printed quote.
pub fn opens(text: &str) -> bool {
    text.starts_with(|sign| PRINTED.iter().any(|(open, _)| *open == sign))
}

/// The text in printed quotes around a place in its line; `in_brackets` where a bracket of an earlier line is open.
pub fn around(line: &str, at: usize, in_brackets: bool) -> Option<Range<usize>> {
    let before = line.get(..at)?;
    let (open, sign, closers) = before.char_indices().rev().find_map(|(open, sign)| {
        let (_, closers) = PRINTED.iter().find(|(quote, _)| *quote == sign)?;
        is_beginning(&before[..open], in_brackets).then_some((open, sign, closers))
    })?;
    if before[open + sign.len_utf8()..].contains(|sign| closers.contains(sign)) {
        return None;
    }
    let in_brackets = in_brackets || has_open_bracket(&before[..open]);
    let ends = line[at..].match_indices(|sign| closers.contains(sign)).map(|(end, sign)| at + end + sign.len());
    ends.into_iter().find(|end| is_end(&line[*end..], in_brackets)).map(|end| open..end)
}

/// Whether a value can begin behind a piece of a line.
fn is_beginning(before: &str, in_brackets: bool) -> bool {
    let bare = before.trim_end();
    let is_first = bare.trim_start_matches([' ', '-']).is_empty();
    let is_inside = bare.ends_with([',', '{', '[']) && (in_brackets || has_open_bracket(bare));
    is_first || is_inside || bare.ends_with(':') && bare != before
}

/// Whether a value can end before the rest of a line.
fn is_end(rest: &str, in_brackets: bool) -> bool {
    let bare = rest.trim();
    bare.is_empty() || rest.starts_with(' ') && bare.starts_with('#') || in_brackets && bare.starts_with([',', '}', ']'])
}

fn has_open_bracket(piece: &str) -> bool {
    piece.matches(['{', '[']).count() > piece.matches(['}', ']']).count()
}
