//! Diagnostics as text: for people, for editors, for CI.
//!
//! In: sorted diagnostics and the sources they point into. Out: a string. The only user of annotate-snippets.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Value, json};

use super::{Code, Diagnostic, Severity};
use crate::source::{FileTree, Span};

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
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// Where a byte of a file is, as people count it. Bytes outside the text count as its end.
pub fn position(sources: &FileTree, span: Span, byte: usize) -> Position {
    let bytes = &sources.file(span.file).bytes;
    let before = &bytes[..byte.min(bytes.len())];
    let bom = if bytes.starts_with(b"\xef\xbb\xbf") { 3.min(before.len()) } else { 0 };
    let line_start = before.iter().rposition(|&b| b == b'\n').map_or(bom, |at| at + 1);
    Position { line: before.iter().filter(|&&b| b == b'\n').count() + 1, column: String::from_utf8_lossy(&before[line_start..]).chars().count() + 1 }
}

/// All diagnostics in one of the forms, ending with a line break where there is anything to say.
pub fn render(diagnostics: &[Diagnostic], sources: &FileTree, format: Format, colour: bool) -> String {
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

fn human(diagnostic: &Diagnostic, sources: &FileTree, colour: bool) -> String {
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
    let texts: Vec<_> = files.iter().map(|&f| String::from_utf8_lossy(&sources.file(f).bytes)).collect();
    let snippets = files.iter().zip(&texts).map(|(&file, text)| {
        let annotations = places.iter().filter(|(span, _, _)| span.file == file).map(|(span, label, kind)| {
            let annotation = kind.span(clamp(span.range(), text));
            if label.is_empty() { annotation } else { annotation.label(*label) }
        });
        Snippet::source(text.as_ref()).path(sources.file(file).path.as_str()).annotations(annotations)
    });
    let mut group: Group<'_> = title.elements(snippets);
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

fn short(diagnostic: &Diagnostic, sources: &FileTree) -> String {
    let Position { line, column } = position(sources, diagnostic.span, diagnostic.span.range().start);
    let path = &sources.file(diagnostic.span.file).path;
    let name = diagnostic.code.info().name;
    let help = diagnostic.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{path}:{line}:{column}: {}[{name}]: {}{help}", word(diagnostic.severity), diagnostic.message)
}

fn to_json(diagnostic: &Diagnostic, sources: &FileTree) -> Value {
    let place = |span: Span, label: &str| {
        let (start, end) = (position(sources, span, span.range().start), position(sources, span, span.range().end));
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

fn sarif(diagnostics: &[Diagnostic], sources: &FileTree) -> Value {
    let location = |span: Span, label: &str| {
        let (start, end) = (position(sources, span, span.range().start), position(sources, span, span.range().end));
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

fn github(diagnostic: &Diagnostic, sources: &FileTree) -> String {
    // Workflow commands escape their data and, further, their properties.
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let Position { line, column } = position(sources, diagnostic.span, diagnostic.span.range().start);
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
