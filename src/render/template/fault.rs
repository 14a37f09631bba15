//! What the template engine says of a fault, in plain words, at its place and with the value that is meant.
//!
//! In: errors of the engine and the theme's files. Out: [`Fault`]s, and templates without what is faulty, so that one
//! fault does not hide the next. Renders nothing.

use std::collections::BTreeMap;
use std::ops::Range;

use tera::{Error, ErrorKind};

use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::source::{FileId, FileTree, Span};

/// The files behind template names, and the one that stands for the theme as a whole.
#[derive(Clone)]
pub struct Places {
    pub files: BTreeMap<String, FileId>,
    pub theme: FileId,
}

/// A fault of a template.
pub struct Fault {
    /// Where.
    pub span: Span,
    message: String,
    help: Option<String>,
    /// The page it was seen on; nothing where it shows without one.
    page: Option<String>,
    /// Whether a template that is left out because of its own fault would be missed like this.
    pub may_follow: bool,
}

impl Fault {
    /// Two faults with the same key are one: the same place and the same words.
    pub fn key(&self) -> (Span, String) {
        (self.span, self.message.clone())
    }

    /// The fault as a diagnostic.
    pub fn diagnostic(self) -> Diagnostic {
        let seen = self.page.map(|page| format!(" (seen on {page})")).unwrap_or_default();
        Diagnostic::new(Code::Template, self.span, format!("{}{seen}", self.message)).maybe_help(self.help)
    }
}

/// The filters of the engine, and our own.
const FILTERS: &[&str] = &[
    "abs",
    "capitalize",
    "default",
    "escape_html",
    "fill",
    "first",
    "float",
    "get",
    "group_by",
    "indent",
    "int",
    "join",
    "keys",
    "last",
    "length",
    "lower",
    "newlines_to_br",
    "nth",
    "number",
    "pairs",
    "pluralize",
    "replace",
    "reverse",
    "round",
    "safe",
    "sort",
    "split",
    "str",
    "title",
    "trim",
    "trim_end",
    "trim_start",
    "truncate",
    "unique",
    "upper",
    "values",
    "words",
];

/// The tests of the engine, as in `is defined`.
const TESTS: &[&str] = &[
    "array",
    "bool",
    "containing",
    "defined",
    "divisible_by",
    "ending_with",
    "even",
    "float",
    "integer",
    "iterable",
    "map",
    "none",
    "number",
    "odd",
    "starting_with",
    "string",
    "undefined",
];

/// What the engine says, with what varies in braces, and what it means. `{at}` is what is written at the place.
const WORDS: &[(&str, &str)] = &[
    ("Variable `{}` exists but its value is undefined", "`{0}` has no value here"),
    ("Field `{}` is not defined", "`{at}` is not there, so it has no `{0}`"),
    ("Unknown filter `{}`", "there is no filter `{0}`"),
    ("Unknown test `{}`", "there is no test `{0}`"),
    ("Unknown function `{}`", "there is no function `{0}`"),
    ("Unknown component `{}`", "there is no component `{0}`"),
    ("Unknown template `{}`", "there is no template `{0}`"),
    ("Block `{}` is not defined in any parent template", "the template that this one extends has no block `{0}`"),
    ("Cannot compare `{}` with `{}`", "{0} cannot be compared with {1}"),
    ("Math operations can only be done on numbers, found `{}`", "a calculation needs numbers, but `{at}` is {0}"),
    ("`+` requires both operands to be numbers, found `{}` and `{}`", "`+` adds numbers, but here stand {0} and {1}; texts are joined with `~`"),
    ("Iteration not possible on type `{}`", "`for` needs a list, but `{at}` is {0}"),
    ("Key/value iteration is not possible on type `{}`, only on maps", "`for` with two names needs a mapping, but `{at}` is {0}"),
    ("Invalid type for the value, expected `{}` but got `{}`", "`{at}` is {1}, but {0} is needed here"),
    ("Missing keyword argument `{}`", "the argument `{0}` is missing"),
    ("Argument `{}` (type: `{}`) missing", "the component needs a value for `{0}`"),
    ("Argument `{}` missing", "the component needs a value for `{0}`"),
    ("Component argument `{}` (type: `{}`) does not match expected type: `{}`", "`{0}` is {1}, but the component needs {2}"),
    ("Unknown argument(s) `{}` in component call. Possible argument(s) are: {}", "the component takes no `{0}`, only {1}"),
    ("Found {} but expected one of: integer, float, string, bool, ident, {}", "{0} stands where a value is expected"),
    ("Found {} but expected }}", "{0} stands where `}}` is expected"),
    ("Found {} but expected %}", "{0} stands where `%}` is expected"),
    ("Found {} but expected one of: {}", "{0} stands where one of these is expected: {1}"),
    ("Found {} but expected {}", "{0} stands where {1} is expected"),
    ("Found {} but was expecting {}", "{0} stands where {1} is expected"),
    ("Unexpected end of input", "the template ends before everything is closed"),
    ("Closing comment tag `{}` not found", "the comment is not closed with `{0}`"),
    ("unexpected end of raw block", "`raw` is not closed"),
    ("String opened with `{}` is missing its closing `{}`", "the text that begins here is not closed with `{1}`"),
    ("Unknown tag", "there is no tag with this name"),
    ("Template already contains a block named `{}`", "a second block has the name `{0}`"),
    ("Template already contains a component named `{}`", "a second component has the name `{0}`"),
    (
        "This content would be ignored: only `extends`, `block` and `component` are allowed at the top level of a child template",
        "a template that extends another shows only what stands in its blocks",
    ),
    ("`fill` needs a word of the theme", "`{at}` is not a word of the theme"),
    ("Cannot divide by 0", "a number is divided by nought"),
];

