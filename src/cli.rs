//! The command line: what was typed, what is done, and the exit code that says how it went.
//!
//! In: arguments. Out: messages on standard error, results on standard output, and 0 (fine), 1 (faults in the
//! content), 2 (wrong usage) or 3 (the disk or network failed).

mod files;
mod report;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal};
use std::mem::ManuallyDrop;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use files::{create, overwrite};
use report::{faults, report, say, tell, watched};

use crate::diagnostic::emit::Format;
use crate::diagnostic::{Code, Diagnostics, Severity, did_you_mean};
use crate::external::Patience;
use crate::load::Content;
use crate::load::value::Url;
use crate::progress::{Observer, Phase};
use crate::scaffold::{self, New};
use crate::serve::{Editor, Options};
use crate::source::{File, FileTree};
use crate::timings::Timings;
use crate::{Compilation, Edition, Goal, compile, compile_edition, diff, external, load, schema, serve, translations, whole, write};

/// Turns a folder of records and chapters into a website in which everything can be traced to its source.
#[derive(Parser)]
#[command(name = "sporbar", version)]
struct Cli {
    /// The folder of the site.
    #[arg(long, global = true, default_value = ".", value_name = "DIR")]
    root: PathBuf,
    #[command(flatten)]
    messages: Messages,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, Args)]
struct Messages {
    /// How faults are written.
    #[arg(long, global = true, value_enum, default_value = "human", value_name = "FORM")]
    message_format: Format,
    /// Makes every warning an error.
    #[arg(long, global = true)]
    strict: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Checks everything and writes the site to public/.
    Build {
        /// Where this build is published, where that is not the site's own address.
        #[arg(long, value_name = "URL", value_parser = base_url)]
        base_url: Option<Url>,
        /// For a preview of a change: tells search engines to leave it alone.
        #[arg(long)]
        draft: bool,
        /// Says where the time went: phases, the slowest templates and pages.
        #[arg(long)]
        timings: bool,
    },
    /// Checks everything and writes nothing.
    Check {
        /// Also asks every address elsewhere on the web whether it still answers.
        #[arg(long)]
        external: bool,
        /// Days until an address that answered is asked again.
        #[arg(long, requires = "external", default_value_t = 7, value_name = "DAYS")]
        max_age: u32,
        /// Seconds to wait for an answer.
        #[arg(long, requires = "external", default_value = "10", value_name = "SECONDS", value_parser = seconds)]
        timeout: Duration,
    },
    /// Shows the site in a browser and follows every change.
    Serve {
        /// The port, and no other; where left out, 4000 or the next free one.
        #[arg(long)]
        port: Option<u16>,
        /// The address to listen on; another than this machine's own lets others read the preview.
        #[arg(long, default_value = "127.0.0.1", value_parser = host)]
        host: IpAddr,
        /// Opens the site in the browser.
        #[arg(long)]
        open: bool,
        /// What opens files: vscode, vscodium, cursor, zed, idea, sublime, or an address with {path}, {line} and {column}.
        #[arg(long, default_value = "vscode", value_name = "EDITOR")]
        editor: Editor,
    },
    /// Explains a code: cause, example, cure. Without one, lists them all.
    Explain {
        /// The code: E0030
        code: Option<String>,
    },
    /// Lists the translations that are not confirmed as they stand, or confirms them.
    Translations {
        #[command(subcommand)]
        action: Option<Translations>,
    },
    /// Tells what a change does: initiatives, amounts, sums, links, texts, addresses.
    Diff {
        /// A folder with a site, or a git revision of --root: main, HEAD~3, v1.2
        old: String,
        /// Another one; the site as it stands in --root where left out.
        new: Option<String>,
        /// How it is told.
        #[arg(long, value_enum, default_value = "text", value_name = "FORM")]
        format: diff::Form,
    },
    /// Makes a new record with the right skeleton, or a new site.
    New {
        #[command(subcommand)]
        what: New,
    },
    /// Writes the JSON Schemas of all records, and the settings that tie editors to them.
    Schema,
}

/// What is said of a site without faults.
const IN_ORDER: &str = "the content is in order";

