//! The command `ingest`: arguments in, words and an exit code out. Each command is a file of its own.

mod args;
mod emulator;
mod failure;
mod words;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command, EmulatorCommand};

fn main() -> ExitCode {
    let Command::Emulator { command } = Args::parse().command;
    let done = match command {
        EmulatorCommand::Start(args) => emulator::start(&args),
        EmulatorCommand::Exec(args) => emulator::exec(&args),
    };
    done.unwrap_or_else(|failure| failure.print())
}
