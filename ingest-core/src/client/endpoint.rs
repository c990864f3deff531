//! Which addresses secrets and records may be sent to: `https`, or plain `http` on this machine.
//!
//! Rules about texts; nothing is connected here.

use std::fmt;

use url::{Host, Url};

/// The root of a login host, an org or a tenant: scheme, host and port, nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint(Url);

/// An address that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// It is not a URL. It is not shown: it may be a secret that was put into the wrong variable.
    #[error("it is not a URL such as `https://example.my.salesforce.com`")]
    NotAUrl,
    /// It would send secrets in the clear over a network.
    #[error("the {0} is not `https`; plain `http` is for loopback hosts only")]
    NotHttps(String),
    /// It carries a user name, a password, a query or a fragment.
    #[error("the URL of `{0}` holds more than scheme, host and port")]
    MoreThanARoot(String),
    /// It is a page of the org, which takes no logins.
    #[error("`{0}` is a page of the org; logins go to `https://<My Domain>.my.salesforce.com`")]
    LightningLogin(String),
    /// It is the org, which takes no records.
    #[error(
        "`{0}` is the org's host, not the tenant's\nhelp: the right one is `https://<…>.c360a.salesforce.com`, \
         the Tenant Specific Endpoint on the connector's page in Data Cloud Setup"
    )]
    OrgForTenant(String),
    /// A plain-`http` answer from the network.
    #[error("`{0}` is on this machine, but the login host is not")]
    LoopbackFromOutside(String),
}

impl Endpoint {
    /// The login host that the user named.
    pub(crate) fn login(text: &str) -> Result<Self, EndpointError> {
        let endpoint = Self::parse(text)?;
        let host = endpoint.host();
        if host.ends_with(".lightning.force.com") {
            return Err(EndpointError::LightningLogin(host));
        }
        Ok(endpoint)
    }

    /// The tenant endpoint that the user named; a bare host is fine, as the connector page shows it.
    pub(crate) fn tenant(text: &str) -> Result<Self, EndpointError> {
        let endpoint = if text.contains("://") {
            Self::parse(text)?
        } else {
            Self::parse(&format!("https://{text}"))?
        };
        endpoint.refuse_org()
    }

    /// An `instance_url` of the login host's answer, or of the exchange: a bare host or a URL,
    /// whose path does not matter. Plain `http` only if the login host is on this machine too.
    pub(crate) fn from_answer(text: &str, login: &Self) -> Result<Self, EndpointError> {
        let text = text.trim();
        let mut url = if text.contains("://") {
            parse(text)?
        } else {
            let bare = parse(&format!("https://{text}"))?;
            if is_loopback(&bare) && !login.is_secure() {
                parse(&format!("http://{text}"))?
            } else {
                bare
            }
        };
        url.set_path("");
        url.set_query(None);
        let endpoint = Self::checked(url)?;
        if !endpoint.is_secure() && login.is_secure() {
            return Err(EndpointError::LoopbackFromOutside(text.into()));
        }
        Ok(endpoint)
    }

    /// The tenant's host in the answer of the exchange.
    pub(crate) fn tenant_from_answer(text: &str, login: &Self) -> Result<Self, EndpointError> {
        Self::from_answer(text, login)?.refuse_org()
    }

    fn parse(text: &str) -> Result<Self, EndpointError> {
        let url = parse(text.trim())?;
        if !matches!(url.path(), "" | "/") || url.query().is_some() {
            return Err(EndpointError::MoreThanARoot(host_of(&url)));
        }
        Self::checked(url)
    }

    fn checked(url: Url) -> Result<Self, EndpointError> {
        let plain = url.username().is_empty() && url.password().is_none();
        if !plain || url.fragment().is_some() {
            return Err(EndpointError::MoreThanARoot(host_of(&url)));
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_loopback(&url) => Ok(Self(url)),
            scheme => Err(EndpointError::NotHttps(format!(
                "{scheme} host `{}`",
                host_of(&url)
            ))),
        }
    }

    fn refuse_org(self) -> Result<Self, EndpointError> {
        /// Of these, only hosts with the label `c360a` are tenants.
        const SALESFORCE: &[&str] = &[
            "salesforce.com",
            "salesforce.mil",
            "salesforce-setup.com",
            "force.com",
            "site.com",
            "visualforce.com",
        ];
        let host = self.host();
        let below = |domain: &str| {
            host.strip_suffix(domain)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        if SALESFORCE.iter().any(|domain| below(domain)) && !host.contains(".c360a.") {
            return Err(EndpointError::OrgForTenant(host));
        }
        Ok(self)
    }

    /// One of the hosts that all orgs share for logins.
    pub(crate) fn is_shared_login(&self) -> bool {
        matches!(
            self.0.host_str(),
            Some("login.salesforce.com" | "test.salesforce.com")
        )
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }

    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    pub(crate) fn host(&self) -> String {
        host_of(&self.0)
    }

    /// Host and port, as a person would look for them.
    pub(crate) fn authority(&self) -> &str {
        self.0.authority()
    }

    /// A URL below this root; each segment is percent-encoded as far as it needs to be.
    pub(crate) fn join<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.0.clone();
        url.path_segments_mut()
            .expect("BUG: an http URL has a path")
            .clear()
            .extend(segments);
        url
    }
}

