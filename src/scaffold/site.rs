//! A new site: an example of each record that every site needs in all of its languages, and all that it needs to be written, checked and published.
//!
//! In: the codes of languages. Out: files. What stands in them is in `scaffold/`: files with names of words between at signs,
//! and the words in the languages that there are; a language without words begins with those of another, to be translated, and
//! one with a region with those of the language itself.

use include_dir::{Dir, include_dir};
use serde_json::{Map, Value};

use crate::diagnostic::Diagnostics;
use crate::load::paths::DataFile;
use crate::load::theme::{self, flat};
use crate::load::value::{Key, unknown_language};
use crate::load::yaml;
use crate::locale::Languages;
use crate::locale::format::Formatter;
use crate::schema;
use crate::source::{File, FileId};

static SITE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scaffold/site");
static WORDS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scaffold/words");
const LANGUAGES: &str = include_str!("../../scaffold/languages.yaml");
const NETLIFY: &str = include_str!("../../netlify.toml");

/// The words of a language, under dotted names.
struct Words {
    code: String,
    words: Map<String, Value>,
    facts: Facts,
}

/// What is known about a language besides its words.
struct Facts {
    /// What it calls itself.
    name: String,
    /// The algorithm of its stems, or the word that says there is none.
    stemmer: String,
    /// What numbers and dates are written as, where its code does not say so.
    locale: Option<String>,
}

impl Facts {
    fn of(code: &str) -> Facts {
        let known = texts(LANGUAGES);
        let fact = |code: &str, name: &str| known.get(&format!("{code}.{name}")).and_then(Value::as_str).map(str::to_owned);
        Facts {
            name: fact(base(code), "name").unwrap_or_else(|| code.to_owned()),
            stemmer: fact(base(code), "stemmer").unwrap_or_else(|| "none".to_owned()),
            // A code with a region says it all.
            locale: fact(code, "locale"),
        }
    }
}

/// The language of a code that may name a region, too.
fn base(code: &str) -> &str {
    code.split_once('-').map_or(code, |(language, _)| language)
}

/// The texts of a file of `scaffold/`, which is part of this program; a test holds that they are in order.
fn texts(text: &str) -> Map<String, Value> {
    let node = yaml::parse(text, FileId::default(), 0, &mut Diagnostics::default());
    node.map(|node| flat(&node)).unwrap_or_default()
}

impl Words {
    /// The words of a language, or those that stand for it.
    fn of(code: &str) -> Words {
        let file = WORDS.get_file(format!("{}.yaml", base(code))).or_else(|| WORDS.get_file(OTHER));
        let text = file.and_then(include_dir::File::contents_utf8).unwrap_or_default();
        Words { code: code.to_owned(), words: texts(text), facts: Facts::of(code) }
    }

