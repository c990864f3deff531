//! What a tool reads of connections, streams, sources and the lake.

use ingest_emulator::{Builder, EndpointsBody, EnumCase, SourcesBody};
use ingest_schema::Schema;
use serde_json::{Value, json};

use crate::client::{Answer, Client, call, org_token};
use crate::schema::{builder, good, tenant};

fn start(builder: Builder) -> Client {
    Client::new(builder.start().unwrap())
}

fn get(tenant: &Client, path: &str) -> Answer {
    let token = org_token(&tenant.emulator);
    call(&tenant.emulator, "GET", path).bearer(&token).send("")
}

fn ssot(tenant: &Client, path: &str) -> Value {
    get(tenant, &format!("/services/data/v62.0/ssot/{path}")).json()
}

fn of_tenant(tenant: &Client, path: &str) -> Answer {
    call(&tenant.emulator, "GET", path)
        .bearer(&tenant.token)
        .send("")
}

#[test]
fn doc_connections_come_in_pages() {
    let idle: Vec<String> = (0..11).map(|at| format!("Idle{at}")).collect();
    let tenant = start(builder().idle_connections(idle));
    let first = ssot(&tenant, "connections?connectorType=IngestApi");
    assert_eq!(first["totalSize"], 12);
    assert_eq!(first["connections"].as_array().unwrap().len(), 10);
    let next = get(&tenant, first["nextPageUrl"].as_str().unwrap()).json();
    assert_eq!(next["connections"].as_array().unwrap().len(), 2);
    assert_eq!(next["nextPageUrl"], Value::Null);
    let id = next["connections"][1]["id"].as_str().unwrap();
    assert_eq!(
        ssot(&tenant, &format!("connections/{id}/schema")),
        json!({"schemas": []})
    );
}

#[test]
fn doc_enum_values_may_be_in_any_case() {
    for (case, connector, refresh) in [
        (EnumCase::Documented, "IngestApi", "UPSERT"),
        (EnumCase::Upper, "INGESTAPI", "UPSERT"),
        (EnumCase::Lower, "ingestapi", "upsert"),
    ] {
        let tenant = start(builder().enum_case(case));
        let connection = ssot(&tenant, "connections?connectorType=IngestApi");
        assert_eq!(connection["connections"][0]["connectorType"], connector);
        let stream = ssot(&tenant, "data-streams/visit_Web");
        assert_eq!(stream["refreshConfig"]["refreshMode"], refresh);
    }
}

fn endpoints(tenant: &Client, version: &str) -> Answer {
    let body = ssot(tenant, "connections?connectorType=IngestApi");
    let id = body["connections"][0]["id"].as_str().unwrap();
    get(
        tenant,
        &format!("/services/data/{version}/ssot/connections/{id}/endpoints"),
    )
}

#[test]
fn doc_the_file_of_endpoints_is_an_openapi_file() {
    let tenant = tenant();
    let answer = endpoints(&tenant, "v61.0");
    assert_eq!(
        (answer.status, &*answer.content_type),
        (200, "application/octet-stream")
    );
    assert!(answer.text.contains("/api/v1/ingest/sources/Web/visit"));
    let read = Schema::parse("endpoints.yaml", &answer.text)
        .unwrap()
        .schema;
    let names: Vec<&str> = read.objects.iter().map(|object| &*object.name).collect();
    assert_eq!(names, ["visit", "contact", "patch", "draft"]);
    for (read, sent) in read.objects[0]
        .fields
        .iter()
        .zip(crate::schema::visit().fields)
    {
        assert_eq!((&read.name, read.kind), (&sent.name, sent.kind));
    }
    assert!(read.objects[0].roles.is_empty(), "no key and no category");
    assert_eq!(endpoints(&tenant, "v60.0").status, 404);
}

#[test]
fn open_the_file_of_endpoints_may_have_schemas_alone() {
    let tenant = start(builder().endpoints_body(EndpointsBody::Schemas));
    let text = endpoints(&tenant, "v62.0").text;
    assert!(!text.contains("paths") && !text.contains("info"));
    assert_eq!(
        Schema::parse("endpoints.yaml", &text)
            .unwrap()
            .schema
            .objects
            .len(),
        4
    );
}

#[test]
fn doc_a_stream_tells_its_last_run() {
    let tenant = tenant();
    let stream = || ssot(&tenant, "data-streams/visit_Web");
    let before = stream();
    assert_eq!(
        (&before["lastRunStatus"], &before["lastRefreshDate"]),
        (&json!("NONE"), &Value::Null)
    );
    let mut other = good();
    other["id"] = json!("v2");
    tenant.record("visit", &good());
    let body = json!({"data": [good(), other]}).to_string();
    assert_eq!(tenant.post("Web/visit", body).status, 202);
    let after = stream();
    assert_eq!(after["lastRunStatus"], "SUCCESS");
    assert!(after["lastRefreshDate"].as_str().unwrap().ends_with('Z'));
    assert_eq!(
        (&after["lastAddedRecords"], &after["lastProcessedRecords"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(after["totalRecords"], 2);
}

#[test]
fn open_the_list_of_sources_may_be_bare() {
    let tenant = start(builder().sources_body(SourcesBody::Bare));
    let body = of_tenant(&tenant, "/api/v1/ingest/sources").json();
    assert_eq!(body[0]["name"], "Web");
    assert_eq!(body[0]["objects"][0]["name"], "visit");
}

#[test]
fn doc_metadata_names_the_lakes_objects() {
    let tenant = tenant();
    let body = of_tenant(&tenant, "/api/v1/metadata").json();
    let all = body["metadata"].as_array().unwrap();
    let names: Vec<&str> = all
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["visit_Web__dll", "contact_Web__dll", "patch_Web__dll"]
    );
    assert_eq!(
        all[0]["fields"][1],
        json!({"name": "at__c", "displayName": "at", "type": "DATE_TIME"})
    );
    assert_eq!(
        all[0]["fields"][5]["type"], "STRING",
        "an e-mail address is lost in it"
    );
    assert_eq!(all[0]["primaryKeys"][0]["name"], "id__c");
    assert_eq!(
        call(&tenant.emulator, "GET", "/api/v1/metadata")
            .send("")
            .status,
        401
    );
}
