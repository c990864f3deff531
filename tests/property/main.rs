//! What compiles is accepted: schemas, structs and values at random, compiled in bulk and sent to a
//! strict and to a lenient tenant. Not one 400, not one row lost, blank or changed.
//!
//! `PROPERTY_SEED` draws other schemas and values, `PROPERTY_SCHEMAS` more or fewer of them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod consumer;
mod driver;
mod names;
mod schemas;
mod shapes;
mod yaml;

use std::env;
use std::process::Output;

use consumer::{Consumer, Size};

const SEED: u64 = 20_260_711;

fn size() -> Size {
    let number = |name: &str, otherwise: u64| match env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("`{name}` is no number: {text}")),
        Err(_) => otherwise,
    };
    Size {
        seed: number("PROPERTY_SEED", SEED),
        schemas: usize::try_from(number("PROPERTY_SCHEMAS", 40)).unwrap(),
        records: 300,
    }
}

/// What a program said, if it failed.
fn ensure(output: &Output, what: &str, size: Size) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = text(&output.stdout) + &text(&output.stderr);
    // What follows are warnings or consequences.
    let error = |line: &&str| !line.starts_with("error");
    let first: Vec<_> = said.lines().skip_while(error).take(60).collect();
    assert!(
        output.status.success(),
        "{what} with PROPERTY_SEED={} PROPERTY_SCHEMAS={}:\n{}",
        size.seed,
        size.schemas,
        first.join("\n")
    );
    said
}

#[test]
fn what_compiles_is_accepted() {
    let size = size();
    let consumer = Consumer::write(size);
    ensure(&consumer.build(), "does not compile", size);
    let said = ensure(&consumer.run(), "is not accepted", size);
    println!("{said}");
}
