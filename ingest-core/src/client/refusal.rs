//! What a tenant's refusal says: the status as a kind, the envelope's words, and the report on each
//! record. Tolerant of everything the documents leave open; every part may be missing.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::http::Answer;

/// How many records' causes `Display` shows before it counts the rest.
const SHOWN: usize = 3;

/// Characters of the server's words that are kept.
const MAX_MESSAGE: usize = 500;

/// A request that the tenant did not accept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct Refusal {
    /// What the status means.
    pub kind: RefusalKind,
    /// The HTTP status.
    pub status: u16,
    /// The connector that was named.
    pub connector: String,
    /// The object that was named.
    pub object: String,
    /// The server's words, if it had any.
    pub message: Option<String>,
    /// The records that the server names, each with its causes.
    pub failures: Vec<RecordFailure>,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
}

/// What a refusal's status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// 400 with a report: records do not match the schema.
    SchemaMismatch,
    /// 400 without a report.
    BadRequest,
    /// 401: the token is not, or no longer, good; often the scope `cdp_ingest_api` is missing.
    Unauthorized,
    /// 403: this user may not.
    Forbidden,
    /// 404: no such connector or object, or the data stream was deployed less than a minute ago.
    NotFound,
    /// 409: something else is going on.
    Conflict,
    /// 413: the body is too large.
    TooLarge,
    /// 429: too many requests.
    TooManyRequests,
    /// 3xx: another address; it is not followed, because a token would go with it.
    Redirect,
    /// 408, 425 and 5xx: the server failed for now.
    Server,
    /// Any other status.
    Other,
}

impl RefusalKind {
    fn of(status: u16, has_report: bool) -> Self {
        match status {
            400 if has_report => Self::SchemaMismatch,
            400 => Self::BadRequest,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            409 => Self::Conflict,
            413 => Self::TooLarge,
            429 => Self::TooManyRequests,
            300..=399 => Self::Redirect,
            408 | 425 | 500..=599 => Self::Server,
            _ => Self::Other,
        }
    }

    /// A short name that programs can rely on.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SchemaMismatch => "schema_mismatch",
            Self::BadRequest => "bad_request",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::TooLarge => "too_large",
            Self::TooManyRequests => "too_many_requests",
            Self::Redirect => "redirect",
            Self::Server => "server",
            Self::Other => "other",
        }
    }

    /// Whether the body is to blame and another one may pass.
    pub(crate) const fn blames_the_body(self) -> bool {
        matches!(
            self,
            Self::SchemaMismatch | Self::BadRequest | Self::TooLarge
        )
    }

    const fn help(self) -> Option<&'static str> {
        match self {
            Self::Unauthorized => Some(
                "the app needs the scopes `cdp_ingest_api` and `api`, and the host must be the tenant's",
            ),
            Self::NotFound => Some(
                "check connector and object name; a new data stream answers 404 for up to 30 seconds",
            ),
            Self::Redirect => {
                Some("the tenant endpoint has moved or is wrong; redirects are not followed")
            }
            _ => None,
        }
    }
}

/// A record that the server names in its report. `Debug` leaves the record out: it is the user's.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordFailure {
    /// Where the record stands in the body, counted from 0, if it could be found there.
    pub position: Option<usize>,
    /// The record's JSON as the server repeats it.
    pub record: Option<String>,
    /// What is wrong with it.
    pub causes: Vec<Cause>,
}

/// One thing that is wrong with a record. `Display` and `Debug` leave out values of the record.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cause {
    /// The field, where the server's words name one.
    pub field: Option<String>,
    /// The server's words, such as `#: extraneous key [revenu] is not permitted`. About a field
    /// they may quote its value: `#/email: [none] is not a valid email address`.
    pub text: String,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about_field = self
            .text
            .strip_prefix("#/")
            .and_then(|text| text.split_once(": "));
        let Some((field, words)) = about_field else {
            return f.write_str(&self.text);
        };
        write!(f, "#/{field}: ")?;
        // Types are no values; of `[value] is …` the end is none; of other words who can tell.
        match words.rfind("] is ") {
            _ if words.starts_with("expected ") => f.write_str(words),
            Some(end) if words.starts_with('[') => write!(f, "[…{}", &words[end..]),
            _ => f.write_str("the value is not valid"),
        }
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

impl fmt::Debug for RecordFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordFailure")
            .field("position", &self.position)
            .field("causes", &self.causes)
            .finish_non_exhaustive()
    }
}

impl From<String> for Cause {
    /// Finds the field in `#/field: …` and in `… key [field] …`.
    fn from(text: String) -> Self {
        let pointer = text
            .strip_prefix("#/")
            .and_then(|rest| rest.split(':').next());
        let key = || {
            let (_, rest) = text.split_once(" key [")?;
            rest.split(']').next()
        };
        let field = pointer.or_else(key).map(str::to_owned);
        Self { field, text }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the tenant refused the request to `{}/{}` with status {}",
            self.connector, self.object, self.status
        )?;
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        for failure in self.failures.iter().take(SHOWN) {
            let causes: Vec<_> = failure.causes.iter().map(ToString::to_string).collect();
            match failure.position {
                Some(position) => write!(
                    f,
                    "\n  record {position} of the body: {}",
                    causes.join("; ")
                )?,
                None => write!(f, "\n  a record: {}", causes.join("; "))?,
            }
        }
        if self.failures.len() > SHOWN {
            write!(f, "\n  and {} more records", self.failures.len() - SHOWN)?;
        }
        match self.kind.help() {
            Some(help) => write!(f, "\nhelp: {help}"),
            None => Ok(()),
        }
    }
}

