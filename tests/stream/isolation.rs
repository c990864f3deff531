//! Bad records among good ones: they are found with few requests, nothing good is rejected, and nothing
//! that was accepted is sent again.

use std::collections::BTreeSet;
use std::sync::Arc;

use ingest_core::stream::dead_letter::{DeadLetterLog, Outcome};
use ingest_core::stream::{Condition, Fate, Report};
use ingest_emulator::{Calls, Emulator, Rule};

use crate::door::Led;
use crate::{Event, client, client_over, events, ingests, quick, tenant, within};

const BODY: u32 = 573;

/// Sends the events in bodies of 573, of which those with these numbers are bad.
async fn sent(emulator: &Emulator, bad: &BTreeSet<u64>) -> (Report, Arc<DeadLetterLog>) {
    let letters = Arc::new(DeadLetterLog::default());
    let stream = quick(&client(emulator))
        .concurrency(1)
        .max_records(BODY)
        .dead_letters(letters.clone())
        .open()
        .await
        .unwrap();
    let mark = |event: Event| {
        if bad.contains(&event.number) {
            event.bad()
        } else {
            event
        }
    };
    let events: Vec<_> = events(BODY.into()).into_iter().map(mark).collect();
    let receipts = stream.send_all(&events).await.unwrap();
    let report = within(stream.close()).await;
    for (event, receipt) in events.iter().zip(receipts) {
        match receipt.try_fate() {
            Some(Fate::Accepted) => assert!(!bad.contains(&event.number), "{event:?}"),
            Some(Fate::Rejected(rejection)) => {
                assert!(bad.contains(&event.number), "{event:?}: {rejection}");
            }
            other => panic!("{event:?}: {other:?}"),
        }
    }
    (report, letters)
}

/// Every good record came in once, every bad one is a letter, all is counted.
fn judge(emulator: &Emulator, bad: &BTreeSet<u64>, report: &Report, letters: &DeadLetterLog) {
    let accepted = emulator.accepted_by_key("event");
    assert!(accepted.values().all(|count| *count == 1), "sent again");
    let good = u64::from(BODY) - bad.len() as u64;
    assert_eq!(accepted.len() as u64, good);
    assert_eq!(
        (report.totals.accepted, report.totals.rejected),
        (good, bad.len() as u64)
    );
    assert_eq!(report.totals.possibly_duplicated, 0);
    assert_eq!(report.totals.requests, ingests(emulator).len() as u64);
    let letters: BTreeSet<u64> = letters
        .letters()
        .iter()
        .map(|letter| {
            assert_eq!(letter.outcome, Outcome::Rejected);
            let record: Event = serde_json::from_str(letter.record.get()).unwrap();
            record.number
        })
        .collect();
    assert_eq!(&letters, bad);
}

#[tokio::test]
async fn one_bad_record_of_573_costs_twenty_requests_without_a_report_at_most() {
    for place in [0, 1, 285, 286, 287, 288, 571, 572, 123, 400] {
        let emulator = tenant().reports(false).start().unwrap();
        let bad = BTreeSet::from([place]);
        let (report, letters) = sent(&emulator, &bad).await;
        judge(&emulator, &bad, &report, &letters);
        let extra = report.totals.requests - 1;
        assert!(extra <= 20, "{extra} extra requests for record {place}");
        assert_eq!(letters.letters()[0].code, "bad_request");
    }
}

#[tokio::test]
async fn one_bad_record_of_573_costs_one_request_with_a_report() {
    let emulator = tenant().start().unwrap();
    let bad = BTreeSet::from([400]);
    let (report, letters) = sent(&emulator, &bad).await;
    judge(&emulator, &bad, &report, &letters);
    assert_eq!(report.totals.requests, 2);
    let letter = &letters.letters()[0];
    assert_eq!(letter.code, "schema_mismatch");
    assert_eq!(letter.field.as_deref(), Some("email"));
}

#[tokio::test]
async fn ten_bad_records_are_found_in_any_case() {
    let bad = BTreeSet::from([0, 1, 2, 99, 250, 251, 300, 400, 571, 572]);
    for (reports, first_only, most) in [(true, false, 1), (true, true, 10), (false, false, 130)] {
        let emulator = tenant()
            .reports(reports)
            .first_failing_only(first_only)
            .start()
            .unwrap();
        let (report, letters) = sent(&emulator, &bad).await;
        judge(&emulator, &bad, &report, &letters);
        let extra = report.totals.requests - 1;
        assert!(extra <= most, "{extra} extra requests, reports: {reports}");
    }
}

/// Somebody has changed the tenant's schema: the stream halts, keeps all, and goes on when it is mended.
#[tokio::test]
async fn bodies_refused_whole_halt_and_go_on_when_the_schema_is_right_again() {
    for reports in [true, false] {
        let emulator = tenant().reports(reports).start().unwrap();
        let led = Arc::new(Led::new(&emulator));
        led.to_object(Some("event_drifted"));
        let letters = Arc::new(DeadLetterLog::default());
        let client = client_over(&emulator, led.clone());
        let builder = quick(&client).concurrency(1).max_records(100);
        let stream = builder.dead_letters(letters.clone()).open().await.unwrap();
        let receipts = stream.send_all(&events(573)).await.unwrap();

        let halt = within(stream.flush()).await.unwrap_err();
        assert_eq!(halt.code(), "schema_drift");
        assert!(
            halt.to_string().contains("everything was refused"),
            "{halt}"
        );
        assert!(halt.to_string().contains("ingest-codegen pull"), "{halt}");
        let refused = ingests(&emulator);
        assert!(refused.iter().all(|request| request.status == 400));
        if reports {
            assert_eq!(refused.len(), 3);
        }
        // Bodies before the third are counted as bad; the third and all behind it are kept.
        let rejected = letters.len() as u64;
        assert!(rejected <= 200, "{rejected} rejected");
        let health = stream.health();
        assert_eq!(health.totals.open(), 573 - rejected);
        assert!(matches!(health.condition, Condition::Halted(_)));

        led.to_object(None);
        assert!(stream.resume());
        let report = within(stream.close()).await;
        assert_eq!(report.totals.accepted, 573 - rejected, "{report}");
        assert_eq!(emulator.accepted("event"), 573 - rejected);
        for receipt in receipts {
            assert!(matches!(
                receipt.try_fate(),
                Some(Fate::Accepted | Fate::Rejected(_))
            ));
        }
    }
}

#[tokio::test]
async fn bodies_refused_whole_come_back_at_the_end() {
    let emulator = tenant().start().unwrap();
    let refuse = Rule::status(400).calls(Calls::Ingest);
    emulator.faults().add(refuse).unwrap();
    let builder = quick(&client(&emulator)).concurrency(1).max_records(100);
    let stream = builder.open().await.unwrap();
    stream.send_all(&events(573)).await.unwrap();
    assert!(within(stream.flush()).await.is_err());
    let report = within(stream.close()).await;
    assert_eq!(report.totals.accepted, 0);
    let unsent = report.unsent.len() as u64;
    assert_eq!(unsent, report.totals.lost);
    assert_eq!(unsent + report.totals.rejected, 573, "{report}");
    assert_eq!(report.halt.unwrap().code(), "schema_drift");
    assert!(
        report
            .unsent
            .iter()
            .all(|unsent| unsent.record.contains("\"id\""))
    );
}
