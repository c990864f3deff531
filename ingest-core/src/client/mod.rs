//! Everything that talks to an org or a tenant, from what is said to what is done:
//! `endpoint` and `settings` (what the user says), `tls` and `http` (one request, one answer),
//! `error` and `refusal` (what an answer means), `auth` (who we are), `org` and `sender` (the work).

mod auth;
mod endpoint;
mod error;
mod http;
mod jwt;
pub mod org;
mod refusal;
mod report;
mod sender;
mod settings;
mod tls;

pub use endpoint::EndpointError;
pub use error::{Error, Step};
pub use http::TransportError;
pub use refusal::{Cause, RecordFailure, Refusal, RefusalKind};
pub use report::{InvalidRecord, RefusedBody, Report, SendError};
pub use sender::Client;
pub use settings::{SettingProblem, Settings, SettingsError};
