//! Runs the command line and returns its exit code.

/// A build is made of millions of short texts, which this hands out sooner than the allocator of most systems.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    sporbar::cli::run()
}
