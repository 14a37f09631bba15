//! For search engines: every page with its twins, and where to find that list.
//!
//! In: the site. Out: `sitemap.xml` and `robots.txt`; of a draft, what keeps it out of their lists.

use std::fmt::Write;

use crate::locale::Locale;
use crate::model::{Page, Site, address};
use crate::source::File;

pub fn files(site: &Site<'_>) -> Vec<File> {
    let content = site.graph.content;
    let base = site.base_url.as_str();
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    // Writing to a string cannot fail. Addresses are made of ids, so nothing in them needs escaping.
    let mut line = |text: std::fmt::Arguments<'_>| xml.write_fmt(text).unwrap_or_default();
    for page in &site.pages {
        let paths: Vec<(&str, String)> = content.languages.iter().map(|locale| (content.languages.code(locale), address::path(site, *page, locale))).collect();
        for (_, path) in &paths {
            line(format_args!("<url><loc>{base}{path}</loc>"));
            for (code, twin) in &paths {
                line(format_args!("<xhtml:link rel=\"alternate\" hreflang=\"{code}\" href=\"{base}{twin}\"/>"));
            }
            // Whoever reads none of the languages chooses one above the first pages, where there is a choice.
            let default = if *page == Page::Home && paths.len() > 1 { "/" } else { &paths[Locale::SOURCE.index()].1 };
            line(format_args!("<xhtml:link rel=\"alternate\" hreflang=\"x-default\" href=\"{base}{default}\"/></url>\n"));
        }
    }
    xml.push_str("</urlset>\n");
    let robots = format!("User-agent: *\nAllow: /\nSitemap: {base}/sitemap.xml\n");
    if site.draft {
        // Robots must be let in to see that they are to forget what they see; data files say so in a header, where the server reads this.
        let files = [("robots.txt", "User-agent: *\nAllow: /\n"), ("_headers", "/*\n  X-Robots-Tag: noindex\n")];
        return files.map(|(path, text)| File { path: path.into(), bytes: text.into() }).into();
    }
    vec![File { path: "sitemap.xml".into(), bytes: xml.into_bytes() }, File { path: "robots.txt".into(), bytes: robots.into_bytes() }]
}
