//! Problem records: what was accepted and did not land as it was sent.

use ingest_emulator::{Fault, Rule, Strictness};
use serde_json::{Value, json};

use crate::client::{Client, call};
use crate::schema::{builder, good, tenant, with};

fn ask(tenant: &Client, sql: &str) -> Value {
    let body = json!({ "sql": sql }).to_string();
    let answer = call(&tenant.emulator, "POST", "/api/v2/query")
        .bearer(&tenant.token)
        .send(body);
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

fn lenient() -> Client {
    let builder = builder().strictness(Strictness::Lenient);
    Client::new(builder.start().unwrap())
}

#[test]
fn doc_problem_records_have_six_columns() {
    let tenant = tenant();
    let rule = Rule::new(Fault::RejectLate).count(1);
    tenant.emulator.faults().add(rule).unwrap();
    assert_eq!(tenant.record("visit", &good()).status, 202);
    let body = ask(&tenant, "SELECT * FROM PR_visit_Web__dll");
    assert_eq!(body["rowCount"], 1);
    let row = |name: &str| {
        let at = body["metadata"][name]["placeInOrder"].as_u64().unwrap();
        body["data"][0][usize::try_from(at).unwrap()]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(body["metadata"].as_object().unwrap().len(), 6);
    assert_eq!(row("error_code__c"), "REJECTED_LATE");
    assert!(row("error_timestamp__c").ends_with('Z'));
    let details: Value = serde_json::from_str(&row("detailed_error__c")).unwrap();
    assert!(details["message"].is_string());
    let sent: Value = serde_json::from_str(&row("error_row__c")).unwrap();
    assert_eq!(sent, good());
    assert_eq!(
        (row("error_fields__c"), row("error_context__c")),
        (String::new(), "streaming".to_owned())
    );
    assert_eq!(
        ask(&tenant, "SELECT * FROM PR_contact_Web__dll")["rowCount"],
        0
    );
}

#[test]
fn field_a_lenient_loss_is_told_in_a_problem_record() {
    let tenant = lenient();
    let mut record = with("amount", json!("12"));
    record["nots"] = json!("x");
    assert_eq!(tenant.record("visit", &record).status, 202);
    assert_eq!(
        tenant.emulator.row_count("visit"),
        1,
        "the rest of it landed"
    );
    let sql = "SELECT error_fields__c, error_code__c FROM PR_visit_Web__dll";
    let body = ask(&tenant, sql);
    assert_eq!(body["data"][0][1], "VALUES_LOST");
    let fields = body["data"][0][0].as_str().unwrap();
    let mut fields: Vec<&str> = fields.split(',').collect();
    fields.sort_unstable();
    assert_eq!(fields, ["amount", "nots"]);
    let problem = tenant.emulator.problems().pop().unwrap();
    assert!(
        problem
            .error
            .contains("#/amount: expected type: Number, found: String")
    );
}

#[test]
fn field_lake_names_are_told_only_in_problem_records() {
    let tenant = lenient();
    assert_eq!(tenant.record("visit", &json!({"id__c": "v1"})).status, 202);
    let problems = tenant.emulator.problems();
    assert_eq!((problems.len(), &*problems[0].key), (1, ""));
    assert_eq!(problems[0].fields, ["id__c"]);
}

#[test]
fn own_what_is_no_record_is_a_problem_record_too() {
    let tenant = lenient();
    assert_eq!(tenant.post("Web/visit", "[7]").status, 202);
    let problems = tenant.emulator.problems();
    assert_eq!(
        (&*problems[0].code, &*problems[0].record),
        ("NO_RECORD", "7")
    );
    assert_eq!(tenant.emulator.lost(), 1);
}

#[test]
fn doc_what_is_refused_at_once_is_no_problem_record() {
    let tenant = tenant();
    assert_eq!(tenant.record("visit", &json!({})).status, 400);
    assert!(tenant.emulator.problems().is_empty());
}
