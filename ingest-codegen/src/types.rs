//! The Rust type of every field: its own, else that of its kind, else the one that comes with it.
//!
//! Checks what was chosen against the schema; knows no layout.

use std::collections::HashMap;

use ingest_schema::{Field, Kind, Object, Schema};

use crate::error::GenerateError;
use crate::plausible;

/// A type that is chosen by the user.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) target: Target,
    pub(crate) ty: String,
}

/// What a chosen type is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Field { object: String, field: String },
    Kind(Kind),
}

impl Target {
    /// As it is written on the command line.
    fn text(&self) -> String {
        match self {
            Self::Field { object, field } => format!("{object}.{field}"),
            Self::Kind(kind) => kind.to_string(),
        }
    }
}

/// Whether every choice is plausible, for something the schema has, and the only one for it.
pub(crate) fn check(choices: &[Choice], schema: &Schema) -> Result<(), GenerateError> {
    for (index, Choice { target, ty }) in choices.iter().enumerate() {
        if let Target::Field { object, field } = target {
            check_field(object, field, schema)?;
        }
        if choices[..index].iter().any(|other| other.target == *target) {
            let target = target.text();
            return Err(GenerateError::RepeatedType { target });
        }
        plausible::ty(ty).map_err(|reason| GenerateError::Type {
            target: target.text(),
            ty: ty.clone(),
            reason,
        })?;
    }
    Ok(())
}

fn check_field(object: &str, field: &str, schema: &Schema) -> Result<(), GenerateError> {
    let Some(found) = schema.object(object) else {
        let names: Vec<_> = schema.objects.iter().map(|o| o.name.as_str()).collect();
        return Err(GenerateError::unknown_objects(vec![object.into()], &names));
    };
    if found.field(field).is_some() {
        return Ok(());
    }
    let names: Vec<_> = found.fields.iter().map(|f| f.name.as_str()).collect();
    Err(GenerateError::unknown_field(object, field, &names))
}

/// How types are written in one file.
pub(crate) struct Types<'a> {
    /// `Option` by its plain name, unless a struct of the file takes it.
    pub(crate) option: &'static str,
    string: &'static str,
    fields: HashMap<(&'a str, &'a str), &'a str>,
    kinds: HashMap<Kind, &'a str>,
}

impl<'a> Types<'a> {
    /// The types beside structs of these names.
    pub(crate) fn beside(structs: &[&str], choices: &'a [Choice]) -> Self {
        let mut types = Self {
            option: plain_or_full(structs, "Option", "::core::option::Option"),
            string: plain_or_full(structs, "String", "::std::string::String"),
            fields: HashMap::new(),
            kinds: HashMap::new(),
        };
        for Choice { target, ty } in choices {
            match target {
                Target::Field { object, field } => types.fields.insert((object, field), ty.trim()),
                Target::Kind(kind) => types.kinds.insert(*kind, ty.trim()),
            };
        }
        types
    }

    /// The field's type, without the `Option` around it.
    pub(crate) fn of(&self, object: &Object, field: &Field) -> &'a str {
        self.chosen(object, field)
            .unwrap_or_else(|| self.usual(field.kind))
    }

    /// The type that the user chose for the field or its kind.
    pub(crate) fn chosen(&self, object: &Object, field: &Field) -> Option<&'a str> {
        // Mostly nothing is chosen, and names are long.
        if self.fields.is_empty() && self.kinds.is_empty() {
            return None;
        }
        self.fields
            .get(&(object.name.as_str(), field.name.as_str()))
            .or_else(|| self.kinds.get(&field.kind))
            .copied()
    }

    fn usual(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Text => self.string,
            Kind::Number => "f64",
            Kind::Boolean => "bool",
            Kind::Date => "::ingest_core::Date",
            Kind::DateTime => "::ingest_core::Timestamp",
            Kind::Email => "::ingest_core::value::Email",
            Kind::Phone => "::ingest_core::value::Phone",
            Kind::Percent => "::ingest_core::value::Percent",
            Kind::Url => "::ingest_core::value::Url",
        }
    }
}

fn plain_or_full(structs: &[&str], plain: &'static str, full: &'static str) -> &'static str {
    if structs.contains(&plain) {
        full
    } else {
        plain
    }
}
