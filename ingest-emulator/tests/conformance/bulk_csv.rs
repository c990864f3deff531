//! What the files of bulk jobs say.

use serde_json::{Value, json};

use crate::client::Client;
use crate::schema::{good, tenant, with};

fn visit(tenant: &Client, csv: &str) -> String {
    tenant.run("visit", "upsert", &[csv])
}

fn row(tenant: &Client) -> Value {
    tenant.emulator.row("visit", "v1").unwrap()
}

#[test]
fn doc_values_have_the_kinds_of_their_fields() {
    let tenant = tenant();
    let csv = "id,at,day,amount,new,mail,phone,share,page,note\r\n\
        v1,2026-07-11T22:47:38.712Z,2026-07-11,12.5,true,a@example.com,+49 30 123,12%,https://example.com/,x\r\n";
    assert_eq!(visit(&tenant, csv), "JobComplete");
    assert_eq!(tenant.emulator.rows("visit"), [good()]);
}

#[test]
fn doc_columns_come_in_any_order() {
    let tenant = tenant();
    visit(&tenant, "note,id,at\nb,v1,2026-07-11T22:47:38Z\n");
    assert_eq!(row(&tenant)["note"], "b");
}

#[test]
fn doc_empty_is_null() {
    let tenant = tenant();
    visit(&tenant, "id,at,note,amount\nv1,2026-07-11T22:47:38Z,,\n");
    assert_eq!(
        (&row(&tenant)["note"], &row(&tenant)["amount"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn doc_unknown_columns_are_dropped_without_an_error() {
    let tenant = tenant();
    let state = visit(&tenant, "id,at,nots,id__c\nv1,2026-07-11T22:47:38Z,x,y\n");
    assert_eq!(state, "JobComplete");
    assert!(row(&tenant).get("nots").is_none());
    assert!(tenant.emulator.problems().is_empty());
}

#[test]
fn doc_a_line_is_a_full_row() {
    let tenant = tenant();
    tenant.record("visit", &good());
    visit(&tenant, "id,at,note\nv1,2026-07-11T22:47:38Z,y\n");
    assert_eq!(row(&tenant)["note"], "y");
    assert_eq!(row(&tenant)["amount"], Value::Null);
}

#[test]
fn doc_bulk_into_a_partial_stream_is_a_plain_upsert() {
    let tenant = tenant();
    let record = json!({"number": 1, "name": "a", "changed": "2026-01-01T00:00:00Z"});
    tenant.record("patch", &record);
    tenant.run(
        "patch",
        "upsert",
        &["number,changed\n1,2026-01-02T00:00:00Z\n"],
    );
    assert_eq!(
        tenant.emulator.row("patch", "1").unwrap()["name"],
        Value::Null
    );
}

#[test]
fn doc_the_newer_record_wins_in_bulk_too() {
    let tenant = tenant();
    let record = json!({"number": 1, "name": "a", "changed": "2026-01-02T00:00:00Z"});
    tenant.record("contact", &record);
    let older = "number,name,changed\n1,b,2026-01-01T00:00:00Z\n";
    tenant.run("contact", "upsert", &[older]);
    assert_eq!(tenant.emulator.row("contact", "1").unwrap()["name"], "a");
}

#[test]
fn doc_quotes_commas_and_line_breaks_are_those_of_rfc_4180() {
    let tenant = tenant();
    let csv = "id,at,note\r\nv1,2026-07-11T22:47:38Z,\"a, \"\"b\"\"\r\nc\u{e4}\"\r\n";
    visit(&tenant, csv);
    assert_eq!(row(&tenant)["note"], "a, \"b\"\r\nc\u{e4}");
}

#[test]
fn doc_every_file_has_its_own_header() {
    let tenant = tenant();
    let files = [
        "id,at\na,2026-07-11T22:47:38Z\n",
        "at,id\n2026-07-11T22:47:38Z,b\n",
    ];
    assert_eq!(tenant.run("visit", "upsert", &files), "JobComplete");
    assert_eq!(tenant.emulator.row_count("visit"), 2);
}

#[test]
fn doc_a_delete_has_no_header_and_names_keys() {
    let tenant = tenant();
    for id in ["a", "b", "id"] {
        tenant.record("visit", &with("id", json!(id)));
    }
    assert_eq!(tenant.run("visit", "delete", &["id\na\n"]), "JobComplete");
    assert_eq!(tenant.emulator.rows("visit"), [with("id", json!("b"))]);
}

#[test]
fn doc_a_delete_gives_a_later_date_time_where_rows_say_when_they_changed() {
    let tenant = tenant();
    for number in 1..=3 {
        let record = json!({"number": number, "name": "a", "changed": "2026-01-02T00:00:00Z"});
        tenant.record("contact", &record);
    }
    let csv = "1,2026-01-02T00:00:01Z\n2,2026-01-02T00:00:00Z\n3,\n";
    assert_eq!(tenant.run("contact", "delete", &[csv]), "JobComplete");
    assert_eq!(tenant.emulator.row("contact", "1"), None);
    assert_eq!(tenant.emulator.row_count("contact"), 2);
    let problems = tenant.emulator.problems();
    assert_eq!(problems.len(), 1);
    assert_eq!((&*problems[0].key, &*problems[0].context), ("3", "bulk"));
}

#[test]
fn open_a_value_of_the_wrong_form_makes_a_problem_record_in_place_of_a_row() {
    let tenant = tenant();
    let csv = "id,at,amount\nv1,2026-07-11T22:47:38Z,much\nv2,2026-07-11T22:47:38Z,2\n,,\n";
    assert_eq!(visit(&tenant, csv), "JobComplete");
    assert_eq!(tenant.emulator.row_count("visit"), 1);
    let problems = tenant.emulator.problems();
    assert_eq!(problems.len(), 2);
    assert_eq!(problems[0].fields, ["amount"]);
    assert_eq!(problems[1].fields, ["id", "at"]);
    assert_eq!(tenant.emulator.accepted("visit"), 1);
    assert_eq!(tenant.emulator.rejected("visit"), 2);
}

#[test]
fn open_a_file_that_is_no_csv_of_the_object_fails_the_job() {
    let tenant = tenant();
    let at = "2026-07-11T22:47:38Z";
    for csv in [
        "note,at\nx,y\n".to_owned(),
        "id,id,at\na,b,c\n".to_owned(),
        format!("id,at\na,{at}\nb\n"),
        String::new(),
    ] {
        assert_eq!(visit(&tenant, &csv), "Failed", "{csv}");
    }
    let id = tenant.created("visit", "upsert");
    tenant.upload(
        &id,
        [b"id,at\n\xff,".as_slice(), at.as_bytes(), b"\n"].concat(),
    );
    assert_eq!(tenant.finish(&id), "Failed");
    assert_eq!(
        tenant.emulator.accepted("visit"),
        1,
        "lines before the break landed"
    );
}

#[test]
fn own_a_job_without_files_completes() {
    assert_eq!(tenant().run("visit", "upsert", &[]), "JobComplete");
}

#[test]
fn own_many_lines_land_in_order() {
    let tenant = tenant();
    let line = |at: u32| format!("{},2026-07-11T22:47:38Z,{at}\n", at % 7);
    let lines: String = (0..5_000).map(line).collect();
    visit(&tenant, &format!("id,at,note\n{lines}"));
    assert_eq!(tenant.emulator.accepted("visit"), 5_000);
    let rows = tenant.emulator.rows("visit");
    let mut notes: Vec<u32> = rows
        .iter()
        .map(|row| row["note"].as_str().unwrap().parse().unwrap())
        .collect();
    notes.sort_unstable();
    assert_eq!(notes, (4_993..5_000).collect::<Vec<_>>());
}
