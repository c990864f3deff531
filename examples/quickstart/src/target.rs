//! Where the records go: a tenant in this process, or a real org when `INGEST_LOGIN_URL` is set.

use std::env;

use anyhow::{Context as _, Result};
use ingest_core::Settings;
use ingest_emulator::Emulator;
use ingest_schema::Schema;

const SCHEMA: &str = include_str!("../../../schemas/web.yaml");

pub(crate) struct Target {
    pub(crate) settings: Settings,
    /// The tenant in this process, if it is that.
    pub(crate) emulator: Option<Emulator>,
}

impl Target {
    pub(crate) fn choose() -> Result<Self> {
        if env::var_os("INGEST_LOGIN_URL").is_some() {
            return Ok(Self {
                settings: Settings::from_env()?,
                emulator: None,
            });
        }
        let schema = Schema::parse("schemas/web.yaml", SCHEMA)?.schema;
        let emulator = Emulator::start(schema).context("the emulator does not start")?;
        Ok(Self {
            settings: Settings::from_vars(emulator.vars())?,
            emulator: Some(emulator),
        })
    }
}
