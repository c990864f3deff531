//! Finds records in the log, the newest first, a page at a time.
//!
//! Each look examines so much and no more, whatever the log holds and however rare the thing looked
//! for; where it stopped it says from where to go on. No HTTP and no clock.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::body::Records;
use crate::check::{Checker, Refusal};
use crate::object::Object;
use crate::options::Options;
use crate::record_log::{Bad, Body, BodyFate, RecordLog, Stamp};
use crate::scan::{Scan, members};
use crate::table::Landing;

/// The most records that one look examines, but for the rest of the last body.
pub(crate) const MOST_RECORDS: usize = 5_000;

/// The most bytes, likewise.
pub(crate) const MOST_BYTES: usize = 1 << 20;

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// Accepted, and landed as it was sent.
    Good,
    /// Refused for what is wrong with it.
    Bad,
    /// Nothing wrong with it; refused with the bad ones of its body.
    Refused,
    /// Answered with success; values of it did not land.
    Blank,
    /// Answered with success, and rejected afterwards.
    Late,
    /// Answered with success; landed nowhere.
    Lost,
}

/// Which records are looked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// An object's position.
    pub(crate) object: Option<usize>,
    pub(crate) outcome: Option<Outcome>,
    /// The number of the request that they came with.
    pub(crate) request: Option<u64>,
    /// Text of the record or of what is wrong with it, whatever the case of ASCII letters.
    pub(crate) text: Option<String>,
}

/// A record that was found.
#[derive(Debug, Clone)]
pub(crate) struct Found<'l> {
    pub(crate) number: u64,
    pub(crate) stamp: Stamp,
    pub(crate) object: Option<usize>,
    pub(crate) outcome: Outcome,
    pub(crate) text: &'l str,
    pub(crate) causes: Cow<'l, [String]>,
}

/// What was looked at for one page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Examined {
    pub(crate) records: usize,
    pub(crate) bytes: usize,
}

impl Examined {
    pub(crate) const fn is_enough(self) -> bool {
        self.records >= MOST_RECORDS || self.bytes >= MOST_BYTES
    }
}

/// A page, and where to go on: below this number, or nowhere.
#[derive(Debug)]
pub(crate) struct Page<'l> {
    pub(crate) found: Vec<Found<'l>>,
    pub(crate) next: Option<u64>,
    pub(crate) examined: Examined,
}

/// A log with what is needed to tell what its lenient records became.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Search<'l> {
    pub(crate) log: &'l RecordLog,
    pub(crate) objects: &'l [Arc<Object>],
    pub(crate) options: &'l Options,
}

