//! The whole quota of a tenant: the producer offers more than the stream's own limiter lets through.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use ingest_benches::figure;
use tokio::runtime::Runtime;

use crate::host::Host;
use crate::usage;

const TIME: Duration = Duration::from_secs(10);

pub(crate) fn run() -> Result<()> {
    let host = Host::start()?;
    let client = host.client()?;
    let events = crate::events();
    Runtime::new()?.block_on(async {
        let stream = client.stream().open().await?;
        let (cpu, start) = (usage::cpu()?, Instant::now());
        // The clock is asked once for many records, so that it does not show in the figure.
        while start.elapsed() < TIME {
            for event in &events {
                stream.send(event).await?;
            }
        }
        let buffer = stream.health().buffer;
        let report = stream.close().await;
        let (cpu, seconds) = (usage::cpu()? - cpu, start.elapsed().as_secs_f64());
        ensure!(report.is_complete(), "{report}");
        println!("{report}");
        #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
        let (requests, buffer) = (report.totals.requests as f64, buffer as f64 / 1_048_576.0);
        let (share, memory) = (cpu / seconds, usage::most_memory()?);
        println!(
            "{:.0} requests/s: {:.2} % of a core, {memory:.0} MiB, {buffer:.0} of them for the buffer; bodies filled to {:.2} %",
            requests / seconds,
            share * 100.0,
            report.body_fill() * 100.0
        );
        for (cut, count) in &report.cuts {
            println!("  {count} bodies cut for {cut}");
        }
        figure("requests", requests / seconds);
        figure("share", share * 100.0);
        figure("memory", memory - buffer);
        figure("fill", report.body_fill() * 100.0);
        Ok(())
    })
}
