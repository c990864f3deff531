//! Dead letters in a file, from a tenant that is dead, into one that lives: the way back for records
//! that were not accepted.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ingest_core::stream::Operation;
use ingest_core::stream::dead_letter::{DeadLetterFile, DeadLetterReader};
use ingest_emulator::{Calls, Emulator, Rule};

use crate::{Event, client, events, open, quick, tenant, within};

/// A stream that writes its letters here.
async fn with_file(emulator: &Emulator, path: &Path) -> ingest_core::stream::RecordStream<Event> {
    let letters = Arc::new(DeadLetterFile::open(path).unwrap());
    let builder = quick(&client(emulator)).dead_letters(letters);
    builder.open().await.unwrap()
}

/// Sends every letter's record again; returns how many there were.
async fn replay(path: &Path, emulator: &Emulator) -> u64 {
    let stream = open(emulator).await;
    let mut letters = 0;
    for letter in DeadLetterReader::open(path).unwrap() {
        let letter = letter.unwrap();
        letters += 1;
        match letter.operation {
            Operation::Upsert => {
                let event: Event = serde_json::from_str(letter.record.get()).unwrap();
                stream.send(&event).await.unwrap();
            }
            Operation::Delete => {
                stream.delete(letter.key()).await.unwrap();
            }
            other => panic!("{other:?}"),
        }
    }
    let report = within(stream.close()).await;
    assert!(report.is_complete(), "{report}");
    letters
}

#[tokio::test]
async fn what_a_dead_tenant_did_not_take_a_living_one_takes_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dead.jsonl");
    let hour = Duration::from_secs(3_600);
    let dead = Rule::delay(hour, hour).calls(Calls::Ingest);
    let emulator = tenant().faults([dead]).start().unwrap();
    let stream = with_file(&emulator, &path).await;
    let mut sent = events(300);
    sent[7].note = Some("a\n\"b\"\u{1F980}\u{2028}".into());
    stream.send_all(&sent).await.unwrap();
    stream.delete(["e-000001", "e-\"ä\\"]).await.unwrap();
    let report = within(stream.close_within(Duration::from_millis(100))).await;
    assert_eq!(report.totals.lost, 302, "{report}");

    let living = tenant().start().unwrap();
    assert_eq!(replay(&path, &living).await, 302);
    assert_eq!(living.row_count("event"), 299);
    assert!(
        living.row("event", "e-000001").is_none(),
        "deleted after it was sent"
    );
    let row = living.row("event", "e-000007").unwrap();
    assert_eq!(row["note"].as_str(), sent[7].note.as_deref());
}

#[tokio::test]
async fn rejected_and_expired_records_are_in_the_file_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dead.jsonl");
    let emulator = tenant().start().unwrap();
    let stream = with_file(&emulator, &path).await;
    let bad = Event::new("bad", 1).bad();
    stream
        .send_all([&bad, &Event::new("good", 2)])
        .await
        .unwrap();
    let report = within(stream.close()).await;
    assert_eq!((report.totals.accepted, report.totals.rejected), (1, 1));

    let letters = Arc::new(DeadLetterFile::open(&path).unwrap());
    let builder = quick(&client(&emulator)).dead_letters(letters);
    let stream = builder
        .delivery_deadline(Duration::from_millis(100))
        .open()
        .await
        .unwrap();
    emulator.faults().add(Rule::status(502)).unwrap();
    stream.send(&Event::new("late", 3)).await.unwrap();
    let report = within(stream.close()).await;
    assert_eq!(report.totals.expired, 1, "{report}");

    let seen: Vec<_> = DeadLetterReader::open(&path)
        .unwrap()
        .map(|letter| {
            let letter = letter.unwrap();
            let event: Event = serde_json::from_str(letter.record.get()).unwrap();
            let place = (letter.connector, letter.object);
            assert_eq!(place, ("Stream".into(), "event".into()));
            (event.id, letter.code, letter.field)
        })
        .collect();
    let email = Some("email".to_owned());
    assert_eq!(
        seen,
        [
            ("bad".to_owned(), "schema_mismatch".to_owned(), email),
            ("late".to_owned(), "expired".to_owned(), None)
        ]
    );
}
