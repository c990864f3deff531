//! Compares what was sent with what the tenant has. Knows neither how it was sent nor what went wrong.

use std::collections::{HashMap, HashSet};

use ingest_core::stream::{Fate, Report};
use ingest_emulator::{Applied, Change, Emulator};

use super::plan::Plan;
use super::run::{Deed, Sent};

/// The tenant's limit (documented).
const QUOTA: u32 = 250;

/// Of each key, in order.
type Deeds = HashMap<String, Vec<Deed>>;

pub(crate) fn judge(plan: &Plan, emulator: &Emulator, report: &Report, sent: &[Sent]) {
    let totals = report.totals;
    let count = sent.len() as u64;
    assert_eq!(count, plan.tasks * plan.records);
    assert_eq!((totals.read, totals.accepted), (count, count), "{report}");
    assert!(report.is_complete() && report.unsent.is_empty() && report.halt.is_none());
    let accepted = |sent: &&Sent| sent.receipt.try_fate() == Some(Fate::Accepted);
    assert_eq!(sent.iter().filter(accepted).count() as u64, count);

    let history = emulator.history("event");
    let applied = by_key(history.iter().map(|applied| (&applied.key, deed(applied))));
    let wanted = by_key(sent.iter().map(|sent| (&sent.key, sent.deed)));
    assert_eq!(applied.len(), wanted.len(), "a key is missing, or nobody's");
    for (key, wanted) in &wanted {
        let Some(applied) = applied.get(key) else {
            panic!("key {key} is missing");
        };
        is_there(key, wanted, applied);
        if !plan.late {
            is_in_order(key, wanted, applied);
            is_at_last(emulator, key, wanted);
        }
    }
    let twice = history.len() as u64 - count;
    let admitted = totals.possibly_duplicated;
    assert!(twice <= admitted, "{twice} came in again: {report}");
    is_polite(emulator, report);
}

fn deed(applied: &Applied) -> Deed {
    match applied.change {
        Change::Upserted => {
            let number = applied.value.as_ref().unwrap();
            Deed::Upsert(number.parse().unwrap())
        }
        Change::Deleted => Deed::Delete,
        other => panic!("{other:?}"),
    }
}

fn by_key<'a>(deeds: impl Iterator<Item = (&'a String, Deed)>) -> Deeds {
    let mut all = Deeds::new();
    for (key, deed) in deeds {
        all.entry(key.clone()).or_default().push(deed);
    }
    all
}

/// Everything came in as often as it was sent, or more, and nothing that was not sent.
fn is_there(key: &str, wanted: &[Deed], applied: &[Deed]) {
    let count = |deeds: &[Deed]| -> HashMap<Deed, u32> {
        let mut counts = HashMap::new();
        for deed in deeds {
            *counts.entry(*deed).or_default() += 1;
        }
        counts
    };
    let (wanted, applied) = (count(wanted), count(applied));
    for (deed, times) in &wanted {
        let came = applied.get(deed).copied().unwrap_or_default();
        assert!(
            came >= *times,
            "{deed:?} of key {key} is missing: {came} of {times}"
        );
    }
    assert_eq!(
        wanted.len(),
        applied.len(),
        "key {key} has what nobody sent"
    );
}

/// The first of each record came in the order in which they were sent, and all of them with the
/// deletes between are found in this order.
fn is_in_order(key: &str, wanted: &[Deed], applied: &[Deed]) {
    let mut rest = applied.iter();
    for deed in wanted {
        assert!(
            rest.any(|applied| applied == deed),
            "{deed:?} of key {key} was overtaken: {applied:?}"
        );
    }
    let (mut seen, mut newest) = (HashSet::new(), None);
    for deed in applied {
        let Deed::Upsert(number) = deed else { continue };
        if seen.insert(number) {
            assert!(
                newest < Some(number),
                "{number} of key {key} came late: {applied:?}"
            );
            newest = Some(number);
        }
    }
    assert_eq!(
        applied.last(),
        wanted.last(),
        "what came last to key {key}: {applied:?}"
    );
}

/// The row is what was sent last.
fn is_at_last(emulator: &Emulator, key: &str, wanted: &[Deed]) {
    let row = emulator.row("event", key);
    let number = row.map(|row| row["number"].as_u64().unwrap());
    let last = match wanted.last() {
        Some(Deed::Upsert(number)) => Some(*number),
        _ => None,
    };
    assert_eq!(number, last, "the row of key {key}");
}

/// The tenant was never asked too often, and both sides have counted the same requests.
fn is_polite(emulator: &Emulator, report: &Report) {
    let busiest = emulator.busiest_second();
    assert!(busiest <= QUOTA, "{busiest} requests in a second");
    let all = emulator.request_count();
    let logged = emulator.requests();
    if all == logged.len() as u64 {
        let seen = logged
            .iter()
            .filter(|request| request.path.contains("/sources/"));
        let seen = seen.count() as u64;
        // A connection that ended while a request was written is known to the client alone.
        assert!(seen <= report.totals.requests, "{seen} requests: {report}");
    }
}
