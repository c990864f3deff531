//! The benchmarks, as `cargo xtask bench <which>`: each runs its rival beside it, prints both and
//! says of every budget whether it holds. Not part of `cargo xtask test`, because timings depend on
//! the machine.

mod budget;
mod compile;
mod consumer;
mod cpu;
mod encode;
mod figures;
mod stream;

use crate::Chore;
use crate::steps::Steps;

/// Reads which benchmark is wanted; `None` if there is no such.
///
/// - `compile [--rounds N]`: what compiling wide records costs.
/// - `encode`: what writing records costs.
/// - `stream`: what sending records costs.
/// - `memory`: what a stream holds of five million records.
pub(crate) fn read(arguments: &[&str]) -> Option<Chore> {
    match arguments {
        ["compile", options @ ..] => {
            let rounds = rounds(options)?;
            Some(Box::new(move || compile::run(rounds)))
        }
        ["encode"] => Some(Box::new(encode::run)),
        ["stream"] => Some(Box::new(stream::run)),
        ["memory"] => Some(Box::new(|| {
            Steps::new().cargo(
                "memory",
                "test --release --package ingest-tests --test memory -- 5000000",
            )
        })),
        _ => None,
    }
}

/// How often everything is measured; three times where nothing is said.
fn rounds(options: &[&str]) -> Option<usize> {
    match options {
        [] => Some(3),
        ["--rounds", number] => number.parse().ok().filter(|rounds| *rounds > 0),
        _ => None,
    }
}
