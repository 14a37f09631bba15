//! What is asked for and must not be had.

use super::*;

const SECRET: &str = "it is secret: 4711";

/// Ways to write a step up, and ways to begin.
const STEPS: [&str; 12] =
    ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..\\", "..%5c", "%252e%252e%252f", "..%252f", "%c0%ae%c0%ae/", "%e0%80%ae%e0%80%ae/", "..%c0%af", "....//"];
const STARTS: [&str; 6] = ["/", "//", "/en/", "/assets/", "/_sporbar/", "/share/en/"];
const ENDS: [&str; 3] = ["secret.txt", "etc/passwd", "data/site.yaml"];

/// Paths of other kinds: absolute, with NUL, with parts of other systems, of the site's own sources.
const PATHS: [&str; 42] = [
    "/secret.txt",
    "/etc/passwd",
    "//etc/passwd",
    "/%2fetc%2fpasswd",
    "/data/site.yaml",
    "/content/about/method.en.md",
    "/themes/default/messages/cy.yaml",
    "/Cargo.toml",
    "/.git/config",
    "/.env",
    "/link.txt",
    "/assets/link.txt",
    "/content/about/link.en.md",
    "/en/%00",
    "/secret.txt%00.html",
    "/%00/../secret.txt",
    "/en/index.html%00",
    "/en/index.html%0a",
    "/en/%0d%0aX-Evil:%201",
    "/C:/Windows/win.ini",
    "/c:%5cwindows%5cwin.ini",
    "/\\\\localhost\\c$\\secret.txt",
    "/file:///etc/passwd",
    "/proc/self/environ",
    "/dev/stdin",
    "/en/.",
    "/en/..",
    "/en/./index.html",
    "/en//index.html",
    "/EN/",
    "/en/index.html/",
    "/en/index.html%2e",
    "/en/index.html::$DATA",
    "/~root/",
    "/%",
    "/%2",
    "/%zz",
    "/%ff%fe",
    "/%ed%a0%80",
    "/en%2f%2e%2e%2fen",
    "/_sporbar/",
    "/_sporbar/preview.css/../news",
];

