//! What the page and tests in any language ask: the emulator's own calls.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use ingest_emulator::{Emulator, Fault, Rule, Strictness, Undeployed};
use ingest_schema::{Field, Kind, Object, Schema};
use serde_json::{Value, json};

use crate::client::{Answer, Client, call, org_token};
use crate::schema::{builder, tenant, with, without};

fn get(emulator: &Emulator, path: &str) -> Value {
    let answer = call(emulator, "GET", &format!("/emulator/api{path}")).send("");
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

fn change(emulator: &Emulator, method: &str, path: &str, body: &str) -> Answer {
    call(emulator, method, &format!("/emulator/api{path}"))
        .header("Content-Type", "application/json")
        .send(body)
}

fn post(tenant: &Client, records: &Value) -> u16 {
    tenant.post("Web/visit", records.to_string()).status
}

fn named(id: &str) -> Value {
    with("id", json!(id))
}

fn texts(page: &Value, list: &str, field: &str) -> Vec<String> {
    let items = page[list].as_array().unwrap().iter();
    items
        .map(|item| item[field].as_str().unwrap().to_owned())
        .collect()
}

/// What is listed over all pages, and how often was asked.
fn walk(emulator: &Emulator, path: &str, list: &str) -> (Vec<Value>, Vec<Value>) {
    let (mut all, mut pages, mut before) = (Vec::new(), Vec::new(), String::new());
    loop {
        let page = get(emulator, &format!("{path}{before}"));
        all.extend(page[list].as_array().unwrap().iter().cloned());
        let next = page["next"].as_u64();
        pages.push(page);
        let Some(next) = next else { break };
        before = format!("&before={next}");
    }
    (all, pages)
}

#[test]
fn own_the_state_counts_what_the_handle_counts() {
    let tenant = tenant();
    assert_eq!(post(&tenant, &json!([named("a"), named("b")])), 202);
    assert_eq!(post(&tenant, &json!([named("c"), without("at")])), 400);
    let state = get(&tenant.emulator, "/state");
    assert_eq!(state["connector"], "Web");
    assert_eq!(state["url"], tenant.emulator.tenant_url());
    assert_eq!(state["requests"], tenant.emulator.request_count());
    let visit = &state["objects"][0];
    let expected = json!({"name": "visit", "accepted": 2, "rejected": 2, "bad": 1, "blank": 0,
        "late": 0, "rows": 2});
    assert_eq!(visit, &expected);
    let recent = state["recent"].as_array().unwrap();
    assert_eq!(recent.len(), 300);
    let sum = |field: &str| {
        recent
            .iter()
            .map(|second| second[field].as_u64().unwrap())
            .sum()
    };
    let sums: [u64; 3] = ["requests", "accepted", "rejected"].map(sum);
    assert_eq!(sums, [4, 2, 2]);
    assert_eq!(state["busiest-second"], tenant.emulator.busiest_second());
}

#[test]
fn own_a_bad_record_is_found_with_its_field_and_reason() {
    let tenant = tenant();
    assert_eq!(
        post(
            &tenant,
            &json!([named("a"), with("amount", json!("x")), named("b")])
        ),
        400
    );
    let page = get(&tenant.emulator, "/records?outcome=bad&object=visit");
    let records = page["records"].as_array().unwrap();
    assert_eq!(records.len(), 1);
    let bad = &records[0];
    let cause = json!({"field": "amount", "reason": "expected type: Number, found: String"});
    assert_eq!(bad["causes"], json!([cause]));
    assert_eq!((&bad["key"], &bad["number"]), (&json!("v1"), &json!(1)));
    assert_eq!(
        (&bad["object"], &bad["outcome"]),
        (&json!("visit"), &json!("bad"))
    );
    let sent: Value = serde_json::from_str(bad["record"].as_str().unwrap()).unwrap();
    assert_eq!(sent, with("amount", json!("x")));
    let request = &get(&tenant.emulator, "/requests?status=400")["requests"][0];
    assert_eq!(bad["request"], request["number"]);
    assert_eq!(bad["at-ms"], request["at-ms"]);
    assert_eq!(&get(&tenant.emulator, "/records/1"), bad);
    for found in ["AMOUNT", "found: string", "V1"] {
        let path = format!("/records?outcome=bad&q={}", found.replace(' ', "%20"));
        assert_eq!(get(&tenant.emulator, &path)["records"][0], *bad, "{found}");
    }
    assert_eq!(
        get(&tenant.emulator, "/records?outcome=bad&q=nowhere")["records"],
        json!([])
    );
}

#[test]
fn own_the_others_of_a_refused_body_are_told_apart_from_the_bad() {
    let tenant = tenant();
    let all = json!([named("a"), without("at"), named("b"), json!(7)]);
    assert_eq!(post(&tenant, &all), 400);
    let page = get(&tenant.emulator, "/records");
    assert_eq!(
        texts(&page, "records", "outcome"),
        ["bad", "refused", "bad", "refused"]
    );
    let keys: Vec<_> = (0..4)
        .map(|at| page["records"][at]["key"].clone())
        .collect();
    assert_eq!(keys, [json!(null), json!("b"), json!("v1"), json!("a")]);
    assert_eq!(page["records"][2]["causes"][0]["field"], "at");
    let refused = get(&tenant.emulator, "/records?outcome=refused");
    assert_eq!(texts(&refused, "records", "key"), ["b", "a"]);
}

#[test]
fn own_faults_show_in_the_records_that_they_happened_to() {
    let rules = [Fault::Blank, Fault::RejectLate].map(|fault| Rule::new(fault).count(1));
    let tenant = Client::new(builder().faults(rules).start().unwrap());
    for id in ["blank", "late", "good"] {
        assert_eq!(post(&tenant, &json!([named(id)])), 202);
    }
    let page = get(&tenant.emulator, "/records");
    assert_eq!(
        texts(&page, "records", "outcome"),
        ["good", "late", "blank"]
    );
    assert_eq!(texts(&page, "records", "key"), ["good", "late", "blank"]);
    let visit = &get(&tenant.emulator, "/state")["objects"][0];
    assert_eq!((&visit["blank"], &visit["late"]), (&json!(1), &json!(1)));
}

#[test]
fn own_a_record_of_a_cut_request_is_there() {
    let rule = Rule::cut(ingest_emulator::CutAt::AfterProcessing).count(1);
    let tenant = Client::new(builder().start().unwrap());
    tenant.emulator.faults().add(rule).unwrap();
    let body = json!([named("a")]).to_string();
    assert!(
        tenant
            .call("POST", "Web/visit")
            .exchange(body.as_bytes())
            .is_ok()
    );
    let record = &get(&tenant.emulator, "/records")["records"][0];
    assert_eq!(
        (&record["key"], &record["outcome"]),
        (&json!("a"), &json!("good"))
    );
    let cut = &get(&tenant.emulator, "/requests?status=cut")["requests"][0];
    assert_eq!(record["request"], cut["number"]);
}

#[test]
fn own_a_lenient_tenant_says_here_what_it_lost() {
    let emulator = builder().strictness(Strictness::Lenient).start().unwrap();
    let tenant = Client::new(emulator);
    let mut extra = named("c");
    extra["more"] = json!(1);
    let all = json!([named("a"), with("amount", json!("x")), extra, 7]);
    assert_eq!(post(&tenant, &all), 202);
    assert_eq!(tenant.post("Web/nowhere", "[{}]").status, 202);
    let page = get(&tenant.emulator, "/records");
    let outcomes = ["lost", "lost", "blank", "blank", "good"];
    assert_eq!(texts(&page, "records", "outcome"), outcomes);
    assert_eq!(page["records"][0]["object"], json!(null));
    assert_eq!(page["records"][2]["causes"][0]["field"], "more");
    assert_eq!(page["records"][3]["causes"][0]["field"], "amount");
    let lost = get(&tenant.emulator, "/records?outcome=lost&object=visit");
    assert_eq!(lost["records"].as_array().unwrap().len(), 1);
}

#[test]
fn own_a_body_that_is_no_json_is_shown_as_it_came() {
    let tenant = tenant();
    assert_eq!(tenant.post("Web/visit", "[{\"id\":").status, 400);
    let page = get(&tenant.emulator, "/records?outcome=bad");
    let record = &page["records"][0];
    assert_eq!(record["record"], "[{\"id\":");
    assert_eq!(record["causes"][0]["field"], json!(null));
    let reason = record["causes"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("malformed"), "{reason}");
}

#[test]
fn own_tests_of_records_and_refused_tokens_leave_no_records() {
    let tenant = tenant();
    tenant.post("Web/visit/actions/test", "[{}]");
    call(&tenant.emulator, "POST", "/api/v1/ingest/sources/Web/visit").send("[{}]");
    tenant.post("Web/visit", "x".repeat(200_001));
    assert_eq!(get(&tenant.emulator, "/records")["records"], json!([]));
    assert_eq!(get(&tenant.emulator, "/state")["records"]["next"], 0);
}

#[test]
fn own_pages_of_records_miss_and_repeat_nothing() {
    let tenant = tenant();
    for body in 0..20 {
        let id = |n: i32| named(&format!("{body}-{n}"));
        let mut records = vec![id(0), id(1), id(2)];
        if body % 3 == 0 {
            records.insert(1, without("at"));
        }
        post(&tenant, &json!(records));
    }
    let whole = get(&tenant.emulator, "/records?limit=1000");
    let numbers = |records: &[Value]| -> Vec<u64> {
        records
            .iter()
            .map(|record| record["number"].as_u64().unwrap())
            .collect()
    };
    let all = numbers(whole["records"].as_array().unwrap());
    assert_eq!(all, (0..67).rev().collect::<Vec<_>>());
    for limit in [1, 2, 3, 7, 50] {
        let (paged, _) = walk(
            &tenant.emulator,
            &format!("/records?limit={limit}"),
            "records",
        );
        assert_eq!(numbers(&paged), all, "{limit}");
    }
    let (good, _) = walk(&tenant.emulator, "/records?outcome=good&limit=5", "records");
    let (bad, _) = walk(&tenant.emulator, "/records?outcome=bad&limit=2", "records");
    let (refused, _) = walk(
        &tenant.emulator,
        "/records?outcome=refused&limit=4",
        "records",
    );
    assert_eq!((good.len(), bad.len(), refused.len()), (39, 7, 21));
    // Two requests went to the tokens.
    for request in 0..24 {
        let path = format!("/records?limit=1&request={request}");
        let (own, _) = walk(&tenant.emulator, &path, "records");
        let all = whole["records"].as_array().unwrap().iter();
        let expected: Vec<_> = all.filter(|record| record["request"] == request).collect();
        assert_eq!(own.iter().collect::<Vec<_>>(), expected, "{request}");
    }
}

#[test]
fn own_requests_are_paged_and_filtered() {
    let tenant = tenant();
    for _ in 0..5 {
        post(&tenant, &json!([named("a")]));
        post(&tenant, &json!([7]));
    }
    let emulator = &tenant.emulator;
    let (all, pages) = walk(emulator, "/requests?limit=5", "requests");
    assert_eq!((all.len(), pages.len()), (12, 3));
    let numbers: Vec<_> = all
        .iter()
        .map(|request| request["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, (0..12).rev().collect::<Vec<_>>());
    let count = |query: &str| {
        let page = get(emulator, &format!("/requests?{query}"));
        page["requests"].as_array().unwrap().len()
    };
    assert_eq!(count("status=400"), 5);
    assert_eq!(count("status=2xx"), 7);
    assert_eq!(count("status=cut"), 0);
    assert_eq!(count("path=oauth2"), 1);
    assert_eq!(count("after=9"), 2);
    assert_eq!(count("status=4xx&path=visit&before=6"), 2);
}

#[test]
fn own_rows_are_found_by_key_and_prefix() {
    let tenant = tenant();
    for id in ["a1", "a2", "b1", "a3"] {
        post(&tenant, &json!([named(id)]));
    }
    let emulator = &tenant.emulator;
    let rows = get(emulator, "/rows/visit?prefix=a&limit=2");
    assert_eq!(texts(&rows, "rows", "key"), ["a3", "a2"]);
    assert_eq!(rows["total"], 4);
    let (all, _) = walk(emulator, "/rows/visit?prefix=a&limit=1", "rows");
    assert_eq!(all.len(), 3);
    let one = get(emulator, "/rows/visit?key=b1");
    assert_eq!(
        one["rows"],
        json!([{"place": 2, "key": "b1", "row": named("b1")}])
    );
    assert_eq!(get(emulator, "/rows/visit?key=b")["rows"], json!([]));
    let answer = call(emulator, "GET", "/emulator/api/rows/nowhere").send("");
    assert_eq!(
        (answer.status, answer.json()["error"].clone()),
        (404, json!("unknown_object"))
    );
}

#[test]
fn own_a_row_keeps_every_digit() {
    let tenant = tenant();
    let record = r#"[{"number": 1.50, "name": "\ud800", "changed": "2026-01-01T00:00:00Z"}]"#;
    assert_eq!(tenant.post("Web/contact", record).status, 202);
    let answer = call(&tenant.emulator, "GET", "/emulator/api/rows/contact").send("");
    assert!(
        answer.text.contains("1.50") && answer.text.contains("ud800"),
        "{}",
        answer.text
    );
}

#[test]
fn own_the_schema_has_kinds_and_roles() {
    let tenant = tenant();
    let schema = get(&tenant.emulator, "/schema");
    let visit = &schema["objects"][0];
    assert_eq!(
        (&visit["name"], &visit["category"]),
        (&json!("visit"), &json!("Engagement"))
    );
    let id = json!({"name": "id", "kind": "Text", "roles": ["primary-key"], "description": null});
    assert_eq!(visit["fields"][0], id);
    assert_eq!(
        schema["objects"][3]["fields"][0]["roles"],
        json!(["primary-key"])
    );
}

#[test]
fn own_bulk_jobs_are_shown_the_newest_first() {
    let tenant = tenant();
    let emulator = &tenant.emulator;
    assert_eq!(get(emulator, "/jobs"), json!({"jobs": []}));
    for object in ["visit", "contact"] {
        let job = json!({"object": object, "sourceName": "Web", "operation": "upsert"});
        let jobs = call(emulator, "POST", "/api/v1/ingest/jobs").bearer(&tenant.token);
        let jobs = jobs.header("Content-Type", "application/json");
        assert_eq!(jobs.send(job.to_string()).status, 201);
    }
    let shown = get(emulator, "/jobs");
    assert_eq!(shown["jobs"].as_array().map(Vec::len), Some(2));
    for (at, object) in ["contact", "visit"].into_iter().enumerate() {
        let job = &shown["jobs"][at];
        assert_eq!(
            (&job["object"], &job["state"]),
            (&json!(object), &json!("Open"))
        );
    }
}

#[test]
fn own_records_without_a_data_stream_are_shown_as_lost() {
    for strictness in [Strictness::Strict, Strictness::Lenient] {
        let builder = builder()
            .undeployed(Undeployed::Lose)
            .strictness(strictness);
        let tenant = Client::new(builder.start().unwrap());
        let record = json!({"first": "a", "second": "b"});
        assert_eq!(tenant.record("draft", &record).status, 202);
        let shown = get(&tenant.emulator, "/records?outcome=lost");
        assert_eq!(shown["records"].as_array().map(Vec::len), Some(1));
        let cause = json!({"field": null, "reason": "no data stream is deployed for the object"});
        assert_eq!(shown["records"][0]["causes"], json!([cause]));
        assert_eq!(
            get(&tenant.emulator, "/records?outcome=good")["records"],
            json!([])
        );
    }
}

#[test]
fn own_faults_are_added_seen_and_removed_over_http() {
    let tenant = tenant();
    let emulator = &tenant.emulator;
    let rule = r#"{"fault":{"status":{"status":503}},"calls":"ingest","count":2}"#;
    let added = change(emulator, "POST", "/faults", rule);
    assert_eq!((added.status, added.json()), (201, json!({"id": 0})));
    assert_eq!(post(&tenant, &json!([named("a")])), 503);
    let active = get(emulator, "/faults");
    assert_eq!(active["faults"][0]["fired"], 1);
    assert_eq!(active["faults"][0]["rule"]["count"], 2);
    assert_eq!(
        get(emulator, "/requests?status=503")["requests"][0]["fault"]["status"]["status"],
        503
    );
    assert_eq!(change(emulator, "DELETE", "/faults/0", "").status, 200);
    assert_eq!(
        change(emulator, "DELETE", "/faults/0", "").json()["error"],
        "rule"
    );
    assert_eq!(post(&tenant, &json!([named("a")])), 202);
    change(emulator, "POST", "/faults", rule);
    assert_eq!(change(emulator, "DELETE", "/faults", "").status, 200);
    assert_eq!(get(emulator, "/faults"), json!({"faults": []}));
}

#[test]
fn own_bad_input_is_answered_in_json() {
    let tenant = tenant();
    let emulator = &tenant.emulator;
    let code = |answer: Answer| {
        let body = answer.json();
        assert!(!body["message"].as_str().unwrap().is_empty());
        (answer.status, body["error"].as_str().unwrap().to_owned())
    };
    for (path, status, expected) in [
        ("/records?outcome=worse", 400, "query"),
        ("/records?outcom=bad", 400, "query"),
        ("/records?limit=0", 400, "limit"),
        ("/records?limit=1001", 400, "limit"),
        ("/records?object=nowhere", 404, "unknown_object"),
        ("/records/77", 404, "record"),
        ("/records/x", 404, "record"),
        ("/requests?status=teapot", 400, "status"),
        ("/requests?before=-1", 400, "query"),
        ("/nowhere", 404, "path"),
    ] {
        let answer = call(emulator, "GET", &format!("/emulator/api{path}")).send("");
        assert_eq!(code(answer), (status, expected.to_owned()), "{path}");
    }
    for (body, expected) in [
        ("{", "body"),
        (r#"{"fault":"blanc"}"#, "body"),
        (r#"{"fault":{"status":{"status":99}}}"#, "status"),
        (r#"{"fault":"blank","object":"nowhere"}"#, "unknown_object"),
    ] {
        let answer = change(emulator, "POST", "/faults", body);
        assert_eq!(code(answer), (400, expected.to_owned()), "{body}");
    }
    let answer = change(emulator, "POST", "/expire-tokens", r#"{"tokens":"all"}"#);
    assert_eq!(code(answer).1, "body");
    assert_eq!(code(change(emulator, "DELETE", "/state", "")).0, 405);
}

#[test]
fn own_a_reset_begins_anew_with_new_numbers() {
    let tenant = tenant();
    let emulator = &tenant.emulator;
    post(&tenant, &json!([named("a")]));
    assert_eq!(change(emulator, "POST", "/reset", "").status, 200);
    let state = get(emulator, "/state");
    assert_eq!(
        (&state["requests"], &state["objects"][0]["rows"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(get(emulator, "/records")["records"], json!([]));
    assert_eq!(post(&tenant, &json!([named("a")])), 202);
    assert_eq!(get(emulator, "/records")["records"][0]["number"], 1);
    assert_eq!(get(emulator, "/requests")["requests"][0]["number"], 3);
    assert_eq!(emulator.request_count(), 1);
}

#[test]
fn own_tokens_expire_on_request() {
    let tenant = tenant();
    let emulator = &tenant.emulator;
    let org = org_token(emulator);
    assert_eq!(
        change(emulator, "POST", "/expire-tokens", r#"{"tokens":"tenant"}"#).status,
        200
    );
    assert_eq!(post(&tenant, &json!([named("a")])), 401);
    assert_eq!(crate::client::exchange(emulator, &org, &[]).status, 200);
    assert_eq!(change(emulator, "POST", "/expire-tokens", "{}").status, 200);
    assert_ne!(
        crate::client::exchange(emulator, &org, &[]).content_type,
        "application/json"
    );
}

#[test]
fn own_variables_are_those_of_the_handle() {
    let tenant = tenant();
    let shown = get(&tenant.emulator, "/variables");
    for (name, value) in tenant.emulator.vars() {
        assert_eq!(shown[name], value);
    }
}

#[test]
fn own_looking_is_no_request_and_has_no_faults() {
    let tenant = tenant();
    let faults = tenant.emulator.faults();
    faults.add(Rule::status(503)).unwrap();
    let before = tenant.emulator.request_count();
    get(&tenant.emulator, "/state");
    assert_eq!(call(&tenant.emulator, "GET", "/").send("").status, 200);
    assert_eq!(tenant.emulator.request_count(), before);
    assert_eq!(faults.active()[0].fired, 0);
}

#[test]
fn own_the_page_is_served_with_a_policy_and_no_other_file() {
    let tenant = tenant();
    let emulator = &tenant.emulator;
    for path in ["/", "/emulator", "/emulator/"] {
        let page = call(emulator, "GET", path).send("");
        assert_eq!(
            (page.status, &*page.content_type),
            (200, "text/html; charset=utf-8")
        );
    }
    let raw = call(emulator, "GET", "/").exchange(b"").unwrap();
    let head = String::from_utf8(raw).unwrap();
    assert!(
        head.contains("content-security-policy: default-src 'self';"),
        "{head}"
    );
    let script = call(emulator, "GET", "/emulator/assets/main.js").send("");
    assert_eq!(script.content_type, "text/javascript; charset=utf-8");
    for path in ["..%2f..%2fCargo.toml", "%2fetc%2fpasswd", "nothing.js"] {
        let answer = call(emulator, "GET", &format!("/emulator/assets/{path}")).send("");
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[test]
fn own_another_page_is_kept_out() {
    let tenant = tenant();
    let ask = |head: &str| {
        let url = tenant.emulator.tenant_url();
        let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
        let request = format!("{head}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(!answer.contains("access-control"), "{answer}");
        answer[9..12].parse::<u16>().unwrap()
    };
    let state = "GET /emulator/api/state HTTP/1.1\r\nHost: ";
    assert_eq!(ask(&format!("{state}127.0.0.1:1")), 200);
    assert_eq!(ask(&format!("{state}rebound.example:8787")), 403);
    assert_eq!(ask("GET / HTTP/1.1\r\nHost: rebound.example"), 403);
    let reset = "POST /emulator/api/reset HTTP/1.1\r\nHost: localhost\r\n";
    assert_eq!(ask(&format!("{reset}Content-Type: text/plain")), 415);
    let json = "Content-Type: application/json";
    assert_eq!(
        ask(&format!("{reset}{json}\r\nOrigin: http://evil.example")),
        403
    );
    assert_eq!(
        ask(&format!("{reset}{json}\r\nOrigin: http://localhost")),
        200
    );
}

/// One field is enough, and many fit into a body.
fn small() -> Client {
    let object = Object::new("small", vec![Field::new("id", Kind::Text)]);
    let emulator = Emulator::builder(Schema::new(Some("Web".to_owned()), vec![object]))
        .keep_records(2_000_000, 256 << 20)
        .requests_per_second(0)
        .start();
    Client::new(emulator.unwrap())
}

#[test]
fn own_a_million_records_are_looked_at_a_little_at_a_time() {
    const BODIES: usize = 200;
    const EACH: usize = 5_000;
    let tenant = small();
    for body in 0..BODIES {
        let ids = (0..EACH).map(|n| format!(r#"{{"id":"k{:07}"}}"#, body * EACH + n));
        let body = format!("[{}]", ids.collect::<Vec<_>>().join(","));
        assert_eq!(tenant.post("Web/small", body).status, 202);
    }
    assert!(tenant.emulator.wait_for("small", 1_000_000, Duration::ZERO));
    let state = get(&tenant.emulator, "/state");
    assert_eq!(state["records"]["kept"], 1_000_000);
    // A look ends with the body that it began, and the next page begins in the middle of one.
    let most = 2 * (EACH as u64 + 2);
    let look = |query: &str| {
        let answer = call(&tenant.emulator, "GET", &format!("/emulator/api{query}")).send("");
        let page = answer.json();
        assert!(answer.text.len() < 512 << 10, "{query}");
        page
    };
    for before in [1_000_000, 999_999, 500_001, 5_000, 1] {
        let page = look(&format!("/records?limit=100&before={before}"));
        let examined = page["examined"]["records"].as_u64().unwrap();
        assert!(examined <= most, "{examined}");
        assert!(page["examined"]["bytes"].as_u64().unwrap() <= 2 << 20);
        assert_eq!(page["records"][0]["number"], before - 1);
        assert_eq!(page["records"].as_array().unwrap().len(), before.min(100));
    }
    // What is nowhere costs no more a look, and is told to be nowhere in the end.
    let (found, looks) = walk(&tenant.emulator, "/records?q=nowhere", "records");
    assert!(
        found.is_empty() && looks.len() >= BODIES / 2,
        "{}",
        looks.len()
    );
    for page in &looks {
        assert!(page["examined"]["records"].as_u64().unwrap() <= most);
    }
    let (oldest, _) = walk(&tenant.emulator, "/records?q=k0000007", "records");
    assert_eq!(oldest[0]["key"], "k0000007");
    let rows = look("/rows/small?limit=100");
    assert_eq!(
        (&rows["total"], &rows["examined"]),
        (&json!(1_000_000), &json!(100))
    );
    let rows = look("/rows/small?prefix=k0000007");
    assert_eq!(
        (&rows["rows"], &rows["examined"]),
        (&json!([]), &json!(20_000))
    );
    let (found, looks) = walk(&tenant.emulator, "/rows/small?prefix=k0000007", "rows");
    assert_eq!((found.len(), looks.len()), (1, 50));
    assert_eq!(look("/rows/small?key=k0999999")["examined"], 1);
}
