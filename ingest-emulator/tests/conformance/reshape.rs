//! A schema that changes: it only grows, and streams get new fields when somebody adds them.

use ingest_emulator::{Builder, NewFields};
use serde_json::{Value, json};

use crate::client::{Answer, Client, call, org_token};
use crate::schema::{builder, good, tenant};

fn path(tenant: &Client, rest: &str) -> String {
    let token = org_token(&tenant.emulator);
    let connections = "/services/data/v62.0/ssot/connections";
    let list = call(
        &tenant.emulator,
        "GET",
        &format!("{connections}?connectorType=IngestApi"),
    );
    let body = list.bearer(&token).send("").json();
    let id = body["connections"][0]["id"].as_str().unwrap();
    format!("{connections}/{id}/schema{rest}")
}

fn send(tenant: &Client, method: &str, rest: &str, body: &str) -> Answer {
    let path = path(tenant, rest);
    let token = org_token(&tenant.emulator);
    call(&tenant.emulator, method, &path)
        .bearer(&token)
        .send(body)
}

/// The schema as it is, in the form in which it is put.
fn schema(tenant: &Client) -> Value {
    send(tenant, "GET", "", "").json()
}

fn put(tenant: &Client, schema: &Value) -> Answer {
    send(tenant, "PUT", "", &schema.to_string())
}

fn with_field(schema: &Value, object: usize, name: &str, data_type: &str) -> Value {
    let mut schema = schema.clone();
    let field = json!({"name": name, "label": name, "dataType": data_type});
    let fields = schema["schemas"][object]["fields"].as_array_mut().unwrap();
    fields.push(field);
    schema
}

/// The codes of a refusal that has the documented form.
fn codes(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 400, "{}", answer.text);
    let body = answer.json();
    let errors = body.as_array().unwrap().iter();
    let code = |error: &Value| {
        assert!(error["message"].is_string(), "{error}");
        error["errorCode"].as_str().unwrap().to_owned()
    };
    errors.map(code).collect()
}

#[test]
fn doc_the_same_schema_may_be_put_again() {
    let tenant = tenant();
    let before = schema(&tenant);
    let answer = put(&tenant, &before);
    assert_eq!((answer.status, answer.json()), (200, before));
}

#[test]
fn doc_fields_and_objects_may_be_added() {
    let tenant = tenant();
    let mut wider = with_field(&schema(&tenant), 3, "third", "Number");
    let fields = json!([{"name": "id", "label": "Id", "dataType": "Text"}]);
    let object = json!({"name": "order", "label": "Order", "fields": fields});
    wider["schemas"].as_array_mut().unwrap().push(object);
    assert_eq!(put(&tenant, &wider).status, 200);
    let after = schema(&tenant);
    assert_eq!(after["schemas"][3]["fields"][2]["name"], "third");
    assert_eq!(after["schemas"][4]["availabilityStatus"], "Available");
    assert_eq!(tenant.record("order", &json!({"id": "o1"})).status, 202);
}

#[test]
fn doc_nothing_is_ever_removed() {
    let tenant = tenant();
    let before = schema(&tenant);
    let mut narrower = before.clone();
    narrower["schemas"].as_array_mut().unwrap().pop();
    assert_eq!(codes(&put(&tenant, &narrower)), ["SCHEMA_REMOVAL"]);
    let mut narrower = before.clone();
    narrower["schemas"][0]["fields"]
        .as_array_mut()
        .unwrap()
        .pop();
    assert_eq!(codes(&put(&tenant, &narrower)), ["SCHEMA_REMOVAL"]);
    assert_eq!(schema(&tenant), before);
}

#[test]
fn doc_nothing_is_ever_renamed() {
    let tenant = tenant();
    let before = schema(&tenant);
    let mut renamed = before.clone();
    renamed["schemas"][0]["fields"][9]["name"] = json!("remark");
    assert_eq!(codes(&put(&tenant, &renamed)), ["SCHEMA_REMOVAL"]);
    assert_eq!(schema(&tenant), before);
}

#[test]
fn doc_nothing_is_ever_retyped() {
    let tenant = tenant();
    let mut retyped = schema(&tenant);
    retyped["schemas"][0]["fields"][9]["dataType"] = json!("Number");
    assert_eq!(codes(&put(&tenant, &retyped)), ["SCHEMA_RETYPE"]);
}

#[test]
fn doc_a_put_must_repeat_everything() {
    let tenant = tenant();
    let fields = json!([{"name": "id", "label": "Id", "dataType": "Text"}]);
    let alone = json!({"schemas": [{"name": "order", "label": "Order", "fields": fields}]});
    assert_eq!(codes(&put(&tenant, &alone)), ["SCHEMA_REMOVAL"; 4]);
}

