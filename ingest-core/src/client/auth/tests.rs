//! Tokens in virtual time: who waits, who asks, who is told what.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Request;
use rcgen::{KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{advance, timeout};

use super::*;
use crate::client::http::Http;
use crate::client::scripted::{Asked, HOST, Reply, Script, form, settings};
use crate::client::{Client, RefusalKind, Settings};

const REFUSED: &str = r#"{"error":"invalid_grant","error_description":"authentication failure"}"#;

fn auth_with(script: &Arc<Script>, settings: Settings) -> Auth {
    let transport = Arc::clone(script);
    Auth::new(Login::new(Http::new(transport), Arc::new(settings)))
}

fn auth(script: &Arc<Script>) -> Auth {
    auth_with(script, settings(&[]))
}

fn secret(held: &Held) -> &str {
    held.0.secret.expose_secret()
}

/// A token without any waiting, not even virtual.
async fn at_once(auth: &Auth) -> Held {
    let before = Instant::now();
    let held = auth.token().await.unwrap();
    assert_eq!(Instant::now(), before, "a reader waited");
    held
}

/// Lets this much time pass, and the tasks of it run.
async fn pass(seconds: u64) {
    advance(Duration::from_secs(seconds)).await;
    settle().await;
}

/// Lets tasks go on as far as they come without time passing.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// What this many readers get who all come at once.
async fn readers(auth: &Auth, count: usize) -> Vec<Result<Held, Error>> {
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        let auth = auth.clone();
        tasks.spawn(async move { auth.token().await });
    }
    tasks.join_all().await
}

/// A script whose login takes as long.
fn slow(seconds: u64) -> Arc<Script> {
    Script::new(move |asked, time, _| {
        let token = || Reply::token(format_args!("org-{time}"), HOST, 0);
        (asked == Asked::Login).then(|| token().after(seconds))
    })
}

#[tokio::test(start_paused = true)]
async fn a_thousand_readers_of_a_token_that_ended_cause_one_login() {
    let script = slow(7);
    let auth = auth(&script);
    auth.token().await.unwrap();
    pass(1_001).await;
    let outcomes = readers(&auth, 1_000).await;
    for outcome in &outcomes {
        assert_eq!(secret(outcome.as_ref().unwrap()), "tenant-2");
    }
    assert_eq!(outcomes.len(), 1_000);
    assert_eq!(
        (script.count(Asked::Login), script.count(Asked::Exchange)),
        (2, 2)
    );
}

