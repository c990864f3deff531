//! Runs one step after the other, stops at the first that fails, and tells what took long.

use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

pub(crate) struct Steps {
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { done: Vec::new() }
    }

    pub(crate) fn run(
        &mut self,
        name: &'static str,
        step: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        println!("\n== {name}");
        let start = Instant::now();
        step().with_context(|| format!("the step `{name}` failed"))?;
        self.done.push((name, start.elapsed()));
        Ok(())
    }

    pub(crate) fn cargo(&mut self, name: &'static str, arguments: &str) -> Result<()> {
        self.cargo_with(name, arguments, &[])
    }

    pub(crate) fn cargo_with(
        &mut self,
        name: &'static str,
        arguments: &str,
        variables: &[(&str, &str)],
    ) -> Result<()> {
        self.run(name, || {
            let status = cargo(arguments).envs(variables.iter().copied()).status()?;
            ensure!(status.success(), "`cargo {arguments}` ended with {status}");
            Ok(())
        })
    }

    pub(crate) fn summary(&self) {
        println!("\n== what took how long");
        let mut slowest = self.done.clone();
        slowest.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
        for (name, time) in &slowest {
            println!("{:>7.1} s  {name}", time.as_secs_f64());
        }
        let all: Duration = self.done.iter().map(|(_, time)| *time).sum();
        println!("{:>7.1} s  in all", all.as_secs_f64());
    }
}

/// The cargo that started this program, or the one on the path.
pub(crate) fn cargo(arguments: &str) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments.split_whitespace());
    command
}
