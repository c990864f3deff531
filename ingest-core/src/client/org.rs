//! Reads from the org's Connect REST API, which tells connectors, schemas and data streams.

use std::sync::Arc;

use http::Method;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::auth::{Login, OrgToken};
use super::error::{Error, Step};
use super::http::{Answer, Http, Request, Wanted};
use super::http_transport::HttpTransport;
use super::settings::Settings;
use super::transport::Transport;

/// The version of the API that is read; it is the first that lists data streams as we need them.
const VERSION: &str = "v62.0";

/// A session with an org.
#[derive(Debug)]
pub struct Org {
    http: Http,
    login: Login,
    token: Mutex<Option<Arc<OrgToken>>>,
}

impl Org {
    /// A session that logs in when it is first used.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let transport = HttpTransport::new(settings)?;
        Ok(Self::with_transport(settings, Arc::new(transport)))
    }

    /// A session over another transport. It logs in when it is first used.
    pub fn with_transport(settings: &Settings, transport: Arc<dyn Transport>) -> Self {
        let http = Http::new(transport);
        Self {
            login: Login::new(http.clone(), Arc::new(settings.clone())),
            http,
            token: Mutex::new(None),
        }
    }

    /// The body of `GET <org>/services/data/v62.0/<path>?<query>`; `path` as in `ssot/connections`.
    /// A token that has ended is replaced once.
    ///
    /// # Errors
    /// When the login fails, the org cannot be reached, or it answers with anything but a 2xx.
    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Vec<u8>, Error> {
        let token = self.token(None).await?;
        let mut answer = self.call(&token, path, query).await?;
        if answer.status == 401 {
            let token = self.token(Some(&token)).await?;
            answer = self.call(&token, path, query).await?;
        }
        if answer.is_success() && !answer.is_html() {
            return Ok(answer.body);
        }
        Err(refused(&answer))
    }

    /// A token other than the one that was refused.
    async fn token(&self, refused: Option<&Arc<OrgToken>>) -> Result<Arc<OrgToken>, Error> {
        let mut kept = self.token.lock().await;
        let good =
            |token: &&Arc<OrgToken>| refused.is_none_or(|refused| !Arc::ptr_eq(token, refused));
        if let Some(token) = kept.as_ref().filter(good) {
            return Ok(Arc::clone(token));
        }
        let token = Arc::new(self.login.org_token().await?);
        *kept = Some(Arc::clone(&token));
        Ok(token)
    }

    async fn call(
        &self,
        token: &OrgToken,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Answer, Error> {
        let root = ["services", "data", VERSION];
        let mut url = token.org.join(root.into_iter().chain(path.split('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = Request {
            method: Method::GET,
            url,
            token: Some(&token.secret),
            content: None,
            wanted: Wanted::Body,
            timeout: None,
            secrets: Vec::new(),
        };
        self.http
            .call(request)
            .await
            .map_err(|source| Error::Transport {
                step: Step::OrgRead,
                host: token.org.authority().to_owned(),
                source,
            })
    }
}

/// The org's errors are a list of one.
#[derive(Deserialize)]
struct OrgError {
    #[serde(default, rename = "errorCode")]
    code: String,
    #[serde(default)]
    message: String,
}

fn refused(answer: &Answer) -> Error {
    let (step, status) = (Step::OrgRead, answer.status);
    if answer.is_html() {
        let help = Some("is Data Cloud set up in this org, and may this user see it?");
        return Error::Html { step, status, help };
    }
    match answer
        .json::<Vec<OrgError>>()
        .map(|errors| errors.into_iter().next())
    {
        Ok(Some(OrgError { code, message })) => Error::Org {
            status,
            code,
            message,
        },
        _ => Error::Answer {
            step,
            status,
            reason: "it holds no `errorCode`".into(),
        },
    }
}
