//! What holds for all inputs.

use proptest::prelude::*;
use rust_decimal::Decimal;
use sporbar::diagnostic::emit::{self, Format};
use sporbar::load::read;
use sporbar::load::translation::Fingerprint;
use sporbar::load::value::{Amount, Key, PartialDate, Url};
use sporbar::model::terms::Terms;
use sporbar::source::{File, FileTree};
use sporbar::{Goal, compile};

use super::{here, huge};

/// The base site with other amounts in the two initiatives of a theme, and a stated sum of them in tenths.
fn funded(first: &str, second: &str, stated: i64) -> bool {
    let written = |tenths: i64| Decimal::new(tenths, 1).to_string();
    let base = read::read(&here("tests/cases/base")).unwrap();
    let files = base.iter().map(|file| {
        let text = String::from_utf8(file.bytes.clone()).unwrap();
        let text = match file.path.as_str() {
            "data/initiatives/one/01.yaml" => text.replace("2031: 1.5", &format!("2031: {first}")),
            "data/initiatives/one/02.yaml" => text.replace("2031: 2.0", &format!("2031: {second}")),
            "data/strategies/one.yaml" => {
                // The grand total has a reserve of 1.0 besides.
                text.replace("2031: 3.5", &format!("2031: {}", written(stated))).replace("2031: 4.5", &format!("2031: {}", written(stated + 10)))
            }
            _ => text,
        };
        File { path: file.path.clone(), bytes: text.into_bytes() }
    });
    compile(files.collect(), Goal::Check).is_publishable()
}

/// The real site with some bytes changed: whole or not at all, and never a panic.
fn survives(file: usize, at: usize, bytes: Vec<u8>) -> (bool, FileTree, String) {
    let sources = read::read(&here("")).unwrap();
    let count = sources.iter().filter(|file| !file.path.starts_with("themes/")).count();
    let files = sources.iter().filter(|file| !file.path.starts_with("themes/")).cloned().enumerate().map(|(index, mut source)| {
        if index == file % count {
            let at = at % (source.bytes.len() + 1);
            let end = (at + bytes.len()).min(source.bytes.len());
            source.bytes.splice(at..end, bytes.iter().copied());
        }
        source
    });
    let files: FileTree = files.collect();
    let compilation = compile(files.clone(), Goal::Review);
    assert_eq!(compile(files, Goal::Check).diagnostics, compilation.diagnostics, "a check finds something else");
    let text = emit::render(&compilation.diagnostics, &compilation.sources, Format::Human, false);
    (compilation.is_publishable(), compilation.output, text)
}

/// Whatever ends a line and begins a file, the site is the same.
#[test]
fn windows_line_ends_and_byte_order_marks_change_no_page() {
    let base = read::read(&here("tests/cases/base")).unwrap();
    let plain: FileTree = base.iter().cloned().collect();
    let marked = base.iter().filter(|file| !file.path.starts_with("themes/")).map(|file| {
        let text = String::from_utf8(file.bytes.clone()).unwrap().replace('\n', "\r\n");
        File { path: file.path.clone(), bytes: format!("\u{feff}{text}").into_bytes() }
    });
    let marked: FileTree = marked.chain(base.iter().filter(|file| file.path.starts_with("themes/")).cloned()).collect();
    let (plain, marked) = (compile(plain, Goal::Publish), compile(marked, Goal::Publish));
    assert_eq!(emit::render(&marked.diagnostics, &marked.sources, Format::Short, false), "");
    assert!(plain.output.len() > 20 && plain.output == marked.output);
}

/// Where terms stand, told the long way: at every place where a word begins, the longest form there that ends with one.
fn places_of_terms(text: &str, forms: &[String]) -> Vec<(std::ops::Range<usize>, usize)> {
    let is_letter = |c: char| c.is_alphanumeric() || c == '-';
    let (mut found, mut from): (Vec<(_, usize)>, usize) = (Vec::new(), 0);
    for (at, _) in text.char_indices() {
        let is_here = |form: &str| text[at..].strip_prefix(form).is_some_and(|rest| !rest.starts_with(is_letter));
        let here = forms.iter().enumerate().filter(|(_, form)| at >= from && is_here(form));
        let Some((term, form)) = here.min_by_key(|(_, form)| std::cmp::Reverse(form.len())) else { continue };
        let end = at + form.len();
        if text[..at].ends_with(is_letter) {
            continue;
        }
        from = end;
        if !found.iter().any(|(_, known)| *known == term) {
            found.push((at..end, term));
        }
    }
    found
}

