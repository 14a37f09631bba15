//! Diagnostics as text: for people, for editors, for CI.
//!
//! In: sorted diagnostics and the sources they point into. Out: a string. The only user of annotate-snippets.

use std::borrow::Cow;
use std::collections::BTreeMap;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Value, json};

use super::{Code, Diagnostic, Severity};
use crate::source::{File, FileId, FileTree, Span};

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

/// A place as people count it: from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Position {
    /// Line, from 1.
    line: usize,
    /// Column in characters, from 1.
    column: usize,
}

/// The files that faults are in, each with its text and the beginnings of its lines: once, however many faults there are.
struct Sources<'a> {
    tree: &'a FileTree,
    lines: BTreeMap<FileId, Vec<usize>>,
    texts: BTreeMap<FileId, Cow<'a, str>>,
}

impl<'a> Sources<'a> {
    fn new(tree: &'a FileTree, diagnostics: &[Diagnostic]) -> Self {
        let (mut lines, mut texts) = (BTreeMap::new(), BTreeMap::new());
        for span in diagnostics.iter().flat_map(|d| std::iter::once(d.span).chain(d.related.iter().map(|r| r.span))) {
            lines.entry(span.file).or_insert_with(|| {
                let breaks = memchr::memchr_iter(b'\n', &tree.file(span.file).bytes);
                std::iter::once(0).chain(breaks.map(|at| at + 1)).collect::<Vec<_>>()
            });
        }
        for &file in lines.keys() {
            texts.insert(file, String::from_utf8_lossy(&tree.file(file).bytes));
        }
        Sources { tree, lines, texts }
    }

    fn file(&self, id: FileId) -> &'a File {
        self.tree.file(id)
    }

    /// The beginnings of the lines of a file.
    fn lines(&self, id: FileId) -> &[usize] {
        self.lines.get(&id).map_or(&[0], Vec::as_slice)
    }

    /// Where a byte of a file is, as people count it. Bytes outside the text count as its end.
    fn position(&self, span: Span, byte: usize) -> Position {
        let bytes = &self.file(span.file).bytes;
        let byte = byte.min(bytes.len());
        let lines = self.lines(span.file);
        let line = lines.partition_point(|start| *start <= byte);
        let bom = if line == 1 && bytes.starts_with(b"\xef\xbb\xbf") { 3.min(byte) } else { 0 };
        Position { line, column: String::from_utf8_lossy(&bytes[lines[line - 1].max(bom)..byte]).chars().count() + 1 }
    }
}

/// All diagnostics in one of the forms, ending with a line break where there is anything to say.
pub fn render(diagnostics: &[Diagnostic], sources: &FileTree, format: Format, colour: bool) -> String {
    let sources = &Sources::new(sources, diagnostics);
    match format {
        Format::Human => diagnostics.iter().map(|d| human(d, sources, colour) + "\n\n").collect(),
        Format::Short => diagnostics.iter().map(|d| short(d, sources) + "\n").collect(),
        Format::Json => diagnostics.iter().map(|d| to_json(d, sources).to_string() + "\n").collect(),
        Format::Sarif => format!("{:#}\n", sarif(diagnostics, sources)),
        Format::Github => diagnostics.iter().map(|d| github(d, sources) + "\n").collect(),
    }
}

