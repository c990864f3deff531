//! Sets the switches of a tenant and starts it.
//!
//! Everything that can be wrong with a tenant is found here, before a port is bound, so that the
//! handlers can rely on what they are given.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use ingest_schema::Schema;

use crate::emulator::Emulator;
use crate::fault::{RetryAfter, Rule, RuleError};
use crate::object::Object;
use crate::options::{
    Answer, Blanks, EndpointsBody, EnumCase, HourlyLimit, NewFields, Options, SourcesBody,
    Strictness, Undeployed,
};
use crate::record_log::Bounds;
use crate::server::Server;
use crate::tenant::Tenant;

/// Why an emulator did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A switch names an object that the schema does not have.
    #[error("the schema has no object `{object}`")]
    UnknownObject {
        /// The name as given.
        object: String,
    },
    /// A switch or a role names a field that the object does not have.
    #[error("object `{object}` has no field `{field}`")]
    UnknownField {
        /// The object that lacks it.
        object: String,
        /// The name as given.
        field: String,
    },
    /// An object without fields has no primary key to keep its rows by.
    #[error("object `{object}` has no fields")]
    NoFields {
        /// The object's name.
        object: String,
    },
    /// A switch was given a number that is no HTTP status of the class it stands for.
    #[error("`{status}` is no HTTP status for `{switch}`")]
    Status {
        /// The switch.
        switch: &'static str,
        /// The number as given.
        status: u16,
    },
    /// A rule of [`Builder::faults`] cannot be.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address as given.
        address: SocketAddr,
        /// Why not; most often another process listens there.
        source: std::io::Error,
    },
    /// The operating system gave no thread or event loop.
    #[error("the emulator got no thread or event loop")]
    Io(#[from] std::io::Error),
}

impl StartError {
    /// A short name that stays the same when the message is reworded.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownObject { .. } => "unknown_object",
            Self::UnknownField { .. } => "unknown_field",
            Self::NoFields { .. } => "no_fields",
            Self::Status { .. } => "status",
            Self::Rule(_) => "rule",
            Self::Listen { .. } => "listen",
            Self::Io(_) => "io",
        }
    }
}

/// A tenant being set up; see [`Emulator::builder`].
///
/// Where the sources disagree or are silent, there is a switch. *doc* is official documentation,
/// *live* recorded from a real org, *code* relied on by published clients, *field* reported by
/// users, *open* known to nobody public, *own* the emulator's own.
///
/// | question | switch | default | source of the default |
/// |---|---|---|---|
/// | is a plain `POST` checked? | [`strictness`](Self::strictness) | strict | sources disagree: doc, against field |
/// | what does success look like? | [`answer`](Self::answer) | 202 with a body | doc, live |
/// | is `null` accepted without a role? | [`nulls`](Self::nulls) | yes | open |
/// | is `""` accepted without a role? | [`empty_strings`](Self::empty_strings) | yes | open |
/// | may a percent be a number? | [`percent_numbers`](Self::percent_numbers) | no | open |
/// | how long may a body be? | [`max_body`](Self::max_body) | 200,000 bytes | doc: "under 200 KB" |
/// | what is too long answered with? | [`oversize_status`](Self::oversize_status) | 413 | open |
/// | what does a passed test answer? | [`test_status`](Self::test_status) | 202 | code; doc says "200s" |
/// | does a 400 have a report? | [`reports`](Self::reports), [`first_failing_only`](Self::first_failing_only) | yes, of all | live, of tests alone |
/// | how long do tokens live? | [`org_token_life`](Self::org_token_life), [`tenant_token_life`](Self::tenant_token_life) | 7193 s | live |
/// | is the tenant told as a host or a URL? | [`bare_host`](Self::bare_host) | host | live; doc shows a URL |
/// | is `expires_in` a number? | [`expires_in_as_text`](Self::expires_in_as_text) | yes | live, but for once |
/// | which scopes and data spaces? | [`scopes`](Self::scopes), [`dataspaces`](Self::dataspaces) | `cdp_ingest_api api`, any | doc |
/// | how many requests a second? | [`requests_per_second`](Self::requests_per_second) | 250 | doc |
/// | is there a `Retry-After`? | [`limit_retry_after`](Self::limit_retry_after) | no | open: none is documented |
/// | when is a record a row? | [`landing_delay`](Self::landing_delay) | at once | own; doc: minutes |
/// | what of an object without a stream? | [`undeployed`](Self::undeployed) | rows | own; field: lost |
/// | how long may a bulk file be? | [`max_file`](Self::max_file) | 150,000,000 bytes | doc: "150 MB" |
/// | is it 20 jobs or 20 requests an hour? | [`jobs_per_hour`](Self::jobs_per_hour), [`hourly_limit`](Self::hourly_limit) | jobs | open |
/// | what is one job too many answered with? | [`job_limit_status`](Self::job_limit_status) | 429 | open |
/// | how long does a bulk job take? | [`bulk_times`](Self::bulk_times) | no time | own; doc: minutes |
/// | when do streams have new fields? | [`new_fields`](Self::new_fields) | once added there | doc |
/// | how are enum values spelled? | [`enum_case`](Self::enum_case) | as documented | doc |
/// | what is in the file of endpoints? | [`endpoints_body`](Self::endpoints_body) | OpenAPI with paths | open |
/// | what is in the list of sources? | [`sources_body`](Self::sources_body) | an object | open |
/// | how many connections are there? | [`idle_connections`](Self::idle_connections) | one | own |
/// | how much is held? | [`memory`](Self::memory) | 2 GiB | own |
/// | how much is shown one by one? | [`keep_records`](Self::keep_records) | 20,000 records | own |
///
/// Questions without a switch: the precision of numbers is open, and every digit is kept. How a bulk
/// job takes a line that does not fit is open: it makes a problem record and the job completes; a
/// file that is no CSV, or has no column for the key, fails the job after the lines before it.
#[derive(Debug)]
#[must_use = "a builder does nothing until `start`"]
pub struct Builder {
    schema: Schema,
    connector: Option<String>,
    primary_keys: Vec<(String, String)>,
    history_fields: Vec<(String, String)>,
    rules: Vec<Rule>,
    options: Options,
    address: SocketAddr,
}

