//! The quickstart does what the README says, without an account and without a terminal.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::{Command, Output};

fn run(variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quickstart"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("INGEST_")) {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied()).output().unwrap()
}

#[test]
fn every_record_is_accepted_and_the_bad_ones_are_explained() {
    let output = run(&[]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{shown}");
    for line in [
        "visitor    20000 of 20000 records accepted",
        "page_view  80000 of 80000 records accepted",
        "visitor    20000 rows",
        "page_view  80000 rows",
        "`visitor.7@example` never becomes a record",
        "record 0 of the body: #: required key [occurred_at] not found; #: extraneous key [occured_at] is not permitted",
        "Every record was accepted",
    ] {
        assert!(shown.contains(line), "{line:?} is missing in:\n{shown}");
    }
}

#[test]
fn with_a_login_url_it_goes_there_and_nowhere_else() {
    let output = run(&[("INGEST_LOGIN_URL", "http://127.0.0.1:9")]);
    assert!(!output.status.success());
    let shown = String::from_utf8(output.stderr).unwrap();
    assert!(shown.contains("INGEST_CLIENT_ID: not set"), "{shown}");
}

#[test]
#[cfg(unix)]
fn a_variable_that_is_no_text_is_named_beside_those_that_are_missing() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let mut command = Command::new(env!("CARGO_BIN_EXE_quickstart"));
    let output = command
        .env_clear()
        .env("INGEST_LOGIN_URL", "https://example.my.salesforce.com")
        .env("INGEST_CLIENT_SECRET", OsStr::from_bytes(b"hush\xff"))
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stderr).unwrap();
    assert!(
        shown.contains("INGEST_CLIENT_SECRET: not UTF-8 text"),
        "{shown}"
    );
    assert_eq!(shown.matches("INGEST_CLIENT_SECRET:").count(), 1, "{shown}");
    assert!(shown.contains("INGEST_CLIENT_ID: not set"), "{shown}");
    assert!(!shown.contains("hush"), "{shown}");
}
