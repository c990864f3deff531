//! One body on its way: which of its records are open, what to send next, and who is guilty. Decides
//! with `isolate`; sends and waits for nothing.

use std::ops::Range;

use bytes::Bytes;

use super::chunk::Body;
use super::isolate::{Answer, Evidence, Guilty, Isolation, Step};
use super::receipt::Rejection;
use crate::client::{Refusal, RefusalKind};

/// A body and what is known of its records.
#[derive(Debug)]
pub(crate) struct Load {
    body: Body,
    /// Records without a fate, in their order.
    open: Vec<Range<u32>>,
    search: Option<Search>,
    /// Records that the tenant refuses, with its reasons; they have no fate yet.
    guilty: Vec<(u32, Rejection)>,
    /// Whether the guilty may be settled: the tenant takes other records, or the body counts as bad.
    condemned: bool,
    /// Attempts in a row without a verdict.
    failures: u32,
    /// Whether there was a request with it.
    left: bool,
}

/// The search for the guilty, by places among the records that were open when it began.
#[derive(Debug)]
struct Search {
    records: Vec<u32>,
    isolation: Isolation,
}

/// What a refusal came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There is more to send.
    GoOn,
    /// The same, but so many refusals in a row look as if the schema has drifted.
    Strike,
    /// Every record has its verdict.
    Done,
}

impl Load {
    pub(crate) fn new(body: Body) -> Self {
        Self {
            open: std::iter::once(0..body.records()).collect(),
            body,
            search: None,
            guilty: Vec::new(),
            condemned: false,
            failures: 0,
            left: false,
        }
    }

    /// There is a request with it now. Whether that is the first.
    pub(crate) fn leaves(&mut self) -> bool {
        !std::mem::replace(&mut self.left, true)
    }

    pub(crate) fn body(&self) -> &Body {
        &self.body
    }

    pub(crate) fn into_body(self) -> Body {
        self.body
    }

    /// Records without a fate, in their order.
    pub(crate) fn open(&self) -> &[Range<u32>] {
        &self.open
    }

    pub(crate) fn is_done(&self) -> bool {
        self.open.is_empty()
    }

    /// Whether none of its records has a fate, and none is suspected.
    pub(crate) fn is_whole(&self) -> bool {
        let open = self.open.iter().map(|range| range.end - range.start);
        self.search.is_none() && open.sum::<u32>() == self.body.records()
    }

    /// The next request.
    pub(crate) fn request(&self) -> Bytes {
        self.body.part(&self.requested())
    }

    /// The records of the next request; the same until there is a verdict on them.
    fn requested(&self) -> Vec<Range<u32>> {
        match &self.search {
            None => self.open.clone(),
            Some(search) => match search.isolation.step() {
                Step::Send(places) => search.records_at(&places),
                Step::Done => Vec::new(),
            },
        }
    }

    pub(crate) fn records_of_request(&self) -> u32 {
        let requested = self.requested();
        requested.iter().map(|range| range.end - range.start).sum()
    }

    /// The request brought no verdict; returns how often in a row.
    pub(crate) fn fail(&mut self) -> u32 {
        self.failures += 1;
        self.failures
    }

    /// The request was accepted: these records are to be settled.
    pub(crate) fn accepted(&mut self) -> Vec<Range<u32>> {
        self.failures = 0;
        self.condemned = true;
        let accepted = match &mut self.search {
            None => self.open.clone(),
            Some(search) => {
                let verdict = search.isolation.answer(Answer::Accepted);
                search.records_at(&verdict.accepted)
            }
        };
        for range in &accepted {
            self.settled(range.clone());
        }
        accepted
    }

    /// The request was refused, and its records are to blame.
    pub(crate) fn refused(&mut self, refusal: &Refusal) -> Refused {
        self.failures = 0;
        let search = self.search.get_or_insert_with(|| Search::of(&self.open));
        let failures = refusal.failures.iter();
        let named: Vec<_> = failures.filter_map(|failure| failure.position).collect();
        let verdict = search.isolation.answer(match refusal.kind {
            RefusalKind::TooLarge => Answer::TooLarge,
            _ => Answer::Refused { named: &named },
        });
        for Guilty { index, evidence } in verdict.guilty {
            let record = search.records[index as usize];
            self.guilty.push((record, rejection(refusal, evidence)));
        }
        match search.isolation.step() {
            Step::Done => Refused::Done,
            Step::Send(_) if verdict.strike => Refused::Strike,
            Step::Send(_) => Refused::GoOn,
        }
    }

    /// Whether all of its records were refused.
    pub(crate) fn is_refused_whole(&self) -> bool {
        let search = self.search.as_ref();
        !self.condemned && search.is_some_and(|search| search.isolation.refused_whole())
    }

    /// The guilty may be settled.
    pub(crate) fn condemn(&mut self) {
        self.condemned = true;
    }

    /// The records that are to be rejected now.
    pub(crate) fn guilty(&self) -> &[(u32, Rejection)] {
        if self.condemned { &self.guilty } else { &[] }
    }

    /// Forgets whom it suspected: the next attempt begins with all that is open.
    pub(crate) fn give_up(&mut self) {
        self.search = None;
        self.guilty.clear();
    }

    /// These records have their fate.
    pub(crate) fn settled(&mut self, range: Range<u32>) {
        self.guilty.retain(|(index, _)| !range.contains(index));
        let rest = self.open.iter().flat_map(|open| {
            let before = open.start..open.end.min(range.start);
            let behind = open.start.max(range.end)..open.end;
            [before, behind]
        });
        self.open = rest.filter(|rest| !rest.is_empty()).collect();
    }
}

