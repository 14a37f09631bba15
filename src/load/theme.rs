//! The theme: templates, interface words and assets.
//!
//! In: `themes/<name>/`, over the default theme that is built in, file by file. Out: [`Theme`]. The words must be the
//! same set in every language. Never compiles a template: that is the business of `render`.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::record::SiteRecord;
use super::yaml::{Kind, Node};
use super::{utf8, yaml};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, did_you_mean, nearest};
use crate::locale::{Languages, Locale, Localized};
use crate::source::{File, FileId, FileTree, Span};

/// A theme.
pub struct Theme {
    /// Name and file of each template.
    pub templates: Vec<(String, FileId)>,
    /// The interface words of each language, nested as written.
    pub messages: Localized<Value>,
    /// Published name and file of each asset.
    pub assets: Vec<(String, FileId)>,
    /// Whether words are missing or cannot be read, so that no page can be shown.
    pub is_faulty: bool,
    /// Whether a template is not the built-in one.
    pub has_own_templates: bool,
    /// Whether what pages are made with is built in: all templates and assets, and the words of one language at least, with which
    /// the others are compared.
    pub is_built_in: bool,
}

/// The words of a language.
struct Messages<'l> {
    code: &'l str,
    file: FileId,
    /// Nested as written, over those that are built in.
    words: Value,
    /// The dotted name and the place of each that the file has.
    keys: Vec<(String, Span)>,
    /// Whether built-in words say what the file does not.
    is_whole: bool,
}

static DEFAULT: include_dir::Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/themes/default");

/// The files of the default theme by their paths in it.
static DEFAULT_FILES: LazyLock<BTreeMap<&str, &[u8]>> = LazyLock::new(|| {
    fn collect(dir: &include_dir::Dir<'static>, files: &mut BTreeMap<&str, &[u8]>) {
        files.extend(dir.files().filter_map(|file| Some((file.path().to_str()?, file.contents()))));
        dir.dirs().for_each(|dir| collect(dir, files));
    }
    let mut files = BTreeMap::new();
    collect(&DEFAULT, &mut files);
    files
});

impl Theme {
    /// The word at a dotted place; nothing where there is none, or one with forms.
    pub fn word(&self, locale: Locale, place: &str) -> Option<&str> {
        find(&self.messages[locale], place).and_then(Value::as_str)
    }
}

/// The files of the default theme, at the paths where a site can replace them.
pub fn built_in() -> Vec<File> {
    DEFAULT_FILES.iter().map(|(path, bytes)| File { path: format!("themes/default/{path}"), bytes: bytes.to_vec() }).collect()
}

/// The text of a file of the default theme.
pub fn built_in_text(path: &str) -> Option<&'static str> {
    std::str::from_utf8(DEFAULT_FILES.get(path)?).ok()
}

/// The codes of the languages whose words are built in, in the order of the alphabet.
pub fn built_in_languages() -> impl DoubleEndedIterator<Item = &'static str> {
    DEFAULT_FILES.keys().filter_map(|path| path.strip_prefix("messages/")?.strip_suffix(".yaml"))
}

