//! The smallest HTTP/1.1 client that will do: one connection a request, no dependency.
//!
//! It sends exactly the bytes a test gives it, which a real client would not.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use ingest_emulator::Emulator;
use serde_json::Value;

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) retry_after: Option<String>,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text))
    }

    /// The causes that a validation report gives for its only record.
    pub(crate) fn causes(&self) -> Vec<String> {
        let body = self.json();
        let report = &body["details"]["validationReport"];
        assert_eq!(report.as_array().map(Vec::len), Some(1), "{body}");
        let causes = report[0]["causingExceptions"].as_array();
        let text = |cause: &Value| cause.as_str().unwrap_or_default().to_owned();
        causes.into_iter().flatten().map(text).collect()
    }
}

/// A request under construction.
pub(crate) struct Call<'e> {
    emulator: &'e Emulator,
    head: String,
}

pub(crate) fn call<'e>(emulator: &'e Emulator, method: &str, path: &str) -> Call<'e> {
    let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    Call { emulator, head }
}

impl Call<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.head.extend([name, ": ", value, "\r\n"]);
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Answer {
        let encode = |text: &str| {
            let byte = |byte: u8| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            };
            text.bytes().map(byte).collect::<String>()
        };
        let fields: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        self.header("Content-Type", "application/x-www-form-urlencoded")
            .send(fields.join("&"))
    }

    pub(crate) fn send(self, body: impl AsRef<[u8]>) -> Answer {
        parse(&String::from_utf8(self.exchange(body.as_ref()).unwrap()).unwrap())
    }

    /// What comes back before the connection ends, or how it broke.
    pub(crate) fn exchange(self, body: &[u8]) -> io::Result<Vec<u8>> {
        let address = self.emulator.login_url();
        let address = address.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!("{}Content-Length: {}\r\n\r\n", self.head, body.len());
        stream.write_all(head.as_bytes()).unwrap();
        // A server may answer a body that is far too long before it has read it.
        stream.write_all(body).unwrap_or_default();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    }
}

fn parse(answer: &str) -> Answer {
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let header = |name: &str| {
        let value = |line: &str| Some(line.strip_prefix(name)?.strip_prefix(": ")?.to_owned());
        head.lines().find_map(value)
    };
    Answer {
        status,
        content_type: header("content-type").unwrap_or_default(),
        retry_after: header("retry-after"),
        text: text.to_owned(),
    }
}

pub(crate) fn org_token(emulator: &Emulator) -> String {
    let answer = call(emulator, "POST", "/services/oauth2/token").form(&[
        ("grant_type", "client_credentials"),
        ("client_id", emulator.client_id()),
        ("client_secret", emulator.client_secret()),
    ]);
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

pub(crate) fn exchange(emulator: &Emulator, org_token: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![
        ("grant_type", "urn:salesforce:grant-type:external:cdp"),
        ("subject_token", org_token),
        (
            "subject_token_type",
            "urn:ietf:params:oauth:token-type:access_token",
        ),
    ];
    fields.extend(more);
    call(emulator, "POST", "/services/a360/token").form(&fields)
}

pub(crate) fn tenant_token(emulator: &Emulator) -> String {
    let answer = exchange(emulator, &org_token(emulator), &[]);
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

/// An emulator with a tenant token to its endpoints.
pub(crate) struct Client {
    pub(crate) emulator: Emulator,
    pub(crate) token: String,
}

impl Client {
    pub(crate) fn new(emulator: Emulator) -> Self {
        let token = tenant_token(&emulator);
        Self { emulator, token }
    }

    pub(crate) fn call(&self, method: &str, path: &str) -> Call<'_> {
        let path = format!("/api/v1/ingest/sources/{path}");
        call(&self.emulator, method, &path).bearer(&self.token)
    }

    pub(crate) fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.call("POST", path).send(body)
    }

    /// Posts one record to an object of the connector `Web`.
    pub(crate) fn record(&self, object: &str, record: &Value) -> Answer {
        let body = serde_json::json!({"data": [record]}).to_string();
        self.post(&format!("Web/{object}"), body)
    }
}
