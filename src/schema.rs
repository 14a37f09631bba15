//! JSON Schemas of the records, so that editors complete and check YAML while it is typed.
//!
//! In: the languages of a site. Out: files with the schemas and the settings that tie them to paths. The schemas come from the same
//! tables that read the records, so the two cannot disagree.

use serde_json::{Value, json};

use crate::load::decode::Decode;
use crate::load::record::material::{
    ChangesRecord, FigureRecord, GlossaryRecord, KeyFiguresRecord, PeopleRecord, PointsRecord, SourceNotesRecord, StartedRecord, TimelineRecord,
};
use crate::load::record::{ActorsRecord, CouncilRecord, DocumentsRecord, InitiativeRecord, RecommendationRecord, SiteRecord, StrategyRecord, TraceRecord};
use crate::locale::Languages;
use crate::source::File;

/// A kind of record: its name, the paths it is written at, its schema.
type Kind = (&'static str, &'static str, fn(&Languages) -> Value);

const KINDS: [Kind; 17] = [
    ("site", "data/site.yaml", SiteRecord::schema),
    ("documents", "data/documents.yaml", DocumentsRecord::schema),
    ("actors", "data/actors.yaml", ActorsRecord::schema),
    ("council", "data/council.yaml", CouncilRecord::schema),
    ("strategy", "data/strategies/*.yaml", StrategyRecord::schema),
    ("initiative", "data/initiatives/*/*.yaml", InitiativeRecord::schema),
    ("recommendation", "data/recommendations/*.yaml", RecommendationRecord::schema),
    ("traces", "data/traces/*.yaml", Vec::<TraceRecord>::schema),
    ("figure", "data/figures/*.yaml", FigureRecord::schema),
    ("points", "data/points/*.yaml", PointsRecord::schema),
    ("started", "data/started/*.yaml", Vec::<StartedRecord>::schema),
    ("people", "data/people.yaml", PeopleRecord::schema),
    ("key-figures", "data/key-figures.yaml", KeyFiguresRecord::schema),
    ("glossary", "data/glossary.yaml", GlossaryRecord::schema),
    ("timeline", "data/timeline.yaml", TimelineRecord::schema),
    ("changes", "data/changes.yaml", ChangesRecord::schema),
    ("source-notes", "data/source-notes.yaml", SourceNotesRecord::schema),
];

/// The path of a kind's schema, relative to the root of the site.
fn path(name: &str) -> String {
    format!("schemas/{name}.schema.json")
}

/// The line that ties a record to its schema in every editor that runs the YAML language server.
pub fn modeline(name: &str, depth: usize) -> String {
    format!("# yaml-language-server: $schema={}{}\n", "../".repeat(depth), path(name))
}

/// The schema of every kind of record.
pub fn files(languages: &Languages) -> Vec<File> {
    let schema = |(name, pattern, schema): &Kind| {
        let mut value = schema(languages);
        if let Value::Object(object) = &mut value {
            object.insert("$schema".into(), "http://json-schema.org/draft-07/schema#".into());
            object.insert("title".into(), format!("Sporbar: {pattern}").into());
        }
        File { path: path(name), bytes: format!("{value:#}\n").into_bytes() }
    };
    KINDS.iter().map(schema).collect()
}

/// Settings and the recommended extension for editors of the Visual Studio Code family.
pub fn editor_settings() -> [File; 2] {
    let schemas: serde_json::Map<String, Value> = KINDS.iter().map(|(name, pattern, _)| (format!("./{}", path(name)), json!(pattern))).collect();
    let settings = json!({ "yaml.schemas": schemas, "yaml.validate": true, "yaml.completion": true, "files.eol": "\n" });
    let extensions = json!({ "recommendations": ["redhat.vscode-yaml"] });
    [(".vscode/settings.json", settings), (".vscode/extensions.json", extensions)]
        .map(|(path, value)| File { path: path.into(), bytes: format!("{value:#}\n").into_bytes() })
}
