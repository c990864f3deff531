//! Why a command did not do its work: the exit code and what is printed.

use std::process::ExitCode;

use ingest_codegen::GenerateError;
use ingest_codegen::output::WriteError;
use ingest_codegen::pull::PullError;
use ingest_core::Error;
use ingest_schema::{Problems, ReadError};
use serde_json::json;

use super::report::{Report, print_line, problem};

/// The exit codes of every command of the toolchain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Findings = 1,
    Usage = 2,
    GaveUp = 4,
}

#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    error: anyhow::Error,
    problems: Problems,
    report: Option<Box<Report>>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self {
            exit,
            error: error.into(),
            problems: Problems(Vec::new()),
            report: None,
        }
    }

    pub(crate) fn usage(message: String) -> Self {
        Self::new(Exit::Usage, anyhow::Error::msg(message))
    }

    /// Findings, with what was found.
    pub(crate) fn findings(message: String, report: Report) -> Self {
        let failure = Self::new(Exit::Findings, anyhow::Error::msg(message));
        Self {
            report: Some(Box::new(report)),
            ..failure
        }
    }

    fn invalid(problems: Problems) -> Self {
        let message = match problems.errors().count() {
            1 => "the schema has an error".to_owned(),
            count => format!("the schema has {count} errors"),
        };
        Self {
            problems,
            ..Self::new(Exit::Findings, anyhow::Error::msg(message))
        }
    }

    /// Prints it for people and, if asked for, as JSON.
    pub(crate) fn print(self, json: bool) -> ExitCode {
        for problem in &self.problems.0 {
            print_line(&problem.to_string());
        }
        if let Some(report) = &self.report {
            report.print_words();
        }
        print_line(&format!("error: {}", self.error));
        let mut said = self.error.to_string();
        for cause in self.error.chain().skip(1) {
            let cause = cause.to_string();
            // Some messages hold their cause already.
            if !said.contains(&cause) {
                print_line(&format!("  caused by: {cause}"));
                said = cause;
            }
        }
        if json {
            self.print_json();
        }
        ExitCode::from(self.exit as u8)
    }

    fn print_json(&self) {
        let mut object = self
            .report
            .as_deref()
            .map_or_else(|| json!({}), Report::json);
        object["error"] = format!("{:#}", self.error).into();
        object["exit_code"] = (self.exit as u8).into();
        if !self.problems.0.is_empty() {
            object["problems"] = self.problems.0.iter().map(problem).collect();
        }
        // There is no further way to tell that this cannot be told.
        let _ = super::report::print_text(&format!("{object}\n"));
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Invalid(problems) => Self::invalid(problems),
            other => Self::new(Exit::Usage, other),
        }
    }
}

impl From<GenerateError> for Failure {
    fn from(error: GenerateError) -> Self {
        Self::new(Exit::Usage, error)
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        Self::new(Exit::Usage, error)
    }
}

impl From<PullError> for Failure {
    fn from(error: PullError) -> Self {
        let exit = match error {
            PullError::Invalid(problems) => return Self::invalid(problems),
            PullError::UnknownKind { .. } => Exit::Findings,
            PullError::NoConnector
            | PullError::SeveralConnectors { .. }
            | PullError::UnknownConnector { .. }
            | PullError::Org(Error::Settings(_) | Error::CaFile { .. } | Error::PrivateKey(_)) => {
                Exit::Usage
            }
            _ => Exit::GaveUp,
        };
        Self::new(exit, error)
    }
}
