//! The theme: templates, interface words and assets.
//!
//! In: `themes/<name>/`, over the default theme that is built in, file by file. Out: [`Theme`]. The words must be the
//! same set in every language. Never compiles a template: that is the business of `render`.

use serde_json::{Map, Value};

use super::yaml::{Kind, Node};
use super::{utf8, yaml};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::locale::{Languages, Localized};
use crate::source::{File, FileId, FileTree, Span};

/// A theme.
pub struct Theme {
    /// Name and text of each template, with its file.
    pub templates: Vec<(String, FileId)>,
    /// The interface words of each language, nested as written.
    pub messages: Localized<Value>,
    /// Published name and file of each asset.
    pub assets: Vec<(String, FileId)>,
}

/// The words of a language: their file, the words, and the dotted name and place of each.
type Messages = (FileId, Value, Vec<(String, Span)>);

static DEFAULT: include_dir::Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/themes/default");

/// The files of the default theme, at the paths where a site can replace them.
pub fn built_in() -> Vec<File> {
    fn collect(dir: &include_dir::Dir<'_>, files: &mut Vec<File>) {
        for file in dir.files() {
            files.push(File { path: format!("themes/default/{}", file.path().display()), bytes: file.contents().to_vec() });
        }
        dir.dirs().for_each(|dir| collect(dir, files));
    }
    let mut files = Vec::new();
    collect(&DEFAULT, &mut files);
    files
}

/// Reads a theme; what it does not have comes from the default one.
pub fn load(tree: &FileTree, name: &str, languages: &Languages, diagnostics: &mut Diagnostics) -> Option<Theme> {
    let own = format!("themes/{name}/");
    let resolve = |path: &str| tree.find(&format!("{own}{path}")).or_else(|| tree.find(&format!("themes/default/{path}")));
    let mut paths: Vec<&str> = tree.iter().filter_map(|file| file.path.strip_prefix(&own).or_else(|| file.path.strip_prefix("themes/default/"))).collect();
    paths.sort_unstable();
    paths.dedup();
    let below =
        |folder: &str| -> Vec<(String, FileId)> { paths.iter().filter_map(|path| Some((path.strip_prefix(folder)?.to_owned(), resolve(path)?))).collect() };
    let (templates, assets) = (below("templates/"), below("assets/"));

    let mut nodes: Vec<Messages> = Vec::new();
    for code in languages.codes() {
        let path = format!("messages/{code}.yaml");
        let Some(file) = resolve(&path) else {
            let site = tree.find("data/site.yaml")?;
            let diagnostic = Diagnostic::new(Code::Messages, Span::top(site), format!("the theme has no words in `{code}`"));
            diagnostics.push(diagnostic.help(format!("add `themes/{name}/{path}` with the keys of the other languages")));
            return None;
        };
        let node = match yaml::parse(utf8(tree, file, diagnostics)?, file, 0) {
            Ok(node) => node,
            Err(fault) => {
                diagnostics.push(fault);
                return None;
            }
        };
        let mut keys = Vec::new();
        let value = words(&node, "", &mut keys, diagnostics);
        nodes.push((file, value, keys));
    }
    compare(&nodes, tree, diagnostics);
    let mut values = nodes.into_iter().map(|(_, value, _)| value);
    Some(Theme { templates, messages: Localized::try_from_fn(languages, |_| values.next())?, assets })
}

/// The words of a mapping, and the dotted name of each with its place.
fn words(node: &Node<'_>, prefix: &str, keys: &mut Vec<(String, Span)>, diagnostics: &mut Diagnostics) -> Value {
    match &node.kind {
        Kind::Map(map) => {
            let mut object = Map::new();
            for (key, value) in map {
                let name = key.scalar().unwrap_or_default();
                let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
                if !matches!(value.kind, Kind::Map(_)) {
                    keys.push((path.clone(), key.span));
                }
                object.insert(name.to_owned(), words(value, &path, keys, diagnostics));
            }
            Value::Object(object)
        }
        Kind::Scalar(text) => Value::String(text.trim_end().to_owned()),
        _ => {
            diagnostics.push(Diagnostic::new(Code::WrongType, node.span, format!("expected a text, found {}", node.noun())));
            Value::Null
        }
    }
}

/// Every language has the words of the first, and no others.
fn compare(nodes: &[Messages], tree: &FileTree, diagnostics: &mut Diagnostics) {
    let Some(((first_file, _, first), rest)) = nodes.split_first() else { return };
    for (file, _, keys) in rest {
        let differences = |here: &[(String, Span)], there: &[(String, Span)], there_file: FileId, diagnostics: &mut Diagnostics| {
            let known: std::collections::BTreeSet<&str> = there.iter().map(|(key, _)| key.as_str()).collect();
            for (key, span) in here.iter().filter(|(key, _)| !known.contains(key.as_str())) {
                let message = format!("`{key}` has no counterpart in `{}`", tree.file(there_file).path);
                diagnostics.push(Diagnostic::new(Code::Messages, *span, message).help("write it in every language, or in none"));
            }
        };
        differences(first, keys, *file, diagnostics);
        differences(keys, first, *first_file, diagnostics);
    }
}
