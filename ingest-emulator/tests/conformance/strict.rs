//! What a strict tenant refuses, and in which words.

use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::schema::{good, tenant, with, without};

/// Posts one visit that must be refused for exactly one cause.
fn cause(tenant: &Client, record: &Value) -> String {
    let answer = tenant.record("visit", record);
    assert_eq!(answer.status, 400, "{record}");
    let causes = answer.causes();
    assert_eq!(causes.len(), 1, "{causes:?}");
    causes.into_iter().next().unwrap()
}

fn refused_as_malformed(answer: &Answer) {
    assert_eq!(answer.status, 400, "{}", answer.text);
    let body = answer.json();
    assert!(body["details"].get("validationReport").is_none(), "{body}");
}

#[test]
fn live_the_envelope_of_a_mismatch_is_complete() {
    let tenant = tenant();
    let record = json!({"event_idx": 1});
    let answer = tenant.post(
        "Web/draft/actions/test",
        json!({"data": [record]}).to_string(),
    );
    assert_eq!(answer.status, 400);
    let body = answer.json();
    let stamp = body["timestamp"].as_str().unwrap();
    assert!(stamp.starts_with("20") && stamp.ends_with('Z') && stamp.contains('.'));
    assert_eq!(body["error"], "400 BAD_REQUEST");
    assert_eq!(
        body["message"],
        "Bad Request: JSON is properly formatted but has a mismatch with Schema."
    );
    assert_eq!(
        body["path"],
        "uri=/api/v1/ingest/sources/Web/draft/actions/test"
    );
    assert!(body["tenantId"].as_str().unwrap().starts_with("a360/"));
    assert_eq!(body["internalErrorCode"], "COMMON_ERROR_GENERIC");
    let expected = json!([{
        "record": "{\"event_idx\":1}",
        "causingExceptions": [
            "#: required key [first] not found",
            "#: required key [second] not found",
            "#: extraneous key [event_idx] is not permitted",
        ],
    }]);
    assert_eq!(body["details"], json!({"validationReport": expected}));
}

#[test]
fn live_extraneous_key_is_named_in_the_report() {
    let cause = cause(&tenant(), &with("nots", json!("x")));
    assert_eq!(cause, "#: extraneous key [nots] is not permitted");
}

#[test]
fn live_missing_key_is_named_in_the_report() {
    let tenant = tenant();
    for field in good().as_object().unwrap().keys() {
        let cause = cause(&tenant, &without(field));
        assert_eq!(cause, format!("#: required key [{field}] not found"));
    }
}

#[test]
fn doc_keys_are_case_sensitive() {
    let tenant = tenant();
    let mut record = without("note");
    record["Note"] = json!("x");
    let causes = tenant.record("visit", &record).causes();
    assert_eq!(causes.len(), 2, "{causes:?}");
}

#[test]
fn live_only_failing_records_are_listed_and_none_is_stored() {
    let tenant = tenant();
    let body = json!({"data": [good(), without("note"), good()]});
    let answer = tenant.post("Web/visit", body.to_string());
    assert_eq!(answer.causes(), ["#: required key [note] not found"]);
    let listed = answer.json()["details"]["validationReport"][0]["record"].clone();
    let record: Value = serde_json::from_str(listed.as_str().unwrap()).unwrap();
    assert_eq!(record, without("note"));
    assert_eq!(tenant.emulator.row_count("visit"), 0);
    assert_eq!(tenant.emulator.accepted("visit"), 0);
    assert_eq!(tenant.emulator.rejected("visit"), 3);
}

#[test]
fn live_a_value_of_the_wrong_type_is_told_with_both_types() {
    let tenant = tenant();
    let amount = cause(&tenant, &with("amount", json!("12.5")));
    assert_eq!(amount, "#/amount: expected type: Number, found: String");
}

#[test]
fn doc_every_kind_refuses_every_other_type() {
    let tenant = tenant();
    let values = [
        (json!(1), "Integer"),
        (json!(3_000_000_000_u64), "Long"),
        (json!(u64::MAX), "BigInteger"),
        (json!(1.5), "BigDecimal"),
        (json!(true), "Boolean"),
        (json!({"a": 1}), "JSONObject"),
        (json!([1, "}"]), "JSONArray"),
        (json!("x"), "String"),
    ];
    for field in good().as_object().unwrap().keys() {
        let expected = match field.as_str() {
            "amount" => "Number",
            "new" => "Boolean",
            _ => "String",
        };
        for (value, found) in &values {
            let is_number = value.is_number() && expected == "Number";
            if is_number || *found == expected {
                continue;
            }
            let cause = cause(&tenant, &with(field, value.clone()));
            let mismatch = format!("#/{field}: expected type: {expected}, found: {found}");
            assert_eq!(cause, mismatch);
        }
    }
}

