//! CPU time instead of wall time: what else runs on the machine then matters little.

use anyhow::Result;

/// The seconds that all ended children of this process have spent computing, their own children
/// included.
#[cfg(unix)]
pub(crate) fn of_children() -> Result<f64> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;

    #[expect(clippy::cast_precision_loss, reason = "it takes centuries")]
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}

#[cfg(not(unix))]
pub(crate) fn of_children() -> Result<f64> {
    anyhow::bail!("CPU time of other programs can only be read on Unix")
}
