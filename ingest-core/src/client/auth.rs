//! Who we are: an org token from the login host, exchanged for a tenant token that is kept until it
//! nears its end or is refused. Any number of tasks share one token and one refresh; while a renewal
//! fails in passing, the old token serves to its end.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::form_urlencoded;

use super::endpoint::Endpoint;
use super::error::{Error, Step};
use super::http::{Answer, Http, Request, Wanted};
use super::jwt;
use super::refusal::cut;
use super::settings::{Credentials, Settings};

/// How long a tenant token is taken to live when the answer does not say so sensibly.
const DEFAULT_LIFE: Duration = Duration::from_secs(1_800);

/// The longest life that is believed; the service gives 2 or 8 hours.
const LONGEST_LIFE: u64 = 7 * 86_400;

/// How long after a login that failed in passing the next one is tried, while a token is good.
const RENEW_AGAIN: Duration = Duration::from_secs(30);

/// What opens the org's own API.
#[derive(Debug)]
pub(crate) struct OrgToken {
    pub(crate) secret: SecretString,
    pub(crate) org: Endpoint,
}

/// What opens the tenant's API.
#[derive(Debug)]
pub(crate) struct TenantToken {
    pub(crate) secret: SecretString,
    pub(crate) tenant: Endpoint,
    renew_at: Instant,
    ends_at: Instant,
}

/// Keeps the tenant token.
#[derive(Debug)]
pub(crate) struct Auth {
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug)]
struct Kept {
    token: Arc<TenantToken>,
    /// From then on a new one is fetched before use.
    renew_at: Instant,
}

impl Auth {
    pub(crate) fn new() -> Self {
        Self {
            kept: Mutex::new(None),
        }
    }

    /// A token that is good as far as we know. While one task fetches it, the others wait for that.
    pub(crate) async fn token(
        &self,
        http: &Http,
        settings: &Settings,
    ) -> Result<Arc<TenantToken>, Error> {
        let mut kept = self.kept.lock().await;
        let now = Instant::now();
        if let Some(kept) = kept.as_ref().filter(|kept| now < kept.renew_at) {
            return Ok(Arc::clone(&kept.token));
        }
        let error = match log_in(http, settings).await {
            Ok(token) => {
                let (renew_at, token) = (token.renew_at, Arc::new(token));
                *kept = Some(Kept {
                    token: Arc::clone(&token),
                    renew_at,
                });
                return Ok(token);
            }
            Err(error) => error,
        };
        // A login that fails in passing costs nothing while the old token is good.
        match kept
            .as_mut()
            .filter(|kept| Instant::now() < kept.token.ends_at)
        {
            Some(kept) if error.is_passing() => {
                tracing::warn!(
                    code = error.code(),
                    "the tenant token could not be renewed yet"
                );
                kept.renew_at = Instant::now() + RENEW_AGAIN;
                Ok(Arc::clone(&kept.token))
            }
            _ => Err(error),
        }
    }

    /// Forgets a token that the tenant refused, unless another task has replaced it already.
    pub(crate) async fn forget(&self, refused: &Arc<TenantToken>) {
        let mut kept = self.kept.lock().await;
        if kept
            .as_ref()
            .is_some_and(|kept| Arc::ptr_eq(&kept.token, refused))
        {
            *kept = None;
        }
    }
}

async fn log_in(http: &Http, settings: &Settings) -> Result<TenantToken, Error> {
    let org = org_token(http, settings).await?;
    exchange(http, settings, &org).await
}

/// Step one: who we are, at the login host.
pub(crate) async fn org_token(http: &Http, settings: &Settings) -> Result<OrgToken, Error> {
    let step = Step::OrgToken;
    let assertion;
    let (fields, secret) = match &settings.credentials {
        Credentials::ClientCredentials {
            client_id,
            client_secret,
        } => {
            let fields = vec![
                ("grant_type", "client_credentials"),
                ("client_id", client_id),
                ("client_secret", client_secret.expose_secret()),
            ];
            (fields, client_secret)
        }
        Credentials::JwtBearer {
            client_id,
            username,
            private_key,
        } => {
            let audience = settings.login.to_string();
            assertion = jwt::assertion(client_id, username, &audience, private_key)?;
            let fields = vec![
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                ("assertion", assertion.expose_secret()),
            ];
            (fields, &assertion)
        }
    };
    let path = ["services", "oauth2", "token"];
    let token = post_form(http, step, &settings.login, path, &fields, secret).await?;
    let org = Endpoint::from_answer(&token.instance_url, &settings.login)
        .map_err(|source| Error::Host { step, source })?;
    Ok(OrgToken {
        secret: token.access_token,
        org,
    })
}

/// Step two: the org token for a tenant token.
async fn exchange(http: &Http, settings: &Settings, org: &OrgToken) -> Result<TenantToken, Error> {
    let step = Step::Exchange;
    let mut fields = vec![
        ("grant_type", "urn:salesforce:grant-type:external:cdp"),
        ("subject_token", org.secret.expose_secret()),
        (
            "subject_token_type",
            "urn:ietf:params:oauth:token-type:access_token",
        ),
    ];
    if let Some(dataspace) = &settings.dataspace {
        fields.push(("dataspace", dataspace));
    }
    let path = ["services", "a360", "token"];
    let token = post_form(http, step, &org.org, path, &fields, &org.secret).await?;
    let tenant = Endpoint::tenant_from_answer(&token.instance_url, &settings.login)
        .map_err(|source| Error::Host { step, source })?;
    if let Some(expected) = settings
        .tenant
        .as_ref()
        .filter(|expected| **expected != tenant)
    {
        return Err(Error::OtherTenant {
            expected: expected.to_string(),
            found: tenant.to_string(),
        });
    }
    let (now, life) = (Instant::now(), life(token.expires_in.as_ref()));
    Ok(TenantToken {
        secret: token.access_token,
        tenant,
        renew_at: now + usable(life),
        ends_at: now + life,
    })
}

/// The answer of both steps. `instance_url` has a scheme in one and none in the other.
#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    instance_url: String,
    #[serde(default)]
    expires_in: Option<Value>,
}

/// A life in seconds; usually a number, once seen as a string.
fn life(expires_in: Option<&Value>) -> Duration {
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
fn usable(life: Duration) -> Duration {
    let early = life.saturating_sub(Duration::from_secs(300));
    (life * 4 / 5).max(early)
}

/// Posts a form that holds this secret, and reads the token it is answered with.
async fn post_form(
    http: &Http,
    step: Step,
    host: &Endpoint,
    path: [&str; 3],
    fields: &[(&str, &str)],
    secret: &SecretString,
) -> Result<TokenAnswer, Error> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    let request = Request {
        method: Method::POST,
        url: host.join(path),
        token: None,
        content: Some(("application/x-www-form-urlencoded", form.finish().into())),
        wanted: Wanted::Body,
        timeout: None,
        secrets: vec![secret],
    };
    let answer = http.call(request).await;
    let answer = answer.map_err(|source| Error::Transport {
        step,
        host: host.authority().to_owned(),
        source,
    })?;
    read_token(step, &answer)
}

fn read_token(step: Step, answer: &Answer) -> Result<TokenAnswer, Error> {
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
        _ if has("expired authorization code") => {
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