impl Search {
    fn of(open: &[Range<u32>]) -> Self {
        let records: Vec<u32> = open.iter().cloned().flatten().collect();
        let count = u32::try_from(records.len()).expect("BUG: fewer records than bytes");
        Self {
            records,
            isolation: Isolation::new(count),
        }
    }

    /// The records at these places, as ranges without gaps.
    fn records_at(&self, places: &[Range<u32>]) -> Vec<Range<u32>> {
        let mut ranges: Vec<Range<u32>> = Vec::new();
        for place in places.iter().cloned().flatten() {
            let record = self.records[place as usize];
            match ranges.last_mut() {
                Some(last) if last.end == record => last.end += 1,
                _ => ranges.push(record..record + 1),
            }
        }
        ranges
    }
}

/// What the tenant says against one record.
fn rejection(refusal: &Refusal, evidence: Evidence) -> Rejection {
    let code = refusal.kind.code();
    let failure = match evidence {
        Evidence::Named { position } => refusal
            .failures
            .iter()
            .find(|failure| failure.position == Some(position)),
        Evidence::Alone => refusal.failures.first(),
    };
    if let Some(failure) = failure.filter(|failure| !failure.causes.is_empty()) {
        let field = failure.causes.iter().find_map(|cause| cause.field.clone());
        let causes: Vec<_> = failure.causes.iter().map(ToString::to_string).collect();
        return Rejection::new(code, field, causes.join("; "));
    }
    let words = refusal.message.clone();
    let reason = words.unwrap_or_else(|| format!("status {} without a reason", refusal.status));
    Rejection::new(code, None, reason)
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use tokio::time::Instant;

    use super::super::chunk::{Assembly, Bounds, Chunk, Cut, Operation};
    use super::*;
    use crate::body::Shape;
    use crate::client::RecordFailure;

    const BOUNDS: Bounds = Bounds {
        shape: Shape::Array,
        bytes: 1_000,
        records: 100,
    };

    fn load(records: u32) -> Load {
        let now = Instant::now();
        let mut chunk = Chunk::new(Operation::Upsert, BOUNDS.shape, BytesMut::new(), now);
        for record in 0..records {
            chunk.push(record.to_string().as_bytes(), &BOUNDS, now);
        }
        Load::new(Assembly::new(0, chunk, Cut::Size, &BOUNDS).finish())
    }

    fn refusal(status: u16, named: &[usize]) -> Refusal {
        let failures = named.iter().map(|position| RecordFailure {
            position: Some(*position),
            record: None,
            causes: vec![format!("#/f: record {position}").into()],
        });
        Refusal {
            kind: match status {
                413 => RefusalKind::TooLarge,
                _ => RefusalKind::BadRequest,
            },
            status,
            connector: "Web".into(),
            object: "page_view".into(),
            message: Some("Bad Request".into()),
            failures: failures.collect(),
            retry_after: None,
        }
    }

    fn text(load: &Load) -> String {
        String::from_utf8(load.request().to_vec()).unwrap()
    }

    #[test]
    fn a_body_that_is_accepted_is_done_at_once() {
        let mut load = load(3);
        assert!(load.is_whole());
        assert_eq!(text(&load), "[0,1,2]");
        assert_eq!(load.accepted(), std::slice::from_ref(&(0..3)));
        assert!(load.is_done());
    }

    #[test]
    fn whom_a_report_names_is_guilty_once_others_are_accepted() {
        let mut load = load(5);
        assert_eq!(load.refused(&refusal(400, &[1, 3])), Refused::GoOn);
        assert_eq!(load.guilty(), [], "the schema may be to blame");
        assert_eq!(text(&load), "[0,2,4]");
        assert_eq!(load.records_of_request(), 3);
        assert_eq!(load.accepted(), [0..1, 2..3, 4..5]);
        let guilty: Vec<_> = load
            .guilty()
            .iter()
            .map(|(index, why)| (*index, why.field()))
            .collect();
        assert_eq!(guilty, [(1, Some("f")), (3, Some("f"))]);
        assert!(!load.is_done());
        load.settled(1..2);
        load.settled(3..4);
        assert!(load.is_done());
    }

    #[test]
    fn a_body_that_is_refused_whole_begins_anew_after_it_was_given_up() {
        let mut load = load(2);
        assert_eq!(load.refused(&refusal(400, &[0, 1])), Refused::Done);
        assert!(load.is_refused_whole());
        load.give_up();
        assert_eq!(text(&load), "[0,1]");
        assert_eq!(load.refused(&refusal(400, &[0, 1])), Refused::Done);
        load.condemn();
        assert_eq!(load.guilty().len(), 2);
    }

    #[test]
    fn what_has_its_fate_is_not_part_of_a_new_beginning() {
        let mut load = load(4);
        load.refused(&refusal(400, &[]));
        assert_eq!(text(&load), "[0,1]");
        load.accepted();
        load.refused(&refusal(400, &[]));
        load.give_up();
        assert_eq!(text(&load), "[2,3]");
        load.refused(&refusal(400, &[1]));
        assert_eq!(text(&load), "[2]");
        assert_eq!(load.accepted(), std::slice::from_ref(&(2..3)));
        assert_eq!(load.guilty()[0].0, 3);
    }

    #[test]
    fn a_record_alone_is_rejected_in_the_tenants_words() {
        let mut load = load(1);
        load.refused(&refusal(413, &[]));
        load.condemn();
        let (_, why) = &load.guilty()[0];
        assert_eq!((why.code(), why.reason()), ("too_large", "Bad Request"));
    }
}
