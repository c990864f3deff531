//! Keeps the promise that a build.rs and a bare record crate compile little: what they pull in is
//! looked up in cargo's own dependency tree.

use anyhow::{Result, ensure};

use crate::steps::cargo;

/// A package as its users take it, and crates that must not come with it.
const PROMISES: &[(&str, &[&str])] = &[
    (
        "ingest-codegen",
        &["reqwest", "hyper", "rustls", "tokio", "clap", "serde"],
    ),
    (
        "ingest-core --no-default-features",
        &["reqwest", "rustls", "tokio", "serde", "serde_json"],
    ),
    (
        "ingest-derive",
        &["reqwest", "tokio", "serde", "serde_json"],
    ),
    ("ingest-core", &["h2", "clap", "openssl"]),
];

pub(crate) fn check() -> Result<()> {
    for (package, unwanted) in PROMISES {
        let arguments =
            format!("tree --prefix none --edges normal,build --format {{p}} --package {package}");
        let output = cargo(&arguments).output()?;
        ensure!(
            output.status.success(),
            "`cargo {arguments}` ended with {}",
            output.status
        );
        let tree = String::from_utf8(output.stdout)?;
        let found: Vec<_> = tree
            .lines()
            .filter_map(|line| line.split_whitespace().next())
            .filter(|name| unwanted.contains(name))
            .collect();
        ensure!(found.is_empty(), "{package} pulls in {found:?}");
        println!("{package}: {} crates at most", tree.lines().count());
    }
    Ok(())
}
