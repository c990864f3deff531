//! Both ways to an org token, and the exchange.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ingest_emulator::Emulator;
use serde_json::{Value, json};

use crate::client::{Answer, call, exchange, org_token};
use crate::schema::builder;

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

fn emulator() -> Emulator {
    builder().start().unwrap()
}

fn login(emulator: &Emulator, fields: &[(&str, &str)]) -> Answer {
    call(emulator, "POST", "/services/oauth2/token").form(fields)
}

fn assert_error(answer: &Answer, status: u16, error: &str, description: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    let expected = json!({"error": error, "error_description": description});
    assert_eq!(answer.json(), expected);
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_secs()
}

fn claims(emulator: &Emulator) -> Value {
    json!({
        "iss": emulator.client_id(),
        "sub": emulator.username(),
        "aud": emulator.login_url(),
        "exp": now() + 180,
    })
}

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

/// Signs claims with the key of a PEM file, as a client would.
fn signed(pem: &str, claims: &Value) -> String {
    let base64: String = pem.lines().filter(|line| !line.starts_with("--")).collect();
    let pair = RsaKeyPair::from_pkcs8(&STANDARD.decode(base64).unwrap()).unwrap();
    let text = format!("{}.{}", encode(&json!({"alg": "RS256"})), encode(claims));
    let mut signature = vec![0; pair.public_modulus_len()];
    let random = SystemRandom::new();
    pair.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)
        .unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn bearer_login(emulator: &Emulator, claims: &Value) -> Answer {
    let assertion = signed(emulator.private_key_pem(), claims);
    login(
        emulator,
        &[("grant_type", JWT_BEARER), ("assertion", &assertion)],
    )
}

#[test]
fn doc_client_credentials_give_an_org_token_without_expires_in() {
    let emulator = emulator();
    let answer = login(
        &emulator,
        &[
            ("grant_type", "client_credentials"),
            ("client_id", emulator.client_id()),
            ("client_secret", emulator.client_secret()),
        ],
    );
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert!(body["access_token"].as_str().unwrap().contains('!'));
    assert!(body["access_token"].as_str().unwrap().starts_with("00D"));
    assert_eq!(body["instance_url"], emulator.login_url());
    assert_eq!(body["token_type"], "Bearer");
    assert!(body["scope"].as_str().unwrap().contains("cdp_ingest_api"));
    assert!(body["issued_at"].is_string() && body["id"].is_string());
    assert!(body.get("expires_in").is_none());
}

#[test]
fn doc_a_signed_assertion_gives_an_org_token() {
    let emulator = emulator();
    let answer = bearer_login(&emulator, &claims(&emulator));
    assert_eq!(answer.status, 200, "{}", answer.text);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(exchange(&emulator, &token, &[]).status, 200);
}

#[test]
fn doc_the_audience_is_this_login_or_a_shared_one() {
    let emulator = emulator();
    let url = emulator.login_url();
    for audience in [
        url.trim_start_matches("http://"),
        &format!("{url}/"),
        "https://login.salesforce.com",
        "login.salesforce.com",
        "https://test.salesforce.com",
    ] {
        let mut claims = claims(&emulator);
        claims["aud"] = json!(audience);
        assert_eq!(bearer_login(&emulator, &claims).status, 200, "{audience}");
    }
}

#[test]
fn live_assertions_that_say_the_wrong_thing_are_denied() {
    let emulator = emulator();
    let expired = "expired authorization code";
    for (claim, value, description) in [
        ("exp", json!(now() - 1), expired),
        ("exp", json!((now() + 180) * 1000), expired),
        ("exp", json!(now() + 7_200), expired),
        ("aud", json!("https://example.com"), "audience is invalid"),
        ("sub", json!("nobody"), "user hasn't approved this consumer"),
        ("exp", json!("soon"), "invalid assertion"),
    ] {
        let mut claims = claims(&emulator);
        claims[claim] = value;
        assert_error(
            &bearer_login(&emulator, &claims),
            400,
            "invalid_grant",
            description,
        );
    }
    let mut claims = claims(&emulator);
    claims["iss"] = json!("nobody");
    let answer = bearer_login(&emulator, &claims);
    assert_error(&answer, 401, "invalid_client", "invalid client credentials");
}

