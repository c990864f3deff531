//! `ingest emulator start`: prints the variables to set, and serves until it is interrupted.

use std::net::SocketAddr;
use std::process::ExitCode;

use ingest_emulator::Emulator;
use serde_json::{Map, Value};

use super::{summary, tenant};
use crate::args::StartArgs;
use crate::failure::Failure;
use crate::words;

pub(crate) fn start(args: &StartArgs) -> Result<ExitCode, Failure> {
    let emulator = tenant(&args.tenant, SocketAddr::new(args.host, args.port))?;
    tell(&emulator, args.json)?;
    if !args.host.is_loopback() {
        words::say(
            "warning: everybody who reaches this address may read and change what the tenant keeps",
        );
    }
    wait_for_an_end()?;
    summary::tell(&emulator);
    Ok(ExitCode::SUCCESS)
}

/// The variables, as a shell or a program reads them.
fn tell(emulator: &Emulator, json: bool) -> Result<(), Failure> {
    let vars = emulator.vars();
    if json {
        let vars: Map<String, Value> = vars
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        words::print(&Value::Object(vars).to_string())?;
        return Ok(());
    }
    words::say(&format!(
        "the tenant with connector `{}` is at {}, with a page to look at; set these variables, and \
         interrupt it to end it:\n",
        emulator.connector(),
        emulator.tenant_url()
    ));
    for (name, value) in vars {
        words::print(&format!("export {name}='{value}'"))?;
    }
    Ok(())
}

/// Until somebody interrupts or terminates the process.
fn wait_for_an_end() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let mut terminate = signal(SignalKind::terminate())?;
            tokio::select! {
                interrupted = tokio::signal::ctrl_c() => interrupted?,
                _ = terminate.recv() => {}
            }
        }
        #[cfg(not(unix))]
        tokio::signal::ctrl_c().await?;
        Ok(())
    })
}