impl fmt::Display for Endpoint {
    /// `https://host`, without a slash at the end: also the audience of a JWT.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

fn parse(text: &str) -> Result<Url, EndpointError> {
    match Url::parse(text) {
        Ok(mut url) if url.has_host() => {
            // `host.` is `host`, and must not pass where `host` does not.
            let host = host_of(&url);
            if host.ends_with('.') {
                let host = host.trim_end_matches('.');
                url.set_host(Some(host))
                    .map_err(|_| EndpointError::NotAUrl)?;
            }
            Ok(url)
        }
        _ => Err(EndpointError::NotAUrl),
    }
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(text: &str) -> Result<String, EndpointError> {
        Endpoint::login(text).map(|endpoint| endpoint.to_string())
    }

    fn tenant(text: &str) -> Result<String, EndpointError> {
        Endpoint::tenant(text).map(|endpoint| endpoint.to_string())
    }

    #[test]
    fn https_anywhere_and_http_on_loopback() {
        for text in [
            "https://login.salesforce.com",
            "https://x.my.salesforce.com",
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://[::1]:1",
        ] {
            assert_eq!(login(text).as_deref(), Ok(text));
        }
        assert_eq!(
            login(" https://x.my.salesforce.com/ ").unwrap(),
            "https://x.my.salesforce.com"
        );
    }

    #[test]
    fn what_would_leak_or_never_work_is_refused() {
        use EndpointError::{LightningLogin, MoreThanARoot, NotAUrl, NotHttps};
        assert!(matches!(
            login("http://x.my.salesforce.com"),
            Err(NotHttps(_))
        ));
        assert!(matches!(
            login("http://127.0.0.1.evil.example"),
            Err(NotHttps(_))
        ));
        assert!(matches!(login("ftp://localhost"), Err(NotHttps(_))));
        assert!(matches!(login("x.my.salesforce.com"), Err(NotAUrl)));
        assert!(matches!(login(""), Err(NotAUrl)));
        assert!(matches!(
            login("https://x.example/path"),
            Err(MoreThanARoot(_))
        ));
        assert!(matches!(
            login("https://x.example?a=b"),
            Err(MoreThanARoot(_))
        ));
        assert!(matches!(
            login("https://x.lightning.force.com"),
            Err(LightningLogin(_))
        ));
        let error = login("https://user:secret@x.example").unwrap_err();
        assert!(!error.to_string().contains("secret"));
        let error = login("user:secret@x.example").unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn a_tenant_is_never_an_org() {
        assert_eq!(
            tenant("abc.c360a.salesforce.com").unwrap(),
            "https://abc.c360a.salesforce.com"
        );
        assert!(tenant("https://notsalesforce.com").is_ok());
        for org in [
            "https://x.my.salesforce.com",
            "https://x.lightning.force.com",
            "https://login.salesforce.com",
            "x.sandbox.my.salesforce.com",
            "https://x.my.salesforce.com.",
            "login.salesforce.com.",
            "na1.salesforce.com",
            "salesforce.com",
            "x.my.salesforce.mil",
            "x.my.site.com",
        ] {
            let error = tenant(org).unwrap_err().to_string();
            assert!(error.contains("Tenant Specific Endpoint"), "{error}");
        }
    }

    #[test]
    fn answers_give_hosts_with_and_without_a_scheme() {
        let outside = Endpoint::login("https://login.salesforce.com").unwrap();
        let here = Endpoint::login("http://127.0.0.1:9").unwrap();
        let answer = |text, login| Endpoint::tenant_from_answer(text, login).map(|e| e.to_string());
        let tenant = "https://abc.c360a.salesforce.com";
        assert_eq!(
            answer("abc.c360a.salesforce.com", &outside).unwrap(),
            tenant
        );
        assert_eq!(
            answer("https://abc.c360a.salesforce.com/api/", &outside).unwrap(),
            tenant
        );
        assert_eq!(answer("127.0.0.1:80", &here).unwrap(), "http://127.0.0.1");
        assert_eq!(
            answer("localhost:81", &here).unwrap(),
            "http://localhost:81"
        );
        assert_eq!(answer("abc.c360a.salesforce.com", &here).unwrap(), tenant);
        assert!(answer("http://127.0.0.1:80", &outside).is_err());
        assert!(answer("http://abc.c360a.salesforce.com", &outside).is_err());
        assert!(answer("x.my.salesforce.com", &outside).is_err());
        assert!(answer("", &outside).is_err());
    }

    #[test]
    fn names_in_a_path_are_encoded() {
        let endpoint = Endpoint::login("http://localhost").unwrap();
        let url = endpoint.join(["api", "a b/../c", "ü"]);
        assert_eq!(url.as_str(), "http://localhost/api/a%20b%2F..%2Fc/%C3%BC");
    }
}
