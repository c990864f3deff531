//! Judges a struct against an object: names, roles and kinds. Everything that is wrong is reported,
//! each cause once and at the word that causes it.

use ingest_schema::{Object, RefreshMode, Role, RoleSet};
use quote::ToTokens as _;

use crate::ast::{Derive, Field, Record};
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
    pub(crate) roles: RoleSet,
    pub(crate) from: From,
    /// Whether the compiler must see to it that the type is not optional.
    pub(crate) assert_present: bool,
}

/// Where a field's value comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum From {
    /// The struct's field of this index.
    Field(usize),
    /// `blank`: it is always sent without a value.
    Blank,
    /// A set that the struct flattens, if any; else it is not sent by this struct.
    Elsewhere,
}

impl Checked<'_> {
    /// The place of the primary key, where the struct and not the schema names it.
    pub(crate) fn key(&self) -> Option<usize> {
        if self.object.roles.primary_key.is_some() {
            return None;
        }
        let is_key = |field: &CheckedField<'_>| field.roles.has(Role::PrimaryKey);
        self.fields.iter().position(is_key)
    }
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
    refuse_parameters(ctxt, record);
    let key = primary_key(ctxt, record, file, object);
    if record.derive == Derive::Patch {
        check_patch(ctxt, record, file, object, key.as_deref());
    }
    let mut fields = Vec::with_capacity(object.fields.len());
    for (schema, filling) in object.fields.iter().zip(&pairing.filled) {
        let is_key = key.as_deref() == Some(&schema.name);
        let mut roles = object.roles_of(&schema.name);
        if is_key {
            roles = roles.with(Role::PrimaryKey);
        }
        fields.push(CheckedField {
            schema,
            roles,
            from: match filling {
                Some(Filling::Field(index)) => From::Field(*index),
                Some(Filling::Blank(_)) => From::Blank,
                None => From::Elsewhere,
            },
            assert_present: check_filling(ctxt, record, schema, roles.first(), *filling),
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
        if field.name.is_empty() {
            ctxt.error_at(field.name_tokens(), message::empty_name());
            continue;
        }
        let text = message::unknown_field(&field.name, unknown.meant, object, file);
        ctxt.error_at(field.name_tokens(), text);
    }
    for &(first, second) in &pairing.repeated {
        let (first, second) = (&record.fields[first], &record.fields[second]);
        let (one, two) = (first.ident.to_string(), second.ident.to_string());
        let text = message::repeated_field(&second.name, &one, &two);
        ctxt.error_at(second.name_tokens(), text);
    }
    report_missing(ctxt, record, file, object, pairing);
    for unknown in &pairing.unknown_blank {
        let literal = &record.attrs.blank[unknown.index];
        let text = message::unknown_blank(&literal.value(), unknown.meant, object, file);
        ctxt.error_at(literal, text);
    }
    for &index in &pairing.needless_blank {
        let literal = &record.attrs.blank[index];
        let name = literal.value();
        let has_field = record.fields.iter().any(|field| field.name == name);
        ctxt.error_at(
            literal,
            if has_field {
                message::blank_and_field(&name)
            } else {
                message::blank_twice(&name)
            },
        );
    }
}

/// Reports fields that nothing fills. What a flattened set fills is known only to the compiler, which
/// then judges this in place of the derive; a patch lacks nothing but what [`check_patch`] demands.
fn report_missing(
    ctxt: &Ctxt,
    record: &Record<'_>,
    file: &File,
    object: &Object,
    pairing: &Pairing<'_>,
) {
    let missing = pairing.missing(object);
    match record.derive {
        _ if !record.flattened.is_empty() => return,
        Derive::Fields => return,
        Derive::Record => {}
        Derive::Patch => {
            for field in missing {
                let roles = object.roles_of(&field.name);
                let Some(role) = needed_in_patch(roles) else {
                    continue;
                };
                let name = record.ident.to_string();
                let text = message::missing_in_patch(&name, &field.name, role, object, file);
                ctxt.error_at(record.ident, text);
            }
            return;
        }
    }
    if !missing.is_empty() {
        let text = message::missing_fields(record, &missing, object, file);
        ctxt.error_at(record.ident, text);
    }
}

/// For which of its roles a patch must hold a field.
pub(crate) fn needed_in_patch(roles: RoleSet) -> Option<Role> {
    let needed = [Role::PrimaryKey, Role::RecordModified];
    needed.into_iter().find(|role| roles.has(*role))
}

/// Holds a patch against the data stream: it must take patches, and be able to place and date them.
fn check_patch(ctxt: &Ctxt, record: &Record<'_>, file: &File, object: &Object, key: Option<&str>) {
    let at = record.attrs.object.to_token_stream();
    if object.roles.refresh_mode != Some(RefreshMode::Partial) {
        ctxt.error_at(at, message::no_partial(object, file));
        return;
    }
    // A flattened set may name the key.
    if key.is_none() && record.flattened.is_empty() {
        let text = message::no_role_for_patch(Role::PrimaryKey, object, file);
        ctxt.error_at(&at, text);
    }
    if object.roles.record_modified.is_none() {
        let text = message::no_role_for_patch(Role::RecordModified, object, file);
        ctxt.error_at(&at, text);
    }
}

fn refuse_parameters(ctxt: &Ctxt, record: &Record<'_>) {
    let params = types::value_params(record.generics);
    for flattened in &record.flattened {
        if types::mentions(flattened.ty, &params) {
            let text = message::flattened_parameter(&types::text(flattened.ty));
            ctxt.error_at(flattened.ty, text);
        }
    }
}

/// The primary key: the schema's, or where it names none, the field with `key`.
fn primary_key(ctxt: &Ctxt, record: &Record<'_>, file: &File, object: &Object) -> Option<String> {
    let mut key = object.roles.primary_key.clone();
    let mut claimed: Option<&Field<'_>> = None;
    for field in &record.fields {
        let Some(word) = &field.attrs.key else {
            continue;
        };
        if let Some(first) = claimed {
            let text = message::second_role(Role::PrimaryKey, &first.ident.to_string());
            ctxt.error_at(word, text);
            continue;
        }
        claimed = Some(field);
        match &object.roles.primary_key {
            Some(named) if *named != field.name => {
                ctxt.error_at(word, message::other_key(&field.name, named, object, file));
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
    if field.attrs.with.is_some() {
        return false;
    }
    let judged = judge(field.ty, record.generics);
    if let Some(kind) = judged.kind.filter(|kind| *kind != schema.kind) {
        let ty = types::text(judged.inner);
        ctxt.error_at(field.ty, message::wrong_kind(schema, &ty, kind));
        return false;
    }
    if let (Some(role), true) = (role, judged.optional) {
        let inner = types::text(judged.inner);
        ctxt.error_at(field.ty, message::optional_role(&schema.name, role, &inner));
        return false;
    }
    role.is_some() && judged.kind.is_none()
}
