//! An HTTP service that hands what it is told to a stream: the usual place for one. Answers 503 when
//! the stream cannot take more, shows its health, and on SIGTERM lets everything leave.
//!
//! `cargo run -p service` needs no account: the tenant is in its own process, unless the `INGEST_*`
//! variables name another. `--self-test` posts 1,000 events to itself and shuts down.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "printing is what an example is for"
)]

mod api;
mod self_test;

use std::process::ExitCode;
use std::time::Duration;
use std::{env, io};

use anyhow::{Context as _, Result, bail};
use ingest_core::{Client, Settings};
use ingest_emulator::Emulator;
use ingest_schema::Schema;
use tokio::net::TcpListener;
use tokio::signal;

use crate::api::PageView;

const SCHEMA: &str = include_str!("../../../schemas/web.yaml");

/// Kubernetes kills after 30 seconds by default; the report should be out before.
const PATIENCE: Duration = Duration::from_secs(25);

#[tokio::main]
async fn main() -> Result<ExitCode> {
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    let self_test = match env::args().nth(1).as_deref() {
        None => false,
        Some("--self-test") => true,
        Some(other) => bail!("`{other}` is not known\nhelp: --self-test is the only option"),
    };
    // Lives until the end, if there is one.
    let (settings, _emulator) = target()?;
    let client = Client::new(settings)?;
    let stream = client.stream::<PageView>().open().await?;

    let address = env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:0".to_owned());
    let listener = TcpListener::bind(&address).await;
    let listener = listener.with_context(|| format!("cannot listen at LISTEN={address}"))?;
    let address = listener.local_addr()?;
    eprintln!("POST http://{address}/page-views, GET http://{address}/health");
    let ended = ended()?;
    let test = self_test.then(|| tokio::spawn(self_test::run(address)));

    // Who is being served is served to the end; then nobody sends any more.
    axum::serve(listener, api::router(stream.clone()))
        .with_graceful_shutdown(ended)
        .await?;
    let report = stream.close_within(PATIENCE).await;
    println!("{report}");
    if let Some(test) = test {
        test.await??;
    }
    Ok(if report.is_complete() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Where the records go: a tenant in this process, or a real one when `INGEST_LOGIN_URL` is set.
fn target() -> Result<(Settings, Option<Emulator>)> {
    if env::var_os("INGEST_LOGIN_URL").is_some() {
        return Ok((Settings::from_env()?, None));
    }
    let schema = Schema::parse("schemas/web.yaml", SCHEMA)?.schema;
    let emulator = Emulator::start(schema)?;
    let settings = Settings::from_vars(emulator.vars())?;
    Ok((settings, Some(emulator)))
}

/// Until somebody asks the process to end. Listening begins with the call.
#[cfg(unix)]
fn ended() -> Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
    let mut interrupt = signal::unix::signal(signal::unix::SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn ended() -> Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        if let Err(error) = signal::ctrl_c().await {
            eprintln!("cannot listen for ctrl-c: {error}");
        }
    })
}
