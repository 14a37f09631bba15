//! New records, filled with the right skeleton, and whole new sites.
//!
//! In: a site and the kind of record that is wanted. Out: the file to create, with the next free number, a key for
//! everything that must be written and a comment for what may be. `check` then names each text that is still to be written.

pub mod site;

use std::path::PathBuf;

use crate::load::Content;
use crate::load::paths::{DataFile, DataKind};
use crate::schema;
use crate::source::{File, FileTree};

/// What can be made.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum New {
    /// A record of the site that is there.
    #[command(flatten)]
    Record(Record),
    /// A new site with an example of each record that every site needs, ready to be published.
    Site {
        /// The folder to make, or an empty one.
        folder: PathBuf,
        /// Codes of its languages, the one that texts are written in first in front; those that Sporbar has words for where left out.
        #[arg(long, value_name = "CODES", value_delimiter = ',')]
        languages: Vec<String>,
    },
}

/// What can be added to a site.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Record {
    /// The next initiative of a strategy.
    Initiative {
        /// Id of the strategy: 2024
        strategy: String,
    },
    /// The next recommendation, and a file for the traces of its proposals.
    Recommendation,
    /// The words of the theme in a language that is not built in, to be translated.
    Words {
        /// Code of the language: sv
        language: String,
    },
}

impl Record {
    /// What is to be done with it.
    pub fn then(&self, content: &Content) -> &'static str {
        match self {
            Record::Initiative { .. } | Record::Recommendation => {
                "fill in what `sporbar check` names, and correct the number of records where the document's is stated (data/strategies, data/council.yaml)"
            }
            Record::Words { language } if content.languages.find(language).is_some() => "write its texts in the language",
            Record::Words { .. } => "write its texts in the language, and name the language in data/site.yaml; `sporbar schema` makes editors know it",
        }
    }
}

/// The files of a new record.
///
/// # Errors
/// Why there can be none.
pub fn files(tree: &FileTree, content: &Content, record: &Record) -> Result<Vec<File>, String> {
    match record {
        Record::Initiative { strategy } => initiative(tree, content, strategy).map(|file| vec![file]),
        Record::Recommendation => recommendation(tree, content),
        Record::Words { language } => site::words(language, content.site.theme.as_ref().map_or("default", |name| name.value.as_str())).map(|file| vec![file]),
    }
}

/// The number after the highest of a kind, faulty files included; of an initiative, in its strategy.
fn next(tree: &FileTree, kind: DataKind, strategy: Option<&str>) -> u32 {
    let files = tree.iter().filter_map(|file| DataFile::of(&file.path)).filter(|file| file.kind == kind && strategy.is_none_or(|id| file.names[0] == id));
    files.filter_map(|file| file.names.last()?.parse().ok()).max().unwrap_or(0_u32).saturating_add(1)
}

/// A key whose text is still to be written in every language.
fn texts(content: &Content, indent: usize, key: &str) -> String {
    let pad = " ".repeat(indent);
    let lines: Vec<String> = content.languages.codes().map(|code| format!("{pad}  {code}:\n")).collect();
    format!("{pad}{key}:\n{}", lines.concat())
}

/// The words that a place in a document can be named with.
fn places(content: &Content) -> String {
    content.documents.places.0.iter().map(|(word, _)| word.to_string()).collect::<Vec<_>>().join(" | ")
}

fn initiative(tree: &FileTree, content: &Content, id: &str) -> Result<File, String> {
    let Some(strategy) = content.strategies.iter().find(|strategy| strategy.id == id) else {
        let known: Vec<&str> = content.strategies.iter().map(|strategy| strategy.id.as_str()).collect();
        return Err(format!("there is no strategy `{id}`; the strategies are {}", known.join(", ")));
    };
    let record = &strategy.record;
    let number = next(tree, DataKind::Initiative, Some(id));
    let themes: Vec<&str> = record.themes.iter().map(|theme| theme.id.value.as_str()).collect();
    let mut text = schema::modeline(DataKind::Initiative);
    let mut line = |part: String| text.push_str(&part);
    line(format!("theme: # {}\n", themes.join(" | ")));
    line(texts(content, 0, "title"));
    line(texts(content, 0, "summary"));
    line(texts(content, 0, "text"));
    line("actors: []\n".into());
    line(format!("cites:\n  - document: {}\n    at: # where in the document: {}\n", record.document, places(content)));
    line("# an amount as printed, or: not-stated | none | already-financed | not-applicable\nfunding:\n".into());
    for year in &record.years {
        line(format!("  {year}:\n"));
    }
    line("# may be added: kind: noted | also_titled | period | continues | source_notes\n".into());
    Ok(File { path: DataKind::Initiative.path(&[id, &format!("{number:02}")]), bytes: text.into_bytes() })
}

fn recommendation(tree: &FileTree, content: &Content) -> Result<Vec<File>, String> {
    let Some(council) = &content.council else {
        return Err("a recommendation needs data/council.yaml, which says whose it is".to_owned());
    };
    let number = next(tree, DataKind::Recommendation, None);
    let chapters: Vec<&str> = council.chapters.iter().map(|chapter| chapter.id.value.as_str()).collect();
    let (document, prefix) = (council.document.value.as_str(), council.prefix.0.as_str());
    let record = [
        schema::modeline(DataKind::Recommendation),
        format!("chapter: # {}\n", chapters.join(" | ")),
        texts(content, 0, "title"),
        texts(content, 0, "summary"),
        format!("cites:\n  - document: {document}\n    at: # where in the document: {}\n", places(content)),
        "proposals:\n  -\n".to_owned() + &texts(content, 4, "title") + &texts(content, 4, "summary"),
        "# may be added: text | actors | source_notes\n".into(),
    ];
    let traces = [
        schema::modeline(DataKind::Traces),
        format!("- from: {prefix}{number}.1\n  relation: none # or: follow-up | precedent, with to, degree and evidence\n"),
        texts(content, 2, "rationale"),
    ];
    let name = format!("{number:02}");
    Ok(vec![
        File { path: DataKind::Recommendation.path(&[&name]), bytes: record.concat().into_bytes() },
        File { path: DataKind::Traces.path(&[&name]), bytes: traces.concat().into_bytes() },
    ])
}