/// Reads a theme; what it does not have comes from the default one.
pub fn load(tree: &FileTree, site: &SiteRecord, languages: &Languages, diagnostics: &mut Diagnostics) -> Theme {
    let name = site.theme.as_ref();
    let own = format!("themes/{}/", name.map_or("default", |name| name.value.as_str()));
    if let Some(name) = name.filter(|_| !tree.iter().any(|file| file.path.starts_with(&own))) {
        let known: BTreeSet<&str> = tree.iter().filter_map(|file| file.path.strip_prefix("themes/")?.split('/').next()).collect();
        let help = did_you_mean(name.value.as_str(), known).unwrap_or_else(|| format!("a theme is a folder {own}"));
        diagnostics.push(Diagnostic::new(Code::UnknownReference, name.span, format!("there is no theme `{name}`")).help(help));
    }
    let resolve = |path: &str| tree.find(&format!("{own}{path}")).or_else(|| tree.find(&format!("themes/default/{path}")));
    let mut paths: Vec<&str> = tree.iter().filter_map(|file| file.path.strip_prefix(&own).or_else(|| file.path.strip_prefix("themes/default/"))).collect();
    paths.sort_unstable();
    paths.dedup();
    let below =
        |folder: &str| -> Vec<(String, FileId)> { paths.iter().filter_map(|path| Some((path.strip_prefix(folder)?.to_owned(), resolve(path)?))).collect() };
    let (templates, assets) = (below("templates/"), below("assets/"));
    unused_templates(&own, &templates, tree, diagnostics);
    strays(&own, languages, tree, diagnostics);

    let is_built_in = |path: &str, file: FileId| DEFAULT_FILES.get(path).copied() == Some(tree.file(file).bytes.as_slice());
    let (mut nodes, mut is_faulty): (Vec<Messages<'_>>, bool) = (Vec::new(), false);
    let (mut has_own_words, mut has_built_in_words) = (false, false);
    for (code, language) in languages.codes().zip(&site.languages) {
        let path = format!("messages/{code}.yaml");
        let Some(file) = resolve(&path) else {
            let diagnostic = Diagnostic::new(Code::Messages, language.code.span, format!("the theme has no words in `{code}`"));
            diagnostics.push(diagnostic.help(format!("`sporbar new words {code}` makes `{own}{path}`, in which they are still to be translated")));
            is_faulty = true;
            continue;
        };
        // What a file of a built-in language does not say is said by the built-in one: a site may change a single word.
        let under = match is_built_in(&path, file) {
            true => {
                has_built_in_words = true;
                None
            }
            false => {
                has_own_words = true;
                built_in_words(code)
            }
        };
        let mut keys = Vec::new();
        let mut found = Diagnostics::default();
        let node = utf8(tree, file, &mut found).and_then(|text| yaml::parse(text, file, 0, &mut found));
        // What cannot be read hides words, and that they are missing is no news then.
        is_faulty |= found.has_errors() || node.is_none();
        diagnostics.append(found);
        let Some(node) = node else { continue };
        if !matches!(node.kind, Kind::Map(_)) {
            diagnostics.push(Diagnostic::new(Code::WrongType, node.span, format!("expected words under their names, found {}", node.noun())));
            is_faulty = true;
            continue;
        }
        let value = words(&node, "", &mut keys, diagnostics);
        let is_whole = under.is_some();
        let mut shapes = Diagnostics::default();
        let words = match under {
            Some((under, _)) => over(under, value, "", &keys, &mut shapes),
            None => value,
        };
        is_faulty |= shapes.has_errors();
        diagnostics.append(shapes);
        nodes.push(Messages { code, file, words, keys, is_whole });
    }
    // A test holds that the words of the built-in languages agree with each other.
    if has_own_words {
        let mut reported = BTreeSet::new();
        if !is_faulty {
            reported = compare(&nodes, tree, diagnostics);
            same_shape(&nodes, diagnostics);
        }
        unused_words(&nodes, &reported, &templates, tree, diagnostics);
    }
    let mut values = nodes.into_iter().map(|messages| messages.words);
    let has_own = |folder: &str, files: &[(String, FileId)]| files.iter().any(|(name, id)| !is_built_in(&format!("{folder}/{name}"), *id));
    let has_own_templates = has_own("templates", &templates);
    let is_built_in = has_built_in_words && !has_own_templates && !has_own("assets", &assets);
    Theme { templates, has_own_templates, is_built_in, messages: Localized::from_fn(languages, |_| values.next().unwrap_or_default()), assets, is_faulty }
}

/// The words of a mapping, and the dotted name of each with its place.
fn words(node: &Node<'_>, prefix: &str, keys: &mut Vec<(String, Span)>, diagnostics: &mut Diagnostics) -> Value {
    match &node.kind {
        Kind::Map(map) => {
            // A word with forms for different counts is one word; which forms there are is the language's own.
            let forms = has_forms(node);
            let mut object = Map::new();
            for (key, value) in map {
                let name = key.scalar().unwrap_or_default();
                let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
                if !forms && (!matches!(value.kind, Kind::Map(_)) || has_forms(value)) {
                    keys.push((path.clone(), key.span));
                }
                object.insert(name.to_owned(), words(value, &path, keys, diagnostics));
            }
            Value::Object(object)
        }
        Kind::Scalar(text) => {
            if text.trim().is_empty() {
                diagnostics
                    .push(Diagnostic::new(Code::Messages, node.span, format!("`{prefix}` has no text")).help("readers would find nothing where it stands"));
            }
            Value::String(text.trim_end().to_owned())
        }
        Kind::Broken => Value::Null,
        _ => {
            diagnostics.push(Diagnostic::new(Code::WrongType, node.span, format!("expected a text, found {}", node.noun())));
            Value::Null
        }
    }
}

/// The texts of a mapping under their dotted names, in the order of the alphabet.
pub fn flat(node: &Node<'_>) -> Map<String, Value> {
    fn into(value: Value, name: String, all: &mut Map<String, Value>) {
        match value {
            Value::Object(map) => map.into_iter().for_each(|(key, value)| into(value, if name.is_empty() { key } else { format!("{name}.{key}") }, all)),
            other => drop(all.insert(name, other)),
        }
    }
    let mut all = Map::new();
    into(words(node, "", &mut Vec::new(), &mut Diagnostics::default()), String::new(), &mut all);
    all
}

/// Whether a word has forms for different counts: `{one: …, other: …}`.
fn has_forms(node: &Node<'_>) -> bool {
    matches!(&node.kind, Kind::Map(map) if map.iter().any(|(key, _)| key.scalar() == Some("other")))
}

/// The built-in words of a language, and the dotted name of each.
fn built_in_words(code: &str) -> Option<(Value, Vec<(String, Span)>)> {
    let text = built_in_text(&format!("messages/{code}.yaml"))?;
    let mut keys = Vec::new();
    // The built-in theme is part of this program, and a test holds that it is in order.
    let mut quiet = Diagnostics::default();
    let node = yaml::parse(text, FileId::default(), 0, &mut quiet)?;
    let value = words(&node, "", &mut keys, &mut quiet);
    Some((value, keys))
}

/// Words over others, one by one; one with forms has only its own. What is a word in one and a group of words in the other is a fault.
fn over(under: Value, own: Value, name: &str, keys: &[(String, Span)], diagnostics: &mut Diagnostics) -> Value {
    let is_word = |value: &Value| value.as_object().is_none_or(|map| map.contains_key("other"));
    match (under, own) {
        // What cannot be read is reported as that.
        (under, Value::Null) => under,
        (under, own) if is_word(&under) && is_word(&own) => own,
        (Value::Object(mut under), Value::Object(own)) if !under.contains_key("other") && !own.contains_key("other") => {
            for (key, value) in own {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                let value = match under.remove(&key) {
                    Some(known) => over(known, value, &name, keys, diagnostics),
                    None => value,
                };
                under.insert(key, value);
            }
            Value::Object(under)
        }
        (under, _) => {
            let place = keys.iter().find(|(key, _)| key.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')));
            let (message, help) = match is_word(&under) {
                true => (format!("`{name}` is one word, and not a group"), "write a text, or, where it is counted, its forms: `{one: …, other: …}`"),
                false => (format!("`{name}` is a group of words, and not one"), "write the words under their own names"),
            };
            if let Some((_, span)) = place {
                diagnostics.push(Diagnostic::new(Code::Messages, *span, message).help(help));
            }
            under
        }
    }
}

/// A built-in language, to tell by what a word says: that of the site's where there is one.
fn told_in<'l>(mut languages: impl Iterator<Item = &'l str>) -> Option<&'l str> {
    languages.find(|code| built_in_languages().any(|known| known == *code)).or_else(|| built_in_languages().next_back())
}

