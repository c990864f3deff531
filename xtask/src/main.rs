//! The project's own chores, as `cargo xtask <chore>`:
//!
//! - `test`: everything that must hold before a change lands; what CI runs.
//! - `bench compile`: what compiling wide records costs, against plain structs and against serde.
//! - `bench encode`: what writing records costs, against `serde_json`, sonic-rs and a `Value`.
//! - `bench stream`: what a stream costs, against hyper alone.
//! - `bench memory`: what a stream holds in memory while it sends five million records.
//! - `bless`: records the compiler's messages and the checked-in generated code anew.
//! - `bless pictures`: draws the README's pictures of the emulator's page anew.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a command"
)]

mod bench;
mod light;
mod prerequisites;
mod steps;

use std::process::ExitCode;

use anyhow::Result;

use crate::steps::Steps;

const USAGE: &str = "usage: cargo xtask test | bless | bless pictures | bench compile [--rounds N] | bench encode | bench stream | bench memory";

type Chore = Box<dyn FnOnce() -> Result<()>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Some(chore) = read(&arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match chore() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn read(arguments: &[&str]) -> Option<Chore> {
    match arguments {
        ["test"] => Some(Box::new(test)),
        ["bless"] => Some(Box::new(bless)),
        ["bless", "pictures"] => Some(Box::new(bless_pictures)),
        ["bench", rest @ ..] => bench::read(rest),
        _ => None,
    }
}

fn test() -> Result<()> {
    prerequisites::ensure()?;
    let mut steps = Steps::new();
    steps.cargo("format", "fmt --all -- --check")?;
    steps.cargo(
        "lint",
        "clippy --workspace --all-targets --all-features -- --deny warnings",
    )?;
    steps.cargo(
        "core without a client",
        "check --package ingest-core --no-default-features",
    )?;
    for feature in ["serde", "chrono", "jiff", "rust_decimal", "time", "uuid"] {
        let arguments = "check --package ingest-core --no-default-features --features";
        steps.cargo("core with one feature", &format!("{arguments} {feature}"))?;
    }
    steps.cargo(
        "core with ring",
        "check --package ingest-core --no-default-features --features client,ring",
    )?;
    steps.cargo(
        "schema model alone",
        "check --package ingest-schema --no-default-features",
    )?;
    steps.run("light builds", light::check)?;
    steps.cargo("tests", "test --workspace --all-features")?;
    steps.cargo_with(
        "documentation",
        "doc --workspace --all-features --no-deps",
        &[("RUSTDOCFLAGS", "--deny warnings")],
    )?;
    steps.summary();
    Ok(())
}

fn bless_pictures() -> Result<()> {
    prerequisites::ensure()?;
    Steps::new().cargo_with(
        "pictures",
        "test --package ingest-page-tests pictures",
        &[("PAGE_SCREENSHOTS", "docs")],
    )?;
    println!("Now look at them: `docs/emulator-*.png`.");
    Ok(())
}

fn bless() -> Result<()> {
    let mut steps = Steps::new();
    steps.cargo_with(
        "messages",
        "test --package ingest-ui-tests",
        &[("TRYBUILD", "overwrite")],
    )?;
    steps.cargo(
        "generated code",
        "run --package ingest-codegen --features cli -- \
         generate schemas/web.yaml --output tests/front_ends/checked_in.rs",
    )?;
    steps.cargo(
        "generated code with settings",
        "run --package ingest-codegen --features cli -- \
         generate schemas/web.yaml --output tests/front_ends/chosen.rs --only page_view --setters \
         --derive PartialOrd --type page_view.visitor_id=crate::VisitorId \
         --type page_view.revenue=f32 --type Number=u64 --type Url=Box<::ingest_core::value::Url>",
    )?;
    steps.cargo(
        "unverified code",
        "run --package ingest-codegen --features cli -- \
         generate schemas/web.yaml --output tests/front_ends/unverified.rs --unverified",
    )?;
    println!("Now read `git diff tests`: every message is something a user will read.");
    Ok(())
}
