//! What a stream holds in memory, however much it sends: millions of records through a tenant that is
//! slower than their sender, so that the buffer is full all the time. Tenant and sender are processes of
//! their own, this program run again, so that nobody else's memory is measured.
//!
//! `cargo test -p ingest-tests --test memory` sends 150,000 records in a dev build, `cargo xtask bench
//! memory` 5,000,000 in a release build. Prints figures; asserts memory, never time.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may panic, and this one prints figures"
)]

#[cfg(target_os = "linux")]
mod processes;

#[cfg(target_os = "linux")]
fn main() {
    processes::run();
}

/// Memory is read from `/proc`.
#[cfg(not(target_os = "linux"))]
fn main() {}
