//! YAML text to a tree in which every node knows its bytes.
//!
//! In: the text of one file. Out: [`Node`]s that borrow from it. Where the text is not well-formed, its top-level entries
//! are read one by one, so that a slip in one hides nothing in the others. Never guesses types: a scalar stays the text
//! that was written until someone asks for an amount or a date. Anchors, aliases and tags are refused, which leaves
//! nothing that could expand.

mod fault;
mod quotes;

use std::borrow::Cow;

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, StructureStyle};

use super::files::{BYTE_ORDER_MARK, is_unseen, unseen_in_words, unseen_sign};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Span};

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node<'a> {
    /// Where it is written; of a list or mapping, where it begins.
    pub span: Span,
    /// What it is.
    pub kind: Kind<'a>,
}

/// The shapes of YAML, as far as records use them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A key without a value.
    Nothing,
    /// Text, with escapes resolved.
    Scalar(Cow<'a, str>),
    /// `- …` or `[…]`.
    List(Vec<Node<'a>>),
    /// `key: …` or `{…}`, in the order written; a key may stand twice.
    Map(Vec<(Node<'a>, Node<'a>)>),
    /// An entry that is not well-formed, which was reported.
    Broken,
}

impl Node<'_> {
    /// The text of a scalar.
    pub fn scalar(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// What it is, in the words of a message.
    pub fn noun(&self) -> &'static str {
        match self.kind {
            Kind::Nothing => "nothing",
            Kind::Scalar(_) => "a text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a mapping",
            Kind::Broken => "something broken",
        }
    }
}

/// Deepest nesting that is read; records need six.
const MAX_DEPTH: usize = 32;

/// How far in its line a text in printed quotes is looked for, in bytes; a line of a record has a hundred or two.
const REACH: usize = 500;

/// Reads the only document of a file, reporting what is not well-formed.
///
/// `offset` is where `text` begins in the file, for front matter.
pub fn parse<'a>(text: &'a str, file: FileId, offset: usize, diagnostics: &mut Diagnostics) -> Option<Node<'a>> {
    let fault = match document(text, file, offset) {
        Ok(node) => return Some(node),
        Err(fault) => fault,
    };
    let (node, faults) = recover(text, file, offset);
    let faults = if faults.is_empty() { vec![fault] } else { faults };
    // A sign that cannot be seen is reported as such by whoever took the bytes for text; what it does to its line is no news.
    let is_seen = |fault: &Diagnostic| {
        let at = (fault.span.range().start - offset).min(text.len());
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        !text[start..].lines().next().is_some_and(|line| line.contains(is_unseen))
    };
    faults.into_iter().filter(is_seen).for_each(|fault| diagnostics.push(fault));
    node
}

fn document(text: &str, file: FileId, offset: usize) -> Result<Node<'_>, Diagnostic> {
    let mut options = Options::default();
    options.emit_unresolved_aliases = true;
    options.flow_nesting_limit = MAX_DEPTH;
    options.block_nesting_limit = MAX_DEPTH;
    Reader { parser: Parser::new_from_str_with_options(text, options), text, file, offset, read: 0, brackets: 0 }.document()
}

/// Reads the top-level entries of a text one by one: what can be read of them, and the fault of each that cannot.
fn recover(text: &str, file: FileId, offset: usize) -> (Option<Node<'_>>, Vec<Diagnostic>) {
    let (text, offset) = text.strip_prefix(BYTE_ORDER_MARK).map_or((text, offset), |rest| (rest, offset + BYTE_ORDER_MARK.len_utf8()));
    let is_item = |line: &str| line == "-" || line.starts_with("- ");
    let is_entry = |line: &str| line.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '\'')) && line.contains(':');
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        if is_item(bare) || is_entry(bare) {
            starts.push((at, is_item(bare)));
        }
        at += line.len();
    }
    let Some(&(first, list)) = starts.first() else { return (None, Vec::new()) };
    // Entries after a mark of a second document belong to another record.
    if text[first..].lines().any(|line| line.trim_end() == "---") {
        return (None, Vec::new());
    }
    starts.retain(|(_, item)| *item == list);
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([text.len()]);
    let (mut items, mut entries, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for (start, end) in starts.iter().map(|(start, _)| *start).zip(ends) {
        let piece = &text[start..end];
        match document(piece, file, offset + start).map(|node| node.kind) {
            Ok(Kind::List(mut list)) => items.append(&mut list),
            Ok(Kind::Map(mut map)) => entries.append(&mut map),
            other => {
                let key = piece.split(':').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
                let place = |range: std::ops::Range<usize>| Span::new(file, offset + start + range.start..offset + start + range.end);
                match other {
                    Err(fault) => faults.push(fault),
                    Ok(_) if !list && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) => {
                        let fault = Diagnostic::new(Code::Syntax, place(key.len()..key.len() + 1), "there is no space after this colon");
                        faults.push(fault.help("write a space after the colon: `key: value`"));
                    }
                    Ok(_) => continue,
                }
                // What is broken is still there: its key is not missing.
                let broken = Node { span: place(0..piece.len()), kind: Kind::Broken };
                match list {
                    true => items.push(broken),
                    false => entries.push((Node { span: place(0..key.len()), kind: Kind::Scalar(Cow::Borrowed(key)) }, broken)),
                }
            }
        }
    }
    let kind = if list { Kind::List(items) } else { Kind::Map(entries) };
    (Some(Node { span: Span::new(file, offset + first..offset + first), kind }), faults)
}

