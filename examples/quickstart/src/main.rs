//! From a schema to accepted records: pulls the connector's schema, shows that the code was compiled
//! against it, sends 100,000 records of two objects, and shows what becomes of bad ones.
//!
//! `cargo run --release -p quickstart` needs no account: it starts a tenant in its own process.
//! With the `INGEST_*` variables set, the same program works against a real org.
#![allow(clippy::print_stdout, reason = "printing is what an example is for")]

mod made_up;
mod target;

use anyhow::{Context as _, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use ingest_codegen::pull::pull;
use ingest_core::org::Org;
use ingest_core::value::Email;
use ingest_core::{Client, Error, IngestRecord, Report, Timestamp};
use ingest_emulator::Emulator;
use quickstart::{PageView, Visitor};

use crate::target::Target;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let target = Target::choose()?;
    compare_schemas(&target).await?;

    heading("Sending");
    let client = Client::new(target.settings.clone())?;
    let now = Timestamp::now();
    let visitors = send(&client, &made_up::visitors(now)?).await?;
    let page_views = send(&client, &made_up::page_views(now)?).await?;

    if let Some(emulator) = &target.emulator {
        show_rows(emulator);
    }
    show_bad_data(&client, &target).await?;

    if !(visitors.is_complete() && page_views.is_complete()) {
        bail!("not every record was accepted; see the reports above");
    }
    println!("\nEvery record was accepted, and the bad ones never got in.");
    Ok(())
}

/// Pulls the schema as from any org, and compares it with the one that the compiler saw.
async fn compare_schemas(target: &Target) -> Result<()> {
    let place = if target.emulator.is_some() {
        "the tenant in this process"
    } else {
        "your org"
    };
    heading(&format!("Pulling the schema from {place}"));
    let org = Org::new(&target.settings)?;
    let pulled = pull(&org, target.settings.source()).await?;
    for note in &pulled.notes {
        println!("  note: {note}");
    }
    for object in [Visitor::OBJECT, PageView::OBJECT] {
        let theirs = pulled
            .schema
            .object(object.name)
            .map(ingest_schema::Object::digest);
        if theirs != Some(object.digest) {
            bail!(
                "object `{}` of the org is not the one of schemas/web.yaml that this program was compiled against",
                object.name
            );
        }
        let (name, digest, fields) = (object.name, object.digest, object.fields.len());
        println!("  {name:<10} {fields} fields, digest {digest}: as compiled");
    }
    Ok(())
}

async fn send<R: IngestRecord>(client: &Client, records: &[R]) -> Result<Report> {
    let bar = ProgressBar::new(records.len() as u64);
    let style = ProgressStyle::with_template("  {prefix:<10} {wide_bar} {pos}/{len}")?;
    bar.set_style(style);
    bar.set_prefix(R::OBJECT.name);
    let report = client.send(bar.wrap_iter(records.iter())).await?;
    bar.finish_and_clear();
    println!("  {:<10} {report}", R::OBJECT.name);
    println!(
        "  {:<10} {:.0} records/s, bodies {:.1} % full",
        "",
        report.records_per_second(),
        report.body_fill() * 100.0
    );
    Ok(report)
}

fn show_rows(emulator: &Emulator) {
    heading("What the tenant holds");
    for object in [Visitor::OBJECT, PageView::OBJECT] {
        println!(
            "  {:<10} {} rows",
            object.name,
            emulator.row_count(object.name)
        );
        for row in emulator.row_texts(object.name).iter().take(2) {
            println!("    {row}");
        }
    }
}

async fn show_bad_data(client: &Client, target: &Target) -> Result<()> {
    heading("What bad data meets");
    let text = "visitor.7@example";
    match text.parse::<Email>() {
        Ok(_) => bail!("`{text}` became an e-mail address"),
        Err(error) => println!("  `{text}` never becomes a record: {error}"),
    }
    if target.emulator.is_none() {
        println!("  (The misspelt record is not posted to a real org.)");
        return Ok(());
    }
    let source = target
        .settings
        .source()
        .context("the emulator names its connector")?;
    let misspelt = r#"{"data":[{"event_id":"e-1","occured_at":"2026-11-23T00:00:00.000Z","visitor_id":"v-1","url":null,"referrer":null,"duration_ms":null,"revenue":null,"logged_in":null}]}"#;
    match client.post(source, PageView::OBJECT.name, misspelt).await {
        Err(Error::Refused(refusal)) => {
            println!("  A record posted past the types, with `occured_at`:");
            println!("  {}", refusal.to_string().replace('\n', "\n  "));
            Ok(())
        }
        Err(error) => Err(error.into()),
        Ok(()) => bail!("the tenant accepted a misspelt field"),
    }
}

fn heading(text: &str) {
    println!("\n{text}");
}
