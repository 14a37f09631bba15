//! Diagnostics as text: for people, for editors, for CI.
//!
//! In: sorted diagnostics and the sources they point into. Out: a string. The only user of annotate-snippets.

use std::collections::{BTreeMap, HashMap};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{Code, Diagnostic, MOST_FAULTS, Severity};
use crate::source::{FileId, FileTree, Span};

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// With the line and the spot marked.
    Human,
    /// One line each: `file:line:column: severity[code]: message`.
    Short,
    /// One JSON object a line.
    Json,
    /// One SARIF 2.1.0 document.
    Sarif,
    /// GitHub workflow commands, shown on the lines of a change.
    Github,
}

/// Most bytes that an excerpt of a file has.
const LONGEST_EXCERPT: usize = 64 << 10;

/// An address of SARIF is a URI, in which every other sign is percent-encoded.
const NOT_IN_URI: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A place as people count it: from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// The files that diagnostics point into, and where their lines begin.
struct Places<'s> {
    sources: &'s FileTree,
    /// What stands before every path.
    root: &'s str,
    lines: HashMap<FileId, Vec<usize>>,
}

impl<'s> Places<'s> {
    fn new(diagnostics: &[Diagnostic], sources: &'s FileTree, root: &'s str) -> Self {
        let mut lines = HashMap::new();
        for span in diagnostics.iter().flat_map(|d| d.related.iter().map(|related| related.span).chain([d.span])) {
            lines.entry(span.file).or_insert_with(|| {
                let bytes = &sources.file(span.file).bytes;
                let bom = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
                [bom].into_iter().chain(memchr::memchr_iter(b'\n', bytes).map(|at| at + 1)).collect()
            });
        }
        Places { sources, root, lines }
    }

    fn path(&self, file: FileId) -> String {
        [self.root, &self.sources.file(file).path].concat()
    }

    /// The number of the line, from 0, that a byte of a file stands in.
    fn line(&self, file: FileId, byte: usize) -> usize {
        self.lines[&file].partition_point(|start| *start <= byte).saturating_sub(1)
    }

    /// Where a byte of a file is, as people count it. Bytes outside the text count as its end.
    fn position(&self, span: Span, byte: usize) -> Position {
        let bytes = &self.sources.file(span.file).bytes;
        let byte = byte.min(bytes.len());
        let line = self.line(span.file, byte);
        let start = self.lines[&span.file][line].min(byte);
        Position { line: line + 1, column: String::from_utf8_lossy(&bytes[start..byte]).chars().count() + 1 }
    }

    fn start(&self, span: Span) -> Position {
        self.position(span, span.range().start)
    }

    fn end(&self, span: Span) -> Position {
        self.position(span, span.range().end)
    }

    /// The lines that some places of one file are in: the number of the first, from 0, and the bytes of all.
    fn excerpt(&self, places: &[Place<'_>]) -> (usize, std::ops::Range<usize>) {
        let file = places[0].0.file;
        let length = self.sources.file(file).bytes.len();
        let of = |byte: usize| self.line(file, byte.min(length));
        let first = places.iter().map(|(span, _, _)| of(span.range().start)).min().unwrap_or(0);
        let last = places.iter().map(|(span, _, _)| of(span.range().end)).max().unwrap_or(0);
        let starts = &self.lines[&file];
        (first, starts[first].min(length)..starts.get(last + 1).copied().unwrap_or(length))
    }
}

/// A place that a fault marks, and what is said there.
type Place<'d> = (Span, &'d str, AnnotationKind);

/// All diagnostics in one of the forms, ending with a line break where there is anything to say. Paths are within the site.
pub fn render(diagnostics: &[Diagnostic], sources: &FileTree, format: Format, colour: bool) -> String {
    render_below("", diagnostics, sources, format, colour)
}

/// As [`render`], with the path of the site before every path: `sites/water/`.
pub fn render_below(root: &str, diagnostics: &[Diagnostic], sources: &FileTree, format: Format, colour: bool) -> String {
    let places = &Places::new(diagnostics, sources, root);
    match format {
        Format::Human => diagnostics.iter().map(|d| human(d, places, colour) + "\n\n").collect(),
        Format::Short => diagnostics.iter().map(|d| short(d, places) + "\n").collect(),
        Format::Json => diagnostics.iter().map(|d| to_json(d, places).to_string() + "\n").collect(),
        Format::Sarif => format!("{:#}\n", sarif(diagnostics, places)),
        Format::Github => diagnostics.iter().map(|d| github(d, places) + "\n").collect(),
    }
}

/// Where a diagnostic begins.
pub fn start(diagnostic: &Diagnostic, sources: &FileTree) -> Position {
    Places::new(std::slice::from_ref(diagnostic), sources, "").start(diagnostic.span)
}

/// `2 errors, 1 warning`, or nothing where there is neither; `1000 errors or more` where no more of a code are kept.
pub fn summary(diagnostics: &[Diagnostic]) -> Option<String> {
    let mut codes: BTreeMap<Code, usize> = BTreeMap::new();
    diagnostics.iter().for_each(|diagnostic| *codes.entry(diagnostic.code).or_default() += 1);
    let more = if codes.values().any(|count| *count >= MOST_FAULTS) { " or more" } else { "" };
    let count = |severity, word: &str| match diagnostics.iter().filter(|d| d.severity == severity).count() {
        0 => None,
        1 => Some(format!("1 {word}")),
        n => Some(format!("{n} {word}s")),
    };
    let counts: Vec<String> =
        [count(Severity::Error, "error"), count(Severity::Warning, "warning"), count(Severity::Note, "note")].into_iter().flatten().collect();
    (!counts.is_empty()).then(|| counts.join(", ") + more)
}