struct Reader<'a> {
    parser: Parser<'a, granit_parser::StrInput<'a>>,
    text: &'a str,
    file: FileId,
    offset: usize,
    /// Where the last event ended.
    read: usize,
    /// How many brackets are open.
    brackets: usize,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Node<'a>, Diagnostic> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                Event::StreamEnd => break,
                _ if root.is_some() => {
                    let message = "a second document begins in this file";
                    return Err(Diagnostic::new(Code::Syntax, span, message).help("put each record into a file of its own"));
                }
                event => root = Some(self.node(event, span, 0, None)?),
            }
        }
        Ok(root.unwrap_or(Node { span: Span::new(self.file, self.offset..self.offset), kind: Kind::Nothing }))
    }

    /// `block` is where the list or mapping begins whose indentation the lines of the node must exceed.
    fn node(&mut self, event: Event<'a>, span: Span, depth: usize, block: Option<usize>) -> Result<Node<'a>, Diagnostic> {
        if depth > MAX_DEPTH {
            return Err(Diagnostic::new(Code::Syntax, span, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        let (anchor, tagged) = match &event {
            Event::Scalar(_, _, anchor, tag) | Event::SequenceStart(_, anchor, tag) | Event::MappingStart(_, anchor, tag) => (*anchor, tag.is_some()),
            _ => (0, false),
        };
        if anchor != 0 || tagged || matches!(event, Event::Alias(_) | Event::UnresolvedAlias(_)) {
            let message = "anchors (`&`), aliases (`*`) and tags (`!`) have no place in a record";
            return Err(Diagnostic::new(Code::Syntax, span, message).help("write the value out, or put it in quotes if it begins with one of these signs"));
        }
        let kind = match event {
            // The parser writes `~` where nothing was written.
            Event::Scalar(text, ScalarStyle::Plain, ..) if matches!(&*text, "" | "~" | "null") => Kind::Nothing,
            Event::Scalar(text, ScalarStyle::Plain, ..) => {
                self.must_be_whole(span)?;
                Kind::Scalar(text)
            }
            Event::Scalar(text, style, ..) => {
                if matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) {
                    self.must_be_indented(span, block)?;
                }
                if style == ScalarStyle::DoubleQuoted
                    && self.written(span).contains('\\')
                    && let Some(sign) = unseen_sign(&text)
                {
                    return Err(unseen_in_words(sign, span));
                }
                Kind::Scalar(text)
            }
            Event::SequenceStart(style, ..) => {
                let block = if style == StructureStyle::Block { Some(span.range().start - self.offset) } else { block };
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break Kind::List(items),
                        (event, span) => items.push(self.node(event, span, depth + 1, block)?),
                    }
                }
            }
            Event::MappingStart(style, ..) => {
                let block = if style == StructureStyle::Block { Some(span.range().start - self.offset) } else { block };
                let mut entries = Vec::new();
                loop {
                    let key = match self.next()? {
                        (Event::MappingEnd, _) => break Kind::Map(entries),
                        (event, span) => self.node(event, span, depth + 1, block)?,
                    };
                    let (event, span) = self.next()?;
                    let value = self.node(event, span, depth + 1, block)?;
                    if let Some((_, before)) = entries.last() {
                        self.must_be_no_decimal(before, &key, &value)?;
                    }
                    entries.push((key, value));
                }
            }
            _ => Kind::Nothing,
        };
        Ok(Node { span, kind })
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Diagnostic> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                let range = span.byte_range().unwrap_or(0..0);
                self.read = range.end;
                match event {
                    Event::SequenceStart(StructureStyle::Flow, ..) | Event::MappingStart(StructureStyle::Flow, ..) => self.brackets += 1,
                    // In brackets, everything is.
                    Event::SequenceEnd | Event::MappingEnd => self.brackets = self.brackets.saturating_sub(1),
                    _ => {}
                }
                Ok((event, self.span(range)))
            }
            Some(Err(error)) => {
                let at = error.marker().byte_offset().unwrap_or(0).min(self.text.len());
                if let Some(fault) = self.printed_quotes(at) {
                    return Err(fault);
                }
                let opened = match error.kind() {
                    ErrorKind::InvalidTrailingSingleQuotedScalar => self.opened('\'', at),
                    ErrorKind::InvalidTrailingDoubleQuotedScalar => self.opened('"', at),
                    _ => None,
                };
                Err(opened.map_or_else(|| self.fault(error.kind(), at), |opened| self.fault(&ErrorKind::UnclosedQuotedScalar, opened)))
            }
            None => Ok((Event::StreamEnd, self.span(self.text.len()..self.text.len()))),
        }
    }

    /// A fault of the grammar at a byte of the text.
    fn fault(&self, kind: &ErrorKind, at: usize) -> Diagnostic {
        let (message, help) = fault::words(kind, &self.text[self.line(at)..at]);
        Diagnostic::new(Code::Syntax, self.span(at..at), message).help(help)
    }

    /// Where a line begins that has some byte.
    fn line(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |end| end + 1)
    }

    /// Where the text in quotes began that is closed before some byte, if that was on an earlier line: then the quote that
    /// closes it is most likely one that opens the next.
    fn opened(&self, quote: char, at: usize) -> Option<usize> {
        let since = self.text.get(self.read..at)?;
        // An apostrophe, in a comment say, stands behind a letter.
        let is_opening = |(at, _): &(usize, &str)| !since[..*at].ends_with(char::is_alphanumeric);
        let (opened, _) = since.match_indices(quote).find(is_opening)?;
        since[opened..].contains('\n').then_some(self.read + opened)
    }

    /// That every line of a text in quotes is indented more than what it belongs to; else a forgotten quote would take the next
    /// keys into the text.
    fn must_be_indented(&self, span: Span, block: Option<usize>) -> Result<(), Diagnostic> {
        let (start, text) = (span.range().start - self.offset, self.written(span));
        let Some(block) = block.filter(|_| text.contains('\n')) else { return Ok(()) };
        let column = block - self.line(block);
        let indentation = |line: &str| line.len() - line.trim_start().len();
        let mut lines = text.split('\n').skip(1).filter(|line| !line.trim().is_empty());
        match lines.any(|line| indentation(line) <= column) {
            true => Err(self.fault(&ErrorKind::UnclosedQuotedScalar, start)),
            false => Ok(()),
        }
    }

    /// The fault of a place inside a text in printed quotes, which hold nothing together.
    fn printed_quotes(&self, at: usize) -> Option<Diagnostic> {
        let (from, to) = (self.text.floor_char_boundary(at.saturating_sub(REACH)), self.text.floor_char_boundary(at + REACH));
        let start = self.text[from..at].rfind('\n').map_or(from, |end| from + end + 1);
        let line = self.text[start..to].lines().next()?;
        let range = quotes::around(line, at - start, self.brackets > 0)?;
        let diagnostic = Diagnostic::new(Code::Syntax, self.span(start + range.start..start + range.end), "to YAML, these quotes are letters of the text");
        Some(diagnostic.help("write straight quotes instead: `\"…\"`; where readers are to see the others, write straight ones around them"))
    }

    /// That nothing behind a text without quotes was meant as a part of it: a comment has a space behind its sign, `#1` has not,
    /// and a text does not end within printed quotes.
    fn must_be_whole(&self, span: Span) -> Result<(), Diagnostic> {
        let end = span.range().end - self.offset;
        let sign = end + self.text[end..].bytes().take_while(|b| *b == b' ').count();
        match self.text[sign..].strip_prefix('#') {
            _ if quotes::opens(self.written(span))
                && self.text[sign..].starts_with([',', '#'])
                && let Some(fault) = self.printed_quotes(sign) =>
            {
                Err(fault)
            }
            Some(rest) if sign > end && rest.starts_with(|c: char| c.is_alphanumeric()) => {
                let message = "what begins here is a comment and no part of the text";
                let help = "put the whole text in quotes; if a comment is meant, write a space after its `#`";
                Err(Diagnostic::new(Code::Syntax, self.span(sign..sign + 1), message).help(help))
            }
            _ => Ok(()),
        }
    }

    /// That a comma between braces does not part a number from its decimals, which would be a key of their own.
    fn must_be_no_decimal(&self, before: &Node<'_>, key: &Node<'_>, value: &Node<'_>) -> Result<(), Diagnostic> {
        let is_number = |node: &Node<'_>| node.scalar().is_some_and(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'-'));
        let (from, to) = (before.span.range(), key.span.range());
        if !matches!(value.kind, Kind::Nothing)
            || !is_number(before)
            || !is_number(key)
            || to.start != from.end + 1
            || !self.text[from.end - self.offset..].starts_with(',')
        {
            return Ok(());
        }
        let span = Span::new(self.file, from.start..to.end);
        let number = self.written(span);
        let message = format!("between braces, the comma in `{number}` ends the value");
        Err(Diagnostic::new(Code::Syntax, span, message).help(format!("write decimals behind a point: `{}`", number.replace(',', "."))))
    }

    /// What stands at a place.
    fn written(&self, span: Span) -> &'a str {
        &self.text[span.range().start - self.offset..span.range().end - self.offset]
    }

    fn span(&self, range: std::ops::Range<usize>) -> Span {
        // A block scalar reaches to the next key; its place ends with its text.
        let end = range.start + self.text.get(range.clone()).map_or(0, |text| text.trim_end().len());
        Span::new(self.file, self.offset + range.start..self.offset + end)
    }
}
