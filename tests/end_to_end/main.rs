//! The client against a tenant in this process: logins, bodies, refusals, schemas.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod bodies;
mod login;
mod patches;
mod pulling;
mod refusals;

use ingest_core::{Client, IngestRecord, Settings, Timestamp};
use ingest_emulator::Emulator;
use ingest_schema::Schema;

#[derive(IngestRecord, Clone)]
#[ingest(
    schema = "../schemas/web.yaml",
    object = "page_view",
    blank("referrer", "duration_ms", "revenue", "logged_in", "url")
)]
struct PageView {
    event_id: String,
    occurred_at: Timestamp,
    visitor_id: String,
}

fn page_view(number: usize) -> PageView {
    PageView {
        event_id: format!("e-{number}"),
        occurred_at: Timestamp::from_millis(1_784_000_000_000).unwrap(),
        visitor_id: "v-1".into(),
    }
}

fn schema(name: &str) -> Schema {
    Schema::load(format!("../schemas/{name}.yaml"))
        .unwrap()
        .schema
}

fn web() -> Emulator {
    Emulator::start(schema("web")).unwrap()
}

/// Settings with these variables over those that the emulator gives; an empty one takes it away.
fn settings(emulator: &Emulator, other: &[(&'static str, &str)]) -> Settings {
    let other = other
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    Settings::from_vars(emulator.vars().into_iter().chain(other)).unwrap()
}

fn client(emulator: &Emulator) -> Client {
    Client::new(settings(emulator, &[])).unwrap()
}
