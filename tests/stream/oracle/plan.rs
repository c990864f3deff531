//! What a run does and what the tenant does to it: all drawn from a seed before anything begins.

use std::time::Duration;

use ingest_emulator::{Calls, CutAt, ErrorBody, Fault, RetryAfter, Rule};

const MILLISECOND: Duration = Duration::from_millis(1);

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) tasks: u64,
    /// Of each task.
    pub(crate) records: u64,
    /// Of each task.
    pub(crate) keys: u64,
    /// The longest note.
    pub(crate) note: usize,
    /// Records or keys in a row with which the same is done, at most.
    pub(crate) row: u64,
    /// Of a body.
    pub(crate) max_records: u32,
    pub(crate) concurrency: usize,
    pub(crate) linger: Duration,
    pub(crate) buffer: usize,
    pub(crate) request_timeout: Duration,
    pub(crate) token_life: Duration,
    pub(crate) array: bool,
    /// Whether a request may be carried out after its client gave it up, so that it may come behind
    /// what was sent later. No client can help that.
    pub(crate) late: bool,
    pub(crate) rules: Vec<Rule>,
}

impl Plan {
    pub(crate) fn drawn(seed: u64) -> Self {
        let mut chance = fastrand::Rng::with_seed(seed);
        let tasks = chance.u64(2..7);
        let late = chance.u8(0..5) == 0;
        let rules = rules(&mut chance, late);
        Self {
            seed,
            tasks,
            records: 10_000_u64.div_ceil(tasks),
            keys: [10, 300, 5_000][chance.usize(0..3)],
            note: [0, 40, 600][chance.usize(0..3)],
            row: chance.u64(50..600),
            max_records: [20, 60, 10_000][chance.usize(0..3)],
            concurrency: chance.usize(2..33),
            linger: MILLISECOND * chance.u32(0..60),
            buffer: chance.usize(400_000..2_000_000),
            request_timeout: if late {
                60 * MILLISECOND
            } else {
                Duration::from_secs(60)
            },
            token_life: Duration::from_secs(chance.u64(2..20)),
            array: chance.bool(),
            late,
            rules,
        }
    }

    /// As many records as the tenant takes in a second on a good day, through one stream.
    pub(crate) fn long() -> Self {
        let mut chance = fastrand::Rng::with_seed(200_000);
        Self {
            tasks: 4,
            records: 50_000,
            keys: 20_000,
            note: 60,
            row: 2_000,
            max_records: 10_000,
            concurrency: 16,
            linger: 100 * MILLISECOND,
            buffer: 8 << 20,
            request_timeout: Duration::from_secs(60),
            late: false,
            rules: rules(&mut chance, false),
            ..Self::drawn(200_000)
        }
    }

    /// A tenant that says yes to some requests and does nothing.
    pub(crate) fn forgetful() -> Self {
        let forgets = Rule::status(202).every(3).calls(Calls::Ingest);
        Self {
            records: 1_000,
            row: 50,
            rules: vec![forgets],
            late: false,
            request_timeout: Duration::from_secs(60),
            ..Self::drawn(1)
        }
    }
}

/// Every way to misbehave that loses nothing, each at its own rate.
fn rules(chance: &mut fastrand::Rng, late: bool) -> Vec<Rule> {
    let mut rules = Vec::new();
    let seeds: Vec<u64> = (0..20).map(|_| chance.u64(..)).collect();
    let mut seeds = seeds.into_iter();
    let mut add = |fault: Fault, calls: Calls, ratio: f64| {
        let seed = seeds.next().expect("BUG: more rules than seeds");
        rules.push(Rule::new(fault).calls(calls).ratio(ratio, seed));
    };
    for (status, retry_after, most) in [
        (429, Some(RetryAfter::Seconds(1)), 0.004),
        (429, Some(RetryAfter::DateAhead(1)), 0.004),
        (429, None, 0.01),
        (503, Some(RetryAfter::Seconds(0)), 0.02),
        (503, Some(RetryAfter::Seconds(1)), 0.004),
        (500, None, 0.02),
        (502, None, 0.02),
        (504, None, 0.02),
        (408, None, 0.02),
        (409, None, 0.01),
        (425, None, 0.01),
    ] {
        let body = [
            ErrorBody::Json,
            ErrorBody::Empty,
            ErrorBody::Text,
            ErrorBody::HalfJson,
        ];
        let body = body[chance.usize(0..4)];
        let fault = Fault::Status {
            status,
            retry_after,
            body,
        };
        add(fault, Calls::Ingest, chance.f64() * most);
    }
    for at in [
        CutAt::BeforeProcessing,
        CutAt::AfterProcessing,
        CutAt::MidAnswer,
    ] {
        let reset = chance.bool();
        add(Fault::Cut { at, reset }, Calls::Any, chance.f64() * 0.04);
    }
    for status in [200, 202, 502] {
        add(Fault::Html { status }, Calls::Ingest, chance.f64() * 0.02);
    }
    let login_fails = Fault::Status {
        status: 500,
        retry_after: None,
        body: ErrorBody::Json,
    };
    add(login_fails, Calls::Auth, chance.f64() * 0.3);
    add(Fault::ExpireTokens, Calls::Ingest, chance.f64() * 0.02);
    let most = if late {
        120 * MILLISECOND
    } else {
        40 * MILLISECOND
    };
    let slow = Fault::Delay {
        least: Duration::ZERO,
        most,
    };
    add(slow, Calls::Ingest, 0.1 + chance.f64() * 0.4);
    rules
}
