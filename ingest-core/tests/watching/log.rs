//! A whole run, with everything that the log is told at its most talkative level.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::{SECRETS, VALUES, eventful, open, play, tenant::Tenant};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// What is logged while this runs.
fn logged(run: impl Future) -> String {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(captured.clone())
        .with_ansi(false)
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .finish();
    tracing::subscriber::with_default(subscriber, || play(run));
    let text = captured.0.lock().unwrap().clone();
    String::from_utf8(text).unwrap()
}

fn lines<'a>(log: &'a str, words: &str) -> Vec<&'a str> {
    log.lines().filter(|line| line.contains(words)).collect()
}

#[test]
fn no_value_of_a_record_and_no_secret_is_logged() {
    let log = logged(eventful());
    for hidden in VALUES.iter().chain(&SECRETS) {
        let shown = lines(&log, hidden);
        assert!(shown.is_empty(), "{hidden} in {shown:#?}");
    }
    // What is looked through is the whole of it.
    for said in [
        "INFO ingest_core::stream::log: a stream was opened connector=\"Sim\" object=\"event\"",
        "ingest.body{connector=\"Sim\" object=\"event\" operation=\"upsert\" records=1",
        "ingest.request{records=1",
        "status=503",
        "DEBUG ingest_core::client::http: answer",
        "accepted records=10",
        "not accepted verdict=Isolate code=\"schema_mismatch\"",
        "reason=\"#/text: […] is not a valid text\"",
        "ingest_core::stream::log: requests are repeated object=\"event\" code=\"server\" reason=\"status 503\" requests=1",
        "reason=\"no connection\"",
        "ingest_core::stream::log: records were not accepted before the delivery deadline object=\"event\" code=\"expired\" records=3",
        "ingest_core::stream::log: the stream halted object=\"event\" code=\"forbidden\"",
        "ERROR ingest_core::stream::log: records were not sent; the report has them object=\"event\" records=2",
        "read=226 accepted=201 rejected=20 expired=3 unsent=2 invalid=1",
    ] {
        assert!(log.contains(said), "{said:?} is missing in:\n{log}");
    }
}

#[test]
fn one_reason_is_told_at_once_and_then_together() {
    let log = logged(eventful());
    let told = lines(&log, "records were rejected");
    let counts: Vec<u64> = told
        .iter()
        .map(|line| line.rsplit_once("records=").unwrap().1.parse().unwrap())
        .collect();
    assert_eq!(counts.iter().sum::<u64>(), 20);
    assert_eq!(counts.len(), 2, "{told:#?}");
    assert_eq!(lines(&log, "the stream halted").len(), 1);
    let repeated = lines(&log, "requests are repeated");
    assert!(repeated.len() < 15, "{repeated:#?}");
}

#[test]
fn a_quiet_run_is_two_lines_of_info() {
    let log = logged(async { open(&Tenant::new()).await.close().await });
    let info = log
        .lines()
        .filter(|line| !line.contains("DEBUG") && !line.contains("TRACE"));
    let info: Vec<_> = info.collect();
    assert_eq!(info.len(), 2, "{info:#?}");
}
