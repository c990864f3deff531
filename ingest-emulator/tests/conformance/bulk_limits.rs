//! How many jobs, files and bytes there may be, and how jobs are listed.

use ingest_emulator::{Emulator, HourlyLimit};
use ingest_schema::{Field, Kind, Object, Schema};
use serde_json::Value;

use crate::client::Client;
use crate::schema::{builder, tenant};

fn start(builder: ingest_emulator::Builder) -> Client {
    Client::new(builder.start().unwrap())
}

/// A tenant of so many objects, named by their numbers.
fn wide(objects: usize) -> ingest_emulator::Builder {
    let object = |at: usize| Object::new(at.to_string(), vec![Field::new("id", Kind::Text)]);
    let objects = (0..objects).map(object).collect();
    Emulator::builder(Schema::new(Some("Web".to_owned()), objects)).requests_per_second(0)
}

#[test]
fn doc_five_jobs_are_active_at_once() {
    let tenant = start(wide(6));
    let ids: Vec<String> = (0..5)
        .map(|at| tenant.created(&at.to_string(), "upsert"))
        .collect();
    assert_eq!(tenant.create("5", "upsert").status, 429);
    tenant.patch(&ids[3], "Aborted");
    assert_eq!(tenant.create("5", "upsert").status, 201);
}

#[test]
fn open_one_job_too_many_may_have_another_status() {
    let tenant = start(wide(6).job_limit_status(400));
    for at in 0..5 {
        tenant.created(&at.to_string(), "upsert");
    }
    assert_eq!(tenant.create("5", "upsert").status, 400);
}

#[test]
fn doc_twenty_jobs_are_made_in_an_hour() {
    let tenant = tenant();
    for _ in 0..20 {
        let id = tenant.created("visit", "upsert");
        assert_eq!(tenant.patch(&id, "Aborted").status, 200);
    }
    assert_eq!(tenant.create("visit", "upsert").status, 429);
    assert_eq!(
        tenant.jobs("GET", "?states=Open", "").json()["data"],
        Value::Array(vec![])
    );
}

#[test]
fn open_requests_may_count_in_place_of_jobs() {
    let builder = builder()
        .hourly_limit(HourlyLimit::Requests)
        .jobs_per_hour(3);
    let tenant = start(builder);
    let id = tenant.created("visit", "upsert");
    assert_eq!(tenant.upload(&id, "id,at\n").status, 202);
    assert_eq!(tenant.job(&id)["state"], "Open", "reads do not count");
    assert_eq!(tenant.patch(&id, "Aborted").status, 200);
    assert_eq!(tenant.create("contact", "upsert").status, 429);
}

#[test]
fn doc_a_job_has_a_hundred_files() {
    let tenant = start(builder().requests_per_second(0));
    let id = tenant.created("visit", "delete");
    for at in 0..100 {
        assert_eq!(tenant.upload(&id, format!("k{at}\n")).status, 202);
    }
    assert_eq!(tenant.upload(&id, "k\n").status, 400);
    assert_eq!(tenant.finish(&id), "JobComplete");
}

#[test]
fn doc_a_file_has_150_000_000_bytes() {
    let tenant = tenant();
    let id = tenant.created("visit", "delete");
    let mut file = vec![b'x'; 150_000_000];
    assert_eq!(tenant.upload(&id, &file).status, 202);
    file.push(b'x');
    let answer = tenant.upload(&id, &file);
    assert_eq!(answer.status, 413);
    assert_eq!(answer.json()["error"], "413 PAYLOAD_TOO_LARGE");
}

#[test]
fn open_the_limit_of_a_file_and_its_status_can_be_set() {
    let tenant = start(builder().max_file(9).oversize_status(400));
    let id = tenant.created("visit", "delete");
    assert_eq!(tenant.upload(&id, "12345678\n").status, 202);
    assert_eq!(tenant.upload(&id, "123456789\n").status, 400);
}

fn listed(tenant: &Client, query: &str) -> Vec<String> {
    let answer = tenant.jobs("GET", query, "");
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body = answer.json();
    let object = |job: &Value| job["object"].as_str().unwrap().to_owned();
    body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(object)
        .collect()
}

/// Forty jobs of forty objects, all aborted but the last.
fn forty() -> Client {
    let tenant = start(wide(120).jobs_per_hour(0));
    for at in 0..120 {
        let id = tenant.created(&at.to_string(), "upsert");
        if at < 119 {
            tenant.patch(&id, "Aborted");
        }
    }
    tenant
}

#[test]
fn doc_a_list_has_20_jobs_and_100_at_most() {
    let tenant = forty();
    assert_eq!(listed(&tenant, "").len(), 20);
    assert_eq!(listed(&tenant, "?limit=100").len(), 100);
    assert_eq!(listed(&tenant, "?limit=100&offset=100").len(), 20);
    for query in [
        "?limit=101",
        "?limit=0",
        "?limit=x",
        "?offset=-1",
        "?orderBy=x",
        "?states=Done",
    ] {
        assert_eq!(tenant.jobs("GET", query, "").status, 400, "{query}");
    }
}

#[test]
fn doc_a_list_is_of_some_states_and_in_an_order() {
    let tenant = forty();
    assert_eq!(listed(&tenant, "?states=Open"), ["119"]);
    assert_eq!(listed(&tenant, "?states=Open,Failed&limit=5"), ["119"]);
    assert_eq!(
        listed(&tenant, "?orderBy=createdDate&limit=2"),
        ["119", "118"]
    );
    assert_eq!(
        listed(&tenant, "?orderBy=createdDate%20asc&limit=2"),
        ["0", "1"]
    );
    assert_eq!(
        listed(&tenant, "?orderBy=createdDate+asc&limit=2&offset=3"),
        ["3", "4"]
    );
}
