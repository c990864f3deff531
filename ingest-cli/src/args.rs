//! The command line, as clap reads it. No decisions beyond what may stand together.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::{Parser, Subcommand};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  2  usage or environment: an argument, a variable or a file";

const START_EXAMPLES: &str = "\
Examples:
  ingest emulator start --schema schemas/web.yaml
  ingest emulator start --schema schemas/web.yaml --port 0 --json       any free port, for programs
  ingest emulator start --schema schemas/web.yaml --lenient             loses rows with a 202
  ingest emulator start --schema schemas/web.yaml --faults faults.json  misbehaves by rules:
      [{\"status\": {\"status\": 503, \"retry-after\": {\"seconds\": 2}}, \"ratio\": 0.1}]

It runs until it is interrupted. What it prints on the standard output are the variables to set.";

const EXEC_EXAMPLES: &str = "\
Examples:
  ingest emulator exec --schema schemas/web.yaml -- cargo test
  ingest emulator exec --schema schemas/web.yaml -- python3 post.py

The command runs with INGEST_LOGIN_URL, INGEST_TENANT_URL, INGEST_CLIENT_ID, INGEST_CLIENT_SECRET and
INGEST_SOURCE set; its exit code is passed on (128 + n if signal n ended it).";

/// Operates the Salesforce Data Cloud Ingestion API, and a tenant on your own machine
#[derive(Debug, Parser)]
#[command(name = "ingest", version, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// A tenant on this machine: no account, no cloud
    Emulator {
        #[command(subcommand)]
        command: EmulatorCommand,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum EmulatorCommand {
    /// Serve a tenant until interrupted
    Start(StartArgs),
    /// Run a command with a tenant beside it
    Exec(ExecArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = START_EXAMPLES)]
pub(crate) struct StartArgs {
    #[command(flatten)]
    pub(crate) tenant: TenantArgs,

    /// The address to listen on; whoever reaches it may read and change everything
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub(crate) host: IpAddr,

    /// The port to listen on; 0 for any that is free
    #[arg(long, value_name = "PORT", default_value_t = 8787)]
    pub(crate) port: u16,

    /// Tell the variables and the addresses as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = EXEC_EXAMPLES)]
pub(crate) struct ExecArgs {
    #[command(flatten)]
    pub(crate) tenant: TenantArgs,

    /// The command and its arguments, behind `--`
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// What the tenant is and how it behaves.
#[derive(Debug, clap::Args)]
pub(crate) struct TenantArgs {
    /// The schema file
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: PathBuf,

    /// The connector's API name, instead of the one in the schema
    #[arg(long, value_name = "NAME")]
    pub(crate) connector: Option<String>,

    /// Answer 202 to records that do not match the schema, and lose them
    #[arg(long)]
    pub(crate) lenient: bool,

    /// Refuse bodies without saying which records are to blame
    #[arg(long)]
    pub(crate) no_reports: bool,

    /// Requests a second that are taken; 0 for any number
    #[arg(long, value_name = "N", default_value_t = 250)]
    pub(crate) rate: u32,

    /// A JSON file with a list of rules by which the tenant misbehaves
    #[arg(long, value_name = "FILE")]
    pub(crate) faults: Option<PathBuf>,
}
