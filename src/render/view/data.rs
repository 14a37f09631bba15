//! The pages of downloads and of changes.
//!
//! In: the exports, the site. Out: what their templates see.

use serde::Serialize;

use super::{LinkView, View, word};
use crate::load::value::PartialDate;
use crate::render::export::{Content, Exports, Table};
use rust_decimal::Decimal;

/// A file that can be downloaded.
#[derive(Serialize)]
pub struct FileView {
    name: String,
    url: String,
    format: String,
    size: String,
    /// What it is, where several files have one heading.
    label: Option<String>,
}

/// Files that hold the same in different forms.
#[derive(Serialize)]
pub struct DataSetView {
    id: String,
    title: String,
    /// What a row is.
    row: String,
    /// What the file with lists inside holds.
    records: Option<String>,
    files: Vec<FileView>,
    columns: Vec<ColumnView>,
}

/// A column and what it holds.
#[derive(Serialize)]
pub struct ColumnView {
    name: String,
    meaning: String,
    words: Option<String>,
    language: Option<String>,
}

/// What the page of downloads shows.
#[derive(Serialize)]
pub struct DataView {
    /// On what terms the files may be used, where the site says so.
    license: Option<LinkView>,
    sets: Vec<DataSetView>,
}

/// A change.
#[derive(Serialize)]
pub struct ChangeView {
    id: String,
    date: String,
    iso: String,
    title: String,
    html: String,
}

/// What the page of changes shows.
#[derive(Serialize)]
pub struct ChangesView {
    changes: Vec<ChangeView>,
}

impl View<'_, '_> {
    /// The files of the exports, those of one table together.
    pub fn data(&self, exports: &Exports) -> DataView {
        let mut sets: Vec<DataSetView> = Vec::new();
        for download in &exports.downloads {
            let (id, label) = match download.content {
                Content::Workbook => ("workbook", None),
                Content::Package => ("package", None),
                Content::Records(name) => (name, None),
                Content::Table(at) => (exports.tables[at].name, None),
                Content::Part(at, strategy) => {
                    (exports.tables[at].name, Some(self.text(&self.site.graph.strategies[strategy.0].strategy.record.title).to_owned()))
                }
            };
            // Kilobytes to one decimal say enough; a small file is not nothing.
            let size = Decimal::new(download.bytes.len().div_ceil(100).max(1) as i64, 1);
            let file = FileView {
                name: download.name.clone(),
                url: format!("/data/{}", download.name),
                format: download.name.rsplit('.').next().unwrap_or_default().to_uppercase(),
                size: self.language.formatter.number(size.normalize()),
                label,
            };
            let set = match sets.iter_mut().find(|set| set.id == id) {
                Some(set) => set,
                None => {
                    let says = |key: &str| word(self.site, self.locale(), &format!("data.files.{id}.{key}"));
                    let table = exports.tables.iter().find(|table| table.name == id);
                    sets.push(DataSetView {
                        id: id.to_owned(),
                        title: says("title").unwrap_or_default(),
                        row: says("row").unwrap_or_default(),
                        records: says("records"),
                        files: Vec::new(),
                        columns: table.map(|table| self.columns(table)).unwrap_or_default(),
                    });
                    sets.last_mut().expect("it was just added")
                }
            };
            set.files.push(file);
        }
        let license = self.site.graph.content.site.license.as_ref();
        DataView { license: license.map(|license| LinkView { url: license.url.0.clone(), title: license.name.clone() }), sets }
    }

    fn columns(&self, table: &Table) -> Vec<ColumnView> {
        let languages = &self.site.graph.content.site.languages;
        let column = |column: &crate::render::export::Column| ColumnView {
            name: column.name.clone(),
            meaning: word(self.site, self.locale(), &format!("data.columns.{}", column.word)).unwrap_or_default().replace('`', ""),
            words: (!column.one_of.is_empty()).then(|| column.one_of.join(", ")),
            language: column.locale.map(|locale| languages[locale.index()].name.clone()),
        };
        table.columns.iter().map(column).collect()
    }

    /// The changes, the latest first.
    pub fn changes(&self) -> ChangesView {
        let changes = self.site.graph.changes.iter().map(|node| ChangeView {
            id: node.record.id.to_string(),
            date: self.date(node.record.date.value),
            iso: PartialDate::to_string(&node.record.date.value),
            title: self.text(&node.record.title).to_owned(),
            html: self.html(&node.text),
        });
        ChangesView { changes: changes.collect() }
    }
}
