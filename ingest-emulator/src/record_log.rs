//! Remembers the last records, so that somebody can see what became of each.
//!
//! Costs a request, not a record: a body is kept as it came and is taken apart when somebody looks.
//! Only records with something wrong are kept one by one, in room of their own, so that no flood of
//! good ones washes them away. Looking is done in `record_search`.

use std::collections::VecDeque;
use std::ops::Range;

use axum::body::Bytes;

use crate::table::Landing;

/// How much is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Of accepted records and of bad ones each. 0: nothing is remembered.
    pub(crate) records: usize,
    /// Of all; a quarter is for bad records.
    pub(crate) bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            records: 20_000,
            bytes: 64 << 20,
        }
    }
}

/// What an answered body comes with; left on the answer for the log.
#[derive(Debug, Clone)]
pub(crate) struct Noted {
    /// The object's position; `None` for one that the schema does not have.
    pub(crate) object: Option<usize>,
    pub(crate) body: Bytes,
    pub(crate) records: usize,
    pub(crate) verdict: Verdict,
}

/// What the tenant said of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted(Landing),
    /// Accepted by a lenient tenant, which keeps what it understands.
    Lenient(Landing),
    /// Accepted for an object without a data stream; it landed nowhere.
    Lost,
    /// These have something wrong; the others were refused with them.
    Refused(Vec<BadRecord>),
    /// No JSON, or not of the right shape: no record can be told from another.
    Malformed(String),
}

/// One record with something wrong, as its check left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadRecord {
    /// Its place in the body.
    pub(crate) place: usize,
    pub(crate) text: String,
    /// The validator's words.
    pub(crate) causes: Vec<String>,
}

/// When a body came, and with which request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) request: u64,
    /// Milliseconds since 1970.
    pub(crate) at: u64,
}

/// A body whose records are looked up when they are asked for.
#[derive(Debug)]
pub(crate) struct Body {
    /// The number of its first record.
    pub(crate) first: u64,
    pub(crate) records: usize,
    pub(crate) stamp: Stamp,
    pub(crate) object: Option<usize>,
    pub(crate) fate: BodyFate,
    pub(crate) bytes: Bytes,
}

/// What became of the records of a body that are not bad themselves.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BodyFate {
    Accepted(Landing),
    Lenient(Landing),
    Lost,
    /// Refused with the bad ones, which are at these places.
    Refused(Box<[usize]>),
}

/// A bad record.
#[derive(Debug)]
pub(crate) struct Bad {
    pub(crate) number: u64,
    pub(crate) stamp: Stamp,
    pub(crate) object: Option<usize>,
    pub(crate) text: Box<str>,
    pub(crate) causes: Box<[String]>,
}

/// How many records of an object had which end, for those that the store does not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) bad: u64,
    pub(crate) blank: u64,
    pub(crate) late: u64,
}

/// The last records. Numbers grow with every record and are never given twice.
#[derive(Debug, Default)]
pub(crate) struct RecordLog {
    bounds: Bounds,
    next: u64,
    /// Sorted by number, and so are the bad.
    pub(crate) bodies: VecDeque<Body>,
    pub(crate) bad: VecDeque<Bad>,
    in_bodies: Held,
    in_bad: Held,
    /// For each object of the schema, as far as any was seen.
    tallies: Vec<Tally>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) records: usize,
    pub(crate) bytes: usize,
}

/// What an entry takes besides its text, roundly.
const OVERHEAD: usize = 128;

/// The most that is kept of a body that is no JSON.
const MOST_OF_MALFORMED: usize = 4096;

