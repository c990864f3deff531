//! What compiles is accepted: schemas, structs and values at random, compiled in bulk and sent to a
//! strict and to a lenient tenant. Not one 400, not one row lost, blank or changed.
//!
//! `PROPERTY_SEED` draws other schemas and values, `PROPERTY_SCHEMAS` more or fewer of them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod can_fail;
mod consumer;
mod driver;
mod names;
mod program;
mod schemas;
mod shapes;
mod yaml;

use std::collections::HashSet;
use std::env;
use std::process::Output;

use ingest_schema::{Kind, Roles, Schema};

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
    // Warnings come first, consequences last.
    let is_news = |line: &str| {
        ["error", "wrong", "thread"]
            .iter()
            .any(|word| line.starts_with(word))
    };
    let first: Vec<_> = said
        .lines()
        .skip_while(|line| !is_news(line))
        .take(60)
        .collect();
    assert!(
        output.status.success(),
        "{what} with PROPERTY_SEED={} PROPERTY_SCHEMAS={}:\n{}",
        size.seed,
        size.schemas,
        first.join("\n")
    );
    said
}

/// What the program counted under this name.
fn count(said: &str, name: &str) -> usize {
    let mut lines = said.lines();
    let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    line.unwrap().parse().unwrap()
}

#[test]
fn what_compiles_is_accepted() {
    let size = size();
    let consumer = Consumer::write(size);
    ensure(&consumer.build(), "does not compile", size);
    let said = ensure(&consumer.run(), "is not accepted", size);
    // Nothing is found where nothing is looked at.
    assert!(count(&said, "structs") >= 2 * size.schemas, "{said}");
    if size.schemas >= 20 {
        for name in [
            "replaced",
            "refused as Blank",
            "refused as NotFinite",
            "refused as TooLarge",
        ] {
            assert!(count(&said, name) > 50, "{said}");
        }
    }
}

#[test]
fn files_mean_what_they_were_printed_from() {
    let mut kinds = HashSet::new();
    let mut roles = HashSet::new();
    for number in 0..200 {
        let drawn = schemas::draw(SEED, number);
        let read = Schema::parse(&drawn.name, &drawn.yaml).unwrap().schema;
        assert_eq!(plain(read), drawn.schema, "{}", drawn.yaml);
        for object in &drawn.schema.objects {
            kinds.extend(object.fields.iter().map(|field| field.kind));
            let Roles {
                primary_key,
                event_time,
                record_modified,
                ..
            } = &object.roles;
            roles.insert([primary_key, event_time, record_modified].map(Option::is_some));
        }
    }
    assert_eq!((kinds.len(), roles.len()), (Kind::ALL.len(), 8));
}

/// The schema without its places in a file.
fn plain(mut schema: Schema) -> Schema {
    schema.title = None;
    for object in &mut schema.objects {
        (object.line, object.column) = (0, 0);
        for field in &mut object.fields {
            (field.line, field.column) = (0, 0);
        }
    }
    schema
}

#[test]
fn the_same_seed_draws_the_same_and_another_another() {
    let texts = |seed| {
        (0..9)
            .map(|number| program::module(seed, &schemas::draw(seed, number)))
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(1), texts(1));
    assert_ne!(texts(1), texts(2));
}
