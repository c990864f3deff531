//! What a stream can be watched by: sends page views to a tenant that fails now and then, and shows
//! the same metrics as a Prometheus page and as OTLP, beside the log.
//!
//! `cargo run -p watching` needs no account and no collector: both run in its own process.
#![allow(clippy::print_stdout, reason = "printing is what an example is for")]

mod bridge;
mod receiver;

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use ingest_core::stream::Report;
use ingest_core::{Client, IngestRecord, Settings, Timestamp};
use ingest_emulator::{Calls, CutAt, Emulator, Rule};
use ingest_schema::Schema;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_util::layers::FanoutBuilder;
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry_otlp::{MetricExporter, WithExportConfig as _};
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};

use crate::bridge::Bridge;
use crate::receiver::Receiver;

const SCHEMA: &str = include_str!("../../../schemas/web.yaml");

const PAGE_VIEWS: u32 = 20_000;

#[derive(IngestRecord)]
#[ingest(
    schema = "../../schemas/web.yaml",
    object = "page_view",
    blank("referrer", "duration_ms", "logged_in")
)]
struct PageView {
    event_id: String,
    occurred_at: Timestamp,
    visitor_id: String,
    url: ingest_core::value::Url,
    revenue: Option<f64>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    // The OTLP exporter's HTTP client asks the process for its TLS; a program may decide that, a
    // library must not.
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    provider
        .install_default()
        .map_err(|_| anyhow!("a TLS provider was installed before"))?;
    tracing_subscriber::fmt().with_writer(io::stderr).init();

    let receiver = Receiver::start().await?;
    let (prometheus, otlp) = install(&receiver.endpoint())?;
    let report = send().await?;
    println!("{report}");

    println!("\nPrometheus\n{}", prometheus.render());
    // What is left goes out in a thread that may block: the receiver needs this one to answer.
    tokio::task::spawn_blocking(move || otlp.shutdown()).await??;
    show_received(&receiver)
}

/// Gives every metric to both: as text to be asked for, and by OTLP to this address.
fn install(endpoint: &str) -> Result<(PrometheusHandle, SdkMeterProvider)> {
    let seconds = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0];
    let duration = Matcher::Full("ingest.request.duration".to_owned());
    let prometheus = PrometheusBuilder::new()
        .set_buckets_for_metric(duration, &seconds)?
        .build_recorder();
    let handle = prometheus.handle();

    let exporter = MetricExporter::builder()
        .with_http()
        .with_endpoint(endpoint)
        .build()?;
    let reader = PeriodicReader::builder(exporter).with_interval(Duration::from_secs(1));
    let otlp = SdkMeterProvider::builder()
        .with_reader(reader.build())
        .build();
    let bridge = Bridge::new(otlp.meter("ingest"));

    let both = FanoutBuilder::default()
        .add_recorder(prometheus)
        .add_recorder(bridge)
        .build();
    metrics::set_global_recorder(both).map_err(|error| anyhow!("{error}"))?;
    Ok((handle, otlp))
}

/// Sends to a tenant that answers one request in five with 503 and breaks two connections.
async fn send() -> Result<Report> {
    let schema = Schema::parse("schemas/web.yaml", SCHEMA)?.schema;
    let faults = [
        Rule::status(503).calls(Calls::Ingest).every(5),
        Rule::cut(CutAt::AfterProcessing)
            .calls(Calls::Ingest)
            .count(2),
    ];
    let emulator = Emulator::builder(schema).faults(faults).start()?;
    let client = Client::new(Settings::from_vars(emulator.vars())?)?;
    let stream = client.stream::<PageView>().max_records(500).open().await?;
    let now = Timestamp::now();
    for number in 0..PAGE_VIEWS {
        stream.send(&page_view(number, now)?).await?;
    }
    let broken = PageView {
        revenue: Some(f64::NAN),
        ..page_view(0, now)?
    };
    let refused = stream.send(&broken).await.err();
    let refused = refused.context("a number that is none was taken")?;
    println!("never taken: {refused}");
    let report = stream.close().await;
    ensure!(
        report.is_complete(),
        "not every record was accepted: {report}"
    );
    Ok(report)
}

fn page_view(number: u32, now: Timestamp) -> Result<PageView> {
    Ok(PageView {
        event_id: format!("e-{number:06}"),
        occurred_at: now,
        visitor_id: format!("v-{:04}", number % 1_000),
        url: format!("https://shop.example.com/products/{}", number % 500).parse()?,
        revenue: number.is_multiple_of(25).then_some(19.9),
    })
}

fn show_received(receiver: &Receiver) -> Result<()> {
    let received = receiver.received();
    println!(
        "OTLP: {} points in {} requests",
        received.points, received.requests
    );
    for name in &received.names {
        println!("  {name}");
    }
    let expected = ["ingest.batch.wait", "ingest.buffer.bytes", "ingest.records"];
    let expected = BTreeSet::from(expected.map(str::to_owned));
    ensure!(
        received.names.is_superset(&expected),
        "not all metrics have come"
    );
    Ok(())
}
