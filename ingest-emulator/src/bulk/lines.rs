//! Reads the files of a job line by line: values of an upsert under its header, keys of a delete.
//!
//! A file that is no CSV ends the job; a value that does not fit is for the caller to tell. Nothing
//! is applied here.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::Cursor;

use axum::body::Bytes;
use csv::{Reader, ReaderBuilder, StringRecord};
use serde_json::json;

use super::state::Operation;
use crate::check::Upsert;
use crate::moment::Moment;
use crate::object::Object;
use crate::options::Options;
use crate::problems::{Loss, ProblemRecord};
use crate::record::Value;
use crate::scan::Scan;
use crate::table::{Accepted, Landing};
use crate::value::fault;

/// What is left of a job's files.
#[derive(Debug)]
pub(crate) struct Lines {
    operation: Operation,
    files: VecDeque<Bytes>,
    open: Option<File>,
    line: StringRecord,
}

#[derive(Debug)]
struct File {
    reader: Reader<Cursor<Bytes>>,
    /// For each column the field that it fills; unknown columns fill none.
    columns: Vec<Option<usize>>,
}

/// The file is no CSV of this job, which fails.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken;

/// What a line says: a change, or why there is none.
pub(crate) type Line = Result<Accepted<'static>, Box<ProblemRecord>>;

impl Lines {
    pub(crate) fn new(operation: Operation, files: &[Bytes]) -> Self {
        Self {
            operation,
            files: files.iter().cloned().collect(),
            open: None,
            line: StringRecord::new(),
        }
    }

    /// The next line, or `None` at the end of the last file.
    pub(crate) fn next(
        &mut self,
        object: &Object,
        options: &Options,
    ) -> Result<Option<Line>, Broken> {
        loop {
            let Some(file) = &mut self.open else {
                let Some(next) = self.files.pop_front() else {
                    return Ok(None);
                };
                self.open = Some(File::open(next, self.operation, object)?);
                continue;
            };
            if file
                .reader
                .read_record(&mut self.line)
                .map_err(|_| Broken)?
            {
                return Ok(Some(match self.operation {
                    Operation::Upsert => upsert(&self.line, &file.columns, object, options),
                    Operation::Delete => delete(&self.line, object),
                }));
            }
            self.open = None;
        }
    }
}

impl File {
    fn open(bytes: Bytes, operation: Operation, object: &Object) -> Result<Self, Broken> {
        let is_upsert = operation == Operation::Upsert;
        let mut reader = ReaderBuilder::new()
            .has_headers(is_upsert)
            .from_reader(Cursor::new(bytes));
        let mut columns = Vec::new();
        if is_upsert {
            let header = reader.headers().map_err(|_| Broken)?;
            columns.extend(header.iter().map(|name| object.named(name)));
            let mut known: Vec<usize> = columns.iter().flatten().copied().collect();
            let count = known.len();
            known.sort_unstable();
            known.dedup();
            if known.len() < count || !known.contains(&object.key) {
                return Err(Broken);
            }
        }
        Ok(Self { reader, columns })
    }
}

/// A full row: what the line does not have is blank.
fn upsert(
    line: &StringRecord,
    columns: &[Option<usize>],
    object: &Object,
    options: &Options,
) -> Line {
    let fields = object.fields();
    let mut values: Vec<Cow<'_, str>> = vec![Cow::Borrowed("null"); fields.len()];
    for (text, column) in line.iter().zip(columns) {
        if let Some(at) = *column {
            values[at] = literal(object, at, text);
        }
    }
    let fault = |(at, field): (usize, &ingest_schema::Field)| {
        let error = fault(field, object.has_role(at), Value(&values[at]), options)?;
        let field = field.name.clone();
        Some(Loss { field, error })
    };
    let losses: Vec<Loss> = fields.iter().enumerate().filter_map(fault).collect();
    let key = Value(&values[object.key]).as_key().into_owned();
    if !losses.is_empty() {
        let mut problem = ProblemRecord::of_losses(losses).of_bulk();
        "ROW_REJECTED".clone_into(&mut problem.code);
        return Err(Box::new(problem.about(object.name(), &key, &written(line))));
    }
    let modified = object
        .modified
        .and_then(|at| object.moment(Value(&values[at])));
    let names = fields.iter().map(|field| field.name.as_str());
    let text = crate::table::write_row(names.zip(values.iter().map(|value| Value(value))));
    let (key, text) = (Cow::Owned(key), Cow::Owned(text));
    Ok(Accepted::Upsert {
        record: Upsert {
            key,
            modified,
            text,
        },
        landing: Landing::Whole,
        problem: None,
    })
}

/// The value as JSON has it: empty is null, and what is no number or Boolean is a string.
fn literal<'t>(object: &Object, at: usize, text: &'t str) -> Cow<'t, str> {
    let is_literal = match object.fields()[at].kind {
        _ if text.is_empty() => return Cow::Borrowed("null"),
        ingest_schema::Kind::Number => is_number(text),
        ingest_schema::Kind::Boolean => matches!(text, "true" | "false"),
        _ => false,
    };
    if is_literal {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(json!(text).to_string())
    }
}

fn is_number(text: &str) -> bool {
    let mut scan = Scan::of(text);
    let is_number = scan
        .value()
        .is_ok_and(|value| value.is_number() && value.0 == text);
    is_number && scan.end().is_ok()
}

/// A key, and where rows say when they were modified, the time before which they go.
fn delete(line: &StringRecord, object: &Object) -> Line {
    let key = line.get(0).unwrap_or_default().to_owned();
    let before = match object.modified {
        None => Some(Moment::now()),
        Some(_) => line.get(1).and_then(Moment::of_date_time),
    };
    if let Some(before) = before {
        return Ok(Accepted::Delete { key, before });
    }
    let error = "the second column is not a valid date-time".to_owned();
    let problem = ProblemRecord::new("ROW_REJECTED", error).of_bulk();
    Err(Box::new(problem.about(object.name(), &key, &written(line))))
}

fn written(line: &StringRecord) -> String {
    json!(line.iter().collect::<Vec<_>>()).to_string()
}
