//! Rules by which a tenant misbehaves: what happens, to which requests, and when.
//!
//! Plain data that can be written down and read back; whether a rule fires is decided in `rules`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::milliseconds;

/// What goes wrong with a request.
///
/// As text each is named in kebab-case: `{"status":{"status":503}}`, `"expire-tokens"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// The request is answered with this status and not processed. (429, 500: documented;
    /// any other: whatever stands between a client and its tenant.)
    #[serde(rename_all = "kebab-case")]
    Status {
        /// 200 to 599 but none that has no body: with 202 the request is lost without a word.
        status: u16,
        /// A `Retry-After` to go with it. Default: none, for none is documented.
        #[serde(default)]
        retry_after: Option<RetryAfter>,
        /// What the answer carries. Default: the error that this part of the service writes.
        #[serde(default)]
        body: ErrorBody,
    },
    /// A page where JSON should be, as gateways and login walls send it (documented for the
    /// exchange, with status 200). The request is not processed.
    Html {
        /// 200 to 599 but none that has no body.
        status: u16,
    },
    /// Every tenant token given out so far ends, so that this request is answered 401. Ingest
    /// calls only.
    ExpireTokens,
    /// The connection is closed, and whatever else is under way on it ends too.
    #[serde(rename_all = "kebab-case")]
    Cut {
        /// How far the request gets.
        at: CutAt,
        /// Whether the connection is reset (`RST`) rather than closed in order (`FIN`). Default: no.
        #[serde(default)]
        reset: bool,
    },
    /// The request waits before it is processed, as long as is drawn anew for each. Goes together
    /// with any other fault; several delays add up. A request that was read is processed in the
    /// end, though its client may be gone.
    #[serde(rename_all = "kebab-case")]
    Delay {
        /// The shortest wait; whole milliseconds, as text `least-ms`.
        #[serde(rename = "least-ms", with = "milliseconds")]
        least: Duration,
        /// The longest wait; whole milliseconds, as text `most-ms`.
        #[serde(rename = "most-ms", with = "milliseconds")]
        most: Duration,
    },
    /// 404, as for the first 15 to 30 seconds after a stream is deployed (documented). Ingest calls
    /// only.
    NotDeployed,
    /// The answer is success, and each record lands with its key and nothing else (reported by
    /// users). Upserts only; a record that would be refused is refused all the same.
    Blank,
    /// The answer is success, and each record becomes a problem record in place of a row
    /// (documented). Upserts only; see [`Emulator::problems`](crate::Emulator::problems).
    RejectLate,
}

/// How far a request gets before its connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CutAt {
    /// The request was read; nothing came of it and nothing is answered.
    BeforeProcessing,
    /// The request was carried out; nothing is answered.
    AfterProcessing,
    /// The request was carried out and half of the answer's body sent. An answer without a body is
    /// not sent at all.
    MidAnswer,
}

/// The body of an answer that is a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ErrorBody {
    /// The JSON that this part of the service writes for errors.
    #[default]
    Json,
    /// No body.
    Empty,
    /// A line of plain text, as load balancers write it.
    Text,
    /// The beginning of some JSON, said to be JSON.
    HalfJson,
}

/// The two forms of a `Retry-After` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds(u32),
    /// The HTTP date that is so many seconds ahead.
    DateAhead(u32),
}

/// A part of the tenant that a rule may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Calls {
    /// Everything, Connect REST and unknown paths included.
    #[default]
    Any,
    /// The org's login.
    Login,
    /// The exchange of an org token for a tenant token.
    Exchange,
    /// Both steps to a tenant token.
    Auth,
    /// Everything under `/api/v1/ingest`.
    Ingest,
    /// Connect REST.
    Connect,
}

