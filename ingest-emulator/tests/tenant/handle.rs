//! The value a test holds.

use std::net::TcpStream;

use ingest_emulator::{Emulator, StartError};
use ingest_schema::{Field, Kind, Object, Schema};

use crate::client::Client;
use crate::schema::{builder, good, tenant, visit, without};

fn schema(objects: Vec<Object>) -> Schema {
    Schema::new(None, objects)
}

#[test]
fn own_the_port_is_closed_when_the_value_is_dropped() {
    let emulator = builder().start().unwrap();
    let url = emulator.login_url();
    let address = url.trim_start_matches("http://").to_owned();
    let _idle = TcpStream::connect(&address).unwrap();
    drop(emulator);
    assert!(TcpStream::connect(&address).is_err());
}

#[test]
fn own_an_emulator_lives_and_dies_inside_any_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let emulators: Vec<_> = (0..4).map(|_| builder().start().unwrap()).collect();
        let mut urls: Vec<_> = emulators.iter().map(Emulator::login_url).collect();
        urls.sort();
        urls.dedup();
        assert_eq!(urls.len(), 4);
    });
}

#[test]
fn own_requests_are_remembered_without_their_secrets() {
    let tenant = tenant();
    tenant.record("visit", &good());
    tenant.call("DELETE", "Web/visit?ids=a,b").send("");
    let requests = tenant.emulator.requests();
    assert_eq!(tenant.emulator.request_count(), 4);
    assert_eq!(requests.len(), 4);
    let post = &requests[2];
    assert_eq!(
        (post.method.as_str(), post.status, post.records),
        ("POST", 202, 1)
    );
    assert_eq!(post.path, "/api/v1/ingest/sources/Web/visit");
    assert!(post.bytes > 100);
    assert_eq!(
        (requests[3].path.as_str(), requests[3].records),
        (post.path.as_str(), 2)
    );
}

#[test]
fn own_a_reset_forgets_what_landed_and_keeps_the_tokens() {
    let tenant = tenant();
    tenant.record("visit", &good());
    tenant.record("visit", &without("note"));
    tenant.emulator.reset();
    let emulator = &tenant.emulator;
    let counts = (
        emulator.accepted("visit"),
        emulator.rejected("visit"),
        emulator.request_count(),
    );
    assert_eq!(counts, (0, 0, 0));
    assert!(emulator.rows("visit").is_empty() && emulator.requests().is_empty());
    assert_eq!(tenant.record("visit", &good()).status, 202);
}

#[test]
fn own_variables_are_all_a_client_needs() {
    let emulator = builder().start().unwrap();
    let names = |vars: Vec<(&'static str, String)>| {
        let mut names: Vec<_> = vars.into_iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names
    };
    let credentials = [
        "INGEST_CLIENT_ID",
        "INGEST_CLIENT_SECRET",
        "INGEST_LOGIN_URL",
        "INGEST_SOURCE",
        "INGEST_TENANT_URL",
    ];
    assert_eq!(names(emulator.vars()), credentials);
    let bearer = [
        "INGEST_CLIENT_ID",
        "INGEST_LOGIN_URL",
        "INGEST_PRIVATE_KEY",
        "INGEST_SOURCE",
        "INGEST_TENANT_URL",
        "INGEST_USERNAME",
    ];
    assert_eq!(names(emulator.jwt_vars()), bearer);
    assert!(
        emulator
            .vars()
            .contains(&("INGEST_SOURCE", "Web".to_owned()))
    );
}

#[test]
fn own_debug_shows_no_secret() {
    let emulator = builder().start().unwrap();
    let shown = format!("{emulator:?}");
    assert!(shown.contains("Web") && !shown.contains(emulator.client_secret()));
}

#[test]
fn own_the_connector_has_a_name_in_any_case() {
    let nameless = Emulator::start(schema(vec![visit()])).unwrap();
    assert_eq!(nameless.connector(), "Emulator");
    let named = builder().connector("Shop").start().unwrap();
    assert_eq!(named.connector(), "Shop");
    let tenant = Client::new(named);
    assert_eq!(tenant.post("Shop/visit", "[]").status, 202);
    assert_eq!(tenant.post("Web/visit", "[]").status, 404);
}

#[test]
fn own_a_setup_that_cannot_be_is_refused_by_name() {
    let code = |outcome: Result<Emulator, StartError>| outcome.err().map(|error| error.code());
    assert_eq!(
        code(builder().primary_key("x", "y").start()),
        Some("unknown_object")
    );
    assert_eq!(
        code(builder().primary_key("visit", "y").start()),
        Some("unknown_field")
    );
    assert_eq!(code(builder().oversize_status(200).start()), Some("status"));
    assert_eq!(code(builder().test_status(404).start()), Some("status"));
    let empty = Object::new("empty", vec![]);
    assert_eq!(
        code(Emulator::start(schema(vec![empty]))),
        Some("no_fields")
    );
    let mut stray = Object::new("stray", vec![Field::new("id", Kind::Text)]);
    stray.roles.record_modified = Some("changed".to_owned());
    let error = Emulator::start(schema(vec![stray])).unwrap_err();
    assert_eq!(error.to_string(), "object `stray` has no field `changed`");
}

#[test]
fn own_threads_may_share_an_emulator() {
    fn shared<T: Send + Sync + 'static>(_: &T) {}
    shared(&builder().start().unwrap());
}
