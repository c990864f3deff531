//! Which records of a refused body are guilty: by the tenant's report where it names them, else by
//! halves. Decides what to send next; sends nothing and knows no time. An answer that says nothing
//! about the body (later, who are you) does not come here: the caller sends the same request again.
//! A record is guilty when a report names it or when it was refused alone, never by deduction.

use std::collections::VecDeque;
use std::ops::Range;

/// So many refusals in a row are a strike.
pub(crate) const STRIKE: u32 = 64;

/// The search for the guilty records of one body. Begins with the request of the whole body, the
/// answer to which is the first one to be given to [`Isolation::answer`].
#[derive(Debug, Clone)]
pub(crate) struct Isolation {
    records: usize,
    accepted: usize,
    refused_in_a_row: u32,
    /// Records without a verdict, in order. Every request is a beginning of them, so that no record
    /// overtakes another.
    open: VecDeque<u32>,
    /// How they go out, the next request last.
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
struct Part {
    records: usize,
    /// The second half of a guilty part whose first half has no answer yet.
    awaits_first_half: bool,
}

/// What the tenant said to the last request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer<'a> {
    /// It will look at all of it.
    Accepted,
    /// At least one record does not match the schema.
    Refused {
        /// The places, in the request just sent, of the records that the report names. Those
        /// beyond the request are of no account; none at all is as good as no report.
        named: &'a [usize],
    },
    /// The request is too large, which says nothing of any part of it.
    TooLarge,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Send these records of the body, in this order, as one request; again until it is accepted
    /// or refused.
    Send(Vec<Range<u32>>),
    /// Every record has its verdict.
    Done,
}

/// What an answer made known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Records of the body that were accepted.
    pub(crate) accepted: Vec<Range<u32>>,
    /// Records of the body that are guilty, in order; the refusal just given is the reason.
    pub(crate) guilty: Vec<Guilty>,
    /// This was the 64th refusal in a row, or the 128th, …: the schema may have drifted.
    pub(crate) strike: bool,
}

/// A record that the tenant does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Guilty {
    /// Its place in the body.
    pub(crate) index: u32,
    pub(crate) evidence: Evidence,
}

/// What in the refusal is about the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// What the report says about the record at this place of the request.
    Named { position: usize },
    /// All of it: the request held this record alone.
    Alone,
}

impl Isolation {
    /// The search in a body of so many records.
    pub(crate) fn new(records: u32) -> Self {
        let mut isolation = Self {
            records: records as usize,
            accepted: 0,
            refused_in_a_row: 0,
            open: (0..records).collect(),
            parts: Vec::new(),
        };
        isolation.plan(records as usize);
        isolation
    }

    /// What to send next; the same until the next answer.
    pub(crate) fn step(&self) -> Step {
        match self.parts.last() {
            Some(part) => Step::Send(ranges(self.open.iter().copied().take(part.records))),
            None => Step::Done,
        }
    }

    /// Takes the answer to the request of the last [`Isolation::step`], which was not `Done`.
    pub(crate) fn answer(&mut self, answer: Answer<'_>) -> Verdict {
        let part = self
            .parts
            .pop()
            .expect("BUG: an answer without a request: the last step was `Done`");
        match answer {
            Answer::Accepted => self.accept(part.records),
            Answer::Refused { named } => self.refuse(part.records, named, true),
            Answer::TooLarge => self.refuse(part.records, &[], false),
        }
    }

    /// Whether all records have their verdict and none was accepted.
    pub(crate) fn refused_whole(&self) -> bool {
        self.records > 0 && self.open.is_empty() && self.accepted == 0
    }

    /// The records without a verdict. Those of a request under way are among them.
    #[cfg(test)]
    pub(crate) fn abandon(self) -> Vec<Range<u32>> {
        ranges(self.open)
    }

    fn accept(&mut self, records: usize) -> Verdict {
        self.refused_in_a_row = 0;
        self.accepted += records;
        let accepted = ranges(self.open.drain(..records));
        if let Some(second) = self.parts.pop() {
            if second.awaits_first_half {
                // It holds the guilt, so sending it whole would be a request for nothing.
                self.split(second.records, true);
            } else {
                self.parts.push(second);
            }
        }
        Verdict {
            accepted,
            ..Verdict::default()
        }
    }

