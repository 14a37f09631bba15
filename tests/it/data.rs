//! The files of open data agree with each other: the workbook with the tables, the package with the files.

use std::collections::BTreeSet;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use sporbar::load::read;
use sporbar::source::{File, FileTree};
use sporbar::{Goal, compile};

use super::here;

const ROOTS: [&str; 3] = ["", "tests/sites/alpenland", "tests/sites/solo"];

fn published(root: &str) -> FileTree {
    compile(read::read(&here(root)).unwrap(), Goal::Preview).output
}

fn rows(tree: &FileTree, name: &str) -> Vec<Vec<String>> {
    let bytes = &tree.get(&format!("data/{name}")).unwrap_or_else(|| panic!("there is no {name}")).bytes;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn the_workbook_says_what_the_tables_say() {
    for root in ROOTS {
        let tree = published(root);
        let mut book = Xlsx::new(Cursor::new(tree.get("data/strategies.xlsx").unwrap().bytes.clone())).unwrap();
        let mut numbers = 0;
        for name in book.sheet_names() {
            let sheet = book.worksheet_range(&name).unwrap();
            let table = rows(&tree, &format!("{name}.csv"));
            assert_eq!(sheet.height(), table.len(), "{root} {name}");
            for (line, row) in table.iter().enumerate() {
                for (at, value) in row.iter().enumerate() {
                    let column = &table[0][at];
                    let cell = sheet.get_value((line as u32, at as u32)).unwrap_or(&Data::Empty);
                    let numeric = line > 0 && ["number", "year", "amount", "total", "stated", "computed", "difference"].contains(&column.as_str());
                    match cell {
                        Data::Empty => assert_eq!(value, "", "{root} {name} {line} {column}"),
                        Data::Float(_) | Data::Int(_) if numeric => {
                            numbers += 1;
                            assert_eq!(cell.to_string().parse::<f64>(), value.parse::<f64>(), "{root} {name} {line} {column}");
                        }
                        Data::String(text) if !numeric => assert_eq!(text, value, "{root} {name} {line} {column}"),
                        other => panic!("{root} {name} {line} {column}: {other:?} for {value}"),
                    }
                }
            }
        }
        assert!(numbers > 5, "{root}: {numbers} numbers");
    }
}

/// Every file of the package is there with its size and its columns; references name columns that are there, and all
/// their values.
#[test]
fn the_package_describes_the_files() {
    for root in ROOTS {
        let tree = published(root);
        let package: serde_json::Value = serde_json::from_slice(&tree.get("data/datapackage.json").unwrap().bytes).unwrap();
        let resources = package["resources"].as_array().unwrap();
        let path_of = |name: &str| resources.iter().find(|resource| resource["name"] == name).unwrap()["path"].as_str().unwrap();
        let column = |path: &str, name: &serde_json::Value| -> BTreeSet<String> {
            let rows = rows(&tree, path);
            let at = rows[0].iter().position(|column| name == column).unwrap();
            rows[1..].iter().map(|row| row[at].clone()).filter(|value| !value.is_empty()).collect()
        };
        let mut described = BTreeSet::from(["datapackage.json".to_owned()]);
        for resource in resources {
            let path = resource["path"].as_str().unwrap();
            described.insert(path.to_owned());
            let file = tree.get(&format!("data/{path}")).unwrap();
            assert_eq!(resource["bytes"], file.bytes.len(), "{root} {path}");
            assert!(resource["description"].as_str().is_some_and(|text| !text.is_empty()), "{root} {path}");
            let Some(fields) = resource["schema"]["fields"].as_array() else { continue };
            let names: Vec<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
            assert_eq!(names, rows(&tree, path)[0], "{root} {path}");
            for field in fields {
                let values = column(path, &field["name"]);
                assert!(field["description"].as_str().is_some_and(|text| !text.is_empty()), "{root} {path} {}", field["name"]);
                if let Some(words) = field["constraints"]["enum"].as_array() {
                    assert!(values.iter().all(|value| words.iter().any(|word| word == value)), "{root} {path} {}: {values:?}", field["name"]);
                }
                if field["type"] == "number" || field["type"] == "integer" || field["type"] == "year" {
                    assert!(values.iter().all(|value| value.parse::<f64>().is_ok()), "{root} {path} {}: {values:?}", field["name"]);
                }
                if field["constraints"]["required"] == true {
                    let at = names.iter().position(|name| field["name"] == *name).unwrap();
                    assert!(rows(&tree, path)[1..].iter().all(|row| !row[at].is_empty()), "{root} {path} {}", field["name"]);
                }
            }
            for key in resource["schema"]["foreignKeys"].as_array().into_iter().flatten() {
                let (here, there) = (column(path, &key["fields"]), path_of(key["reference"]["resource"].as_str().unwrap()));
                let there = column(there, &key["reference"]["fields"]);
                assert!(here.is_subset(&there), "{root} {path} {}", key["fields"]);
            }
        }
        let published: BTreeSet<String> = tree.iter().filter_map(|file| file.path.strip_prefix("data/").map(str::to_owned)).collect();
        let parts: BTreeSet<String> = published.iter().filter(|name| name.starts_with("funding-")).cloned().collect();
        assert_eq!(&published - &parts, described, "{root}");
        // The parts of the funding table are the whole of it.
        let whole: BTreeSet<Vec<String>> = rows(&tree, "funding.csv").into_iter().collect();
        assert_eq!(parts.iter().flat_map(|name| rows(&tree, name)).collect::<BTreeSet<_>>(), whole, "{root}");
    }
}

/// The names of the exports are a contract: what the page of data calls its files is what is published.
#[test]
fn structured_data_names_every_file() {
    for root in ROOTS {
        let tree = published(root);
        let page = tree.iter().map(|file| String::from_utf8_lossy(&file.bytes)).find(|text| text.contains("\"@type\":\"Dataset\"")).unwrap();
        let json = page.split("<script type=\"application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
        let graph: serde_json::Value = serde_json::from_str(json).unwrap();
        let files = graph["@graph"][0]["distribution"].as_array().unwrap();
        let named: BTreeSet<String> = files.iter().map(|file| file["contentUrl"].as_str().unwrap().split_once("/data/").unwrap().1.to_owned()).collect();
        let published = tree.iter().filter_map(|file| file.path.strip_prefix("data/"));
        let published: BTreeSet<String> = published.filter(|name| !name.starts_with("funding-") && *name != "datapackage.json").map(str::to_owned).collect();
        assert_eq!(named, published, "{root}");
    }
}

/// A picture to share has letters above and in the band at its foot, on the ground of each, and none in the margins.
fn letters_stand_in_their_places(picture: &File) {
    const WIDTH: usize = 1200;
    const BAND: usize = 486;
    let mut reader = png::Decoder::new(Cursor::new(&picture.bytes)).read_info().unwrap();
    assert_eq!((reader.info().width, reader.info().height), (WIDTH as u32, 630), "{}", picture.path);
    let mut pairs = vec![0; WIDTH / 2 * 630];
    reader.next_frame(&mut pairs).unwrap();
    let points: Vec<u8> = pairs.iter().flat_map(|pair| [pair >> 4, pair & 0xf]).collect();
    let mut inked = Vec::new();
    for (y, row) in points.chunks(WIDTH).enumerate() {
        let ground = if y < BAND { 0 } else { 8 };
        assert!(row.iter().all(|point| point & 8 == ground), "{} has the colours of the other part in row {y}", picture.path);
        let of_ground = |points: &[u8]| points.iter().all(|point| *point == ground);
        assert!(of_ground(&row[..64]) && of_ground(&row[WIDTH - 64..]), "{} has letters in its margins in row {y}", picture.path);
        inked.push(!of_ground(row));
    }
    let has_ink = [0..70, 70..130, 130..BAND, BAND..620, 620..630].map(|rows| inked[rows].contains(&true));
    // That of the site has nothing above its title.
    let has_line = !picture.path.ends_with("/site.png");
    assert_eq!(has_ink, [false, has_line, true, true, false], "{}: margin, line above, title, band, margin", picture.path);
}

/// Pictures, feeds and pages that name them: whoever follows such an address finds something.
#[test]
fn what_pages_offer_to_share_is_there() {
    let tree = compile(read::read(&here("")).unwrap(), Goal::Publish).output;
    let base = "https://sporbar.netlify.app/";
    let mut pictures = BTreeSet::new();
    for page in tree.iter().filter(|file| file.path.ends_with("index.html") && file.path != "index.html") {
        let text = std::str::from_utf8(&page.bytes).unwrap();
        let picture = text.split("property=\"og:image\" content=\"").nth(1).and_then(|rest| rest.split('"').next());
        let picture = picture.unwrap_or_else(|| panic!("{} has no picture", page.path)).strip_prefix(base).unwrap();
        let file = tree.get(picture).unwrap_or_else(|| panic!("{} names {picture}", page.path));
        letters_stand_in_their_places(file);
        pictures.insert(picture.to_owned());
    }
    let drawn: BTreeSet<String> = tree.iter().filter(|file| file.path.ends_with(".png")).map(|file| file.path.clone()).collect();
    assert_eq!(pictures, drawn);
    for code in ["da", "en"] {
        let feed = String::from_utf8(tree.get(&format!("{code}/feed.xml")).unwrap().bytes.clone()).unwrap();
        let feed: atom_syndication::Feed = feed.parse().unwrap();
        assert!(!feed.entries().is_empty());
        for entry in feed.entries() {
            let (page, anchor) = entry.id().strip_prefix(base).unwrap().split_once('#').unwrap();
            let page = tree.get(&format!("{page}index.html")).unwrap();
            assert!(String::from_utf8_lossy(&page.bytes).contains(&format!("id=\"{anchor}\"")), "{}", entry.id());
        }
    }
}