impl RecordLog {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            ..Self::default()
        }
    }

    pub(crate) const fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The number that the next record gets.
    pub(crate) const fn next(&self) -> u64 {
        self.next
    }

    /// What is held of bodies and of bad records.
    pub(crate) const fn held(&self) -> [Held; 2] {
        [self.in_bodies, self.in_bad]
    }

    /// The numbers of the records that came with this request, as far as they are held.
    pub(crate) fn numbers_of(&self, request: u64) -> Range<u64> {
        let body = self
            .bodies
            .partition_point(|body| body.stamp.request < request);
        let body = self
            .bodies
            .get(body)
            .filter(|body| body.stamp.request == request);
        let in_body = body.map(|body| body.first..body.first + body.records as u64);
        let start = self.bad.partition_point(|bad| bad.stamp.request < request);
        let end = self.bad.partition_point(|bad| bad.stamp.request <= request);
        let bad = self.bad.range(start..end);
        let last = bad.clone().next_back();
        let of_bad = bad
            .clone()
            .next()
            .zip(last)
            .map(|(first, last)| first.number..last.number + 1);
        in_body.or(of_bad).unwrap_or(0..0)
    }

    pub(crate) fn tally(&self, object: usize) -> Tally {
        self.tallies.get(object).copied().unwrap_or_default()
    }

    /// Forgets all; numbers go on.
    pub(crate) fn clear(&mut self) {
        let next = self.next;
        *self = Self::new(self.bounds);
        self.next = next;
    }

    pub(crate) fn note(&mut self, stamp: Stamp, noted: Noted) {
        self.count(&noted);
        if self.bounds.records == 0 {
            return;
        }
        let first = self.next;
        let object = noted.object;
        let fate = match noted.verdict {
            Verdict::Accepted(landing) => BodyFate::Accepted(landing),
            Verdict::Lenient(landing) => BodyFate::Lenient(landing),
            Verdict::Lost => BodyFate::Lost,
            Verdict::Refused(bad) => {
                let places = bad.iter().map(|record| record.place).collect();
                for record in bad {
                    let number = first + record.place as u64;
                    self.push_bad(number, stamp, object, record.text, record.causes);
                }
                BodyFate::Refused(places)
            }
            Verdict::Malformed(message) => {
                let text = beginning(&noted.body);
                self.push_bad(first, stamp, object, text, vec![message]);
                self.next += 1;
                return self.forget();
            }
        };
        self.next += noted.records as u64;
        self.push_body(Body {
            first,
            records: noted.records,
            stamp,
            object,
            fate,
            bytes: noted.body,
        });
        self.forget();
    }

    fn count(&mut self, noted: &Noted) {
        let Some(object) = noted.object else { return };
        if self.tallies.len() <= object {
            self.tallies.resize(object + 1, Tally::default());
        }
        let tally = &mut self.tallies[object];
        let records = noted.records as u64;
        match &noted.verdict {
            Verdict::Accepted(landing) | Verdict::Lenient(landing) => match landing {
                Landing::AsSent | Landing::Whole => {}
                Landing::Blank => tally.blank += records,
                Landing::RejectedLate => tally.late += records,
            },
            Verdict::Lost => {}
            Verdict::Refused(bad) => tally.bad += bad.len() as u64,
            Verdict::Malformed(_) => tally.bad += 1,
        }
    }

    fn push_body(&mut self, body: Body) {
        let has_others = match &body.fate {
            BodyFate::Refused(bad) => bad.len() < body.records,
            _ => body.records > 0,
        };
        if has_others {
            self.in_bodies.records += body.records;
            self.in_bodies.bytes += body.size();
            self.bodies.push_back(body);
        }
    }

    fn push_bad(
        &mut self,
        number: u64,
        stamp: Stamp,
        object: Option<usize>,
        text: String,
        causes: Vec<String>,
    ) {
        let bad = Bad {
            number,
            stamp,
            object,
            text: text.into(),
            causes: causes.into(),
        };
        self.in_bad.records += 1;
        self.in_bad.bytes += bad.size();
        self.bad.push_back(bad);
    }

    /// Drops the oldest until all is within the bounds. The last body may have more records than
    /// the bound by itself, but never more bytes.
    fn forget(&mut self) {
        let for_bad = self.bounds.bytes / 4;
        let for_bodies = self.bounds.bytes - for_bad;
        while self.in_bodies.bytes > for_bodies
            || (self.in_bodies.records > self.bounds.records && self.bodies.len() > 1)
        {
            let Some(gone) = self.bodies.pop_front() else {
                break;
            };
            self.in_bodies.records -= gone.records;
            self.in_bodies.bytes -= gone.size();
        }
        while self.in_bad.bytes > for_bad || self.in_bad.records > self.bounds.records {
            let Some(gone) = self.bad.pop_front() else {
                break;
            };
            self.in_bad.records -= 1;
            self.in_bad.bytes -= gone.size();
        }
    }
}

impl Body {
    fn size(&self) -> usize {
        self.bytes.len() + OVERHEAD
    }
}

impl Bad {
    fn size(&self) -> usize {
        let causes: usize = self.causes.iter().map(|cause| cause.len() + 24).sum();
        self.text.len() + causes + OVERHEAD
    }
}

