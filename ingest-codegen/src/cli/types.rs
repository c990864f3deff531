//! `--type` from the command line to the generator: what is before the `=`, and what is behind it.
//!
//! Whether the schema has such a field, and whether a type can be one, the generator finds out.

use ingest_codegen::Generator;
use ingest_schema::Kind;
use ingest_schema::names::similar;

use super::failure::Failure;

/// The generator with all types that were given.
pub(crate) fn add(generator: Generator, arguments: &[String]) -> Result<Generator, Failure> {
    arguments
        .iter()
        .map(String::as_str)
        .try_fold(generator, add_one)
}

fn add_one(generator: Generator, argument: &str) -> Result<Generator, Failure> {
    let Some((target, ty)) = argument.split_once('=') else {
        return Err(malformed(argument, "has no `=`"));
    };
    match target.split_once('.') {
        Some(("", _) | (_, "")) => Err(malformed(argument, "does not name a field")),
        Some((object, field)) => Ok(generator.field_type(object, field, ty)),
        None if target.is_empty() => Err(malformed(argument, "does not say what has the type")),
        None => Ok(generator.kind_type(kind(target)?, ty)),
    }
}

fn malformed(argument: &str, what: &str) -> Failure {
    Failure::usage(format!(
        "`--type {}` {what}\n  help: write `--type OBJECT.FIELD=TYPE` or `--type KIND=TYPE`",
        argument.escape_debug()
    ))
}

fn kind(name: &str) -> Result<Kind, Failure> {
    let names = || Kind::ALL.into_iter().map(Kind::name);
    if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == name) {
        return Ok(kind);
    }
    let near = similar(name, names()).map(|near| format!("a similar kind exists: `{near}`"));
    let help = near.unwrap_or_else(|| {
        let kinds: Vec<_> = names().map(|name| format!("`{name}`")).collect();
        let kinds = kinds.join(", ");
        format!("the kinds are {kinds}; the type of a field is given as `OBJECT.FIELD=TYPE`")
    });
    let name = name.escape_debug();
    Err(Failure::usage(format!(
        "there is no kind `{name}`\n  help: {help}"
    )))
}
