//! Connect REST: where a tool reads the schema.

use ingest_emulator::Emulator;
use ingest_schema::{Category, Field, Kind, Object, Schema};
use serde_json::{Value, json};

use crate::client::{Answer, Client, call, org_token, tenant_token};
use crate::schema::{builder, good, tenant};

fn get(emulator: &Emulator, path: &str) -> Answer {
    let path = format!("/services/data/v62.0/ssot/{path}");
    call(emulator, "GET", &path)
        .bearer(&org_token(emulator))
        .send("")
}

fn connection(emulator: &Emulator) -> Value {
    let body = get(emulator, "connections?connectorType=IngestApi").json();
    body["connections"][0].clone()
}

#[test]
fn doc_connections_tell_the_suffixed_name_and_the_endpoint() {
    let emulator = builder().start().unwrap();
    let body = get(&emulator, "connections?connectorType=ingestapi").json();
    assert_eq!(body["totalSize"], 1);
    assert_eq!(body["nextPageUrl"], Value::Null);
    let connection = &body["connections"][0];
    assert_eq!(connection["label"], "Web");
    assert!(connection["name"].as_str().unwrap().starts_with("Web_"));
    assert!(connection["id"].as_str().unwrap().starts_with("1WM"));
    assert_eq!(connection["connectorType"], "IngestApi");
    assert_eq!(connection["status"], "CONNECTED");
    let endpoint = connection["tenantSpecificEndpoint"].as_str().unwrap();
    assert_eq!(format!("http://{endpoint}"), emulator.tenant_url());
    let other = get(&emulator, "connections?connectorType=Snowflake").json();
    assert_eq!(other["totalSize"], 0);
}

#[test]
fn doc_the_connector_type_is_required() {
    let emulator = builder().start().unwrap();
    let answer = get(&emulator, "connections");
    assert_eq!(answer.status, 400);
    assert!(answer.json()[0]["errorCode"].is_string());
    assert!(answer.json()[0]["message"].is_string());
}

#[test]
fn doc_the_schema_lists_fields_with_their_data_types() {
    let emulator = builder().start().unwrap();
    let id = connection(&emulator)["id"].as_str().unwrap().to_owned();
    let body = get(&emulator, &format!("connections/{id}/schema")).json();
    let schemas = body["schemas"].as_array().unwrap();
    assert_eq!(schemas.len(), 4);
    assert_eq!(schemas[0]["name"], "visit");
    assert_eq!(schemas[0]["schemaType"], "IngestApi");
    assert_eq!(schemas[0]["availabilityStatus"], "InUse");
    assert_eq!(schemas[3]["availabilityStatus"], "Available");
    let expected = json!({"name": "at", "label": "at", "dataType": "DateTime"});
    assert_eq!(schemas[0]["fields"][1], expected);
    assert_eq!(get(&emulator, "connections/1WM0/schema").status, 404);
}

