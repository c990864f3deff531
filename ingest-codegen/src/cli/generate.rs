//! `ingest-codegen generate`: a schema file in, Rust out.

use std::fs;
use std::path::{Path, PathBuf};

use ingest_codegen::output::{self, Change};
use ingest_codegen::{Generator, display_path};
use ingest_schema::Schema;
use serde_json::json;

use super::args::GenerateArgs;
use super::failure::Failure;
use super::paths;
use super::report::{FileReport, Report, Status};
use super::types;

enum Target {
    Stdout,
    File(PathBuf),
    Folder(PathBuf),
}

pub(crate) fn run(args: &GenerateArgs) -> Result<Report, Failure> {
    let target = Target::of(args.output.as_deref());
    if args.check && matches!(target, Target::Stdout) {
        let message = "`--check` compares files\n  help: name one with `-o FILE` or `-o DIR/`";
        return Err(Failure::usage(message.into()));
    }
    let shown = display_path(&args.schema);
    let reading = Schema::load_as(&args.schema, &shown)?;
    let path = schema_path(args, &target)?;
    let generator = generator(args)?.schema_path(path.clone());
    let files = sources(&generator, &reading.schema, &target)?;
    let mut report = Report {
        facts: json!({ "schema": shown, "schema_path": path, "objects": objects(args, &reading.schema) }),
        files: Vec::new(),
        notes: leftovers(&generator, &target, &files),
        warnings: reading.warnings,
    };
    if args.check {
        report.files = compared(&files)?;
        return judged(report);
    }
    report.files = written(files)?;
    Ok(report)
}

/// The generator as the arguments want it, but for the path.
fn generator(args: &GenerateArgs) -> Result<Generator, Failure> {
    let mut generator = Generator::new()
        .only(args.only.iter().cloned())
        .setters(args.code.setters);
    for path in &args.code.derive {
        generator = generator.derive(path);
    }
    if args.code.unverified {
        generator = generator.unverified();
    }
    types::add(generator, &args.code.types)
}

impl Target {
    fn of(output: Option<&Path>) -> Self {
        let Some(path) = output.filter(|path| *path != Path::new("-")) else {
            return Self::Stdout;
        };
        let text = path.to_string_lossy();
        if text.ends_with(std::path::is_separator) || path.is_dir() {
            Self::Folder(path.into())
        } else {
            Self::File(path.into())
        }
    }

    /// Where the code will stand; its Cargo.toml is looked for from here upwards.
    fn folder(&self) -> &Path {
        match self {
            Self::Stdout => Path::new(""),
            Self::File(path) => path.parent().unwrap_or(Path::new("")),
            Self::Folder(path) => path,
        }
    }
}

fn schema_path(args: &GenerateArgs, target: &Target) -> Result<String, Failure> {
    match &args.schema_path {
        Some(path) => Ok(path.clone()),
        None => paths::in_code(&args.schema, target.folder())
            .map_err(|error| Failure::usage(format!("cannot tell the current folder: {error}"))),
    }
}

fn objects<'a>(args: &GenerateArgs, schema: &'a Schema) -> Vec<&'a str> {
    let names = schema.objects.iter().map(|object| object.name.as_str());
    names
        .filter(|name| args.only.is_empty() || args.only.iter().any(|only| only == name))
        .collect()
}

/// The code, by the file it belongs to; no path means the standard output.
fn sources(
    generator: &Generator,
    schema: &Schema,
    target: &Target,
) -> Result<Vec<(Option<PathBuf>, String)>, Failure> {
    Ok(match target {
        Target::Stdout => vec![(None, generator.generate(schema)?)],
        Target::File(path) => vec![(Some(path.clone()), generator.generate(schema)?)],
        Target::Folder(folder) => generator
            .generate_files(schema)?
            .into_iter()
            .map(|file| (Some(folder.join(file.name)), file.text))
            .collect(),
    })
}

fn written(files: Vec<(Option<PathBuf>, String)>) -> Result<Vec<FileReport>, Failure> {
    // Before anything is written, so that a person's file leaves no folder half replaced.
    for path in files.iter().filter_map(|(path, _)| path.as_deref()) {
        output::check_replaceable(path)?;
    }
    files.into_iter().map(write).collect()
}

fn write((path, text): (Option<PathBuf>, String)) -> Result<FileReport, Failure> {
    let Some(path) = path else {
        return Ok(FileReport {
            path: "-".into(),
            status: Status::Printed,
            text: Some(text),
        });
    };
    let status = match output::write_code(&path, &text)? {
        Change::Written => Status::Written,
        Change::Unchanged => Status::Unchanged,
    };
    Ok(file_report(&path, status))
}

fn compared(files: &[(Option<PathBuf>, String)]) -> Result<Vec<FileReport>, Failure> {
    let mut reports = Vec::new();
    for (path, text) in files {
        let Some(path) = path else { continue };
        let status = if output::is_current(path, text)? {
            Status::Unchanged
        } else if path.exists() {
            Status::Differs
        } else {
            Status::Missing
        };
        reports.push(file_report(path, status));
    }
    Ok(reports)
}

fn file_report(path: &Path, status: Status) -> FileReport {
    FileReport {
        path: display_path(path),
        status,
        text: None,
    }
}

fn judged(report: Report) -> Result<Report, Failure> {
    let stale = |file: &&FileReport| file.status != Status::Unchanged;
    let count = report.files.iter().filter(stale).count();
    let what = match count {
        0 => return Ok(report),
        1 => "1 file is".to_owned(),
        _ => format!("{count} files are"),
    };
    let message =
        format!("{what} not what the schema gives\n  help: run the same command without `--check`");
    Err(Failure::findings(message, report))
}

/// Notes about files in the folder that were generated from this schema and no longer would be.
fn leftovers(
    generator: &Generator,
    target: &Target,
    files: &[(Option<PathBuf>, String)],
) -> Vec<String> {
    let Target::Folder(folder) = target else {
        return Vec::new();
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .filter(|path| {
            files
                .iter()
                .all(|(written, _)| written.as_ref() != Some(path))
        })
        .filter(|path| begins_with(path, &generator.header()))
        .map(|path| {
            let path = display_path(&path);
            format!("`{path}` was generated earlier and is not part of `mod.rs`; remove it")
        })
        .collect();
    found.sort();
    found
}

fn begins_with(path: &Path, line: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text.lines().next() == Some(line))
}
