//! Words for people go to the standard error, results to the standard output.

use std::io::{self, Write as _};

/// Tells people. If nobody can be told, there is no further way to tell that.
pub(crate) fn say(line: &str) {
    let _untold = writeln!(io::stderr(), "{line}");
}

/// Prints a result.
pub(crate) fn print(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
