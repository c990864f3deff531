//! What a stream costs its process, over TLS to a host in another process.
//!
//! `cargo xtask bench stream` runs one scenario after the other, each in a process of its own, so that
//! CPU time and memory are that scenario's:
//!
//! - `path [WAY ROUNDS]`: CPU per record from a typed record to the answer, beside hyper with bodies that are
//!   there already; with a name, that way alone and so often: the difference of two counts of
//!   instructions is free of set-up.
//! - `quota`: all that a tenant allows, at the rate that streams keep to by themselves.
//! - `idle`: a stream that has nothing to do.

#![allow(clippy::unwrap_used, reason = "a benchmark may panic")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its figures"
)]

mod host;
mod idle;
mod path;
mod quota;
mod raw;
mod unlimited;
mod usage;

use anyhow::{Result, bail};
use ingest_benches::event::{Event, event, rivals};

fn main() -> Result<()> {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["path"] => path::run(None, path::ROUNDS),
        ["path", way, rounds] => path::run(Some(way), rounds.parse()?),
        ["quota"] => quota::run(),
        ["idle"] => idle::run(),
        _ => bail!("usage: bench-stream path [WAY ROUNDS] | quota | idle"),
    }
}

/// Records whose numbers have all digits, which cost most.
fn events() -> Vec<Event> {
    rivals("doubles").iter().map(event).collect()
}
