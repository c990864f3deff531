//! Whatever comes in, the tenant answers, and never with a fault of its own.

use ingest_emulator::Strictness;
use serde_json::json;

use crate::client::{Client, call};
use crate::schema::{builder, good};

/// Xorshift: the same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % bound
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

/// A good body with a few bytes replaced, removed, doubled, or by bytes that JSON knows.
fn broken(numbers: &mut Numbers) -> Vec<u8> {
    let mut body = json!({"data": [good(), good()]}).to_string().into_bytes();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(body.len());
        match numbers.below(4) {
            0 => body[at] = numbers.byte(),
            1 => body[at] = b"{}[]\",:\\ntf0-"[numbers.below(13)],
            2 => body.truncate(at.max(1)),
            _ => body.insert(at, body[at]),
        }
    }
    body
}

fn noise(numbers: &mut Numbers) -> Vec<u8> {
    let length = numbers.below(300);
    (0..length).map(|_| numbers.byte()).collect()
}

fn answered(tenant: &Client, method: &str, path: &str, body: &[u8]) {
    let status = tenant.call(method, path).send(body).status;
    let text = String::from_utf8_lossy(body);
    assert!(
        (200..500).contains(&status),
        "{status} {method} {path} {text}"
    );
}

fn throw_at(tenant: &Client, rounds: usize) {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for round in 0..rounds {
        let body = match round % 2 {
            0 => broken(&mut numbers),
            _ => noise(&mut numbers),
        };
        answered(tenant, "POST", "Web/visit", &body);
        answered(tenant, "POST", "Web/patch", &body);
        answered(tenant, "DELETE", "Web/visit", &body);
    }
    let rows = tenant.emulator.rows("visit");
    assert!(rows.iter().all(serde_json::Value::is_object));
}

#[test]
fn own_garbage_never_breaks_a_strict_tenant() {
    throw_at(
        &Client::new(builder().requests_per_second(0).start().unwrap()),
        400,
    );
}

#[test]
fn own_garbage_never_breaks_a_lenient_tenant() {
    let builder = builder()
        .requests_per_second(0)
        .strictness(Strictness::Lenient);
    throw_at(&Client::new(builder.start().unwrap()), 400);
}

#[test]
fn own_garbage_never_breaks_the_other_endpoints() {
    let tenant = Client::new(builder().requests_per_second(0).start().unwrap());
    let mut numbers = Numbers(7);
    for _ in 0..100 {
        let body = noise(&mut numbers);
        for path in [
            "/services/oauth2/token",
            "/services/a360/token",
            "/services/oauth2/revoke",
            "/%ff",
            "/api/v1/ingest/sources/%ff/x",
        ] {
            let answer = call(&tenant.emulator, "POST", path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .send(&body);
            assert!(
                (400..500).contains(&answer.status),
                "{} {path}",
                answer.status
            );
        }
    }
}

#[test]
fn own_half_a_surrogate_pair_passes_as_text() {
    let tenant = Client::new(builder().start().unwrap());
    let body = r#"[{"first":"\ud800","second":"x"},{"first":"a","second":"\udc00\u0000"}]"#;
    assert_eq!(tenant.post("Web/draft", body).status, 202);
    assert_eq!(tenant.emulator.rows("draft").len(), 2);
    assert_eq!(tenant.emulator.row_texts("draft").len(), 2);
}

#[test]
fn own_thousands_of_unknown_keys_are_all_told() {
    let tenant = Client::new(builder().start().unwrap());
    let keys: Vec<_> = (0..15_000).map(|n| format!("\"k{n}\":0")).collect();
    let causes = tenant.post("Web/draft", format!("[{{{}}}]", keys.join(",")));
    assert_eq!(causes.causes().len(), 15_002);
}

#[test]
fn own_deep_nesting_is_refused_and_not_followed() {
    let tenant = Client::new(builder().start().unwrap());
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let record = format!(r#"[{{"first":{deep},"second":"x"}}]"#);
    let causes = tenant.post("Web/draft", record).causes();
    assert_eq!(causes, ["#/first: expected type: String, found: JSONArray"]);
}
