//! How often a stream wakes up that has nothing to do: the threads' voluntary sleeps are counted.

use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};
use ingest_benches::figure;
use tokio::runtime::Runtime;

use crate::host::Host;
use crate::usage;

const IDLE: Duration = Duration::from_secs(5);

pub(crate) fn run() -> Result<()> {
    let host = Host::start()?;
    let client = host.client()?;
    let runtime = Runtime::new()?;
    let stream = runtime.block_on(async {
        let stream = client.stream().open().await?;
        let receipt = stream.send(&crate::events()[0]).await?;
        receipt.fate().await;
        anyhow::Ok(stream)
    })?;
    // What the request left behind comes to rest.
    thread::sleep(Duration::from_secs(1));
    let before = usage::sleeps()?;
    thread::sleep(IDLE);
    // One of the sleeps was this thread's.
    let sleeps = usage::sleeps()? - before - 1;
    println!("{sleeps} wake-ups of an idle stream in {IDLE:?}");
    figure("wake-ups", f64::from(i32::try_from(sleeps)?));
    let report = runtime.block_on(stream.close());
    ensure!(report.is_complete(), "{report}");
    Ok(())
}