#[derive(Subcommand)]
enum Translations {
    /// Records that translations have been read against their source as it stands.
    Confirm {
        /// Files or folders: data/initiatives/2024/05.yaml. Everything where left out.
        paths: Vec<String>,
        /// Only the translations into this language.
        #[arg(long, value_name = "CODE")]
        language: Option<String>,
    },
}

/// Why a command ended before its work was done.
enum Failure {
    /// Faults in the content; already reported.
    Content,
    /// What was asked for makes no sense here.
    Usage(String),
    /// The disk or the network.
    Outside(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Outside(error)
    }
}

/// Runs the command that was typed.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let (code, message) = match dispatch(&cli) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Content) => return ExitCode::from(1),
        Err(Failure::Usage(message)) => (2, message),
        Err(Failure::Outside(error)) => (3, error.to_string()),
    };
    say(&format!("error: {message}\n"));
    ExitCode::from(code)
}

fn dispatch(cli: &Cli) -> Result<(), Failure> {
    match &cli.command {
        Command::Check { external, max_age, timeout } => {
            let compilation = watched(read(&cli.root)?, Goal::Check, Edition::default());
            match external {
                true => try_links(compilation, cli, Patience { timeout: *timeout, max_age: Duration::from_secs(u64::from(*max_age) * 24 * 60 * 60) }),
                false => report(&spent(compilation), cli, IN_ORDER),
            }
        }
        Command::Build { base_url, draft, timings } => {
            let edition = Edition { base_url: base_url.clone(), draft: *draft };
            match timings {
                true => {
                    let timings = Timings::new();
                    timings.begin(Phase::Read);
                    let input = read(&cli.root)?;
                    build(cli, &spent(compile_edition(whole(input), Goal::Publish, edition, None, &timings)), Some(&timings))
                }
                false => build(cli, &spent(watched(read(&cli.root)?, Goal::Publish, edition)), None),
            }
        }
        Command::Serve { port, host, open, editor } => {
            read(&cli.root)?;
            Ok(serve::serve(&cli.root, Options { host: *host, port: *port, open: *open, editor: editor.clone() })?)
        }
        Command::Explain { code } => explain(code.as_deref()),
        Command::Translations { action: None } => {
            let (sources, content) = content(cli)?;
            let list = translations::standing(&content);
            tell(&list)?;
            let faulty = content_with_faults(&cli.root, &files_with_faults(&sources));
            let faulty = faulty.map(|files| format!("not looked at because of faults: {files}\n"));
            match (list.is_empty(), &faulty) {
                (false, _) => say("when you have read them, `sporbar translations confirm PATH`\n"),
                (true, None) => say("every translation is confirmed as it stands\n"),
                (true, Some(_)) => {}
            }
            faulty.map_or(Ok(()), |faulty| {
                say(&faulty);
                Err(Failure::Content)
            })
        }
        Command::Translations { action: Some(Translations::Confirm { paths, language }) } => {
            let (sources, content) = content(cli)?;
            // The root itself stands for everything, as no path does.
            let paths: Vec<String> = paths.iter().map(|path| within(&cli.root, path)).filter(|path| !path.is_empty()).collect();
            let faulty = files_with_faults(&sources);
            // The translations of a chapter are kept under the file it was written in, and any of its files may be faulty.
            let stem = |path: &str| path.strip_suffix(".md").and_then(|path| path.rsplit_once('.')).map(|(stem, _)| format!("{stem}."));
            let is_faulty = |path: &str| faulty.iter().any(|file| file == path || stem(path).is_some_and(|stem| file.starts_with(&stem)));
            let (file, confirmed) = translations::confirm(&content, &paths, language.as_deref(), is_faulty).map_err(Failure::Usage)?;
            overwrite(&cli.root, &[file])?;
            let noun = if confirmed == 1 { "translation" } else { "translations" };
            let left = content_with_faults(&cli.root, &faulty).map_or(String::new(), |files| format!("; left as they were because of faults: {files}"));
            say(&format!("{confirmed} {noun} confirmed{left}\n"));
            Ok(())
        }
        Command::Diff { old, new, format } => {
            let names = [old.as_str(), new.as_deref().unwrap_or("the site as it stands")];
            let before = side(&cli.root, old)?;
            let after = match new {
                Some(new) => side(&cli.root, new)?,
                None => read(&cli.root)?,
            };
            let found = diff::diff(names, &before, &after);
            tell(&diff::write(&found, names, *format))?;
            if found.complete { Ok(()) } else { Err(Failure::Content) }
        }
        Command::New { what: New::Site { folder, languages } } => {
            let files = scaffold::site::files(languages).map_err(Failure::Usage)?;
            files::empty(folder)?;
            create(folder, &files)?;
            say(&format!("a new site; begin with {}\n", folder.join("README.md").display()));
            Ok(())
        }
        Command::New { what: New::Record(record) } => {
            let (tree, content) = content(cli)?;
            let files = scaffold::files(&tree, &content, record).map_err(Failure::Usage)?;
            create(&cli.root, &files)?;
            say(&format!("{}\n", record.then(&content)));
            Ok(())
        }
        Command::Schema => {
            let (_, content) = content(cli)?;
            overwrite(&cli.root, &schema::files(&content.languages))?;
            let settings: Vec<File> = schema::editor_settings().into_iter().filter(|file| !cli.root.join(&file.path).exists()).collect();
            create(&cli.root, &settings)
        }
    }
}

