//! Where the time of a build goes: `sporbar build --timings`.
//!
//! In: what a build tells an observer. Out: a text: phases, the slowest templates and pages, in milliseconds, for phases also
//! those that the processors worked, where the system tells. Changes nothing of what is built.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::progress::{Observer, Phase};
use crate::source::{File, FileTree};
use crate::write::Written;

/// Most templates and pages that are listed.
const SHOWN: usize = 10;

/// An observer with a clock.
pub struct Timings {
    start: Instant,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    /// The phase that is going on, and when it began.
    now: Option<(Phase, Spent)>,
    phases: BTreeMap<Phase, Spent>,
    pages: Vec<PageTime>,
}

/// What something takes.
#[derive(Clone, Copy, Default)]
struct Spent {
    wall: Duration,
    /// Of all processors together; zero where the system does not tell.
    processor: Duration,
}

struct PageTime {
    time: Duration,
    template: &'static str,
    path: String,
    bytes: usize,
}

impl Timings {
    /// A clock that runs from now on.
    #[expect(clippy::disallowed_methods, reason = "what is measured goes into no file of a site")]
    pub fn new() -> Self {
        Timings { start: Instant::now(), taken: Mutex::default() }
    }

    /// What the build has taken until now.
    fn spent(&self) -> Spent {
        Spent { wall: self.start.elapsed(), processor: processor() }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was measured until now, as a text.
    pub fn report(&self, output: &FileTree, written: &Written) -> String {
        let total = self.spent();
        let mut taken = self.taken();
        taken.end(total);
        let mut text = String::new();
        // Writing to a string cannot fail.
        let mut line = |arguments: std::fmt::Arguments<'_>| text.write_fmt(arguments).unwrap_or_default();
        for (name, spent) in taken.phases.iter().map(|(phase, spent)| (phase.name(), *spent)).chain([("total", total)]) {
            let processor = if total.processor.is_zero() { String::new() } else { format!(" {:>10.1} ms of the processors", milliseconds(spent.processor)) };
            line(format_args!("{name:<10} {:>10.1} ms{processor}\n", milliseconds(spent.wall)));
        }
        let mut templates: BTreeMap<&str, (Duration, usize)> = BTreeMap::new();
        for page in &taken.pages {
            let (time, pages) = templates.entry(page.template).or_default();
            *time += page.time;
            *pages += 1;
        }
        let mut templates: Vec<_> = templates.into_iter().collect();
        templates.sort_by_key(|(_, (time, _))| std::cmp::Reverse(*time));
        line(format_args!("the slowest templates, all threads together\n"));
        for (template, (time, pages)) in templates.into_iter().take(SHOWN) {
            let each = milliseconds(time) / pages as f64;
            line(format_args!("{:>10.1} ms  {template}, {pages} pages, {each:.3} ms each\n", milliseconds(time)));
        }
        taken.pages.sort_by(|a, b| b.time.cmp(&a.time).then_with(|| a.path.cmp(&b.path)));
        line(format_args!("the slowest pages\n"));
        for page in taken.pages.iter().take(SHOWN) {
            line(format_args!("{:>10.1} ms  {}, {} bytes\n", milliseconds(page.time), page.path, page.bytes));
        }
        let bytes: usize = output.iter().map(|file| file.bytes.len()).sum();
        line(format_args!("{} files with {bytes} bytes, {} of them with {} bytes written\n", output.len(), written.changed.files, written.changed.bytes));
        text
    }
}

impl Default for Timings {
    fn default() -> Self {
        Timings::new()
    }
}

impl Taken {
    fn end(&mut self, now: Spent) {
        if let Some((phase, began)) = self.now.take() {
            let spent = self.phases.entry(phase).or_default();
            spent.wall += now.wall.saturating_sub(began.wall);
            spent.processor += now.processor.saturating_sub(began.processor);
        }
    }
}

impl Observer for Timings {
    fn begin(&self, phase: Phase) {
        let now = self.spent();
        let mut taken = self.taken();
        taken.end(now);
        taken.now = Some((phase, now));
    }

    fn now(&self) -> Option<Duration> {
        Some(self.start.elapsed())
    }

    fn page(&self, template: &'static str, file: &File, began: Duration) {
        let time = self.start.elapsed().saturating_sub(began);
        self.taken().pages.push(PageTime { time, template, path: file.path.clone(), bytes: file.bytes.len() });
    }
}

impl Phase {
    fn name(self) -> &'static str {
        match self {
            Phase::Read => "read",
            Phase::Load => "load",
            Phase::Check => "check",
            Phase::Model => "model",
            Phase::Theme => "theme",
            Phase::Search => "search",
            Phase::Exports => "exports",
            Phase::Pages => "pages",
            Phase::Pictures => "pictures",
            Phase::Links => "links",
            Phase::Write => "write",
        }
    }
}

/// What the processors have worked for this program until now.
#[cfg(unix)]
fn processor() -> Duration {
    rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime).try_into().unwrap_or_default()
}

/// Not known here.
#[cfg(not(unix))]
fn processor() -> Duration {
    Duration::ZERO
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
