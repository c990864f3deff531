//! The schema of a struct that was printed with `ingest-codegen generate --unverified`: its
//! attributes say what a file would, so a published crate needs none.
//!
//! Makes the same model as a file does; what holds between types and kinds is still checked.

use std::sync::Arc;

use ingest_schema::{Field, Kind, Object, RefreshMode, Role, Roles, Schema};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Ident, LitStr};

use crate::ast::{self, Derive};
use crate::attr;
use crate::ctxt::Ctxt;
use crate::message;
use crate::source::File;

/// The schema that the attributes describe; `None` if they do not, which is reported.
pub(crate) fn schema(ctxt: &Ctxt, record: &ast::Record<'_>) -> Option<File> {
    let attrs = &record.attrs;
    let company = check_company(ctxt, record);
    let name = required(ctxt, record, "object", attrs.object.as_ref());
    let digest = required(ctxt, record, "digest", attrs.digest.as_ref());
    let digest = digest.and_then(|literal| digest_of(ctxt, literal));
    let refresh_mode = attrs.refresh_mode.as_ref();
    if record.derive == Derive::Patch {
        required(ctxt, record, "refresh_mode", refresh_mode)?;
    }
    let refresh_mode = refresh_mode.map(|literal| refresh_mode_of(ctxt, literal));
    let fields: Vec<_> = record
        .fields
        .iter()
        .map(|field| Some(Field::new(&field.name, kind_of(ctxt, field)?)))
        .collect();
    let fields: Option<Vec<_>> = fields.into_iter().collect();
    company?;
    let mut object = Object::new(name?.value(), fields?);
    object.roles = roles(ctxt, record);
    object.roles.refresh_mode = refresh_mode.unwrap_or_default();
    let connector = attrs.connector.as_ref().map(LitStr::value);
    let schema = Schema::new(connector, vec![object]);
    // The rules that a file is held against when it is read.
    if let Err(problems) = schema.check("#[ingest]") {
        ctxt.error_at(record.ident, message::broken_rules(&problems));
        return None;
    }
    Some(File {
        shown: "its attributes".into(),
        schema: Arc::new(schema),
        digest: Some(digest?),
        tracking: TokenStream::new(),
    })
}

/// Reports what speaks of a schema file at a struct that has none; `None` if anything does.
fn check_company(ctxt: &Ctxt, record: &ast::Record<'_>) -> Option<()> {
    let attrs = &record.attrs;
    let schema = attrs
        .schema
        .iter()
        .map(|schema| ("schema", quote!(#schema)));
    let blank = attrs.blank.first();
    let blank = blank.map(|blank| ("blank", quote!(#blank)));
    let flattened = record.flattened.iter();
    let flattened = flattened.map(|field| ("flatten", field.ident.to_token_stream()));
    let unfit: Vec<_> = schema.chain(blank).chain(flattened).collect();
    for (name, tokens) in &unfit {
        ctxt.error_at(tokens, message::unverified_with(name));
    }
    unfit.is_empty().then_some(())
}

/// Reports what only a struct without a schema file can say, at one that has a file.
pub(crate) fn refuse_words(ctxt: &Ctxt, record: &ast::Record<'_>) {
    for (name, literal) in record.attrs.unverified_only() {
        ctxt.error_at(literal, message::only_unverified(name));
    }
    for field in &record.fields {
        if let Some((name, tokens)) = field.attrs.unverified_only() {
            ctxt.error_at(tokens, message::only_unverified(name));
        }
    }
}

fn required<'a>(
    ctxt: &Ctxt,
    record: &ast::Record<'_>,
    name: &str,
    literal: Option<&'a LitStr>,
) -> Option<&'a LitStr> {
    if literal.is_none() {
        ctxt.error_at(record.ident, message::unverified_without(name));
    }
    literal
}

fn digest_of(ctxt: &Ctxt, literal: &LitStr) -> Option<u64> {
    let written = literal.value();
    let digest = u64::from_str_radix(&written, 16).ok();
    let digest = digest.filter(|_| written.len() == 16 && !written.starts_with('+'));
    if digest.is_none() {
        ctxt.error_at(literal, message::no_digest(&written));
    }
    digest
}

fn refresh_mode_of(ctxt: &Ctxt, literal: &LitStr) -> Option<RefreshMode> {
    let written = literal.value();
    let mode = RefreshMode::ALL
        .into_iter()
        .find(|mode| mode.name() == written);
    if mode.is_none() {
        let names = RefreshMode::ALL.map(RefreshMode::name);
        ctxt.error_at(
            literal,
            message::unknown_word("refresh mode", &written, &names),
        );
    }
    mode
}

fn kind_of(ctxt: &Ctxt, field: &ast::Field<'_>) -> Option<Kind> {
    let Some(literal) = &field.attrs.kind else {
        ctxt.error_at(field.ident, message::unverified_without("kind"));
        return None;
    };
    let written = literal.value();
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == written);
    if kind.is_none() {
        let names = Kind::ALL.map(Kind::name);
        ctxt.error_at(literal, message::unknown_word("kind", &written, &names));
    }
    kind
}

fn roles(ctxt: &Ctxt, record: &ast::Record<'_>) -> Roles {
    let mut roles = Roles::default();
    // A second `key` is reported where all structs are judged.
    let key = record.fields.iter().find(|field| field.attrs.key.is_some());
    roles.primary_key = key.map(|field| field.name.clone());
    roles.event_time = time(ctxt, record, Role::EventTime, |attrs| &attrs.event_time);
    roles.record_modified = time(ctxt, record, Role::RecordModified, |attrs| {
        &attrs.record_modified
    });
    roles
}

/// The one field that has this word.
fn time(
    ctxt: &Ctxt,
    record: &ast::Record<'_>,
    role: Role,
    word: impl Fn(&attr::Field) -> &Option<Ident>,
) -> Option<String> {
    let mut found: Option<&ast::Field<'_>> = None;
    for field in &record.fields {
        match (word(&field.attrs), found) {
            (None, _) => {}
            (Some(word), Some(first)) => {
                ctxt.error_at(word, message::second_role(role, &first.ident.to_string()));
            }
            (Some(_), None) => found = Some(field),
        }
    }
    found.map(|field| field.name.clone())
}
