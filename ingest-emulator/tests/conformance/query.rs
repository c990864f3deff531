//! Queries for what landed.

use serde_json::{Value, json};

use crate::client::{Answer, Client, call};
use crate::schema::{good, tenant, with};

fn ask(tenant: &Client, sql: &str) -> Answer {
    let body = json!({ "sql": sql }).to_string();
    call(&tenant.emulator, "POST", "/api/v2/query")
        .bearer(&tenant.token)
        .send(body)
}

fn data(tenant: &Client, sql: &str) -> Value {
    let answer = ask(tenant, sql);
    assert_eq!(answer.status, 200, "{sql}: {}", answer.text);
    answer.json()["data"].clone()
}

/// Contacts 1 to 5; the third has no name.
fn contacts() -> Client {
    let tenant = tenant();
    let contact = |number: u32| {
        let name = if number == 3 {
            Value::Null
        } else {
            json!(format!("n{number}"))
        };
        json!({"number": number, "name": name, "changed": format!("2026-01-0{number}T00:00:00.000Z")})
    };
    let all: Vec<Value> = (1..=5).map(contact).collect();
    assert_eq!(
        tenant.post("Web/contact", json!(all).to_string()).status,
        202
    );
    tenant
}

fn numbers(tenant: &Client, rest: &str) -> Vec<u64> {
    let rows = data(
        tenant,
        &format!("SELECT number__c FROM contact_Web__dll {rest}"),
    );
    let number = |row: &Value| row[0].as_u64().unwrap();
    rows.as_array().unwrap().iter().map(number).collect()
}

#[test]
fn doc_an_answer_has_rows_times_and_columns() {
    let tenant = tenant();
    tenant.record("visit", &good());
    let body = ask(&tenant, "SELECT id__c, amount__c FROM visit_Web__dll").json();
    assert_eq!(body["data"], json!([["v1", 12.5]]));
    assert_eq!(
        (&body["rowCount"], &body["done"]),
        (&json!(1), &json!(true))
    );
    for time in ["startTime", "endTime"] {
        assert!(body[time].as_str().unwrap().ends_with('Z'));
    }
    assert!(!body["queryId"].as_str().unwrap().is_empty());
    let amount = json!({"type": "DECIMAL", "typeCode": 3, "placeInOrder": 1});
    assert_eq!(body["metadata"]["amount__c"], amount);
    assert_eq!(body["metadata"]["id__c"]["placeInOrder"], 0);
}

#[test]
fn doc_a_star_is_all_columns_with_the_lakes_names() {
    let tenant = tenant();
    tenant.record("visit", &good());
    let body = ask(&tenant, "select * from VISIT_web__dll").json();
    let metadata = body["metadata"].as_object().unwrap();
    assert_eq!(metadata.len(), 10);
    for (name, entry) in metadata {
        let at = usize::try_from(entry["placeInOrder"].as_u64().unwrap()).unwrap();
        let field = name.strip_suffix("__c").unwrap();
        assert_eq!(body["data"][0][at], good()[field], "{name}");
    }
}

#[test]
fn own_conditions_choose_rows() {
    let tenant = contacts();
    for (condition, expected) in [
        ("WHERE number__c = 2", vec![2]),
        ("WHERE 2 < number__c AND number__c <> 4", vec![3, 5]),
        ("WHERE number__c >= 4 OR name__c = 'n1'", vec![1, 4, 5]),
        ("WHERE name__c IN ('n2', 'n5', 'x')", vec![2, 5]),
        ("WHERE name__c NOT IN ('n2')", vec![1, 4, 5]),
        ("WHERE name__c IS NULL", vec![3]),
        ("WHERE NOT (name__c IS NULL OR number__c < 3)", vec![4, 5]),
        ("WHERE number__c BETWEEN 2 AND 3", vec![2, 3]),
        ("WHERE changed__c > '2026-01-03T23:00:00+00:00'", vec![4, 5]),
        ("WHERE changed__c = '2026-01-02T01:00:00+01:00'", vec![2]),
        ("WHERE number__c > -1.5e0 AND number__c < 2", vec![1]),
        ("WHERE name__c = NULL", vec![]),
    ] {
        assert_eq!(numbers(&tenant, condition), expected, "{condition}");
    }
}

#[test]
fn own_rows_come_in_an_order_and_in_parts() {
    let tenant = contacts();
    for (rest, expected) in [
        ("ORDER BY number__c DESC", vec![5, 4, 3, 2, 1]),
        ("ORDER BY name__c", vec![1, 2, 4, 5, 3]),
        ("ORDER BY name__c DESC NULLS LAST LIMIT 2", vec![5, 4]),
        ("ORDER BY number__c LIMIT 2 OFFSET 3", vec![4, 5]),
        ("LIMIT 2", vec![1, 2]),
        ("LIMIT 0", vec![]),
        ("OFFSET 9", vec![]),
    ] {
        assert_eq!(numbers(&tenant, rest), expected, "{rest}");
    }
}

