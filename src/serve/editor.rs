//! Links that open a file in the editor of whoever is writing.
//!
//! In: a template and a place in a file. Out: an address that the editor listens to. Opens nothing itself.

use std::path::Path;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The editors that are known by name.
const KNOWN: [(&str, &str); 6] = [
    ("vscode", "vscode://file/{path}:{line}:{column}"),
    ("vscodium", "vscodium://file/{path}:{line}:{column}"),
    ("cursor", "cursor://file/{path}:{line}:{column}"),
    ("zed", "zed://file/{path}:{line}:{column}"),
    ("idea", "idea://open?file={path}&line={line}&column={column}"),
    ("sublime", "subl://open?url=file:///{path}&line={line}&column={column}"),
];

/// What stays as it is in a path within an address.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':');

/// An address with `{path}`, and perhaps `{line}` and `{column}`.
#[derive(Debug, Clone)]
pub struct Editor(String);

impl FromStr for Editor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((_, template)) = KNOWN.iter().find(|(name, _)| *name == text) {
            return Ok(Editor((*template).to_owned()));
        }
        let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        // These would run in the page instead of opening anything.
        if !is_scheme || ["javascript", "data", "vbscript", "blob"].contains(&scheme.as_str()) || !text.contains("{path}") {
            let names: Vec<&str> = KNOWN.iter().map(|(name, _)| *name).collect();
            return Err(format!("write one of {}, or an address such as vscode://file/{{path}}:{{line}}:{{column}}", names.join(", ")));
        }
        Ok(Editor(text.to_owned()))
    }
}

impl Editor {
    /// The address that opens a file at a line and column.
    pub fn link(&self, file: &Path, line: usize, column: usize) -> String {
        let path = file.to_string_lossy().replace('\\', "/");
        // A path that begins with a slash does not need that of the template too.
        let template = if path.starts_with('/') { self.0.replace("/{path}", "{path}") } else { self.0.clone() };
        let (line, column) = (line.to_string(), column.to_string());
        let filled = template.replace("{line}", &line).replace("{column}", &column);
        filled.replace("{path}", &utf8_percent_encode(&path, PATH).to_string())
    }
}