/// What the page of a chapter shows of some code in each of some languages, without its colours.
fn shown_without_colours(code: &str, languages: &[&str]) -> Vec<String> {
    let blocks: String = languages.iter().map(|language| format!("~~~~{language}\n{code}\n~~~~\n\n")).collect();
    let output = compile(huge::chapter(&blocks), Goal::Preview).output;
    let page = String::from_utf8(output.get("en/about/method/index.html").unwrap().bytes.clone()).unwrap();
    let blocks = page.split("translate=\"no\"><code>").skip(1).map(|rest| rest.split("</code>").next().unwrap());
    // What is left of a sign that opens an element is no code.
    blocks.map(|block| block.split('<').enumerate().map(|(at, part)| if at == 0 { part } else { part.split_once('>').unwrap().1 }).collect()).collect()
}

/// Code that is YAML or Markdown for some of the way.
fn code() -> impl Strategy<Value = String> {
    const PIECES: &str = "a§a: §- §? §\"§'§[§]§{§}§|\n§>-\n§\n§\r\n§  §\t§# b§&c §!d §*e§%f§---\n§...§1.5§**§_§`§[g](h)§![i](j)§[^1]§[^1]: §> §## §\
        | k | l |\n|---|---|\n§\\§<m>§&amp;§æ§\u{1f600}§\u{2028}§e\u{301}§$(n)";
    let pieces: Vec<&str> = PIECES.split('§').collect();
    prop::collection::vec(prop::sample::select(pieces), 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Tenths add up exactly, however many, and a tenth too much is always seen.
    #[test]
    fn sums_are_exact(first in 0..1_000_000i64, second in 0..1_000_000i64) {
        let written = |tenths: i64| Decimal::new(tenths, 1).to_string();
        prop_assert!(funded(&written(first), &written(second), first + second));
        prop_assert!(!funded(&written(first), &written(second), first + second + 1));
    }

    /// A blank never counts as an amount, not even as nought.
    #[test]
    fn blanks_do_not_count(first in 0..1_000_000i64, blank in prop::sample::select(vec!["not-stated", "none", "not-applicable", "{kind: already-financed, amount: 7.0, printed: '7,0'}"])) {
        prop_assert!(funded(&Decimal::new(first, 1).to_string(), blank, first));
    }

    /// Garbled input is published whole or not at all, and every fault has a place.
    #[test]
    fn garbled_sites_are_whole_or_refused(file in any::<usize>(), at in any::<usize>(), bytes in prop::collection::vec(any::<u8>(), 0..24)) {
        let (publishable, output, messages) = survives(file, at, bytes);
        prop_assert!(publishable != output.is_empty() || messages.contains("E007") || messages.contains("E008"), "{messages}");
        prop_assert_eq!(publishable, !messages.contains("error["));
        // A message that names a second place in another file has two.
        prop_assert!(messages.matches("error[").count() <= messages.matches("--> ").count());
    }

    /// What is read as a value is written the same way again.
    #[test]
    fn values_survive_a_round_trip(text in "[0-9a-z.:/-]{1,14}") {
        if let Ok(date) = text.parse::<PartialDate>() {
            prop_assert_eq!(date.to_string(), text.clone());
        }
        if let Some(key) = Key::new(&text) {
            prop_assert_eq!(key.as_str(), text.as_str());
        }
        if let Ok(amount) = Amount::parse(&text) {
            prop_assert_eq!(Amount::parse(&amount.0.to_string()).unwrap().0, amount.0);
        }
        if let Some(url) = Url::new(&text) {
            prop_assert_eq!(url.0, text);
        }
    }

    /// Looked up word by word, terms stand where they stand when every place is tried.
    #[test]
    fn terms_are_whole_words(text in "[ab§ø. ’-]{0,24}", forms in prop::collection::vec("[ab§ø. ’-]{1,4}", 1..6)) {
        let terms = Terms::new(forms.iter().enumerate().map(|(at, form)| (form.as_str(), at))).unwrap();
        prop_assert_eq!(terms.find(&text, &mut Vec::new()), places_of_terms(&text, &forms));
    }

    /// Code says the same in colours as without, whatever it says and in whichever language it is said to be.
    #[test]
    fn colours_change_no_letter_of_code(code in code()) {
        let shown = shown_without_colours(&code, &["text", "yaml", "markdown", "sh", "rst"]);
        prop_assert_eq!(shown.len(), 5);
        for other in &shown[1..] {
            prop_assert_eq!(&shown[0], other);
        }
    }

    /// A text is the same text however its words are set apart.
    #[test]
    fn fingerprints_are_those_of_the_words(text in "[ab\u{b}\u{a0}\u{2003}\u{2019}\u{2028}\u{3000} \n\t\rø]{0,40}") {
        let words: Vec<&str> = text.split_whitespace().collect();
        prop_assert_eq!(Fingerprint::of(&text), Fingerprint::of(&words.join(" ")));
        prop_assert_eq!(Fingerprint::of(&text), Fingerprint::of(&words.join("\n\n")));
        prop_assert_eq!(Fingerprint::of(&words.join(" ")), Fingerprint::of(&words.join("\u{a0}")));
    }
}
