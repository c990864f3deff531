//! From the facade `metrics` to OpenTelemetry: each key becomes an instrument with attributes, made
//! once and kept, because OpenTelemetry's gauges do not remember what they stood at.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;

pub(crate) struct Bridge {
    meter: Meter,
    described: Kept<String, (&'static str, String)>,
    counters: Kept<Key, Counter>,
    gauges: Kept<Key, Gauge>,
    histograms: Kept<Key, Histogram>,
}

/// What is made once for each key.
struct Kept<K, V>(Mutex<HashMap<K, V>>);

impl<K: Eq + Hash + Clone, V: Clone> Kept<K, V> {
    fn get(&self, key: &K, make: impl FnOnce() -> V) -> V {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.entry(key.clone()).or_insert_with(make).clone()
    }
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl Bridge {
    pub(crate) fn new(meter: Meter) -> Self {
        Self {
            meter,
            described: Kept::default(),
            counters: Kept::default(),
            gauges: Kept::default(),
            histograms: Kept::default(),
        }
    }

    fn describe(&self, key: &KeyName, unit: Option<Unit>, description: &SharedString) {
        let name = key.as_str().to_owned();
        let unit = unit.map_or("", |unit| unit.as_canonical_label());
        let description = description.to_string();
        self.described.get(&name, || (unit, description));
    }

    fn description(&self, key: &Key) -> (&'static str, String) {
        let none = || ("", String::new());
        self.described.get(&key.name().to_owned(), none)
    }
}

impl Recorder for Bridge {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.describe(&key, unit, &description);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.describe(&key, unit, &description);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.describe(&key, unit, &description);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        self.counters.get(key, || {
            let (unit, description) = self.description(key);
            let builder = self.meter.u64_counter(key.name().to_owned());
            let builder = builder.with_unit(unit).with_description(description);
            Counter::from_arc(Arc::new(Sum {
                counter: builder.build(),
                attributes: attributes(key),
                sum: Mutex::new(0),
            }))
        })
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        self.gauges.get(key, || {
            let (unit, description) = self.description(key);
            let builder = self.meter.f64_gauge(key.name().to_owned());
            let builder = builder.with_unit(unit).with_description(description);
            Gauge::from_arc(Arc::new(Level {
                gauge: builder.build(),
                attributes: attributes(key),
                level: Mutex::new(0.0),
            }))
        })
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        self.histograms.get(key, || {
            let (unit, description) = self.description(key);
            let builder = self.meter.f64_histogram(key.name().to_owned());
            let builder = builder.with_unit(unit).with_description(description);
            Histogram::from_arc(Arc::new(Spread {
                histogram: builder.build(),
                attributes: attributes(key),
            }))
        })
    }
}

fn attributes(key: &Key) -> Vec<KeyValue> {
    let labels = key.labels();
    labels
        .map(|label| KeyValue::new(label.key().to_owned(), label.value().to_owned()))
        .collect()
}

struct Sum {
    counter: opentelemetry::metrics::Counter<u64>,
    attributes: Vec<KeyValue>,
    sum: Mutex<u64>,
}

impl Sum {
    fn add(&self, difference: impl FnOnce(u64) -> u64) {
        let mut sum = self.sum.lock().unwrap_or_else(PoisonError::into_inner);
        let difference = difference(*sum);
        *sum += difference;
        self.counter.add(difference, &self.attributes);
    }
}

impl CounterFn for Sum {
    fn increment(&self, value: u64) {
        self.add(|_| value);
    }

    fn absolute(&self, value: u64) {
        self.add(|sum| value.saturating_sub(sum));
    }
}

struct Level {
    gauge: opentelemetry::metrics::Gauge<f64>,
    attributes: Vec<KeyValue>,
    level: Mutex<f64>,
}

impl Level {
    fn change(&self, change: impl FnOnce(f64) -> f64) {
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        *level = change(*level);
        self.gauge.record(*level, &self.attributes);
    }
}

impl GaugeFn for Level {
    fn increment(&self, value: f64) {
        self.change(|level| level + value);
    }

    fn decrement(&self, value: f64) {
        self.change(|level| level - value);
    }

    fn set(&self, value: f64) {
        self.change(|_| value);
    }
}

struct Spread {
    histogram: opentelemetry::metrics::Histogram<f64>,
    attributes: Vec<KeyValue>,
}

impl HistogramFn for Spread {
    fn record(&self, value: f64) {
        self.histogram.record(value, &self.attributes);
    }
}
