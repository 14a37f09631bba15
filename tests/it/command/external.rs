//! `check --external`, with a web of our own on this machine.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sporbar::load::read;
use sporbar::{Goal, compile};

use super::{Folder, answer, here};

/// A server with a page of every kind, and what it was asked.
struct Web {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Web {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, asked) = (listener.local_addr().unwrap().port(), Arc::default());
        let web = Web { port, asked: Arc::clone(&asked) };
        std::thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(request) = request(&stream) else { continue };
                asked.lock().unwrap().push(request.clone());
                let times = asked.lock().unwrap().iter().filter(|before| before.split(' ').nth(1) == request.split(' ').nth(1)).count();
                let response = match request.split_once(' ').unwrap() {
                    (_, "/good" | "/new") => "200 OK",
                    ("GET", "/no-head") => "200 OK",
                    ("HEAD", "/no-head") => "405 Method Not Allowed",
                    (_, "/tired") if times == 1 => "503 Service Unavailable\r\nRetry-After: 0",
                    (_, "/tired") => "200 OK",
                    (_, "/busy") => "429 Too Many Requests\r\nRetry-After: 3600",
                    (_, "/old") => "301 Moved Permanently\r\nLocation: /elder",
                    (_, "/elder") => "308 Permanent Redirect\r\nLocation: new",
                    (_, "/passing") => "302 Found\r\nLocation: /old",
                    (_, "/to-gone") => "307 Temporary Redirect\r\nLocation: /gone",
                    (_, "/circle") => "302 Found\r\nLocation: /circle/round",
                    (_, "/circle/round") => "302 Found\r\nLocation: /circle",
                    (_, "/mail") => "301 Moved Permanently\r\nLocation: mailto:a@b.example",
                    (_, "/hang") => {
                        held.push(stream);
                        continue;
                    }
                    _ => "404 Not Found",
                };
                write!(stream, "HTTP/1.1 {response}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
            }
        });
        web
    }

    /// What was asked since the last time, in order of the alphabet.
    fn asked(&self) -> Vec<String> {
        let mut asked = std::mem::take(&mut *self.asked.lock().unwrap());
        asked.sort();
        asked
    }
}

/// Method and path.
fn request(stream: &TcpStream) -> Option<String> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next()?;
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).map(|line| line.to_lowercase()).collect();
    assert!(headers.contains(&format!("user-agent: sporbar/{}", env!("CARGO_PKG_VERSION"))), "{headers:?}");
    Some(first.split(' ').take(2).collect::<Vec<_>>().join(" "))
}

/// A port at which nobody listens.
fn closed() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The base site with these addresses at the end of a chapter.
fn site(name: &str, addresses: &[&str], web: &Web, closed: u16) -> Folder {
    let folder = Folder::site(name);
    let mut links = String::new();
    for address in addresses {
        links += &format!("[a]({})\n", address.replace("WEB", &format!("127.0.0.1:{}", web.port)).replace("CLOSED", &format!("127.0.0.1:{closed}")));
    }
    for language in ["en", "cy"] {
        let path = folder.0.join(format!("content/about/method.{language}.md"));
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, format!("{text}\n{links}")).unwrap();
    }
    folder
}

