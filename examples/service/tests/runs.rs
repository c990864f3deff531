//! The service takes what it is posted, and ends in order when it is told to.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![cfg(unix)]

use std::process::{Command, Output};

fn run(argument: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_service"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("INGEST_")) {
        command.env_remove(name);
    }
    command.arg(argument).output().unwrap()
}

#[test]
fn a_thousand_events_are_accepted_and_sigterm_ends_it() {
    let output = run("--self-test");
    let shown = String::from_utf8(output.stdout).unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{shown}\n{log}");
    let report = "1000 of 1000 records accepted";
    assert!(shown.contains(report), "{shown}\n{log}");
}

#[test]
fn an_unknown_option_is_named() {
    let output = run("--selftest");
    assert!(!output.status.success());
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("`--selftest` is not known"), "{log}");
}