/// The engine's words for kinds of values and of signs, and ours.
const NOUNS: &[(&str, &str)] = &[
    ("undefined", "nothing"),
    ("none", "nothing"),
    ("bool", "true or false"),
    ("u64", "a number"),
    ("i64", "a number"),
    ("u128", "a number"),
    ("i128", "a number"),
    ("f64", "a number"),
    ("Number", "a number"),
    ("number", "a number"),
    ("integer", "a number"),
    ("float", "a number"),
    ("array", "a list"),
    ("string", "a text"),
    ("String", "a text"),
    ("&str", "a text"),
    ("map/struct", "a mapping"),
    ("map", "a mapping"),
    ("identifier", "a name"),
    ("ident", "a name"),
];

/// What follows the names that there are.
const AVAILABLE: [&str; 2] = [" Available fields: ", " Available variables: "];

/// The faults that the engine found, on a page where it was making one.
pub fn of(error: &Error, places: &Places, sources: &FileTree, page: Option<&str>) -> Vec<Fault> {
    let fault = |span: Span, message: String, help: Option<String>| Fault { span, message, help, page: page.map(str::to_owned), may_follow: false };
    let named = |name: &str, written: &str| {
        let file = places.files.get(name).copied().unwrap_or(places.theme);
        let at = sources.text(file).and_then(|text| text.find(written));
        at.map_or(Span::top(file), |at| Span::new(file, at..at + written.len()))
    };
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let file = places.files.get(report.filename()).copied().unwrap_or(places.theme);
            let range = report.span().range.clone();
            if let Some((open, message, help)) = unclosed(report.message(), sources.text(file).unwrap_or_default(), range.clone()) {
                return vec![fault(Span::new(file, open), message, Some(help))];
            }
            let (message, help) = plain(report.message(), file, range.clone(), places, sources);
            vec![fault(Span::new(file, range), message, help)]
        }
        ErrorKind::MissingParent { current, parent } => {
            let help = did_you_mean(parent, places.files.keys().map(String::as_str));
            vec![fault(named(current, &format!("\"{parent}\"")), format!("there is no template `{parent}` to extend"), help)]
        }
        ErrorKind::CircularExtend { tpl, .. } => {
            vec![fault(named(tpl, "{% extends"), "this template extends itself, directly or by way of others".into(), None)]
        }
        ErrorKind::CircularInclude { tpl, .. } => {
            vec![fault(named(tpl, "{% include"), "this template includes itself, directly or by way of others".into(), None)]
        }
        kind => {
            let text = kind.to_string();
            let reports: Vec<Fault> = text.split("\n\n").filter_map(|report| written(report, places, sources)).collect();
            match reports.is_empty() {
                true => {
                    let message = format!("the theme cannot be used: {}", text.lines().next().unwrap_or_default().trim_end_matches('.'));
                    vec![fault(Span::top(places.theme), message, None)]
                }
                false => reports,
            }
        }
    }
}

