//! The example does what it says, without an account and without a collector.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::Command;

#[test]
fn both_ways_show_what_the_report_says() {
    let output = Command::new(env!("CARGO_BIN_EXE_watching"))
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{shown}\n{log}");
    for line in [
        "20000 of 20000 records accepted",
        "ingest_records{object=\"page_view\",outcome=\"accepted\"} 20000",
        "ingest_records{object=\"page_view\",outcome=\"invalid\"} 1",
        "ingest_requests{object=\"page_view\",status=\"503\"} ",
        "ingest_request_duration_bucket{object=\"page_view\",le=\"0.1\"} ",
        "ingest_buffer_bytes{object=\"page_view\"} 0",
        " points in ",
        "  ingest.request.duration",
    ] {
        assert!(shown.contains(line), "{line:?} is missing in:\n{shown}");
    }
    assert!(log.contains("a stream has ended"), "{log}");
}
