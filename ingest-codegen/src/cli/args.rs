//! The command line, as clap reads it. No decisions beyond what may stand together.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  findings: the schema has errors, or `--check` found a difference
  2  usage or environment: an argument, a variable or a file
  4  gave up: the org could not be reached or refused";

const GENERATE_EXAMPLES: &str = "\
Examples:
  ingest-codegen generate schemas/web.yaml                     print to the standard output
  ingest-codegen generate schemas/web.yaml -o src/web.rs       one file
  ingest-codegen generate schemas/web.yaml -o src/records/     one file per object, and mod.rs
  ingest-codegen generate schemas/web.yaml -o src/web.rs --check
                                                               in CI: is the file up to date?
  ingest-codegen generate schemas/web.yaml --setters --derive serde::Serialize
                                                               `with_<field>` and a further derive
  ingest-codegen generate schemas/web.yaml --type page_view.visitor_id=crate::VisitorId \\
      --type DateTime=jiff::Timestamp                          own types, of a field and of a kind
  ingest-codegen generate schemas/web.yaml -o src/web.rs --unverified
                                                               for a crate without its schema

A field without a role is an `Option`, and the type that is given stands in it. `new` takes the
fields with one. `Default` is derived where they are all Text, or where there are none.";

const PULL_EXAMPLES: &str = "\
Examples:
  ingest-codegen pull -o schemas/web.yaml                      the org's only connector
  ingest-codegen pull --connector Web -o schemas/web.yaml
  ingest-codegen pull --file download.yaml -o schemas/web.yaml
                                                               a file from Setup, no org needed

The org is the one that the INGEST_* variables name: INGEST_LOGIN_URL and INGEST_CLIENT_ID, with
INGEST_CLIENT_SECRET, or with INGEST_USERNAME and INGEST_PRIVATE_KEY_FILE.
Descriptions, and roles that the org does not know, are kept from the file that is replaced.";

/// Schemas of Data Cloud Ingestion API connectors, and Rust records from them
#[derive(Debug, Parser)]
#[command(name = "ingest-codegen", version, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Fetch a connector's schema into a YAML file
    Pull(PullArgs),
    /// Print Rust record structs from a schema file
    Generate(GenerateArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = GENERATE_EXAMPLES)]
pub(crate) struct GenerateArgs {
    /// The schema file
    pub(crate) schema: PathBuf,

    /// Where the code goes: a file, a folder (`src/records/`) or `-` for the standard output
    #[arg(short, long, value_name = "FILE|DIR/|-")]
    pub(crate) output: Option<PathBuf>,

    /// Print only this object; may be given more than once
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,

    #[command(flatten)]
    pub(crate) code: CodeArgs,

    /// Write nothing; fail if a file differs from what would be written
    #[arg(long, requires = "output")]
    pub(crate) check: bool,

    /// The schema's path as it stands in the code, instead of the one relative to Cargo.toml
    #[arg(long, value_name = "PATH")]
    pub(crate) schema_path: Option<String>,

    /// Tell what was done as one JSON object on the standard output
    #[arg(long)]
    pub(crate) json: bool,
}

/// How the code looks.
#[derive(Debug, clap::Args)]
pub(crate) struct CodeArgs {
    /// Print a setter `with_<field>` for every field
    #[arg(long)]
    pub(crate) setters: bool,

    /// A further derive for every struct, such as `serde::Serialize`; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub(crate) derive: Vec<String>,

    /// The type of a field (`page_view.visitor_id=crate::VisitorId`) or of all fields of a kind
    /// (`DateTime=jiff::Timestamp`); may be given more than once
    #[arg(long = "type", value_name = "OBJECT.FIELD|KIND=TYPE")]
    pub(crate) types: Vec<String>,

    /// Print code that compiles without the schema file, and is not checked against it
    #[arg(long)]
    pub(crate) unverified: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = PULL_EXAMPLES)]
pub(crate) struct PullArgs {
    /// The connector's name; may be left out where the org has only one
    #[arg(long, env = "INGEST_SOURCE", value_name = "NAME")]
    pub(crate) connector: Option<String>,

    /// Read this file, downloaded in Setup, instead of an org
    #[arg(long, value_name = "DOWNLOADED.yaml")]
    pub(crate) file: Option<PathBuf>,

    /// Where the schema goes: a file, or `-` for the standard output
    #[arg(short, long, value_name = "FILE|-")]
    pub(crate) output: Option<PathBuf>,

    /// Tell what was done as one JSON object on the standard output
    #[arg(long)]
    pub(crate) json: bool,
}
