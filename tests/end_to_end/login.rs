//! Both flows, the exchange, and what each refusal tells the user.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use ingest_core::{Client, Error, HttpTransport, Settings, Step, Transport, TransportError};
use ingest_emulator::{Emulator, RequestSummary};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::{client, page_view, schema, settings, web};

async fn failure(settings: Settings) -> Error {
    let client = Client::new(settings).unwrap();
    client.send([page_view(1)]).await.unwrap_err().source
}

#[tokio::test]
async fn client_credentials_and_jwt_bearer_both_log_in() {
    let emulator = web();
    let report = client(&emulator).send([page_view(1)]).await.unwrap();
    assert!(report.is_complete());
    let jwt = Client::new(Settings::from_vars(emulator.jwt_vars()).unwrap()).unwrap();
    let report = jwt.send([page_view(2)]).await.unwrap();
    assert!(report.is_complete());
    assert_eq!(emulator.row_count("page_view"), 2);
}

#[tokio::test]
async fn every_form_of_the_exchanges_answer_is_understood() {
    for (bare, text) in [(true, false), (false, true)] {
        let builder = Emulator::builder(schema("web"));
        let emulator = builder
            .bare_host(bare)
            .expires_in_as_text(text)
            .start()
            .unwrap();
        assert!(
            client(&emulator)
                .send([page_view(1)])
                .await
                .unwrap()
                .is_complete()
        );
    }
}

#[tokio::test]
async fn one_login_serves_all_sends_and_clones() {
    let emulator = web();
    let client = client(&emulator);
    for number in 0..5 {
        let report = client.clone().send([page_view(number)]).await.unwrap();
        assert!(report.is_complete());
    }
    assert_eq!(logins(&emulator), 2);
}

/// Requests for a token, of both steps.
fn logins(emulator: &Emulator) -> usize {
    let requests = emulator.requests();
    let of_login = |request: &&RequestSummary| request.path.ends_with("/token");
    requests.iter().filter(of_login).count()
}

/// Lets few records be under way at a time: a machine has fewer sockets than this has senders.
#[derive(Debug)]
struct Gate {
    http: HttpTransport,
    places: Semaphore,
}

impl Transport for Gate {
    fn call(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + '_>> {
        Box::pin(async move {
            let place = self.places.acquire().await;
            let _place = place.map_err(TransportError::connect)?;
            self.http.call(request).await
        })
    }
}

async fn a_thousand_senders(client: &Client) {
    let mut senders = JoinSet::new();
    for number in 0..1_000 {
        let client = client.clone();
        senders.spawn(async move { client.send([page_view(number)]).await });
    }
    for report in senders.join_all().await {
        assert!(report.unwrap().is_complete());
    }
}

#[tokio::test]
async fn a_thousand_senders_log_in_once_when_the_token_ends_or_is_refused() {
    let builder = Emulator::builder(schema("web")).requests_per_second(0);
    let emulator = builder.start().unwrap();
    let settings = settings(&emulator, &[]);
    let gate = Gate {
        http: HttpTransport::new(&settings).unwrap(),
        places: Semaphore::new(20),
    };
    let client = Client::with_transport(settings, Arc::new(gate));
    assert!(client.send([page_view(0)]).await.unwrap().is_complete());
    assert_eq!(logins(&emulator), 2);
    pass(8_000).await;
    a_thousand_senders(&client).await;
    assert_eq!(logins(&emulator), 4);
    emulator.expire_tenant_tokens();
    a_thousand_senders(&client).await;
    assert_eq!(logins(&emulator), 6);
    assert_eq!(emulator.row_count("page_view"), 1_000);
}

#[tokio::test]
async fn a_token_that_ended_is_replaced_and_the_body_sent_again() {
    let emulator = web();
    let client = client(&emulator);
    assert!(client.send([page_view(1)]).await.unwrap().is_complete());
    emulator.expire_tenant_tokens();
    let report = client.send([page_view(2)]).await.unwrap();
    assert!(report.is_complete());
    assert_eq!(emulator.row_count("page_view"), 2);
}