impl Refusal {
    /// Reads an answer that is no success; `body` is what was sent, to find the records in it.
    pub(crate) fn read(answer: &Answer, connector: &str, object: &str, body: &[u8]) -> Self {
        let envelope: Envelope = if answer.is_html() {
            Envelope::default()
        } else {
            answer.json().unwrap_or_default()
        };
        let mut failures = envelope.failures();
        locate(&mut failures, body);
        Self {
            kind: RefusalKind::of(answer.status, !failures.is_empty()),
            status: answer.status,
            connector: connector.to_owned(),
            object: object.to_owned(),
            message: envelope.words(),
            failures,
            retry_after: answer.retry_after,
        }
    }
}

/// As much of a server's words as is kept.
pub(crate) fn cut(words: &str) -> String {
    words.chars().take(MAX_MESSAGE).collect()
}

/// The body of a refusal; values, because any of them may be of another type than expected.
#[derive(Debug, Default, Deserialize)]
struct Envelope {
    #[serde(default)]
    error: Value,
    #[serde(default)]
    message: Value,
    #[serde(default)]
    details: Value,
}

impl Envelope {
    fn words(&self) -> Option<String> {
        let words = self.message.as_str().or(self.error.as_str())?.trim();
        (!words.is_empty()).then(|| cut(words))
    }

    fn failures(&self) -> Vec<RecordFailure> {
        let report = self
            .details
            .get("validationReport")
            .and_then(Value::as_array);
        let failure = |entry: &Value| {
            let causes = entry.get("causingExceptions").and_then(Value::as_array);
            let record = entry.get("record").map(|record| match record {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            let text = |cause: &Value| cause.as_str().map(|text| text.to_owned().into());
            RecordFailure {
                position: None,
                record,
                causes: causes.into_iter().flatten().filter_map(text).collect(),
            }
        };
        report.into_iter().flatten().map(failure).collect()
    }
}

/// Finds each named record in what was sent. The server repeats a record in its own spelling, with
/// other blanks, another order of fields and `20` for `20.0`; so records are compared by what they
/// mean. Equal records are told apart by taking each once.
fn locate(failures: &mut [RecordFailure], body: &[u8]) {
    if failures.is_empty() {
        return;
    }
    let Ok(mut sent) = serde_json::from_slice::<Value>(body) else {
        return;
    };
    let records = match sent.get_mut("data") {
        Some(data) => data.take(),
        None => sent,
    };
    let Value::Array(records) = records else {
        return;
    };
    let mut positions: HashMap<String, VecDeque<usize>> = HashMap::new();
    for (position, record) in records.iter().enumerate() {
        positions
            .entry(meaning(record))
            .or_default()
            .push_back(position);
    }
    for failure in failures {
        let named = failure.record.as_deref().map(serde_json::from_str::<Value>);
        if let Some(Ok(named)) = named {
            let equal = positions.get_mut(&meaning(&named));
            failure.position = equal.and_then(VecDeque::pop_front);
        }
    }
}

/// One text for all spellings of a record.
fn meaning(record: &Value) -> String {
    let Value::Object(fields) = record else {
        return record.to_string();
    };
    let mut parts: Vec<_> = fields
        .iter()
        .map(|(name, value)| match value.as_f64() {
            Some(number) if !value.is_i64() && !value.is_u64() => {
                format!("{name:?}:{}", as_number(number))
            }
            _ => format!("{name:?}:{value}"),
        })
        .collect();
    parts.sort_unstable();
    parts.join(",")
}

/// A number with decimals as text: whole ones as a whole number is written.
fn as_number(number: f64) -> String {
    /// Whole numbers below this have one spelling without an exponent.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        // Without the sign of a negative zero.
        format!("{:.0}", number + 0.0)
    } else {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, body: &str, sent: &str) -> Refusal {
        let answer = Answer {
            status,
            content_type: "application/json".into(),
            retry_after: None,
            date: None,
            body: body.into(),
        };
        Refusal::read(&answer, "Web", "page_view", sent.as_bytes())
    }

    const REPORT: &str = r##"{"timestamp":"2026-07-11T22:47:38.71217094Z","error":"400 BAD_REQUEST",
        "message":"Bad Request: JSON is properly formatted but has a mismatch with Schema.",
        "path":"uri=/api","tenantId":"a360/x","internalErrorCode":"COMMON_ERROR_GENERIC",
        "details":{"validationReport":[{"record":"{\"event_idx\":1}",
        "causingExceptions":["#: required key [event_id] not found","#: extraneous key [event_idx] is not permitted"]},
        {"record":"{\"n\":\"x\"}","causingExceptions":["#/n: expected type: Number, found: String"]}]}}"##;

