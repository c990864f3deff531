//! `#[derive(IngestRecord)]`: a struct against the connector's schema, while it compiles.
//!
//! The stages, each in its file and each unaware of the later ones:
//! `attr` and `ast` read the struct, `source` finds and reads the schema, `pair` matches names,
//! `check` judges the matches in the words of `message`, `expand` prints the implementation.
//! When anything is wrong, `fallback` prints one that keeps the rest of the program compiling.

mod ast;
mod attr;
mod check;
mod ctxt;
mod expand;
mod fallback;
mod message;
mod pair;
mod source;
mod types;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::ctxt::Ctxt;

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
///
/// Every field of the object must be there or be named in `blank(…)`, and nothing else may be.
/// `Option` is for values that may be absent, and refused on the primary key, the event time and
/// the record modified field.
#[proc_macro_derive(IngestRecord, attributes(ingest))]
pub fn derive_ingest_record(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    derive(&input).into()
}

fn derive(input: &DeriveInput) -> TokenStream {
    let ctxt = Ctxt::new();
    let crate_path = attr::crate_path(&input.attrs);
    let source = source::Root::of_crate();
    let mut tracking = TokenStream::new();
    let implementation = ast::Record::read(&ctxt, input).and_then(|record| {
        if ctxt.is_malformed() {
            return None;
        }
        let file = source.load(&ctxt, &record)?;
        tracking = file.tracking.clone();
        let object = check::object(&ctxt, &record, &file)?;
        let checked = check::record(&ctxt, &record, &file, object);
        Some(expand::implementation(
            &crate_path,
            &record,
            &file,
            &checked,
        ))
    });
    let body = match (ctxt.check(), implementation) {
        (Ok(()), Some(implementation)) => implementation,
        (Ok(()), None) => unreachable!("BUG: a stage gave up without saying why"),
        (Err(errors), _) => {
            let fallback = fallback::implementation(&crate_path, input);
            quote! { #errors #fallback }
        }
    };
    quote! {
        const _: () = {
            #tracking
            #body
        };
    }
}
