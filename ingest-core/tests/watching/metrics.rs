//! Every metric is there, with a unit and the totals of the report.

use std::collections::BTreeMap;

use ::metrics::{Unit, with_local_recorder};
use metrics_util::MetricKind;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

use crate::tenant::{LATENCY, Mode, Tenant};
use crate::{VALUES, event, eventful, open, play};

/// What was measured, by kind and name: for each set of labels beside the object the value.
type Measured = BTreeMap<String, (Unit, BTreeMap<String, DebugValue>)>;

/// Names and labels as in the documentation; another name breaks people's boards.
const METRICS: [(&str, MetricKind, Unit); 13] = [
    ("ingest.batch.bytes", MetricKind::Histogram, Unit::Bytes),
    ("ingest.batch.size", MetricKind::Histogram, Unit::Count),
    ("ingest.batch.wait", MetricKind::Histogram, Unit::Seconds),
    ("ingest.batches", MetricKind::Counter, Unit::Count),
    ("ingest.buffer.bytes", MetricKind::Gauge, Unit::Bytes),
    ("ingest.halts", MetricKind::Counter, Unit::Count),
    ("ingest.rate", MetricKind::Gauge, Unit::CountPerSecond),
    ("ingest.records", MetricKind::Counter, Unit::Count),
    (
        "ingest.records.possibly_duplicated",
        MetricKind::Counter,
        Unit::Count,
    ),
    (
        "ingest.request.duration",
        MetricKind::Histogram,
        Unit::Seconds,
    ),
    ("ingest.requests", MetricKind::Counter, Unit::Count),
    ("ingest.requests.under_way", MetricKind::Gauge, Unit::Count),
    ("ingest.retries", MetricKind::Counter, Unit::Count),
];

fn measured(snapshotter: &Snapshotter) -> Measured {
    let mut measured = Measured::new();
    for (key, unit, description, value) in snapshotter.snapshot().into_vec() {
        let (kind, key) = key.into_parts();
        let name = key.name().to_owned();
        let unit = unit.unwrap_or_else(|| panic!("{name} has no unit"));
        let known = METRICS.iter().find(|(known, ..)| *known == name);
        assert_eq!(known, Some(&(&*name, kind, unit)).copied().as_ref());
        assert!(description.is_some(), "{name} is not described");
        let mut labels: BTreeMap<_, _> = key.labels().map(|l| (l.key(), l.value())).collect();
        assert_eq!(labels.remove("object"), Some("event"), "{name}");
        let labels: Vec<_> = labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let (_, values) = measured
            .entry(name)
            .or_insert_with(|| (unit, BTreeMap::new()));
        values.insert(labels.join(","), value);
    }
    measured
}

fn counts(measured: &Measured, name: &str) -> BTreeMap<String, u64> {
    let (_, values) = &measured[name];
    let count = |value: &DebugValue| match value {
        DebugValue::Counter(count) => *count,
        other => panic!("{name} is {other:?}"),
    };
    values
        .iter()
        .map(|(labels, value)| (labels.clone(), count(value)))
        .collect()
}

fn samples(measured: &Measured, name: &str) -> Vec<f64> {
    match &measured[name].1[""] {
        DebugValue::Histogram(samples) => samples.iter().map(|sample| sample.0).collect(),
        other => panic!("{name} is {other:?}"),
    }
}

fn level(measured: &Measured, name: &str) -> f64 {
    match &measured[name].1[""] {
        DebugValue::Gauge(level) => level.0,
        other => panic!("{name} is {other:?}"),
    }
}

fn some(counts: &[(&str, u64)]) -> BTreeMap<String, u64> {
    let counts = counts.iter().map(|(name, count)| ((*name).into(), *count));
    counts.collect()
}