/// A fault from the engine's own report, which it writes where it finds several: a message, `--> file:line:column` and the line.
fn written(report: &str, places: &Places, sources: &FileTree) -> Option<Fault> {
    let mut lines = report.lines();
    let message = lines.next()?.strip_prefix("error: ")?;
    let mut place = lines.next()?.split_once("--> ")?.1.rsplitn(3, ':');
    let (column, line, name) = (place.next()?.parse::<usize>().ok()?, place.next()?.parse::<usize>().ok()?, place.next()?);
    let file = *places.files.get(name)?;
    let text = sources.text(file)?;
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let row = text[start..].lines().next().unwrap_or_default();
    let offset = row.char_indices().nth(column.saturating_sub(1)).map_or(row.len(), |(at, _)| at);
    // The engine marks a whole expression; what is wrong with it is the name.
    let word = message.split('`').nth(1).unwrap_or_default();
    let at = start + row[offset..].find(word).map(|at| offset + at).or_else(|| row.find(word)).unwrap_or(offset);
    let range = at..at + word.len();
    let (plain, help) = plain(message, file, range.clone(), places, sources);
    let may_follow = message.starts_with("Unknown component") || message.starts_with("Block ");
    Some(Fault { span: Span::new(file, range), message: plain, help, page: None, may_follow })
}

/// A message of the engine in plain words, and what to do.
fn plain(message: &str, file: FileId, range: Range<usize>, places: &Places, sources: &FileTree) -> (String, Option<String>) {
    let text = sources.text(file).unwrap_or_default();
    let at = expression(text, range.clone());
    let message = message.lines().next().unwrap_or_default();
    // A name that is not there, and those that are.
    for available in AVAILABLE {
        if let Some((said, names)) = message.split_once(available) {
            let name = said.split('`').nth(1).unwrap_or_default();
            let names: Vec<&str> = names.split(", ").collect();
            let whole = at.rsplit_once('.').map_or("here", |(whole, _)| whole);
            let others = if whole == "here" { format!("here are {}", names.join(", ")) } else { format!("`{whole}` has {}", names.join(", ")) };
            return (format!("`{at}` is not there"), Some(did_you_mean(name, names.iter().copied()).unwrap_or(others)));
        }
    }
    let message = message.trim_end_matches('.');
    let Some((slots, words)) = WORDS.iter().find_map(|(pattern, words)| Some((slots(pattern, message)?, words))) else {
        return (format!("the template engine says: {message}"), None);
    };
    let at = match message {
        // The engine marks the filter; the value stands before it.
        _ if message.starts_with("`fill`") => before(text, range.start),
        _ if ["Invalid", "Iteration", "Key/value", "Math"].iter().any(|begin| message.starts_with(begin)) => whole(text, at, range.end),
        _ => at,
    };
    let mut plain = words.replace("{at}", at);
    for (index, slot) in slots.iter().enumerate() {
        let noun = NOUNS.iter().find(|(theirs, _)| theirs == slot).map_or(*slot, |(_, ours)| ours);
        plain = plain.replace(&format!("{{{index}}}"), noun);
    }
    let name = slots.first().copied().unwrap_or_default();
    let templates = || places.files.keys().map(String::as_str);
    let defined = |tag: &str| -> Vec<&str> {
        let texts = places.files.values().filter_map(|file| sources.text(*file));
        texts.flat_map(|text| text.split(tag).skip(1)).map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()).collect()
    };
    let help = match message.split('`').next().unwrap_or_default() {
        "Found " => Some("values stand in `{{ … }}` and tags in `{% … %}`; each is closed as it is opened".into()),
        "Unknown filter " => did_you_mean(name, FILTERS.iter().copied()).or(Some(format!("the filters are {}", FILTERS.join(", ")))),
        "Unknown test " => did_you_mean(name, TESTS.iter().copied()).or(Some(format!("the tests are {}", TESTS.join(", ")))),
        "Unknown function " => Some("the functions are `range`, `super` and `throw`; what changes a value is a filter: `{{ value | filter }}`".into()),
        "Unknown component " => {
            let known = defined("{% component ");
            did_you_mean(name, known.iter().copied()).or(Some(format!("the components of the theme are {}", known.join(", "))))
        }
        "Unknown template " => did_you_mean(name, templates()),
        "" if message.starts_with("`fill`") => Some("the words of the theme are in its messages: `{{ t.some_word | fill(count=3) }}`".into()),
        "Block " => {
            did_you_mean(name, defined("{% block ").into_iter().filter(|known| *known != name)).or(Some("only blocks of that template can be filled".into()))
        }
        _ => None,
    };
    (plain, help)
}

