//! A tenant with the schema of the web shop, and records to post to it over plain HTTP.

use std::io::{Read, Write};
use std::net::TcpStream;

use ingest_emulator::Emulator;
use ingest_schema::Schema;
use serde_json::{Value, json};

pub(crate) struct Tenant {
    pub(crate) emulator: Emulator,
    token: String,
}

impl Tenant {
    pub(crate) fn start() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/web.yaml");
        let schema = Schema::load(path).unwrap().schema;
        let emulator = Emulator::start(schema).unwrap();
        let token = tenant_token(&emulator);
        Self { emulator, token }
    }

    /// The status that the records are answered with.
    pub(crate) fn post(&self, object: &str, records: &[Value]) -> u16 {
        let path = format!("/api/v1/ingest/sources/Web/{object}");
        let token = format!("Authorization: Bearer {}\r\n", self.token);
        call(
            &self.emulator,
            &path,
            &token,
            &json!({"data": records}).to_string(),
        )
        .0
    }
}

pub(crate) fn page_view(number: usize) -> Value {
    const PATHS: [&str; 5] = ["", "products/lamp", "products/chair", "cart", "checkout"];
    let path = PATHS[number % PATHS.len()];
    let minute = number / 60 % 60;
    json!({
        "event_id": format!("e-{number:05}"),
        "occurred_at": format!("2026-07-11T09:{minute:02}:{:02}.000Z", number % 60),
        "visitor_id": format!("v-{:03}", number * 7 % 400),
        "url": format!("https://shop.example/{path}"),
        "referrer": if number.is_multiple_of(3) { json!("https://search.example/") } else { Value::Null },
        "duration_ms": number * 37 % 9000,
        "revenue": if path == "checkout" { json!(19.9) } else { Value::Null },
        "logged_in": number.is_multiple_of(2),
    })
}

pub(crate) fn visitor(number: usize) -> Value {
    json!({
        "visitor_id": format!("v-{number:03}"),
        "updated_at": "2026-07-11T09:00:00.000Z",
        "email": format!("visitor{number}@example.com"),
        "phone": Value::Null,
        "first_seen": "2026-07-01",
        "newsletter": number.is_multiple_of(4),
        "discount": "5%",
        "country": "DE",
    })
}

/// A record with another value in one field.
pub(crate) fn with(mut record: Value, field: &str, value: Value) -> Value {
    record[field] = value;
    record
}

fn tenant_token(emulator: &Emulator) -> String {
    let login = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        emulator.client_id(),
        emulator.client_secret()
    );
    let org = token(emulator, "/services/oauth2/token", &login);
    let exchange = format!(
        "grant_type=urn:salesforce:grant-type:external:cdp&subject_token={}\
         &subject_token_type=urn:ietf:params:oauth:token-type:access_token",
        org.replace('!', "%21")
    );
    token(emulator, "/services/a360/token", &exchange)
}

fn token(emulator: &Emulator, path: &str, form: &str) -> String {
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let (status, body) = call(emulator, path, kind, form);
    assert_eq!(status, 200, "{body}");
    let answer: Value = serde_json::from_str(&body).unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

fn call(emulator: &Emulator, path: &str, header: &str, body: &str) -> (u16, String) {
    let url = emulator.tenant_url();
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}
