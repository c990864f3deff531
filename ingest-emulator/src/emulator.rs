//! The handle a test holds: where the tenant is, how to log in, and what landed.
//!
//! Nothing here waits for the server; a look inside takes a lock for a moment.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use ingest_schema::Schema;
use serde_json::Value;

use crate::builder::{Builder, StartError};
use crate::connect_schema;
use crate::faults::Faults;
use crate::history::Applied;
use crate::log::RequestSummary;
use crate::moment::Moment;
use crate::problems::ProblemRecord;
use crate::server::Running;
use crate::snapshot::{self, RestoreError, Snapshot};
use crate::table::Table;
use crate::tenant::Tenant;

/// A tenant that is served until this value is dropped.
pub struct Emulator {
    running: Running,
}

impl Emulator {
    /// A strict tenant with this schema, all switches at their defaults.
    ///
    /// # Errors
    /// [`StartError`] if a role names no field, an object has no fields, or the system gives no port.
    pub fn start(schema: Schema) -> Result<Self, StartError> {
        Self::builder(schema).start()
    }

    /// A tenant to be set up first.
    pub fn builder(schema: Schema) -> Builder {
        Builder::new(schema)
    }

    pub(crate) fn new(running: Running) -> Self {
        Self { running }
    }

    fn tenant(&self) -> &Tenant {
        &self.running.tenant
    }

    /// Where the org's login is, for `INGEST_LOGIN_URL`: `http://127.0.0.1:PORT`.
    pub fn login_url(&self) -> String {
        self.tenant().url()
    }

    /// The tenant endpoint, for `INGEST_TENANT_URL`. One port serves both.
    pub fn tenant_url(&self) -> String {
        self.tenant().url()
    }

    /// The connector's API name, for `INGEST_SOURCE`.
    pub fn connector(&self) -> &str {
        &self.tenant().connector
    }

    /// The names of the schema's objects, in its order.
    pub fn objects(&self) -> Vec<String> {
        let objects = self.tenant().objects();
        objects
            .iter()
            .map(|object| object.name().to_owned())
            .collect()
    }

    /// The consumer key of the one client that may log in.
    pub fn client_id(&self) -> &str {
        &self.tenant().names.client_id
    }

    /// The client's secret, for the client credentials flow.
    pub fn client_secret(&self) -> &str {
        &self.tenant().names.client_secret
    }

    /// The one user who may log in by JWT bearer.
    pub fn username(&self) -> &str {
        &self.tenant().names.username
    }

    /// The user's refresh token, for the refresh token flow. It is good until it is revoked.
    pub fn refresh_token(&self) -> &str {
        &self.tenant().names.refresh_token
    }

    /// The RSA 2048 key that the user signs assertions with, as PKCS#8 PEM.
    ///
    /// Made the first time it is asked for, which takes a moment; the same from then on.
    pub fn private_key_pem(&self) -> &str {
        &self.tenant().signing_key().pem
    }

    /// The environment of a client that logs in with client credentials.
    pub fn vars(&self) -> Vec<(&'static str, String)> {
        self.tenant().vars()
    }

    /// The environment of a client that logs in by JWT bearer.
    pub fn jwt_vars(&self) -> Vec<(&'static str, String)> {
        let mut vars = self.tenant().common_vars();
        vars.push(("INGEST_USERNAME", self.username().to_owned()));
        vars.push(("INGEST_PRIVATE_KEY", self.private_key_pem().to_owned()));
        vars
    }

    /// Ends the life of every org token given out so far; the exchange then answers with a page.
    pub fn expire_org_tokens(&self) {
        self.tenant().org_tokens().expire();
    }

    /// Ends the life of every tenant token given out so far; ingest calls then answer 401.
    pub fn expire_tenant_tokens(&self) {
        self.tenant().tenant_tokens().expire();
    }

    /// How many records of the object were accepted since the start or the last reset. A record
    /// that lost to a newer row counts too: it was accepted and then not applied. So do records that land blank or are rejected late.
    pub fn accepted(&self, object: &str) -> u64 {
        self.table(object, 0, |table| table.accepted)
    }

    /// How many records of the object were in bodies that were refused for their records.
    /// Records of `actions/test` and of malformed JSON are not counted.
    pub fn rejected(&self, object: &str) -> u64 {
        self.table(object, 0, |table| table.rejected)
    }

    /// How many records were answered with success and landed nowhere: those for unknown objects
    /// and those that are no JSON objects. Only a lenient tenant loses records.
    pub fn lost(&self) -> u64 {
        self.tenant().store().lost
    }

    /// How many rows the object has.
    pub fn row_count(&self, object: &str) -> usize {
        self.table(object, 0, Table::len)
    }

    /// The object's rows, sorted by key as text. Parsed now; see [`row_texts`](Self::row_texts) for
    /// numbers with every digit that was sent.
    pub fn rows(&self, object: &str) -> Vec<Value> {
        let texts = self.row_texts(object);
        texts.iter().map(|text| parsed(text)).collect()
    }

    /// The object's rows as JSON text, sorted by key, each number and string spelled as it was sent.
    pub fn row_texts(&self, object: &str) -> Vec<String> {
        let texts = |table: &Table| table.texts().into_iter().map(str::to_owned).collect();
        self.table(object, Vec::new(), texts)
    }