#[test]
fn own_rows_are_counted() {
    let tenant = contacts();
    let count = |sql: &str| data(&tenant, sql);
    assert_eq!(count("SELECT COUNT(*) FROM contact_Web__dll"), json!([[5]]));
    let some = "select count(*) as n from contact_Web__dll where number__c > 3";
    assert_eq!(count(some), json!([[2]]));
    assert_eq!(ask(&tenant, some).json()["metadata"]["n"]["type"], "BIGINT");
    assert_eq!(count("SELECT COUNT(*) FROM patch_Web__dll"), json!([[0]]));
}

#[test]
fn own_what_is_not_supported_is_named() {
    let tenant = contacts();
    for (sql, named) in [
        (
            "SELECT * FROM contact_Web__dll JOIN visit_Web__dll ON 1=1",
            "JOIN",
        ),
        (
            "SELECT * FROM contact_Web__dll, visit_Web__dll",
            "visit_Web__dll",
        ),
        ("SELECT DISTINCT name__c FROM contact_Web__dll", "DISTINCT"),
        (
            "SELECT COUNT(DISTINCT name__c) FROM contact_Web__dll",
            "DISTINCT",
        ),
        (
            "SELECT name__c FROM contact_Web__dll GROUP BY name__c",
            "GROUP BY",
        ),
        (
            "SELECT name__c FROM contact_Web__dll WHERE name__c LIKE 'n%'",
            "LIKE",
        ),
        ("SELECT UPPER(name__c) FROM contact_Web__dll", "UPPER"),
        (
            "WITH x AS (SELECT 1) SELECT * FROM contact_Web__dll",
            "WITH",
        ),
        ("SELECT 1 UNION SELECT 2", "UNION"),
        ("SELECT * FROM (SELECT 1) AS t", "SELECT 1"),
        ("SELECT * FROM contact_Web__dll AS t", "AS t"),
        (
            "SELECT * FROM contact_Web__dll FETCH FIRST 1 ROW ONLY",
            "FETCH",
        ),
        ("DELETE FROM contact_Web__dll", "DELETE"),
        ("DROP TABLE contact_Web__dll", "DROP"),
        (
            "SELECT name__c FROM contact_Web__dll WHERE name__c = number__c",
            "name__c = number__c",
        ),
    ] {
        let answer = ask(&tenant, sql);
        assert_eq!(answer.status, 400, "{sql}: {}", answer.text);
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(
            message.contains(named) && message.contains("not supported"),
            "{sql}: {message}"
        );
    }
    assert_eq!(tenant.emulator.row_count("contact"), 5);
}

#[test]
fn own_names_and_values_are_checked() {
    let tenant = contacts();
    for (sql, said) in [
        (
            "SELECT * FROM contact__dll",
            "there is no table `contact__dll`",
        ),
        ("SELECT * FROM draft_Web__dll", "there is no table"),
        (
            "SELECT name FROM contact_Web__dll",
            "there is no column `name`",
        ),
        (
            "SELECT * FROM contact_Web__dll WHERE number__c = '1'",
            "is a DECIMAL",
        ),
        (
            "SELECT * FROM contact_Web__dll WHERE changed__c > 'soon'",
            "is a TIMESTAMP",
        ),
        ("SELEKT", "cannot be read"),
        ("", "empty"),
        ("SELECT 1; SELECT 2", "more than one"),
    ] {
        let answer = ask(&tenant, sql);
        assert_eq!(answer.status, 400, "{sql}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(said), "{sql}: {message}");
    }
}

#[test]
fn own_a_long_condition_is_answered_or_refused() {
    let tenant = contacts();
    let chain = |terms: usize| {
        let terms = vec!["number__c = 9"; terms].join(" OR ");
        ask(
            &tenant,
            &format!("SELECT COUNT(*) FROM contact_Web__dll WHERE {terms}"),
        )
        .status
    };
    assert_eq!((chain(240), chain(50_000)), (200, 400));
    let nested = format!("{}number__c = 1{}", "(".repeat(400), ")".repeat(400));
    let sql = format!("SELECT COUNT(*) FROM contact_Web__dll WHERE {nested}");
    assert_eq!(ask(&tenant, &sql).status, 400);
    let nots = format!("{} number__c = 1", "NOT ".repeat(900));
    let sql = format!("SELECT COUNT(*) FROM contact_Web__dll WHERE {nots}");
    assert!(matches!(ask(&tenant, &sql).status, 200 | 400));
}

#[test]
fn own_numbers_that_are_too_long_for_json_readers_keep_their_value() {
    let tenant = tenant();
    tenant.record("visit", &with("amount", json!(1e300)));
    assert_eq!(
        data(&tenant, "SELECT amount__c FROM visit_Web__dll"),
        json!([[1e300]])
    );
}

#[test]
fn doc_a_query_wants_a_tenant_token() {
    let tenant = tenant();
    let answer = call(&tenant.emulator, "POST", "/api/v2/query").send("{}");
    assert_eq!(answer.status, 401);
}
