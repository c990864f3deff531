//! `ingest-codegen pull`: a connector's schema, from an org or a downloaded file, to YAML.

use std::path::Path;

use ingest_codegen::output::{self, Change};
use ingest_codegen::pull::{Pulled, pull, unknown_keys};
use ingest_codegen::{display_path, yaml};
use ingest_core::Settings;
use ingest_core::org::Org;
use ingest_schema::{Problem, ReadError, Reading, Schema};
use serde_json::json;

use super::args::PullArgs;
use super::failure::{Exit, Failure};
use super::report::{FileReport, Report, Status};

pub(crate) fn run(args: &PullArgs) -> Result<Report, Failure> {
    let target = args
        .output
        .as_deref()
        .filter(|path| *path != Path::new("-"));
    // Before the org is asked: a file that must not be replaced ends it here.
    let old = target.map(replaced).transpose()?.flatten();
    let connector = args.connector.as_deref().filter(|name| !name.is_empty());
    let (mut pulled, warnings) = match &args.file {
        Some(file) => from_file(file, connector)?,
        None => (from_org(connector)?, Vec::new()),
    };
    if let Some(old) = &old {
        pulled.keep(&old.schema);
    }
    if args.file.is_some() {
        pulled.notes.extend(unknown_keys(&pulled.schema));
    }
    let file = match target {
        Some(path) => write(path, &pulled, old)?,
        None => FileReport {
            path: "-".into(),
            status: Status::Printed,
            text: Some(yaml::render(&pulled.schema)),
        },
    };
    let names = pulled
        .schema
        .objects
        .iter()
        .map(|object| object.name.as_str());
    Ok(Report {
        facts: json!({ "connector": pulled.schema.connector, "objects": names.collect::<Vec<_>>() }),
        files: vec![file],
        notes: pulled.notes,
        warnings,
    })
}

fn from_org(connector: Option<&str>) -> Result<Pulled, Failure> {
    let settings = Settings::from_env().map_err(|error| Failure::new(Exit::Usage, error))?;
    let org = Org::new(&settings).map_err(|error| Failure::new(Exit::Usage, error))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Usage, error))?;
    Ok(runtime.block_on(pull(&org, connector))?)
}

fn from_file(file: &Path, connector: Option<&str>) -> Result<(Pulled, Vec<Problem>), Failure> {
    let reading = Schema::load_as(file, &display_path(file))?;
    let mut pulled = Pulled::new(reading.schema);
    match (&pulled.schema.connector, connector) {
        (None, given) => pulled.schema.connector = given.map(str::to_owned),
        (Some(named), Some(given)) if named != given => {
            let note =
                format!("the file names the connector `{named}`, so `{given}` is passed over");
            pulled.notes.push(note);
        }
        _ => {}
    }
    Ok((pulled, reading.warnings))
}

/// The schema in the file that is to be replaced. Any other contents are somebody's work.
fn replaced(path: &Path) -> Result<Option<Reading>, Failure> {
    if std::fs::metadata(path).is_ok_and(|data| data.is_file() && data.len() == 0) {
        return Ok(None);
    }
    let shown = display_path(path);
    match Schema::load_as(path, &shown) {
        Ok(reading) => Ok(Some(reading)),
        Err(ReadError::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            Ok(None)
        }
        Err(ReadError::Invalid(_)) => Err(Failure::usage(format!(
            "`{shown}` is there and is no schema file\n  help: mend or remove the file, or choose \
             another"
        ))),
        Err(error) => Err(error.into()),
    }
}

/// Writes the file, unless it says the same already, in whatever layout.
fn write(path: &Path, pulled: &Pulled, old: Option<Reading>) -> Result<FileReport, Failure> {
    let text = yaml::render(&pulled.schema);
    let same = old.is_some_and(|old| {
        old.warnings.is_empty() && yaml::render(&Pulled::new(old.schema).schema) == text
    });
    let change = if same {
        Change::Unchanged
    } else {
        output::write(path, &text)?
    };
    Ok(FileReport {
        path: display_path(path),
        status: match change {
            Change::Written => Status::Written,
            Change::Unchanged => Status::Unchanged,
        },
        text: None,
    })
}
