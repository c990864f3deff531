//! What the compiler says to a user: `<topic>/<case>.rs`, one mistake a file, the message
//! recorded beside it. `cargo xtask bless` records the messages anew.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::Command;
use std::{env, fs};

const ROOT: &str = "INGEST_SCHEMA_ROOT";

/// The cases compile in a folder of trybuild's, where relative schema paths would lead nowhere. So
/// they need a root, and a test may not change the variables of its own process: it starts itself.
#[test]
fn messages() {
    if env::var_os(ROOT).is_some() {
        return compile_the_cases();
    }
    let status = Command::new(env::current_exe().unwrap())
        .args(["messages", "--exact", "--nocapture"])
        .env(ROOT, concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .status()
        .unwrap();
    assert!(
        status.success(),
        "a message differs from what was recorded; see above"
    );
}

fn compile_the_cases() {
    let cases = trybuild::TestCases::new();
    let folders = fs::read_dir(".")
        .unwrap()
        .map(|entry| entry.unwrap().path());
    for topic in folders.filter(|path| path.is_dir() && !path.ends_with("schemas")) {
        if topic.ends_with("pass") {
            cases.pass(topic.join("*.rs"));
        } else {
            cases.compile_fail(topic.join("*.rs"));
        }
    }
}
