//! How a tenant behaves where the sources disagree or are silent.
//!
//! Plain data: each switch says what it stands for and why its default is what it is. The setters
//! are on [`Builder`](crate::Builder); nothing here decides about a record or a request.

use std::time::Duration;

use crate::fault::RetryAfter;

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
        }
    }
}