    #[test]
    fn the_report_names_record_and_field() {
        let sent = r#"{"data":[{"event_id":1},{"event_idx": 1},{"n":"x"},{"event_idx":1}]}"#;
        let refusal = refusal(400, REPORT, sent);
        assert_eq!(refusal.kind, RefusalKind::SchemaMismatch);
        let positions: Vec<_> = refusal
            .failures
            .iter()
            .map(|failure| failure.position)
            .collect();
        assert_eq!(positions, [Some(1), Some(2)]);
        let fields: Vec<_> = refusal
            .failures
            .iter()
            .flat_map(|failure| &failure.causes)
            .map(|cause| cause.field.as_deref())
            .collect();
        assert_eq!(fields, [Some("event_id"), Some("event_idx"), Some("n")]);
        assert_eq!(
            refusal.to_string(),
            "the tenant refused the request to `Web/page_view` with status 400: Bad Request: JSON is properly formatted but has a mismatch with Schema.\n  \
             record 1 of the body: #: required key [event_id] not found; #: extraneous key [event_idx] is not permitted\n  \
             record 2 of the body: #/n: expected type: Number, found: String"
        );
    }

    #[test]
    fn a_bare_array_is_searched_too_and_a_stranger_is_not_found() {
        let refusal = refusal(400, REPORT, r#"[{"event_idx":1}]"#);
        let positions: Vec<_> = refusal
            .failures
            .iter()
            .map(|failure| failure.position)
            .collect();
        assert_eq!(positions, [Some(0), None]);
    }

    #[test]
    fn a_record_is_found_in_any_spelling() {
        let sent = r#"[{"a":20.0,"b":-0.0,"c":1e16,"d":"x"},{"a":0.1,"b":9007199254740993}]"#;
        for (echo, position) in [
            (r#"{"d":"x","c":1.0E16,"b":0,"a":20}"#, Some(0)),
            (r#"{"b":9007199254740993,"a":0.10}"#, Some(1)),
            (r#"{"b":9007199254740992,"a":0.1}"#, None),
        ] {
            let record = serde_json::to_string(echo).unwrap();
            let report = format!(r#"{{"details":{{"validationReport":[{{"record":{record}}}]}}}}"#);
            assert_eq!(
                refusal(400, &report, sent).failures[0].position,
                position,
                "{echo}"
            );
        }
    }

    #[test]
    fn values_of_a_record_show_in_the_text_alone() {
        let cause = Cause::from("#/email: [ada] is not a valid email address".to_owned());
        assert_eq!(
            cause.to_string(),
            "#/email: […] is not a valid email address"
        );
        let failure = RecordFailure {
            position: None,
            record: Some("ada".into()),
            causes: vec![cause],
        };
        assert!(!format!("{failure:?}").contains("ada"));
        let long = format!("#/url: [{}] is not a valid url", "ada".repeat(500));
        assert_eq!(
            Cause::from(long).to_string(),
            "#/url: […] is not a valid url"
        );
        let unknown = "#/phone: string [ada] does not match pattern".to_owned();
        assert_eq!(
            Cause::from(unknown).to_string(),
            "#/phone: the value is not valid"
        );
        let types = "#/n: expected type: Number, found: String";
        assert_eq!(Cause::from(types.to_owned()).to_string(), types);
        let extraneous = "#: extraneous key [revenu] is not permitted";
        assert_eq!(Cause::from(extraneous.to_owned()).to_string(), extraneous);
    }

    #[test]
    fn every_status_has_its_kind() {
        use RefusalKind as K;
        let kinds = [
            (302, K::Redirect),
            (400, K::BadRequest),
            (401, K::Unauthorized),
            (402, K::Other),
            (403, K::Forbidden),
            (404, K::NotFound),
            (408, K::Server),
            (409, K::Conflict),
            (413, K::TooLarge),
            (425, K::Server),
            (429, K::TooManyRequests),
            (500, K::Server),
            (503, K::Server),
        ];
        for (status, kind) in kinds {
            assert_eq!(refusal(status, "", "").kind, kind, "{status}");
        }
    }

    #[test]
    fn any_body_is_read() {
        let strange = [
            "",
            "null",
            "[]",
            "{",
            "<html>busy</html>",
            r#"{"message":7,"details":[]}"#,
            r#"{"details":{"validationReport":{}}}"#,
            r#"{"details":{"validationReport":[1,null]}}"#,
        ];
        for body in strange {
            assert_eq!(refusal(500, body, "{}").message, None, "{body}");
        }
        let unauthenticated = r#"{"error":"Unauthorized","message":"Authorization header verification failed","details":{"status":"UNAUTHENTICATED: Invalid JWT (not before or expired)","statusCode":401}}"#;
        let refusal = refusal(401, unauthenticated, "");
        assert_eq!(
            refusal.message.as_deref(),
            Some("Authorization header verification failed")
        );
    }
}
