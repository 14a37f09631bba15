//! The command line: what was typed, what is done, and the exit code that says how it went.
//!
//! In: arguments. Out: messages on standard error, results on standard output, and 0 (fine), 1 (faults in the
//! content), 2 (wrong usage) or 3 (the disk or network failed).

use std::io::{self, IsTerminal, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::diagnostic::emit::{self, Format};
use crate::diagnostic::{Diagnostics, Severity};
use crate::load::Content;
use crate::scaffold::{self, New};
use crate::source::{File, FileTree};
use crate::{Compilation, Goal, compile, load, schema, serve, write};

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

#[derive(Args)]
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
    Build,
    /// Checks everything and writes nothing.
    Check,
    /// Shows the site in a browser and follows every change.
    Serve {
        /// The port; the next free one if it is taken.
        #[arg(long, default_value_t = 4000)]
        port: u16,
        /// The address to listen on.
        #[arg(long, default_value = "127.0.0.1")]
        host: IpAddr,
    },
    /// Makes a new record with the right skeleton.
    New {
        #[command(subcommand)]
        record: New,
    },
    /// Writes the JSON Schemas of all records, and the settings that tie editors to them.
    Schema,
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
        Command::Check => {
            let compilation = compile(read(&cli.root)?, Goal::Check);
            report(&compilation, cli, "the content is in order")
        }
        Command::Build => {
            let compilation = compile(read(&cli.root)?, Goal::Publish);
            if faults(&compilation, cli.messages.strict) {
                return report(&compilation, cli, "");
            }
            let written = write::write(&compilation.output, &cli.root.join("public"))?;
            report(&compilation, cli, &format!("public/ has {} files, {} of them new or changed", written.files, written.changed))
        }
        Command::Serve { port, host } => {
            read(&cli.root)?;
            Ok(serve::serve(&cli.root, *host, *port)?)
        }
        Command::New { record } => {
            let (tree, content) = content(cli)?;
            let files = scaffold::files(&tree, &content, record).map_err(Failure::Usage)?;
            create(&cli.root, &files)?;
            say("fill in what `sporbar check` names, and correct the number of records where the document's is stated (data/strategies, data/council.yaml)\n");
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

/// The records of the site; where there can be none, the faults are reported.
fn content(cli: &Cli) -> Result<(FileTree, Content), Failure> {
    let sources = read(&cli.root)?.over(load::theme::built_in());
    let mut diagnostics = Diagnostics::default();
    match load::parse(&sources, &mut diagnostics) {
        Some(content) => Ok((sources, content)),
        None => {
            let compilation = Compilation { sources, output: FileTree::default(), diagnostics: diagnostics.sorted() };
            Err(report(&compilation, cli, "").err().unwrap_or(Failure::Content))
        }
    }
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

fn faults(compilation: &Compilation, strict: bool) -> bool {
    compilation.diagnostics.iter().any(|diagnostic| strict || diagnostic.severity == Severity::Error)
}

/// Writes the faults, and a last line: how many there are, or what was done.
fn report(compilation: &Compilation, cli: &Cli, done: &str) -> Result<(), Failure> {
    let Messages { message_format: format, strict } = cli.messages;
    let mut diagnostics = compilation.diagnostics.clone();
    if strict {
        diagnostics.iter_mut().for_each(|diagnostic| diagnostic.severity = Severity::Error);
    }
    let human = matches!(format, Format::Human | Format::Short);
    let text = emit::render(&diagnostics, &compilation.sources, format, format == Format::Human && io::stderr().is_terminal());
    // Machines read standard output; people read standard error.
    if human {
        say(&text);
    } else {
        tell(&text)?;
    }
    let failed = faults(compilation, strict);
    let counts = emit::summary(&diagnostics);
    let line = match (failed, counts) {
        (true, counts) => format!("{}; nothing was written\n", counts.unwrap_or_default()),
        (false, Some(counts)) => format!("{done}; {counts}\n"),
        (false, None) => format!("{done}\n"),
    };
    say(&line);
    if failed { Err(Failure::Content) } else { Ok(()) }
}

/// Creates files that must not be there yet.
#[expect(clippy::disallowed_methods, reason = "records and settings are written for the editor, not published")]
fn create(root: &Path, files: &[File]) -> Result<(), Failure> {
    if let Some(file) = files.iter().find(|file| root.join(&file.path).exists()) {
        return Err(Failure::Usage(format!("{} is already there", root.join(&file.path).display())));
    }
    for file in files {
        let path = root.join(&file.path);
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        let mut new = std::fs::File::create_new(&path).map_err(|error| io::Error::new(error.kind(), format!("cannot create {}: {error}", path.display())))?;
        new.write_all(&file.bytes)?;
        tell(&format!("{}\n", path.display()))?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "schemas are written for the editor, not published")]
fn overwrite(root: &Path, files: &[File]) -> Result<(), Failure> {
    for file in files {
        let path = root.join(&file.path);
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        std::fs::write(&path, &file.bytes).map_err(|error| io::Error::new(error.kind(), format!("cannot write {}: {error}", path.display())))?;
        tell(&format!("{}\n", path.display()))?;
    }
    Ok(())
}

/// To standard error; a closed pipe is nobody's loss.
fn say(text: &str) {
    drop(io::stderr().write_all(text.as_bytes()));
}

/// To standard output; whoever closes it has read enough.
fn tell(text: &str) -> io::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
