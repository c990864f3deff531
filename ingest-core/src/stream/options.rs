//! What a stream can be told: defaults, limits and the settings in force as text. Checked together
//! before anything is opened.

use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use super::batcher::Batching;
use super::chunk::Bounds;
use super::dead_letter::DeadLetters;
use super::limit::{Limiter, LocalLimiter};
use super::retry::RetryPolicy;
use crate::body::{MAX_BODY, Shape};
use crate::client::Client;

/// Requests a second that the tenant allows over all its objects (documented: 250), less the burst.
const RATE: f64 = 240.0;

/// Requests that may leave at once.
pub(crate) const BURST: u32 = 10;

/// The tenant's limit (documented).
const TENANT_RATE: f64 = 250.0;

/// Bodies below this would be mostly wrapper and headers.
const LEAST_BODY: usize = 1_000;

/// More lanes than requests a second would only wait for each other.
const MOST_LANES: usize = 250;

/// Longer than this nobody wants to wait for company.
const LONGEST_LINGER: Duration = Duration::from_secs(60);

#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) connector: Option<String>,
    pub(crate) object: Option<String>,
    pub(crate) linger: Duration,
    pub(crate) max_body: usize,
    pub(crate) max_records: u32,
    pub(crate) concurrency: usize,
    pub(crate) buffer: usize,
    pub(crate) ordered: bool,
    /// A limiter of its own; else the one that the client's streams share.
    pub(crate) rate: Option<f64>,
    pub(crate) limiter: Option<Arc<dyn Limiter>>,
    pub(crate) delivery_deadline: Duration,
    pub(crate) request_timeout: Duration,
    pub(crate) backoff: (Duration, Duration),
    pub(crate) dead_letters: Option<Arc<dyn DeadLetters>>,
    pub(crate) seed: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connector: None,
            object: None,
            linger: Duration::from_millis(250),
            max_body: MAX_BODY,
            max_records: u32::MAX,
            concurrency: 32,
            buffer: 32 << 20,
            ordered: true,
            rate: None,
            limiter: None,
            delivery_deadline: Duration::from_secs(3_600),
            request_timeout: Duration::from_secs(60),
            backoff: (Duration::from_millis(200), Duration::from_secs(30)),
            dead_letters: None,
            seed: None,
        }
    }
}

/// Everything that is wrong with a stream's options, at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct OptionsError {
    /// What is wrong, by option.
    pub problems: Vec<OptionProblem>,
}

/// One option that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OptionProblem {
    /// The name of the builder's method.
    pub option: &'static str,
    /// What is wrong and what to do.
    pub problem: String,
}

impl fmt::Display for OptionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stream's options cannot be used")?;
        for OptionProblem { option, problem } in &self.problems {
            write!(f, "\n  {option}: {problem}")?;
        }
        Ok(())
    }
}

impl Options {
    pub(crate) fn validate(&self) -> Result<(), OptionsError> {
        let mut problems = Vec::new();
        let mut require = |holds: bool, option, problem: String| {
            if !holds {
                problems.push(OptionProblem { option, problem });
            }
        };
        require(
            self.linger <= LONGEST_LINGER,
            "linger",
            format!("{:?} is more than {LONGEST_LINGER:?}", self.linger),
        );
        require(
            (LEAST_BODY..=MAX_BODY).contains(&self.max_body),
            "max_body",
            format!(
                "{} bytes are not between {LEAST_BODY} and {MAX_BODY}",
                self.max_body
            ),
        );
        require(
            self.max_records > 0,
            "max_records",
            "a body holds at least 1 record".into(),
        );
        require(
            (1..=MOST_LANES).contains(&self.concurrency),
            "concurrency",
            format!("{} is not between 1 and {MOST_LANES}", self.concurrency),
        );
        require(
            self.buffer >= 2 * self.max_body && u32::try_from(self.buffer).is_ok(),
            "buffer",
            format!(
                "{} bytes are not between 2 bodies ({} bytes) and 4 GiB",
                self.buffer,
                2 * self.max_body
            ),
        );
        require(
            self.rate.is_none_or(|rate| rate > 0.0 && rate <= RATE),
            "rate",
            format!(
                "{:?} is not between 0 and {RATE} requests a second: the tenant allows {TENANT_RATE}, and {BURST} may leave at once",
                self.rate.unwrap_or_default(),
            ),
        );
        let (least, most) = self.backoff;
        require(
            !least.is_zero() && least <= most,
            "backoff",
            format!("from {least:?} to {most:?} is no range of waiting times"),
        );
        require(
            !self.request_timeout.is_zero(),
            "request_timeout",
            "no request is answered in no time".into(),
        );
        require(
            self.delivery_deadline > self.linger,
            "delivery_deadline",
            format!(
                "{:?} is not longer than the linger time of {:?}",
                self.delivery_deadline, self.linger
            ),
        );
        if problems.is_empty() {
            Ok(())
        } else {
            Err(OptionsError { problems })
        }
    }

