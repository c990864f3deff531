//! A tenant that misbehaves by plan: a transport in simulated time, without a network. It remembers
//! everything that it was sent, so that a run can be judged.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use ingest_core::{Transport, TransportError};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::run::Plan;

/// Requests that the tenant takes in any second.
const QUOTA: usize = 250;

#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    plan: Plan,
    seen: Arc<Mutex<Seen>>,
}

/// What the tenant has seen.
#[derive(Debug)]
pub(crate) struct Seen {
    chance: fastrand::Rng,
    /// The number of the token that is good.
    token: u64,
    pub(crate) logins: u64,
    /// By key, the numbers that were applied, in their order.
    pub(crate) applied: BTreeMap<String, Vec<u64>>,
    /// Records that were in an accepted request, by number.
    pub(crate) accepted: BTreeSet<u64>,
    /// Records that came again after the tenant had accepted them and had said so.
    pub(crate) again_after_acceptance: u64,
    told: BTreeSet<u64>,
    arrivals: VecDeque<Instant>,
    pub(crate) busiest: usize,
    pub(crate) requests: u64,
}

/// What the tenant does with a request.
enum Deed {
    Answer(Response<Bytes>),
    Cut,
}

impl Tenant {
    pub(crate) fn new(plan: &Plan) -> Self {
        let seen = Seen {
            chance: fastrand::Rng::with_seed(plan.seed),
            token: 1,
            logins: 0,
            applied: BTreeMap::new(),
            accepted: BTreeSet::new(),
            again_after_acceptance: 0,
            told: BTreeSet::new(),
            arrivals: VecDeque::new(),
            busiest: 0,
            requests: 0,
        };
        Self {
            plan: plan.clone(),
            seen: Arc::new(Mutex::new(seen)),
        }
    }

    pub(crate) fn seen<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.seen.lock().unwrap())
    }

    fn millis(&self, most: u64) -> Duration {
        Duration::from_millis(self.seen(|seen| seen.chance.u64(1..=most)))
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        if self.happens(self.plan.refuses) {
            return Err(TransportError::connect("refused"));
        }
        sleep(self.millis(self.plan.latency)).await;
        if self.happens(self.plan.cuts_before) {
            return Err(TransportError::interrupted("reset before processing"));
        }
        let deed = self.seen(|seen| seen.answer(&self.plan, &request));
        sleep(self.millis(self.plan.latency)).await;
        if self.happens(self.plan.hangs) {
            sleep(Duration::from_secs(90)).await;
            return Err(TransportError::timed_out("no answer"));
        }
        match deed {
            Deed::Answer(answer) => {
                self.seen(|seen| seen.tell(&request, &answer));
                Ok(answer)
            }
            Deed::Cut => Err(TransportError::interrupted("reset after processing")),
        }
    }

    fn happens(&self, ratio: f64) -> bool {
        self.seen(|seen| seen.happens(ratio))
    }
}

impl Transport for Tenant {
    fn call(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + '_>> {
        Box::pin(self.exchange(request))
    }
}

impl Seen {
    fn happens(&mut self, ratio: f64) -> bool {
        self.chance.f64() < ratio
    }

    fn answer(&mut self, plan: &Plan, request: &Request<Bytes>) -> Deed {
        match request.uri().path() {
            "/services/oauth2/token" => Deed::Answer(self.log_in(plan)),
            "/services/a360/token" => Deed::Answer(self.exchange(plan)),
            _ => self.ingest(plan, request),
        }
    }

    fn log_in(&mut self, plan: &Plan) -> Response<Bytes> {
        self.logins += 1;
        if self.happens(plan.login_fails) {
            return respond(500, &json!({"error": "server_error"}));
        }
        let answer = json!({
            "access_token": "org!token", "instance_url": "https://org.example", "token_type": "Bearer",
        });
        respond(200, &answer)
    }

    fn exchange(&mut self, plan: &Plan) -> Response<Bytes> {
        if self.happens(plan.login_fails) {
            return respond(503, &json!({}));
        }
        let answer = json!({
            "access_token": format!("token-{}", self.token), "instance_url": "tenant.example",
            "token_type": "Bearer", "expires_in": plan.token_life,
        });
        respond(200, &answer)
    }

