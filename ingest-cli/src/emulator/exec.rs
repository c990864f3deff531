//! `ingest emulator exec`: runs a command with a tenant beside it, and passes its exit code on.

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{ExitCode, ExitStatus};

use anyhow::Context as _;
use ingest_emulator::Emulator;
use tokio::process::{Child, Command};

use super::{summary, tenant};
use crate::args::ExecArgs;
use crate::failure::Failure;

/// Settings of the caller that would lead the command past the tenant beside it.
const OTHERS: [&str; 5] = [
    "INGEST_USERNAME",
    "INGEST_PRIVATE_KEY",
    "INGEST_PRIVATE_KEY_FILE",
    "INGEST_DATASPACE",
    "INGEST_CA_FILE",
];

pub(crate) fn exec(args: &ExecArgs) -> Result<ExitCode, Failure> {
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let emulator = tenant(&args.tenant, any_port)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let status = runtime.block_on(run(&args.command, &emulator))?;
    summary::tell(&emulator);
    Ok(code(status))
}

async fn run(command: &[OsString], emulator: &Emulator) -> anyhow::Result<ExitStatus> {
    let (program, arguments) = command.split_first().context("no command")?;
    let mut command = Command::new(program);
    command.args(arguments).envs(emulator.vars());
    for other in OTHERS {
        command.env_remove(other);
    }
    let child = command
        .spawn()
        .with_context(|| format!("cannot run `{}`", program.display()))?;
    wait(child).await
}

/// Waits for the child, and lets it decide about its end: an interrupt from the terminal reaches it
/// without us, and a request to end is passed on.
async fn wait(mut child: Child) -> anyhow::Result<ExitStatus> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        loop {
            tokio::select! {
                status = child.wait() => return Ok(status?),
                _ = interrupt.recv() => {}
                _ = terminate.recv() => pass_on(&child)?,
            }
        }
    }
    #[cfg(not(unix))]
    Ok(child.wait().await?)
}

#[cfg(unix)]
fn pass_on(child: &Child) -> anyhow::Result<()> {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    if let Some(id) = child.id() {
        kill(Pid::from_raw(i32::try_from(id)?), Signal::SIGTERM)?;
    }
    Ok(())
}

/// The child's exit code; as a shell has it, if a signal ended it.
fn code(status: ExitStatus) -> ExitCode {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    let code = status.code().or(signal.map(|signal| 128 + signal));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
