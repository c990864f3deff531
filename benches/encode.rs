//! Typed records into JSON, beside `serde_json::to_writer`, sonic-rs and a `Value` on an equal struct,
//! in one program.
//!
//! `cargo xtask bench encode` prints nanoseconds per record of all sides, in rounds that take turns,
//! and the ratio of the medians. With `count SIDE INPUT N` it encodes N records on one side, so that a
//! tool can count instructions: the difference of two counts is free of set-up.

#![allow(clippy::unwrap_used, reason = "a benchmark may panic")]
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::hint::black_box;
use std::time::Instant;

use ingest_benches::event::{Event, Rival, event, rivals};
use ingest_benches::{figure, median};
use ingest_core::{csv, json};

/// Encodes `count` records one after the other into one buffer, as a body is filled.
fn run<T>(records: &[T], count: usize, out: &mut Vec<u8>, write: impl Fn(&T, &mut Vec<u8>)) {
    for record in records.iter().cycle().take(count) {
        if out.len() > 199_000 {
            out.clear();
        }
        write(record, out);
    }
    black_box(out);
}

/// One side: its name, and what encodes so many records.
type Encoder<'a> = Box<dyn Fn(usize, &mut Vec<u8>) + 'a>;

type Side<'a> = (&'static str, Encoder<'a>);

fn sides<'a>(events: &'a [Event], rivals: &'a [Rival]) -> [Side<'a>; 5] {
    [
        (
            "serde_json",
            encoder(rivals, |record, out| {
                serde_json::to_writer(out, record).unwrap();
            }),
        ),
        (
            "value",
            encoder(rivals, |record, out| {
                let value = serde_json::to_value(record).unwrap();
                serde_json::to_writer(out, &value).unwrap();
            }),
        ),
        (
            "sonic-rs",
            encoder(rivals, |record, out| {
                sonic_rs::to_writer(out, record).unwrap();
            }),
        ),
        (
            "json",
            encoder(events, |record, out| json::write(record, out).unwrap()),
        ),
        (
            "csv",
            encoder(events, |record, out| csv::write(record, out).unwrap()),
        ),
    ]
}

fn encoder<'a, T>(records: &'a [T], write: impl Fn(&T, &mut Vec<u8>) + 'a) -> Encoder<'a> {
    Box::new(move |count, out| run(records, count, out, &write))
}

#[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
fn measure(input: &str) {
    const COUNT: usize = 20_000;
    let rivals = rivals(input);
    let events: Vec<_> = rivals.iter().map(event).collect();
    let bytes = serde_json::to_vec(&rivals).unwrap().len() as f64 / rivals.len() as f64;
    let sides = sides(&events, &rivals);
    let mut rounds = [const { Vec::new() }; 5];
    let mut out = Vec::with_capacity(200_000);
    for _ in 0..61 {
        for ((_, encode), rounds) in sides.iter().zip(&mut rounds) {
            let start = Instant::now();
            encode(COUNT, &mut out);
            rounds.push(start.elapsed().as_nanos() as f64 / COUNT as f64);
            out.clear();
        }
    }
    let medians = rounds.each_mut().map(|rounds| median(rounds));
    println!("{input}, {bytes:.0} bytes of JSON");
    for ((name, _), ns) in sides.iter().zip(medians) {
        println!(
            "  {name:<10} {ns:>6.1} ns/record  {:>5.2}x",
            medians[0] / ns
        );
        figure(&format!("{input}.{name}"), ns);
    }
}

fn main() {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let ["count", side, input, count] = args[..] else {
        measure("decimals");
        measure("doubles");
        measure("prose");
        return;
    };
    let rivals = rivals(input);
    let events: Vec<_> = rivals.iter().map(event).collect();
    let sides = sides(&events, &rivals);
    let (_, encode) = sides.iter().find(|(name, _)| *name == side).unwrap();
    encode(count.parse().unwrap(), &mut Vec::with_capacity(200_000));
}