impl Builder {
    pub(crate) fn new(schema: Schema) -> Self {
        Self {
            schema,
            connector: None,
            primary_keys: Vec::new(),
            history_fields: Vec::new(),
            rules: Vec::new(),
            options: Options::default(),
            address: (Ipv4Addr::LOCALHOST, 0).into(),
        }
    }

    /// Where to listen. Default: any free port of the loopback address. Whoever reaches the address may
    /// read and change all that the tenant keeps.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// The connector's API name, as in ingest URLs. Default: the schema's, else `Emulator`.
    pub fn connector(mut self, name: impl Into<String>) -> Self {
        self.connector = Some(name.into());
        self
    }

    /// The field that an object's rows are kept by, in place of the schema's role.
    ///
    /// An object for which neither names one is kept by its first field.
    pub fn primary_key(mut self, object: impl Into<String>, field: impl Into<String>) -> Self {
        self.primary_keys.push((object.into(), field.into()));
        self
    }

    /// How a plain `POST` is checked. Default: strict. Sources disagree about the service: official
    /// text says that failing requests are not processed, vendor manuals tell of 202 and a loss.
    pub fn strictness(mut self, strictness: Strictness) -> Self {
        self.options.strictness = strictness;
        self
    }

    /// What success looks like. Default: 202 with a body (documented, recorded).
    pub fn answer(mut self, answer: Answer) -> Self {
        self.options.answer = answer;
        self
    }

    /// Whether `null` is accepted for a field without a role. Default: accepted. Nobody public
    /// knows how the validator treats it per kind. A field with a role never takes `null`.
    pub fn nulls(mut self, nulls: Blanks) -> Self {
        self.options.nulls = nulls;
        self
    }

    /// Whether `""` is accepted for a field without a role whose kind is sent as a string.
    /// Default: accepted. Refusing goes further than a plain JSON Schema would: text too must then
    /// have a character. Numbers and Booleans never take `""`, and neither does a field with a role.
    pub fn empty_strings(mut self, empty_strings: Blanks) -> Self {
        self.options.empty_strings = empty_strings;
        self
    }

    /// Whether a percent may also be a JSON number. Default: no; a string is what is documented.
    pub fn percent_numbers(mut self, accepted: bool) -> Self {
        self.options.percent_numbers = accepted;
        self
    }

