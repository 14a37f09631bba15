//! Style sheets: the files of the theme become as few as its pages ask for.
//!
//! In: the theme's `*.css` files and the published names of its other assets. Out: each style sheet that no other one
//! imports, with everything it imports in it, short, and with the published name in every `url()`. A style sheet of
//! Sporbar brings nothing from elsewhere: whatever is not an asset of the theme is a fault.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use lightningcss::bundler::{Bundler, ResolveResult, SourceProvider};
use lightningcss::dependencies::{Dependency, DependencyOptions};
use lightningcss::error::ErrorLocation;
use lightningcss::rules::CssRule;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions, StyleSheet};
use lightningcss::targets::{Browsers, Targets};
use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::load::theme::Theme;
use crate::source::{FileId, FileTree, Span};

/// What newer CSS is rewritten for: the browsers of early 2023, so that phones of some years show the page as it is meant.
fn targets() -> Targets {
    let version = |major: u32, minor: u32| Some(major << 16 | minor << 8);
    let (chromium, safari) = (version(110, 0), version(16, 2));
    Browsers { chrome: chromium, edge: chromium, firefox: version(110, 0), safari, ios_saf: safari, ..Browsers::default() }.into()
}

/// Most custom properties that are named one by one.
const MOST_NAMED: usize = 3;

/// The style sheet that another one imports, and where it says so.
type Import = (String, ErrorLocation);

/// The style sheets of a theme.
pub struct Styles<'s> {
    /// Name and text of each file.
    files: BTreeMap<&'s str, (FileId, &'s str)>,
    /// Every asset with its published name, style sheets excepted.
    assets: &'s BTreeMap<String, String>,
    theme: &'s Theme,
    sources: &'s FileTree,
}

impl<'s> Styles<'s> {
    /// The style sheets among the assets of a theme.
    pub fn new(theme: &'s Theme, assets: &'s BTreeMap<String, String>, sources: &'s FileTree, diagnostics: &mut Diagnostics) -> Self {
        let sheets = theme.assets.iter().filter(|(name, _)| is_style(name));
        let files = sheets.filter_map(|(name, id)| Some((name.as_str(), (*id, crate::load::utf8(sources, *id, diagnostics)?))));
        Styles { files: files.collect(), assets, theme, sources }
    }

    /// Name and text of each style sheet to publish; as they are written where one has a fault, which is reported.
    pub fn bundle(&self, diagnostics: &mut Diagnostics) -> Vec<(String, String)> {
        let mut faults = Diagnostics::default();
        let checked: Vec<_> = self.files.par_iter().map(|(name, _)| self.check(name)).collect();
        let mut imports = BTreeMap::new();
        for (name, (list, found)) in self.files.keys().zip(checked) {
            imports.insert(*name, list);
            faults.append(found);
        }
        self.circles(&imports, &mut faults);
        let imported: BTreeSet<&str> = imports.values().flatten().map(|(target, _)| target.as_str()).collect();
        let mut bundles: Vec<Option<(String, String)>> = Vec::new();
        if !faults.has_errors() {
            let entries = self.files.keys().filter(|name| !imported.contains(**name));
            bundles.extend(entries.map(|name| Some(((*name).to_owned(), self.one(name, &mut faults)?))));
        }
        if !faults.has_errors() {
            self.undefined(bundles.iter().flatten().map(|(_, text)| text.as_str()), &mut faults);
        }
        let as_written = || self.files.iter().map(|(name, (_, text))| ((*name).to_owned(), (*text).to_owned())).collect();
        let whole = (!faults.has_errors()).then(|| bundles.into_iter().flatten().collect());
        diagnostics.append(faults);
        whole.unwrap_or_else(as_written)
    }

    /// Reports style sheets that import themselves by way of others, each circle once: no page would get any of them.
    fn circles(&self, imports: &BTreeMap<&str, Vec<Import>>, faults: &mut Diagnostics) {
        let mut known = BTreeSet::new();
        for (&name, list) in imports {
            for (target, place) in list {
                let (mut reached, mut next) = (BTreeSet::new(), vec![target.as_str()]);
                while let Some(sheet) = next.pop() {
                    if reached.insert(sheet) {
                        next.extend(imports[sheet].iter().map(|(target, _)| target.as_str()));
                    }
                }
                if reached.contains(name) && !known.contains(name) {
                    known.extend(reached);
                    let message =
                        if target == name { "a style sheet that imports itself".into() } else { format!("`{target}` imports this style sheet in turn") };
                    faults.push(self.fault(Some(place), name, &message).help("take one of the imports out"));
                }
            }
        }
    }

