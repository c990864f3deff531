//! What the client reports and what the tenant keeps, held against what was drawn.
//!
//! Returns what is wrong in words; draws nothing and sends nothing.

use std::collections::{BTreeMap, HashMap};

use ingest_core::Report;
use ingest_core::body::RecordError;
use ingest_emulator::Emulator;
use ingest_schema::{Object, RefreshMode};
use serde_json::value::RawValue;

use super::batch::{Record, Sent};
use super::draw::Fault;
use super::shown::Shown;

/// What is said of one struct, at most.
const MOST: usize = 5;

/// Whether every good record was accepted and every other one refused here, with its field.
pub(crate) fn report(object: &Object, sent: &[Sent], report: &Report) -> Vec<String> {
    let mut wrong = Vec::new();
    for body in &report.refused {
        let records = body.records.len();
        wrong.push(format!("{records} records were refused: {}", body.refusal));
    }
    let good = sent.iter().filter(|sent| sent.fault.is_none()).count();
    if (report.read, report.accepted) != (sent.len(), good) {
        let (read, accepted) = (report.read, report.accepted);
        let all = sent.len();
        wrong.push(format!(
            "{accepted} of {read} were accepted, not {good} of {all}"
        ));
    }
    let mut invalid: HashMap<_, _> = report
        .invalid
        .iter()
        .map(|one| (one.index, &one.error))
        .collect();
    for (index, sent) in sent.iter().enumerate() {
        let error = invalid.remove(&index);
        let expected = sent
            .fault
            .map(|(at, fault)| (object.fields[at].name.as_str(), fault));
        if !refuses(error, expected) {
            wrong.push(format!(
                "record {index}: expected {expected:?}, found {error:?}"
            ));
        }
    }
    wrong.truncate(MOST);
    wrong
}

/// Whether the error is the one that this field must give.
fn refuses(error: Option<&RecordError>, expected: Option<(&str, Fault)>) -> bool {
    match (error, expected) {
        (None, None) => true,
        (Some(RecordError::TooLarge { bytes, limit }), Some((_, Fault::TooLarge))) => bytes > limit,
        (Some(error @ RecordError::Value(value)), Some((field, fault))) => {
            let words = match fault {
                Fault::Blank => "blank",
                Fault::NotFinite => "infinite",
                Fault::TooLarge => return false,
            };
            let text = error.to_string();
            value.field().name == field
                && text.contains(&format!("`{field}`"))
                && text.contains(words)
        }
        _ => false,
    }
}

/// Whether the tenant keeps exactly what was sent.
pub(crate) fn rows<R: Record>(object: &Object, sent: &[Sent], tenant: &Emulator) -> Vec<String> {
    let key = R::KEY;
    let name = object.name.as_str();
    let good = || sent.iter().filter(|sent| sent.fault.is_none());
    let mut wrong = Vec::new();
    let mut count = |what: &str, found: u64, expected: usize| {
        if usize::try_from(found) != Ok(expected) {
            wrong.push(format!("{what}: {found}, not {expected}"));
        }
    };
    count("accepted", tenant.accepted(name), good().count());
    count("rejected", tenant.rejected(name), 0);
    count("lost", tenant.lost(), 0);
    let expected = kept::<R>(object, good());
    count("rows", tenant.row_count(name) as u64, expected.len());
    wrong.extend(compare(object, key, &expected, &tenant.row_texts(name)));
    wrong.truncate(MOST);
    wrong
}

/// The rows that must be there, by key: a record replaces the row of its key unless that is newer;
/// in a Partial stream it must itself be newer, and a patch leaves what it does not hold.
fn kept<'a, R: Record>(
    object: &Object,
    sent: impl Iterator<Item = &'a Sent>,
) -> BTreeMap<String, Vec<Shown>> {
    let key = R::KEY;
    let modified = object.roles.record_modified.as_ref();
    let modified =
        modified.and_then(|name| object.fields.iter().position(|field| field.name == *name));
    let partial = object.roles.refresh_mode == Some(RefreshMode::Partial);
    let mut rows: BTreeMap<String, Vec<Shown>> = BTreeMap::new();
    for Sent { values, .. } in sent {
        let time = |values: &[Shown]| modified.map(|at| values[at].identity());
        let before = rows.get(&values[key].identity()).map(|values| time(values));
        // Moments of one form are ordered as their texts are.
        let is_late = match before {
            Some(Some(before)) if partial => time(values) <= Some(before),
            Some(Some(before)) => time(values) < Some(before),
            _ => false,
        };
        if is_late {
            continue;
        }
        let row = rows.entry(values[key].identity()).or_default();
        if R::IS_PATCH && !row.is_empty() {
            for (old, new) in row.iter_mut().zip(values) {
                if !matches!(new, Shown::Null) {
                    *old = new.clone();
                }
            }
        } else {
            row.clone_from(values);
        }
    }
    rows
}

fn compare(
    object: &Object,
    key: usize,
    expected: &BTreeMap<String, Vec<Shown>>,
    rows: &[String],
) -> Vec<String> {
    let Some(sample) = expected.values().next().map(|values| &values[key]) else {
        return Vec::new();
    };
    let mut wrong = Vec::new();
    for text in rows {
        let Ok(row) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text) else {
            wrong.push(format!("a row is no flat record: {text}"));
            continue;
        };
        let key = row
            .get(&object.fields[key].name)
            .and_then(|json| sample.read_alike(json.get()));
        match key.and_then(|key| expected.get(&key.identity())) {
            Some(values) => wrong.extend(compare_row(object, values, &row)),
            None => wrong.push(format!("a row that was never sent: {text}")),
        }
    }
    wrong
}

fn compare_row(
    object: &Object,
    values: &[Shown],
    row: &BTreeMap<String, &RawValue>,
) -> Option<String> {
    if row.len() != values.len() {
        return Some(format!(
            "a row of {} fields, not {}",
            row.len(),
            values.len()
        ));
    }
    let mut fields = object.fields.iter().zip(values);
    let (field, value) = fields.find(|(field, value)| {
        let found = row.get(&field.name);
        !found.is_some_and(|json| value.is_shown_by(json.get()))
    })?;
    let found = row.get(&field.name).map(|json| json.get());
    Some(format!(
        "field `{}`: sent {value:?}, kept {found:?}",
        field.name
    ))
}