    /// `holds_guilt`: whether the second half must be guilty if the first is not.
    fn refuse(&mut self, records: usize, named: &[usize], holds_guilt: bool) -> Verdict {
        self.refused_in_a_row += 1;
        if let Some(second) = self.parts.last_mut() {
            second.awaits_first_half = false;
        }
        let mut guilty = self.convict(records, named);
        if !guilty.is_empty() {
            self.plan(records - guilty.len());
        } else if records > 1 {
            self.split(records, holds_guilt);
        } else {
            let evidence = Evidence::Alone;
            let alone = self.open.pop_front();
            guilty.extend(alone.map(|index| Guilty { index, evidence }));
        }
        Verdict {
            guilty,
            strike: self.refused_in_a_row % STRIKE == 0,
            ..Verdict::default()
        }
    }

    /// Takes the named ones out of the first `records` that are open.
    fn convict(&mut self, records: usize, named: &[usize]) -> Vec<Guilty> {
        let mut is_named = vec![false; records];
        for &position in named {
            if let Some(is_named) = is_named.get_mut(position) {
                *is_named = true;
            }
        }
        let rest = self.open.split_off(records);
        let sent = std::mem::replace(&mut self.open, VecDeque::with_capacity(records));
        let mut guilty = Vec::new();
        for (position, index) in sent.into_iter().enumerate() {
            if is_named[position] {
                let evidence = Evidence::Named { position };
                guilty.push(Guilty { index, evidence });
            } else {
                self.open.push_back(index);
            }
        }
        self.open.extend(rest);
        guilty
    }

    /// So many records as one request.
    fn plan(&mut self, records: usize) {
        if records > 0 {
            self.parts.push(Part {
                records,
                awaits_first_half: false,
            });
        }
    }

    /// The first half is the smaller one: guilt in it costs two requests, guilt in the other one.
    fn split(&mut self, records: usize, holds_guilt: bool) {
        let first = records / 2;
        self.parts.push(Part {
            records: records - first,
            awaits_first_half: holds_guilt && first > 0,
        });
        self.plan(first);
    }
}

