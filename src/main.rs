//! Runs the command line and returns its exit code.
//!
//! In: what was typed. Out: an exit code. Decides nothing but the allocator.

/// Hands out millions of short texts sooner than the allocator of most systems; see `Cargo.toml`.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    sporbar::cli::run()
}