#[test]
fn every_metric_has_the_totals_of_the_report() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let report = with_local_recorder(&recorder, || play(eventful()));
    let measured = measured(&snapshotter);
    let names: Vec<_> = measured.keys().map(String::as_str).collect();
    assert_eq!(names, METRICS.map(|(name, ..)| name));

    let totals = report.totals;
    let outcomes = [
        ("outcome=accepted", 201),
        ("outcome=expired", 3),
        ("outcome=invalid", 1),
        ("outcome=rejected", 20),
        ("outcome=unsent", 2),
    ];
    assert_eq!(counts(&measured, "ingest.records"), some(&outcomes));
    let reported = [
        totals.accepted,
        totals.expired,
        totals.invalid,
        totals.rejected,
        totals.lost,
    ];
    assert_eq!(outcomes.map(|(_, count)| count), reported);

    let requests = counts(&measured, "ingest.requests");
    assert_eq!(requests.values().sum::<u64>(), totals.requests);
    assert_eq!(requests["status=503"], 1);
    assert_eq!(requests["status=403"], 1);
    // Each repetition of the 503 and of what got no answer, but for the last.
    assert_eq!(requests["status=none"] + 1, totals.retries);
    let statuses: Vec<_> = requests.keys().map(String::as_str).collect();
    let known = [
        "status=202",
        "status=400",
        "status=403",
        "status=503",
        "status=none",
    ];
    assert_eq!(statuses, known);
    assert_eq!(
        counts(&measured, "ingest.retries"),
        some(&[("", totals.retries)])
    );
    assert_eq!(
        counts(&measured, "ingest.records.possibly_duplicated"),
        some(&[("", 1)])
    );
    assert_eq!(
        counts(&measured, "ingest.halts"),
        some(&[("code=forbidden", 1)])
    );
}

#[test]
fn every_body_is_measured_once_and_every_request_for_as_long_as_it_took() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let report = with_local_recorder(&recorder, || play(eventful()));
    let measured = measured(&snapshotter);

    let cuts = report.cuts.iter().filter(|(_, count)| **count > 0);
    let cuts = cuts.map(|(cut, count)| (format!("cut={cut}"), *count));
    assert_eq!(counts(&measured, "ingest.batches"), cuts.collect());
    let bodies = usize::try_from(report.cuts.values().sum::<u64>()).unwrap();

    let sizes = samples(&measured, "ingest.batch.size");
    assert_eq!(sizes.len(), bodies);
    assert_eq!(sizes.iter().sum::<f64>(), 226.0);
    assert!(sizes.iter().all(|size| (1.0..=10.0).contains(size)));
    let bytes = samples(&measured, "ingest.batch.bytes");
    assert_eq!(bytes.len(), bodies);
    assert!(bytes.iter().all(|bytes| *bytes > 80.0));
    let waits = samples(&measured, "ingest.batch.wait");
    assert_eq!(waits.len(), bodies);
    assert!(waits.contains(&0.1), "nobody lingered: {waits:?}");

    let durations = samples(&measured, "ingest.request.duration");
    assert_eq!(durations.len() as u64, report.totals.requests);
    let latency = LATENCY.as_secs_f64();
    assert!(durations.iter().all(|took| *took == latency));
}

#[test]
fn levels_rise_while_records_wait_and_fall_to_nothing() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let run = async {
        let tenant = Tenant::new();
        let streams = [open(&tenant).await, open(&tenant).await];
        tenant.set(Mode::Gone);
        for stream in &streams {
            for nth in 0..1_000 {
                stream.send(&event(nth)).await.unwrap();
            }
        }
        // In the middle of the first requests: 4 of each stream, which is its concurrency.
        tokio::time::sleep(LATENCY / 2).await;
        let seen = measured(&snapshotter);
        let buffered = streams.iter().map(|stream| stream.health().buffered);
        let buffered = u32::try_from(buffered.sum::<usize>()).unwrap();
        assert!(buffered > 100_000);
        assert_eq!(level(&seen, "ingest.buffer.bytes"), f64::from(buffered));
        assert_eq!(level(&seen, "ingest.requests.under_way"), 8.0);
        tenant.set(Mode::Works);
        for stream in streams {
            assert!(stream.close().await.is_complete());
        }
        seen
    };
    let seen = with_local_recorder(&recorder, || play(run));
    // This recorder begins at 0 after each look.
    let since = measured(&snapshotter);
    for name in ["ingest.buffer.bytes", "ingest.requests.under_way"] {
        assert_eq!(level(&seen, name) + level(&since, name), 0.0, "{name}");
    }
    assert_eq!(level(&since, "ingest.rate"), 240.0);
}

#[test]
fn a_stream_on_which_nothing_happened_shows_zeros() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    with_local_recorder(&recorder, || {
        play(async { assert!(open(&Tenant::new()).await.close().await.is_complete()) });
    });
    let measured = measured(&snapshotter);
    assert!(
        counts(&measured, "ingest.records")
            .values()
            .all(|n| *n == 0)
    );
    assert_eq!(counts(&measured, "ingest.records").len(), 5);
    assert_eq!(counts(&measured, "ingest.retries"), some(&[("", 0)]));
}

#[test]
fn no_label_holds_a_value_of_a_record() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let report = with_local_recorder(&recorder, || play(eventful()));
    assert!(report.totals.requests > 0);
    let all = format!("{:?}", measured(&snapshotter));
    for value in VALUES {
        assert!(!all.contains(value), "{value} in {all}");
    }
}
