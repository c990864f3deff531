//! What the benchmarks share: the record that they send, and how they tell a figure.

#![allow(clippy::unwrap_used, reason = "a benchmark may panic")]
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

pub mod event;

/// Prints a figure for `cargo xtask bench`, which holds it against its bar.
pub fn figure(name: &str, value: f64) {
    println!("figure {name} {value}");
}

/// The middle one of the rounds.
pub fn median(rounds: &mut [f64]) -> f64 {
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}