/// What is used until the program ends: the system takes its memory back at once, which is sooner than piece by piece.
fn spent(compilation: Compilation) -> ManuallyDrop<Compilation> {
    ManuallyDrop::new(compilation)
}

/// Writes what was built, unless it has faults.
fn build(cli: &Cli, compilation: &Compilation, timings: Option<&Timings>) -> Result<(), Failure> {
    if faults(compilation, cli.messages.strict) {
        return report(compilation, cli, "");
    }
    timings.into_iter().for_each(|timings| timings.begin(Phase::Write));
    let waiting = || say("another build is writing public/; this one waits for it\n");
    let written = write::write(&compilation.output, &cli.root.join("public"), waiting)?;
    timings.into_iter().for_each(|timings| say(&timings.report(&compilation.output, &written)));
    if let Some(leftover) = &written.leftover {
        say(&format!("warning: {leftover}; remove it\n"));
    }
    let foreign = match &written.foreign[..] {
        [] => String::new(),
        [only] => format!("; left alone, as no build made it: {only}"),
        [first, rest @ ..] => format!("; left alone, as no build made them: {first} and {} more", rest.len()),
    };
    report(compilation, cli, &format!("public/ has {} files, {} of them new or changed{foreign}", written.files, written.changed.files))
}

/// What a code means, or all codes.
fn explain(code: Option<&str>) -> Result<(), Failure> {
    let Some(name) = code else {
        let line = |code: &Code| format!("{}  {}\n", code.info().name, code.info().meaning);
        return Ok(tell(&Code::ALL.iter().map(line).collect::<String>())?);
    };
    let Some(code) = Code::find(name) else {
        let help =
            did_you_mean(&name.to_uppercase(), Code::ALL.iter().map(|code| code.info().name)).unwrap_or_else(|| "`sporbar explain` lists them all".into());
        return Err(Failure::Usage(format!("there is no code `{name}`; {help}")));
    };
    Ok(tell(&code.explain())?)
}

/// A path as it is within the site, however it was written: from the root of the site, from here, or from the top.
fn within(root: &Path, path: &str) -> String {
    let plain = |path: &Path| -> PathBuf { path.components().filter(|part| !matches!(part, Component::CurDir)).collect() };
    let (top, whole) = (std::path::absolute(root).unwrap_or_else(|_| root.to_owned()), plain(Path::new(path)));
    let inner = whole.strip_prefix(plain(&top)).or_else(|_| whole.strip_prefix(plain(root))).map(Path::to_owned);
    // What is not named from the root may be named from a folder within it.
    let here = || whole.canonicalize().ok()?.strip_prefix(root.canonicalize().ok()?).ok().map(Path::to_owned);
    let inner = inner.ok().or_else(|| (!root.join(&whole).exists()).then(here).flatten()).unwrap_or(whole);
    let steps: Vec<_> = inner.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    steps.join("/")
}

