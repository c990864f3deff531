//! Two steps to a tenant token: an org token from the login host, exchanged for one of the tenant.
//! Keeps nothing but what it learns about the clock; when to log in is decided elsewhere.

use std::sync::Arc;
use std::time::SystemTime;

use http::Method;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;
use url::form_urlencoded;

use super::answer::{TokenAnswer, life, read_token, speaks_of_time, usable};
use super::clock::Skew;
use crate::client::endpoint::Endpoint;
use crate::client::error::{Error, Step};
use crate::client::http::{Answer, Http, Request, Wanted};
use crate::client::jwt;
use crate::client::settings::{Credentials, Settings};

/// From this difference on the clock may be why a login was refused; assertions live 180 seconds.
const TELLING_SKEW: i64 = 30;

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
    /// From then on it is to be replaced.
    pub(super) renew_at: Instant,
    /// From then on it opens nothing.
    pub(super) ends_at: Instant,
}

/// Logs in with these settings.
#[derive(Debug)]
pub(crate) struct Login {
    http: Http,
    settings: Arc<Settings>,
    skew: Skew,
}

impl Login {
    pub(crate) fn new(http: Http, settings: Arc<Settings>) -> Self {
        Self {
            http,
            settings,
            skew: Skew::default(),
        }
    }

    /// The login host, as a person would look for it.
    pub(crate) fn host(&self) -> &str {
        self.settings.login.authority()
    }

    /// Both steps.
    pub(crate) async fn tenant_token(&self) -> Result<TenantToken, Error> {
        let org = self.org_token().await?;
        self.exchange(&org).await
    }

    /// Step one: who we are, at the login host. Tried once more when our clock was to blame.
    pub(crate) async fn org_token(&self) -> Result<OrgToken, Error> {
        let believed = self.skew.seconds();
        match self.ask_org_token().await {
            Err(error) if self.blames_the_clock(&error, believed) => self.ask_org_token().await,
            outcome => outcome,
        }
    }

    /// Whether an assertion was refused because its times were wrong.
    fn blames_the_clock(&self, error: &Error, believed: i64) -> bool {
        let signed = matches!(self.settings.credentials, Credentials::JwtBearer { .. });
        let off = (self.skew.seconds() - believed).abs() > TELLING_SKEW;
        match error {
            Error::Login {
                status: 400..=499,
                error,
                description,
                ..
            } => signed && (speaks_of_time(description) || (off && error == "invalid_grant")),
            _ => false,
        }
    }

    async fn ask_org_token(&self) -> Result<OrgToken, Error> {
        let (step, settings) = (Step::OrgToken, &*self.settings);
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
                let now = self.skew.correct(SystemTime::now());
                assertion = jwt::assertion(client_id, username, &audience, private_key, now)?;
                let fields = vec![
                    ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                    ("assertion", assertion.expose_secret()),
                ];
                (fields, &assertion)
            }
        };
        let path = ["services", "oauth2", "token"];
        let asked = SystemTime::now();
        let answer = self
            .post_form(step, &settings.login, path, &fields, secret)
            .await?;
        if let Some(date) = answer.date {
            self.skew.learn(date, asked, SystemTime::now());
        }
        let token = read_token(step, &answer)?;
        let org = Endpoint::from_answer(&token.instance_url, &settings.login)
            .map_err(|source| Error::Host { step, source })?;
        Ok(OrgToken {
            secret: token.access_token,
            org,
        })
    }

    /// Step two: the org token for a tenant token.
    async fn exchange(&self, org: &OrgToken) -> Result<TenantToken, Error> {
        let (step, settings) = (Step::Exchange, &*self.settings);
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
        // Its life begins before its answer arrives.
        let asked = Instant::now();
        let answer = self
            .post_form(step, &org.org, path, &fields, &org.secret)
            .await?;
        let token = read_token(step, &answer)?;
        let tenant = tenant_of(settings, &token)?;
        let life = life(token.expires_in.as_ref());
        Ok(TenantToken {
            secret: token.access_token,
            tenant,
            renew_at: asked + usable(life),
            ends_at: asked + life,
        })
    }

    /// Posts a form that holds this secret.
    async fn post_form(
        &self,
        step: Step,
        host: &Endpoint,
        path: [&str; 3],
        fields: &[(&str, &str)],
        secret: &SecretString,
    ) -> Result<Answer, Error> {
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request {
            method: Method::POST,
            url: host.join(path),
            token: None,
            content: Some(("application/x-www-form-urlencoded", form.into())),
            wanted: Wanted::Body,
            timeout: None,
            secrets: vec![secret],
        };
        let answer = self.http.call(request).await;
        answer.map_err(|source| Error::Transport {
            step,
            host: host.authority().to_owned(),
            source,
        })
    }
}

/// Where the records go: to no other tenant than the settings name, if they do.
fn tenant_of(settings: &Settings, token: &TokenAnswer) -> Result<Endpoint, Error> {
    let step = Step::Exchange;
    let found = Endpoint::tenant_from_answer(&token.instance_url, &settings.login)
        .map_err(|source| Error::Host { step, source })?;
    match &settings.tenant {
        Some(expected) if *expected != found => Err(Error::OtherTenant {
            expected: expected.to_string(),
            found: found.to_string(),
        }),
        _ => Ok(found),
    }
}
