//! The checks of the property catch what they are there for: each kind of harm is done on purpose.

use std::collections::HashSet;

use ingest_core::body::Shape;
use ingest_core::value::{Email, Percent, Phone, Url};
use ingest_core::{Date, IngestRecord, Timestamp};
use ingest_emulator::{Blanks, Emulator, Strictness};
use ingest_schema::{Kind, Object, Schema};

use crate::driver::batch::{Batch, Draws, Record};
use crate::driver::draw::Fault;
use crate::driver::random::Random;
use crate::driver::{Tenant, block_on, check, judge};

#[derive(IngestRecord)]
#[ingest(schema = "../schemas/all-kinds.yaml", object = "sample")]
struct Sample {
    id: String,
    changed_at: Timestamp,
    text: Option<String>,
    number: Option<f64>,
    boolean: Option<bool>,
    date: Option<Date>,
    date_time: Option<Timestamp>,
    email: Option<Email>,
    phone: Option<Phone>,
    percent: Option<Percent>,
    url: Option<Url>,
}

impl Record for Sample {
    const KEY: usize = 0;
    const CLAIMS_KEY: bool = false;
    const IS_PATCH: bool = false;

    fn draw(draws: &mut Draws<'_>) -> Self {
        Self {
            id: draws.field(0),
            changed_at: draws.field(1),
            text: draws.field(2),
            number: draws.field(3),
            boolean: draws.field(4),
            date: draws.field(5),
            date_time: draws.field(6),
            email: draws.field(7),
            phone: draws.field(8),
            percent: draws.field(9),
            url: draws.field(10),
        }
    }
}

fn schema() -> Schema {
    Schema::load("../schemas/all-kinds.yaml").unwrap().schema
}

fn object() -> Object {
    schema().object("sample").unwrap().clone()
}

fn batch() -> Batch<Sample> {
    Batch::draw(&mut Random::of(1, "sample"), &object(), 600)
}

fn tenant(schema: Schema, strictness: Strictness) -> Tenant {
    let builder = Emulator::builder(schema).strictness(strictness);
    Tenant::start(builder, Shape::Data, false)
}

/// What is found after a body was posted past the types to a tenant that had all records.
fn after(strictness: Strictness, object_name: &str, body: impl Fn(&Emulator) -> String) -> String {
    let tenant = tenant(schema(), strictness);
    let batch = batch();
    let source = tenant.emulator.connector();
    block_on(async {
        let before = check(&tenant, &object(), &batch).await;
        assert_eq!(before, [""; 0]);
        let body = body(&tenant.emulator);
        let answer = tenant.client.post(source, object_name, body).await;
        assert_eq!(answer.is_ok(), strictness == Strictness::Lenient);
    });
    judge::rows::<Sample>(&object(), &batch.sent, &tenant.emulator).join("\n")
}

/// What is found when records are sent to this tenant.
fn sent_to(tenant: &Tenant) -> String {
    block_on(check(tenant, &object(), &batch())).join("\n")
}

#[test]
fn a_blank_row_is_found() {
    let body = |_: &Emulator| r#"{"data":[{"id__c":"1"}]}"#.into();
    let found = after(Strictness::Lenient, "sample", body);
    assert!(found.contains("accepted: "), "{found}");
    assert!(found.contains("rows: "), "{found}");
    assert!(found.contains(r#"never sent: {"id":null"#), "{found}");
}

#[test]
fn a_row_that_changed_is_found() {
    let changed = |tenant: &Emulator| {
        let mut row = tenant.rows("sample").remove(7);
        row["text"] = "what nobody sent".into();
        format!("[{row}]")
    };
    let found = after(Strictness::Lenient, "sample", changed);
    assert!(found.contains("field `text`: sent "), "{found}");
    assert!(found.contains("what nobody sent"), "{found}");
    assert!(!found.contains("rows: "), "{found}");
}

#[test]
fn a_lost_record_is_found() {
    let found = after(Strictness::Lenient, "smaple", |_| "[{}]".into());
    assert_eq!(found, "lost: 1, not 0");
}

#[test]
fn a_refused_record_is_found() {
    let found = after(Strictness::Strict, "sample", |_| r#"[{"id":"1"}]"#.into());
    assert_eq!(found, "rejected: 1, not 0");
}

#[test]
fn a_tenant_that_refuses_blanks_is_found() {
    let builder = Emulator::builder(schema()).nulls(Blanks::Refuse);
    let found = sent_to(&Tenant::start(builder, Shape::Array, false));
    assert!(found.contains("records were refused: "), "{found}");
    assert!(found.contains("0 of 600 were accepted"), "{found}");
}

#[test]
fn a_kind_that_drifted_is_found_by_its_blanks() {
    let mut drifted = schema();
    for object in &mut drifted.objects {
        let url = object.fields.iter_mut().find(|field| field.name == "url");
        url.unwrap().kind = Kind::Email;
    }
    let found = sent_to(&tenant(drifted, Strictness::Lenient));
    assert!(found.contains("field `url`: sent Text("), "{found}");
    assert!(found.contains("kept Some(\"null\")"), "{found}");
}

#[test]
fn a_record_that_left_or_stayed_by_mistake_is_found() {
    let tenant = tenant(schema(), Strictness::Strict);
    let mut batch = batch();
    let report = block_on(tenant.client.send(&batch.records)).unwrap();
    let mut found = |index: usize, fault| {
        let meant = std::mem::replace(&mut batch.sent[index].fault, fault);
        let found = judge::report(&object(), &batch.sent, &report).join("\n");
        batch.sent[index].fault = meant;
        (meant, found)
    };
    let mut seen = HashSet::new();
    for index in 0..report.read {
        let (meant, wrong) = found(index, None);
        assert_eq!(wrong.is_empty(), meant.is_none(), "{wrong}");
        seen.extend(meant.map(|(_, fault)| format!("{fault:?}")));
        for other in [
            (3, Fault::NotFinite),
            (0, Fault::Blank),
            (2, Fault::TooLarge),
        ] {
            // Which field makes a record too large, nobody can tell.
            if meant.is_none_or(|meant| meant != other && meant.1 != Fault::TooLarge) {
                let (_, wrong) = found(index, Some(other));
                assert!(wrong.contains(&format!("record {index}: ")), "{wrong}");
            }
        }
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
}
