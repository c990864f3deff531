//! What can be measured of a stream, and under which name: the only place that knows names, units and
//! labels. Counted once a body, once a request or for what goes wrong, never for each record that is
//! taken; no label holds a value of a record. Decides nothing.
//!
//! Through the facade `metrics`, behind the feature of that name; without it all of this is nothing.
//! Not through OpenTelemetry's API: before its 1.0 it breaks every few months, and a library that
//! names a version chooses its users' SDK for them. With the facade whoever measures by Prometheus
//! needs one line, and whoever measures by OpenTelemetry a bridge (`examples/watching` has one).

use tokio::time::Instant;

use self::meters::Meters;
use super::chunk::Body;
use super::limit::Limiter;
use super::receipt::Fate;

const RECORDS: &str = "ingest.records";
const POSSIBLY_DUPLICATED: &str = "ingest.records.possibly_duplicated";
const REQUESTS: &str = "ingest.requests";
const RETRIES: &str = "ingest.retries";
const BATCHES: &str = "ingest.batches";
const HALTS: &str = "ingest.halts";
const BATCH_SIZE: &str = "ingest.batch.size";
const BATCH_BYTES: &str = "ingest.batch.bytes";
const BATCH_WAIT: &str = "ingest.batch.wait";
const REQUEST_DURATION: &str = "ingest.request.duration";
const BUFFER_BYTES: &str = "ingest.buffer.bytes";
const REQUESTS_UNDER_WAY: &str = "ingest.requests.under_way";
const RATE: &str = "ingest.rate";

/// What a record comes to; the values of the label `outcome`.
const OUTCOMES: [&str; 5] = ["accepted", "rejected", "expired", "unsent", INVALID];

const INVALID: &str = "invalid";

/// The value of a label.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "metrics"), allow(dead_code))]
enum Value {
    Word(&'static str),
    Status(u16),
}

/// Tells what happens in one stream to whoever measures. A fact about records or bodies is told once.
#[derive(Debug)]
pub(crate) struct Watch {
    meters: Meters,
}

impl Watch {
    /// What never happens shows as 0, so that a rate over it can be had.
    pub(crate) fn new(object: &str) -> Self {
        let watch = Self {
            meters: Meters::new(object),
        };
        for outcome in OUTCOMES {
            watch.records(outcome, 0);
        }
        watch.possibly_duplicated(0);
        watch.meters.count(RETRIES, None, 0);
        watch.meters.add(REQUESTS_UNDER_WAY, 0.0);
        watch.buffered(0);
        watch
    }

    /// Records have their fate.
    pub(crate) fn settled(&self, fate: &Fate, records: u64) {
        let outcome = match fate {
            Fate::Accepted => "accepted",
            Fate::Rejected(_) => "rejected",
            Fate::Expired => "expired",
            Fate::Unsent => "unsent",
        };
        self.records(outcome, records);
    }

    /// A record was not taken, because it can never be sent.
    pub(crate) fn invalid(&self) {
        self.records(INVALID, 1);
    }

    fn records(&self, outcome: &'static str, records: u64) {
        let label = ("outcome", Value::Word(outcome));
        self.meters.count(RECORDS, Some(label), records);
    }

    /// Records are sent again that the tenant may have processed.
    pub(crate) fn possibly_duplicated(&self, records: u64) {
        self.meters.count(POSSIBLY_DUPLICATED, None, records);
    }

    /// A body leaves, with its first request.
    pub(crate) fn leaves(&self, body: &Body, now: Instant) {
        let meters = &self.meters;
        let label = ("cut", Value::Word(body.cut.name()));
        meters.count(BATCHES, Some(label), 1);
        meters.observe(BATCH_SIZE, f64::from(body.records()));
        let bytes = u32::try_from(body.bytes.len());
        let bytes = bytes.expect("BUG: a body has at most 200,000 bytes");
        meters.observe(BATCH_BYTES, f64::from(bytes));
        meters.observe(BATCH_WAIT, (now - body.first()).as_secs_f64());
    }

    /// A request is under way, until what is returned is dropped.
    pub(crate) fn request(&self, now: Instant) -> UnderWay<'_> {
        self.meters.add(REQUESTS_UNDER_WAY, 1.0);
        UnderWay {
            watch: self,
            since: now,
        }
    }

    /// A request is going to be repeated that brought no verdict.
    pub(crate) fn retry(&self) {
        self.meters.count(RETRIES, None, 1);
    }

    pub(crate) fn halt(&self, code: &'static str) {
        let label = ("code", Value::Word(code));
        self.meters.count(HALTS, Some(label), 1);
    }

    /// So many bytes wait or are under way now.
    pub(crate) fn buffered(&self, bytes: usize) {
        self.meters.level(BUFFER_BYTES, bytes);
    }

    pub(crate) fn rate(&self, limiter: &dyn Limiter) {
        self.meters.set(RATE, || limiter.rate());
    }
}

/// A request that was sent and has no answer yet.
#[derive(Debug)]
#[must_use = "a request is under way until this is dropped"]
pub(crate) struct UnderWay<'a> {
    watch: &'a Watch,
    since: Instant,
}

