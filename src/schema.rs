//! JSON Schemas of the records, so that editors complete and check YAML while it is typed.
//!
//! In: the languages of a site. Out: files with the schemas and the settings that tie them to paths. The schemas come from the same
//! tables that read the records, so the two cannot disagree.

use serde_json::{Value, json};

use crate::load::paths::DataKind;
use crate::load::record::schema;
use crate::locale::Languages;
use crate::source::File;

/// The path of a kind's schema, relative to the root of the site.
fn path(name: &str) -> String {
    format!("schemas/{name}.schema.json")
}

/// The line that ties a record to its schema in every editor that runs the YAML language server.
pub fn modeline(kind: DataKind) -> String {
    let depth = kind.glob().matches('/').count();
    format!("# yaml-language-server: $schema={}{}\n", "../".repeat(depth), path(kind.name()))
}

/// The schema of every kind of record.
pub fn files(languages: &Languages) -> Vec<File> {
    let file = |kind: &DataKind| {
        let mut value = schema(*kind, languages);
        if let Value::Object(object) = &mut value {
            object.insert("$schema".into(), "http://json-schema.org/draft-07/schema#".into());
            object.insert("title".into(), format!("Sporbar: {}", kind.glob()).into());
        }
        File { path: path(kind.name()), bytes: format!("{value:#}\n").into_bytes() }
    };
    DataKind::ALL.iter().map(file).collect()
}

/// Settings and the recommended extension for editors of the Visual Studio Code family.
pub fn editor_settings() -> [File; 2] {
    let schemas: serde_json::Map<String, Value> = DataKind::ALL.iter().map(|kind| (format!("./{}", path(kind.name())), json!(kind.glob()))).collect();
    let settings = json!({ "yaml.schemas": schemas, "yaml.validate": true, "yaml.completion": true, "files.eol": "\n" });
    let extensions = json!({ "recommendations": ["redhat.vscode-yaml"] });
    [(".vscode/settings.json", settings), (".vscode/extensions.json", extensions)]
        .map(|(path, value)| File { path: path.into(), bytes: format!("{value:#}\n").into_bytes() })
}
