//! The tables as a workbook for spreadsheets: a sheet each, numbers as numbers, texts never as formulas.
//!
//! In: tables. Out: the bytes of an Excel workbook, the same for the same tables.

use std::borrow::Cow;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};

use super::table::{Kind, Table};

/// The widest column, in characters; longer texts are wrapped.
const WIDEST: usize = 60;

/// Most characters of a cell and most rows of a sheet, the head included, that the format has room for.
const LONGEST: usize = 32_767;
const MOST_ROWS: usize = 1_048_576;

/// How hard the zip is pressed, of 9.
const COMPRESSION: u8 = 2;

/// The workbook of all tables, as much of each as its sheet has room for: the other files have every row and every character.
/// Nothing where the library refuses.
pub fn workbook(tables: &[Table]) -> Vec<u8> {
    write(tables).unwrap_or_default()
}

/// As much of a text as a cell has room for.
fn fitting(text: &str) -> Cow<'_, str> {
    // A character has a byte or more: hardly any text has to be counted.
    match text.len() > LONGEST && text.chars().count() > LONGEST {
        true => text.chars().take(LONGEST - 1).chain(['…']).collect(),
        false => text.into(),
    }
}

/// The format of a column of numbers: all with as many places as the longest has.
fn number(table: &Table, at: usize) -> Format {
    let decimals = table.rows.iter().filter_map(|row| Some(row[at].split_once('.')?.1.len())).max().unwrap_or_default();
    let places = if decimals == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(decimals)) };
    Format::new().set_num_format(places).set_align(FormatAlign::Top)
}

fn write(tables: &[Table]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // A workbook says when it was made; the same site must give the same bytes.
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    let head = Format::new().set_bold().set_text_wrap();
    let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    // The zip is half of the work; a level more saves a few bytes in the hundred.
    workbook.set_zip_compression_level(COMPRESSION);
    for table in tables {
        let sheet = workbook.add_worksheet().set_name(table.name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (at, column) in table.columns.iter().enumerate() {
            let at16 = at as u16;
            sheet.write_string_with_format(0, at16, &column.name, &head)?;
            let values = table.rows.iter().map(|row| row[at].as_str());
            let widest = values.chain([column.name.as_str()]).map(|value| value.chars().count()).max().unwrap_or_default();
            sheet.set_column_width(at16, (widest.min(WIDEST) + 3) as f64)?;
            let is_text = matches!(column.kind, Kind::Text | Kind::Url);
            // Cells have the format of their column; looking one up for each would be a fifth of the work.
            sheet.set_column_format(at16, &if is_text { text.clone() } else { number(table, at) })?;
            for (line, row) in (1..MOST_ROWS as u32).zip(&table.rows) {
                match row[at].as_str() {
                    "" => {}
                    value if is_text => drop(sheet.write_string(line, at16, fitting(value))?),
                    value => match value.parse::<f64>() {
                        Ok(value) => drop(sheet.write_number(line, at16, value)?),
                        Err(_) => drop(sheet.write_string_with_format(line, at16, fitting(value), &text)?),
                    },
                }
            }
        }
        let (last_row, last_column) = (table.rows.len().min(MOST_ROWS - 1) as u32, table.columns.len().saturating_sub(1) as u16);
        sheet.autofilter(0, 0, last_row, last_column)?;
    }
    workbook.save_to_buffer()
}
