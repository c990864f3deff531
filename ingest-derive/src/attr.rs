//! Reads `#[ingest(…)]` attributes. Reports what is malformed, unknown or repeated and goes on;
//! rules that need the fields or the schema are in `check`.

use heck::{ToKebabCase, ToLowerCamelCase, ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use ingest_schema::names;
use proc_macro2::{Span, TokenTree};
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned as _;
use syn::{Attribute, LitStr, Path, Token, parenthesized, token};

use crate::ctxt::Ctxt;
use crate::message;

/// What stands at the struct.
#[derive(Default)]
pub(crate) struct Container {
    pub(crate) schema: Option<LitStr>,
    pub(crate) object: Option<LitStr>,
    pub(crate) rename_all: Option<RenameAll>,
    pub(crate) blank: Vec<LitStr>,
    crate_path: Option<LitStr>,
}

/// What stands at a field.
#[derive(Default)]
pub(crate) struct Field {
    pub(crate) rename: Option<LitStr>,
    pub(crate) key: Option<Span>,
    pub(crate) skip: Option<Span>,
}

const ON_STRUCT: &[&str] = &["schema", "object", "rename_all", "blank", "crate"];
const ON_FIELD: &[&str] = &["rename", "key", "skip"];

impl Container {
    pub(crate) fn read(ctxt: &Ctxt, attributes: &[Attribute]) -> Self {
        let mut container = Self::default();
        each_item(ctxt, attributes, |meta| container.item(ctxt, meta));
        container
    }

    fn item(&mut self, ctxt: &Ctxt, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        match name_of(meta).as_str() {
            // #[ingest(schema = "schemas/web.yaml")]
            "schema" => set(ctxt, meta, &mut self.schema, text(ctxt, meta)?),
            // #[ingest(object = "page_view")]
            "object" => set(ctxt, meta, &mut self.object, text(ctxt, meta)?),
            // #[ingest(rename_all = "camelCase")]
            "rename_all" => {
                let rule = text(ctxt, meta)?.and_then(|name| RenameAll::read(ctxt, &name));
                set(ctxt, meta, &mut self.rename_all, rule);
            }
            // #[ingest(blank("referrer", "revenue"))]
            "blank" => self.blank.extend(texts(ctxt, meta)?),
            // #[ingest(crate = "my_prelude::ingest_core")]
            "crate" => {
                let path = text(ctxt, meta)?.filter(|path| is_path(ctxt, path));
                set(ctxt, meta, &mut self.crate_path, path);
            }
            other => unknown(ctxt, meta, other, "struct", ON_STRUCT, ON_FIELD)?,
        }
        Ok(())
    }
}

impl Field {
    pub(crate) fn read(ctxt: &Ctxt, attributes: &[Attribute]) -> Self {
        let mut field = Self::default();
        each_item(ctxt, attributes, |meta| field.item(ctxt, meta));
        if let (Some(span), true) = (field.skip, field.rename.is_some() || field.key.is_some()) {
            ctxt.error(span, message::skip_with_other());
        }
        field
    }

    fn item(&mut self, ctxt: &Ctxt, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        match name_of(meta).as_str() {
            // #[ingest(rename = "eventId")]
            "rename" => set(ctxt, meta, &mut self.rename, text(ctxt, meta)?),
            // #[ingest(key)]
            "key" => set(ctxt, meta, &mut self.key, word(ctxt, meta)?),
            // #[ingest(skip)]
            "skip" => set(ctxt, meta, &mut self.skip, word(ctxt, meta)?),
            other => unknown(ctxt, meta, other, "field", ON_FIELD, ON_STRUCT)?,
        }
        Ok(())
    }
}

/// The path of the runtime crate, read apart because even a failed derive needs it.
pub(crate) fn crate_path(attributes: &[Attribute]) -> Path {
    let ctxt = Ctxt::new();
    let written = Container::read(&ctxt, attributes).crate_path;
    // Reported when the attributes are read for good.
    let _reported_later = ctxt.check();
    written
        .and_then(|path| path.parse().ok())
        .unwrap_or_else(|| syn::parse_quote!(::ingest_core))
}

fn each_item(
    ctxt: &Ctxt,
    attributes: &[Attribute],
    mut item: impl FnMut(&ParseNestedMeta<'_>) -> syn::Result<()>,
) {
    for attribute in attributes {
        if attribute.path().is_ident("ingest") {
            if let Err(error) = attribute.parse_nested_meta(|meta| item(&meta)) {
                ctxt.malformed(error);
            }
        }
    }
}

fn name_of(meta: &ParseNestedMeta<'_>) -> String {
    let words = meta
        .path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string());
    words.collect::<Vec<_>>().join("::")
}

/// Keeps a value that could be read, and reports a second one.
fn set<T>(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>, place: &mut Option<T>, value: Option<T>) {
    if place.is_some() {
        ctxt.error_at(&meta.path, message::repeated_attribute(&name_of(meta)));
    } else {
        *place = value;
    }
}

/// `= "text"`; anything else is reported, stepped over and gives `None`.
fn text(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>) -> syn::Result<Option<LitStr>> {
    let ahead = meta.input.fork();
    let well_formed = ahead.parse::<Token![=]>().is_ok() && ahead.parse::<LitStr>().is_ok();
    if well_formed && ends(&ahead) {
        return meta.value()?.parse().map(Some);
    }
    wrong_form(ctxt, meta)?;
    Ok(None)
}

/// `("text", "text")`; anything else is reported, stepped over and gives nothing.
fn texts(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>) -> syn::Result<Vec<LitStr>> {
    if meta.input.peek(token::Paren) {
        let list;
        parenthesized!(list in meta.input);
        let names = list.parse_terminated(<LitStr as Parse>::parse, Token![,]);
        match names {
            Ok(names) if ends(meta.input) => return Ok(names.into_iter().collect()),
            _ => {}
        }
        // What is left of a list must be read, or its end is an error of its own.
        list.parse::<proc_macro2::TokenStream>()?;
    }
    wrong_form(ctxt, meta)?;
    Ok(Vec::new())
}

/// The name alone; anything behind it is reported, stepped over and gives `None`.
fn word(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>) -> syn::Result<Option<Span>> {
    if ends(meta.input) {
        return Ok(Some(meta.path.span()));
    }
    wrong_form(ctxt, meta)?;
    Ok(None)
}

fn ends(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,])
}