    fn get(&self, name: &str) -> &str {
        self.words.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

/// The words for a language that has none.
const OTHER: &str = "_.yaml";

/// Every file of a new site.
///
/// # Errors
/// What is wrong with the languages.
pub fn files(codes: &[String]) -> Result<Vec<File>, String> {
    let codes: Vec<String> = if codes.is_empty() { theme::built_in_languages().map(str::to_owned).collect() } else { codes.to_vec() };
    for (at, code) in codes.iter().enumerate() {
        is_language(code)?;
        if codes[..at].contains(code) {
            return Err(format!("`{code}` stands twice"));
        }
    }
    let languages: Vec<Words> = codes.iter().map(|code| Words::of(code)).collect();
    let mut files = Vec::new();
    collect(&SITE, &languages, &mut files);
    files.extend(codes.iter().filter_map(|code| messages(code, "default")));
    files.push(File { path: "netlify.toml".to_owned(), bytes: netlify(&codes).into_bytes() });
    files.extend(schema::files(&Languages::new(codes)));
    files.extend(schema::editor_settings());
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Whether a code is that of a language and can be a part of addresses.
fn is_language(code: &str) -> Result<(), String> {
    let small = code.to_lowercase();
    if Key::new(&small).is_none() || Formatter::new(&small).is_none() {
        return Err(format!("`{code}` is not the code of a language; write BCP 47 codes, as da or en-gb"));
    }
    if let Some(help) = unknown_language(&small) {
        return Err(format!("there is no language with the code `{code}`; {help}"));
    }
    if code != small {
        return Err(format!("`{code}` becomes a part of addresses; write it in small letters: {small}"));
    }
    Ok(())
}

/// The words of a theme in a language, to be translated.
///
/// # Errors
/// There is no such language, or its words are built in.
pub fn words(code: &str, theme: &str) -> Result<File, String> {
    is_language(code)?;
    messages(code, theme)
        .ok_or_else(|| format!("the words in `{code}` are built in; what a site says otherwise stands alone in themes/{theme}/messages/{code}.yaml"))
}

/// The words of a theme in a language that is not built in: those of the language without its region, or of another, to be translated.
fn messages(code: &str, theme: &str) -> Option<File> {
    let words = |code: &str| theme::built_in_text(&format!("messages/{code}.yaml"));
    if words(code).is_some() {
        return None;
    }
    let other = Words::of("");
    let like = other.get("like");
    let text = words(base(code)).map_or_else(
        || format!("# Still to be translated: these words are in `{like}`.\n{}", with_stemmer(words(like).unwrap_or_default(), &Facts::of(code).stemmer)),
        str::to_owned,
    );
    Some(File { path: format!("themes/{theme}/messages/{code}.yaml"), bytes: text.into_bytes() })
}

/// The words of a theme with the stemmer of another language: what is to be found is not in that of the words.
fn with_stemmer(words: &str, stemmer: &str) -> String {
    let line = |line: &str| match line.split_once("stemmer:") {
        Some((indent, _)) if indent.trim().is_empty() => format!("{indent}stemmer: {stemmer}\n"),
        _ => format!("{line}\n"),
    };
    words.lines().map(line).collect()
}

fn collect(dir: &Dir<'_>, languages: &[Words], files: &mut Vec<File>) {
    for file in dir.files() {
        let (path, text) = (file.path().display().to_string(), file.contents_utf8().unwrap_or_default());
        if path.contains('@') {
            // A file in each language.
            files.extend(languages.iter().map(|language| File {
                path: path.replace('@', &language.code),
                bytes: fill(text, |name| Some(language.get(name).replace('"', "\\\""))).into_bytes(),
            }));
            continue;
        }
        let modeline = DataFile::of(&path).map(|data| schema::modeline(data.kind)).unwrap_or_default();
        let bytes = format!("{modeline}{}", fill(text, |name| whole(name, languages))).into_bytes();
        files.push(File { path, bytes });
    }
    dir.dirs().for_each(|dir| collect(dir, languages, files));
}

/// What stands for a name in a file that has all languages.
fn whole(name: &str, languages: &[Words]) -> Option<String> {
    let codes = || languages.iter().map(|language| language.code.as_str());
    match name {
        "first" => codes().next().map(str::to_owned),
        "codes" => Some(codes().collect::<Vec<_>>().join(", ")),
        "version" => Some(env!("CARGO_PKG_VERSION").to_owned()),
        "languages" => Some(languages.iter().map(language).collect::<Vec<_>>().join("\n")),
        _ if languages.iter().all(|language| language.words.contains_key(name)) => {
            // A text of JSON is one of YAML.
            let texts: Vec<String> = languages.iter().map(|language| format!("{}: {}", language.code, Value::from(language.get(name)))).collect();
            Some(format!("{{{}}}", texts.join(", ")))
        }
        _ => None,
    }
}

/// A language in the record of the site. Words of addresses for records that are not there yet wait as comments.
fn language(words: &Words) -> String {
    let slugs = |group: &'static str, sign: &'static str| {
        words.words.iter().filter_map(move |(name, slug)| Some(format!("      {sign}{}: {}", name.strip_prefix(group)?, slug.as_str()?)))
    };
    let lines: Vec<String> = slugs("slugs.", "").chain(["      # once there are such records:".to_owned()]).chain(slugs("later.", "# ")).collect();
    let Facts { name, locale, .. } = &words.facts;
    let locale = locale.as_ref().map(|locale| format!("    locale: {locale}\n")).unwrap_or_default();
    format!("  - code: {}\n    name: {name}\n{locale}    slugs:\n{}", words.code, lines.join("\n"))
}

/// A text with what stands for each name between at signs; what is no name stays.
fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'.' | b'_'));
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(start) = rest.find('@') {
        out.push_str(&rest[..start]);
        let after = &rest[start + 1..];
        match after.find('@').map(|end| (&after[..end], &after[end + 1..])).and_then(|(name, rest)| Some((value(name).filter(|_| is_name(name))?, rest))) {
            Some((value, after)) => {
                out.push_str(&value);
                rest = after;
            }
            None => {
                out.push('@');
                rest = after;
            }
        }
    }
    out + rest
}

/// How Netlify builds and answers for a site with these languages: the headers are those of this program's own site.
fn netlify(codes: &[String]) -> String {
    let headers = NETLIFY.find("[[headers]]").map_or("", |at| &NETLIFY[at..]);
    let install = "cargo install --locked --git \\\"$SPORBAR_REPOSITORY\\\" ${SPORBAR_REVISION:+--rev \\\"$SPORBAR_REVISION\\\"} sporbar && sporbar build --strict --message-format short";
    let draft = format!("{install} --draft --base-url $DEPLOY_PRIME_URL");
    format!(
        "# Builds and publishes the site: every commit is checked, and a faulty one publishes nothing.\n\
         # SPORBAR_REPOSITORY, set in the settings of the site, is the git repository that Sporbar is installed from;\n\
         # SPORBAR_REVISION, where set, the commit of it, so that the site changes only with what is written here.\n\
         [build]\n  command = \"{install}\"\n  publish = \"public\"\n\n\
         # A preview of a change has an address of its own, and search engines leave it alone.\n\
         [context.deploy-preview]\n  command = \"{draft}\"\n\n[context.branch-deploy]\n  command = \"{draft}\"\n\n\
         [build.environment]\n  RUST_VERSION = \"{}.0\"\n\n{}\n# What the pages need and nothing else: nothing inline runs, nothing comes from elsewhere.\n{headers}",
        env!("CARGO_PKG_RUST_VERSION"),
        redirects(codes)
    )
}

/// Where Netlify leads readers of a site with these languages.
pub fn redirects(codes: &[String]) -> String {
    let is_choice = codes.len() > 1;
    let (root, elsewhere) = match is_choice {
        true => ("follows the reader's browser; without a match it offers every language", "/404.html, which offers every language"),
        false => ("leads to the home page", "/404.html"),
    };
    let mut text = format!("# The root {root}.\n");
    for code in codes {
        let condition = if is_choice { format!("  conditions = {{ Language = [\"{code}\"] }}\n") } else { String::new() };
        text += &format!("[[redirects]]\n  from = \"/\"\n  to = \"/{code}/\"\n  status = 302\n  force = true\n{condition}\n");
    }
    text += &format!("# Where nothing is found, the page in the language of the address; everywhere else {elsewhere}.\n");
    for code in codes {
        text += &format!("[[redirects]]\n  from = \"/{code}/*\"\n  to = \"/{code}/404.html\"\n  status = 404\n\n");
    }
    text.trim_end().to_owned() + "\n"
}