/// The tag that is open where a template ends, or where another is closed: its place, what is wrong, and what to do.
fn unclosed(message: &str, text: &str, range: Range<usize>) -> Option<(Range<usize>, String, String)> {
    let (before, at) = match message.lines().next().unwrap_or_default() {
        said if said.starts_with("Unexpected end of input") => (text, String::new()),
        said if said.starts_with("Unknown tag") => {
            let word = text.get(range.clone()).filter(|word| word.starts_with("end"))?;
            (&text[..text[..range.start].rfind("{%")?], format!(" before `{word}`"))
        }
        _ => return None,
    };
    let open = last_open(before)?;
    let help = match before[open.clone()].strip_prefix("{%").map(word) {
        Some(word) => format!("write `{{% end{word} %}}` where it ends"),
        None => "values stand in `{{ … }}` and tags in `{% … %}`; each is closed as it is opened".to_owned(),
    };
    Some((open.clone(), format!("`{}` is not closed{at}", &before[open]), help))
}

/// Tags that are closed by another: `if` by `endif`.
const PAIRED: [&str; 6] = ["if", "for", "block", "component", "filter", "set"];

/// The last tag of a text that is still open where it ends; of one that is not even whole, the signs that open it.
fn last_open(text: &str) -> Option<Range<usize>> {
    let mut open: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find('{').map(|found| at + found) {
        let close = match text.as_bytes().get(start + 1) {
            Some(b'%') => "%}",
            Some(b'{') => "}}",
            Some(b'#') => "#}",
            _ => {
                at = start + 1;
                continue;
            }
        };
        let Some(end) = text[start..].find(close).map(|found| start + found + close.len()) else { return Some(start..start + 2) };
        let inner = &text[start + 2..end - 2];
        let word = word(inner);
        if close == "%}" && word.starts_with("end") {
            open.pop();
        } else if close == "%}" && PAIRED.contains(&word) && !(word == "set" && inner.contains('=')) {
            open.push(start..end);
        }
        at = end;
    }
    open.pop()
}

/// The first word of what stands in a tag.
fn word(tag: &str) -> &str {
    let tag = tag.trim_start_matches(|c: char| c == '-' || c.is_whitespace());
    tag.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// What stands for the braces of a pattern in a text that follows it.
fn slots<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut parts = pattern.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut slots = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let end = if part.is_empty() && parts.peek().is_none() { rest.len() } else { rest.find(part)? };
        slots.push(&rest[..end]);
        rest = &rest[end + part.len()..];
    }
    rest.is_empty().then_some(slots)
}

/// The whole of a dotted name of which the engine marks a part.
fn expression(text: &str, range: Range<usize>) -> &str {
    let (Some(before), Some(marked)) = (text.get(..range.start), text.get(range)) else { return "" };
    let start = before.rfind(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.' | '[' | ']')).map_or(0, |at| at + 1);
    &text[before.floor_char_boundary(start)..before.len() + marked.len()]
}

/// A dotted name of which the beginning is known, and the place where that ends.
fn whole<'t>(text: &'t str, at: &'t str, end: usize) -> &'t str {
    let rest = text.get(end..).unwrap_or_default();
    let more = rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.')).unwrap_or(rest.len());
    text.get(end.saturating_sub(at.len())..end + more).unwrap_or(at)
}

/// The dotted name before the sign of a filter.
fn before(text: &str, at: usize) -> &str {
    let value = text.get(..at).unwrap_or_default().trim_end_matches(|c: char| c.is_whitespace() || c == '|');
    expression(text, value.len()..value.len())
}

/// A template without the tag that a fault is in, as long as before, so that the places of what follows stay; nothing
/// where the others depend on it.
pub fn without(text: &str, at: usize) -> Option<String> {
    let open = text[..at.min(text.len())].rfind("{{").max(text[..at.min(text.len())].rfind("{%"))?;
    let is_value = text[open..].starts_with("{{");
    let close = open + text[open..].find(if is_value { "}}" } else { "%}" })?;
    let inner = &text[open + 2..close];
    let word = inner.trim_start_matches(['-', ' ', '\n']).split_whitespace().next().unwrap_or_default();
    let (start, end, instead) = match word {
        _ if is_value => (open, close + 2, ""),
        "include" => (open, close + 2, ""),
        // What stands inside is looked at all the same.
        "if" | "elif" => (open + 2 + inner.find(word)? + word.len(), close, " 1"),
        "for" => (open + 2 + inner.find(" in ")? + 3, close, " []"),
        "block" => {
            let end = open + text[open..].find("endblock")?;
            (open, end + text[end..].find("%}")? + 2, "")
        }
        _ => return None,
    };
    let room = (end - start).checked_sub(instead.len() + usize::from(!instead.is_empty()))?;
    Some(format!("{}{instead}{}{}", &text[..start], " ".repeat(room + usize::from(!instead.is_empty())), &text[end..]))
}
