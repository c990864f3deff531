//! Why a command did not do its work: what is printed, and the exit code.

use std::process::ExitCode;

use crate::words;

/// Usage or environment: an argument, a variable or a file.
const USAGE: u8 = 2;

#[derive(Debug)]
pub(crate) struct Failure(anyhow::Error);

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl Failure {
    pub(crate) fn print(&self) -> ExitCode {
        words::say(&format!("error: {}", self.0));
        let mut said = self.0.to_string();
        for cause in self.0.chain().skip(1).map(ToString::to_string) {
            // Some messages hold their cause already.
            if !said.contains(&cause) {
                words::say(&format!("  caused by: {cause}"));
                said = cause;
            }
        }
        ExitCode::from(USAGE)
    }
}
