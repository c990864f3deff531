//! What this process has used, as the kernel counts it: CPU seconds, the most memory, how often a
//! thread went to sleep. Unix only, and memory on Linux only.

use std::fs;

use anyhow::{Context as _, Result};
use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeVal;

fn usage() -> Result<Usage> {
    Ok(getrusage(UsageWho::RUSAGE_SELF)?)
}

/// CPU seconds of all threads, those of the kernel on their behalf included.
pub(crate) fn cpu() -> Result<f64> {
    #[expect(clippy::cast_precision_loss, reason = "it takes centuries")]
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let usage = usage()?;
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}

/// How often a thread has gone to sleep of its own will; it was woken as often.
pub(crate) fn sleeps() -> Result<i64> {
    Ok(usage()?.voluntary_context_switches())
}

/// The most memory that was ever resident, in MiB.
pub(crate) fn most_memory() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmHWM:"));
    let line = line.context("the kernel does not tell the most memory")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024.0)
}