fn human(diagnostic: &Diagnostic, known: &Places<'_>, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(&diagnostic.message).id(diagnostic.code.info().name);
    // A snippet for each file, the primary one first; places of one file that are far apart have one each.
    let mut marked: Vec<Vec<Place<'_>>> = vec![vec![(diagnostic.span, diagnostic.label.as_str(), AnnotationKind::Primary)]];
    for related in &diagnostic.related {
        let place = (related.span, related.label.as_str(), AnnotationKind::Context);
        let is_near =
            |places: &&mut Vec<Place<'_>>| places[0].0.file == related.span.file && known.excerpt(&[&places[..], &[place]].concat()).1.len() <= LONGEST_EXCERPT;
        match marked.iter_mut().find(is_near) {
            Some(places) => places.push(place),
            None => marked.push(vec![place]),
        }
    }
    let excerpts: Vec<_> = marked.iter().map(|places| known.excerpt(places)).collect();
    // A line as long as a book is not shown again for each of its faults.
    if excerpts.iter().any(|(_, bytes)| bytes.len() > LONGEST_EXCERPT) {
        return short(diagnostic, known);
    }
    let snippets = marked.iter().zip(excerpts).map(|(places, (line, bytes))| {
        let file = places[0].0.file;
        let start = bytes.start;
        let text = String::from_utf8_lossy(&known.sources.file(file).bytes[bytes]);
        let annotations: Vec<_> = places
            .iter()
            .map(|(span, label, kind)| {
                let range = span.range();
                let annotation = kind.span(clamp(range.start.saturating_sub(start)..range.end.saturating_sub(start), &text));
                if label.is_empty() { annotation } else { annotation.label(*label) }
            })
            .collect();
        Snippet::source(text).line_start(line + 1).path(known.path(file)).annotations(annotations)
    });
    let mut group: Group<'_> = title.elements(snippets);
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

fn short(diagnostic: &Diagnostic, places: &Places<'_>) -> String {
    let Position { line, column } = places.start(diagnostic.span);
    let path = places.path(diagnostic.span.file);
    let name = diagnostic.code.info().name;
    let help = diagnostic.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{path}:{line}:{column}: {}[{name}]: {}{help}", diagnostic.severity.word(), diagnostic.message)
}

fn to_json(diagnostic: &Diagnostic, places: &Places<'_>) -> Value {
    let place = |span: Span, label: &str| {
        let (start, end) = (places.start(span), places.end(span));
        json!({
            "file": places.path(span.file),
            "line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column,
            "byte_start": span.start, "byte_end": span.end,
            "label": label,
        })
    };
    json!({
        "code": diagnostic.code.info().name,
        "severity": diagnostic.severity.word(),
        "message": diagnostic.message,
        "place": place(diagnostic.span, &diagnostic.label),
        "related": diagnostic.related.iter().map(|r| place(r.span, &r.label)).collect::<Vec<_>>(),
        "help": diagnostic.help,
    })
}

fn sarif(diagnostics: &[Diagnostic], places: &Places<'_>) -> Value {
    let location = |span: Span, label: &str| {
        let (start, end) = (places.start(span), places.end(span));
        let mut location = json!({
            "physicalLocation": {
                "artifactLocation": { "uri": utf8_percent_encode(&places.path(span.file), NOT_IN_URI).to_string() },
                "region": { "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column },
            }
        });
        if !label.is_empty() {
            location["message"] = json!({ "text": label });
        }
        location
    };
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|d| {
            let text = match &d.help {
                Some(help) => format!("{} ({help})", d.message),
                None => d.message.clone(),
            };
            json!({
                "ruleId": d.code.info().name,
                "level": d.severity.word(),
                "message": { "text": text },
                "locations": [location(d.span, &d.label)],
                "relatedLocations": d.related.iter().map(|r| location(r.span, &r.label)).collect::<Vec<_>>(),
            })
        })
        .collect();
    let rules: Vec<Value> = Code::ALL.iter().map(|code| json!({ "id": code.info().name, "shortDescription": { "text": code.info().meaning } })).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "sporbar", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn github(diagnostic: &Diagnostic, places: &Places<'_>) -> String {
    // Workflow commands escape their data and, further, their properties.
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let Position { line, column } = places.start(diagnostic.span);
    let help = diagnostic.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    let level = match diagnostic.severity {
        Severity::Note => "notice",
        severity => severity.word(),
    };
    format!(
        "::{level} file={},line={line},col={column},title={}::{}",
        property(&places.path(diagnostic.span.file)),
        property(diagnostic.code.info().name),
        data(&format!("{}{help}", diagnostic.message)),
    )
}

/// The range within the text and on character boundaries, so that a lossy decoding cannot upset the renderer.
fn clamp(range: std::ops::Range<usize>, text: &str) -> std::ops::Range<usize> {
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    floor(range.start)..floor(range.end)
}