fn wrong_form(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    let text = message::attribute_form(&name_of(meta));
    ctxt.malformed(syn::Error::new_spanned(&meta.path, text));
    step_over(meta)
}

/// Steps over whatever stands behind a name, up to the comma, so that the next name is read.
fn step_over(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    while !ends(meta.input) {
        meta.input.parse::<TokenTree>()?;
    }
    Ok(())
}

fn is_path(ctxt: &Ctxt, literal: &LitStr) -> bool {
    let is_path = literal.parse::<Path>().is_ok();
    if !is_path {
        let text = message::attribute_form("crate");
        ctxt.malformed(syn::Error::new_spanned(literal, text));
    }
    is_path
}

/// Reports an attribute that does not exist.
fn unknown(
    ctxt: &Ctxt,
    meta: &ParseNestedMeta<'_>,
    name: &str,
    place: &str,
    known: &[&str],
    elsewhere: &[&str],
) -> syn::Result<()> {
    let text = message::unknown_attribute(name, place, known, elsewhere);
    let error = syn::Error::new_spanned(&meta.path, text);
    if names::similar(name, known.iter().copied()).is_some() {
        ctxt.malformed(error);
    } else {
        ctxt.syn_error(error);
    }
    step_over(meta)
}

/// How a field's name becomes the schema's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RenameAll {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
}

impl RenameAll {
    const ALL: [(&'static str, Self); 7] = [
        ("camelCase", Self::Camel),
        ("PascalCase", Self::Pascal),
        ("snake_case", Self::Snake),
        ("SCREAMING_SNAKE_CASE", Self::ScreamingSnake),
        ("kebab-case", Self::Kebab),
        ("lowercase", Self::Lower),
        ("UPPERCASE", Self::Upper),
    ];

    fn read(ctxt: &Ctxt, literal: &LitStr) -> Option<Self> {
        let written = literal.value();
        let rule = Self::ALL.iter().find(|(name, _)| *name == written);
        if rule.is_none() {
            let names = Self::ALL.map(|(name, _)| name);
            let text = message::unknown_rename_rule(&written, &names);
            ctxt.malformed(syn::Error::new_spanned(literal, text));
        }
        rule.map(|(_, rule)| *rule)
    }

    pub(crate) fn apply(self, ident: &str) -> String {
        match self {
            Self::Lower => ident.to_lowercase(),
            Self::Upper => ident.to_uppercase(),
            Self::Pascal => ident.to_upper_camel_case(),
            Self::Camel => ident.to_lower_camel_case(),
            Self::Snake => ident.to_snake_case(),
            Self::ScreamingSnake => ident.to_shouty_snake_case(),
            Self::Kebab => ident.to_kebab_case(),
        }
    }
}