impl<'l> Search<'l> {
    /// The newest records with a number below `before`, at most `limit`.
    pub(crate) fn page(self, filter: &Filter, before: u64, limit: usize) -> Page<'l> {
        let mut page = Page {
            found: Vec::new(),
            next: None,
            examined: Examined::default(),
        };
        let numbers = filter.request.map(|request| self.log.numbers_of(request));
        let numbers = numbers.unwrap_or(0..u64::MAX);
        let mut upper = before.min(numbers.end);
        while upper > numbers.start {
            if page.found.len() >= limit || page.examined.is_enough() {
                page.next = self.has_below(filter, upper).then_some(upper);
                break;
            }
            let room = limit - page.found.len();
            upper = self.stretch(filter, upper, room, &mut page);
        }
        page
    }

    /// The record of this number, if it is still held.
    pub(crate) fn one(self, number: u64) -> Option<Found<'l>> {
        let mut page = self.page(&Filter::default(), number.saturating_add(1), 1);
        page.found.pop().filter(|found| found.number == number)
    }

    /// Looks at one body and at the bad records above its beginning; gives the number down to which
    /// everything was looked at.
    fn stretch(self, filter: &Filter, upper: u64, room: usize, page: &mut Page<'l>) -> u64 {
        let body = self.body_below(filter, upper);
        let mut reached = body.map_or(0, |body| body.first);
        let mut found = Vec::new();
        for bad in self.bad_below(filter, upper) {
            if bad.number < reached {
                break;
            }
            if page.examined.is_enough() {
                reached = bad.number + 1;
                break;
            }
            page.examined.records += 1;
            page.examined.bytes += bad.text.len();
            found.extend(filter.takes(bad.found()));
        }
        if let Some(body) = body {
            // One that cannot hold what is looked for is stepped over, which is work too.
            page.examined.records += 1;
            if filter.may_take(body) {
                self.look_into(body, filter, upper, &mut found, &mut page.examined);
            }
        }
        found.sort_unstable_by_key(|found| std::cmp::Reverse(found.number));
        if found.len() > room {
            found.truncate(room);
            reached = found.last().map_or(reached, |last| last.number);
        }
        page.found.append(&mut found);
        reached
    }

    /// The newest body with a record below this number. Bad records are in none.
    fn body_below(self, filter: &Filter, upper: u64) -> Option<&'l Body> {
        let bodies = &self.log.bodies;
        let end = bodies.partition_point(|body| body.first < upper);
        let wants_bad = filter.outcome == Some(Outcome::Bad);
        let before = end.checked_sub(1).filter(|_| !wants_bad)?;
        bodies.get(before)
    }

    /// Bad records below this number, the newest first.
    fn bad_below(self, filter: &Filter, upper: u64) -> impl Iterator<Item = &'l Bad> + use<'l> {
        let bad = &self.log.bad;
        let wants_bad = matches!(filter.outcome, None | Some(Outcome::Bad));
        let end = bad.partition_point(|bad| bad.number < upper);
        bad.range(..if wants_bad { end } else { 0 }).rev()
    }

    fn has_below(self, filter: &Filter, upper: u64) -> bool {
        self.body_below(filter, upper).is_some() || self.bad_below(filter, upper).next().is_some()
    }

    /// Reads the body as far as it has numbers below `upper`.
    fn look_into(
        self,
        body: &'l Body,
        filter: &Filter,
        upper: u64,
        found: &mut Vec<Found<'l>>,
        examined: &mut Examined,
    ) {
        let object = body.object.map(|at| &self.objects[at]);
        let mut checker = object.map(|object| Checker::new(object, self.options));
        for (place, text) in body.texts().enumerate() {
            let number = body.first + place as u64;
            if number >= upper {
                break;
            }
            examined.records += 1;
            examined.bytes += text.len();
            if body.is_bad(place) {
                continue;
            }
            let (outcome, causes) = fate(body, text, checker.as_mut());
            found.extend(filter.takes(Found {
                number,
                stamp: body.stamp,
                object: body.object,
                outcome,
                text,
                causes,
            }));
        }
    }
}

const BLANK: &str = "the record landed with its key alone";
const LATE: &str = "the record was rejected after it was accepted";
const NO_STREAM: &str = "no data stream is deployed for the object";
const REFUSED: &str = "nothing is wrong with it; other records of its body were refused";

fn fate<'l>(
    body: &Body,
    text: &'l str,
    checker: Option<&mut Checker<'_>>,
) -> (Outcome, Cow<'l, [String]>) {
    let because = |reason: &str| Cow::Owned(vec![reason.to_owned()]);
    let landing = match body.fate {
        BodyFate::Refused(_) => return (Outcome::Refused, because(REFUSED)),
        BodyFate::Lost => return (Outcome::Lost, because(NO_STREAM)),
        BodyFate::Lenient(landing) => {
            let damage = damage(text, checker);
            if let Some(damage) = damage.filter(|_| landing == Landing::AsSent) {
                return damage;
            }
            landing
        }
        BodyFate::Accepted(landing) => landing,
    };
    match landing {
        Landing::AsSent | Landing::Whole => (Outcome::Good, Cow::Borrowed(&[])),
        Landing::Blank => (Outcome::Blank, because(BLANK)),
        Landing::RejectedLate => (Outcome::Late, because(LATE)),
    }
}

/// What a lenient tenant did to a record without a word.
fn damage<'l>(
    text: &'l str,
    checker: Option<&mut Checker<'_>>,
) -> Option<(Outcome, Cow<'l, [String]>)> {
    let Some(checker) = checker else {
        let reason = "the schema has no such object".to_owned();
        return Some((Outcome::Lost, Cow::Owned(vec![reason])));
    };
    let (outcome, causes) = match checker.record(&mut Scan::of(text)) {
        Ok(_) | Err(Refusal::Malformed) => return None,
        Err(Refusal::Causes(text, causes)) if text.starts_with('{') => (Outcome::Blank, causes),
        Err(Refusal::Causes(_, causes)) => (Outcome::Lost, causes),
        Err(Refusal::Twice(key)) => {
            let cause = format!("#: key [{key}] came twice; the last was taken");
            (Outcome::Blank, vec![cause])
        }
    };
    Some((outcome, Cow::Owned(causes)))
}

impl Body {
    /// Its records, one after the other. It was read before, when they landed, so that it ends where
    /// it ends.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let mut records = Records::of(&self.bytes).ok();
        std::iter::from_fn(move || {
            let scan = records.as_mut()?.next().ok()??;
            scan.value().ok().map(|value| value.0)
        })
    }

    fn is_bad(&self, place: usize) -> bool {
        matches!(&self.fate, BodyFate::Refused(bad) if bad.binary_search(&place).is_ok())
    }
}

