//! A made-up site of N initiatives: N/10 themes, N/5 recommendations with proposals and traces, two languages, some
//! 250 words of Markdown in each text with links between the records. The same N gives the same bytes.

use std::fmt::Write;
use std::path::Path;

use sporbar::source::{File, FileTree};

/// Words to make texts of, in the two languages.
const WORDS: [&[&str]; 2] = [
    &[
        "sundhed",
        "forskning",
        "virksomhed",
        "patient",
        "aftale",
        "bedre",
        "national",
        "data",
        "adgang",
        "hurtig",
        "kommune",
        "region",
        "udvikling",
        "løsning",
        "støtte",
        "måling",
        "økonomi",
        "år",
        "arbejde",
        "international",
        "ansvar",
        "indsats",
        "viden",
        "samarbejde",
        "og",
        "med",
        "til",
        "for",
    ],
    &[
        "health",
        "research",
        "company",
        "patient",
        "agreement",
        "better",
        "national",
        "data",
        "access",
        "fast",
        "municipality",
        "region",
        "development",
        "solution",
        "support",
        "measure",
        "funding",
        "year",
        "work",
        "international",
        "duty",
        "effort",
        "knowledge",
        "cooperation",
        "and",
        "with",
        "to",
        "for",
    ],
];
const CODES: [&str; 2] = ["da", "en"];

/// Repeatable numbers; their only quality is to be spread out.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides.max(1)
    }
}

/// The folder as a site on the disk.
pub fn store(tree: &FileTree, root: &Path) {
    for file in tree.iter() {
        let path = root.join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
        std::fs::write(path, &file.bytes).expect("the file can be written");
    }
}

/// The site of N initiatives, an even number of them at least 20.
pub fn make(n: usize) -> FileTree {
    let mut dice = Dice(n as u64);
    let mut files = Vec::new();
    let mut add = |path: String, text: String| files.push(File { path, bytes: text.into_bytes() });
    let (recommendations, themes, actors) = ((n / 5).max(1), (n / 10).max(2), 20);
    let old = n / 2;
    let id = |at: usize| if at < old { format!("2021-{:02}", at + 1) } else { format!("2024-{:02}", at - old + 1) };

    add("data/site.yaml".into(), site());
    add("data/documents.yaml".into(), DOCUMENTS.into());
    let mut text = String::from("kinds:\n  body: {da: Myndighed, en: Authority}\nactors:\n");
    for at in 0..actors {
        let _ = writeln!(text, "  - {{id: actor-{at}, name: {{da: Aktør {at}, en: Actor {at}}}, kind: body}}");
    }
    add("data/actors.yaml".into(), text);

    let theme_of = |at: usize| (at * themes / n).min(themes - 1);
    for (strategy, range) in [("2021", 0..old), ("2024", old..n)] {
        let own: std::collections::BTreeSet<usize> = range.clone().map(theme_of).collect();
        let mut text = format!(
            "document: strategy-{strategy}\n{}{}initiatives: {}\n",
            pair("title", "Strategi", "Strategy"),
            pair("summary", "En strategi.", "A strategy."),
            range.len()
        );
        let years: Vec<usize> = (0..3).map(|year| strategy.parse::<usize>().expect("a year") + year).collect();
        let _ = write!(
            text,
            "years: {years:?}\nunit:\n  currency: DKK\n  scale: 1000000\n  decimals: 1\n  form: {{da: '{{amount}} mio. kr.', en: 'DKK {{amount}} million'}}\n  label: {{da: mio. kr., en: DKK million}}\n"
        );
        let _ = write!(text, "table: {{document: strategy-{strategy}, at: table 1}}\ncites: [{{document: strategy-{strategy}}}]\nthemes:\n");
        for theme in own {
            let _ = write!(
                text,
                "  - id: theme-{theme}\n    title: {{da: Tema {theme}, en: Theme {theme}}}\n    summary: {{da: Om temaet., en: About the theme.}}\n"
            );
        }
        let total = range.len() * 10;
        let sum = format!("{}.{}", total / 10, total % 10);
        let _ = write!(text, "stated:\n  {}: {sum}\n  {}: {sum}\n  {}: {sum}\n", years[0], years[1], years[2]);
        add(format!("data/strategies/{strategy}.yaml"), text);
        for at in range.clone() {
            let number = at - range.start + 1;
            let mut text = format!("theme: theme-{}\n", theme_of(at));
            text += &pair("title", &format!("Initiativ {number} om {}", words(0, 4, &mut dice)), &format!("Initiative {number} on {}", words(1, 4, &mut dice)));
            text += &pair("summary", &(words(0, 20, &mut dice) + "."), &(words(1, 20, &mut dice) + "."));
            text += &markdown(&mut dice, &|dice: &mut Dice| match dice.roll(3) {
                0 => format!("actor:actor-{}", dice.roll(actors)),
                1 => format!("recommendation:R{}", dice.roll(recommendations) + 1),
                _ => format!("initiative:{}", id(dice.roll(n))),
            });
            let _ = writeln!(text, "actors: [actor-{}, actor-{}]", at % actors, (at + 7) % actors);
            let _ = write!(
                text,
                "cites:\n  - {{document: strategy-{strategy}, at: initiative {number}}}\n  - {{document: strategy-{strategy}, at: 'table 1, row {number}'}}\nfunding: {{{}: 1.0, {}: 1.0, {}: 1.0}}\n",
                years[0], years[1], years[2]
            );
            if at >= old && at % 4 == 0 {
                let _ = write!(
                    text,
                    "continues:\n  - initiative: {}\n    evidence: [{{document: strategy-2024, at: initiative {number}}}]\n    rationale: {{da: Det samme., en: The same.}}\n",
                    id(at - old)
                );
            }
            add(format!("data/initiatives/{}.yaml", id(at).replacen('-', "/", 1)), text);
        }
    }

    let mut text = format!(
        "council: actor-0\ndocument: advice\nprefix: R\ncites: [{{document: advice}}]\n{}{}",
        pair("title", "Råd", "Advice"),
        pair("summary", "Gode råd.", "Good advice.")
    );
    let _ = write!(
        text,
        "recommendations: {recommendations}\nproposals: {}\nchapters:\n  - id: one\n    title: {{da: Et, en: One}}\n    summary: {{da: Kapitlet., en: The chapter.}}\n",
        recommendations * 3
    );
    add("data/council.yaml".into(), text);
    for number in 1..=recommendations {
        let mut text = String::from("chapter: one\n");
        text += &pair("title", &format!("Anbefaling om {}", words(0, 5, &mut dice)), &format!("Recommendation on {}", words(1, 5, &mut dice)));
        text += &pair("summary", &(words(0, 25, &mut dice) + "."), &(words(1, 25, &mut dice) + "."));
        text += &markdown(&mut dice, &|dice: &mut Dice| format!("initiative:{}", id(dice.roll(n))));
        let _ = write!(text, "cites: [{{document: advice, at: initiative {number}}}]\nproposals:\n");
        let mut traces = String::new();
        for proposal in 1..=3 {
            let _ = write!(
                text,
                "  - title: {{da: {}, en: {}}}\n    summary: {{da: {}., en: {}.}}\n",
                words(0, 5, &mut dice),
                words(1, 5, &mut dice),
                words(0, 20, &mut dice),
                words(1, 20, &mut dice)
            );
            let from = format!("R{number}.{proposal}");
            let (later, earlier) = (old + (number * 3 + proposal) % (n - old), (number * 3 + proposal) % old);
            for (to, relation, degree) in [(later, "follow-up", "partial"), (earlier, "precedent", "topical")] {
                let _ = write!(
                    traces,
                    "- from: {from}\n  to: {}\n  relation: {relation}\n  degree: {degree}\n  evidence: [{{document: advice, at: initiative {number}}}]\n",
                    id(to)
                );
                let _ = writeln!(traces, "  rationale: {{da: {}., en: {}.}}", words(0, 20, &mut dice), words(1, 20, &mut dice));
            }
        }
        add(format!("data/recommendations/{number:02}.yaml"), text);
        add(format!("data/traces/{number:02}.yaml"), traces);
    }
    files.into_iter().collect()
}