/// One way to misbehave: a [`Fault`] and the requests it happens to.
///
/// A rule fires where all its conditions hold; one without conditions fires at every request. Rules
/// are asked in the order in which they were added, and of those that fire the first is what
/// happens; only delays go together with others.
///
/// ```
/// use std::time::Duration;
/// use ingest_emulator::{Calls, Fault, Rule};
///
/// let busy = Rule::status(429).calls(Calls::Ingest).count(3);
/// let slow = Rule::delay(Duration::from_millis(5), Duration::from_millis(80)).ratio(0.2, 7);
/// let young = Rule::new(Fault::NotDeployed).until(Duration::from_secs(20));
/// # let schema = ingest_schema::Schema::new(None, vec![]);
/// # let emulator =
/// ingest_emulator::Emulator::builder(schema).faults([busy, slow, young]).start()?;
/// # Ok::<(), ingest_emulator::StartError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
#[must_use = "a rule does nothing until it is added"]
pub struct Rule {
    /// What happens.
    pub fault: Fault,
    /// To which part of the tenant. Default: any.
    #[serde(default)]
    pub calls: Calls,
    /// To requests for this object alone. Default: for any, and to requests for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// How often at most. Default: without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// To every so manyth of the requests that the rule is about: 3 is the third, the sixth and so
    /// on. Default: to each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<u64>,
    /// How likely, from 0 to 1, drawn for each request that the rule is about. Default: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// Where the rule's own random numbers start; they decide on `ratio` and the length of delays.
    /// Rules with the same seed draw different numbers as long as they have different places in the
    /// list. Default: 0.
    #[serde(default)]
    pub seed: u64,
    /// Not before this time since the start or the last reset. As text `from-ms`. Default: 0.
    #[serde(default, rename = "from-ms", with = "milliseconds")]
    pub from: Duration,
    /// Not at this time since the start or the last reset or later. As text `until-ms`.
    /// Default: without end.
    #[serde(
        default,
        rename = "until-ms",
        with = "milliseconds::some",
        skip_serializing_if = "Option::is_none"
    )]
    pub until: Option<Duration>,
}

impl Rule {
    /// This fault at every request that it can happen to.
    pub const fn new(fault: Fault) -> Self {
        Self {
            fault,
            calls: Calls::Any,
            object: None,
            count: None,
            every: None,
            ratio: None,
            seed: 0,
            from: Duration::ZERO,
            until: None,
        }
    }

    /// An error in the service's words, without a `Retry-After`.
    pub const fn status(status: u16) -> Self {
        Self::new(Fault::Status {
            status,
            retry_after: None,
            body: ErrorBody::Json,
        })
    }

    /// A wait of at least `least` and at most `most`.
    pub const fn delay(least: Duration, most: Duration) -> Self {
        Self::new(Fault::Delay { least, most })
    }

    /// A connection closed in order, without a whole answer.
    pub const fn cut(at: CutAt) -> Self {
        Self::new(Fault::Cut { at, reset: false })
    }

    /// No new token can be had: login and exchange answer 500, as the exchange does in passing.
    /// With [`after`](Self::after) and [`until`](Self::until) for a while only.
    pub const fn no_new_tokens() -> Self {
        Self::status(500).calls(Calls::Auth)
    }

    /// Sets [`calls`](Self::calls).
    pub const fn calls(mut self, calls: Calls) -> Self {
        self.calls = calls;
        self
    }

    /// Sets [`object`](Self::object).
    pub fn object(mut self, name: impl Into<String>) -> Self {
        self.object = Some(name.into());
        self
    }

    /// Sets [`count`](Self::count).
    pub const fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    /// Sets [`every`](Self::every).
    pub const fn every(mut self, nth: u64) -> Self {
        self.every = Some(nth);
        self
    }

    /// Sets [`ratio`](Self::ratio) and [`seed`](Self::seed).
    pub const fn ratio(mut self, ratio: f64, seed: u64) -> Self {
        self.ratio = Some(ratio);
        self.seed = seed;
        self
    }

    /// Sets [`from`](Self::from): the rule does nothing before.
    pub const fn after(mut self, time: Duration) -> Self {
        self.from = time;
        self
    }

    /// Sets [`until`](Self::until): the rule does nothing from then on.
    pub const fn until(mut self, time: Duration) -> Self {
        self.until = Some(time);
        self
    }

    /// Whether the rule can do what it says.
    pub(crate) fn check(&self) -> Result<(), RuleError> {
        match self.fault {
            Fault::Status { status, .. } | Fault::Html { status } if !has_body(status) => {
                return Err(RuleError::Status { status });
            }
            Fault::Delay { least, most } if least > most => return Err(RuleError::Delay),
            _ => {}
        }
        match (self.ratio, self.every, self.until) {
            (Some(ratio), ..) if !(0.0..=1.0).contains(&ratio) => Err(RuleError::Ratio { ratio }),
            (_, Some(0), _) => Err(RuleError::Every),
            (.., Some(until)) if until <= self.from => Err(RuleError::Window),
            _ => Ok(()),
        }
    }
}

