//! Why no code could be printed, in the words of whoever asked for it.

use ingest_schema::names::similar;

use crate::list::quoted;

/// Why no code could be printed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// The generator's settings name objects that the schema lacks.
    #[error("the schema has no object {}\n  help: {help}", quoted(names))]
    UnknownObjects {
        /// The names that were asked for.
        names: Vec<String>,
        /// The objects that were probably meant, or those there are.
        help: String,
    },
    /// [`Generator::field_type`](crate::Generator::field_type) names a field that the object lacks.
    #[error("object `{object}` has no field `{field}`\n  help: {help}")]
    UnknownField {
        /// The object.
        object: String,
        /// The name that was asked for.
        field: String,
        /// The field that was probably meant, or those there are.
        help: String,
    },
    /// The type of a field or of a kind is given more than once.
    #[error("the type for `{target}` is given twice\n  help: leave one of them out")]
    RepeatedType {
        /// `object.field`, or the kind.
        target: String,
    },
    /// What should be a type cannot be one.
    #[error(
        "the type `{}` for `{target}` cannot stand in code: {reason}\n  help: write it as in a \
         struct, for example `crate::UserId`",
        ty.escape_debug()
    )]
    Type {
        /// `object.field`, or the kind.
        target: String,
        /// What was given.
        ty: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// What should be the path of a derive cannot be one.
    #[error(
        "`{}` is no path of a derive\n  help: write it as in `#[derive(…)]`, for example \
         `serde::Serialize`",
        path.escape_debug()
    )]
    Derive {
        /// What was given.
        path: String,
    },
}

impl GenerateError {
    /// These objects are not among those of the schema.
    pub(crate) fn unknown_objects(unknown: Vec<String>, names: &[&str]) -> Self {
        let near: Vec<_> = unknown
            .iter()
            .filter_map(|name| similar(name, names.iter().copied()))
            .collect();
        let help = if near.is_empty() {
            format!("its objects are {}", quoted(names))
        } else {
            format!("similar names exist: {}", quoted(&near))
        };
        Self::UnknownObjects {
            names: unknown,
            help,
        }
    }

    /// The field is not among those of the object.
    pub(crate) fn unknown_field(object: &str, field: &str, names: &[&str]) -> Self {
        let help = match similar(field, names.iter().copied()) {
            Some(near) => format!("a field with a similar name exists: `{near}`"),
            None => format!("its fields are {}", quoted(names)),
        };
        Self::UnknownField {
            object: object.into(),
            field: field.into(),
            help,
        }
    }
}