#[tokio::test]
async fn nothing_that_is_debugged_shows_a_secret() {
    let emulator = web();
    let client = client(&emulator);
    assert!(client.send([page_view(1)]).await.unwrap().is_complete());
    let shown = format!("{client:?}");
    assert!(shown.contains("TenantToken"), "{shown}");
    assert!(!shown.contains(emulator.client_secret()), "{shown}");
    // Every tenant token is a JWT, and every JWT begins like this.
    assert!(!shown.contains("eyJ"), "{shown}");
}

#[tokio::test]
async fn a_wrong_secret_is_named_and_not_shown() {
    let emulator = web();
    let error = failure(settings(
        &emulator,
        &[("INGEST_CLIENT_SECRET", "wrong-secret")],
    ))
    .await;
    assert!(
        matches!(&error, Error::Login { step: Step::OrgToken, error, .. } if error == "invalid_client"),
        "{error}"
    );
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("INGEST_CLIENT_SECRET"), "{shown}");
    assert!(!shown.contains("wrong-secret"), "{shown}");
}

#[tokio::test]
async fn a_key_that_cannot_sign_is_refused_before_anything_is_sent() {
    let emulator = web();
    let mut vars = emulator.jwt_vars();
    vars.push(("INGEST_PRIVATE_KEY", "-----BEGIN hush-----".into()));
    let error = failure(Settings::from_vars(vars).unwrap()).await;
    assert!(matches!(error, Error::PrivateKey(_)), "{error}");
    assert!(!format!("{error} {error:?}").contains("hush"));
    assert_eq!(emulator.request_count(), 0);
}

#[tokio::test]
async fn records_never_go_to_another_tenant_than_the_settings_name() {
    let emulator = web();
    let error = failure(settings(
        &emulator,
        &[("INGEST_TENANT_URL", "abc.c360a.salesforce.com")],
    ))
    .await;
    assert!(matches!(error, Error::OtherTenant { .. }), "{error}");
    assert_eq!(emulator.accepted("page_view"), 0);
}

/// A host that answers every request with this status, header and body.
fn host(status: &str, header: &str, body: &str) -> String {
    let answer = answer(status, header, body);
    host_by(move |_, _| answer.clone())
}

fn answer(status: &str, header: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n{header}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

/// A host that makes its answers from its own address and the first line of the request.
fn host_by(answer: impl Fn(&str, &str) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let own = url.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let line = read_request(&mut stream);
            let answer = answer(&own, &line);
            // A client that has gone away is no concern of the next one.
            let _gone = stream.get_mut().write_all(answer.as_bytes());
        }
    });
    url
}