impl Bad {
    fn found(&self) -> Found<'_> {
        Found {
            number: self.number,
            stamp: self.stamp,
            object: self.object,
            outcome: Outcome::Bad,
            text: &self.text,
            causes: Cow::Borrowed(&self.causes),
        }
    }
}

impl Filter {
    /// Whether the body can hold a record that is looked for.
    fn may_take(&self, body: &Body) -> bool {
        let landing = |landing| match landing {
            Landing::AsSent | Landing::Whole => Outcome::Good,
            Landing::Blank => Outcome::Blank,
            Landing::RejectedLate => Outcome::Late,
        };
        let is_possible = |outcome| match body.fate {
            BodyFate::Lenient(Landing::AsSent) => {
                matches!(outcome, Outcome::Good | Outcome::Blank | Outcome::Lost)
            }
            BodyFate::Accepted(landed) | BodyFate::Lenient(landed) => outcome == landing(landed),
            BodyFate::Lost => outcome == Outcome::Lost,
            BodyFate::Refused(_) => outcome == Outcome::Refused,
        };
        self.outcome.is_none_or(is_possible)
            && (self.object.is_none() || self.object == body.object)
    }

    fn takes<'l>(&self, found: Found<'l>) -> Option<Found<'l>> {
        let is_taken = self.outcome.is_none_or(|outcome| outcome == found.outcome)
            && (self.object.is_none() || self.object == found.object)
            && self
                .request
                .is_none_or(|request| request == found.stamp.request)
            && self.text.as_deref().is_none_or(|text| {
                holds(found.text, text) || found.causes.iter().any(|cause| holds(cause, text))
            });
        is_taken.then_some(found)
    }
}

/// Whether the text holds the other, whatever the case of ASCII letters.
pub(crate) fn holds(text: &str, wanted: &str) -> bool {
    let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
    let Some((&first, rest)) = wanted.split_first() else {
        return true;
    };
    let is_first = |byte: &u8| byte.eq_ignore_ascii_case(&first);
    let mut from = 0;
    while let Some(at) = text[from..].iter().position(is_first) {
        from += at + 1;
        let here = text.get(from..from + rest.len());
        if here.is_some_and(|here| here.eq_ignore_ascii_case(rest)) {
            return true;
        }
    }
    false
}

/// The primary key that a record's text has, if it has one.
pub(crate) fn key(object: &Object, text: &str) -> Option<String> {
    text.starts_with('{').then_some(())?;
    let mut members = members(text).enumerate();
    let is_key = |key, guess| object.position(key, guess) == Some(object.key);
    let value = members.find_map(|(guess, member)| {
        let value = is_key(member.key, guess).then_some(member.value)?;
        Some(value.as_key().into_owned())
    });
    value.filter(|key| !key.is_empty())
}

/// The field that a cause of the validator is about, and the rest of its words.
pub(crate) fn field_of(cause: &str) -> (Option<&str>, &str) {
    if let Some((field, reason)) = cause.strip_prefix("#/").and_then(|at| at.split_once(": ")) {
        return (Some(field), reason);
    }
    let reason = cause.strip_prefix("#: ").unwrap_or(cause);
    let inner = reason
        .contains("key [")
        .then(|| reason.split_once('[')?.1.rsplit_once(']'))
        .flatten();
    (inner.map(|(field, _)| field), reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_names_its_field() {
        let cases = [
            (
                "#/revenue: expected type: Number, found: String",
                Some("revenue"),
            ),
            ("#: required key [url] not found", Some("url")),
            ("#: extraneous key [a]b] is not permitted", Some("a]b")),
            ("#: expected type: JSONObject, found: Integer", None),
            ("Bad Request: JSON is malformed.", None),
        ];
        for (cause, field) in cases {
            assert_eq!(field_of(cause).0, field, "{cause}");
        }
        assert_eq!(
            field_of(cases[0].0).1,
            "expected type: Number, found: String"
        );
    }

    #[test]
    fn text_is_found_in_any_case_and_at_any_place() {
        for (text, wanted, is_there) in [
            ("abcABd", "abd", true),
            ("aab", "ab", true),
            ("ab", "abc", false),
            ("", "a", false),
            ("x", "", true),
            ("Ärger", "äRGER", false),
            ("Ärger", "ÄRGER", true),
        ] {
            assert_eq!(holds(text, wanted), is_there, "{text} {wanted}");
        }
    }
}