#[test]
fn doc_dates_are_days_that_exist() {
    let tenant = tenant();
    for text in [
        "2026-02-30",
        "2026-13-01",
        "11.07.2026",
        "2026-07-11T00:00:00Z",
        "12026-07-11",
    ] {
        let cause = cause(&tenant, &with("day", json!(text)));
        let expected = format!("#/day: [{text}] is not a valid date. Expected [yyyy-MM-dd]");
        assert_eq!(cause, expected);
    }
}

#[test]
fn doc_date_times_are_utc_or_have_an_offset() {
    let tenant = tenant();
    for text in [
        "2026-02-30T00:00:00Z",
        "2026-07-11",
        "2026-07-11T22:47:38",
        "2026-07-11T24:00:00Z",
    ] {
        let cause = cause(&tenant, &with("at", json!(text)));
        let start =
            format!("#/at: [{text}] is not a valid date-time. Expected [yyyy-MM-dd'T'HH:mm:ssZ, ");
        assert!(cause.starts_with(&start), "{cause}");
    }
    for text in [
        "2026-07-11T22:47:38Z",
        "2026-07-11T22:47:38.123456789Z",
        "2026-07-11T22:47:38.1+02:00",
    ] {
        assert_eq!(
            tenant.record("visit", &with("at", json!(text))).status,
            202,
            "{text}"
        );
    }
}

#[test]
fn doc_mail_addresses_are_checked() {
    let cause = cause(&tenant(), &with("mail", json!("a@b")));
    assert_eq!(cause, "#/mail: [a@b] is not a valid email address");
}

#[test]
fn open_phone_percent_and_url_are_any_string() {
    let tenant = tenant();
    for field in ["phone", "share", "page"] {
        assert_eq!(
            tenant.record("visit", &with(field, json!("any"))).status,
            202
        );
    }
}

#[test]
fn doc_a_key_is_never_null_or_empty() {
    let tenant = tenant();
    let null = cause(&tenant, &with("id", Value::Null));
    assert_eq!(null, "#/id: expected type: String, found: Null");
    let empty = cause(&tenant, &with("id", json!("")));
    assert_eq!(empty, "#/id: expected minLength: 1, actual: 0");
}

#[test]
fn doc_the_event_time_is_never_null_or_empty() {
    let tenant = tenant();
    let null = cause(&tenant, &with("at", Value::Null));
    assert_eq!(null, "#/at: expected type: String, found: Null");
    let empty = cause(&tenant, &with("at", json!("")));
    assert!(
        empty.starts_with("#/at: [] is not a valid date-time."),
        "{empty}"
    );
}

#[test]
fn doc_other_fields_may_be_blank() {
    let tenant = tenant();
    for field in good().as_object().unwrap().keys() {
        if matches!(field.as_str(), "id" | "at") {
            continue;
        }
        assert_eq!(
            tenant.record("visit", &with(field, Value::Null)).status,
            202,
            "{field}"
        );
        let empty = tenant.record("visit", &with(field, json!("")));
        let is_string = !matches!(field.as_str(), "amount" | "new");
        assert_eq!(empty.status, if is_string { 202 } else { 400 }, "{field}");
    }
}

#[test]
fn live_a_record_that_is_no_object_is_reported() {
    let tenant = tenant();
    let answer = tenant.post("Web/visit", "[7]");
    assert_eq!(
        answer.causes(),
        ["#: expected type: JSONObject, found: Integer"]
    );
}

#[test]
fn doc_both_shapes_of_a_body_are_taken() {
    let tenant = tenant();
    let wrapped = tenant.post("Web/visit", json!({"data": [good()]}).to_string());
    let bare = tenant.post("Web/visit", json!([with("id", json!("v2"))]).to_string());
    for answer in [wrapped, bare] {
        assert_eq!(answer.status, 202);
        assert_eq!(answer.json(), json!({"accepted": true}));
    }
    assert_eq!(tenant.emulator.row_count("visit"), 2);
    assert_eq!(tenant.emulator.accepted("visit"), 2);
}

#[test]
fn code_actions_test_stores_nothing() {
    let tenant = tenant();
    let path = "Web/visit/actions/test";
    let good = tenant.post(path, json!({"data": [good()]}).to_string());
    assert_eq!(good.status, 202);
    let bad = tenant.post(path, json!({"data": [without("note")]}).to_string());
    assert_eq!(bad.status, 400);
    assert_eq!(tenant.emulator.row_count("visit"), 0);
    assert_eq!(tenant.emulator.accepted("visit"), 0);
    assert_eq!(tenant.emulator.rejected("visit"), 0);
}