/// Indices in order as ranges without gaps.
fn ranges(indices: impl IntoIterator<Item = u32>) -> Vec<Range<u32>> {
    let mut ranges: Vec<Range<u32>> = Vec::new();
    for index in indices {
        match ranges.last_mut() {
            Some(last) if last.end == index => last.end += 1,
            _ => ranges.push(index..index + 1),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::subsequence;

    use super::*;

    /// What a tenant of these tests answers to a request.
    enum Reply {
        Accepted,
        Refused(Vec<usize>),
        TooLarge,
    }

    /// What came of a body, and what it cost.
    #[derive(Default)]
    struct Outcome {
        requests: usize,
        accepted: Vec<u32>,
        guilty: Vec<u32>,
        strikes: Vec<usize>,
        refused_whole: bool,
    }

    impl Outcome {
        /// Beyond the request of the whole body.
        fn extra(&self) -> usize {
            self.requests - 1
        }

        fn open(&self, records: u32) -> Vec<u32> {
            let mut open = vec![true; records as usize];
            for &index in self.accepted.iter().chain(&self.guilty) {
                open[index as usize] = false;
            }
            (0..records).filter(|&index| open[index as usize]).collect()
        }

        /// Books a verdict after holding it against the request and the reply.
        fn book(&mut self, request: &[u32], reply: &Reply, verdict: &Verdict) {
            let accepted: Vec<u32> = verdict.accepted.iter().cloned().flatten().collect();
            match reply {
                Reply::Accepted => assert_eq!(accepted, request),
                _ => assert!(accepted.is_empty()),
            }
            for guilty in &verdict.guilty {
                match (guilty.evidence, reply) {
                    (Evidence::Named { position }, Reply::Refused(named)) => {
                        assert!(named.contains(&position));
                        assert_eq!(request[position], guilty.index);
                    }
                    (Evidence::Alone, Reply::Refused(_) | Reply::TooLarge) => {
                        assert_eq!(request, [guilty.index]);
                    }
                    _ => panic!("{guilty:?} was not refused"),
                }
            }
            self.accepted.extend(accepted);
            let guilty = verdict.guilty.iter().map(|guilty| guilty.index);
            self.guilty.extend(guilty);
            if verdict.strike {
                self.strikes.push(self.requests);
            }
        }
    }

    fn request(isolation: &Isolation) -> Option<Vec<u32>> {
        match isolation.step() {
            Step::Send(ranges) => Some(ranges.into_iter().flatten().collect()),
            Step::Done => None,
        }
    }

    fn answer(isolation: &mut Isolation, reply: &Reply) -> Verdict {
        isolation.answer(match reply {
            Reply::Accepted => Answer::Accepted,
            Reply::Refused(named) => Answer::Refused { named },
            Reply::TooLarge => Answer::TooLarge,
        })
    }

    /// One request and its answer, with all that holds whatever the tenant answers.
    fn exchange(
        isolation: &mut Isolation,
        outcome: &mut Outcome,
        request: &[u32],
        reply: &Reply,
        records: u32,
    ) {
        outcome.requests += 1;
        assert!(outcome.requests < 2 * records as usize, "no end of it");
        // A beginning of what is open: in order, and nothing that has its verdict already.
        let open = outcome.open(records);
        assert!(!request.is_empty() && open.starts_with(request));
        let verdict = answer(isolation, reply);
        outcome.book(request, reply, &verdict);
        let given_back: Vec<u32> = isolation.clone().abandon().into_iter().flatten().collect();
        assert_eq!(given_back, outcome.open(records));
    }

    /// What holds at the end, whatever the tenant answered.
    fn finish(isolation: &Isolation, mut outcome: Outcome, records: u32) -> Outcome {
        assert!(outcome.open(records).is_empty());
        let verdicts = outcome.accepted.len() + outcome.guilty.len();
        assert_eq!(verdicts, records as usize, "one verdict for each record");
        assert!(outcome.accepted.is_sorted(), "no record overtakes another");
        outcome.refused_whole = isolation.refused_whole();
        let none_accepted = records > 0 && outcome.accepted.is_empty();
        assert_eq!(outcome.refused_whole, none_accepted);
        outcome.guilty.sort_unstable();
        outcome
    }

    /// Isolates with a tenant that answers by the request and its number, from 0.
    fn isolate(records: u32, mut tenant: impl FnMut(usize, &[u32]) -> Reply) -> Outcome {
        let mut isolation = Isolation::new(records);
        let mut outcome = Outcome::default();
        while let Some(request) = request(&isolation) {
            let reply = tenant(outcome.requests, &request);
            exchange(&mut isolation, &mut outcome, &request, &reply, records);
        }
        finish(&isolation, outcome, records)
    }

    /// A tenant that refuses what holds a bad record, and whose report is made of the places of
    /// the bad ones.
    fn strict(
        bad: impl Fn(u32) -> bool,
        report: impl Fn(usize, Vec<usize>) -> Vec<usize>,
    ) -> impl Fn(usize, &[u32]) -> Reply {
        move |number, request| {
            let places = (0..request.len()).filter(|&place| bad(request[place]));
            match places.collect::<Vec<_>>() {
                none if none.is_empty() => Reply::Accepted,
                places => Reply::Refused(report(number, places)),
            }
        }
    }

    fn silent(_: usize, _: Vec<usize>) -> Vec<usize> {
        Vec::new()
    }

    /// No more requests than this find so many bad ones: each part with guilt that is split costs
    /// two at most, and on each level of the halving there are no more such parts than parts or
    /// bad ones.
    fn bound(records: u32, bad: u32) -> usize {
        let levels = records.next_power_of_two().ilog2();
        let guilty_parts = (0..levels).map(|level| bad.min(1 << level));
        2 * guilty_parts.sum::<u32>() as usize
    }

    fn each_set(records: u32) -> impl Iterator<Item = u32> {
        0..1 << records
    }

    fn members(set: u32) -> Vec<u32> {
        (0..32).filter(|index| set >> index & 1 == 1).collect()
    }

    #[test]
    fn an_honest_tenant_gets_every_good_record_and_no_other() {
        type Report = fn(usize, Vec<usize>) -> Vec<usize>;
        let reports: [(&str, Report); 7] = [
            ("none", silent),
            ("all", |_, bad| bad),
            ("the first", |_, bad| bad[..1].to_vec()),
            ("the last", |_, bad| bad[bad.len() - 1..].to_vec()),
            ("all twice, from the end", |_, bad| {
                bad.iter().chain(&bad).rev().copied().collect()
            }),
            ("only strangers", |_, _| vec![10, 99, usize::MAX]),
            ("half of them, every other time", |number, bad| {
                let shown = if number % 2 == 0 { 0 } else { bad.len() / 2 };
                bad[..shown].to_vec()
            }),
        ];
        for records in 0..=10 {
            for set in each_set(records) {
                let bad = members(set);
                for (name, report) in reports {
                    let outcome = isolate(records, strict(|index| bad.contains(&index), report));
                    assert_eq!(outcome.guilty, bad, "{records} records, report of {name}");
                    if name == "all" && !bad.is_empty() {
                        let rest = usize::from(bad.len() < records as usize);
                        assert_eq!(outcome.extra(), rest);
                    }
                }
            }
        }
    }

    #[test]
    fn a_wrong_report_costs_the_named_ones_and_nobody_else() {
        for records in 1..=10 {
            for set in each_set(records) {
                let bad = members(set);
                // Names the neighbour of each bad record, and one behind the request.
                let report = |_, places: Vec<usize>| -> Vec<usize> {
                    places.into_iter().map(|place| place + 1).collect()
                };
                let mut named = Vec::new();
                let tenant = strict(|index| bad.contains(&index), report);
                let outcome = isolate(records, |number, request| {
                    let reply = tenant(number, request);
                    if let Reply::Refused(places) = &reply {
                        named.extend(places.iter().filter_map(|&place| request.get(place)));
                    }
                    reply
                });
                for index in 0..records {
                    let lost = bad.contains(&index) || named.contains(&index);
                    assert_eq!(outcome.guilty.contains(&index), lost, "{index} of {bad:?}");
                }
            }
        }
    }

    /// Follows every answer to every request: any tenant at all, however it changes its mind.
    fn follow(isolation: &Isolation, past: &[(Vec<u32>, Reply)], records: u32) -> usize {
        let Some(next) = request(isolation) else {
            let mut replay = past.iter();
            isolate(records, |_, request| {
                let (sent, reply) = replay.next().expect("as many requests as before");
                assert_eq!(sent, request, "the same answers, the same requests");
                copy(reply)
            });
            return 1;
        };
        let places = u32::try_from(next.len()).unwrap();
        let named = each_set(places).map(|set| {
            let places = members(set).into_iter().map(|place| place as usize);
            Reply::Refused(places.collect())
        });
        let replies = [Reply::Accepted, Reply::TooLarge].into_iter().chain(named);
        let ways = replies.map(|reply| {
            let mut isolation = isolation.clone();
            answer(&mut isolation, &reply);
            let mut past: Vec<_> = past
                .iter()
                .map(|(sent, r)| (sent.clone(), copy(r)))
                .collect();
            past.push((next.clone(), reply));
            follow(&isolation, &past, records)
        });
        ways.sum()
    }

    fn copy(reply: &Reply) -> Reply {
        match reply {
            Reply::Accepted => Reply::Accepted,
            Reply::Refused(named) => Reply::Refused(named.clone()),
            Reply::TooLarge => Reply::TooLarge,
        }
    }

    #[test]
    fn any_answers_at_all_end_with_one_verdict_for_each_record() {
        for records in 0..=4 {
            let ways = follow(&Isolation::new(records), &[], records);
            assert!(ways >= 1 << records);
        }
    }

    #[test]
    fn one_bad_record_is_found_with_twenty_requests() {
        for records in [573, 745] {
            for bad in 0..records {
                let outcome = isolate(records, strict(|index| index == bad, silent));
                assert_eq!(outcome.guilty, [bad]);
                assert!(outcome.extra() <= 20, "{bad} of {records}");
            }
        }
    }

    #[test]
    fn a_half_that_must_be_guilty_is_not_sent_whole() {
        let mut requests = Vec::new();
        let tenant = strict(|index| index == 6, silent);
        isolate(8, |number, request| {
            requests.push(request.to_vec());
            tenant(number, request)
        });
        let expected: [&[u32]; 5] = [
            &[0, 1, 2, 3, 4, 5, 6, 7],
            &[0, 1, 2, 3],
            &[4, 5],
            &[6],
            &[7],
        ];
        assert_eq!(requests, expected);
    }

    #[test]
    fn after_a_report_the_rest_is_sent_as_one() {
        let mut isolation = Isolation::new(6);
        let verdict = isolation.answer(Answer::Refused { named: &[4, 1] });
        let named = |index, position| Guilty {
            index,
            evidence: Evidence::Named { position },
        };
        assert_eq!(verdict.guilty, [named(1, 1), named(4, 4)]);
        assert_eq!(isolation.step(), Step::Send(vec![0..1, 2..4, 5..6]));
        let verdict = isolation.answer(Answer::Refused { named: &[3] });
        assert_eq!(verdict.guilty, [named(5, 3)]);
        assert_eq!(isolation.step(), Step::Send(vec![0..1, 2..4]));
        let verdict = isolation.answer(Answer::Accepted);
        assert_eq!(verdict.accepted, [0..1, 2..4]);
        assert_eq!(isolation.step(), Step::Done);
        assert!(!isolation.refused_whole());
    }

    #[test]
    fn a_body_that_is_too_large_is_halved_without_a_suspicion() {
        let tenant = |_: usize, request: &[u32]| match request.len() {
            0..=4 => Reply::Accepted,
            _ => Reply::TooLarge,
        };
        let outcome = isolate(8, tenant);
        assert_eq!((outcome.extra(), outcome.guilty.len()), (2, 0));

        let outcome = isolate(8, |_, request| {
            if request.contains(&3) {
                Reply::TooLarge
            } else {
                Reply::Accepted
            }
        });
        assert_eq!(outcome.guilty, [3]);
    }

    #[test]
    fn a_body_of_bad_records_is_refused_whole_with_a_strike_every_64_refusals() {
        let outcome = isolate(573, strict(|_| true, silent));
        assert_eq!(outcome.guilty.len(), 573);
        assert!(outcome.refused_whole);
        let strikes: Vec<_> = (1..=outcome.requests / 64)
            .map(|times| times * 64)
            .collect();
        assert_eq!(outcome.strikes, strikes);

        let outcome = isolate(573, strict(|_| true, |_, bad| bad));
        assert!(outcome.refused_whole);
        assert_eq!((outcome.extra(), outcome.strikes.len()), (0, 0));
    }

    #[test]
    fn an_acceptance_ends_the_row_of_refusals() {
        let bad = |index: u32| index != 20;
        let mut row = 0;
        let mut strikes = Vec::new();
        let tenant = strict(bad, silent);
        let mut number = 0;
        let outcome = isolate(200, |_, request| {
            let reply = tenant(number, request);
            number += 1;
            row = match reply {
                Reply::Accepted => 0,
                _ => row + 1,
            };
            if row > 0 && row % 64 == 0 {
                strikes.push(number);
            }
            reply
        });
        assert_eq!(outcome.accepted, [20]);
        assert!(!outcome.refused_whole);
        assert!(strikes.len() > 2 && strikes[0] > 64 + 20);
        assert_eq!(outcome.strikes, strikes);
    }

    #[test]
    fn an_empty_body_needs_nothing() {
        let isolation = Isolation::new(0);
        assert_eq!(isolation.step(), Step::Done);
        assert!(!isolation.refused_whole());
        assert!(isolation.abandon().is_empty());
    }

    #[test]
    fn who_gives_up_gets_back_what_has_no_verdict() {
        let mut isolation = Isolation::new(8);
        isolation.answer(Answer::Refused { named: &[2, 6] });
        isolation.answer(Answer::Refused { named: &[] });
        assert_eq!(isolation.clone().abandon(), [0..2, 3..6, 7..8]);
        isolation.answer(Answer::Accepted);
        assert!(!isolation.refused_whole());
        assert_eq!(isolation.abandon(), [4..6, 7..8]);
    }

    fn ten_of(records: u32) -> impl Strategy<Value = (u32, Vec<u32>)> {
        let all: Vec<u32> = (0..records).collect();
        (Just(records), subsequence(all, 10))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn ten_bad_records_are_found_within_the_bound(
            (records, bad) in prop_oneof![Just(573_u32), Just(745), 10_u32..2_000].prop_flat_map(ten_of),
        ) {
            let outcome = isolate(records, strict(|index| bad.contains(&index), silent));
            prop_assert!(outcome.guilty == bad);
            prop_assert!(outcome.extra() <= bound(records, 10));

            let reported = isolate(records, strict(|index| bad.contains(&index), |_, bad| bad));
            prop_assert!(reported.guilty == bad);
            prop_assert_eq!(reported.extra(), usize::from(records > 10));
        }
    }
}
