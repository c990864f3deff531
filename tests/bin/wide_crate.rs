//! Writes a crate of wide records, to see what compiling them costs:
//! `cargo run -p ingest-tests --bin wide-crate -- plain|ingest|serde STRUCTS FIELDS FOLDER`.

use std::process::ExitCode;

use ingest_tests::wide_crate::{Way, WideCrate};

const USAGE: &str = "usage: wide-crate plain|ingest|serde STRUCTS FIELDS FOLDER";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((wide, folder)) = read(&arguments) else {
        return fail(USAGE, 2);
    };
    match wide.write(folder.as_ref()) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("error: {folder}: {error}"), 1),
    }
}

fn read(arguments: &[String]) -> Option<(WideCrate, &str)> {
    let [way, structs, fields, folder] = arguments else {
        return None;
    };
    let wide = WideCrate {
        way: Way::named(way)?,
        structs: structs.parse().ok()?,
        fields: fields.parse().ok()?,
    };
    Some((wide, folder))
}

#[expect(clippy::print_stderr, reason = "this is a command")]
fn fail(message: &str, code: u8) -> ExitCode {
    eprintln!("{message}");
    ExitCode::from(code)
}
