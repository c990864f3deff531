//! What the answers of a login say: a token and how long it lives, or why there is none and what
//! usually helps. Asks nobody.

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use crate::client::error::{Error, Step};
use crate::client::http::Answer;
use crate::client::refusal::cut;

/// How long a tenant token is taken to live when the answer does not say so sensibly.
const DEFAULT_LIFE: Duration = Duration::from_secs(1_800);

/// The longest life that is believed; the service gives 2 or 8 hours.
const LONGEST_LIFE: u64 = 7 * 86_400;

/// The answer of both steps. `instance_url` has a scheme in one and none in the other.
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    pub(super) access_token: SecretString,
    pub(super) instance_url: String,
    #[serde(default)]
    pub(super) expires_in: Option<Value>,
}

/// A life in seconds; usually a number, once seen as a string.
pub(super) fn life(expires_in: Option<&Value>) -> Duration {
    let seconds = match expires_in {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    seconds
        .filter(|seconds| (1..=LONGEST_LIFE).contains(seconds))
        .map_or(DEFAULT_LIFE, Duration::from_secs)
}

/// The part of a token's life in which it is used: 80 per cent, or all but five minutes.
pub(super) fn usable(life: Duration) -> Duration {
    let early = life.saturating_sub(Duration::from_secs(300));
    (life * 4 / 5).max(early)
}

pub(super) fn read_token(step: Step, answer: &Answer) -> Result<TokenAnswer, Error> {
    let status = answer.status;
    if !answer.is_success() {
        return Err(refused(step, answer));
    }
    if answer.is_html() {
        let help = Some(match step {
            Step::Exchange => {
                "the org sends a page when it does not know the org token; is Data Cloud set up in this org?"
            }
            _ => {
                "the login URL leads to a page; use the org's My Domain, `https://<My Domain>.my.salesforce.com`"
            }
        });
        return Err(Error::Html { step, status, help });
    }
    // serde's message might quote a token.
    answer.json().map_err(|error| Error::Answer {
        step,
        status,
        reason: format!(
            "it lacks `access_token` or `instance_url` (line {}, column {})",
            error.line(),
            error.column()
        ),
    })
}

/// The words of a refusal: OAuth's object, or the list of one that the org's other APIs answer.
fn refused(step: Step, answer: &Answer) -> Error {
    let body: Value = answer.json().unwrap_or_default();
    let body = body.get(0).unwrap_or(&body);
    let words = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| body.get(name)?.as_str());
        found.filter(|words| !words.is_empty()).map(cut)
    };
    let error = words(["error", "errorCode"]);
    let description = words(["error_description", "message"]);
    Error::Login {
        step,
        status: answer.status,
        help: match answer.status {
            300..=399 => Some("redirects are not followed; check INGEST_LOGIN_URL"),
            500.. => Some("the server failed for now; try again"),
            _ => help(
                error.as_deref().unwrap_or(""),
                description.as_deref().unwrap_or(""),
            ),
        },
        retry_after: answer.retry_after,
        error: error.unwrap_or_else(|| "no reason given".into()),
        description: description.unwrap_or_else(|| "no description given".into()),
    }
}

/// Whether the server's words say that an assertion came too late, or too early.
pub(super) fn speaks_of_time(description: &str) -> bool {
    let description = description.to_ascii_lowercase();
    let has = |word| description.contains(word);
    has("expired authorization code") || (has("assertion") && has("expired"))
}

/// What usually is behind the server's words.
fn help(error: &str, description: &str) -> Option<&'static str> {
    let description = description.to_ascii_lowercase();
    let has = |word| description.contains(word);
    match error {
        _ if has("audience") => Some(
            "INGEST_LOGIN_URL must be the host that the user logs in at: login, test, or the My Domain",
        ),
        _ if has("approved") => {
            Some("let the app's policy pre-authorize the user, or approve the app once")
        }
        _ if speaks_of_time(&description) => {
            Some("the clock of this machine is off, or the assertion's `exp` is wrong")
        }
        _ if has("subject token") => {
            Some("the org token is stale, or the app lacks the scope `cdp_ingest_api`")
        }
        "invalid_client" | "invalid_client_id" => {
            Some("check INGEST_CLIENT_ID and INGEST_CLIENT_SECRET")
        }
        "unsupported_grant_type" => Some("enable the flow in the app's OAuth settings"),
        "invalid_grant" => Some(
            "check INGEST_USERNAME, the app's certificate, and that the flow is enabled with a run-as user",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_life_of_a_token_is_read_in_every_form_and_not_believed_when_silly() {
        let seconds = |value: Value| life(Some(&value)).as_secs();
        assert_eq!(seconds(json!(7193)), 7193);
        assert_eq!(seconds(json!("28800")), 28_800);
        for silly in [
            json!(0),
            json!(-1),
            json!(1e300),
            json!("soon"),
            json!(null),
            json!([]),
        ] {
            assert_eq!(seconds(silly), DEFAULT_LIFE.as_secs());
        }
        assert_eq!(life(None), DEFAULT_LIFE);
    }

    #[test]
    fn a_token_is_renewed_before_it_ends() {
        assert_eq!(usable(Duration::from_secs(7200)).as_secs(), 6900);
        assert_eq!(usable(Duration::from_secs(100)).as_secs(), 80);
    }
}