/// The names of the words that the built-in templates use, from any of the built-in languages.
static BUILT_IN_WORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let words = told_in(std::iter::empty()).and_then(built_in_words);
    words.map(|(_, keys)| keys.into_iter().map(|(key, _)| key).collect()).unwrap_or_default()
});

/// Most missing words that are named one by one.
const MOST_NAMED: usize = 12;

/// Most whose text in another language is told.
const MOST_TOLD: usize = 3;

/// Every language has the words of the built-in theme, and words of the theme's own in every language; the places of those
/// that are reported.
fn compare(nodes: &[Messages<'_>], tree: &FileTree, diagnostics: &mut Diagnostics) -> BTreeSet<Span> {
    let needed = &*BUILT_IN_WORDS;
    let mut reported = BTreeSet::new();
    let names: Vec<HashSet<&str>> = nodes.iter().map(|messages| messages.keys.iter().map(|(key, _)| key.as_str()).collect()).collect();
    for (Messages { file, keys, is_whole, .. }, known) in nodes.iter().zip(&names) {
        let mut missing: Vec<&String> = needed.iter().filter(|key| !known.contains(key.as_str())).collect();
        // A word that is nearly one that is missing is that word.
        for (key, span) in keys.iter().filter(|(key, _)| !needed.contains(key)) {
            let group = key.rsplit_once('.').map_or("", |(group, _)| group);
            let kin = missing.iter().filter(|word| word.rsplit_once('.').map_or("", |(group, _)| group) == group);
            if let Some(meant) = nearest(key, kin.map(|word| word.as_str())).map(str::to_owned) {
                missing.retain(|word| **word != meant);
                reported.insert(*span);
                diagnostics
                    .push(Diagnostic::new(Code::Messages, *span, format!("no template needs the word `{key}`")).help(format!("did you mean `{meant}`?")));
            }
        }
        if !is_whole && !missing.is_empty() {
            diagnostics.push(are_missing(&missing, *file, nodes));
        }
        for (Messages { file: other, .. }, there) in nodes.iter().zip(&names).filter(|(messages, _)| messages.file != *file) {
            for (key, span) in keys.iter().filter(|(key, _)| !there.contains(key.as_str()) && !needed.contains(key)) {
                if !reported.insert(*span) {
                    continue;
                }
                let message = format!("`{key}` has no counterpart in `{}`", tree.file(*other).path);
                diagnostics.push(Diagnostic::new(Code::Messages, *span, message).help("write it in every language, or in none"));
            }
        }
    }
    reported
}

/// The fault that a language lacks words, with what they say in another.
fn are_missing(missing: &[&String], file: FileId, nodes: &[Messages<'_>]) -> Diagnostic {
    let named: Vec<String> = missing.iter().map(|key| format!("`{key}`")).collect();
    let message = match &named[..] {
        [one] => format!("the word {one} is missing"),
        [first @ .., last] if named.len() <= MOST_NAMED => format!("the words {} and {last} are missing", first.join(", ")),
        _ => format!("{} words are missing, among them {}", named.len(), named[..MOST_NAMED.min(named.len())].join(", ")),
    };
    let known = told_in(nodes.iter().map(|messages| messages.code)).and_then(|code| Some((built_in_words(code)?.0, code)));
    let told = known.map(|(words, code)| {
        let say = |key: &&String| Some(format!("`{key}` is {}", find(&words, key)?));
        let more = if missing.len() > MOST_TOLD { ", …" } else { "" };
        format!("; in `{code}`, {}{more}", missing.iter().take(MOST_TOLD).filter_map(say).collect::<Vec<_>>().join(", "))
    });
    let help = format!("the templates need it{}", told.unwrap_or_default());
    Diagnostic::new(Code::Messages, Span::top(file), message).help(help)
}

/// A word has the same places for values in every language, and forms for different counts only where it is counted.
///
/// All are held to the built-in words, those of the theme's own to the first language.
fn same_shape(nodes: &[Messages<'_>], diagnostics: &mut Diagnostics) {
    let built_in = told_in(nodes.iter().map(|messages| messages.code)).and_then(|code| Some((code, built_in_words(code)?.0)));
    let (Some(first), Some((code, built_in))) = (nodes.first(), built_in) else { return };
    for Messages { words: value, keys, .. } in nodes {
        for (key, span) in keys {
            let model = find(&built_in, key).map(|word| (code, word)).or_else(|| Some((first.code, find(&first.words, key)?)));
            let (Some(word), Some((code, other))) = (find(value, key), model) else { continue };
            let (here, there) = (places_of(word), places_of(other));
            if word.is_object() && !there.contains("count") && !here.contains("count") {
                let diagnostic = Diagnostic::new(Code::Messages, *span, format!("`{key}` has forms, but no count to choose between them"));
                diagnostics.push(diagnostic.help("write one text"));
            }
            let list = |names: &BTreeSet<&str>| names.iter().map(|name| format!("`{{{name}}}`")).collect::<Vec<_>>().join(", ");
            if here != there {
                let expected = if there.is_empty() { "none".to_owned() } else { list(&there) };
                let found = if here.is_empty() { "none".to_owned() } else { list(&here) };
                let message = format!("`{key}` has other places for values than in `{code}`: {found} instead of {expected}");
                diagnostics.push(Diagnostic::new(Code::Messages, *span, message).help("the names in braces stay as they are in every language"));
            }
        }
    }
}

/// The word with a dotted name.
fn find<'v>(words: &'v Value, key: &str) -> Option<&'v Value> {
    key.split('.').try_fold(words, |value, part| value.get(part))
}

/// The names in braces of a word, in all its forms. A count may be left out of a form.
fn places_of(word: &Value) -> BTreeSet<&str> {
    let forms: Vec<&str> = match word {
        Value::Object(forms) => forms.values().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    };
    let of = |text: &'_ str| text.match_indices('{').map(|(at, _)| at + 1).collect::<Vec<_>>();
    let name = |text: &str, at: usize| text[at..].find('}').map(|end| at..at + end);
    forms
        .into_iter()
        .flat_map(|text| of(text).into_iter().filter_map(move |at| name(text, at).map(|range| &text[range])))
        .filter(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        .collect()
}

/// A word of the theme's own that no template writes; those that are reported already are not told again.
fn unused_words(nodes: &[Messages<'_>], reported: &BTreeSet<Span>, templates: &[(String, FileId)], tree: &FileTree, diagnostics: &mut Diagnostics) {
    for Messages { keys, .. } in nodes {
        for (key, span) in keys.iter().filter(|(key, span)| !BUILT_IN_WORDS.contains(key) && !reported.contains(span)) {
            // A template may choose among the words of a group, so the group is what it mentions.
            let group = format!("t.{}", key.split('.').next().unwrap_or_default());
            if !templates.iter().filter_map(|(_, id)| tree.text(*id)).any(|text| text.contains(&group)) {
                let diagnostic = Diagnostic::new(Code::Unused, *span, format!("no template uses the word `{key}`"));
                diagnostics.push(diagnostic.help(format!("write `{{{{ t.{key} }}}}` in a template, or take the word out of every language")));
            }
        }
    }
}

/// Files of the theme's folder that nothing reads.
fn strays(own: &str, languages: &Languages, tree: &FileTree, diagnostics: &mut Diagnostics) {
    let is_built_in = |path: &str| path.strip_prefix("themes/default/").is_some_and(|path| DEFAULT_FILES.contains_key(path));
    for (id, file) in tree.entries().filter(|(_, file)| file.path.starts_with(own) && !is_built_in(&file.path)) {
        let inner = &file.path[own.len()..];
        let help = match inner.split_once('/') {
            Some(("templates" | "assets", _)) => continue,
            Some(("messages", name)) if name.strip_suffix(".yaml").is_some_and(|code| languages.find(code).is_some()) => continue,
            Some(("messages", _)) => {
                format!("the words of a language are {own}messages/<language>.yaml, with one of {}", languages.codes().collect::<Vec<_>>().join(", "))
            }
            _ => format!("a theme has the folders {own}templates, {own}messages and {own}assets"),
        };
        diagnostics.push(Diagnostic::new(Code::StrayFile, Span::top(id), "nothing of a theme lives at this path").help(help));
    }
}

/// A template of the site's own that replaces none and that no other mentions is a slip of the pen.
fn unused_templates(own: &str, templates: &[(String, FileId)], tree: &FileTree, diagnostics: &mut Diagnostics) {
    let built_in: BTreeSet<&str> = DEFAULT_FILES.keys().filter_map(|path| path.strip_prefix("templates/")).collect();
    for (name, id) in templates.iter().filter(|(name, id)| tree.file(*id).path.starts_with(own) && !built_in.contains(name.as_str())) {
        let mentioned = templates
            .iter()
            .filter_map(|(_, other)| tree.text(*other))
            .any(|text| ['"', '\'', '`'].iter().any(|quote| text.contains(&format!("{quote}{name}{quote}"))));
        if !mentioned {
            let help = did_you_mean(name, built_in.iter().copied())
                .unwrap_or_else(|| "a template replaces one of the default theme, or is extended or included by another".into());
            diagnostics.push(Diagnostic::new(Code::Unused, Span::top(*id), format!("no page uses the template `{name}`")).help(help));
        }
    }
}
