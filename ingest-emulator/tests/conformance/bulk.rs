//! The life of a bulk job, and what it does to streaming meanwhile.

use std::time::Duration;

use serde_json::json;

use crate::client::{Client, call, org_token};
use crate::schema::{builder, tenant};

const FAR: Duration = Duration::from_secs(3_600);

fn busy(wait: Duration, run: Duration) -> Client {
    let builder = builder().bulk_times(wait, run).requests_per_second(0);
    Client::new(builder.start().unwrap())
}

const CONTACT: &str = "number,name,changed\n1,bulk,2026-01-02T00:00:00Z\n";

#[test]
fn doc_a_new_job_is_201_and_open() {
    let tenant = tenant();
    let answer = tenant.create("contact", "upsert");
    assert_eq!(answer.status, 201);
    let job = answer.json();
    let id = job["id"].as_str().unwrap();
    assert_eq!(job["state"], "Open");
    assert_eq!(
        job["contentUrl"],
        format!("/api/v1/ingest/jobs/{id}/batches")
    );
}

#[test]
fn doc_a_job_is_shown_without_counts_and_without_errors() {
    let tenant = tenant();
    let id = tenant.created("contact", "upsert");
    let job = tenant.job(&id);
    let mut names: Vec<&str> = job
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    let documented = [
        "apiVersion",
        "contentType",
        "contentUrl",
        "createdById",
        "createdDate",
        "id",
        "object",
        "operation",
        "retries",
        "sourceName",
        "state",
        "systemModstamp",
        "totalProcessingTime",
    ];
    assert_eq!(names, documented);
    assert_eq!(
        (&job["operation"], &job["sourceName"]),
        (&json!("upsert"), &json!("Web"))
    );
    assert_eq!(
        (&job["contentType"], &job["apiVersion"]),
        (&json!("CSV"), &json!("v1"))
    );
    assert_eq!(job["systemModstamp"], "");
}

#[test]
fn doc_an_upload_is_202() {
    let tenant = tenant();
    let id = tenant.created("contact", "upsert");
    assert_eq!(tenant.upload(&id, CONTACT).status, 202);
}

#[test]
fn doc_a_closed_job_completes_and_its_rows_land() {
    let tenant = tenant();
    let id = tenant.created("contact", "upsert");
    tenant.upload(&id, CONTACT);
    let closed = tenant.patch(&id, "UploadComplete");
    assert_eq!(closed.status, 200);
    assert_eq!(closed.json()["state"], "UploadComplete");
    assert_eq!(
        tenant.until(&id, |state| state == "JobComplete"),
        "JobComplete"
    );
    let row = json!({"number": 1, "name": "bulk", "changed": "2026-01-02T00:00:00Z"});
    assert_eq!(tenant.emulator.rows("contact"), [row]);
    assert!(
        tenant.job(&id)["systemModstamp"]
            .as_str()
            .unwrap()
            .ends_with('Z')
    );
}

#[test]
fn doc_a_job_goes_from_upload_complete_to_in_progress() {
    let tenant = busy(Duration::ZERO, FAR);
    let id = tenant.created("contact", "upsert");
    tenant.upload(&id, CONTACT);
    assert_eq!(tenant.patch(&id, "UploadComplete").status, 200);
    assert_eq!(
        tenant.until(&id, |state| state != "UploadComplete"),
        "InProgress"
    );
}

#[test]
fn doc_an_aborted_job_changes_nothing() {
    let tenant = tenant();
    let id = tenant.created("contact", "upsert");
    tenant.upload(&id, CONTACT);
    let answer = tenant.patch(&id, "Aborted");
    assert_eq!(
        (answer.status, answer.json()["state"].clone()),
        (200, json!("Aborted"))
    );
    assert_eq!(tenant.emulator.row_count("contact"), 0);
    assert_eq!(tenant.upload(&id, CONTACT).status, 409);
}

#[test]
fn doc_a_closed_job_that_waits_can_be_aborted() {
    let tenant = busy(FAR, Duration::ZERO);
    let id = tenant.created("contact", "upsert");
    assert_eq!(tenant.patch(&id, "UploadComplete").status, 200);
    assert_eq!(tenant.patch(&id, "Aborted").status, 200);
}

#[test]
fn live_aborting_a_finished_job_is_a_conflict() {
    let tenant = tenant();
    let id = tenant.created("contact", "upsert");
    tenant.finish(&id);
    let answer = tenant.patch(&id, "Aborted");
    assert_eq!(answer.status, 409);
    let body = answer.json();
    assert_eq!(body["error"], "409 CONFLICT");
    let message = "The request conflicts with current state of the target resource.";
    assert_eq!(
        (&body["message"], &body["details"]),
        (&json!(message), &json!({}))
    );
}

#[test]
fn live_a_second_job_for_an_object_is_a_conflict() {
    let tenant = tenant();
    let id = tenant.created("contact", "upsert");
    assert_eq!(tenant.create("contact", "delete").status, 409);
    assert_eq!(tenant.create("visit", "upsert").status, 201);
    assert_eq!(tenant.patch(&id, "Aborted").status, 200);
    assert_eq!(tenant.create("contact", "delete").status, 201);
}

