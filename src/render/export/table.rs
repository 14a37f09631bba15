//! A table of open data: columns that say what they hold, and rows of plain values.
//!
//! In: columns and rows. Out: CSV. Knows nothing of records.

use std::borrow::Cow;

use crate::locale::{Languages, Locale};

/// A table; each becomes a CSV file, a sheet of the workbook and a resource of the data package.
pub struct Table {
    /// Its name, and that of its file without the ending.
    pub name: &'static str,
    /// What its columns hold.
    pub columns: Vec<Column>,
    /// The columns that tell a row from every other.
    pub key: &'static [&'static str],
    /// The values, as CSV writes them; an empty one is none.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Clone)]
pub struct Column {
    /// Its name in the first row.
    pub name: String,
    /// The theme's word for what it means, below `data.columns`.
    pub word: &'static str,
    /// Whether it stands once for each language.
    pub each: bool,
    /// The language of its texts, where it has one.
    pub locale: Option<Locale>,
    /// What its values are.
    pub kind: Kind,
    /// Whether every row has a value.
    pub required: bool,
    /// The words that can stand in it; any where there are none.
    pub one_of: Vec<&'static str>,
    /// The table whose column `id` has every value of this one.
    pub refers_to: Option<&'static str>,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A web address.
    Url,
    /// A year.
    Year,
    /// A whole number.
    Integer,
    /// An exact decimal.
    Number,
}

impl Column {
    /// A column whose word is its name.
    pub fn new(name: &'static str, kind: Kind) -> Self {
        Column { name: name.to_owned(), word: name, each: false, locale: None, kind, required: false, one_of: Vec::new(), refers_to: None }
    }

    /// A column of texts.
    pub fn text(name: &'static str) -> Self {
        Column::new(name, Kind::Text)
    }

    /// With another word than its name.
    pub fn meaning(self, word: &'static str) -> Self {
        Column { word, ..self }
    }

    /// With a value in every row.
    pub fn required(self) -> Self {
        Column { required: true, ..self }
    }

    /// With none but these words.
    pub fn one_of(self, words: &[&'static str]) -> Self {
        Column { one_of: words.to_vec(), ..self }
    }

    /// With ids of another table.
    pub fn refers_to(self, table: &'static str) -> Self {
        Column { refers_to: Some(table), ..self }
    }

    /// Once for each language.
    pub fn each(self) -> Self {
        Column { each: true, ..self }
    }

    /// The columns that it stands for.
    pub fn expanded(self, languages: &Languages) -> Vec<Self> {
        if !self.each {
            return vec![self];
        }
        let column = |locale| Column { name: format!("{}_{}", self.name, languages.code(locale)), locale: Some(locale), ..self.clone() };
        languages.iter().map(column).collect()
    }
}

impl Table {
    /// The table as CSV; of its rows, those that are asked for.
    pub fn csv(&self, wanted: impl Fn(&[String]) -> bool) -> Vec<u8> {
        const FITS: &str = "memory takes every row, and all rows of a table have the length of its header";
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(self.columns.iter().map(|column| &column.name)).expect(FITS);
        for row in self.rows.iter().filter(|row| wanted(row)) {
            csv.write_record(row.iter().zip(&self.columns).map(|(value, column)| inert(value, column.kind))).expect(FITS);
        }
        csv.into_inner().unwrap_or_default()
    }
}

/// A value that no spreadsheet takes for a formula: a text that begins like one has an apostrophe before it.
fn inert(value: &str, kind: Kind) -> Cow<'_, [u8]> {
    match kind == Kind::Text && value.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => Cow::Owned(format!("'{value}").into_bytes()),
        false => Cow::Borrowed(value.as_bytes()),
    }
}