#[test]
fn doc_assertions_must_be_signed_by_the_users_key() {
    let (emulator, other) = (emulator(), emulator());
    let forged = signed(other.private_key_pem(), &claims(&emulator));
    let unsigned = format!(
        "{}.{}.",
        encode(&json!({"alg": "none"})),
        encode(&claims(&emulator))
    );
    for assertion in [forged.as_str(), &unsigned, "nonsense", ""] {
        let fields = [("grant_type", JWT_BEARER), ("assertion", assertion)];
        let answer = login(&emulator, &fields);
        assert_error(&answer, 400, "invalid_grant", "invalid assertion");
    }
    let _asked_for = emulator.private_key_pem();
    let answer = login(
        &emulator,
        &[("grant_type", JWT_BEARER), ("assertion", &forged)],
    );
    assert_error(&answer, 400, "invalid_grant", "invalid assertion");
}

#[test]
fn doc_a_wrong_client_is_denied() {
    let emulator = emulator();
    for (id, secret) in [
        (emulator.client_id(), "wrong"),
        ("wrong", emulator.client_secret()),
    ] {
        let answer = login(
            &emulator,
            &[
                ("grant_type", "client_credentials"),
                ("client_id", id),
                ("client_secret", secret),
            ],
        );
        assert_error(&answer, 401, "invalid_client", "invalid client credentials");
    }
}

#[test]
fn doc_logins_that_lack_something_are_invalid_requests() {
    let emulator = emulator();
    let grant = ("grant_type", "client_credentials");
    for fields in [
        &[][..],
        &[grant],
        &[grant, ("client_id", "x")],
        &[("grant_type", JWT_BEARER)],
    ] {
        let answer = login(&emulator, fields);
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["error"], "invalid_request");
    }
    let json = call(&emulator, "POST", "/services/oauth2/token")
        .header("Content-Type", "application/json")
        .send("{}");
    assert_eq!(
        (json.status, json.json()["error"].clone()),
        (400, json!("invalid_request"))
    );
    let password = login(&emulator, &[("grant_type", "password")]);
    assert_error(
        &password,
        400,
        "unsupported_grant_type",
        "grant type not supported",
    );
}

#[test]
fn live_the_exchange_gives_a_tenant_token_and_a_bare_host() {
    let emulator = emulator();
    let answer = exchange(
        &emulator,
        &org_token(&emulator),
        &[("dataspace", "default")],
    );
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!(
        format!("http://{}", body["instance_url"].as_str().unwrap()),
        emulator.tenant_url()
    );
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(
        body["issued_token_type"],
        "urn:ietf:params:oauth:token-type:jwt"
    );
    assert_eq!(body["expires_in"], 7193);
    let token = body["access_token"].as_str().unwrap();
    let claims = token.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert!(claims["exp"].as_u64().unwrap() > now() + 7000);
    assert!(
        claims["audienceTenantId"]
            .as_str()
            .unwrap()
            .starts_with("a360/")
    );
}

#[test]
fn live_a_stale_org_token_gets_a_page_with_status_200() {
    let emulator = emulator();
    let token = org_token(&emulator);
    emulator.expire_org_tokens();
    let answer = exchange(&emulator, &token, &[]);
    assert_eq!(answer.status, 200);
    assert!(answer.content_type.starts_with("text/html"));
    assert!(answer.text.starts_with("<!DOCTYPE html>"));
    assert_eq!(exchange(&emulator, &org_token(&emulator), &[]).status, 200);
}

#[test]
fn doc_an_unknown_org_token_is_an_invalid_subject() {
    let emulator = emulator();
    let answer = exchange(&emulator, "00D!nonsense", &[]);
    assert_error(&answer, 400, "invalid_request", "invalid subject token");
}

#[test]
fn doc_the_exchange_checks_its_other_fields() {
    let emulator = emulator();
    let exchange = |fields: &[(&str, &str)]| {
        let answer = call(&emulator, "POST", "/services/a360/token").form(fields);
        (
            answer.status,
            answer.json()["error"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    let grant = ("grant_type", "urn:salesforce:grant-type:external:cdp");
    let invalid = (400, "invalid_request".to_owned());
    assert_eq!(exchange(&[]), invalid);
    assert_eq!(exchange(&[grant, ("subject_token", "x")]), invalid);
    let other = [("grant_type", "other"), ("subject_token", "x")];
    assert_eq!(exchange(&other), (400, "unsupported_grant_type".to_owned()));
}

#[test]
fn code_revoking_the_org_token_does_not_end_the_tenant_token() {
    let emulator = emulator();
    let org = org_token(&emulator);
    let tenant = exchange(&emulator, &org, &[]).json()["access_token"].clone();
    let revoke = || call(&emulator, "POST", "/services/oauth2/revoke").form(&[("token", &org)]);
    assert_eq!(revoke().status, 200);
    assert_error(&revoke(), 400, "invalid_token", "this token is invalid");
    let sources = call(&emulator, "GET", "/api/v1/ingest/sources").bearer(tenant.as_str().unwrap());
    assert_eq!(sources.send("").status, 200);
}
