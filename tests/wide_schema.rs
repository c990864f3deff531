//! Prints a wide schema: `cargo run -p ingest-tests --bin wide-schema -- OBJECTS FIELDS`.

use std::io::{self, Write as _};
use std::process::ExitCode;

fn main() -> ExitCode {
    let numbers: Vec<Option<usize>> = std::env::args()
        .skip(1)
        .map(|arg| arg.parse().ok())
        .collect();
    let [Some(objects), Some(fields)] = numbers[..] else {
        return fail("usage: wide-schema OBJECTS FIELDS");
    };
    let text = ingest_tests::wide_schema(objects, fields);
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string()),
    }
}

#[expect(clippy::print_stderr, reason = "this is a command")]
fn fail(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::from(2)
}
