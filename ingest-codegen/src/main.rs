//! The command `ingest-codegen`: fetches a connector's schema and prints Rust records from it.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
