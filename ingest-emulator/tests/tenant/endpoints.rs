//! Random requests to every endpoint: each is answered, and never with a fault of the emulator's.
//!
//! Their parts are drawn from what the endpoints know, so that many requests get far.

use fastrand::Rng;
use serde_json::json;

use crate::client::{Client, call, org_token};
use crate::schema::{builder, good};

const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

const PARTS: &[&str] = &[
    "",
    "x",
    "%ff",
    "%00",
    "..",
    "%2e%2e",
    "visit",
    "Web",
    "actions",
    "test",
    "schema",
    "jobs",
    "batches",
    "?",
    "limit=5",
    "limit=-1",
    "&",
    "offset=99999999999999999999",
    "orderBy=createdDate+asc",
    "states=Open,Aborted",
    "connectorType=IngestApi",
    "v61.0",
    "v999999999999.0",
    "ids=a,b",
    "=",
];

const SQL: &[&str] = &[
    "SELECT",
    "*",
    "COUNT(*)",
    "id__c",
    ",",
    "FROM",
    "visit_Web__dll",
    "PR_visit_Web__dll",
    "WHERE",
    "amount__c",
    "=",
    "<",
    "1",
    "-1e999",
    "'a'",
    "NULL",
    "AND",
    "OR",
    "NOT",
    "IN",
    "(",
    ")",
    "IS",
    "ORDER BY",
    "DESC",
    "LIMIT",
    "OFFSET",
    "BETWEEN",
    ";",
    "--",
    "\"",
    "'",
    "JOIN",
    "GROUP BY",
];

struct Throw {
    tenant: Client,
    random: Rng,
    org: String,
    connection: String,
    job: String,
}

impl Throw {
    fn new(seed: u64) -> Self {
        let builder = builder().requests_per_second(0).jobs_per_hour(0);
        let tenant = Client::new(builder.start().unwrap());
        let org = org_token(&tenant.emulator);
        let path = "/services/data/v62.0/ssot/connections?connectorType=IngestApi";
        let list = call(&tenant.emulator, "GET", path)
            .bearer(&org)
            .send("")
            .json();
        let connection = list["connections"][0]["id"].as_str().unwrap().to_owned();
        let mut throw = Self {
            tenant,
            random: Rng::with_seed(seed),
            org,
            connection,
            job: String::new(),
        };
        throw.job = throw.new_job();
        throw
    }

    fn new_job(&mut self) -> String {
        let object = ["visit", "contact", "patch", "draft"][self.random.usize(..4)];
        let operation = ["upsert", "delete"][self.random.usize(..2)];
        let job = json!({"object": object, "sourceName": "Web", "operation": operation});
        let call = call(&self.tenant.emulator, "POST", "/api/v1/ingest/jobs");
        let answer = call.bearer(&self.tenant.token).send(job.to_string());
        let made = answer.json()["id"].as_str().map(str::to_owned);
        made.unwrap_or_else(|| self.job.clone())
    }

    fn path(&mut self) -> String {
        let (job, connection) = (&self.job, &self.connection);
        let ssot = "/services/data/v62.0/ssot";
        let known = [
            "/services/oauth2/token".to_owned(),
            "/services/oauth2/revoke".to_owned(),
            "/services/a360/token".to_owned(),
            "/api/v1/ingest/jobs".to_owned(),
            format!("/api/v1/ingest/jobs/{job}"),
            format!("/api/v1/ingest/jobs/{job}"),
            format!("/api/v1/ingest/jobs/{job}/batches"),
            "/api/v1/ingest/sources/Web/visit".to_owned(),
            "/api/v1/ingest/sources".to_owned(),
            "/api/v1/metadata".to_owned(),
            "/api/v2/query".to_owned(),
            format!("{ssot}/connections"),
            format!("{ssot}/connections/{connection}/schema"),
            format!("{ssot}/connections/{connection}/schema/actions/test"),
            format!("{ssot}/connections/{connection}/endpoints"),
            format!("{ssot}/data-streams"),
        ];
        let mut path = self.random.choice(known).unwrap();
        if self.random.u8(..4) == 0 {
            for _ in 0..self.random.usize(1..4) {
                path.push_str(["/", "?", "&"][self.random.usize(..3)]);
                path.push_str(PARTS[self.random.usize(..PARTS.len())]);
            }
        }
        path
    }

    fn body(&mut self) -> Vec<u8> {
        let random = &mut self.random;
        let text = match random.u8(..9) {
            1 => json!({"data": [good()]}).to_string(),
            2 => {
                let states = ["UploadComplete", "Aborted", "Open", "x"];
                json!({"state": random.choice(states)}).to_string()
            }
            3 => json!({"sql": words(random, SQL)}).to_string(),
            4 => format!("id,at,note\n{}\n", words(random, &["a", ",", "\"", "\r\n", "2026-01-01T00:00:00Z", "\u{e4}"])),
            5 => json!({"schemas": [{"name": "visit", "fields": [{"name": words(random, &["a", "id"]), "dataType": "Text"}]}]}).to_string(),
            6 => json!({"object": "visit", "sourceName": "Web", "operation": "delete"}).to_string(),
            7 => "grant_type=refresh_token&client_id=x&client_secret=y&token=%ff&refresh_token=".to_owned(),
            _ => String::new(),
        };
        let mut bytes = text.into_bytes();
        if random.u8(..3) == 0 {
            bytes.extend(std::iter::repeat_with(|| random.u8(..)).take(20));
            random.shuffle(&mut bytes);
        }
        bytes
    }

    fn one(&mut self) {
        let (path, body) = (self.path(), self.body());
        let method = METHODS[self.random.usize(..METHODS.len())];
        let sorts = [
            "text/csv",
            "application/json",
            "application/x-www-form-urlencoded",
            "\u{b5}",
        ];
        let sort = sorts[self.random.usize(..4)];
        let is_org = path.starts_with("/services/data");
        let token = if is_org {
            &self.org
        } else {
            &self.tenant.token
        };
        let call = call(&self.tenant.emulator, method, &path);
        let answer = call.bearer(token).header("Content-Type", sort).send(&body);
        let text = String::from_utf8_lossy(&body);
        assert!(
            (200..500).contains(&answer.status),
            "{} {method} {path} {text}",
            answer.status
        );
    }
}

fn words(random: &mut Rng, known: &[&str]) -> String {
    let count = random.usize(..14);
    let words = std::iter::repeat_with(|| known[random.usize(..known.len())]);
    words.take(count).collect::<Vec<_>>().join(" ")
}

#[test]
fn own_random_requests_are_all_answered() {
    for seed in 0..4 {
        let mut throw = Throw::new(seed);
        for round in 0..400 {
            if round % 10 == 0 {
                throw.job = throw.new_job();
            }
            throw.one();
        }
        // Whatever came, the tenant still works and can be written down and read back.
        let snapshot = throw.tenant.emulator.snapshot();
        throw.tenant.emulator.restore(&snapshot).unwrap();
        assert_eq!(
            throw
                .tenant
                .record(
                    "contact",
                    &json!({"number": 1, "name": "a", "changed": "2026-01-01T00:00:00Z"})
                )
                .status,
            202
        );
    }
}

#[test]
fn own_no_path_leads_to_a_file() {
    let tenant = Client::new(builder().start().unwrap());
    for path in [
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/etc/passwd",
        "//etc/passwd",
        "/api/v1/ingest/jobs/..%2f..%2fetc%2fpasswd",
    ] {
        let answer = call(&tenant.emulator, "GET", path)
            .bearer(&tenant.token)
            .send("");
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text.contains("root:"));
    }
}