/// Exit code, standard output and standard error, with names for what differs from run to run.
fn check(folder: &Folder, web: &Web, closed: u16, arguments: &[&str]) -> (i32, String, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_sporbar"));
    for proxy in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(proxy);
    }
    let output = command.current_dir(&folder.0).arg("--root").arg(&folder.0).args(["check", "--external"]).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).unwrap().replace(&folder.0.display().to_string(), "ROOT");
        let text = text.replace(&format!("127.0.0.1:{}", web.port), "WEB").replace(&format!("127.0.0.1:{closed}"), "CLOSED");
        text.lines().map(|line| format!("{}\n", line.trim_end())).collect::<String>()
    };
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn every_kind_of_answer_gets_its_message_and_only_failures_are_asked_again() {
    let (web, closed) = (Web::new(), closed());
    let pages = [
        "http://WEB/good#part",
        "http://WEB/good",
        "http://WEB/no-head",
        "http://WEB/tired",
        "http://WEB/gone",
        "http://WEB/busy",
        "http://WEB/old",
        "http://WEB/passing",
        "http://WEB/to-gone",
        "http://WEB/circle",
        "http://WEB/mail",
        "http://CLOSED/",
        "http://256.0.0.1/",
    ];
    let folder = site("external", &pages, &web, closed);
    let short = ["--message-format", "short", "--timeout", "5"];
    assert_eq!(
        check(&folder, &web, closed, &short),
        answer(0, "", &format!("{FAULTS}the content is in order; addresses elsewhere: 11, asked now: 11; 9 warnings; with `--strict` these would be errors\n"))
    );
    assert_eq!(web.asked(), FIRST);
    assert_eq!(
        check(&folder, &web, closed, &short),
        answer(0, "", &format!("{FAULTS}the content is in order; addresses elsewhere: 11, asked now: 6; 9 warnings; with `--strict` these would be errors\n"))
    );
    assert_eq!(web.asked(), SECOND);
    let (code, _, err) = check(&folder, &web, closed, &["--message-format", "short", "--timeout", "5", "--strict", "--max-age", "0"]);
    assert_eq!((code, err.lines().last()), (1, Some("9 errors")));
    assert!(web.asked().contains(&"HEAD /good".to_owned()), "what is remembered for no time is asked again");
}

const FAULTS: &str = "\
content/about/method.cy.md:14:1: warning[W0010]: `http://WEB/gone` answers 404 (correct the address, link to another page, or take the link out)
content/about/method.cy.md:15:1: warning[W0010]: `http://WEB/busy` answers 429 (try again later; if it stays away, link to another page, or take the link out)
content/about/method.cy.md:16:1: warning[W0011]: `http://WEB/old` has moved for good to `http://WEB/new` (write the new address)
content/about/method.cy.md:18:1: warning[W0010]: `http://WEB/to-gone` leads to `http://WEB/gone`, which answers 404 (correct the address, link to another page, or take the link out)
content/about/method.cy.md:19:1: warning[W0010]: `http://WEB/circle` leads to `http://WEB/circle/round`, which redirects in a circle (correct the address, link to another page, or take the link out)
content/about/method.cy.md:20:1: warning[W0010]: `http://WEB/mail` redirects to `mailto:a@b.example`, which is not a page (correct the address, link to another page, or take the link out)
content/about/method.cy.md:21:1: warning[W0010]: `http://CLOSED/` refuses the connection (try again later; if it stays away, link to another page, or take the link out)
content/about/method.cy.md:22:1: warning[W0010]: `http://256.0.0.1/` is not an address that can be asked: invalid IPv4 address (write the address as the browser shows it)
content/about/method.en.md:22:1: warning[W0010]: `http://256.0.0.1/` is not an address that can be asked: invalid IPv4 address (write the address as the browser shows it)
";
const FIRST: [&str; 25] = [
    "GET /circle",
    "GET /circle/round",
    "GET /gone",
    "GET /gone",
    "GET /mail",
    "GET /no-head",
    "GET /tired",
    "GET /to-gone",
    "HEAD /busy",
    "HEAD /circle",
    "HEAD /circle/round",
    "HEAD /elder",
    "HEAD /elder",
    "HEAD /gone",
    "HEAD /gone",
    "HEAD /good",
    "HEAD /mail",
    "HEAD /new",
    "HEAD /new",
    "HEAD /no-head",
    "HEAD /old",
    "HEAD /old",
    "HEAD /passing",
    "HEAD /tired",
    "HEAD /to-gone",
];
const SECOND: [&str; 13] = [
    "GET /circle",
    "GET /circle/round",
    "GET /gone",
    "GET /gone",
    "GET /mail",
    "GET /to-gone",
    "HEAD /busy",
    "HEAD /circle",
    "HEAD /circle/round",
    "HEAD /gone",
    "HEAD /gone",
    "HEAD /mail",
    "HEAD /to-gone",
];

