//! Differences as text, as Markdown and as JSON.
//!
//! In: a [`Diff`]. Out: text. Titles and values stand in the site's source language, everything else in English.

use std::fmt::Write;

use serde_json::json;

use super::{Change, Diff, Field, Kind, Verb};

/// How differences are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// For people at a terminal.
    Text,
    /// For the description of a change.
    Markdown,
    /// For machines; docs/diff.md describes it.
    Json,
}

/// Writes differences in a form.
pub fn write(diff: &Diff, [old, new]: [&str; 2], form: Form) -> String {
    match form {
        Form::Text => text(diff, &Plain),
        Form::Markdown => text(diff, &Markdown),
        Form::Json => {
            let value = json!({ "version": 1, "old": old, "new": new, "complete": diff.complete, "notes": diff.notes, "changes": diff.changes });
            format!("{value:#}\n")
        }
    }
}

/// What is said of what happened.
fn verb(change: &Change) -> &'static str {
    match change.change {
        Verb::Removed if change.kind == Kind::Initiative => "retired",
        Verb::Changed if change.kind == Kind::Initiative && change.fields.iter().any(|field| field.name == "title") => "retitled",
        Verb::Added => "added",
        Verb::Removed => "removed",
        Verb::Changed => "changed",
        Verb::Strengthened => "strengthened",
        Verb::Weakened => "weakened",
        Verb::OutOfStep => "not read against its source as it stands now",
        Verb::Confirmed => "confirmed",
        Verb::Redirected => "redirected",
    }
}

/// How a form marks headings, records and values.
trait Marks {
    fn heading(&self, text: &str) -> String;
    fn record(&self, change: &Change) -> String;
    fn field(&self, name: &str, value: &str) -> String;
    fn value(&self, text: &str) -> String;
    /// An amount with its unit, or what stands in its place.
    fn money(&self, text: &str) -> String;
    fn note(&self, text: &str) -> String;
}

struct Plain;

impl Marks for Plain {
    fn heading(&self, text: &str) -> String {
        format!("\n{text}\n")
    }

    fn record(&self, change: &Change) -> String {
        let sign = match change.change {
            Verb::Added | Verb::Confirmed => '+',
            Verb::Removed => '-',
            _ => '~',
        };
        let title = change.title.as_deref().map(|title| format!("  {title}")).unwrap_or_default();
        format!("  {sign} {}{title}{}\n", change.id, aside(change))
    }

    fn field(&self, name: &str, value: &str) -> String {
        format!("      {name}: {value}\n")
    }

    fn value(&self, text: &str) -> String {
        format!("“{}”", self.money(text))
    }

    fn money(&self, text: &str) -> String {
        text.replace('\n', " / ")
    }

    fn note(&self, text: &str) -> String {
        format!("note: {text}\n")
    }
}

struct Markdown;

impl Marks for Markdown {
    fn heading(&self, text: &str) -> String {
        format!("\n### {text}\n\n")
    }

    fn record(&self, change: &Change) -> String {
        let title = change.title.as_deref().map(|title| format!(" {}", escaped(title))).unwrap_or_default();
        let id = if change.id.is_empty() { String::new() } else { format!(" {}", code(&change.id)) };
        let lost = if change.kind == Kind::Address && change.change != Verb::Redirected { " without a redirect" } else { "" };
        format!("- **{}**{id}{title}{lost}\n", verb(change))
    }

    fn field(&self, name: &str, value: &str) -> String {
        format!("  - {}: {value}\n", escaped(name))
    }

    fn value(&self, text: &str) -> String {
        code(&text.replace('\n', " / "))
    }

    fn money(&self, text: &str) -> String {
        escaped(text)
    }

    fn note(&self, text: &str) -> String {
        format!("> {}\n\n", escaped(text))
    }
}

/// Text that means nothing to Markdown, HTML or a forge that looks for names.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("@<!-- -->"),
            '\n' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '|' | '>' | '!' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