    /// Reports custom properties that nothing defines: whatever asks for one is then drawn as if the line were not there.
    fn undefined<'t>(&self, texts: impl Iterator<Item = &'t str> + Clone, faults: &mut Diagnostics) {
        let defined = |text: &'t str| names(text, "").filter(|(_, after)| after.starts_with(':')).chain(names(text, "@property ")).map(|(name, _)| name);
        let defined: BTreeSet<&str> = texts.clone().flat_map(defined).collect();
        let asked: BTreeSet<&str> = texts.flat_map(|text| names(text, "var(").filter(|(_, after)| after.starts_with(')')).map(|(name, _)| name)).collect();
        // A template or a script may give an element a value.
        let others = self.theme.templates.iter().chain(self.theme.assets.iter().filter(|(name, _)| !is_style(name)));
        let others: Vec<&str> = if asked.is_subset(&defined) { return } else { others.filter_map(|(_, id)| self.sources.text(*id)).collect() };
        let missing: Vec<&str> = asked.difference(&defined).filter(|name| !others.iter().any(|text| text.contains(**name))).copied().collect();
        let Some(first) = missing.first() else { return };
        let written = |text: &str| text.match_indices(first).map(|(at, _)| at).find(|at| !text[at + first.len()..].starts_with(is_part));
        let place = self.files.values().find_map(|(id, text)| written(text).map(|at| Span::new(*id, at..at + first.len())));
        let Some(place) = place.or_else(|| self.files.values().next().map(|(id, _)| Span::top(*id))) else { return };
        let named = missing.iter().take(MOST_NAMED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let message = if missing.len() > MOST_NAMED {
            format!("nothing defines {} values, among them {named}", missing.len())
        } else {
            format!("nothing defines {named}")
        };
        let help = if missing.len() == 1 { did_you_mean(missing[0], defined) } else { None };
        let help = help.unwrap_or_else(|| "a file replaces the built-in one of its name whole: to change only some values, write them in `own.css`".into());
        faults.push(Diagnostic::new(Code::Style, place, message).help(help));
    }

    /// What a file imports, and every fault of it.
    fn check(&self, name: &str) -> (Vec<Import>, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let warnings = Arc::default();
        let options = ParserOptions { filename: name.to_owned(), error_recovery: true, warnings: Some(Arc::clone(&warnings)), ..ParserOptions::default() };
        let sheet = StyleSheet::parse(self.files[name].1, options);
        let found: Arc<RwLock<Vec<_>>> = warnings;
        let found = found.read().map(|list| list.clone()).unwrap_or_default();
        for fault in found.into_iter().chain(sheet.as_ref().err().cloned()) {
            diagnostics.push(self.fault(fault.loc.as_ref(), name, &fault.kind.to_string()));
        }
        let mut imported = Vec::new();
        for rule in sheet.iter().flat_map(|sheet| &sheet.rules.0) {
            let CssRule::Import(import) = rule else { continue };
            let target = resolve(&import.url, name);
            let place = ErrorLocation::new(import.loc, name.to_owned());
            match target.filter(|target| self.files.contains_key(target.as_str())) {
                Some(target) => imported.push((target, place)),
                None => {
                    let help = did_you_mean(&import.url, self.files.keys().copied()).unwrap_or_else(|| "an import names a style sheet of the theme".into());
                    diagnostics.push(self.fault(Some(&place), name, &format!("there is no style sheet `{}`", import.url)).help(help));
                }
            }
        }
        (imported, diagnostics)
    }

    /// A style sheet with everything it imports.
    fn one(&self, name: &str, diagnostics: &mut Diagnostics) -> Option<String> {
        let mut bundler = Bundler::new(self, None, ParserOptions::default());
        let mut sheet =
            bundler.bundle(Path::new(name)).map_err(|fault| diagnostics.push(self.fault(fault.loc.as_ref(), name, &fault.kind.to_string()))).ok()?;
        let minified = sheet.minify(MinifyOptions { targets: targets(), ..MinifyOptions::default() });
        minified.map_err(|fault| diagnostics.push(self.fault(fault.loc.as_ref(), name, &fault.kind.to_string()))).ok()?;
        let options =
            PrinterOptions { minify: true, targets: targets(), analyze_dependencies: Some(DependencyOptions::default()), ..PrinterOptions::default() };
        let printed = sheet.to_css(options).map_err(|fault| diagnostics.push(self.fault(fault.loc.as_ref(), name, &fault.kind.to_string()))).ok()?;
        let mut text = printed.code;
        for dependency in printed.dependencies.into_iter().flatten() {
            let Dependency::Url(url) = dependency else { continue };
            // A place on the page itself, for instance a filter, is no file.
            let target = resolve(&url.url, &url.loc.file_path).and_then(|target| self.assets.get(&target).cloned());
            let target = target.or_else(|| url.url.starts_with('#').then(|| url.url.clone()));
            let Some(target) = target else {
                let place = ErrorLocation { filename: url.loc.file_path.clone(), line: url.loc.start.line.saturating_sub(1), column: url.loc.start.column };
                let help = did_you_mean(&url.url, self.assets.keys().map(String::as_str).filter(|name| *name != url.url));
                let help = help.unwrap_or_else(|| "a style sheet uses only assets of the theme, each by its place as seen from the style sheet".into());
                diagnostics.push(self.fault(Some(&place), name, &format!("there is no asset `{}`", url.url)).help(help));
                continue;
            };
            text = text.replace(&format!("url(\"{}\")", url.placeholder), &format!("url(\"{target}\")"));
        }
        Some(text)
    }

    /// A fault at a place that the library names; columns count the units of UTF-16.
    fn fault(&self, place: Option<&ErrorLocation>, name: &str, message: &str) -> Diagnostic {
        let (id, text) = place.and_then(|place| self.files.get(place.filename.as_str())).unwrap_or(&self.files[name]);
        let span = place.map_or(Span::top(*id), |place| {
            let before: usize = text.split_inclusive('\n').take(place.line as usize).map(str::len).sum();
            let line = text[before..].lines().next().unwrap_or_default();
            let mut units = place.column.saturating_sub(1);
            let column = line.char_indices().find(|(_, c)| {
                let here = units == 0;
                units = units.saturating_sub(c.len_utf16() as u32);
                here
            });
            let at = before + column.map_or(line.len(), |(at, _)| at);
            Span::new(*id, at..at)
        });
        let message = message.trim_end_matches('.');
        let mut letters = message.chars();
        let message = letters.next().map(|first| first.to_lowercase().chain(letters).collect::<String>()).unwrap_or_default();
        Diagnostic::new(Code::Style, span, message)
    }
}