#[test]
fn doc_names_and_numbers_are_checked() {
    let tenant = tenant();
    let before = schema(&tenant);
    for name in ["a__b", "row_count", "a b", "NOTE", "", &"x".repeat(81)] {
        let wrong = with_field(&before, 0, name, "Text");
        assert_eq!(codes(&put(&tenant, &wrong)), ["INVALID_SCHEMA"], "{name}");
    }
    let mut wide = before.clone();
    for at in 0..991 {
        wide = with_field(&wide, 0, &format!("f{at}"), "Text");
    }
    assert_eq!(codes(&put(&tenant, &wide)), ["INVALID_SCHEMA"]);
}

#[test]
fn doc_a_field_has_name_label_and_data_type_alone() {
    let tenant = tenant();
    let mut more = schema(&tenant);
    more["schemas"][0]["fields"][0]["isPrimaryKey"] = json!(true);
    assert_eq!(codes(&put(&tenant, &more)), ["JSON_PARSER_ERROR"]);
    assert_eq!(codes(&send(&tenant, "PUT", "", "{")), ["JSON_PARSER_ERROR"]);
}

#[test]
fn doc_data_types_have_names_in_any_case() {
    let tenant = tenant();
    let before = schema(&tenant);
    for (name, data_type) in [("u1", "dateonly"), ("u2", "DATETIME")] {
        assert_eq!(
            put(&tenant, &with_field(&schema(&tenant), 3, name, data_type)).status,
            200
        );
    }
    assert_eq!(
        schema(&tenant)["schemas"][3]["fields"][2]["dataType"],
        "Date"
    );
    let wrong = with_field(&before, 0, "x", "Array");
    assert!(codes(&put(&tenant, &wrong)).contains(&"INVALID_DATA_TYPE".to_owned()));
}

#[test]
fn doc_a_change_is_tested_without_being_made() {
    let tenant = tenant();
    let before = schema(&tenant);
    let test = |schema: &Value| send(&tenant, "POST", "/actions/test", &schema.to_string());
    let good = test(&with_field(&before, 0, "more", "Text"));
    assert_eq!(
        (good.status, good.json()),
        (200, json!({"success": true, "errors": []}))
    );
    let mut bad = before.clone();
    bad["schemas"][0]["fields"][9]["dataType"] = json!("Number");
    let answer = test(&bad).json();
    assert_eq!(answer["success"], false);
    assert_eq!(answer["errors"][0]["errorCode"], "SCHEMA_RETYPE");
    assert!(
        answer["errors"][0]["errorMessage"]
            .as_str()
            .unwrap()
            .contains("note")
    );
    assert_eq!(schema(&tenant), before);
}

/// A tenant whose visits have gained a field.
fn grown(builder: Builder) -> Client {
    let tenant = Client::new(builder.start().unwrap());
    let wider = with_field(&schema(&tenant), 0, "more", "Text");
    assert_eq!(put(&tenant, &wider).status, 200);
    tenant
}

fn visit_with_more() -> Value {
    let mut record = good();
    record["more"] = json!("new");
    record
}

#[test]
fn open_the_validator_asks_for_new_fields_at_once() {
    let tenant = grown(builder());
    let causes = tenant.record("visit", &good()).causes();
    assert_eq!(causes, ["#: required key [more] not found"]);
    assert_eq!(tenant.record("visit", &visit_with_more()).status, 202);
}

#[test]
fn doc_new_fields_reach_a_running_stream_once_added_there() {
    let tenant = grown(builder());
    tenant.record("visit", &visit_with_more());
    assert_eq!(tenant.emulator.rows("visit"), [good()]);
    tenant.emulator.add_new_fields("visit");
    tenant.record("visit", &visit_with_more());
    assert_eq!(tenant.emulator.rows("visit"), [visit_with_more()]);
}

#[test]
fn open_new_fields_may_reach_streams_at_once() {
    let tenant = grown(builder().new_fields(NewFields::AtOnce));
    tenant.record("visit", &visit_with_more());
    assert_eq!(tenant.emulator.rows("visit"), [visit_with_more()]);
}

#[test]
fn doc_the_schema_wants_an_org_token() {
    let tenant = tenant();
    for (method, rest) in [("GET", ""), ("PUT", ""), ("POST", "/actions/test")] {
        let path = path(&tenant, rest);
        let answer = call(&tenant.emulator, method, &path)
            .bearer(&tenant.token)
            .send("{}");
        assert_eq!(
            (answer.status, answer.json()[0]["errorCode"].clone()),
            (401, json!("INVALID_SESSION_ID"))
        );
    }
}