#[test]
fn no_path_leads_out_of_the_site() {
    let folder = Folder::site("preview-paths");
    std::fs::write(folder.0.join("secret.txt"), SECRET).unwrap();
    std::fs::create_dir_all(folder.0.join("themes/default/assets")).unwrap();
    let server = Server::start(&folder.0, &["--port", "0"]);
    for link in ["content/about/link.en.md", "themes/default/assets/link.txt", "data/glossary.yaml"] {
        std::os::unix::fs::symlink(folder.0.join("secret.txt"), folder.0.join(link)).unwrap();
    }
    until(|| if server.news("/")["faults"].to_string().contains("symbolic link") { Ok(()) } else { Err(()) });
    let mut paths: Vec<String> = PATHS.iter().map(|path| (*path).to_owned()).collect();
    for start in STARTS {
        for step in STEPS {
            paths.extend(ENDS.iter().map(|end| format!("{start}{}{end}", step.repeat(9))));
            paths.push(format!("{start}{step}secret.txt"));
        }
    }
    assert!(paths.len() >= 300, "{}", paths.len());
    let mut faults = Vec::new();
    for path in &paths {
        // A connection that is closed has told nothing.
        let request = [b"GET ", path.as_bytes(), b" HTTP/1.1\r\nHost: localhost\r\n\r\n"].concat();
        let answer = server.connect().send(&request, true).unwrap_or(Answer { status: 400, head: String::new(), body: Vec::new() });
        let told = answer.text().contains(SECRET) || answer.text().contains("root:x:") || answer.text().contains("base_url:");
        if !matches!(answer.status, 400 | 404 | 414) || told || answer.head.contains("X-Evil") {
            faults.push(format!("{path} answers {}", answer.status));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(server.get("/en/").status, 200);
}

#[test]
fn nobody_else_is_answered() {
    let folder = Folder::site("preview-foreign");
    let server = Server::start(&folder.0, &["--port", "0"]);
    let port = server.port;
    // What stands after the first line, for a page and for the news.
    let cases = [
        ("Host: localhost", 200, 200),
        ("Host: LOCALHOST:1234", 200, 200),
        ("Host: 127.0.0.1", 200, 200),
        ("Host: [::1]:4000", 200, 200),
        ("Host: localhost\r\nSec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document", 200, 200),
        ("Host: localhost\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors", 200, 200),
        ("Host: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document", 200, 403),
        ("Host: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe", 403, 403),
        ("Host: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: script", 403, 403),
        ("Host: localhost\r\nSec-Fetch-Site: same-site\r\nSec-Fetch-Mode: cors", 403, 403),
        ("Host: localhost\r\nSec-Fetch-Site: cross-site", 403, 403),
        ("Host: localhost\r\nOrigin: http://localhost", 200, 200),
        ("Host: localhost:4000\r\nOrigin: http://localhost:4000", 200, 200),
        ("Host: localhost:4000\r\nOrigin: http://localhost:4001", 403, 403),
        ("Host: localhost\r\nOrigin: https://localhost", 403, 403),
        ("Host: localhost\r\nOrigin: http://example.org", 403, 403),
        ("Host: localhost\r\nOrigin: null", 403, 403),
        ("Host: localhost\r\nOrigin: http://localhost\r\nOrigin: http://example.org", 403, 403),
        ("Host: example.org", 403, 403),
        ("Host: localhost.example.org", 403, 403),
        ("Host: 127.0.0.1.example.org:4000", 403, 403),
        ("Host: 192.0.2.1", 403, 403),
        ("Host: localhost@example.org", 403, 403),
        ("Host: example.org\r\nX-Forwarded-Host: localhost", 403, 403),
        ("Host: localhost\r\nHost: example.org", 403, 403),
        ("Host: ", 403, 403),
        ("Host: localhost:port", 403, 403),
        ("Accept: */*", 403, 403),
    ];
    let mut faults = Vec::new();
    for (head, page, news) in cases {
        for (path, expected) in [("/en/", page), ("/_sporbar/news?path=/en/&epoch=", news)] {
            let answer = Connection::new(port).send(format!("GET {path} HTTP/1.1\r\n{head}\r\n\r\n").as_bytes(), true).map_or(0, |answer| answer.status);
            // Who is refused by the grammar of requests is refused all the same.
            if answer != expected && !(expected == 403 && answer == 400) {
                faults.push(format!("{path} with {head:?} answers {answer}"));
            }
        }
    }
    for (line, expected) in [
        ("POST /en/", 405),
        ("PUT /en/", 405),
        ("DELETE /en/", 405),
        ("OPTIONS /en/", 405),
        ("OPTIONS *", 405),
        ("TRACE /en/", 405),
        ("PROPFIND /en/", 405),
        ("CONNECT localhost:22", 405),
        ("GET http://localhost/en/", 400),
        ("GET http://example.org/en/", 400),
        ("GET https://localhost/en/", 400),
        ("GET *", 400),
        ("GET en/", 400),
        ("get /en/", 405),
    ] {
        let answer = Connection::new(port).send(format!("{line} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes(), true);
        let (status, allow) = answer.as_ref().map_or((0, None), |answer| (answer.status, answer.header("allow")));
        if status != expected || (status == 405) != (allow == Some("GET, HEAD")) {
            faults.push(format!("{line} answers {status}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_too_much_is_cut_off() {
    let folder = Folder::site("preview-bounds");
    let server = Server::start(&folder.0, &["--port", "0"]);
    let status = |request: &[u8]| server.connect().send(request, true).map_or(0, |answer| answer.status);
    assert_eq!(status(format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(4000)).as_bytes()), 414);
    let long = format!("GET /en/ HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "a".repeat(1 << 20));
    assert!(matches!(status(long.as_bytes()), 0 | 400 | 431));
    let many = format!("GET /en/ HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: a\r\n".repeat(5000));
    assert!(matches!(status(many.as_bytes()), 0 | 400 | 431));
    // More than there is room for, saying nothing or half of something: others are answered once these are cut off.
    for said in ["", "GET /en/ HTTP/1.1\r\nHost: lo"] {
        let silent: Vec<Connection> = (0..500)
            .map(|_| {
                let mut connection = server.connect();
                connection.stream.get_mut().write_all(said.as_bytes()).unwrap();
                connection
            })
            .collect();
        assert_eq!(server.get("/en/").status, 200);
        drop(silent);
    }
}
