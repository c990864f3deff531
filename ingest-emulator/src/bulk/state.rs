//! The words of a bulk job: what it does, and how far it is.
//!
//! Names only; which state may follow which is decided in `job`.

use serde::{Deserialize, Serialize};

/// What a job does with the rows of its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Operation {
    Upsert,
    Delete,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum State {
    /// Files may be uploaded.
    Open,
    UploadComplete,
    InProgress,
    JobComplete,
    Failed,
    Aborted,
}

impl State {
    pub(crate) const ALL: [Self; 6] = [
        Self::Open,
        Self::UploadComplete,
        Self::InProgress,
        Self::JobComplete,
        Self::Failed,
        Self::Aborted,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::UploadComplete => "UploadComplete",
            Self::InProgress => "InProgress",
            Self::JobComplete => "JobComplete",
            Self::Failed => "Failed",
            Self::Aborted => "Aborted",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether something may still come of the job.
    pub(crate) const fn is_active(self) -> bool {
        matches!(self, Self::Open | Self::UploadComplete | Self::InProgress)
    }
}

impl Operation {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Upsert => "upsert",
            Self::Delete => "delete",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Upsert, Self::Delete]
            .into_iter()
            .find(|operation| operation.name() == name)
    }
}
