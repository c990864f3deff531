//! Everything that talks to an org or a tenant, from what is said to what is done:
//! `endpoint` and `settings` (what the user says), `transport`, `tls`, `http_transport` and `http` (one
//! request, one answer),
//! `error` and `refusal` (what an answer means), `auth` (who we are), `org` and `sender` (the work).

mod auth;
mod endpoint;
mod error;
mod http;
mod http_transport;
mod jwt;
pub mod org;
mod refusal;
mod report;
#[cfg(test)]
pub(crate) mod scripted;
mod sender;
mod settings;
mod tls;
mod transport;

pub(crate) use auth::Generation;
pub use endpoint::EndpointError;
pub use error::{Error, Step};
pub(crate) use http::Answer;
pub use http_transport::{HttpTransport, Timeouts};
pub use refusal::{Cause, RecordFailure, Refusal, RefusalKind};
pub use report::{InvalidRecord, RefusedBody, Report, SendError};
pub use sender::Client;
pub use settings::{SettingProblem, Settings, SettingsError};
pub use transport::{StatusOnly, Timeout, Transport, TransportError};
