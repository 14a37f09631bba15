//! Starting, answering, following and ending.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;

const RECORD: &str = "data/initiatives/one/01.yaml";
const PAGE: &str = "/en/initiatives/one-01/";

fn title(number: usize) -> String {
    format!("title: {{en: Books {number}, cy: Llyfrau {number}}}")
}

#[test]
fn every_kind_of_file_is_answered_as_what_it_is() {
    let folder = Folder::site("preview-kinds");
    folder.change("data/site.yaml", "base_url", "share_images: true\nbase_url");
    for (name, text) in [("site.webmanifest", "{}"), ("plain.txt", "æ"), ("æ b.txt", "an odd name")] {
        std::fs::create_dir_all(folder.0.join("themes/default/assets")).unwrap();
        std::fs::write(folder.0.join("themes/default/assets").join(name), text).unwrap();
    }
    assert_eq!(run(&folder.0, &["build"]).0, 0);
    let server = Server::start(&folder.0, &["--port", "0"]);
    let mut kinds = std::collections::BTreeMap::new();
    let mut connection = server.connect();
    for (path, bytes, _) in folder.published() {
        let path = path.strip_prefix(folder.0.join("public")).unwrap().to_str().unwrap().to_owned();
        // What `build` keeps for itself is not part of the site.
        if path.starts_with('.') {
            continue;
        }
        let encoded = path.replace(' ', "%20").replace('æ', "%C3%A6");
        let answer = connection.get(&format!("/{encoded}"));
        let body = without_preview(&answer.body);
        assert!(answer.status == 200 && body == bytes, "{path} answers {} and {} bytes of {}", answer.status, body.len(), bytes.len());
        let head = format!("HEAD /{encoded} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", server.port);
        let head = connection.send(head.as_bytes(), false).unwrap();
        assert_eq!((head.status, head.header("content-length")), (200, answer.header("content-length")), "{path}");
        kinds.insert(path.rsplit_once('.').unwrap().1.to_owned(), answer.header("content-type").unwrap().to_owned());
    }
    let said: Vec<String> = kinds.into_iter().map(|(extension, kind)| format!("{extension}: {kind}")).collect();
    let expected = "css: text/css; charset=utf-8\ncsv: text/csv; charset=utf-8\nhtml: text/html; charset=utf-8\njs: text/javascript; charset=utf-8\n\
        json: application/json\npng: image/png\nsvg: image/svg+xml\ntxt: text/plain; charset=utf-8\nwebmanifest: application/manifest+json\n\
        xlsx: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet\nxml: application/xml; charset=utf-8";
    assert_eq!(said.join("\n"), expected);
    let there = connection.get("/en/initiatives/one-01");
    assert_eq!((there.status, there.header("location")), (307, Some(PAGE)));
    // In the language of the address, as it is published.
    let (en, cy, none) = (connection.get("/en/nothing/"), connection.get("/cy/dim"), connection.get("/nothing"));
    let own = |name: &str| std::fs::read(folder.0.join("public").join(name)).unwrap();
    assert_eq!([en.status, cy.status, none.status], [404, 404, 404]);
    assert!(without_preview(&en.body) == own("en/404.html") && without_preview(&cy.body) == own("cy/404.html"));
    assert!(without_preview(&none.body) == own("404.html"));
    // What the published site forbids is forbidden here.
    let policy = std::fs::read_to_string(super::super::here("netlify.toml")).unwrap();
    assert!(policy.contains(&format!("Content-Security-Policy = \"{}\"", none.header("content-security-policy").unwrap())));
}

