//! The look of all pages: the forms of languages, style sheets and other assets, templates.
//!
//! In: the theme. Out: a [`Look`], taken again as long as the theme is the one it was made from.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Language, assets, search, template};
use crate::diagnostic::Diagnostics;
use crate::load::Content;
use crate::load::theme::Theme;
use crate::source::{File, FileTree};

/// What all pages share.
pub struct Look {
    /// The languages of the site with the forms of each.
    pub(super) languages: Arc<Vec<Language>>,
    /// How words of each are folded and stemmed; nothing where that has a fault, which was reported.
    pub(super) rules: Vec<Option<search::Rules>>,
    /// The assets under names that change with their content.
    pub(super) assets: Vec<File>,
    /// The addresses of the assets, by the names that templates use.
    pub(super) names: BTreeMap<String, String>,
    /// The templates.
    pub(super) compiled: template::Compiled,
}

/// The last look in which nothing was wrong.
#[derive(Default)]
pub struct Memory(Mutex<Option<Past>>);

struct Past {
    theme: Arc<Theme>,
    /// The codes of the languages it was made for.
    codes: Vec<String>,
    look: Arc<Look>,
}

/// The look of a site, which takes nothing but its theme and its languages; nothing where a fault leaves none. Faults are reported.
pub fn look(content: &Content, sources: &FileTree, memory: Option<&Memory>, diagnostics: &mut Diagnostics) -> Option<Arc<Look>> {
    let codes: Vec<String> = content.site.languages.iter().map(|record| record.tag().0.to_owned()).collect();
    let last = memory.map(|memory| memory.0.lock().unwrap_or_else(PoisonError::into_inner));
    if let Some(Some(past)) = last.as_deref()
        && Arc::ptr_eq(&past.theme, &content.theme)
        && past.codes == codes
    {
        return Some(Arc::clone(&past.look));
    }
    let mut found = Diagnostics::default();
    let look = make(content, sources, &mut found).map(Arc::new);
    if let (Some(mut last), Some(look), true) = (last, &look, found.is_empty()) {
        *last = Some(Past { theme: Arc::clone(&content.theme), codes, look: Arc::clone(look) });
    }
    diagnostics.append(found);
    look
}

fn make(content: &Content, sources: &FileTree, diagnostics: &mut Diagnostics) -> Option<Look> {
    let languages = Arc::new(template::languages(content, diagnostics)?);
    let mut of_templates = Diagnostics::default();
    let ((assets, names), compiled) =
        rayon::join(|| assets(content, sources, diagnostics), || template::compile(content, sources, &languages, &mut of_templates));
    let rules = languages.iter().map(|language| search::rules(content, language, sources, diagnostics)).collect();
    diagnostics.append(of_templates);
    Some(Look { languages, rules, assets, names, compiled: compiled? })
}
