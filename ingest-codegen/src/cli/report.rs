//! What a command did, for people on the standard error or for programs as one JSON object.

use std::io::{self, Write as _};

use ingest_schema::Problem;
use serde_json::{Value, json};

use super::failure::Failure;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Printed,
    Written,
    Unchanged,
    Differs,
    Missing,
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Self::Printed => "printed",
            Self::Written => "written",
            Self::Unchanged => "unchanged",
            Self::Differs => "differs",
            Self::Missing => "missing",
        }
    }
}

#[derive(Debug)]
pub(crate) struct FileReport {
    pub(crate) path: String,
    pub(crate) status: Status,
    /// What was printed, where it went to the standard output.
    pub(crate) text: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Report {
    /// The command's own facts, for JSON.
    pub(crate) facts: Value,
    pub(crate) files: Vec<FileReport>,
    pub(crate) notes: Vec<String>,
    pub(crate) warnings: Vec<Problem>,
}

impl Report {
    pub(crate) fn print(&self, json: bool) -> Result<(), Failure> {
        self.print_words();
        let printed = if json {
            print_text(&format!("{}\n", self.json()))
        } else {
            let mut texts = self.files.iter().filter_map(|file| file.text.as_deref());
            texts.try_for_each(print_text)
        };
        printed.map_err(|error| {
            Failure::usage(format!("cannot write to the standard output: {error}"))
        })
    }

    /// Warnings, notes and files, on the standard error.
    pub(crate) fn print_words(&self) {
        for warning in &self.warnings {
            print_line(&warning.to_string());
        }
        for note in &self.notes {
            print_line(&format!("note: {note}"));
        }
        let of = |status| self.files.iter().filter(move |file| file.status == status);
        for status in [Status::Written, Status::Differs, Status::Missing] {
            for file in of(status) {
                print_line(&format!("{} {}", status.name(), file.path));
            }
        }
        match of(Status::Unchanged).count() {
            0 => {}
            count if count > 3 => print_line(&format!("unchanged {count} files")),
            _ => of(Status::Unchanged)
                .for_each(|file| print_line(&format!("unchanged {}", file.path))),
        }
    }

    pub(crate) fn json(&self) -> Value {
        let mut object = self.facts.clone();
        object["files"] = self.files.iter().map(file).collect();
        object["notes"] = self.notes.clone().into();
        object["warnings"] = self.warnings.iter().map(problem).collect();
        object
    }
}

fn file(file: &FileReport) -> Value {
    let mut object = json!({ "path": file.path, "status": file.status.name() });
    if let Some(text) = &file.text {
        object["text"] = text.as_str().into();
    }
    object
}

pub(crate) fn problem(problem: &Problem) -> Value {
    json!({
        "rule": problem.rule.code(),
        "severity": problem.severity().to_string(),
        "file": &*problem.file,
        "line": problem.line,
        "column": problem.column,
        "object": problem.object,
        "field": problem.field,
        "message": problem.message,
        "help": problem.help,
    })
}

/// One message on the standard error. Where that is closed, nobody listens.
pub(crate) fn print_line(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Text on the standard output. A reader that has seen enough (`| head`) is no failure.
pub(crate) fn print_text(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
