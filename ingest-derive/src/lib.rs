//! The derives: a struct against the connector's schema, while it compiles.
//!
//! The stages, each in its file and each unaware of the later ones:
//! `attr` and `ast` read the struct, `source` finds and reads the schema (`unverified` makes it from
//! attributes), `pair` matches names, `check` judges the matches in the words of `message`, `expand`
//! prints the implementation. When anything is wrong, `fallback` prints one that keeps the rest of
//! the program compiling. `text` is the derive for enums, which needs no schema.

mod ast;
mod attr;
mod check;
mod ctxt;
mod expand;
mod fallback;
mod message;
mod pair;
mod source;
#[cfg(test)]
mod tests;
mod text;
mod types;
mod unverified;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::ast::{Derive, Record};
use crate::ctxt::Ctxt;
use crate::expand::Expansion;
use crate::source::{File, Root};

/// Checks a struct against an object of a schema file, and implements `IngestRecord` for it.
///
/// ```text
/// #[derive(IngestRecord)]
/// #[ingest(schema = "schemas/web.yaml", object = "page_view")]
/// struct PageView {
///     event_id: String,
///     occurred_at: Timestamp,
///     #[ingest(rename = "url")]
///     page: Option<Url>,
/// }
/// ```
///
/// On the struct:
/// - `schema = "path"`: the schema file, relative to the folder of the crate's Cargo.toml; the
///   variable `INGEST_SCHEMA_ROOT` names another folder. May be left out when build.rs calls
///   `ingest_codegen::build`.
/// - `object = "name"`: the object of the schema.
/// - `rename_all = "camelCase"`: how field names become schema names; also `PascalCase`,
///   `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`, `lowercase`, `UPPERCASE`.
/// - `blank("a", "b")`: schema fields that this struct always sends blank.
/// - `crate = "path"`: where `ingest_core` is, if not at `::ingest_core`.
///
/// On a field:
/// - `rename = "name"`: the schema's name for it.
/// - `key`: it is the primary key; needed only where the schema file does not say so.
/// - `skip`: it is not sent.
/// - `with = "path"`: a function `fn(&T, Slot<'_, K>) -> Result<Written, ValueError>` that writes it,
///   for a type that cannot be sent itself.
/// - `flatten`: its type derives [`IngestFields`], and its fields are sent as if they stood here.
///
/// A bare name of the prelude or the standard library (`String`, `f64`, `Arc`, …) is taken for that type;
/// where it is one of your own, write a path: `self::String`.
///
/// Code that `ingest-codegen generate --unverified` prints has `unverified` and `digest` in the place of
/// `schema`, with `connector` and `refresh_mode` where the schema names them, and on the fields `kind`,
/// `key`, `event_time` and `record_modified`.
///
/// Every field of the object must be there or be named in `blank(…)`, and nothing else may be.
/// `Option` is for values that may be absent, and refused on the primary key, the event time and
/// the record modified field.
#[proc_macro_derive(IngestRecord, attributes(ingest))]
pub fn derive_ingest_record(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    derive(&input, Derive::Record, &Root::of_crate()).into()
}

/// Checks a struct against an object whose data stream is in Partial refresh mode, and implements
/// `IngestPatch` and `IngestRecord` for it.
///
/// ```text
/// #[derive(IngestPatch)]
/// #[ingest(schema = "schemas/shop.yaml", object = "customer")]
/// struct Moved {
///     customer_id: String,
///     updated_at: Timestamp,
///     city: Option<String>,              // None: stays as it was
///     country: Option<Option<String>>,   // Some(None): is blanked
/// }
/// ```
///
/// Takes the attributes of [`IngestRecord`]. The primary key and the record modified field must be
/// there, and any others may be; those named in `blank(…)` are blanked by every patch. A type of your
/// own says in `FieldValue::is_left_out` when it is left out; one with `with` is left out when it is
/// an `Option` and `None`.
#[proc_macro_derive(IngestPatch, attributes(ingest))]
pub fn derive_ingest_patch(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    derive(&input, Derive::Patch, &Root::of_crate()).into()
}

/// Checks a struct that holds some fields of an object, and implements `IngestFields` for it, so
/// that records of the same object can `flatten` it.
///
/// ```text
/// #[derive(IngestFields)]
/// #[ingest(schema = "schemas/web.yaml", object = "page_view")]
/// struct Envelope {
///     event_id: String,
///     occurred_at: Timestamp,
/// }
/// ```
///
/// Takes the attributes of [`IngestRecord`], but not `blank`.
#[proc_macro_derive(IngestFields, attributes(ingest))]
pub fn derive_ingest_fields(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    derive(&input, Derive::Fields, &Root::of_crate()).into()
}

/// Implements `FieldValue<Text>` for an enum without data: each variant is sent as its name.
///
/// ```text
/// #[derive(IngestText)]
/// #[ingest(rename_all = "snake_case")]
/// enum Channel {
///     Shop,
///     #[ingest(rename = "call center")]
///     Phone,
/// }
/// ```
///
/// On the enum: `rename_all` and `crate`, as for [`IngestRecord`]; on a variant: `rename`.
#[proc_macro_derive(IngestText, attributes(ingest))]
pub fn derive_ingest_text(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    text::derive(&input).into()
}

fn derive(input: &DeriveInput, derive: Derive, root: &Root) -> TokenStream {
    let ctxt = Ctxt::new();
    let crate_path = attr::crate_path(&input.attrs);
    let mut tracking = TokenStream::new();
    let implementation = Record::read(&ctxt, derive, input)
        .filter(|_| !ctxt.is_malformed())
        .and_then(|record| {
            let file = schema_of(&ctxt, &record, root)?;
            tracking = file.tracking.clone();
            let object = check::object(&ctxt, &record, &file)?;
            let checked = check::record(&ctxt, &record, &file, object);
            let expansion = Expansion {
                krate: &crate_path,
                record: &record,
                file: &file,
                checked: &checked,
            };
            Some(expansion.implementation())
        });
    let body = match (ctxt.check(), implementation) {
        (Ok(()), Some(implementation)) => implementation,
        (Ok(()), None) => unreachable!("BUG: a stage gave up without saying why"),
        (Err(errors), _) => {
            let fallback = fallback::implementation(&crate_path, derive, input);
            quote! { #errors #fallback }
        }
    };
    let allow = attr::allow_deprecated(input);
    quote! {
        #allow
        const _: () = {
            #tracking
            #body
        };
    }
}

fn schema_of(ctxt: &Ctxt, record: &Record<'_>, root: &Root) -> Option<File> {
    if record.attrs.unverified.is_some() {
        return unverified::schema(ctxt, record);
    }
    unverified::refuse_words(ctxt, record);
    root.load(ctxt, record)
}