#[test]
fn faults_do_not_keep_it_from_starting_nor_the_last_site_from_being_read() {
    let folder = Folder::site("preview-faulty");
    let site = std::fs::read_to_string(folder.0.join("data/site.yaml")).unwrap();
    std::fs::write(folder.0.join("data/site.yaml"), "title: {").unwrap();
    let server = Server::start(&folder.0, &["--port", "0", "--editor", "zed"]);
    let answer = server.get(PAGE);
    assert!(answer.status == 503 && answer.text().contains("There is no page here yet") && answer.text().contains("/_sporbar/preview.js"), "{}", answer.text());
    let news = server.news(PAGE);
    let link = format!("zed://file{}/data/site.yaml:1:", folder.0.display());
    assert!(news["good"] == false && news["faults"][0]["link"].as_str().unwrap().starts_with(&link), "{news:#}");
    // A whole site, then a fault in it, then not even the folders.
    std::fs::write(folder.0.join("data/site.yaml"), site).unwrap();
    until(|| if server.get(PAGE).status == 200 { Ok(()) } else { Err(server.news(PAGE)) });
    folder.change(RECORD, "theme: books", "theme: boks");
    until(|| if server.news(PAGE)["good"] == false { Ok(()) } else { Err(()) });
    assert!(server.get(PAGE).text().contains("More books"));
    std::fs::rename(folder.0.join("data"), folder.0.join("elsewhere")).unwrap();
    until(|| if server.news(PAGE)["faults"].to_string().contains("E0003") { Ok(()) } else { Err(server.news(PAGE)) });
    assert_eq!(server.get(PAGE).status, 200);
    folder.change("elsewhere/initiatives/one/01.yaml", "theme: boks", "theme: books");
    std::fs::rename(folder.0.join("elsewhere"), folder.0.join("data")).unwrap();
    until(|| if server.news(PAGE)["good"] == true { Ok(()) } else { Err(server.news(PAGE)) });
    // In a folder that has come back, changes are seen as before.
    folder.change(RECORD, "More books", "Fewer books");
    until(|| if server.get(PAGE).text().contains("Fewer books") { Ok(()) } else { Err(()) });
}

/// Every editor that is known by name gets the whole path, however its own address begins.
#[test]
fn a_fault_leads_into_the_editor() {
    let folder = Folder::site("preview-editors");
    folder.change(RECORD, "theme: books", "theme: boks");
    let path = folder.0.join(RECORD);
    let path = path.display();
    let links = [
        ("vscode", format!("vscode://file{path}:1:8")),
        ("vscodium", format!("vscodium://file{path}:1:8")),
        ("cursor", format!("cursor://file{path}:1:8")),
        ("zed", format!("zed://file{path}:1:8")),
        ("idea", format!("idea://open?file={path}&line=1&column=8")),
        ("sublime", format!("subl://open?url=file://{path}&line=1&column=8")),
    ];
    for (editor, link) in links {
        let server = Server::start(&folder.0, &["--port", "0", "--editor", editor]);
        assert_eq!(server.news(PAGE)["faults"][0]["link"], link.as_str(), "{editor}");
    }
}

/// The name of one style sheet can be the end of another's.
#[test]
fn style_sheets_of_like_names_are_served() {
    let folder = Folder::site("preview-styles");
    for path in ["mine.css", "assets/mine.css"] {
        let path = folder.0.join("themes/default/assets").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "p { color: red }").unwrap();
    }
    let template = std::fs::read_to_string(super::super::here("themes/default/templates/_base.html")).unwrap();
    let links = r#"<link rel="stylesheet" href="{{ assets["mine.css"] }}"><link rel="stylesheet" href="{{ assets["assets/mine.css"] }}"></head>"#;
    std::fs::create_dir_all(folder.0.join("themes/default/templates")).unwrap();
    std::fs::write(folder.0.join("themes/default/templates/_base.html"), template.replace("</head>", links)).unwrap();
    let server = Server::start(&folder.0, &["--port", "0"]);
    assert_eq!(server.get(PAGE).status, 200, "{}", server.news(PAGE));
}