    pub(crate) fn batching(&self, shape: Shape) -> Batching {
        Batching {
            bounds: Bounds {
                shape,
                bytes: self.max_body,
                records: self.max_records,
            },
            linger: self.linger,
            lanes: self.ordered.then_some(self.concurrency),
        }
    }

    pub(crate) fn retry_policy(&self) -> RetryPolicy {
        let (base, max) = self.backoff;
        RetryPolicy {
            base,
            max,
            deadline: Some(self.delivery_deadline),
            ..RetryPolicy::default()
        }
    }

    /// The limiter of these options; that of the client, if they name none.
    pub(crate) fn limiter(&self, client: &Client) -> Arc<dyn Limiter> {
        match (&self.limiter, self.rate) {
            (Some(limiter), _) => Arc::clone(limiter),
            (None, None) => client.limiter(),
            (None, Some(rate)) => {
                let limiter = LocalLimiter::new(rate, BURST);
                Arc::new(limiter.expect("BUG: the rate was checked"))
            }
        }
    }

    /// One setting a line, in the order of the builder's methods.
    pub(crate) fn describe(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, value: &dyn fmt::Display| {
            writeln!(text, "{name} = {value}").expect("BUG: a string takes all text");
        };
        line("linger", &format_args!("{:?}", self.linger));
        line("max_body", &format_args!("{} bytes", self.max_body));
        match self.max_records {
            u32::MAX => line("max_records", &"as many as fit"),
            records => line("max_records", &records),
        }
        line("concurrency", &self.concurrency);
        line("buffer", &format_args!("{} bytes", self.buffer));
        line("order", &if self.ordered { "by key" } else { "none" });
        match &self.limiter {
            Some(limiter) => line("limiter", &format_args!("{limiter:?}")),
            None => line(
                "rate",
                &format_args!(
                    "{} requests a second, burst {BURST}{}",
                    self.rate.unwrap_or(RATE),
                    if self.rate.is_some() {
                        ""
                    } else {
                        ", shared by the client's streams"
                    }
                ),
            ),
        }
        line(
            "delivery_deadline",
            &format_args!("{:?}", self.delivery_deadline),
        );
        line(
            "request_timeout",
            &format_args!("{:?}", self.request_timeout),
        );
        let (least, most) = self.backoff;
        line("backoff", &format_args!("{least:?} to {most:?}"));
        match &self.dead_letters {
            Some(sink) => line("dead_letters", &format_args!("{sink:?}")),
            None => line("dead_letters", &"none"),
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(change: impl FnOnce(&mut Options)) -> Vec<&'static str> {
        let mut options = Options::default();
        change(&mut options);
        match options.validate() {
            Ok(()) => Vec::new(),
            Err(error) => error
                .problems
                .iter()
                .map(|problem| problem.option)
                .collect(),
        }
    }

    #[test]
    fn the_defaults_hold() {
        assert_eq!(wrong(|_| {}), [""; 0]);
    }

    #[test]
    fn each_wrong_option_is_named() {
        assert_eq!(wrong(|o| o.linger = Duration::from_secs(61)), ["linger"]);
        assert_eq!(wrong(|o| o.max_body = 200_001), ["max_body"]);
        assert_eq!(wrong(|o| o.max_body = 999), ["max_body"]);
        assert_eq!(wrong(|o| o.max_records = 0), ["max_records"]);
        assert_eq!(wrong(|o| o.concurrency = 0), ["concurrency"]);
        assert_eq!(wrong(|o| o.concurrency = 251), ["concurrency"]);
        assert_eq!(wrong(|o| o.buffer = 399_999), ["buffer"]);
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 240.1] {
            assert_eq!(wrong(|o| o.rate = Some(rate)), ["rate"]);
        }
        assert_eq!(wrong(|o| o.backoff.0 = Duration::ZERO), ["backoff"]);
        assert_eq!(
            wrong(|o| o.backoff.1 = Duration::from_millis(1)),
            ["backoff"]
        );
        assert_eq!(
            wrong(|o| o.request_timeout = Duration::ZERO),
            ["request_timeout"]
        );
        assert_eq!(
            wrong(|o| o.delivery_deadline = Duration::from_millis(250)),
            ["delivery_deadline"]
        );
    }

    #[test]
    fn all_that_is_wrong_is_named_at_once() {
        let wrong = wrong(|o| {
            o.concurrency = 0;
            o.rate = Some(0.0);
        });
        assert_eq!(wrong, ["concurrency", "rate"]);
    }

    #[test]
    fn the_settings_in_force_are_text() {
        let text = Options::default().describe();
        assert!(
            text.starts_with("linger = 250ms\nmax_body = 200000 bytes\n"),
            "{text}"
        );
        assert!(
            text.contains("rate = 240 requests a second, burst 10, shared by"),
            "{text}"
        );
    }
}