#[tokio::test]
async fn a_2xx_is_acceptance_whatever_becomes_of_its_body() {
    for header in [
        "content-length: 1000",
        "content-length: 99999999999",
        "transfer-encoding: chunked",
    ] {
        let url = host_by(move |own, line| {
            let token = format!(r#"{{"access_token":"t","instance_url":"{own}"}}"#);
            if line.contains("/token") {
                answer("200 OK", "content-type: application/json", &token)
            } else {
                format!("HTTP/1.1 202 Accepted\r\n{header}\r\n\r\n{{\"acc")
            }
        });
        let client = Client::new(settings_at(&url)).unwrap();
        let report = client.send([page_view(1)]).await.unwrap();
        assert!(report.is_complete(), "{header}");
    }
}

#[tokio::test]
async fn a_login_that_fails_in_passing_costs_nothing_while_the_old_token_is_good() {
    let logins = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&logins);
    let url = host_by(move |own, line| {
        let token = format!(r#"{{"access_token":"t","instance_url":"{own}","expires_in":1000}}"#);
        if line.contains("/oauth2/token") && count.fetch_add(1, Ordering::SeqCst) > 0 {
            return answer("500 Oops", "content-type: application/json", "{}");
        }
        answer("200 OK", "content-type: application/json", &token)
    });
    let client = Client::new(settings_at(&url)).unwrap();
    assert!(client.send([page_view(1)]).await.is_ok());
    // It is renewed from 80 per cent of its life on, in vain.
    pass(900).await;
    for number in 0..5 {
        assert!(client.send([page_view(number)]).await.is_ok());
    }
    while logins.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    assert!(client.send([page_view(5)]).await.is_ok());
    assert_eq!(logins.load(Ordering::SeqCst), 2);
    pass(200).await;
    let error = client.send([page_view(3)]).await.unwrap_err();
    assert!(
        matches!(error.source, Error::Login { status: 500, .. }),
        "{error}"
    );
}

/// Lets seconds pass at once; the clock only stands still for that, because sockets do not.
async fn pass(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

/// Reads a request to its end, so that closing the connection does not reset it; gives its first line.
fn read_request(stream: &mut BufReader<TcpStream>) -> String {
    let mut first = String::new();
    stream.read_line(&mut first).unwrap();
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = text.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    io::copy(&mut stream.take(length), &mut io::sink()).unwrap();
    first
}

fn settings_at(url: &str) -> Settings {
    Settings::from_vars([
        ("INGEST_LOGIN_URL", url),
        ("INGEST_CLIENT_ID", "id"),
        ("INGEST_CLIENT_SECRET", "hush"),
        ("INGEST_SOURCE", "Web"),
    ])
    .unwrap()
}

#[tokio::test]
async fn an_html_page_is_no_token() {
    let url = host("200 OK", "content-type: text/html", "<html>");
    let error = failure(settings_at(&url)).await;
    assert!(
        matches!(
            error,
            Error::Html {
                step: Step::OrgToken,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn the_words_of_a_refusal_are_found_in_every_form() {
    for (body, code, words) in [
        (
            r#"{"error":"invalid_grant","error_description":null}"#,
            "invalid_grant",
            "no description given",
        ),
        (
            r#"[{"errorCode":"API_DISABLED","message":"off"}]"#,
            "API_DISABLED",
            "off",
        ),
        ("null", "no reason given", "no description given"),
    ] {
        let url = host("400 Bad Request", "content-type: application/json", body);
        let Error::Login {
            error, description, ..
        } = failure(settings_at(&url)).await
        else {
            panic!("{body}");
        };
        assert_eq!((error.as_str(), description.as_str()), (code, words));
    }
}

#[tokio::test]
async fn a_server_that_repeats_a_secret_does_not_put_it_into_the_error() {
    let echo = r#"{"error":"invalid_client","error_description":"client_secret=a+b%2F%22hush was wrong, a b\/\"hush too"}"#;
    let url = host("401 Unauthorized", "content-type: application/json", echo);
    let vars = [
        ("INGEST_LOGIN_URL", url.as_str()),
        ("INGEST_CLIENT_ID", "id"),
        ("INGEST_CLIENT_SECRET", "a b/\"hush"),
        ("INGEST_SOURCE", "Web"),
    ];
    let error = failure(Settings::from_vars(vars).unwrap()).await;
    let shown = format!("{error} {error:?}");
    assert!(
        shown.contains("client_secret=… was wrong, … too"),
        "{shown}"
    );
    assert!(!shown.contains("hush"), "{shown}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = host("200 OK", "content-type: application/json", "{}");
    let url = host("302 Found", &format!("location: {elsewhere}"), "");
    let error = failure(settings_at(&url)).await;
    assert!(matches!(error, Error::Login { status: 302, .. }), "{error}");
}

#[tokio::test]
async fn an_answer_that_names_a_host_in_the_clear_is_refused() {
    let token = r#"{"access_token":"hush","instance_url":"http://x.my.salesforce.com"}"#;
    let url = host("200 OK", "content-type: application/json", token);
    let error = failure(settings_at(&url)).await;
    assert!(matches!(error, Error::Host { .. }), "{error}");
    assert!(!format!("{error:?}").contains("hush"));
}

#[tokio::test]
async fn nobody_there_is_a_transport_error_with_the_host() {
    let unused = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = failure(settings_at(&format!("http://{unused}"))).await;
    assert!(
        matches!(
            error,
            Error::Transport {
                step: Step::OrgToken,
                ..
            }
        ),
        "{error}"
    );
    assert!(error.to_string().contains("127.0.0.1"), "{error}");
}