#[test]
fn what_is_saved_says_which_page_to_go_to() {
    let folder = Folder::site("preview-saved");
    let server = Server::start(&folder.0, &["--port", "0"]);
    let after = |count: u64| until(|| if server.count() > count { Ok(()) } else { Err(server.count()) });
    let count = server.count();
    folder.change(RECORD, "More books", "Some books");
    after(count);
    let page = |path: &str| Value::String(path.to_owned());
    let saved = |path: &str| server.news(path)["saved"].clone();
    let news = server.news(PAGE);
    assert_eq!(
        [saved("/en/about/"), saved("/cy/ynghylch/"), saved(PAGE), saved("/cy/mentrau/one-01/")],
        [page(PAGE), page("/cy/mentrau/one-01/"), Value::Null, Value::Null]
    );
    assert_eq!((news["files"][0]["file"].as_str(), news["outdated"].as_bool()), (Some(RECORD), Some(false)));
    let count = server.count();
    folder.change("content/about/method.cy.md", "summary: ", "summary: Yn fyr: ");
    after(count);
    assert_eq!(saved("/en/about/"), Value::Null, "a fault takes nobody anywhere");
    folder.change("content/about/method.cy.md", "summary: Yn fyr: ", "summary: Yn fyr, ");
    after(count + 1);
    assert_eq!([saved("/en/initiatives/"), saved("/en/about/method/")], [page("/cy/ynghylch/method/"), page("/cy/ynghylch/method/")]);
}

/// A site that is abandoned for the same files, which were only saved once more, is made again; the browser that was not told
/// yet is still taken to its page.
#[test]
fn what_is_saved_twice_takes_to_its_page_all_the_same() {
    const READERS: usize = 4;
    let folder = Folder::site("preview-saved-twice");
    folder.change(RECORD, "title: {en: More books, cy: Rhagor o lyfrau}", &title(0));
    let server = Server::start(&folder.0, &["--port", "0"]);
    for number in 1..9 {
        let before = server.news("/en/about/");
        let (port, known) = (server.port, before["epoch"].as_str().unwrap());
        // Browsers that wait for news are given time to draw, in which the rest of the site is still to be made.
        std::thread::scope(|scope| {
            for _ in 0..READERS {
                scope.spawn(move || Connection::new(port).get(&format!("/_sporbar/news?path=/en/about/&epoch={known}")));
            }
            folder.change(RECORD, &title(number - 1), &title(number));
            std::thread::sleep(Duration::from_millis(40));
            folder.change(RECORD, &title(number), &title(number));
        });
        until(|| if server.get(PAGE).text().contains(&format!("Books {number}")) { Ok(()) } else { Err(server.news(PAGE)) });
        std::thread::sleep(Duration::from_millis(300));
        until(|| {
            let news = server.news("/en/about/");
            if (news["saved"].as_str(), news["good"].as_bool()) == (Some(PAGE), Some(true)) { Ok(()) } else { Err((number, news)) }
        });
    }
}

/// What only the end of a site tells, such as a setting that nothing needs, is no save of its own: a browser that was hidden
/// until then is still taken to its page.
#[test]
fn what_is_told_at_the_end_of_a_site_keeps_nobody_from_the_page_that_was_saved() {
    let folder = Folder::site("preview-saved-hidden");
    folder.change("data/site.yaml", "base_url", "severities: {W0003: {severity: off, reason: Not yet.}}\nbase_url");
    let server = Server::start(&folder.0, &["--port", "0"]);
    let is_told = |news: &Value| news["faults"].to_string().contains("it does not occur");
    until(|| if is_told(&server.news("/en/about/")) { Ok(()) } else { Err(server.news("/en/about/")) });
    folder.change(RECORD, "More books", "Some books");
    until(|| if server.get(PAGE).text().contains("Some books") && is_told(&server.news("/en/about/")) { Ok(()) } else { Err(()) });
    let news = server.news("/en/about/");
    assert_eq!(news["saved"].as_str(), Some(PAGE), "{news:#}");
}

