//! The refresh token flow, the end of tokens, and the clock of assertions.

use serde_json::json;

use crate::client::{Answer, call, exchange, org_token, tenant_token};
use crate::schema::builder;
use ingest_emulator::Emulator;

fn refresh(emulator: &Emulator, secret: &str, token: &str) -> Answer {
    call(emulator, "POST", "/services/oauth2/token").form(&[
        ("grant_type", "refresh_token"),
        ("client_id", emulator.client_id()),
        ("client_secret", secret),
        ("refresh_token", token),
    ])
}

fn revoke(emulator: &Emulator, token: &str) -> Answer {
    call(emulator, "POST", "/services/oauth2/revoke").form(&[("token", token)])
}

#[test]
fn doc_a_refresh_token_gives_an_org_token() {
    let emulator = builder().start().unwrap();
    let answer = refresh(
        &emulator,
        emulator.client_secret(),
        emulator.refresh_token(),
    );
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body = answer.json();
    assert!(body.get("expires_in").is_none());
    let token = body["access_token"].as_str().unwrap();
    assert_eq!(exchange(&emulator, token, &[]).status, 200);
}

#[test]
fn doc_a_refresh_token_is_good_more_than_once() {
    let emulator = builder().start().unwrap();
    for _ in 0..2 {
        let answer = refresh(
            &emulator,
            emulator.client_secret(),
            emulator.refresh_token(),
        );
        assert_eq!(answer.status, 200);
    }
}

#[test]
fn doc_a_refresh_needs_its_client_and_its_token() {
    let emulator = builder().start().unwrap();
    let wrong = refresh(&emulator, "wrong", emulator.refresh_token());
    assert_eq!(
        (wrong.status, wrong.json()["error"].clone()),
        (401, json!("invalid_client"))
    );
    let unknown = refresh(&emulator, emulator.client_secret(), "5Aep");
    let expected = json!({
        "error": "invalid_grant",
        "error_description": "expired access/refresh token",
    });
    assert_eq!((unknown.status, unknown.json()), (400, expected));
}

#[test]
fn doc_a_revoked_refresh_token_is_expired() {
    let emulator = builder().start().unwrap();
    assert_eq!(revoke(&emulator, emulator.refresh_token()).status, 200);
    let answer = refresh(
        &emulator,
        emulator.client_secret(),
        emulator.refresh_token(),
    );
    assert_eq!(
        (answer.status, answer.json()["error"].clone()),
        (400, json!("invalid_grant"))
    );
}

#[test]
fn live_a_revoked_org_token_gets_a_page_from_the_exchange() {
    let emulator = builder().start().unwrap();
    let token = org_token(&emulator);
    assert_eq!(revoke(&emulator, &token).status, 200);
    let answer = exchange(&emulator, &token, &[]);
    assert_eq!(
        (answer.status, answer.content_type.starts_with("text/html")),
        (200, true)
    );
}

#[test]
fn doc_a_token_that_is_none_cannot_be_revoked() {
    let emulator = builder().start().unwrap();
    let answer = revoke(&emulator, "nonsense");
    assert_eq!(
        (answer.status, answer.json()["error"].clone()),
        (400, json!("invalid_token"))
    );
}

#[test]
fn doc_a_token_of_another_sort_cannot_be_revoked() {
    let emulator = builder().start().unwrap();
    let token = tenant_token(&emulator);
    let answer = revoke(&emulator, &token);
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["error"], "unsupported_token_type");
    let sources = call(&emulator, "GET", "/api/v1/ingest/sources").bearer(&token);
    assert_eq!(sources.send("").status, 200);
}
