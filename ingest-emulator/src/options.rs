//! How a tenant behaves where the sources disagree or are silent.
//!
//! Plain data: each switch says what it stands for and why its default is what it is. The setters
//! are on [`Builder`](crate::Builder); nothing here decides about a record or a request.

use std::time::Duration;

use crate::fault::RetryAfter;
use crate::record_log::Bounds;

/// How a plain `POST` of records is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Strictness {
    /// As `actions/test` does: one bad record refuses the whole body with 400.
    #[default]
    Strict,
    /// 202 whatever comes, then blanks, blank rows and losses, as knowledge-base reports tell it.
    Lenient,
}

/// What an accepted request is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Answer {
    /// 202 with `{"accepted":true}`, as documented and recorded.
    #[default]
    Accepted202,
    /// 204 without a body.
    NoContent204,
}

/// Whether a blank value passes the check of a field that is neither primary key, event time nor
/// record modified field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Blanks {
    /// The blank passes; the documentation asks for "filled or blank".
    #[default]
    Accept,
    /// The blank is refused like any other value of the wrong form.
    Refuse,
}

/// What becomes of records for an object that no data stream is deployed for, which is one whose
/// schema names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Undeployed {
    /// They make rows, kept by the first field, so that a schema without roles can be tried out.
    #[default]
    Land,
    /// They are accepted and land nowhere, as users report of the service.
    Lose,
}

/// What counts against the hourly limit of bulk jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum HourlyLimit {
    /// Every job that is created.
    #[default]
    Jobs,
    /// Every request that creates, fills, changes or deletes a job.
    Requests,
}

/// When a data stream has the fields that a change of the schema added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum NewFields {
    /// Records must carry them at once, and their values are dropped until somebody adds them to the
    /// stream with [`Emulator::add_new_fields`](crate::Emulator::add_new_fields).
    #[default]
    OnceAdded,
    /// At once.
    AtOnce,
}

/// How Connect REST spells words such as `IngestApi`, `CONNECTED` and `InUse`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum EnumCase {
    /// Each as the documentation does.
    #[default]
    Documented,
    /// All letters large.
    Upper,
    /// All letters small.
    Lower,
}

/// What the file of endpoints of a connection has in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum EndpointsBody {
    /// A whole OpenAPI document: server, paths and the objects' schemas.
    #[default]
    Whole,
    /// The objects' schemas alone, with neither `info` nor `paths`.
    Schemas,
}

/// The body of the list of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SourcesBody {
    /// `{"sources":[…],"lost":…}`.
    #[default]
    Wrapped,
    /// The same list of sources, bare.
    Bare,
}

/// Every switch with its value.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch by itself; no two make a state"
)]
pub(crate) struct Options {
    pub(crate) strictness: Strictness,
    pub(crate) answer: Answer,
    pub(crate) nulls: Blanks,
    pub(crate) empty_strings: Blanks,
    pub(crate) percent_numbers: bool,
    pub(crate) max_body: usize,
    pub(crate) oversize_status: u16,
    pub(crate) test_status: u16,
    pub(crate) org_token_life: Duration,
    pub(crate) tenant_token_life: Duration,
    pub(crate) bare_host: bool,
    pub(crate) expires_in_as_text: bool,
    pub(crate) scopes: String,
    pub(crate) dataspaces: Vec<String>,
    pub(crate) requests_per_second: u32,
    pub(crate) limit_retry_after: Option<RetryAfter>,
    pub(crate) reports: bool,
    pub(crate) first_failing_only: bool,
    pub(crate) keep_history: bool,
    pub(crate) landing_delay: Duration,
    pub(crate) memory: usize,
    pub(crate) max_file: usize,
    pub(crate) jobs_per_hour: u32,
    pub(crate) hourly_limit: HourlyLimit,
    pub(crate) job_limit_status: u16,
    pub(crate) bulk_wait: Duration,
    pub(crate) bulk_run: Duration,
    pub(crate) new_fields: NewFields,
    pub(crate) undeployed: Undeployed,
    pub(crate) enum_case: EnumCase,
    pub(crate) endpoints_body: EndpointsBody,
    pub(crate) sources_body: SourcesBody,
    pub(crate) idle_connections: Vec<String>,
    pub(crate) keep_records: Bounds,
}

/// The life of a token in recorded answers.
const TOKEN_LIFE: Duration = Duration::from_secs(7193);

impl Default for Options {
    fn default() -> Self {
        Self {
            strictness: Strictness::default(),
            answer: Answer::default(),
            nulls: Blanks::default(),
            empty_strings: Blanks::default(),
            percent_numbers: false,
            max_body: 200_000,
            oversize_status: 413,
            test_status: 202,
            org_token_life: TOKEN_LIFE,
            tenant_token_life: TOKEN_LIFE,
            bare_host: true,
            expires_in_as_text: false,
            scopes: "cdp_ingest_api api".to_owned(),
            dataspaces: Vec::new(),
            requests_per_second: 250,
            limit_retry_after: None,
            reports: true,
            first_failing_only: false,
            keep_history: false,
            landing_delay: Duration::ZERO,
            memory: 2 << 30,
            max_file: 150_000_000,
            jobs_per_hour: 20,
            hourly_limit: HourlyLimit::default(),
            job_limit_status: 429,
            bulk_wait: Duration::ZERO,
            bulk_run: Duration::ZERO,
            new_fields: NewFields::default(),
            undeployed: Undeployed::default(),
            enum_case: EnumCase::default(),
            endpoints_body: EndpointsBody::default(),
            sources_body: SourcesBody::default(),
            idle_connections: Vec::new(),
            keep_records: Bounds::default(),
        }
    }
}
