//! Everything that can go wrong between a record and its acceptance, as one type with stable codes.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::endpoint::EndpointError;

use super::refusal::{Refusal, RefusalKind};
use super::settings::SettingsError;
use super::transport::TransportError;

/// Why something could not be done. Shows no secret, and no value of a record.
///
/// It can be cloned, because all who wait for one login share its failure.
///
/// `Debug` shows what people read, with all sources, because `main` shows errors this way.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The settings are incomplete or contradict each other.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// No connector is named, neither by the settings nor by the schema.
    #[error(
        "the connector is not named\nhelp: set INGEST_SOURCE, or `connector` in the schema's `x-data-cloud`"
    )]
    NoSource,
    /// A connector or object of this name would make another address.
    #[error("`{0}` is no name of a connector or an object")]
    Name(String),
    /// `INGEST_CA_FILE` cannot be used.
    #[error("INGEST_CA_FILE `{}` cannot be used: {reason}", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// TLS could not be set up on this machine.
    #[error("TLS cannot be set up")]
    Tls(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// The thread of the blocking client could not be started.
    #[error("the thread of the blocking client cannot be started")]
    Thread(#[source] Arc<std::io::Error>),
    /// The private key cannot sign.
    #[error("the private key of INGEST_PRIVATE_KEY_FILE or INGEST_PRIVATE_KEY cannot be used: {0}")]
    PrivateKey(String),
    /// A request got no answer.
    #[error("{step} at `{host}` failed")]
    Transport {
        /// What was asked.
        step: Step,
        /// Who was asked.
        host: String,
        /// What happened.
        source: TransportError,
    },
    /// The login was refused, or failed for now if the status is 500 or more.
    #[error(
        "{step} was answered with status {status}: {error}: {description}{}",
        Help(*help)
    )]
    Login {
        /// Which of the two steps.
        step: Step,
        /// The HTTP status.
        status: u16,
        /// The OAuth error, such as `invalid_grant`.
        error: String,
        /// The server's words.
        description: String,
        /// What usually helps.
        help: Option<&'static str>,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// A page for people came where JSON belongs.
    #[error(
        "{step} was answered with an HTML page (status {status}){}",
        Help(*help)
    )]
    Html {
        /// What was asked.
        step: Step,
        /// The HTTP status.
        status: u16,
        /// What usually helps.
        help: Option<&'static str>,
    },
    /// An answer that is not what the documents promise.
    #[error("{step} was answered with status {status}, but not as documented: {reason}")]
    Answer {
        /// What was asked.
        step: Step,
        /// The HTTP status.
        status: u16,
        /// What is missing or wrong.
        reason: String,
    },
    /// A login answer that points to an address that cannot be used.
    #[error("{step} named a host that cannot be used")]
    Host {
        /// Whose answer it was.
        step: Step,
        /// What is wrong with the host.
        source: EndpointError,
    },
    /// `INGEST_TENANT_URL` and the exchange disagree: records would go to another tenant.
    #[error("INGEST_TENANT_URL is `{expected}`, but the login leads to `{found}`")]
    OtherTenant {
        /// What the settings say.
        expected: String,
        /// What the exchange says.
        found: String,
    },
    /// The org refused a read.
    #[error("the org answered with status {status}: {code}: {message}")]
    Org {
        /// The HTTP status.
        status: u16,
        /// The org's error code, such as `NOT_FOUND`.
        code: String,
        /// The org's words.
        message: String,
    },
    /// The tenant refused a request.
    #[error(transparent)]
    Refused(#[from] Box<Refusal>),
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            write!(f, "\ncaused by: {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl Error {
    pub(crate) fn tls(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Tls(error.into().into())
    }

    /// Whether the same may succeed a little later: what a caller may try again.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Transport { source, .. } => source.is_passing(),
            Self::Login { status, .. } => matches!(status, 408 | 425 | 429 | 500..),
            Self::Refused(refusal) => matches!(
                refusal.kind,
                RefusalKind::TooManyRequests | RefusalKind::Server
            ),
            _ => false,
        }
    }

    /// How long the server asks to wait, if it does.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Login { retry_after, .. } => *retry_after,
            Self::Refused(refusal) => refusal.retry_after,
            _ => None,
        }
    }

    /// A short name that programs can rely on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Settings(_)
            | Self::NoSource
            | Self::Name(_)
            | Self::CaFile { .. }
            | Self::PrivateKey(_) => "settings",
            Self::Tls(_) => "tls",
            Self::Thread(_) => "thread",
            Self::Transport { .. } => "transport",
            Self::Login { .. } => "login",
            Self::Html { .. } => "html",
            Self::Answer { .. } => "answer",
            Self::Host { .. } | Self::OtherTenant { .. } => "host",
            Self::Org { .. } => "org",
            Self::Refused(refusal) => refusal.kind.code(),
        }
    }
}

/// What was being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Asking the login host for an org token.
    OrgToken,
    /// Exchanging the org token for a tenant token.
    Exchange,
    /// Reading from the org's Connect REST API.
    OrgRead,
    /// Sending records to the tenant.
    Ingest,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::OrgToken => "the request for an org token",
            Self::Exchange => "the exchange for a tenant token",
            Self::OrgRead => "the read from the org",
            Self::Ingest => "the ingest request",
        })
    }
}

/// Help on a line of its own.
struct Help(Option<&'static str>);

impl fmt::Display for Help {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(help) => write!(f, "\nhelp: {help}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(status: u16) -> Error {
        Error::Login {
            step: Step::OrgToken,
            status,
            error: String::new(),
            description: String::new(),
            help: None,
            retry_after: None,
        }
    }

    fn transport(source: TransportError) -> Error {
        Error::Transport {
            step: Step::Ingest,
            host: String::new(),
            source,
        }
    }

    #[test]
    fn what_may_pass_is_told_from_what_lasts() {
        for status in [408, 425, 429, 500, 503, 599] {
            assert!(login(status).is_passing(), "{status}");
        }
        for status in [302, 400, 401, 403] {
            assert!(!login(status).is_passing(), "{status}");
        }
        assert!(transport(TransportError::connect("refused")).is_passing());
        assert!(!transport(TransportError::unsendable("too long")).is_passing());
        assert!(!Error::NoSource.is_passing());
    }
}
