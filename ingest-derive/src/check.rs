//! Judges a struct against an object: names, roles and kinds. Everything that is wrong is reported,
//! each cause once and at the word that causes it.

use ingest_schema::{Object, Role};

use crate::ast::{Field, Record};
use crate::ctxt::Ctxt;
use crate::message;
use crate::pair::{Filling, Pairing, pair};
use crate::source::File;
use crate::types::{self, judge};

/// A struct that fits its object.
pub(crate) struct Checked<'a> {
    pub(crate) object: &'a Object,
    /// What fills each field of the object, in the object's order.
    pub(crate) fields: Vec<CheckedField<'a>>,
}

pub(crate) struct CheckedField<'a> {
    pub(crate) schema: &'a ingest_schema::Field,
    pub(crate) role: Option<Role>,
    /// Index of the struct's field; `None` if it is always sent blank.
    pub(crate) from: Option<usize>,
    /// Whether the compiler must see to it that the type is not optional.
    pub(crate) assert_present: bool,
}

/// The object that the record names.
pub(crate) fn object<'a>(ctxt: &Ctxt, record: &Record<'_>, file: &'a File) -> Option<&'a Object> {
    let Some(literal) = &record.attrs.object else {
        ctxt.error_at(record.ident, message::no_object(file));
        return None;
    };
    let found = file.schema.object(&literal.value());
    if found.is_none() {
        ctxt.error_at(literal, message::unknown_object(&literal.value(), file));
    }
    found
}

pub(crate) fn record<'a>(
    ctxt: &Ctxt,
    record: &Record<'_>,
    file: &File,
    object: &'a Object,
) -> Checked<'a> {
    let names: Vec<_> = record
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    let blanks: Vec<_> = record.attrs.blank.iter().map(syn::LitStr::value).collect();
    let blank_names: Vec<_> = blanks.iter().map(String::as_str).collect();
    let pairing = pair(&names, &blank_names, object);
    report_names(ctxt, record, file, object, &pairing);
    let key = primary_key(ctxt, record, file, object);
    let mut fields = Vec::with_capacity(object.fields.len());
    for (schema, filling) in object.fields.iter().zip(&pairing.filled) {
        let is_key = key.as_deref() == Some(&schema.name);
        let role = if is_key {
            Some(Role::PrimaryKey)
        } else {
            object.role_of(&schema.name)
        };
        fields.push(CheckedField {
            schema,
            role,
            from: match filling {
                Some(Filling::Field(index)) => Some(*index),
                _ => None,
            },
            assert_present: check_filling(ctxt, record, schema, role, *filling),
        });
    }
    Checked { object, fields }
}

fn report_names(
    ctxt: &Ctxt,
    record: &Record<'_>,
    file: &File,
    object: &Object,
    pairing: &Pairing<'_>,
) {
    for unknown in &pairing.unknown {
        let field = &record.fields[unknown.index];
        let text = message::unknown_field(&field.name, unknown.meant, object, file);
        ctxt.error_at(field.name_tokens(), text);
    }
    for &(first, second) in &pairing.repeated {
        let (first, second) = (&record.fields[first], &record.fields[second]);
        let (one, two) = (first.ident.to_string(), second.ident.to_string());
        let text = message::repeated_field(&second.name, &one, &two);
        ctxt.error_at(second.name_tokens(), text);
    }
    let missing = pairing.missing(object);
    if !missing.is_empty() {
        let name = record.ident.to_string();
        let text = message::missing_fields(&name, &missing, object, file);
        ctxt.error_at(record.ident, text);
    }
    for unknown in &pairing.unknown_blank {
        let literal = &record.attrs.blank[unknown.index];
        let text = message::unknown_blank(&literal.value(), unknown.meant, object, file);
        ctxt.error_at(literal, text);
    }
    for &index in &pairing.needless_blank {
        let literal = &record.attrs.blank[index];
        ctxt.error_at(literal, message::needless_blank(&literal.value()));
    }
}

/// The primary key: the schema's, or where it names none, the field with `key`.
fn primary_key(ctxt: &Ctxt, record: &Record<'_>, file: &File, object: &Object) -> Option<String> {
    let mut key = object.roles.primary_key.clone();
    let mut claimed: Option<&Field<'_>> = None;
    for field in &record.fields {
        let Some(span) = field.key else { continue };
        if let Some(first) = claimed {
            ctxt.error(span, message::second_key(&first.ident.to_string()));
            continue;
        }
        claimed = Some(field);
        match &object.roles.primary_key {
            Some(named) if *named != field.name => {
                ctxt.error(span, message::other_key(&field.name, named, object, file));
            }
            _ => key = Some(field.name.clone()),
        }
    }
    key
}

/// Judges what fills a field; `true` if only the compiler can tell that it is not optional.
fn check_filling(
    ctxt: &Ctxt,
    record: &Record<'_>,
    schema: &ingest_schema::Field,
    role: Option<Role>,
    filling: Option<Filling>,
) -> bool {
    match (filling, role) {
        (Some(Filling::Field(index)), role) => {
            check_type(ctxt, record, &record.fields[index], schema, role)
        }
        (Some(Filling::Blank(index)), Some(role)) => {
            let literal = &record.attrs.blank[index];
            ctxt.error_at(literal, message::blank_role(&schema.name, role));
            false
        }
        (Some(Filling::Blank(_)) | None, _) => false,
    }
}

fn check_type(
    ctxt: &Ctxt,
    record: &Record<'_>,
    field: &Field<'_>,
    schema: &ingest_schema::Field,
    role: Option<Role>,
) -> bool {
    let judged = judge(field.ty, record.generics);
    if let Some(kind) = judged.kind.filter(|kind| *kind != schema.kind) {
        let ty = types::text(judged.inner);
        ctxt.error_at(
            field.ty,
            message::wrong_kind(schema, &ty, kind, schema.line),
        );
        return false;
    }
    if let (Some(role), true) = (role, judged.optional) {
        let inner = types::text(judged.inner);
        ctxt.error_at(field.ty, message::optional_role(&schema.name, role, &inner));
        return false;
    }
    role.is_some() && judged.kind.is_none()
}