fn beginning(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(MOST_OF_MALFORMED)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: Stamp = Stamp { request: 1, at: 0 };

    fn log(records: usize, bytes: usize) -> RecordLog {
        RecordLog::new(Bounds { records, bytes })
    }

    fn noted(body: &'static str, records: usize, verdict: Verdict) -> Noted {
        Noted {
            object: Some(0),
            body: Bytes::from_static(body.as_bytes()),
            records,
            verdict,
        }
    }

    fn good() -> Noted {
        noted("[{},{}]", 2, Verdict::Accepted(Landing::AsSent))
    }

    fn bad(place: usize) -> BadRecord {
        BadRecord {
            place,
            text: "{}".to_owned(),
            causes: vec!["#: x".to_owned()],
        }
    }

    #[test]
    fn good_records_never_wash_bad_ones_away() {
        let mut log = log(4, 1 << 20);
        log.note(STAMP, noted("[{},{}]", 2, Verdict::Refused(vec![bad(1)])));
        for _ in 0..100 {
            log.note(STAMP, good());
        }
        assert_eq!(
            log.bad.iter().map(|bad| bad.number).collect::<Vec<_>>(),
            [1]
        );
        assert_eq!((log.bodies.len(), log.held()[0].records), (2, 4));
        assert_eq!(log.next(), 202);
        assert_eq!(log.tally(0).bad, 1);
    }

    #[test]
    fn the_oldest_bad_record_goes_when_there_are_too_many() {
        let mut log = log(3, 1 << 20);
        for _ in 0..5 {
            log.note(STAMP, noted("[{}]", 1, Verdict::Refused(vec![bad(0)])));
        }
        let numbers: Vec<_> = log.bad.iter().map(|bad| bad.number).collect();
        assert_eq!(numbers, [2, 3, 4]);
        assert!(log.bodies.is_empty(), "nothing but bad records in them");
    }

    #[test]
    fn bytes_are_bounded_whatever_the_count() {
        let bytes = 10_000;
        let mut log = log(1_000_000, bytes);
        for _ in 0..1_000 {
            log.note(STAMP, good());
            log.note(STAMP, noted("[{}]", 1, Verdict::Refused(vec![bad(0)])));
            log.note(STAMP, noted("[", 0, Verdict::Malformed("no".to_owned())));
            let held: usize = log.held().iter().map(|held| held.bytes).sum();
            assert!(held <= bytes, "{held}");
        }
        assert!(!log.bad.is_empty() && !log.bodies.is_empty());
        let sizes = log.bodies.iter().map(Body::size).sum::<usize>();
        assert_eq!(sizes, log.held()[0].bytes);
    }

    #[test]
    fn a_body_over_the_bytes_is_not_kept_and_one_over_the_count_is() {
        let mut log = log(1, 4_000);
        let long: &'static str = Box::leak("x".repeat(4_000).into());
        log.note(STAMP, noted(long, 2, Verdict::Accepted(Landing::AsSent)));
        assert!(log.bodies.is_empty() && log.held()[0] == Held::default());
        log.note(STAMP, good());
        assert_eq!(log.bodies.len(), 1);
    }

    #[test]
    fn a_log_that_is_off_counts_and_keeps_nothing() {
        let mut log = log(0, 1 << 20);
        log.note(STAMP, noted("[{}]", 1, Verdict::Refused(vec![bad(0)])));
        log.note(STAMP, good());
        assert!(log.bad.is_empty() && log.bodies.is_empty());
        assert_eq!(log.tally(0).bad, 1);
    }

    #[test]
    fn a_body_that_is_no_json_is_one_bad_record_with_its_beginning() {
        let mut log = log(9, 1 << 20);
        let long: &'static str = Box::leak("ä".repeat(4_000).into());
        log.note(STAMP, noted(long, 0, Verdict::Malformed("no".to_owned())));
        assert_eq!(log.bad[0].text.len(), MOST_OF_MALFORMED);
        assert_eq!((log.next(), log.tally(0).bad), (1, 1));
    }

    #[test]
    fn numbers_go_on_after_a_clearing() {
        let mut log = log(9, 1 << 20);
        log.note(STAMP, good());
        log.clear();
        assert!(log.bodies.is_empty());
        log.note(STAMP, good());
        assert_eq!(log.bodies[0].first, 2);
        assert_eq!(log.tally(0), Tally::default());
    }
}