    fn ingest(&mut self, plan: &Plan, request: &Request<Bytes>) -> Deed {
        self.requests += 1;
        self.arrive();
        if self.happens(plan.expires) {
            self.token += 1;
        }
        let bearer = request.headers()["authorization"].to_str().unwrap();
        if bearer != format!("Bearer token-{}", self.token) {
            return Deed::Answer(respond(401, &json!({"error": "Unauthorized"})));
        }
        if self.happens(plan.throttles) {
            return Deed::Answer(self.later(429));
        }
        if self.happens(plan.fails) {
            let status = *[500, 502, 503, 504, 408]
                .get(self.chance.usize(0..5))
                .unwrap();
            return Deed::Answer(self.later(status));
        }
        if self.happens(plan.pages) {
            let page = Response::builder()
                .status(200)
                .header("content-type", "text/html");
            return Deed::Answer(page.body("<html>maintenance</html>".into()).unwrap());
        }
        self.process(plan, request)
    }

    /// Counts requests in every second that ends with one of them.
    fn arrive(&mut self) {
        let now = Instant::now();
        self.arrivals.push_back(now);
        while now - self.arrivals[0] >= Duration::from_secs(1) {
            self.arrivals.pop_front();
        }
        self.busiest = self.busiest.max(self.arrivals.len());
        assert!(
            self.arrivals.len() <= QUOTA,
            "more than {QUOTA} requests in a second"
        );
    }

    fn later(&mut self, status: u16) -> Response<Bytes> {
        let mut answer = respond(status, &json!({"message": "later"}));
        if self.chance.bool() {
            let seconds = self.chance.u64(0..=4).to_string();
            answer
                .headers_mut()
                .insert("retry-after", seconds.parse().unwrap());
        }
        answer
    }

    fn process(&mut self, plan: &Plan, request: &Request<Bytes>) -> Deed {
        assert!(request.body().len() <= 200_000);
        let records = records_of(request);
        assert!(!records.is_empty(), "an empty request");
        let bad: Vec<&Value> = records.iter().filter(|record| is_bad(record)).collect();
        if !bad.is_empty() {
            return Deed::Answer(refuse(&bad, plan.reports));
        }
        for record in &records {
            self.apply(plan, record);
        }
        if self.happens(plan.cuts_after) {
            return Deed::Cut;
        }
        Deed::Answer(respond(202, &json!({"accepted": true})))
    }

    /// The answer has reached the client.
    fn tell(&mut self, request: &Request<Bytes>, answer: &Response<Bytes>) {
        if answer.status() == 202 {
            self.told.extend(records_of(request).iter().map(number_of));
        }
    }

    fn apply(&mut self, plan: &Plan, record: &Value) {
        let number = number_of(record);
        if plan.forgets && number == 7 {
            return;
        }
        self.again_after_acceptance += u64::from(self.told.contains(&number));
        self.accepted.insert(number);
        self.applied.entry(key_of(record)).or_default().push(number);
    }
}

fn records_of(request: &Request<Bytes>) -> Vec<Value> {
    let mut body: Value = serde_json::from_slice(request.body()).unwrap();
    let records = match *request.method() {
        Method::POST => body["data"].take(),
        Method::DELETE => body["ids"].take(),
        _ => panic!("unknown method"),
    };
    match records {
        Value::Array(records) => records,
        other => panic!("no list: {other}"),
    }
}

/// A record is `{"id": key, "number": n, "bad": bool}`; a key to delete is `key#number`.
fn number_of(record: &Value) -> u64 {
    match record {
        Value::String(key) => key.split_once('#').unwrap().1.parse().unwrap(),
        record => record["number"].as_u64().unwrap(),
    }
}

fn key_of(record: &Value) -> String {
    match record {
        Value::String(key) => key.clone(),
        record => record["id"].as_str().unwrap().to_owned(),
    }
}

fn is_bad(record: &Value) -> bool {
    record.get("bad") == Some(&Value::Bool(true))
}

fn refuse(bad: &[&Value], reports: bool) -> Response<Bytes> {
    let mut answer =
        json!({"error": "400 BAD_REQUEST", "message": "mismatch with Schema", "details": {}});
    if reports {
        let entries = bad.iter().map(|record| {
            json!({"record": record.to_string(), "causingExceptions": ["#/bad: [true] is not a valid flag"]})
        });
        answer["details"]["validationReport"] = entries.collect();
    }
    respond(400, &answer)
}

fn respond(status: u16, body: &Value) -> Response<Bytes> {
    let answer = Response::builder()
        .status(status)
        .header("content-type", "application/json");
    answer.body(body.to_string().into()).unwrap()
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} requests, {} logins, busiest second {}",
            self.requests, self.logins, self.busiest
        )
    }
}