#[test]
fn a_dead_link_is_shown_at_every_place() {
    let (web, closed) = (Web::new(), closed());
    let folder = site("external-places", &["http://WEB/gone"], &web, closed);
    folder.change("data/documents.yaml", "kind: plan, language: en}", &format!("kind: plan, language: en, url: 'http://127.0.0.1:{}/gone'}}", web.port));
    folder.change("data/initiatives/one/01.yaml", "national-library", "natonal-library");
    let (code, _, err) = check(&folder, &web, closed, &[]);
    assert_eq!((code, err.as_str()), (1, PLACES), "{err}");
}

const PLACES: &str = "\
warning[W0010]: `http://WEB/gone` answers 404
  --> content/about/method.cy.md:10:1
   |
10 | [a](http://WEB/gone)
   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
  ::: content/about/method.en.md:10:1
   |
10 | [a](http://WEB/gone)
   | -------------------------------- and here
   |
  ::: data/documents.yaml:9:141
   |
 9 | ..., date: 2031, kind: plan, language: en, url: 'http://WEB/gone'}
   |                                                 ----------------------------- and here
   |
   = help: correct the address, link to another page, or take the link out

error[E0021]: there is no actor `natonal-library`
 --> data/initiatives/one/01.yaml:9:10
  |
9 | actors: [natonal-library]
  |          ^^^^^^^^^^^^^^^
  |
  = help: did you mean `national-library`?

1 error, 1 warning
";

#[test]
fn a_page_that_hangs_is_given_up() {
    let (web, closed) = (Web::new(), closed());
    let folder = site("external-hang", &["http://WEB/good", "http://WEB/hang"], &web, closed);
    let (code, _, err) = check(&folder, &web, closed, &["--message-format", "short", "--timeout", "0.5"]);
    assert_eq!((code, err.as_str()), (0, HANG), "{err}");
}

const HANG: &str = "\
content/about/method.cy.md:11:1: warning[W0010]: `http://WEB/hang` does not answer within 0.5 s (try again later; if it stays away, link to another page, or take the link out)
the content is in order; addresses elsewhere: 2, asked now: 2; 1 warning; with `--strict` that would be an error
";

#[test]
fn no_network_is_said_once() {
    let (web, closed) = (Web::new(), closed());
    let folder = site("external-offline", &["http://CLOSED/a", "http://CLOSED/b", "http://CLOSED/c"], &web, closed);
    let (code, out, err) = check(&folder, &web, closed, &["--timeout", "1"]);
    let expected = "the content is in order\nerror: no address elsewhere answers: `http://CLOSED/a` refuses the connection, and so on; is there a network?\n";
    let one = ["a", "b", "c"].iter().fold(err, |err, page| err.replace(&format!("CLOSED/{page}"), "CLOSED/a"));
    assert_eq!((code, out, one), answer(3, "", expected));
    assert!(!folder.0.join(".sporbar-cache").exists(), "nothing was learnt");
}

#[test]
fn a_page_that_answered_lately_is_a_witness_of_the_network() {
    let (web, closed) = (Web::new(), closed());
    let folder = site("external-witness", &["http://WEB/good", "http://CLOSED/"], &web, closed);
    for (asked, now) in [(2, "HEAD /good"), (1, "HEAD /good")] {
        let (code, _, err) = check(&folder, &web, closed, &["--message-format", "short", "--timeout", "1"]);
        assert_eq!((code, err.as_str()), (0, &*WITNESS.replace('#', &asked.to_string())), "{err}");
        assert_eq!(web.asked(), [now]);
    }
}

const WITNESS: &str = "\
content/about/method.cy.md:11:1: warning[W0010]: `http://CLOSED/` refuses the connection (try again later; if it stays away, link to another page, or take the link out)
the content is in order; addresses elsewhere: 2, asked now: #; 1 warning; with `--strict` that would be an error
";

#[test]
fn the_cache_is_hidden_and_may_be_damaged() {
    let (web, closed) = (Web::new(), closed());
    let folder = site("external-cache", &["http://WEB/good"], &web, closed);
    let fine = |asked| answer(0, "", &format!("the content is in order; addresses elsewhere: 1, asked now: {asked}\n"));
    assert_eq!(check(&folder, &web, closed, &[]), fine(1));
    assert_eq!(check(&folder, &web, closed, &[]), fine(0));
    let cache = folder.0.join(".sporbar-cache");
    assert_eq!(std::fs::read_to_string(cache.join(".gitignore")).unwrap(), "*\n");
    assert_eq!(std::fs::read_dir(&cache).unwrap().count(), 2);
    for damage in ["{\"http://", "[]", "", "{\"nowhere\": {\"at\": 1}}", "{\"http://a.example\": {\"at\": -1}}"] {
        std::fs::write(cache.join("links.json"), damage).unwrap();
        assert_eq!(check(&folder, &web, closed, &[]), fine(1), "{damage}");
    }
    std::fs::remove_dir_all(&cache).unwrap();
    std::fs::write(&cache, "").unwrap();
    let (code, _, err) = check(&folder, &web, closed, &[]);
    assert_eq!((code, err.lines().count()), (0, 2), "{err}");
    assert!(err.starts_with("warning: cannot write ROOT/.sporbar-cache: "), "{err}");
    assert_eq!(super::run(&folder.0, &["check"]), answer(0, "", "the content is in order\n"));
    web.asked();
    super::run(&folder.0, &["check"]);
    assert_eq!(web.asked(), [""; 0], "a plain check asks nobody");
}

/// A site with every kind of record, in which every link to a record is made to lead elsewhere.
#[test]
fn links_of_every_kind_of_text_are_found() {
    let site = read::read(&here("tests/sites/alpenland")).unwrap();
    let mut expected = BTreeMap::new();
    let mut folders = std::collections::BTreeSet::new();
    let changed = site.iter().filter(|file| !file.path.starts_with("themes/")).map(|file| {
        let mut file = file.clone();
        let text = String::from_utf8(file.bytes).unwrap();
        let mut pieces = text.split("](");
        let mut out = pieces.next().unwrap().to_owned();
        for piece in pieces {
            let (target, rest) = piece.split_once(')').unwrap();
            let image = out.rfind('[').is_some_and(|at| out[..at].ends_with('!'));
            if image || target.starts_with("http") {
                out += &format!("]({target}){rest}");
            } else {
                let address = format!("https://elsewhere.example/{}", expected.len());
                out += &format!("]({address}){rest}");
                folders.insert(file.path.split('/').take(2).collect::<Vec<_>>().join("/"));
                expected.insert(address, file.path.clone());
            }
        }
        // Documents have addresses of their own; those of the site itself are not elsewhere.
        out = out.replace("https://alpenland.example/dok?id=2", "https://elsewhere.example/document");
        file.bytes = out.into_bytes();
        file
    });
    let changed = changed.collect::<Vec<_>>();
    expected.insert("https://elsewhere.example/document".to_owned(), "data/documents.yaml".to_owned());
    expected.insert("https://creativecommons.org/licenses/by/4.0/".to_owned(), "data/site.yaml".to_owned());
    let compilation = compile(changed.into_iter().chain(site.iter().filter(|file| file.path.starts_with("themes/")).cloned()).collect(), Goal::Preview);
    let mut found = BTreeMap::new();
    // The site has an address of its own besides, in three languages.
    for link in compilation.web_links.iter().filter(|link| !link.value.starts_with("https://bahn.example/")) {
        let text = &compilation.sources.text(link.span.file).unwrap()[link.span.range()];
        assert!(text.contains(&link.value), "{text} is the place of {}", link.value);
        let earlier = found.insert(link.value.clone(), compilation.sources.file(link.span.file).path.clone());
        assert_eq!(earlier, None, "{} is found twice", link.value);
    }
    assert_eq!(found, expected);
    let kinds = [
        "content/about",
        "content/bahn-2035",
        "data/changes.yaml",
        "data/council.yaml",
        "data/initiatives",
        "data/points",
        "data/recommendations",
        "data/source-notes.yaml",
        "data/strategies",
    ];
    assert_eq!(folders.iter().map(String::as_str).collect::<Vec<_>>(), [&kinds[..], &["data/timeline.yaml"]].concat());
    assert!(compilation.web_links.is_sorted_by_key(|link| link.span));
}