/// Text as code, whatever it holds.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// What a sign in the margin does not say.
fn aside(change: &Change) -> String {
    match change.change {
        Verb::Changed | Verb::Removed if change.kind == Kind::Address => " (without a redirect)".to_owned(),
        _ => match verb(change) {
            // The sign says that.
            "added" | "removed" | "changed" => String::new(),
            verb => format!(" ({verb})"),
        },
    }
}

fn text(diff: &Diff, marks: &impl Marks) -> String {
    let mut out = String::new();
    let line = match diff.changes.len() {
        0 => "Nothing that the records say has changed.".to_owned(),
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    };
    let kinds = diff.changes.chunk_by(|a, b| a.kind == b.kind);
    let kinds: Vec<String> = kinds.map(|of_kind| format!("{} {}", of_kind[0].kind.heading().to_lowercase(), of_kind.len())).collect();
    let kinds = if kinds.is_empty() { String::new() } else { format!(": {}", kinds.join(", ")) };
    // Writing to a string cannot fail.
    writeln!(out, "{line}{kinds}").unwrap_or_default();
    for note in &diff.notes {
        out.push_str(&marks.note(note));
    }
    for of_kind in diff.changes.chunk_by(|a, b| a.kind == b.kind) {
        out.push_str(&marks.heading(of_kind[0].kind.heading()));
        for change in of_kind {
            out.push_str(&marks.record(change));
            for field in &change.fields {
                out.push_str(&told(change.kind, field, marks));
            }
        }
    }
    out
}

fn told(kind: Kind, field: &Field, marks: &impl Marks) -> String {
    let language = field.language.as_deref().map(|code| format!(" ({code})")).unwrap_or_default();
    let name = format!("{}{language}", field.name);
    let value = match (&field.money, &field.old, &field.new) {
        (Some([old, new, between]), ..) => {
            let side = |side: &Option<String>| side.as_deref().map_or_else(|| "nothing".to_owned(), |side| marks.money(&shortened(side)));
            let between = between.as_deref().map(|between| format!(" ({between})")).unwrap_or_default();
            format!("{} → {}{between}", side(old), side(new))
        }
        (_, Some(_), Some(new)) if kind == Kind::Address => return marks.field("now at", &marks.value(new)),
        (_, Some(old), Some(new)) => {
            let (old, new) = around(old, new);
            format!("{} → {}", marks.value(&old), marks.value(&new))
        }
        (_, None, Some(new)) => format!("added {}", marks.value(&shortened(new))),
        (_, Some(old), None) => format!("removed {}", marks.value(&shortened(old))),
        (_, None, None) => String::new(),
    };
    marks.field(&name, &value)
}

/// Words that are shown of a long text.
const WORDS: usize = 24;
/// Words that are shown before and after those that changed.
const AROUND: usize = 3;

fn shortened(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    if words.len() <= WORDS { text.to_owned() } else { format!("{} …", words[..WORDS].join(" ")) }
}

/// Two texts from shortly before where they part to shortly after where they meet again.
fn around(old: &str, new: &str) -> (String, String) {
    let (before, after): (Vec<&str>, Vec<&str>) = (old.split(' ').collect(), new.split(' ').collect());
    if before.len().max(after.len()) <= WORDS {
        return (old.to_owned(), new.to_owned());
    }
    let start = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let rest = before.len().min(after.len()) - start;
    let end = before.iter().rev().zip(after.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let part = |words: &[&str]| {
        let (from, to) = (start.saturating_sub(AROUND), (words.len() - end + AROUND).min(words.len()));
        let lead = if from > 0 { "… " } else { "" };
        let (whole, tail) = (words[from..to].join(" "), if to < words.len() { " …" } else { "" });
        // A text that is cut ends so already.
        let shown = shortened(&whole);
        format!("{lead}{}", if shown == whole { shown + tail } else { shown })
    };
    (part(&before), part(&after))
}
