//! What the files of open data are, for programs: a Frictionless data package.
//!
//! In: the tables and the files made of them. Out: `datapackage.json`. A text of the standard is in one language; where
//! the site has several, they stand side by side.

use serde_json::{Map, Value, json};

use super::table::{Column, Kind, Table};
use super::{Content, Download};
use crate::locale::Localized;
use crate::model::Site;
use crate::render::view::word;

/// The descriptor of the package.
pub fn package(site: &Site<'_>, tables: &[Table], downloads: &[Download]) -> Vec<u8> {
    let content = site.graph.content;
    let resources = downloads.iter().filter_map(|download| resource(site, tables, download));
    let sources = site.graph.documents.iter().map(|document| {
        let mut source = Map::new();
        source.insert("title".into(), all(&document.title).into());
        source.extend(document.url.as_ref().map(|url| ("path".to_owned(), json!(url.0))));
        source
    });
    let mut package = Map::new();
    let mut set = |key: &str, value: Value| package.insert(key.into(), value);
    set("profile", "data-package".into());
    set("name", "strategies".into());
    set("title", all(&content.site.title).into());
    set("description", all(&content.site.description).into());
    set("homepage", site.base_url.as_str().into());
    if let Some(license) = &content.site.license {
        set("licenses", json!([{ "name": license.name, "path": license.url.0 }]));
    }
    set("sources", sources.collect::<Vec<_>>().into());
    set("resources", resources.collect::<Vec<_>>().into());
    format!("{:#}\n", Value::Object(package)).into_bytes()
}

/// A text in every language, each once.
fn all(text: &Localized<String>) -> String {
    let mut texts: Vec<&str> = Vec::new();
    text.iter().for_each(|text| texts.extend((!texts.contains(&text.as_str())).then_some(text.as_str())));
    texts.join(" / ")
}

/// A word of the theme in every language.
fn words(site: &Site<'_>, place: &str) -> String {
    all(&Localized::from_fn(&site.graph.content.languages, |locale| word(site, locale, place).unwrap_or_default()))
}

/// A file of the package; the parts of a table are not told again.
fn resource(site: &Site<'_>, tables: &[Table], download: &Download) -> Option<Value> {
    let mut resource = Map::new();
    let mut set = |key: &str, value: Value| resource.insert(key.into(), value);
    let (stem, format) = download.name.rsplit_once('.')?;
    set("path", download.name.clone().into());
    set("format", format.into());
    set("bytes", download.bytes.len().into());
    match download.content {
        Content::Table(at) => {
            let table = &tables[at];
            set("name", table.name.into());
            set("profile", "tabular-data-resource".into());
            set("title", words(site, &format!("data.files.{}.title", table.name)).into());
            set("description", words(site, &format!("data.files.{}.row", table.name)).into());
            set("mediatype", "text/csv".into());
            set("encoding", "utf-8".into());
            set("schema", schema(site, table));
        }
        Content::Workbook | Content::Records(_) => {
            let (name, place, media) = match download.content {
                Content::Records(name) => (format!("{stem}-records"), format!("data.files.{name}.records"), "application/json"),
                _ => ("workbook".to_owned(), "data.files.workbook.row".to_owned(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            };
            set("name", name.into());
            set("profile", "data-resource".into());
            set("title", download.name.clone().into());
            set("description", words(site, &place).into());
            set("mediatype", media.into());
        }
        Content::Part(..) | Content::Package => return None,
    }
    Some(Value::Object(resource))
}

fn schema(site: &Site<'_>, table: &Table) -> Value {
    let references = table.columns.iter().filter_map(|column| {
        let table = column.refers_to?;
        Some(json!({ "fields": column.name, "reference": { "resource": table, "fields": "id" } }))
    });
    let references: Vec<Value> = references.collect();
    let fields: Vec<Value> = table.columns.iter().map(|column| field(site, table, column)).collect();
    let mut schema = Map::new();
    schema.insert("fields".into(), fields.into());
    schema.insert("missingValues".into(), json!([""]));
    if !table.key.is_empty() {
        schema.insert("primaryKey".into(), json!(table.key));
    }
    if !references.is_empty() {
        schema.insert("foreignKeys".into(), references.into());
    }
    Value::Object(schema)
}

fn field(site: &Site<'_>, table: &Table, column: &Column) -> Value {
    let (kind, format) = match column.kind {
        Kind::Text => ("string", None),
        Kind::Url => ("string", Some("uri")),
        Kind::Year => ("year", None),
        Kind::Integer => ("integer", None),
        Kind::Number => ("number", None),
    };
    let mut constraints = Map::new();
    if column.required {
        constraints.insert("required".into(), true.into());
    }
    if table.key == [column.name.as_str()] {
        constraints.insert("unique".into(), true.into());
    }
    if !column.one_of.is_empty() {
        constraints.insert("enum".into(), json!(column.one_of));
    }
    let mut field = Map::new();
    field.insert("name".into(), column.name.clone().into());
    field.insert("type".into(), kind.into());
    field.extend(format.map(|format| ("format".to_owned(), json!(format))));
    field.insert("description".into(), words(site, &format!("data.columns.{}", column.word)).into());
    if !constraints.is_empty() {
        field.insert("constraints".into(), constraints.into());
    }
    Value::Object(field)
}