fn pair(key: &str, da: &str, en: &str) -> String {
    format!("{key}:\n  da: {da}\n  en: {en}\n")
}

fn words(language: usize, count: usize, dice: &mut Dice) -> String {
    let list = WORDS[language];
    (0..count).map(|_| list[dice.roll(list.len())]).collect::<Vec<_>>().join(" ")
}

/// Some 250 words in each language, in paragraphs and a list, with links.
fn markdown(dice: &mut Dice, link: &dyn Fn(&mut Dice) -> String) -> String {
    let mut text = String::from("text:\n");
    // The texts of both languages link to the same records.
    let links: Vec<String> = (0..4).map(|_| link(dice)).collect();
    for (language, code) in CODES.into_iter().enumerate() {
        let _ = writeln!(text, "  {code}: |");
        for (paragraph, link) in links.iter().enumerate() {
            let _ = writeln!(text, "    {}, []({}) {},\n    {}.\n", words(language, 16, dice), link, words(language, 20, dice), words(language, 16, dice));
            if paragraph == 1 {
                for _ in 0..3 {
                    let _ = writeln!(text, "    - {} **{}**", words(language, 8, dice), words(language, 3, dice));
                }
                text.push('\n');
            }
        }
    }
    text
}

fn site() -> String {
    let mut text =
        pair("title", "Stor side", "Large site") + &pair("description", "Til måling.", "For measuring.") + "base_url: https://example.org\nlanguages:\n";
    for (code, name, slugs) in [
        ("da", "Dansk", ["strategi", "temaer", "initiativer", "anbefalinger", "oekonomi", "sporbarhed", "aktoerer", "om", "kilder"]),
        ("en", "English", ["strategy", "themes", "initiatives", "recommendations", "funding", "traceability", "actors", "about", "sources"]),
    ] {
        let _ = write!(text, "  - code: {code}\n    name: {name}\n    slugs:\n");
        for (key, slug) in
            ["strategy", "themes", "initiatives", "recommendations", "funding", "traceability", "actors", "about", "sources"].into_iter().zip(slugs)
        {
            let _ = writeln!(text, "      {key}: {slug}");
        }
    }
    text
}

const DOCUMENTS: &str = "\
kinds:
  strategy: {da: Strategi, en: Strategy}
places:
  initiative: {da: initiativ, en: initiative}
  table: {da: tabel, en: table}
  row: {da: række, en: row}
documents:
  - {id: strategy-2021, title: {da: Første, en: First}, publisher: {da: Staten, en: The state}, date: 2021, kind: strategy, language: da}
  - {id: advice, title: {da: Råd, en: Advice}, publisher: {da: Rådet, en: The council}, date: 2023, kind: strategy, language: da}
  - {id: strategy-2024, title: {da: Anden, en: Second}, publisher: {da: Staten, en: The state}, date: 2024, kind: strategy, language: da}
";