    /// The longest streaming body in bytes, wrapper included. Default: 200,000 ("under 200 KB").
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.options.max_body = bytes;
        self
    }

    /// The status of a longer body, 400 to 499. Default: 413. Nobody public knows; 400 is likely too.
    pub fn oversize_status(mut self, status: u16) -> Self {
        self.options.oversize_status = status;
        self
    }

    /// The status of a passed `actions/test`, 200 to 299. Default: 202, which published code
    /// expects; the documentation speaks of "200s".
    pub fn test_status(mut self, status: u16) -> Self {
        self.options.test_status = status;
        self
    }

    /// How long an org token is good. Default: 7193 s. The answer never says; real ones live as
    /// long as the session.
    pub fn org_token_life(mut self, life: Duration) -> Self {
        self.options.org_token_life = life;
        self
    }

    /// How long a tenant token is good, told as `expires_in` in whole seconds. Default: 7193 s.
    pub fn tenant_token_life(mut self, life: Duration) -> Self {
        self.options.tenant_token_life = life;
        self
    }

    /// Whether the exchange answers `127.0.0.1:PORT` (default, as every recorded answer does) or
    /// `http://127.0.0.1:PORT` (as the documentation shows).
    pub fn bare_host(mut self, bare: bool) -> Self {
        self.options.bare_host = bare;
        self
    }

    /// Whether the exchange gives `expires_in` as a string, which was seen once. Default: a number.
    pub fn expires_in_as_text(mut self, text: bool) -> Self {
        self.options.expires_in_as_text = text;
        self
    }

    /// The scopes of every org token, separated by blanks. Default: `cdp_ingest_api api`.
    /// Without `cdp_ingest_api` ingest calls answer 401, which is the usual mistake in an org.
    pub fn scopes(mut self, scopes: impl Into<String>) -> Self {
        self.options.scopes = scopes.into();
        self
    }

    /// The data spaces that the exchange knows. Default: none named, so any is accepted.
    pub fn dataspaces<S: Into<String>>(mut self, codes: impl IntoIterator<Item = S>) -> Self {
        self.options.dataspaces = codes.into_iter().map(Into::into).collect();
        self
    }

    /// How many requests under `/api/v1/ingest` are let in within any one second, over all objects;
    /// 0 lifts the limit, as for a benchmark. Default: 250 (documented). One more is answered 429.
    ///
    /// The second slides: requests count by when they arrive, and so do those whose token or
    /// records are refused afterwards. One that is answered 429 does not count against the limit;
    /// nobody public knows how the service counts those. A client that goes close to the limit may
    /// pass it here by no fault of its own, as
    /// [`Emulator::busiest_second`](crate::Emulator::busiest_second) explains.
    pub fn requests_per_second(mut self, limit: u32) -> Self {
        self.options.requests_per_second = limit;
        self
    }

    /// The `Retry-After` of a request over the limit. Default: none, for none is documented.
    pub fn limit_retry_after(mut self, retry_after: RetryAfter) -> Self {
        self.options.limit_retry_after = Some(retry_after);
        self
    }

    /// Whether a 400 for records says which records fail and why. Default: yes, as recorded of
    /// `actions/test`; nobody public has recorded a plain `POST`. Without, `details` is empty.
    pub fn reports(mut self, reports: bool) -> Self {
        self.options.reports = reports;
        self
    }

    /// Whether a report names the first failing record and no other. Default: no, it names all that
    /// fail (recorded).
    pub fn first_failing_only(mut self, first_only: bool) -> Self {
        self.options.first_failing_only = first_only;
        self
    }

    /// Whether [`Emulator::history`](crate::Emulator::history) is kept. Default: no. It takes
    /// memory for every record that is accepted: about 50 bytes, the key and the value.
    pub fn keep_history(mut self, keep: bool) -> Self {
        self.options.keep_history = keep;
        self
    }

    /// The field whose value the object's history keeps with every record, such as a sequence
    /// number. Default: none. The history itself is switched on by
    /// [`keep_history`](Self::keep_history).
    pub fn history_field(mut self, object: impl Into<String>, field: impl Into<String>) -> Self {
        self.history_fields.push((object.into(), field.into()));
        self
    }

    /// How long an accepted record takes to become a row that
    /// [`Emulator::rows`](crate::Emulator::rows), counts of data streams and queries see.
    /// Default: none, so that a test need not wait. The service takes about three minutes, and up to
    /// an hour for the first data of a new stream (documented).
    pub fn landing_delay(mut self, delay: Duration) -> Self {
        self.options.landing_delay = delay;
        self
    }

    /// How many bytes rows, waiting records and the files of bulk jobs may take together, and again
    /// as many the bodies of requests under way. Default: 2 GiB. Beyond it 507 is answered and
    /// nothing is taken; the service has no such answer.
    pub fn memory(mut self, bytes: usize) -> Self {
        self.options.memory = bytes;
        self
    }

    /// The longest file of a bulk job in bytes. Default: 150,000,000 (documented as 150 MB).
    pub fn max_file(mut self, bytes: usize) -> Self {
        self.options.max_file = bytes;
        self
    }

    /// How often within an hour bulk jobs may be used; 0 lifts the limit. Default: 20 (documented).
    pub fn jobs_per_hour(mut self, limit: u32) -> Self {
        self.options.jobs_per_hour = limit;
        self
    }

    /// What counts against that limit. Default: jobs. The documentation can be read either way.
    pub fn hourly_limit(mut self, counts: HourlyLimit) -> Self {
        self.options.hourly_limit = counts;
        self
    }

    /// The status of one job too many, at once or within an hour, 400 to 499. Default: 429. Nobody
    /// public knows.
    pub fn job_limit_status(mut self, status: u16) -> Self {
        self.options.job_limit_status = status;
        self
    }

    /// How long a bulk job waits as `UploadComplete`, and how long at least it is `InProgress`, while
    /// the object's streaming is suspended. Default: neither. The service takes minutes.
    pub fn bulk_times(mut self, wait: Duration, run: Duration) -> Self {
        (self.options.bulk_wait, self.options.bulk_run) = (wait, run);
        self
    }

    /// When a data stream has the fields that a `PUT` of the schema added. Default: once they are
    /// added there (documented). That records must carry them at once is a guess: the validator is
    /// the schema's.
    pub fn new_fields(mut self, new_fields: NewFields) -> Self {
        self.options.new_fields = new_fields;
        self
    }

    /// What becomes of records for an object without a data stream. Default: they make rows, which is
    /// the emulator's own. Users report that the service answers 202 and nothing arrives.
    pub fn undeployed(mut self, undeployed: Undeployed) -> Self {
        self.options.undeployed = undeployed;
        self
    }

    /// How Connect REST spells enum values. Default: as documented; answers were seen to differ.
    pub fn enum_case(mut self, case: EnumCase) -> Self {
        self.options.enum_case = case;
        self
    }

    /// What the file of endpoints has in it. Default: a whole OpenAPI document. Nobody public has
    /// shown one.
    pub fn endpoints_body(mut self, body: EndpointsBody) -> Self {
        self.options.endpoints_body = body;
        self
    }

    /// The body of `GET /api/v1/ingest/sources`. Default: an object of the emulator's own. The call
    /// is known to exist, its body is not.
    pub fn sources_body(mut self, body: SourcesBody) -> Self {
        self.options.sources_body = body;
        self
    }

    /// Further Ingestion API connections that Connect REST lists behind the tenant's own, without
    /// objects, so that a client must choose and turn pages. Default: none.
    pub fn idle_connections<S: Into<String>>(
        mut self,
        labels: impl IntoIterator<Item = S>,
    ) -> Self {
        self.options.idle_connections = labels.into_iter().map(Into::into).collect();
        self
    }

    /// How many records the page and its REST show one by one, and in how many bytes at most.
    /// Default: 20,000 and 64 MiB; 0 records switch it off. The oldest go first.
    ///
    /// The number holds for records with something wrong and for all others separately, and a
    /// quarter of the bytes is for the former, so that good records never wash bad ones away. The
    /// others are kept as the bodies that they came in: a body longer than three quarters of the
    /// bytes is not kept, and the last is kept whatever the number of its records.
    pub fn keep_records(mut self, records: usize, bytes: usize) -> Self {
        self.options.keep_records = Bounds { records, bytes };
        self
    }

    /// Rules by which the tenant misbehaves from its start, behind those that were given before.
    /// Default: none. [`Emulator::faults`](crate::Emulator::faults) adds and removes them later.
    pub fn faults(mut self, rules: impl IntoIterator<Item = Rule>) -> Self {
        self.rules.extend(rules);
        self
    }

    /// Binds a free loopback port and serves it from a thread of its own.
    pub fn start(self) -> Result<Emulator, StartError> {
        self.check_statuses()?;
        let connector = self
            .connector
            .or_else(|| self.schema.connector.clone())
            .unwrap_or_else(|| "Emulator".to_owned());
        let mut objects = prepare(self.schema, self.primary_keys)?;
        watch(&mut objects, self.history_fields)?;
        let address = self.address;
        let bound = Server::bind(address);
        let server = bound.map_err(|source| StartError::Listen { address, source })?;
        let tenant = Tenant::new(connector, objects, self.options, server.address());
        for rule in self.rules {
            tenant.add_rule(rule)?;
        }
        Ok(Emulator::new(server.serve(tenant)?))
    }

    fn check_statuses(&self) -> Result<(), StartError> {
        let status = |switch, status, class| {
            if status / 100 == class {
                Ok(())
            } else {
                Err(StartError::Status { switch, status })
            }
        };
        status("oversize_status", self.options.oversize_status, 4)?;
        status("job_limit_status", self.options.job_limit_status, 4)?;
        status("test_status", self.options.test_status, 2)
    }
}

/// Names the keys the switches give, then makes every object ready to check records.
fn prepare(schema: Schema, keys: Vec<(String, String)>) -> Result<Vec<Object>, StartError> {
    let mut objects = schema.objects;
    for (object, field) in keys {
        let Some(named) = objects.iter_mut().find(|known| known.name == object) else {
            return Err(StartError::UnknownObject { object });
        };
        named.roles.primary_key = Some(field);
    }
    objects.into_iter().map(Object::new).collect()
}

fn watch(objects: &mut [Object], fields: Vec<(String, String)>) -> Result<(), StartError> {
    for (object, field) in fields {
        let Some(named) = objects.iter_mut().find(|known| known.name() == object) else {
            return Err(StartError::UnknownObject { object });
        };
        named.watch(&field)?;
    }
    Ok(())
}