    /// The row of this key. A key that is a number is given as it was spelled.
    pub fn row(&self, object: &str, key: &str) -> Option<Value> {
        self.table(object, None, |table| table.row(key).map(parsed))
    }

    /// The last 10,000 requests, the oldest first.
    pub fn requests(&self) -> Vec<RequestSummary> {
        self.tenant().log().last()
    }

    /// How many requests came since the start or the last reset.
    pub fn request_count(&self) -> u64 {
        self.tenant().log().total()
    }

    /// The rules by which this tenant misbehaves, to be changed while it runs.
    pub fn faults(&self) -> Faults<'_> {
        Faults::of(self.tenant())
    }

    /// The highest number of requests under `/api/v1/ingest` that arrived within any one second
    /// since the start or the last reset, those answered 429 included.
    ///
    /// A request arrives when its head is read. Where this machine was busy, requests that left one
    /// by one arrive together, so a client is seen to be as much faster as it had requests under
    /// way: leave that much room between its rate and the limit that a test holds it to.
    pub fn busiest_second(&self) -> u32 {
        self.tenant().arrivals().rate.busiest()
    }

    /// Waits until [`accepted`](Self::accepted) is `records` or more; `false` if it is not after
    /// `timeout`, and at once for an object that the schema does not have.
    ///
    /// It blocks the thread: in a test with an async runtime, call it from `spawn_blocking`.
    pub fn wait_for(&self, object: &str, records: u64, timeout: Duration) -> bool {
        let tenant = self.tenant();
        let at = tenant.position(object);
        at.is_some_and(|at| tenant.wait_for(at, records, timeout))
    }

    /// Every record of the object that was accepted and every key that was deleted, in the order in
    /// which they were applied, with what became of them. Empty unless
    /// [`Builder::keep_history`] switched it on; complete since the start or the last reset.
    pub fn history(&self, object: &str) -> Vec<Applied> {
        self.table(object, Vec::new(), |table| table.history.all())
    }

    /// How often records of each key were accepted, from the same history; deletes do not count.
    pub fn accepted_by_key(&self, object: &str) -> BTreeMap<String, u64> {
        let counts = |table: &Table| table.history.accepted_by_key();
        self.table(object, BTreeMap::new(), counts)
    }

    /// The records that were accepted and then rejected or that landed with a loss, in order: late
    /// rejections ([`Fault::RejectLate`](crate::Fault::RejectLate)), what a lenient tenant did not
    /// understand, and lines of bulk files. Those of the last 30 days (documented), and at most
    /// 64 MiB of them.
    pub fn problems(&self) -> Vec<ProblemRecord> {
        let store = self.tenant().store();
        store.problems.at(Moment::now()).cloned().collect()
    }

    /// Adds to the object's data stream the fields that a change of the schema gave the object, so
    /// that rows carry them from now on; see [`NewFields`](crate::NewFields). Nothing happens where
    /// there is none to add.
    pub fn add_new_fields(&self, object: &str) {
        connect_schema::add_new_fields(self.tenant(), object);
    }

    /// Every bulk job as the service shows it, the oldest first.
    pub fn jobs(&self) -> Vec<Value> {
        let tenant = self.tenant();
        let store = tenant.store();
        let jobs = store.jobs.all.iter();
        jobs.map(|job| job.shown(&tenant.connector)).collect()
    }

    /// What the tenant keeps, to be written down with any format of serde: rows, counts, the schema
    /// as it has grown, bulk jobs and problem records. No token, no secret and no request.
    ///
    /// ```
    /// use ingest_emulator::{Emulator, Snapshot};
    /// use ingest_schema::{Field, Kind, Object, Schema};
    ///
    /// let visit = Object::new("visit", vec![Field::new("id", Kind::Text)]);
    /// let schema = Schema::new(None, vec![visit]);
    /// let first = Emulator::start(schema.clone())?;
    /// let written = serde_json::to_string(&first.snapshot())?;
    /// let second = Emulator::start(schema)?;
    /// second.restore(&serde_json::from_str::<Snapshot>(&written)?)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn snapshot(&self) -> Snapshot {
        snapshot::take(self.tenant())
    }

    /// Puts a snapshot in the place of what the tenant keeps. Objects and fields that only this
    /// tenant has stay, without rows; roles are this tenant's. A bulk job that was in progress is
    /// carried out again. History, requests and the count of jobs within the hour begin anew.
    ///
    /// # Errors
    /// [`RestoreError`] if the snapshot is damaged or of another schema; nothing is changed then.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), RestoreError> {
        snapshot::restore(self.tenant(), snapshot)
    }

    /// Forgets rows, counts, requests, bulk jobs, history and problem records. The schema, tokens,
    /// settings and rules for faults stay; the rules begin anew, with their counts, random numbers and windows of time.
    pub fn reset(&self) {
        self.tenant().reset();
    }

    /// What a table says; `otherwise` for an object the schema does not have.
    fn table<T>(&self, object: &str, otherwise: T, look: impl FnOnce(&Table) -> T) -> T {
        match self.tenant().position(object) {
            Some(at) => look(&self.tenant().store().tables[at]),
            None => otherwise,
        }
    }
}

/// A row as a value. Half a surrogate pair passes the tenant and fails here; such a row is shown as
/// the text it is.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

impl fmt::Debug for Emulator {
    /// Without secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("url", &self.tenant_url())
            .field("connector", &self.connector())
            .finish_non_exhaustive()
    }
}
