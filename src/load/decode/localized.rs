//! A text in each language of the site.
//!
//! In: a mapping from codes of languages to texts. Out: all of them or none, held to each other, and what tells later whether they
//! are still in step. Never chooses a language for another that is missing.

use serde_json::{Value, json};

use super::{Cx, Decode, list, scalar};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::load::files;
use crate::load::translation::{Fingerprint, SourceText};
use crate::load::twins;
use crate::load::yaml::{Kind, Node};
use crate::locale::{Languages, Locale, Localized};
use crate::source::Span;

impl<T: Decode> Decode for Localized<T> {
    fn decode(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let languages = cx.languages;
        let Kind::Map(map) = &node.kind else {
            if matches!(node.kind, Kind::Broken) {
                return None;
            }
            let help = languages.codes().map(|code| format!("{code}: …")).collect::<Vec<_>>().join(", ");
            let message = format!("expected a text in each language, found {}", node.noun());
            return cx.fail(Diagnostic::new(Code::WrongType, node.span, message).help(format!("write {{{help}}}")));
        };
        let mut values: Vec<Option<T>> = languages.iter().map(|_| None).collect();
        let mut seen: Vec<Option<Span>> = vec![None; languages.len()];
        let mut places = vec![node.span; languages.len()];
        for (key, value) in map {
            let Some(word) = scalar(key, "the code of a language", cx) else { continue };
            let Some(locale) = languages.find(word) else {
                if word.contains(files::is_unseen) {
                    let meant = nearest(word, languages.codes()).and_then(|code| languages.find(code));
                    meant.into_iter().for_each(|locale| seen[locale.index()] = Some(key.span));
                    continue;
                }
                if cx.report_misplaced(word, key.span) {
                    match value.kind {
                        Kind::Nothing => break,
                        _ => continue,
                    }
                }
                let guess = nearest(word, languages.codes());
                if let Some(meant) = guess.and_then(|code| languages.find(code)) {
                    seen[meant.index()].get_or_insert(key.span);
                }
                let help = guess
                    .map_or_else(|| format!("the languages are {}", list(&languages.codes().collect::<Vec<_>>())), |guess| format!("did you mean `{guess}`?"));
                cx.diagnostics.push(Diagnostic::new(Code::UnknownLanguage, key.span, format!("unknown language `{word}`")).help(help));
                continue;
            };
            if let Some(first) = seen[locale.index()] {
                cx.diagnostics.push(Diagnostic::new(Code::DuplicateKey, key.span, format!("`{word}` is written twice")).related(first, "first written here"));
                continue;
            }
            seen[locale.index()] = Some(key.span);
            if matches!(value.kind, Kind::Nothing) {
                cx.diagnostics.push(Diagnostic::new(Code::MissingLanguage, key.span, format!("`{word}` has no text")));
            } else {
                values[locale.index()] = T::decode(value, cx).inspect(|text| text.leftovers(value.span, cx.diagnostics));
                places[locale.index()] = value.span;
            }
        }
        for locale in languages.iter().filter(|locale| seen[locale.index()].is_none()) {
            let code = languages.code(locale);
            let message = format!("the text is missing in `{code}`");
            let is_in_braces = cx.text.get(node.span.range()).is_some_and(|written| written.starts_with('{'));
            let help = if is_in_braces { format!("add `, {code}: …` before the `}}`") } else { format!("add a line `{code}: …`") };
            cx.diagnostics.push(Diagnostic::new(Code::MissingLanguage, node.span, message).help(help));
        }
        let texts = Localized::try_from_fn(languages, |locale| values[locale.index()].take())?;
        in_step(&texts, &places, cx);
        Some(texts)
    }

    fn schema(languages: &Languages) -> Value {
        let properties: serde_json::Map<String, Value> = languages.codes().map(|code| (code.to_owned(), T::schema(languages))).collect();
        let required: Vec<&str> = languages.codes().collect();
        json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
    }
}

/// Holds the texts of all languages to each other, and keeps what tells whether they stay in step.
fn in_step<T: Decode>(texts: &Localized<T>, places: &[Span], cx: &mut Cx<'_>) {
    let source = &texts[Locale::SOURCE];
    for locale in cx.languages.iter().skip(1) {
        let twin = &texts[locale];
        T::agree(source, twin, cx.diagnostics);
        if let (Some(words), Some(twin)) = (source.words(), twin.words()) {
            twins::numbers_agree((words, places[0], cx.text), (twin, places[locale.index()], cx.text), cx.diagnostics);
        }
    }
    if let (Some(words), [span, twins @ ..]) = (source.words(), places) {
        cx.texts.push(SourceText { fingerprint: Fingerprint::of(words), span: *span, twins: twins.to_vec() });
    }
}
