//! The host that all sides send to: starts it beside this program, and says how to reach it.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use ingest_core::{Client, Settings};
use tempfile::NamedTempFile;

/// A host that runs until this is dropped.
pub(crate) struct Host {
    process: Child,
    pub(crate) port: u16,
    /// The certificate that it shows, as PEM.
    pub(crate) certificate: NamedTempFile,
}

impl Host {
    pub(crate) fn start() -> Result<Self> {
        let beside = env::current_exe()?.with_file_name("bench-sink");
        let mut process = Command::new(&beside)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("`{}` does not start", beside.display()))?;
        let output = process.stdout.take().context("no output")?;
        let mut lines = BufReader::new(output).lines();
        let port = lines.next().context("no port")??.parse()?;
        let mut certificate = NamedTempFile::new()?;
        for line in lines {
            let line = line?;
            writeln!(certificate, "{line}")?;
            if line.starts_with("-----END") {
                break;
            }
        }
        Ok(Self {
            process,
            port,
            certificate,
        })
    }

    /// A client as a user has it, with everything from `INGEST_*` variables.
    pub(crate) fn client(&self) -> Result<Client> {
        let path = self.certificate.path();
        let path = path.to_str().context("the path is no text")?;
        let login = format!("https://localhost:{}", self.port);
        let settings = Settings::from_vars([
            ("INGEST_LOGIN_URL", login.as_str()),
            ("INGEST_CLIENT_ID", "id"),
            ("INGEST_CLIENT_SECRET", "secret"),
            ("INGEST_SOURCE", "bench"),
            ("INGEST_CA_FILE", path),
        ])?;
        Ok(Client::new(settings)?)
    }
}

impl Drop for Host {
    /// It ends by itself when its input does; waiting leaves no process behind.
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        if let Err(error) = self.process.wait() {
            eprintln!("the host did not end: {error}");
        }
    }
}
