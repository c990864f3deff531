//! Bodies: never too large, well filled, every record in exactly one.

use ingest_core::body::{BodyWriter, MAX_BODY, RecordError, Shape};
use ingest_core::{Client, IngestRecord, Timestamp};
use ingest_emulator::{Answer, Emulator};
use proptest::prelude::*;

use crate::{PageView, client, page_view, schema, settings, web};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// Texts of sizes that lie everywhere, with characters that grow when they are escaped.
fn texts() -> impl Strategy<Value = Vec<String>> {
    let size = prop_oneof![
        20 => 0..400_usize,
        5 => 400..20_000_usize,
        1 => 60_000..198_000_usize,
    ];
    let letter = prop_oneof![Just("a"), Just("\""), Just("ä"), Just("\u{1}"), Just("😀")];
    let text = (size, letter).prop_map(|(size, letter)| letter.repeat(size / letter.len()));
    prop::collection::vec(text, 1..1_500)
}

fn records(texts: &[String]) -> Vec<PageView> {
    let record = |(number, text): (usize, &String)| PageView {
        visitor_id: text.clone(),
        ..page_view(number)
    };
    texts.iter().enumerate().map(record).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_record_arrives_once_and_no_body_is_too_large(texts in texts(), array: bool) {
        let records = records(&texts);
        let emulator = web();
        let shape = if array { Shape::Array } else { Shape::Data };
        let client = Client::new(settings(&emulator, &[]).with_shape(shape)).unwrap();
        let report = runtime().block_on(client.send(&records)).unwrap();

        // Control characters can make a record too large for any body; it is reported, not lost.
        let invalid: Vec<_> = report.invalid.iter().map(|invalid| invalid.index).collect();
        for invalid in &report.invalid {
            let too_large = matches!(invalid.error, RecordError::TooLarge { bytes, .. } if bytes > MAX_BODY);
            prop_assert!(too_large, "{}", invalid.error);
        }
        prop_assert_eq!(report.accepted + invalid.len(), records.len());
        prop_assert!(report.refused.is_empty());
        let bodies: Vec<_> = emulator.requests().into_iter().filter(|r| r.path.contains("/sources/")).collect();
        prop_assert!(bodies.iter().all(|body| body.bytes <= MAX_BODY as u64));
        prop_assert_eq!(bodies.iter().map(|body| body.records).sum::<u64>(), report.accepted as u64);
        prop_assert_eq!(emulator.row_count("page_view"), report.accepted);
        for (number, record) in records.iter().enumerate() {
            let row = emulator.row("page_view", &record.event_id);
            prop_assert_eq!(row.is_none(), invalid.contains(&number));
            if let Some(row) = row {
                prop_assert_eq!(row["visitor_id"].as_str(), Some(record.visitor_id.as_str()));
            }
        }
    }

    #[test]
    fn bodies_of_small_records_are_at_least_98_per_cent_full(sizes in prop::collection::vec(0..2_000_usize, 2_000..6_000)) {
        let mut writer = BodyWriter::new(Shape::Data, MAX_BODY);
        for (number, size) in sizes.iter().enumerate() {
            let record = PageView { visitor_id: "x".repeat(*size), ..page_view(number) };
            if let Some(body) = writer.push(&record).unwrap() {
                prop_assert!(body.bytes.len() <= MAX_BODY);
                prop_assert!(body.bytes.len() * 100 >= MAX_BODY * 98, "{}", body.bytes.len());
            }
        }
    }
}

/// The record whose body has exactly so many bytes.
fn record_of(bytes: usize) -> PageView {
    let empty = PageView {
        visitor_id: String::new(),
        ..page_view(1)
    };
    let mut writer = BodyWriter::new(Shape::Data, MAX_BODY);
    writer.push(&empty).unwrap();
    let overhead = writer.finish().unwrap().bytes.len();
    PageView {
        visitor_id: "x".repeat(bytes - overhead),
        ..empty
    }
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_sent_and_one_byte_more_is_not() {
    let emulator = web();
    let client = client(&emulator);
    let report = client.send([record_of(MAX_BODY)]).await.unwrap();
    assert!(report.is_complete());
    assert_eq!(report.bytes, MAX_BODY);
    let report = client
        .send([record_of(MAX_BODY + 1), page_view(2)])
        .await
        .unwrap();
    assert_eq!((report.read, report.accepted), (2, 1));
    let expected = RecordError::TooLarge {
        bytes: MAX_BODY + 1,
        limit: MAX_BODY,
    };
    assert_eq!(report.invalid[0].error, expected);
    assert_eq!(report.invalid[0].index, 0);
}

#[tokio::test]
async fn both_answers_count_as_acceptance() {
    let builder = Emulator::builder(schema("web"));
    let emulator = builder.answer(Answer::NoContent204).start().unwrap();
    let report = client(&emulator).send([page_view(1)]).await.unwrap();
    assert!(report.is_complete());
    assert!(
        emulator
            .requests()
            .iter()
            .any(|request| request.status == 204)
    );
}

#[tokio::test]
async fn nothing_to_send_sends_nothing() {
    let emulator = web();
    let report = client(&emulator)
        .send(Vec::<PageView>::new())
        .await
        .unwrap();
    assert_eq!((report.read, report.requests), (0, 0));
    assert!(report.is_complete());
    assert_eq!(emulator.request_count(), 0);
}

/// One value of every kind.
#[derive(IngestRecord)]
#[ingest(schema = "../schemas/all-kinds.yaml", object = "sample")]
struct Sample {
    id: String,
    changed_at: Timestamp,
    text: Option<String>,
    number: Option<f64>,
    boolean: Option<bool>,
    date: Option<ingest_core::Date>,
    date_time: Option<Timestamp>,
    email: Option<ingest_core::value::Email>,
    phone: Option<ingest_core::value::Phone>,
    percent: Option<ingest_core::value::Percent>,
    url: Option<ingest_core::value::Url>,
}

#[tokio::test]
async fn a_strict_tenant_takes_every_kind_filled_and_blank() {
    let emulator = Emulator::start(schema("all-kinds")).unwrap();
    let changed_at = Timestamp::now();
    let filled = Sample {
        id: "1".into(),
        changed_at,
        text: Some("ä\n".into()),
        number: Some(-1.5e-7),
        boolean: Some(false),
        date: Some(changed_at.date()),
        date_time: Some(changed_at),
        email: Some("a@b.de".parse().unwrap()),
        phone: Some("110".parse().unwrap()),
        percent: Some("5%".parse().unwrap()),
        url: Some("https://b.de".parse().unwrap()),
    };
    let blank = Sample {
        id: "2".into(),
        changed_at,
        text: None,
        number: None,
        boolean: None,
        date: None,
        date_time: None,
        email: None,
        phone: None,
        percent: None,
        url: None,
    };
    let report = client(&emulator).send([filled, blank]).await.unwrap();
    assert!(report.is_complete(), "{report}");
    let rows = emulator.rows("sample");
    assert_eq!(rows[0]["number"], serde_json::json!(-1.5e-7));
    assert!(rows[1]["url"].is_null());
}
