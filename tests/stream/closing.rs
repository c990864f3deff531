//! Ends of a stream: closed, given up, dropped, halted, expired. Whatever happens, every record is
//! counted and whoever asks gets it back.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ingest_core::stream::dead_letter::{
    DeadLetter, DeadLetterError, DeadLetterLog, DeadLetters, Outcome,
};
use ingest_core::stream::{
    Condition, Fate, Operation, RecordStream, Report, SendError, TrySendError,
};
use ingest_emulator::{Calls, Emulator, Rule};
use tracing::Level;

use crate::logged::Logged;
use crate::{Event, client, events, fate, open, quick, tenant, until, within};

const HOUR: Duration = Duration::from_secs(3_600);
const MOMENT: Duration = Duration::from_millis(200);

/// Requests are read and never answered.
fn dead() -> Emulator {
    let dead = Rule::delay(HOUR, HOUR).calls(Calls::Ingest);
    tenant().faults([dead]).start().unwrap()
}

fn add_up(report: &Report) {
    let totals = report.totals;
    let sum = totals.accepted + totals.rejected + totals.expired + totals.lost;
    assert_eq!(totals.read, sum, "{report}");
    assert_eq!(totals.open(), 0);
    assert_eq!(totals.lost, report.unsent.len() as u64);
}

#[tokio::test]
async fn a_drop_without_close_is_logged_and_sends_all_the_same() {
    let logged = Logged::from(Level::WARN);
    let emulator = tenant().start().unwrap();
    let stream = open(&emulator).await;
    let receipts = stream.send_all(&events(100)).await.unwrap();
    let clone = stream.clone();
    drop(stream);
    assert_eq!(logged.lines(), [""; 0], "a clone is left");
    drop(clone);
    let lines = logged.having("dropped without `close`");
    assert_eq!(lines.len(), 1, "{:?}", logged.lines());
    assert!(lines[0].starts_with("ERROR"), "{lines:?}");
    assert!(lines[0].contains("records=100"), "{lines:?}");
    for receipt in receipts {
        assert_eq!(fate(&receipt).await, Fate::Accepted);
    }
    assert_eq!(emulator.row_count("event"), 100);
}

#[tokio::test]
async fn a_drop_with_nothing_open_is_silent() {
    let logged = Logged::from(Level::WARN);
    let emulator = tenant().start().unwrap();
    let stream = open(&emulator).await;
    stream.send_all(&events(10)).await.unwrap();
    within(stream.flush()).await.unwrap();
    drop(stream);
    assert_eq!(logged.lines(), [""; 0]);
}

