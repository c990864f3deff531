//! What the tests of this package and the benchmarks share.

pub mod wide_crate;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The root of the workspace.
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent()
        .expect("BUG: the package lies in the workspace")
        .to_owned()
}

/// The kinds that fields of wide schemas have in turn, as their type and format.
pub(crate) const KINDS: [&str; 9] = [
    "string",
    "number",
    "boolean",
    "string, format: date",
    "string, format: date-time",
    "string, format: email",
    "string, format: phone",
    "string, format: percent",
    "string, format: url",
];

/// The text of a schema with so many objects of so many fields each, of every kind in turn.
///
/// Objects are `object_0`, …; fields are `id` (the primary key) and `field_1`, …
pub fn wide_schema(objects: usize, fields: usize) -> String {
    let mut text =
        "openapi: 3.0.3\nx-data-cloud: {connector: Wide}\ncomponents:\n  schemas:\n".to_owned();
    let mut line = |indent: usize, line: std::fmt::Arguments<'_>| {
        writeln!(text, "{:indent$}{line}", "").expect("BUG: a string takes any text");
    };
    for object in 0..objects {
        line(4, format_args!("object_{object}:"));
        line(6, format_args!("type: object"));
        line(
            6,
            format_args!("x-data-cloud: {{category: Other, primary-key: id}}"),
        );
        line(6, format_args!("properties:"));
        line(8, format_args!("id: {{type: string}}"));
        for field in 1..fields {
            let kind = KINDS[field % KINDS.len()];
            line(8, format_args!("field_{field}: {{type: {kind}}}"));
        }
    }
    text
}

/// The examples of the README, compiled and run as doc tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

#[cfg(test)]
mod tests {
    use ingest_schema::{Kind, Schema};

    use super::wide_schema;

    #[test]
    fn a_wide_schema_is_as_wide_as_it_says_and_has_every_kind() {
        let reading = Schema::parse("wide.yaml", &wide_schema(3, 1_000)).unwrap();
        assert_eq!(reading.warnings, []);
        assert_eq!(reading.schema.objects.len(), 3);
        for object in &reading.schema.objects {
            assert_eq!(object.fields.len(), 1_000);
            for kind in Kind::ALL {
                assert!(
                    object.fields.iter().any(|field| field.kind == kind),
                    "{kind}"
                );
            }
        }
    }
}
