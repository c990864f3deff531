//! `ingest emulator`: a tenant from a schema file and switches, served until it is interrupted or
//! until the command beside it ends.

mod exec;
mod start;
mod summary;

use std::fs;
use std::net::SocketAddr;

use anyhow::Context as _;
use ingest_emulator::{Emulator, Rule, Strictness};
use ingest_schema::Schema;

pub(crate) use exec::exec;
pub(crate) use start::start;

use crate::args::TenantArgs;
use crate::words;

/// Starts a tenant, and says what it noticed about the schema.
fn tenant(args: &TenantArgs, address: SocketAddr) -> anyhow::Result<Emulator> {
    let loaded = Schema::load(&args.schema)?;
    for warning in &loaded.warnings {
        words::say(&warning.to_string());
    }
    let strictness = if args.lenient {
        Strictness::Lenient
    } else {
        Strictness::Strict
    };
    let mut builder = Emulator::builder(loaded.schema)
        .listen(address)
        .strictness(strictness)
        .reports(!args.no_reports)
        .requests_per_second(args.rate)
        .faults(faults(args)?);
    if let Some(connector) = &args.connector {
        builder = builder.connector(connector);
    }
    Ok(builder.start()?)
}

fn faults(args: &TenantArgs) -> anyhow::Result<Vec<Rule>> {
    let Some(path) = &args.faults else {
        return Ok(Vec::new());
    };
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("cannot read `{shown}`"))?;
    serde_json::from_str(&text).with_context(|| format!("`{shown}` is no list of rules"))
}