#[test]
fn a_translation_that_its_source_has_left_behind_is_marked_on_its_page() {
    let folder = Folder::site("preview-translations");
    assert_eq!(run(&folder.0, &["translations", "confirm"]).0, 0);
    let server = Server::start(&folder.0, &["--port", "0"]);
    let marks = |path: &str| {
        let news = server.news(path);
        (news["outdated"].as_bool().unwrap(), news["translations"].as_array().unwrap().len())
    };
    let twin = "/cy/mentrau/one-01/";
    assert_eq!([marks(PAGE), marks(twin)], [(false, 0), (false, 0)]);
    folder.change(RECORD, "It is done.", "It was done.");
    until(|| if marks(twin) == (true, 1) { Ok(()) } else { Err(server.news(twin)) });
    assert_eq!([marks(PAGE), marks("/cy/mentrau/one-02/")], [(false, 1), (false, 0)]);
    // A translation that is missing is an error; the page says so where it stands.
    folder.change(RECORD, ", cy: Gwneir hyn.", "");
    until(|| if marks(twin).1 > 0 && server.news(twin)["translations"][0]["code"] == "E0016" { Ok(()) } else { Err(server.news(twin)) });
    assert_eq!(server.news(twin)["stale"], true);
}

#[test]
fn five_hundred_files_at_once_are_few_rebuilds_and_none_is_missed() {
    let folder = Folder::site("preview-burst");
    let server = Server::start(&folder.0, &["--port", "0"]);
    std::fs::create_dir_all(folder.0.join("themes/default/assets/deep/deeper")).unwrap();
    for number in 0..500 {
        let place = if number % 2 == 0 { "deep" } else { "deep/deeper" };
        std::fs::write(folder.0.join("themes/default/assets").join(place).join(format!("{number}.txt")), "a").unwrap();
    }
    let published = clean(&folder);
    assert!(published.iter().filter(|file| file.path.ends_with(".txt")).count() >= 500);
    until(|| differences(&server, &published));
    std::thread::sleep(Duration::from_secs(3));
    let count = server.count();
    assert!((1..10).contains(&count), "{count} rebuilds");
}

/// What a build of the files as they are publishes.
pub(super) fn clean(folder: &Folder) -> sporbar::source::FileTree {
    sporbar::compile(sporbar::load::read::read(&folder.0).unwrap(), sporbar::Goal::Publish).output
}

/// The files that the server does not send as they are published.
pub(super) fn differences(server: &Server, published: &sporbar::source::FileTree) -> Result<(), Vec<String>> {
    let mut connection = server.connect();
    let encoded = |path: &str| path.replace(' ', "%20").replace('æ', "%C3%A6");
    let differs = |file: &&sporbar::source::File| {
        let answer = connection.get(&format!("/{}", encoded(&file.path)));
        answer.status != 200 || without_preview(&answer.body) != file.bytes
    };
    let list: Vec<String> = published.iter().filter(differs).map(|file| file.path.clone()).collect();
    if list.is_empty() { Ok(()) } else { Err(list) }
}

/// The page without the one element that the preview adds.
pub(super) fn without_preview(body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let Some((before, after)) = text.split_once("<script src=\"/_sporbar/preview.js\"") else { return body.to_vec() };
    format!("{before}{}", after.split_once("</script>").unwrap().1).into_bytes()
}

#[test]
fn two_hundred_readers_get_whole_pages_while_the_site_changes() {
    const READERS: usize = 200;
    const REQUESTS: usize = 50;
    let folder = Folder::site("preview-readers");
    folder.change(RECORD, "title: {en: More books, cy: Rhagor o lyfrau}", &title(0));
    let server = Server::start(&folder.0, &["--port", "0"]);
    let (ended, seen) = (AtomicBool::new(false), AtomicUsize::new(0));
    let port = server.port;
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..READERS)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = Connection::new(port);
                    for _ in 0..REQUESTS {
                        let answer = connection.get(PAGE);
                        let text = answer.text();
                        let numbers: std::collections::BTreeSet<&str> =
                            text.match_indices("Books ").map(|(at, _)| text[at + 6..].split(|c: char| !c.is_ascii_digit()).next().unwrap()).collect();
                        assert!(answer.status == 200 && text.trim_end().ends_with("</html>") && numbers.len() == 1, "{} {numbers:?}", answer.status);
                        seen.fetch_max(numbers.first().unwrap().parse().unwrap(), Ordering::Relaxed);
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            let mut number = 0;
            while !ended.load(Ordering::Relaxed) {
                folder.change(RECORD, &title(number), &title(number + 1));
                number += 1;
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let failed = readers.into_iter().filter_map(|reader| reader.join().err()).count();
        ended.store(true, Ordering::Relaxed);
        assert_eq!(failed, 0, "readers that did not get what they asked for");
    });
    assert!(seen.load(Ordering::Relaxed) > 2, "the site changed while it was read");
    until(|| differences(&server, &clean(&folder)));
}