/// Whether an answer of this status may be sent and has a body.
fn has_body(status: u16) -> bool {
    (200..600).contains(&status) && !matches!(status, 204 | 205 | 304)
}

/// Why a rule was not added.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// The status cannot be answered with a body.
    #[error("`{status}` is no status of an answer with a body; give one from 200 to 599")]
    Status {
        /// The number as given.
        status: u16,
    },
    /// The shortest wait is longer than the longest.
    #[error("the least delay is longer than the most")]
    Delay,
    /// The ratio is no probability.
    #[error("the ratio `{ratio}` is not from 0 to 1")]
    Ratio {
        /// The number as given.
        ratio: f64,
    },
    /// There is no 0th request.
    #[error("`every` is 0; 1 is every request")]
    Every,
    /// The window is over before it begins.
    #[error("`until` is not later than `from`")]
    Window,
    /// The rule is about an object that the schema does not have.
    #[error("the schema has no object `{object}`")]
    UnknownObject {
        /// The name as given.
        object: String,
    },
}

impl RuleError {
    /// A short name that stays the same when the message is reworded.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Delay => "delay",
            Self::Ratio { .. } => "ratio",
            Self::Every => "every",
            Self::Window => "window",
            Self::UnknownObject { .. } => "unknown_object",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_text_and_back() {
        let rule = Rule::new(Fault::Status {
            status: 429,
            retry_after: Some(RetryAfter::DateAhead(2)),
            body: ErrorBody::HalfJson,
        })
        .calls(Calls::Ingest)
        .object("visit")
        .count(3)
        .every(2)
        .ratio(0.25, 9)
        .after(Duration::from_millis(5))
        .until(Duration::from_secs(1));
        let text = serde_json::to_string(&rule).unwrap();
        assert_eq!(serde_json::from_str::<Rule>(&text).unwrap(), rule, "{text}");
    }

    #[test]
    fn what_is_not_written_is_the_default() {
        let read = |text: &str| serde_json::from_str::<Rule>(text).unwrap();
        let busy = read(r#"{"fault":{"status":{"status":429}}}"#);
        assert_eq!(busy, Rule::status(429));
        let cut = read(r#"{"fault":{"cut":{"at":"mid-answer"}},"until-ms":20}"#);
        let same = Rule::cut(CutAt::MidAnswer).until(Duration::from_millis(20));
        assert_eq!(cut, same);
        let slow = read(r#"{"fault":{"delay":{"least-ms":1,"most-ms":2}},"calls":"auth"}"#);
        let (least, most) = (Duration::from_millis(1), Duration::from_millis(2));
        assert_eq!(slow, Rule::delay(least, most).calls(Calls::Auth));
        for fault in ["expire-tokens", "not-deployed", "blank", "reject-late"] {
            let rule = read(&format!(r#"{{"fault":"{fault}"}}"#));
            assert_eq!(serde_json::to_value(&rule).unwrap()["fault"], fault);
        }
    }

    #[test]
    fn a_misspelled_condition_is_no_rule() {
        let text = r#"{"fault":"blank","cuont":3}"#;
        let error = serde_json::from_str::<Rule>(text).unwrap_err();
        assert!(error.to_string().contains("cuont"), "{error}");
    }

    #[test]
    fn a_rule_that_cannot_be_is_refused_by_name() {
        let code = |rule: Rule| rule.check().map_err(|error| error.code());
        for status in [0, 100, 199, 204, 205, 304, 600] {
            assert_eq!(code(Rule::status(status)), Err("status"), "{status}");
            assert_eq!(code(Rule::new(Fault::Html { status })), Err("status"));
        }
        assert_eq!(code(Rule::status(202)), Ok(()));
        let (long, short) = (Duration::from_secs(2), Duration::from_secs(1));
        assert_eq!(code(Rule::delay(long, short)), Err("delay"));
        for ratio in [-0.1, 1.1, f64::NAN] {
            assert_eq!(code(Rule::status(503).ratio(ratio, 0)), Err("ratio"));
        }
        assert_eq!(code(Rule::status(503).every(0)), Err("every"));
        assert_eq!(
            code(Rule::status(503).after(long).until(long)),
            Err("window")
        );
        assert_eq!(code(Rule::status(503).after(short).until(long)), Ok(()));
    }
}
