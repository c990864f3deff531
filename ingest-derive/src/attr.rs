//! Reads `#[ingest(…)]` attributes. Reports what is malformed, unknown or repeated and goes on;
//! rules that need the fields or the schema are in `check`.

use heck::{ToKebabCase, ToLowerCamelCase, ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::parse::Parse;
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
            "schema" => set(ctxt, meta, &mut self.schema, text(meta)?),
            // #[ingest(object = "page_view")]
            "object" => set(ctxt, meta, &mut self.object, text(meta)?),
            // #[ingest(rename_all = "camelCase")]
            "rename_all" => {
                if let Some(rule) = RenameAll::read(ctxt, &text(meta)?) {
                    set(ctxt, meta, &mut self.rename_all, rule);
                }
            }
            // #[ingest(blank("referrer", "revenue"))]
            "blank" => self.blank.extend(texts(meta)?),
            // #[ingest(crate = "my_prelude::ingest_core")]
            "crate" => {
                let path = text(meta)?;
                if let Err(error) = path.parse::<Path>() {
                    ctxt.syn_error(error);
                }
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
            "rename" => set(ctxt, meta, &mut self.rename, text(meta)?),
            // #[ingest(key)]
            "key" => set(ctxt, meta, &mut self.key, meta.path.span()),
            // #[ingest(skip)]
            "skip" => set(ctxt, meta, &mut self.skip, meta.path.span()),
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
                ctxt.syn_error(error);
            }
        }
    }
}

fn name_of(meta: &ParseNestedMeta<'_>) -> String {
    meta.path
        .get_ident()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn set<T>(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>, place: &mut Option<T>, value: T) {
    if place.is_some() {
        ctxt.error_at(&meta.path, message::repeated_attribute(&name_of(meta)));
    } else {
        *place = Some(value);
    }
}

/// `= "text"`
fn text(meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    let wrong = || syn::Error::new_spanned(&meta.path, message::attribute_form(&name_of(meta)));
    if !meta.input.peek(Token![=]) {
        return Err(wrong());
    }
    meta.value()?.parse().map_err(|_| wrong())
}

/// `("text", "text")`
fn texts(meta: &ParseNestedMeta<'_>) -> syn::Result<Vec<LitStr>> {
    let wrong = || syn::Error::new_spanned(&meta.path, message::attribute_form(&name_of(meta)));
    if !meta.input.peek(token::Paren) {
        return Err(wrong());
    }
    let list;
    parenthesized!(list in meta.input);
    let names = list
        .parse_terminated(<LitStr as Parse>::parse, Token![,])
        .map_err(|_| wrong())?;
    Ok(names.into_iter().collect())
}

/// Reports an attribute that does not exist and steps over its value, so that the next is read.
fn unknown(
    ctxt: &Ctxt,
    meta: &ParseNestedMeta<'_>,
    name: &str,
    place: &str,
    known: &[&str],
    elsewhere: &[&str],
) -> syn::Result<()> {
    ctxt.error_at(
        &meta.path,
        message::unknown_attribute(name, place, known, elsewhere),
    );
    if meta.input.peek(Token![=]) {
        meta.value()?.parse::<syn::Expr>()?;
    } else if meta.input.peek(token::Paren) {
        let list;
        parenthesized!(list in meta.input);
        list.parse::<proc_macro2::TokenStream>()?;
    }
    Ok(())
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
            ctxt.error_at(literal, message::unknown_rename_rule(&written, &names));
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