impl UnderWay<'_> {
    /// The request is over, with this status or without an answer.
    pub(crate) fn over(self, status: Option<u16>, now: Instant) {
        let meters = &self.watch.meters;
        let value = status.map_or(Value::Word("none"), Value::Status);
        meters.count(REQUESTS, Some(("status", value)), 1);
        meters.observe(REQUEST_DURATION, (now - self.since).as_secs_f64());
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.watch.meters.add(REQUESTS_UNDER_WAY, -1.0);
    }
}

#[cfg(feature = "metrics")]
mod meters {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use metrics::{
        Label, SharedString, Unit, counter, describe_counter, describe_gauge, describe_histogram,
        gauge, histogram,
    };

    use super::{
        BATCH_BYTES, BATCH_SIZE, BATCH_WAIT, BATCHES, BUFFER_BYTES, HALTS, POSSIBLY_DUPLICATED,
        RATE, RECORDS, REQUEST_DURATION, REQUESTS, REQUESTS_UNDER_WAY, RETRIES, Value,
    };

    /// Asks the recorder anew each time, so that one that is installed late misses only what was.
    #[derive(Debug)]
    pub(super) struct Meters {
        object: SharedString,
        /// What this stream adds to a gauge that streams of one object share.
        shown: AtomicUsize,
    }

    impl Meters {
        pub(super) fn new(object: &str) -> Self {
            describe();
            Self {
                object: SharedString::from(Arc::from(object)),
                shown: AtomicUsize::new(0),
            }
        }

        fn labels(&self, more: Option<(&'static str, Value)>) -> Vec<Label> {
            let object = Label::new("object", self.object.clone());
            let more = more.map(|(name, value)| match value {
                Value::Word(word) => Label::from_static_parts(name, word),
                Value::Status(status) => Label::new(name, status.to_string()),
            });
            std::iter::once(object).chain(more).collect()
        }

        pub(super) fn count(
            &self,
            name: &'static str,
            label: Option<(&'static str, Value)>,
            count: u64,
        ) {
            counter!(name, self.labels(label)).increment(count);
        }

        pub(super) fn observe(&self, name: &'static str, value: f64) {
            histogram!(name, self.labels(None)).record(value);
        }

        pub(super) fn add(&self, name: &'static str, difference: f64) {
            gauge!(name, self.labels(None)).increment(difference);
        }

        pub(super) fn set(&self, name: &'static str, value: impl FnOnce() -> f64) {
            gauge!(name, self.labels(None)).set(value());
        }

        /// Shows a level by its differences, which add up whoever is first.
        pub(super) fn level(&self, name: &'static str, level: usize) {
            let before = self.shown.swap(level, Ordering::Relaxed);
            self.add(name, to_f64(level) - to_f64(before));
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a buffer has at most 4 GiB")]
    fn to_f64(bytes: usize) -> f64 {
        bytes as f64
    }

    fn describe() {
        describe_counters();
        describe_histogram!(BATCH_SIZE, Unit::Count, "Records of a body.");
        describe_histogram!(BATCH_BYTES, Unit::Bytes, "Bytes of a body.");
        describe_histogram!(
            BATCH_WAIT,
            Unit::Seconds,
            "From a body's first record to its first request."
        );
        describe_histogram!(
            REQUEST_DURATION,
            Unit::Seconds,
            "From a request to its answer or failure."
        );
        describe_gauge!(
            BUFFER_BYTES,
            Unit::Bytes,
            "Bytes of records that wait or are under way, as of the last request."
        );
        describe_gauge!(
            REQUESTS_UNDER_WAY,
            Unit::Count,
            "Requests without an answer yet."
        );
        describe_gauge!(
            RATE,
            Unit::CountPerSecond,
            "Requests a second that are allowed now, to all that share the limiter."
        );
    }

    fn describe_counters() {
        describe_counter!(RECORDS, Unit::Count, "Records, by what became of them.");
        describe_counter!(
            POSSIBLY_DUPLICATED,
            Unit::Count,
            "Records sent again that the tenant may have processed."
        );
        describe_counter!(
            REQUESTS,
            Unit::Count,
            "Requests, by the status of the answer."
        );
        describe_counter!(
            RETRIES,
            Unit::Count,
            "Repetitions of requests without a verdict."
        );
        describe_counter!(BATCHES, Unit::Count, "Bodies, by why they were cut.");
        describe_counter!(HALTS, Unit::Count, "Times that the stream stopped, by why.");
    }
}

#[cfg(not(feature = "metrics"))]
mod meters {
    use super::Value;

    /// Nobody measures.
    #[derive(Debug)]
    pub(super) struct Meters;

    #[allow(clippy::unused_self, reason = "as with the feature")]
    impl Meters {
        pub(super) const fn new(_object: &str) -> Self {
            Self
        }

        pub(super) const fn count(
            &self,
            _name: &'static str,
            _label: Option<(&'static str, Value)>,
            _count: u64,
        ) {
        }

        pub(super) const fn observe(&self, _name: &'static str, _value: f64) {}

        pub(super) const fn add(&self, _name: &'static str, _difference: f64) {}

        pub(super) fn set(&self, _name: &'static str, _value: impl FnOnce() -> f64) {}

        pub(super) const fn level(&self, _name: &'static str, _level: usize) {}
    }
}