/// Whether a sign can be a part of the name of a custom property.
fn is_part(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '-' | '_')
}

/// The custom properties that follow on some text, each with what comes after it.
fn names<'t>(text: &'t str, before: &str) -> impl Iterator<Item = (&'t str, &'t str)> {
    let start = before.len();
    text.match_indices(&format!("{before}--")).map(|(at, _)| at + start).collect::<Vec<_>>().into_iter().map(move |at| {
        let name = &text[at..];
        name.split_at(name.find(|sign| !is_part(sign)).unwrap_or(name.len()))
    })
}

/// Whether an asset is a style sheet.
pub fn is_style(name: &str) -> bool {
    name.ends_with(".css")
}

/// The asset that an address in a style sheet means; nothing where it leads out of the theme.
fn resolve(address: &str, from: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in address.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            "" => return None,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Imports are checked before anything is bundled, so nothing can be missing here.
impl SourceProvider for Styles<'_> {
    type Error = Infallible;

    fn read<'a>(&'a self, file: &Path) -> Result<&'a str, Infallible> {
        Ok(file.to_str().and_then(|name| self.files.get(name)).map_or("", |(_, text)| *text))
    }

    fn resolve(&self, address: &str, from: &Path) -> Result<ResolveResult, Infallible> {
        let target = resolve(address, from.to_str().unwrap_or_default()).unwrap_or_default();
        Ok(ResolveResult::File(PathBuf::from(target)))
    }
}