/// The records of the site; where there can be none, the faults are reported.
fn content(cli: &Cli) -> Result<(Arc<FileTree>, Content), Failure> {
    let sources = whole(read(&cli.root)?);
    let mut diagnostics = Diagnostics::default();
    match load::parse(&sources, &mut diagnostics) {
        Some(content) => Ok((sources, content)),
        None => {
            let compilation =
                Compilation { sources, output: FileTree::default(), diagnostics: diagnostics.sorted(), web_links: Vec::new(), settings: BTreeMap::new() };
            Err(report(&compilation, cli, "").err().unwrap_or(Failure::Content))
        }
    }
}

/// The files that have an error.
fn files_with_faults(sources: &FileTree) -> BTreeSet<String> {
    let compilation = compile(sources.clone(), Goal::Check);
    let errors = compilation.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors.map(|diagnostic| compilation.sources.file(diagnostic.span.file).path.clone()).collect()
}

/// Those of some files that have records or chapters, in one line.
fn content_with_faults(root: &Path, files: &BTreeSet<String>) -> Option<String> {
    let here = load::read::from_here(root);
    let files = files.iter().filter(|file| file.starts_with("data/") || file.starts_with("content/"));
    let files: Vec<String> = files.map(|file| format!("{here}{file}")).collect();
    (!files.is_empty()).then(|| files.join(", "))
}

/// Reads the site, or says that there is none.
fn read(root: &Path) -> Result<FileTree, Failure> {
    if !root.is_dir() {
        return Err(Failure::Usage(format!("there is no folder {}", root.display())));
    }
    let tree = load::read::read(root)?;
    if tree.is_empty() {
        let message = format!("there is no site in {}: a site has the folders {}", root.display(), load::read::FOLDERS.join(", "));
        return Err(Failure::Usage(message));
    }
    Ok(tree)
}

/// One side of a comparison: a folder where there is one, else a revision.
fn side(root: &Path, name: &str) -> Result<FileTree, Failure> {
    let folder = Path::new(name);
    if folder.is_dir() {
        return read(folder);
    }
    let tree = diff::revision::read(root, name).map_err(Failure::Usage)?;
    if tree.is_empty() {
        return Err(Failure::Usage(format!("there is no site in {} at `{name}`", root.display())));
    }
    Ok(tree)
}

/// Tries the links that lead elsewhere, and writes what is wrong with them among the other faults.
fn try_links(mut compilation: Compilation, cli: &Cli, patience: Patience) -> Result<(), Failure> {
    let watched = io::stderr().is_terminal();
    let progress = |done, all| {
        if watched {
            say(&format!("\r{done} of {all} links"));
        }
    };
    let tried = external::check(&cli.root, &compilation.web_links, patience, progress);
    if watched {
        say("\r\x1b[K");
    }
    match tried {
        Ok(tried) => {
            if let Some(error) = tried.forgotten {
                say(&format!("warning: {error}; the next run asks everything again\n"));
            }
            compilation.add(tried.diagnostics);
            report(&compilation, cli, &format!("{IN_ORDER}; addresses elsewhere: {}, asked now: {}", tried.addresses, tried.asked))
        }
        // What was found without the network is told all the same.
        Err(error) => {
            drop(report(&compilation, cli, IN_ORDER));
            Err(error.into())
        }
    }
}

/// An address at which a site can be published.
fn base_url(text: &str) -> Result<Url, String> {
    let text = text.trim_end_matches('/');
    let url = Url::new(text).filter(|_| !text.split_once("://").is_some_and(|(_, rest)| rest.contains(['/', '?', '#'])));
    url.ok_or_else(|| "write the address of a site, without a path: https://preview.example.org".into())
}

/// An address to listen on.
fn host(text: &str) -> Result<IpAddr, String> {
    match text {
        "localhost" => Ok(Ipv4Addr::LOCALHOST.into()),
        _ => text.parse().map_err(|_| "write localhost, an address of this machine in numbers, or 0.0.0.0 for all of them".into()),
    }
}

/// A number of seconds, a fraction too.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.001..=3600.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "write a number of seconds, at most 3600".into())
}