#[test]
fn open_malformed_json_has_no_report() {
    let tenant = tenant();
    for body in ["", "{", "[{]", "{\"data\":7}", "{\"record\":[]}", "null"] {
        refused_as_malformed(&tenant.post("Web/visit", body));
    }
}

#[test]
fn open_a_key_that_comes_twice_is_malformed() {
    let tenant = tenant();
    for twice in [
        r#"{"first":"1","first":"1","second":""}"#,
        r#"{"x":1,"x":1}"#,
    ] {
        refused_as_malformed(&tenant.post("Web/draft", format!("[{twice}]")));
    }
    let escaped = r#"[{"first":"1","\u0066irst":"1","second":""}]"#;
    refused_as_malformed(&tenant.post("Web/draft", escaped));
}

#[test]
fn doc_two_hundred_thousand_bytes_are_the_limit() {
    let tenant = tenant();
    let body = |length: usize| {
        let empty = json!({"data": [with("note", json!(""))]}).to_string();
        let note = "x".repeat(length - empty.len());
        json!({"data": [with("note", json!(note))]}).to_string()
    };
    assert_eq!(tenant.post("Web/visit", body(200_000)).status, 202);
    let over = tenant.post("Web/visit", body(200_001));
    assert_eq!(over.status, 413);
    assert_eq!(over.json()["error"], "413 PAYLOAD_TOO_LARGE");
    assert_eq!(tenant.emulator.accepted("visit"), 1);
}

#[test]
fn own_a_body_too_long_to_hold_is_answered_too() {
    let tenant = tenant();
    let answer = tenant.post("Web/visit", vec![b'x'; 9 << 20]);
    assert_eq!(answer.status, 413);
    let last = tenant.emulator.requests().pop().unwrap();
    assert_eq!(last.bytes, 9 << 20);
}

#[test]
fn field_an_unknown_source_or_object_is_not_found() {
    let tenant = tenant();
    for path in [
        "Wab/visit",
        "Web/visits",
        "Web/Visit",
        "web/visit",
        "Wab/visit/actions/test",
    ] {
        let answer = tenant.post(path, json!({"data": [good()]}).to_string());
        assert_eq!(answer.status, 404, "{path}");
        let body = answer.json();
        assert_eq!(body["error"], "404 NOT_FOUND");
        assert_eq!(body["path"], format!("uri=/api/v1/ingest/sources/{path}"));
    }
}

#[test]
fn code_a_wrong_token_is_unauthorized() {
    let tenant = tenant();
    let path = "/api/v1/ingest/sources/Web/visit";
    let org = crate::client::org_token(&tenant.emulator);
    for token in ["nonsense", "", &org] {
        let answer = crate::client::call(&tenant.emulator, "POST", path)
            .bearer(token)
            .send("[]");
        assert_eq!(answer.status, 401);
        let body = answer.json();
        assert_eq!(body["error"], "Unauthorized");
        assert_eq!(body["message"], "Authorization header verification failed");
        assert_eq!(body["details"]["statusCode"], 401);
    }
    let none = crate::client::call(&tenant.emulator, "POST", path).send("[]");
    assert_eq!(none.status, 401);
}

#[test]
fn code_an_expired_token_is_unauthorized() {
    let tenant = tenant();
    tenant.emulator.expire_tenant_tokens();
    let answer = tenant.record("visit", &good());
    assert_eq!(answer.status, 401);
    let expected = json!({
        "error": "Unauthorized",
        "message": "Authorization header verification failed",
        "details": {
            "status": "UNAUTHENTICATED: Invalid JWT (not before or expired)",
            "statusCode": 401,
        },
    });
    assert_eq!(answer.json(), expected);
    let fresh = Client {
        token: crate::client::tenant_token(&tenant.emulator),
        ..tenant
    };
    assert_eq!(fresh.record("visit", &good()).status, 202);
}

#[test]
fn own_unknown_paths_and_methods_are_answered_in_json() {
    let tenant = tenant();
    let unknown = crate::client::call(&tenant.emulator, "GET", "/nowhere").send("");
    assert_eq!(
        (unknown.status, unknown.json()["error"].clone()),
        (404, json!("404 NOT_FOUND"))
    );
    let wrong = tenant.call("PUT", "Web/visit").send("");
    assert_eq!(wrong.status, 405);
    assert_eq!(wrong.json()["error"], "405 METHOD_NOT_ALLOWED");
}