#[test]
fn doc_data_streams_carry_the_roles() {
    let tenant = tenant();
    assert_eq!(tenant.record("visit", &good()).status, 202);
    let name = connection(&tenant.emulator)["name"].clone();
    let path = format!("data-streams?connectionName={}", name.as_str().unwrap());
    let body = get(&tenant.emulator, &path).json();
    assert_eq!(body["totalSize"], 3);
    let stream = &body["dataStreams"][0];
    assert_eq!(stream["connectorInfo"]["connectorDetails"]["name"], name);
    assert_eq!(
        stream["connectorInfo"]["connectorDetails"]["events"],
        json!(["visit"])
    );
    assert_eq!(stream["refreshConfig"]["refreshMode"], "UPSERT");
    assert_eq!(
        (&stream["totalRecords"], &stream["lastProcessedRecords"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        stream["sourceFields"][1],
        json!({"name": "at", "datatype": "DateTime", "format": "date-time"})
    );
    let lake = &stream["dataLakeObjectInfo"];
    assert_eq!(lake["name"], "visit_Web__dll");
    assert_eq!(lake["category"], "Engagement");
    assert_eq!(lake["eventDateTimeFieldName"], "at__c");
    assert_eq!(lake["recordModifiedFieldName"], Value::Null);
    let fields = lake["dataLakeFieldInfoRepresentation"].as_array().unwrap();
    assert_eq!(fields[0]["name"], "id__c");
    let keys: Vec<_> = fields
        .iter()
        .filter(|field| field["isPrimaryKey"] == true)
        .collect();
    assert_eq!(keys.len(), 1);
}

#[test]
fn doc_partial_streams_say_so() {
    let emulator = builder().start().unwrap();
    let stream = get(&emulator, "data-streams/patch_Web").json();
    assert_eq!(stream["refreshConfig"]["refreshMode"], "PARTIAL_UPDATE");
    assert_eq!(
        stream["dataLakeObjectInfo"]["recordModifiedFieldName"],
        "changed__c"
    );
    assert_eq!(stream["dataLakeObjectInfo"]["category"], "Profile");
}

#[test]
fn own_an_object_without_roles_has_no_stream() {
    let emulator = builder().start().unwrap();
    assert_eq!(get(&emulator, "data-streams/draft_Web").status, 404);
    let short = get(&emulator, "data-streams?connectionName=Web").json();
    assert_eq!(short["totalSize"], 3);
    let other = get(&emulator, "data-streams?connectionName=Wab").json();
    assert_eq!(other["totalSize"], 0);
}

/// Twenty-three streams: two full pages and a rest.
fn wide() -> Emulator {
    let object = |at: usize| {
        let mut object = Object::new(format!("o{at:02}"), vec![Field::new("id", Kind::Text)]);
        object.roles.category = Some(Category::Profile);
        object
    };
    let objects = (0..23).map(object).collect();
    Emulator::start(Schema::new(Some("Web".to_owned()), objects)).unwrap()
}

#[test]
fn doc_data_streams_come_in_pages() {
    let emulator = wide();
    let token = org_token(&emulator);
    let mut url = "/services/data/v67.0/ssot/data-streams?connectionName=Web".to_owned();
    let mut sizes = Vec::new();
    let mut names = Vec::new();
    loop {
        let page = call(&emulator, "GET", &url).bearer(&token).send("").json();
        let streams = page["dataStreams"].as_array().unwrap();
        sizes.push(streams.len());
        names.extend(streams.iter().map(|stream| stream["name"].clone()));
        assert_eq!(page["totalSize"], 23);
        match page["nextPageUrl"].as_str() {
            Some(next) => url = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(sizes, [10, 10, 3]);
    names.dedup();
    assert_eq!(names.len(), 23);
}

#[test]
fn doc_pages_hold_1_to_200() {
    let emulator = wide();
    let size = |query: &str| {
        let body = get(&emulator, &format!("data-streams?{query}")).json();
        body["dataStreams"].as_array().map(Vec::len)
    };
    assert_eq!(size("limit=200"), Some(23));
    assert_eq!(size("limit=5&offset=21"), Some(2));
    assert_eq!(size("offset=99"), Some(0));
    for query in ["limit=0", "limit=201", "limit=-1", "limit=x", "offset=x"] {
        let answer = get(&emulator, &format!("data-streams?{query}"));
        assert_eq!(answer.status, 400, "{query}");
        assert!(answer.json()[0]["errorCode"].is_string());
    }
}

#[test]
fn doc_connect_rest_wants_an_org_token() {
    let emulator = builder().start().unwrap();
    let path = "/services/data/v62.0/ssot/data-streams";
    let tenant = tenant_token(&emulator);
    for token in ["nonsense", &tenant] {
        let answer = call(&emulator, "GET", path).bearer(token).send("");
        assert_eq!(answer.status, 401);
        assert_eq!(answer.json()[0]["errorCode"], "INVALID_SESSION_ID");
    }
    let token = org_token(&emulator);
    emulator.expire_org_tokens();
    assert_eq!(
        call(&emulator, "GET", path).bearer(&token).send("").status,
        401
    );
}

#[test]
fn doc_versions_before_62_have_no_such_resource() {
    let emulator = builder().start().unwrap();
    let token = org_token(&emulator);
    for (version, status) in [
        ("v61.0", 404),
        ("v62.0", 200),
        ("v67.0", 200),
        ("v62", 404),
        ("62.0", 404),
    ] {
        let path = format!("/services/data/{version}/ssot/data-streams");
        let answer = call(&emulator, "GET", &path).bearer(&token).send("");
        assert_eq!(answer.status, status, "{version}");
        assert!(status == 200 || answer.json()[0]["errorCode"] == "NOT_FOUND");
    }
    let unknown = get(&emulator, "nothing");
    assert_eq!(
        (unknown.status, unknown.json()[0]["errorCode"].clone()),
        (404, json!("NOT_FOUND"))
    );
}

#[test]
fn brief_sources_tell_objects_and_counts() {
    let tenant: Client = tenant();
    tenant.record("visit", &good());
    tenant.record("visit", &json!({}));
    let answer = call(&tenant.emulator, "GET", "/api/v1/ingest/sources")
        .bearer(&tenant.token)
        .send("");
    let body = answer.json();
    assert_eq!(body["sources"][0]["name"], "Web");
    let visit = &body["sources"][0]["objects"][0];
    assert_eq!(visit["name"], "visit");
    assert_eq!(
        visit["fields"][0],
        json!({"name": "id", "dataType": "Text"})
    );
    assert_eq!(
        (&visit["accepted"], &visit["rejected"], &visit["rows"]),
        (&json!(1), &json!(1), &json!(1))
    );
    let denied = call(&tenant.emulator, "GET", "/api/v1/ingest/sources").send("");
    assert_eq!(denied.status, 401);
}

#[test]
fn brief_a_token_without_the_api_scope_reads_no_schema() {
    let emulator = builder().scopes("cdp_ingest_api").start().unwrap();
    let answer = get(&emulator, "connections?connectorType=IngestApi");
    assert_eq!(answer.status, 403);
    assert_eq!(answer.json()[0]["errorCode"], "INSUFFICIENT_ACCESS");
    let emulator = builder().scopes("api").start().unwrap();
    let answer = get(&emulator, "connections?connectorType=IngestApi");
    assert_eq!(answer.status, 200);
}