#[test]
fn doc_a_job_is_deleted_unless_open_or_in_progress() {
    let tenant = busy(Duration::ZERO, FAR);
    let running = tenant.created("contact", "upsert");
    let delete = |id: &str| tenant.jobs("DELETE", &format!("/{id}"), "");
    assert_eq!(delete(&running).status, 409);
    tenant.patch(&running, "UploadComplete");
    tenant.until(&running, |state| state == "InProgress");
    assert_eq!(delete(&running).status, 409);
    let aborted = tenant.created("visit", "upsert");
    tenant.patch(&aborted, "Aborted");
    let answer = delete(&aborted);
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    assert_eq!(tenant.jobs("GET", &format!("/{aborted}"), "").status, 404);
    assert_eq!(delete(&aborted).status, 404);
}

fn contact(tenant: &Client, number: u32, name: &str) {
    let record = json!({"number": number, "name": name, "changed": "2026-01-01T00:00:00Z"});
    assert_eq!(tenant.record("contact", &record).status, 202);
}

#[test]
fn doc_streaming_of_the_object_is_suspended() {
    let tenant = busy(Duration::ZERO, FAR);
    let id = tenant.created("contact", "upsert");
    tenant.patch(&id, "UploadComplete");
    tenant.until(&id, |state| state == "InProgress");
    contact(&tenant, 1, "a");
    assert_eq!(tenant.emulator.accepted("contact"), 1);
    assert_eq!(tenant.emulator.row_count("contact"), 0);
    let path = "/services/data/v62.0/ssot/data-streams/contact_Web";
    let stream = call(&tenant.emulator, "GET", path).bearer(&org_token(&tenant.emulator));
    assert_eq!(stream.send("").json()["lastRunStatus"], "CANCELED");
}

#[test]
fn doc_streaming_resumes_without_loss_and_in_order() {
    let tenant = busy(Duration::ZERO, Duration::from_millis(200));
    let id = tenant.created("contact", "upsert");
    tenant.upload(&id, "number,name,changed\n7,bulk,2020-01-01T00:00:00Z\n");
    tenant.patch(&id, "UploadComplete");
    tenant.until(&id, |state| state == "InProgress");
    contact(&tenant, 1, "a");
    contact(&tenant, 7, "streamed");
    let delete = tenant
        .call("DELETE", "Web/contact")
        .send(r#"{"ids":["1"]}"#);
    assert_eq!(delete.status, 202);
    contact(&tenant, 2, "b");
    tenant.until(&id, |state| state == "JobComplete");
    let rows = tenant.emulator.rows("contact");
    let names: Vec<_> = rows.iter().map(|row| row["name"].clone()).collect();
    assert_eq!(names, ["b", "streamed"]);
}

#[test]
fn own_a_test_sees_every_job() {
    let tenant = tenant();
    let first = tenant.created("contact", "upsert");
    let second = tenant.created("visit", "delete");
    let jobs = tenant.emulator.jobs();
    assert_eq!(
        (&jobs[0]["id"], &jobs[1]["id"]),
        (&json!(first), &json!(second))
    );
    assert_eq!(jobs[1], tenant.job(&second));
    tenant.emulator.reset();
    assert!(tenant.emulator.jobs().is_empty());
}

#[test]
fn doc_another_objects_streaming_goes_on() {
    let tenant = busy(Duration::ZERO, FAR);
    let id = tenant.created("visit", "upsert");
    tenant.patch(&id, "UploadComplete");
    tenant.until(&id, |state| state == "InProgress");
    contact(&tenant, 1, "a");
    assert_eq!(tenant.emulator.row_count("contact"), 1);
}

#[test]
fn doc_jobs_want_a_tenant_token_with_the_ingest_scope() {
    let tenant = tenant();
    let none = call(&tenant.emulator, "GET", "/api/v1/ingest/jobs").send("");
    assert_eq!(none.status, 401);
    let poor = Client::new(builder().scopes("api").start().unwrap());
    assert_eq!(poor.jobs("GET", "", "").status, 401);
}

#[test]
fn own_a_job_needs_a_known_source_object_and_operation() {
    let tenant = tenant();
    assert_eq!(tenant.create("visits", "upsert").status, 404);
    assert_eq!(tenant.create("visit", "insert").status, 400);
    assert_eq!(tenant.jobs("POST", "", "{}").status, 400);
    let other = r#"{"object":"visit","sourceName":"Wab","operation":"upsert"}"#;
    assert_eq!(tenant.jobs("POST", "", other).status, 404);
    let id = tenant.created("visit", "upsert");
    assert_eq!(tenant.patch(&id, "InProgress").status, 400);
    assert_eq!(tenant.patch("nothing", "Aborted").status, 404);
    assert_eq!(tenant.upload("nothing", "id\n").status, 404);
    assert_eq!(
        tenant.jobs("PUT", &format!("/{id}/batches"), "{}").status,
        415
    );
}
