//! From the command line to the library and back: arguments in, files, words and an exit code out.
//!
//! Each command is a file here and returns what it did; only `report` and `failure` print.

mod args;
mod failure;
mod generate;
mod paths;
mod pull;
mod report;
mod types;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command};

/// Runs the command that the process was started with.
pub(crate) fn run() -> ExitCode {
    let (json, result) = match Args::parse().command {
        Command::Generate(args) => (args.json, generate::run(&args)),
        Command::Pull(args) => (args.json, pull::run(&args)),
    };
    match result.and_then(|report| report.print(json)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.print(json),
    }
}