#[tokio::test(start_paused = true)]
async fn all_who_wait_share_one_failure_and_the_next_asks_again() {
    let script = Script::new(|asked, time, _| {
        let busy = || Reply::new(503, "{}").header("retry-after", "9").after(3);
        (asked == Asked::Login && time == 1).then(busy)
    });
    let auth = auth(&script);
    for outcome in readers(&auth, 1_000).await {
        let error = outcome.unwrap_err();
        assert!(matches!(error, Error::Login { status: 503, .. }), "{error}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(9)));
    }
    assert_eq!(script.count(Asked::Login), 1);
    assert_eq!(secret(&at_once_after_login(&auth).await), "tenant-1");
    assert_eq!(script.count(Asked::Login), 2);
}

async fn at_once_after_login(auth: &Auth) -> Held {
    auth.token().await.unwrap();
    at_once(auth).await
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_gives_up_does_not_end_what_others_wait_for() {
    let script = slow(60);
    let auth = auth(&script);
    let first = timeout(Duration::from_secs(1), auth.token()).await;
    assert!(first.is_err());
    let held = auth.token().await.unwrap();
    assert_eq!((secret(&held), script.count(Asked::Login)), ("tenant-1", 1));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_at_80_per_cent_of_its_life_while_readers_read() {
    let script = slow(60);
    let auth = auth(&script);
    let (_, first) = auth.token().await.unwrap();
    // Its life began with the exchange, which took no time.
    pass(799).await;
    assert_eq!(at_once(&auth).await.1, first);
    assert_eq!(script.count(Asked::Login), 1);
    pass(1).await;
    for _ in 0..100 {
        assert_eq!(at_once(&auth).await.1, first);
    }
    settle().await;
    assert_eq!(script.count(Asked::Login), 2);
    pass(59).await;
    assert_eq!(at_once(&auth).await.1, first);
    pass(1).await;
    let (token, second) = at_once(&auth).await;
    assert!(second > first);
    assert_eq!(token.secret.expose_secret(), "tenant-2");
    assert_eq!(
        (script.count(Asked::Login), script.count(Asked::Exchange)),
        (2, 2)
    );
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_for_a_minute_costs_readers_nothing() {
    let script = Script::new(|asked, time, _| {
        let failure = || match time {
            2 => Reply::new(500, "{}").after(5),
            _ => Reply::failure(TransportError::timed_out("nothing came")).after(5),
        };
        (asked == Asked::Login && (2..=3).contains(&time)).then(failure)
    });
    let auth = auth(&script);
    auth.token().await.unwrap();
    pass(800).await;
    let mut attempts = Vec::new();
    for second in 0..80 {
        let held = at_once(&auth).await;
        settle().await;
        if script.count(Asked::Login) > attempts.len() + 1 {
            attempts.push(second);
        }
        let expected = if second <= 70 { "tenant-1" } else { "tenant-2" };
        assert_eq!(secret(&held), expected, "{second}");
        pass(1).await;
    }
    // Each took five seconds, and thirty passed until the next.
    assert_eq!(attempts, [0, 35, 70]);
}

#[tokio::test(start_paused = true)]
async fn even_a_lasting_refusal_is_told_to_nobody_before_the_token_ends() {
    let script = Script::new(|asked, time, _| {
        (asked == Asked::Login && time > 1).then(|| Reply::new(400, REFUSED))
    });
    let auth = auth(&script);
    auth.token().await.unwrap();
    pass(800).await;
    for _ in 0..199 {
        assert_eq!(secret(&at_once(&auth).await), "tenant-1");
        pass(1).await;
    }
    assert_eq!(script.count(Asked::Login), 1 + 7);
    pass(1).await;
    let error = auth.token().await.unwrap_err();
    assert!(matches!(error, Error::Login { status: 400, .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_login_hosts_wish_puts_off_the_next_renewal_and_no_reader() {
    let script = Script::new(|asked, time, _| {
        let wish = if time == 2 {
            "120"
        } else {
            "18446744073709551615"
        };
        let busy = || Reply::new(429, "{}").header("retry-after", wish);
        (asked == Asked::Login && (2..=3).contains(&time)).then(busy)
    });
    let auth = auth(&script);
    auth.token().await.unwrap();
    pass(800).await;
    at_once(&auth).await;
    settle().await;
    pass(119).await;
    at_once(&auth).await;
    settle().await;
    assert_eq!(script.count(Asked::Login), 2);
    pass(1).await;
    at_once(&auth).await;
    settle().await;
    assert_eq!(script.count(Asked::Login), 3);
    // Without a token there is nothing to wait for.
    pass(80).await;
    assert_eq!(secret(&auth.token().await.unwrap()), "tenant-2");
}

#[tokio::test(start_paused = true)]
async fn only_the_first_refusal_of_a_token_fetches_another() {
    let script = slow(3);
    let auth = auth(&script);
    let (_, first) = auth.token().await.unwrap();
    for _ in 0..1_000 {
        auth.refused(first);
    }
    let outcomes = readers(&auth, 1_000).await;
    let (_, second) = outcomes[0].as_ref().unwrap();
    assert!(*second > first);
    assert_eq!(script.count(Asked::Login), 2);
    // A slow answer tells of the old token when the new one is in use.
    auth.refused(first);
    assert_eq!(at_once(&auth).await.1, *second);
    settle().await;
    assert_eq!(script.count(Asked::Login), 2);
    auth.refused(*second);
    let (_, third) = auth.token().await.unwrap();
    assert!(third > *second);
    assert_eq!(script.count(Asked::Login), 3);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_joins_a_renewal_under_way() {
    let script = slow(60);
    let auth = auth(&script);
    auth.token().await.unwrap();
    pass(800).await;
    let (_, first) = at_once(&auth).await;
    auth.refused(first);
    assert_eq!(secret(&auth.token().await.unwrap()), "tenant-2");
    assert_eq!(script.count(Asked::Login), 2);
}

#[test]
fn a_login_that_died_with_its_runtime_is_not_waited_for() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_time().start_paused(true).build().unwrap()
    };
    let script = Script::new(|asked, time, _| {
        let never = || Reply::new(200, "").after(1_000_000);
        (asked == Asked::Login && time == 1).then(never)
    });
    let auth = auth_with_runtime(&runtime(), &script);
    let first = runtime();
    first.block_on(async {
        let waited = timeout(Duration::from_secs(1), auth.token()).await;
        assert!(waited.is_err());
    });
    drop(first);
    let held = runtime().block_on(auth.token()).unwrap();
    assert_eq!(secret(&held), "tenant-1");
}

fn auth_with_runtime(runtime: &tokio::runtime::Runtime, script: &Arc<Script>) -> Auth {
    let _entered = runtime.enter();
    auth(script)
}

/// A login host whose clock goes an hour before ours, and which judges assertions by it.
fn an_hour_ahead(words: &'static str) -> Arc<Script> {
    Script::new(move |asked, time, request| {
        if asked != Asked::Login {
            return None;
        }
        let its = SystemTime::now() + Duration::from_secs(3_600);
        let reply = if expiry(request) > its {
            Reply::token(format_args!("org-{time}"), HOST, 0)
        } else {
            Reply::new(400, words)
        };
        Some(reply.header("date", httpdate::fmt_http_date(its)))
    })
}

/// The `exp` of the assertion in a login.
fn expiry(request: &Request<Bytes>) -> SystemTime {
    let assertion = &form(request)["assertion"];
    let claims = assertion.split('.').nth(1).unwrap();
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    UNIX_EPOCH + Duration::from_secs(claims["exp"].as_u64().unwrap())
}

/// An RSA key in PEM form, made once for all tests.
fn signing_key() -> &'static str {
    static KEY: OnceLock<String> = OnceLock::new();
    KEY.get_or_init(|| {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        key.serialize_pem()
    })
}

fn jwt_settings() -> Settings {
    settings(&[
        ("INGEST_CLIENT_SECRET", ""),
        ("INGEST_USERNAME", "ada@example.com"),
        ("INGEST_PRIVATE_KEY", signing_key()),
    ])
}

const EXPIRED: &str =
    r#"{"error":"invalid_grant","error_description":"expired authorization code"}"#;

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_off_costs_one_further_attempt_and_is_right_from_then_on() {
    for words in [EXPIRED, REFUSED] {
        let script = an_hour_ahead(words);
        let auth = auth_with(&script, jwt_settings());
        let (_, first) = auth.token().await.unwrap();
        assert_eq!(script.count(Asked::Login), 2, "{words}");
        auth.refused(first);
        auth.token().await.unwrap();
        assert_eq!(script.count(Asked::Login), 3, "{words}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_login_is_refused_for_good_after_the_attempt_that_its_words_deserve() {
    let assertion = r#"{"error":"invalid_grant","error_description":"Assertion has EXPIRED"}"#;
    let client = r#"{"error":"invalid_client","error_description":"invalid client"}"#;
    let ahead = |seconds| Some(SystemTime::now() + Duration::from_secs(seconds));
    for (words, date, settings, attempts) in [
        (EXPIRED, None, jwt_settings(), 2),
        (assertion, None, jwt_settings(), 2),
        (EXPIRED, ahead(3_600), jwt_settings(), 2),
        (REFUSED, ahead(3_600), jwt_settings(), 2),
        (REFUSED, ahead(20), jwt_settings(), 1),
        (REFUSED, None, jwt_settings(), 1),
        (client, ahead(3_600), jwt_settings(), 1),
        (EXPIRED, ahead(3_600), settings(&[]), 1),
    ] {
        let script = Script::new(move |_, _, _| {
            let reply = Reply::new(400, words);
            Some(match date {
                Some(date) => reply.header("date", httpdate::fmt_http_date(date)),
                None => reply,
            })
        });
        let auth = auth_with(&script, settings);
        let error = auth.token().await.unwrap_err();
        assert!(matches!(error, Error::Login { status: 400, .. }), "{error}");
        assert_eq!(script.count(Asked::Login), attempts, "{words} {date:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn records_go_where_the_latest_token_says() {
    let script = Script::new(|asked, time, _| match (asked, time) {
        (Asked::Exchange, 1) => Some(Reply::token("a", "127.0.0.1:1001", 1_000)),
        (Asked::Exchange, _) => Some(Reply::token("b", "127.0.0.1:1002", 1_000)),
        (Asked::Tenant, 2) => Some(Reply::new(401, "{}")),
        _ => None,
    });
    let client = Client::with_transport(settings(&[]), Arc::clone(&script) as _);
    for _ in 0..2 {
        client.post("Web", "page_view", "{}").await.unwrap();
    }
    let requests = script.requests(Asked::Tenant);
    let port = |request: &Request<Bytes>| request.uri().port_u16();
    let ports: Vec<_> = requests.iter().filter_map(port).collect();
    assert_eq!(ports, [1_001, 1_001, 1_002]);
    assert_eq!(requests[2].headers()["authorization"], "Bearer b");
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_leads_to_another_tenant_than_the_settings_name_is_no_token() {
    let script = Script::new(|asked, time, _| {
        let moved = || Reply::token("b", "127.0.0.1:1002", 1_000);
        (asked == Asked::Exchange && time > 1).then(moved)
    });
    let auth = auth_with(&script, settings(&[("INGEST_TENANT_URL", HOST)]));
    auth.token().await.unwrap();
    pass(800).await;
    at_once(&auth).await;
    pass(200).await;
    let error = auth.token().await.unwrap_err();
    assert!(matches!(error, Error::OtherTenant { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_refuses_every_token_costs_one_login_a_post() {
    let script = Script::new(|asked, _, _| {
        (asked == Asked::Tenant).then(|| Reply::new(401, r#"{"message":"no scope"}"#))
    });
    let client = Client::with_transport(settings(&[]), Arc::clone(&script) as _);
    let error = client.post("Web", "page_view", "{}").await.unwrap_err();
    let Error::Refused(refusal) = error else {
        panic!("{error}");
    };
    assert_eq!(refusal.kind, RefusalKind::Unauthorized);
    assert_eq!(
        (script.count(Asked::Login), script.count(Asked::Tenant)),
        (2, 2)
    );
}

#[tokio::test(start_paused = true)]
async fn one_ingest_is_one_request_with_its_own_time_out() {
    let script = Script::new(|asked, _, _| {
        let busy = || Reply::new(503, "busy").header("retry-after", "7");
        (asked == Asked::Tenant).then(busy)
    });
    let client = Client::with_transport(settings(&[]), Arc::clone(&script) as _);
    let limit = Duration::from_secs(5);
    let ids = Bytes::from_static(br#"{"ids":["1"]}"#);
    let sent = client.ingest(
        http::Method::DELETE,
        "Web",
        "page_view",
        ids.clone(),
        Some(limit),
    );
    let (answer, generation) = sent.await.unwrap();
    assert_eq!((answer.status, answer.body), (503, b"busy".to_vec()));
    assert_eq!(answer.retry_after, Some(Duration::from_secs(7)));
    assert_eq!(generation, at_once(client.auth()).await.1);
    let requests = script.requests(Asked::Tenant);
    let [request] = &requests[..] else {
        panic!("{requests:?}");
    };
    assert_eq!(request.method(), http::Method::DELETE);
    assert_eq!(request.uri().path(), "/api/v1/ingest/sources/Web/page_view");
    assert_eq!(request.body(), &ids);
    let extension = request.extensions().get::<crate::Timeout>();
    assert_eq!(extension, Some(&crate::Timeout(limit)));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_an_address_or_a_header_is_refused_before_it_is_sent() {
    let script = Script::new(|asked, time, _| {
        let odd = || Reply::token(r"a\nb", HOST, 1_000);
        (asked == Asked::Exchange && time > 1).then(odd)
    });
    let client = Client::with_transport(settings(&[]), Arc::clone(&script) as _);
    let long = "x".repeat(70_000);
    let first = client.post(&long, "page_view", "{}").await.unwrap_err();
    let (_, generation) = client.auth().token().await.unwrap();
    client.auth().refused(generation);
    let second = client.post("Web", "page_view", "{}").await.unwrap_err();
    for error in [first, second] {
        let Error::Transport { source, .. } = error else {
            panic!("{error}");
        };
        assert!(matches!(source, TransportError::Unsendable(_)), "{source}");
        assert!(!source.may_have_been_processed());
    }
    assert_eq!(script.count(Asked::Tenant), 0);
}

#[tokio::test(start_paused = true)]
async fn no_secret_shows_in_requests_errors_or_debug_output() {
    let echo = |words| {
        let body = format!(r#"{{"error":"x","error_description":"{words}"}}"#);
        Some(Reply::new(400, body))
    };
    let script = Script::new(move |asked, time, _| match (asked, time) {
        (Asked::Exchange, 2) => echo("org-2 is bad"),
        (Asked::Login, 3) => echo("hush hush or hush+hush is bad"),
        (Asked::Tenant, _) => Some(Reply::new(400, r#"{"message":"tenant-1 is bad"}"#)),
        _ => None,
    });
    let client = Client::with_transport(settings(&[]), Arc::clone(&script) as _);
    let refused = client.post("Web", "page_view", "{}").await.unwrap_err();
    assert!(refused.to_string().contains("… is bad"), "{refused}");
    let sent = &script.requests(Asked::Tenant)[0];
    assert!(sent.headers()["authorization"].is_sensitive());
    let (_, generation) = client.auth().token().await.unwrap();
    let shown = format!("{client:?} {sent:?} {refused:?}");
    assert!(
        shown.contains("TenantToken") && !shown.contains("tenant-1"),
        "{shown}"
    );

    client.auth().refused(generation);
    let exchange = client.auth().token().await.unwrap_err();
    let login = client.auth().token().await.unwrap_err();
    assert!(exchange.to_string().contains(": … is bad"), "{exchange}");
    assert!(login.to_string().contains(": … or … is bad"), "{login}");
    let shown = format!("{client:?} {exchange:?} {login:?}");
    assert!(
        !shown.contains("hush") && !shown.contains("org-2"),
        "{shown}"
    );
}
