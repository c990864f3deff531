//! The figures of a benchmark that is a program of its own: what it prints is passed on, but for lines
//! `figure NAME VALUE`. Judges nothing.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};

use crate::steps::cargo;

/// What was measured, by name.
#[derive(Debug)]
pub(crate) struct Figures(BTreeMap<String, f64>);

impl Figures {
    /// Compiles all benchmarks: some start another.
    pub(crate) fn build() -> Result<()> {
        let arguments = "build --quiet --release --package ingest-benches --bins";
        let status = cargo(arguments).status()?;
        ensure!(status.success(), "`cargo {arguments}` ended with {status}");
        Ok(())
    }

    /// Those of this benchmark, which has been compiled.
    pub(crate) fn of(benchmark: &str) -> Result<Self> {
        println!("\n== {benchmark}");
        let arguments = format!("run --quiet --release --package ingest-benches --bin {benchmark}");
        let mut process = cargo(&arguments).stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take().context("no output")?;
        let mut figures = BTreeMap::new();
        for line in BufReader::new(output).lines() {
            let line = line?;
            match line.strip_prefix("figure ") {
                None => println!("{line}"),
                Some(figure) => {
                    let (name, value) = figure.split_once(' ').context("no value")?;
                    figures.insert(name.to_owned(), value.parse()?);
                }
            }
        }
        let status = process.wait()?;
        ensure!(status.success(), "`cargo {arguments}` ended with {status}");
        Ok(Self(figures))
    }

    pub(crate) fn get(&self, name: &str) -> Result<f64> {
        let value = self.0.get(name);
        value
            .copied()
            .with_context(|| format!("nothing was measured as `{name}`"))
    }
}