/// Nobody is left who could resume it: the records are told of, and go to the dead letters.
#[tokio::test]
async fn a_halted_stream_that_is_dropped_writes_its_records_down() {
    let emulator = tenant().start().unwrap();
    let letters = Arc::new(DeadLetterLog::default());
    let builder = quick(&client(&emulator)).dead_letters(letters.clone());
    let stream = builder.open().await.unwrap();
    emulator.faults().add(Rule::status(403)).unwrap();
    let receipts = stream.send_all(&events(10)).await.unwrap();
    assert!(within(stream.flush()).await.is_err());
    drop(stream);
    for receipt in receipts {
        assert_eq!(fate(&receipt).await, Fate::Unsent);
    }
    assert_eq!(letters.len(), 10);
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// Whatever has begun by then: the stream's tasks, a request, or nothing at all.
#[test]
fn a_runtime_that_ends_before_the_stream_is_logged_and_leaves_nobody_waiting() {
    let emulator = dead();
    for turns in 0..40 {
        let logged = Logged::from(Level::ERROR);
        let runtime = runtime();
        let (stream, receipts) = runtime.block_on(async {
            let builder = quick(&client(&emulator)).linger(Duration::ZERO);
            let stream = builder.max_records(1).open().await.unwrap();
            let receipts = stream.send_all(&events(3)).await.unwrap();
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            (stream, receipts)
        });
        drop(runtime);
        assert_eq!(logged.having("the runtime ended").len(), 1, "{turns}");
        for receipt in receipts {
            assert_eq!(receipt.try_fate(), Some(Fate::Unsent), "{turns}");
        }
        let other = self::runtime();
        let late = other.block_on(stream.send(&Event::new("late", 4)));
        assert!(matches!(late, Err(SendError::Closed)), "{late:?}");
        let report = other.block_on(async { within(stream.close()).await });
        add_up(&report);
        assert_eq!(report.unsent.len(), 3, "{turns}");
    }
}

#[tokio::test]
async fn close_within_gives_back_what_a_dead_tenant_did_not_accept() {
    let emulator = tenant().start().unwrap();
    let letters = Arc::new(DeadLetterLog::default());
    let builder = quick(&client(&emulator)).max_records(7);
    let builder = builder.dead_letters(letters.clone()).concurrency(3);
    let stream = builder.open().await.unwrap();
    let first = stream.send_all(&events(20)).await.unwrap();
    within(stream.flush()).await.unwrap();
    let dead = Rule::delay(HOUR, HOUR).calls(Calls::Ingest);
    emulator.faults().add(dead).unwrap();
    let receipts = stream.send_all(&events(100)).await.unwrap();
    stream.delete(["gone-1", "gone-2"]).await.unwrap();

    let report = within(stream.close_within(MOMENT)).await;
    add_up(&report);
    assert_eq!((report.totals.accepted, report.totals.lost), (20, 102));
    assert!(!report.is_complete());
    assert!(report.to_string().contains("102 not sent"), "{report}");
    assert!(report.halt.is_none());
    let sent: BTreeSet<String> = report
        .unsent
        .iter()
        .map(|unsent| match unsent.operation {
            Operation::Upsert => serde_json::from_str::<Event>(&unsent.record).unwrap().id,
            Operation::Delete => serde_json::from_str(&unsent.record).unwrap(),
            _ => panic!("another operation"),
        })
        .collect();
    assert_eq!(sent.len(), 102, "each once");
    for receipt in &first {
        assert_eq!(receipt.try_fate(), Some(Fate::Accepted));
    }
    for receipt in &receipts {
        assert_eq!(receipt.try_fate(), Some(Fate::Unsent));
    }
    let written = letters.letters();
    assert_eq!(written.len(), 102);
    assert!(
        written
            .iter()
            .all(|letter| letter.outcome == Outcome::Unsent)
    );
}

#[tokio::test]
async fn close_within_waits_for_what_comes_in_time() {
    let emulator = tenant().start().unwrap();
    let slow = Rule::delay(MOMENT, MOMENT).calls(Calls::Ingest);
    emulator.faults().add(slow).unwrap();
    let stream = open(&emulator).await;
    stream.send_all(&events(10)).await.unwrap();
    let report = within(stream.close_within(crate::LONG)).await;
    add_up(&report);
    assert!(report.is_complete(), "{report}");
}

#[tokio::test]
async fn records_expire_that_are_not_accepted_before_their_deadline() {
    let emulator = tenant().start().unwrap();
    let letters = Arc::new(DeadLetterLog::default());
    let builder = quick(&client(&emulator)).dead_letters(letters.clone());
    let stream = builder.delivery_deadline(MOMENT).open().await.unwrap();
    let down = emulator.faults().add(Rule::status(503)).unwrap();
    let receipts = stream.send_all(&events(10)).await.unwrap();
    for receipt in &receipts {
        assert_eq!(fate(receipt).await, Fate::Expired);
    }
    assert_eq!(emulator.accepted("event"), 0);
    assert!(emulator.faults().remove(down));

    // Those that come later are none the worse.
    let receipt = stream.send(&Event::new("later", 1)).await.unwrap();
    assert_eq!(fate(&receipt).await, Fate::Accepted);
    let report = within(stream.close()).await;
    add_up(&report);
    assert_eq!((report.totals.accepted, report.totals.expired), (1, 10));
    assert!(report.to_string().contains("10 expired"), "{report}");
    let written = letters.letters();
    assert_eq!(written.len(), 10);
    assert!(
        written
            .iter()
            .all(|letter| letter.outcome == Outcome::Expired && letter.code == "expired")
    );
}

/// A request that hangs does not keep its records from expiring when the next one would be too late.
#[tokio::test]
async fn records_of_a_hanging_request_expire_after_its_time_out() {
    let emulator = dead();
    let builder = quick(&client(&emulator)).delivery_deadline(MOMENT);
    let stream = builder.request_timeout(2 * MOMENT).open().await.unwrap();
    let receipt = stream.send(&Event::new("a", 1)).await.unwrap();
    assert_eq!(fate(&receipt).await, Fate::Expired);
    let report = within(stream.close()).await;
    add_up(&report);
    assert_eq!(report.totals.expired, 1);
}

#[tokio::test]
async fn flush_waits_for_all_that_was_taken_and_does_not_wait_for_company() {
    let emulator = tenant().start().unwrap();
    let slow = Rule::delay(MOMENT, MOMENT).calls(Calls::Ingest);
    emulator.faults().add(slow).unwrap();
    let builder = quick(&client(&emulator)).linger(Duration::from_secs(60));
    let stream = builder.open().await.unwrap();
    within(stream.flush()).await.unwrap();
    for round in 1..4 {
        let receipts = stream.send_all(&events(50)).await.unwrap();
        // Shorter than the linger time.
        tokio::time::timeout(Duration::from_secs(30), stream.flush())
            .await
            .expect("it waits for company")
            .unwrap();
        assert_eq!(emulator.accepted("event"), 50 * round);
        assert!(
            receipts
                .iter()
                .all(|receipt| receipt.try_fate() == Some(Fate::Accepted))
        );
    }
    let report = within(stream.close()).await;
    add_up(&report);
    assert_eq!(report.cuts["flush"], report.totals.requests, "{report:?}");
}

#[tokio::test]
async fn a_full_buffer_hands_the_record_back_and_makes_send_wait() {
    let emulator = tenant().start().unwrap();
    let dead = Rule::delay(HOUR, HOUR).calls(Calls::Ingest);
    let dead = emulator.faults().add(dead).unwrap();
    let builder = quick(&client(&emulator)).max_body(1_000).buffer(2_000);
    let builder = builder.concurrency(1).request_timeout(MOMENT);
    let stream = builder.open().await.unwrap();
    let mut taken = 0;
    let returned = loop {
        match stream.try_send(Event::new(format!("e-{taken}"), taken)) {
            Ok(_) => taken += 1,
            Err(TrySendError::Full(event)) => break event,
            Err(error) => panic!("{error}"),
        }
        assert!(taken < 1_000, "there is no bound");
    };
    assert_eq!(returned.number, taken);
    let health = stream.health();
    assert!(health.buffered <= health.buffer, "{health:?}");
    let totals = health.totals;
    assert_eq!(
        (totals.read, totals.invalid),
        (taken, 0),
        "not taken, not counted"
    );

    let waiting = tokio::spawn({
        let stream = stream.clone();
        async move { stream.send(&returned).await.map(|_| ()) }
    });
    tokio::time::sleep(MOMENT).await;
    assert!(!waiting.is_finished());
    assert!(emulator.faults().remove(dead));
    within(waiting).await.unwrap().unwrap();
    let report = within(stream.close()).await;
    add_up(&report);
    assert_eq!(report.totals.accepted, taken + 1, "{report}");
    assert_eq!(emulator.row_count("event") as u64, taken + 1);
}

async fn halted(
    emulator: &Emulator,
    builder: ingest_core::stream::StreamBuilder<Event>,
) -> RecordStream<Event> {
    let stream = builder.open().await.unwrap();
    let refuse = Rule::status(403).calls(Calls::Ingest).count(1);
    emulator.faults().add(refuse).unwrap();
    stream.send(&Event::new("first", 0)).await.unwrap();
    within(stream.flush()).await.unwrap_err();
    stream
}

#[tokio::test]
async fn a_halted_stream_refuses_and_goes_on_after_resume() {
    let emulator = tenant().start().unwrap();
    let stream = halted(&emulator, quick(&client(&emulator))).await;
    let event = Event::new("second", 1);
    let error = stream.send(&event).await.unwrap_err();
    assert_eq!(error.code(), "halted");
    let text = error.to_string();
    assert!(text.contains("403") && text.contains("resume"), "{text}");
    match stream.try_send(event.clone()) {
        Err(TrySendError::Refused(back, SendError::Halted(_))) => assert_eq!(back.id, "second"),
        other => panic!("{other:?}"),
    }
    let error = stream.send_all([&event]).await.unwrap_err();
    assert_eq!((error.index, error.source.code()), (0, "halted"));
    let error = stream.delete(["second"]).await.unwrap_err();
    assert_eq!((error.index, error.source.code()), (0, "halted"));
    assert_eq!(
        within(stream.flush()).await.unwrap_err().code(),
        "forbidden"
    );
    assert!(matches!(stream.health().condition, Condition::Halted(_)));

    assert!(stream.resume());
    assert!(!stream.resume(), "it runs");
    stream.send(&event).await.unwrap();
    let report = within(stream.close()).await;
    add_up(&report);
    assert_eq!(report.totals.accepted, 2, "what was refused was not taken");
    assert_eq!(emulator.row_count("event"), 2);
}

#[tokio::test]
async fn a_halt_wakes_whoever_waits_for_room() {
    let emulator = tenant().start().unwrap();
    let slow = Rule::delay(MOMENT, MOMENT).calls(Calls::Ingest);
    emulator.faults().add(slow).unwrap();
    emulator
        .faults()
        .add(Rule::status(403).calls(Calls::Ingest))
        .unwrap();
    let builder = quick(&client(&emulator)).max_body(1_000).buffer(2_000);
    let stream = builder.open().await.unwrap();
    let error = within(async {
        let mut number = 0;
        loop {
            number += 1;
            if let Err(error) = stream
                .send(&Event::new(format!("e-{number}"), number))
                .await
            {
                return error;
            }
        }
    })
    .await;
    assert_eq!(error.code(), "halted", "{error}");
    let report = within(stream.close()).await;
    add_up(&report);
    assert!(report.totals.lost > 0);
    assert_eq!(report.halt.as_ref().unwrap().code(), "forbidden");
    assert!(report.to_string().contains("the stream halted"), "{report}");
}

#[tokio::test]
async fn a_closed_stream_takes_nothing_and_reports_to_every_clone() {
    let emulator = tenant().start().unwrap();
    let stream = open(&emulator).await;
    stream.send_all(&events(10)).await.unwrap();
    let (left, right) = (stream.clone(), stream.clone());
    let first = within(stream.close()).await;
    let error = left.send(&Event::new("a", 1)).await.unwrap_err();
    assert!(matches!(error, SendError::Closed), "{error}");
    assert!(!left.resume());
    within(left.flush()).await.unwrap();
    assert!(matches!(left.health().condition, Condition::Ended));
    let second = within(right.close()).await;
    assert_eq!(first.totals, second.totals);
    assert_eq!(emulator.row_count("event"), 10);
}

/// Closed while it is halted and something is under way: what comes then must not slip in behind the
/// end, where nobody would count it.
#[tokio::test]
async fn a_stream_that_closes_takes_nothing_after_resume() {
    let emulator = tenant().start().unwrap();
    let slow = Rule::delay(5 * MOMENT, 5 * MOMENT).calls(Calls::Ingest);
    emulator.faults().add(slow.count(1)).unwrap();
    let builder = quick(&client(&emulator)).concurrency(8).max_records(1);
    let stream = builder.open().await.unwrap();
    let under_way = stream.send(&Event::new("slow", 0)).await.unwrap();
    until("the first is under way", || {
        stream.health().requests_under_way == 1
    })
    .await;
    tokio::time::sleep(MOMENT).await;
    emulator
        .faults()
        .add(Rule::status(403).calls(Calls::Ingest))
        .unwrap();
    for event in events(20) {
        // Keys differ, so that one of them is in another lane.
        if stream.send(&event).await.is_err() {
            break;
        }
    }
    until("it halts", || {
        matches!(stream.health().condition, Condition::Halted(_))
    })
    .await;
    let closing = tokio::spawn(stream.clone().close());
    tokio::task::yield_now().await;
    emulator.faults().clear();
    stream.resume();
    let late = stream.send(&Event::new("late", 1)).await;
    assert!(matches!(late, Err(SendError::Closed)), "{late:?}");
    let report = within(closing).await.unwrap();
    add_up(&report);
    assert!(under_way.try_fate().is_some());
}

/// Takes letters when it works.
#[derive(Debug)]
struct Letterbox {
    works: AtomicBool,
    inside: DeadLetterLog,
}

impl DeadLetters for Letterbox {
    fn put(&self, letter: &DeadLetter) -> Result<(), DeadLetterError> {
        if self.works.load(Ordering::SeqCst) {
            return self.inside.put(letter);
        }
        Err(DeadLetterError::Write {
            path: "letters.jsonl".into(),
            source: io::Error::other("the disk is full"),
        })
    }
}

#[tokio::test]
async fn a_record_that_no_letter_tells_of_is_kept_until_one_does() {
    let emulator = tenant().start().unwrap();
    let letters = Arc::new(Letterbox {
        works: AtomicBool::new(false),
        inside: DeadLetterLog::default(),
    });
    let builder = quick(&client(&emulator)).dead_letters(letters.clone());
    let stream = builder.open().await.unwrap();
    let good = stream.send(&Event::new("good", 0)).await.unwrap();
    let bad = stream.send(&Event::new("bad", 1).bad()).await.unwrap();
    let halt = within(stream.flush()).await.unwrap_err();
    assert_eq!(halt.code(), "dead_letters");
    let text = halt.to_string();
    assert!(text.contains("letters.jsonl"), "{text}");
    assert!(text.ends_with(": the disk is full"), "{text}");
    assert_eq!(bad.try_fate(), None);

    letters.works.store(true, Ordering::SeqCst);
    assert!(stream.resume());
    assert!(matches!(fate(&bad).await, Fate::Rejected(_)));
    assert_eq!(fate(&good).await, Fate::Accepted);
    let report = within(stream.close()).await;
    add_up(&report);
    assert_eq!((report.totals.accepted, report.totals.rejected), (1, 1));
    assert_eq!(letters.inside.len(), 1);
    assert!(
        emulator
            .accepted_by_key("event")
            .values()
            .all(|count| *count == 1)
    );
}