#[test]
fn it_ends_when_it_is_asked_to_with_connections_open() {
    for signal in ["-INT", "-TERM"] {
        let folder = Folder::site("preview-end");
        let server = Server::start(&folder.0, &["--port", "0"]);
        // One that is idle, one that has said half of what it wants, one that waits for news.
        let (_idle, mut half, mut waiting) = (server.connect(), server.connect(), server.connect());
        half.stream.get_mut().write_all(b"GET / HTTP/1.1\r\nHo").unwrap();
        let epoch = server.news("/")["epoch"].as_str().unwrap().to_owned();
        let question = format!("GET /_sporbar/news?path=/&epoch={epoch} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let answered = std::thread::spawn(move || waiting.send(question.as_bytes(), true).is_some());
        std::thread::sleep(Duration::from_millis(300));
        let start = Instant::now();
        let (status, words) = server.end(signal);
        assert!(status.success() && words == "the content is in order\n", "{signal}: {status} {words}");
        assert!(answered.join().unwrap(), "who waits for news is answered");
        assert!(start.elapsed() < Duration::from_secs(20), "{signal}: it took {:?}", start.elapsed());
    }
}

#[test]
fn a_port_that_was_asked_for_is_had_or_refused() {
    let folder = Folder::site("preview-port");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = format!("error: port {port} is taken by another program; leave --port out for a free one\n");
    assert_eq!(run(&folder.0, &["serve", "--port", &port]), (3, String::new(), said));
    let (first, second) = (Server::start(&folder.0, &[]), Server::start(&folder.0, &[]));
    assert!(first.port != second.port && [&first, &second].iter().all(|server| server.get(PAGE).status == 200));
    let (code, _, err) = run(&folder.0, &["serve", "--editor", "javascript:alert('{path}')"]);
    assert!(code == 2 && err.contains("write one of vscode, vscodium, cursor, zed, idea, sublime"), "{code} {err}");
}

#[test]
#[cfg(target_os = "linux")]
fn the_browser_of_the_machine_is_opened() {
    let folder = Folder::site("preview-browser");
    let (bin, opened) = (folder.0.join("bin"), folder.0.join("opened"));
    std::fs::create_dir_all(&bin).unwrap();
    std::fs::write(bin.join("xdg-open"), format!("#!/bin/sh\necho \"$1\" > {}\n", opened.display())).unwrap();
    Command::new("chmod").arg("+x").arg(bin.join("xdg-open")).status().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let server = Server::start_with(&folder.0, &["--port", "0", "--open"], &[("PATH", &path)]);
    let expected = format!("http://127.0.0.1:{}/\n", server.port);
    until(|| std::fs::read_to_string(&opened).map_err(|error| error.to_string()).and_then(|text| if text == expected { Ok(()) } else { Err(text) }));
}

#[test]
fn whoever_opens_it_to_others_is_warned() {
    let folder = Folder::site("preview-open");
    let server = Server::start(&folder.0, &["--port", "0", "--host", "0.0.0.0"]);
    assert_eq!(server.get(PAGE).status, 200);
    let port = server.port;
    let (_, words) = server.end("-TERM");
    let warning = "can read the preview, drafts included; end it when it is no longer needed\n";
    assert_eq!(words, format!("warning: everybody who can reach this machine by its IP number, at port {port}, {warning}"));
    let server = Server::start(&folder.0, &["--port", "0", "--host", "localhost"]);
    assert_eq!(server.get(PAGE).status, 200);
    assert_eq!(server.end("-TERM").1, "");
}