/// `2 errors, 1 warning`, or nothing where there is neither.
pub fn summary(diagnostics: &[Diagnostic]) -> Option<String> {
    let count = |severity, word: &str| match diagnostics.iter().filter(|d| d.severity == severity).count() {
        0 => None,
        1 => Some(format!("1 {word}")),
        n => Some(format!("{n} {word}s")),
    };
    let counts: Vec<String> = [count(Severity::Error, "error"), count(Severity::Warning, "warning")].into_iter().flatten().collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

fn human(diagnostic: &Diagnostic, sources: &Sources<'_>, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&diagnostic.message).id(diagnostic.code.info().name);
    // A snippet for each file, the primary one first.
    let mut places = vec![(diagnostic.span, diagnostic.label.as_str(), AnnotationKind::Primary)];
    places.extend(diagnostic.related.iter().map(|r| (r.span, r.label.as_str(), AnnotationKind::Context)));
    let mut files: Vec<_> = Vec::new();
    for (span, _, _) in &places {
        if !files.contains(&span.file) {
            files.push(span.file);
        }
    }
    let windows: Vec<_> = files.iter().map(|&file| window(file, places.iter().map(|(span, ..)| *span), sources)).collect();
    let snippets = files.iter().zip(&windows).map(|(&file, (text, line, offset))| {
        let annotations = places.iter().filter(|(span, _, _)| span.file == file).map(|(span, label, kind)| {
            let range = span.range();
            let annotation = kind.span(clamp(range.start - offset..range.end - offset, text));
            if label.is_empty() { annotation } else { annotation.label(*label) }
        });
        Snippet::source(*text).line_start(*line).path(sources.file(file).path.as_str()).annotations(annotations)
    });
    let mut group: Group<'_> = title.elements(snippets);
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// The lines of a file that the places stand in, with the number of the first line and the bytes before it.
fn window<'s>(file: FileId, places: impl Iterator<Item = Span>, sources: &'s Sources<'_>) -> (&'s str, usize, usize) {
    // Bytes that are no text change their number when they are shown, so that lines are not where they were counted.
    let text = match sources.texts.get(&file) {
        Some(Cow::Borrowed(text)) => *text,
        lossy => return (lossy.map_or("", |text| text), 1, 0),
    };
    let ranges = places.filter(|span| span.file == file).map(Span::range);
    let (first, last) = ranges.fold((usize::MAX, 0), |(first, last), range| (first.min(range.start), last.max(range.end)));
    let lines = sources.lines(file);
    let line = lines.partition_point(|start| *start <= first).max(1);
    let end = lines.get(lines.partition_point(|start| *start <= last) + 1).map_or(text.len(), |start| *start);
    let start = lines[line - 1].min(end);
    (&text[start..end], line, start)
}

fn short(diagnostic: &Diagnostic, sources: &Sources<'_>) -> String {
    let Position { line, column } = sources.position(diagnostic.span, diagnostic.span.range().start);
    let path = &sources.file(diagnostic.span.file).path;
    let name = diagnostic.code.info().name;
    let help = diagnostic.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{path}:{line}:{column}: {}[{name}]: {}{help}", word(diagnostic.severity), diagnostic.message)
}

fn to_json(diagnostic: &Diagnostic, sources: &Sources<'_>) -> Value {
    let place = |span: Span, label: &str| {
        let (start, end) = (sources.position(span, span.range().start), sources.position(span, span.range().end));
        json!({
            "file": sources.file(span.file).path,
            "line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column,
            "byte_start": span.start, "byte_end": span.end,
            "label": label,
        })
    };
    json!({
        "code": diagnostic.code.info().name,
        "severity": word(diagnostic.severity),
        "message": diagnostic.message,
        "place": place(diagnostic.span, &diagnostic.label),
        "related": diagnostic.related.iter().map(|r| place(r.span, &r.label)).collect::<Vec<_>>(),
        "help": diagnostic.help,
    })
}

fn sarif(diagnostics: &[Diagnostic], sources: &Sources<'_>) -> Value {
    let location = |span: Span, label: &str| {
        let (start, end) = (sources.position(span, span.range().start), sources.position(span, span.range().end));
        let mut location = json!({
            "physicalLocation": {
                "artifactLocation": { "uri": sources.file(span.file).path },
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
                "level": word(d.severity),
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

fn github(diagnostic: &Diagnostic, sources: &Sources<'_>) -> String {
    // Workflow commands escape their data and, further, their properties.
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let Position { line, column } = sources.position(diagnostic.span, diagnostic.span.range().start);
    let help = diagnostic.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    format!(
        "::{} file={},line={line},col={column},title={}::{}",
        word(diagnostic.severity),
        property(&sources.file(diagnostic.span.file).path),
        property(diagnostic.code.info().name),
        data(&format!("{}{help}", diagnostic.message)),
    )
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
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
