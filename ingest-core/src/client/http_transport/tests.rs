//! The transport against hosts that answer badly, or not at all.

use std::error::Error as _;
use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use http::StatusCode;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::*;

/// A certificate that is signed by itself, and its key.
struct Identity {
    certificate: String,
    key: String,
}

fn identity(host: &str) -> Identity {
    let made = rcgen::generate_simple_self_signed([host.to_owned()]).unwrap();
    Identity {
        certificate: made.cert.pem(),
        key: made.signing_key.serialize_pem(),
    }
}

/// A transport that trusts this certificate beside those of the machine.
fn trusting(identity: &Identity) -> HttpTransport {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &identity.certificate).unwrap();
    let path = file.path().to_str().unwrap();
    HttpTransport::new(&settings(&[("INGEST_CA_FILE", path)])).unwrap()
}

fn settings(more: &[(&str, &str)]) -> Settings {
    let needed = [
        ("INGEST_LOGIN_URL", "https://127.0.0.1"),
        ("INGEST_CLIENT_ID", "id"),
        ("INGEST_CLIENT_SECRET", "hush"),
    ];
    Settings::from_vars(needed.iter().chain(more).copied()).unwrap()
}

/// A transport that needs no certificates of the machine.
fn plain() -> HttpTransport {
    HttpTransport::new(&settings(&[("INGEST_LOGIN_URL", "http://127.0.0.1")])).unwrap()
}

fn get(url: &str) -> Request<Bytes> {
    Request::get(url).body(Bytes::new()).unwrap()
}

fn with<E: Clone + Send + Sync + 'static>(
    mut request: Request<Bytes>,
    extension: E,
) -> Request<Bytes> {
    request.extensions_mut().insert(extension);
    request
}

/// Reads the head of a request, which is all of it here.
fn head(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) > 0 {
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

/// A host that does this with every connection.
fn host(serve: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            serve(stream.unwrap());
        }
    });
    authority
}

/// A host that answers with these bytes and closes.
fn answering(answer: impl AsRef<[u8]> + Send + 'static) -> String {
    let authority = host(move |mut stream| {
        head(&mut stream);
        // The client may have gone away on purpose.
        let _gone = stream.write_all(answer.as_ref());
    });
    format!("http://{authority}/")
}

/// A host with this certificate.
fn with_tls(identity: &Identity) -> String {
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
    let chain = CertificateDer::pem_slice_iter(identity.certificate.as_bytes())
        .collect::<Result<_, _>>()
        .unwrap();
    let config = ServerConfig::builder_with_provider(tls::provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let config = Arc::new(config);
    let authority = host(move |stream| {
        let session = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = StreamOwned::new(session, stream);
        if !head(&mut stream).is_empty() {
            stream.write_all(b"HTTP/1.1 204 Fine\r\n\r\n").unwrap();
        }
    });
    format!("https://{authority}/")
}

/// Why there was no connection, and that nothing was sent.
fn why(error: &TransportError) -> String {
    assert!(matches!(error, TransportError::Connect(_)), "{error:?}");
    assert!(!error.may_have_been_processed());
    error.source().unwrap().to_string()
}

#[tokio::test]
async fn who_refuses_connections_is_told_from_who_is_not_known() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let url = format!("http://{}/", unused.unwrap());
    let refused = why(&plain().call(get(&url)).await.unwrap_err());
    assert!(refused.contains("refused"), "{refused}");

    let timeouts = Timeouts {
        connect: Duration::from_secs(60),
        ..Timeouts::default()
    };
    let settings = settings(&[("INGEST_LOGIN_URL", "http://127.0.0.1")]);
    let transport = HttpTransport::with_timeouts(&settings, timeouts).unwrap();
    let unknown = transport.call(get("http://nobody.invalid/")).await;
    let unknown = why(&unknown.unwrap_err());
    assert!(unknown.starts_with("the host is not known: "), "{unknown}");
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_named() {
    // A root of another name, so that the machine needs none.
    let transport = trusting(&identity("other.example"));
    let url = with_tls(&identity("127.0.0.1"));
    let error = transport.call(get(&url)).await.unwrap_err();
    let why = why(&error);
    assert!(
        why.starts_with("TLS: ") && why.contains("certificate"),
        "{why}"
    );
}

/// Elsewhere the machine judges certificates, and may not like one that signs itself.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_certificate_of_the_ca_file_is_trusted() {
    let identity = identity("127.0.0.1");
    let url = with_tls(&identity);
    let answer = trusting(&identity).call(get(&url)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn no_answer_in_the_requests_own_time_is_a_time_out() {
    let (silent, _kept) = std::sync::mpsc::channel();
    let authority = host(move |stream| silent.send(stream).unwrap());
    let request = get(&format!("http://{authority}/"));
    let request = with(request, Timeout(Duration::from_millis(50)));
    let error = plain().call(request).await.unwrap_err();
    assert!(matches!(error, TransportError::TimedOut(_)), "{error:?}");
    assert!(error.may_have_been_processed());
}

#[tokio::test]
async fn an_answer_that_is_cut_is_an_interruption() {
    for cut in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{",
    ] {
        let error = plain().call(get(&answering(cut))).await.unwrap_err();
        assert!(matches!(error, TransportError::Interrupted(_)), "{error:?}");
        assert!(error.may_have_been_processed());
    }
}

#[tokio::test]
async fn a_good_answer_whose_body_nobody_needs_may_be_cut_and_a_bad_one_may_not() {
    let cut = "202 Accepted\r\ncontent-length: 9\r\n\r\n{";
    let url = answering(format!("HTTP/1.1 {cut}"));
    let answer = plain().call(with(get(&url), StatusOnly)).await.unwrap();
    assert_eq!(
        (answer.status(), answer.body().len()),
        (StatusCode::ACCEPTED, 0)
    );
    let url = answering("HTTP/1.1 400 No\r\ncontent-length: 9\r\n\r\n{");
    let error = plain().call(with(get(&url), StatusOnly)).await.unwrap_err();
    assert!(matches!(error, TransportError::Interrupted(_)), "{error:?}");
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let largest = "HTTP/1.1 200 OK\r\n\r\n".to_owned() + &"x".repeat(MAX_ANSWER);
    let too_large = largest.clone() + "x";
    let answer = plain().call(get(&answering(largest))).await.unwrap();
    assert_eq!(answer.body().len(), MAX_ANSWER);
    let error = plain().call(get(&answering(too_large))).await.unwrap_err();
    assert!(matches!(error, TransportError::AnswerTooLarge), "{error:?}");
    assert!(error.may_have_been_processed());
}

#[tokio::test]
async fn the_host_sees_who_asks_and_answers_that_lead_elsewhere_are_answers() {
    let authority = host(|mut stream| {
        let head = head(&mut stream);
        let answer = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\n";
        write!(
            stream,
            "{answer}content-length: {}\r\n\r\n{head}",
            head.len()
        )
        .unwrap();
    });
    let answer = plain().call(get(&format!("http://{authority}/a"))).await;
    let answer = answer.unwrap();
    assert_eq!(answer.status(), StatusCode::FOUND);
    assert_eq!(answer.headers()["location"], "http://127.0.0.1:1/");
    let head = std::str::from_utf8(answer.body()).unwrap();
    assert!(head.starts_with("GET /a HTTP/1.1\r\n"), "{head}");
    let agent = concat!(
        "user-agent: ingest-core/",
        env!("CARGO_PKG_VERSION"),
        "\r\n"
    );
    assert!(head.contains(agent), "{head}");
}
