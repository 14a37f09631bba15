//! What people and machines are told of a run: how far it is, what is wrong, and a last line.
//!
//! In: compilations and how their faults are to be written. Out: faults on standard error, or on standard output where a
//! machine reads them.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{Cli, Command, Failure, Messages};
use crate::diagnostic::emit::{self, Format};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::read::from_here;
use crate::progress::{Observer, Phase, Unobserved};
use crate::source::FileTree;
use crate::{Compilation, Edition, Goal, compile_edition, whole};

/// Compiles the site; on a terminal, a run that takes long says how far it is.
pub fn watched(input: FileTree, goal: Goal, edition: Edition) -> Compilation {
    if !io::stderr().is_terminal() {
        return compile_edition(whole(input), goal, edition, None, &Unobserved);
    }
    let (tell, told) = mpsc::channel();
    let teller = thread::spawn(move || {
        let (mut doing, mut ticks) = ("reading", 0);
        loop {
            match told.recv_timeout(TICK) {
                Ok(Phase::Read | Phase::Load | Phase::Theme) => {}
                Ok(Phase::Check) => doing = "checking",
                Ok(_) => doing = "making the pages",
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    ticks += 1;
                    if ticks >= QUIET_TICKS {
                        say(&format!("\r\x1b[K{doing} …"));
                    }
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
        }
        if ticks >= QUIET_TICKS {
            say("\r\x1b[K");
        }
    });
    let compilation = compile_edition(whole(input), goal, edition, None, &Told(tell));
    drop(teller.join());
    compilation
}

/// Passes on how far a build is.
struct Told(mpsc::Sender<Phase>);

impl Observer for Told {
    fn begin(&self, phase: Phase) {
        // Whoever stopped listening knows enough.
        self.0.send(phase).unwrap_or_default();
    }
}

/// How often a long run says how far it is, and for how many of these it says nothing.
const TICK: Duration = Duration::from_millis(200);
const QUIET_TICKS: u32 = 4;

/// Whether there are faults that matter in this run.
pub fn faults(compilation: &Compilation, strict: bool) -> bool {
    compilation.diagnostics.iter().any(|diagnostic| effective(diagnostic, strict) == Severity::Error)
}

/// How much a fault matters in this run.
fn effective(diagnostic: &Diagnostic, strict: bool) -> Severity {
    match diagnostic.severity {
        Severity::Warning if strict => Severity::Error,
        severity => severity,
    }
}

/// Most faults of one file that are shown in full.
const SHOWN: usize = 50;

/// The faults with their excerpts; of a file with very many, the first.
fn in_bounds(root: &str, diagnostics: &[Diagnostic], sources: &FileTree, colour: bool) -> String {
    diagnostics
        .chunk_by(|a, b| a.span.file == b.span.file)
        .map(|of_file| {
            let shown = &of_file[..of_file.len().min(SHOWN)];
            let text = emit::render_below(root, shown, sources, Format::Human, colour);
            match of_file.len() - shown.len() {
                0 => text,
                rest => format!("{text}… and {rest} more in {root}{}; `--message-format short` lists them all\n\n", sources.file(of_file[0].span.file).path),
            }
        })
        .collect()
}

/// Writes the faults, and a last line: how many there are, or what was done.
pub fn report(compilation: &Compilation, cli: &Cli, done: &str) -> Result<(), Failure> {
    let Messages { message_format: format, strict } = cli.messages;
    let root = &from_here(&cli.root);
    let mut diagnostics = compilation.diagnostics.clone();
    diagnostics.iter_mut().for_each(|diagnostic| diagnostic.severity = effective(diagnostic, strict));
    let human = matches!(format, Format::Human | Format::Short);
    let colour = format == Format::Human && io::stderr().is_terminal();
    let text = match format {
        Format::Human => in_bounds(root, &diagnostics, &compilation.sources, colour),
        _ => emit::render_below(root, &diagnostics, &compilation.sources, format, colour),
    };
    // Machines read standard output; people read standard error.
    if human {
        say(&text);
    } else {
        tell(&text)?;
    }
    let failed = faults(compilation, strict);
    let counts = emit::summary(&diagnostics);
    let line = match (failed, counts) {
        (true, counts) if matches!(cli.command, Command::Check { .. }) => format!("{}\n", counts.unwrap_or_default()),
        (true, counts) => format!("{}; nothing was written\n", counts.unwrap_or_default()),
        // What publishes the site is usually as strict as can be.
        (false, Some(counts)) if matches!(cli.command, Command::Check { .. }) && faults(compilation, true) => {
            let warnings = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning).count();
            format!("{done}; {counts}; with `--strict` {}\n", if warnings == 1 { "that would be an error" } else { "these would be errors" })
        }
        (false, Some(counts)) => format!("{done}; {counts}\n"),
        (false, None) => format!("{done}\n"),
    };
    say(&line);
    if failed { Err(Failure::Content) } else { Ok(()) }
}

/// To standard error; a closed pipe is nobody's loss.
pub fn say(text: &str) {
    drop(io::stderr().write_all(text.as_bytes()));
}

/// To standard output; whoever closes it has read enough.
pub fn tell(text: &str) -> io::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
