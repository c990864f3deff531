//! Reads `#[ingest(…)]` attributes. Reports what is malformed, unknown or repeated and goes on;
//! rules that need the fields or the schema are in `check`.

use heck::{ToKebabCase, ToLowerCamelCase, ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use ingest_schema::names;
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::{
    Attribute, Data, DeriveInput, ExprPath, Ident, LitStr, Meta, Path, Token, parenthesized, token,
};

use crate::ast::Derive;
use crate::ctxt::Ctxt;
use crate::message;

/// What stands at the struct.
#[derive(Default)]
pub(crate) struct Container {
    pub(crate) schema: Option<LitStr>,
    pub(crate) object: Option<LitStr>,
    pub(crate) rename_all: Option<RenameAll>,
    pub(crate) blank: Vec<LitStr>,
    pub(crate) crate_path: Option<LitStr>,
    pub(crate) unverified: Option<Ident>,
    pub(crate) connector: Option<LitStr>,
    pub(crate) digest: Option<LitStr>,
    pub(crate) refresh_mode: Option<LitStr>,
}

/// What stands at a field.
#[derive(Default)]
pub(crate) struct Field {
    pub(crate) rename: Option<LitStr>,
    pub(crate) key: Option<Ident>,
    pub(crate) skip: Option<Ident>,
    pub(crate) flatten: Option<Ident>,
    /// The function that writes it, instead of its type.
    pub(crate) with: Option<ExprPath>,
    pub(crate) kind: Option<LitStr>,
    pub(crate) event_time: Option<Ident>,
    pub(crate) record_modified: Option<Ident>,
}

/// What stands at an enum that derives `IngestText`.
#[derive(Default)]
pub(crate) struct TextEnum {
    pub(crate) rename_all: Option<RenameAll>,
    crate_path: Option<LitStr>,
}

/// What stands at a variant of such an enum.
#[derive(Default)]
pub(crate) struct Variant {
    pub(crate) rename: Option<LitStr>,
}

/// Where attributes stand: what this place is called, which it takes, and where others belong.
pub(crate) struct Site {
    pub(crate) name: &'static str,
    pub(crate) known: &'static [&'static str],
    /// Those that only generated code has; a typo may mean them, but nobody is told to write them.
    pub(crate) generated: &'static [&'static str],
    /// Attributes of another place, and what that is called.
    pub(crate) elsewhere: (&'static [&'static str], &'static str),
}

impl Site {
    pub(crate) fn all(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.known.iter().chain(self.generated).copied()
    }
}

const OF_RECORDS: &[&str] = &["schema", "object", "rename_all", "blank", "crate"];
const OF_SETS: &[&str] = &["schema", "object", "rename_all", "crate"];
const OF_FIELDS: &[&str] = &["rename", "key", "skip", "with", "flatten"];
const OF_TEXTS: &[&str] = &["rename_all", "crate"];
const OF_VARIANTS: &[&str] = &["rename"];

const RECORD: Site = Site {
    name: "struct",
    known: OF_RECORDS,
    generated: &["unverified", "connector", "digest", "refresh_mode"],
    elsewhere: (OF_FIELDS, "a field"),
};
const SET: Site = Site {
    name: "set of fields",
    known: OF_SETS,
    generated: &[],
    elsewhere: (&["blank"], "the record that flattens the set"),
};
const FIELD: Site = Site {
    name: "field",
    known: OF_FIELDS,
    generated: &["kind", "event_time", "record_modified"],
    elsewhere: (OF_RECORDS, "the struct"),
};
const TEXT: Site = Site {
    name: "enum",
    known: OF_TEXTS,
    generated: &[],
    elsewhere: (OF_VARIANTS, "a variant"),
};
const VARIANT: Site = Site {
    name: "variant",
    known: OF_VARIANTS,
    generated: &[],
    elsewhere: (OF_TEXTS, "the enum"),
};

impl Container {
    pub(crate) fn read(ctxt: &Ctxt, derive: Derive, attributes: &[Attribute]) -> Self {
        let mut container = Self::default();
        each_item(ctxt, attributes, |meta| match derive {
            Derive::Fields => container.shared_item(ctxt, meta, &SET),
            Derive::Record | Derive::Patch => container.item(ctxt, meta),
        });
        container
    }

    /// What a record takes and a set of fields does not.
    fn item(&mut self, ctxt: &Ctxt, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        match name_of(meta).as_str() {
            // #[ingest(blank("referrer", "revenue"))]
            "blank" => self.blank.extend(texts(ctxt, meta)?),
            // #[ingest(unverified)]
            "unverified" => set(ctxt, meta, &mut self.unverified, word(ctxt, meta)?),
            // #[ingest(connector = "Web")]
            "connector" => set(ctxt, meta, &mut self.connector, text(ctxt, meta)?),
            // #[ingest(digest = "0123456789abcdef")]
            "digest" => set(ctxt, meta, &mut self.digest, text(ctxt, meta)?),
            // #[ingest(refresh_mode = "Partial")]
            "refresh_mode" => set(ctxt, meta, &mut self.refresh_mode, text(ctxt, meta)?),
            _ => self.shared_item(ctxt, meta, &RECORD)?,
        }
        Ok(())
    }

    fn shared_item(
        &mut self,
        ctxt: &Ctxt,
        meta: &ParseNestedMeta<'_>,
        site: &Site,
    ) -> syn::Result<()> {
        match name_of(meta).as_str() {
            // #[ingest(schema = "schemas/web.yaml")]
            "schema" => set(ctxt, meta, &mut self.schema, text(ctxt, meta)?),
            // #[ingest(object = "page_view")]
            "object" => set(ctxt, meta, &mut self.object, text(ctxt, meta)?),
            // #[ingest(rename_all = "camelCase")]
            "rename_all" => set(ctxt, meta, &mut self.rename_all, rule(ctxt, meta)?),
            // #[ingest(crate = "my_prelude::ingest_core")]
            "crate" => set(ctxt, meta, &mut self.crate_path, path(ctxt, meta)?),
            other => unknown(ctxt, meta, other, site)?,
        }
        Ok(())
    }

    /// What only code without a schema file says, and where.
    pub(crate) fn unverified_only(&self) -> impl Iterator<Item = (&'static str, &LitStr)> {
        let all = [
            ("connector", &self.connector),
            ("digest", &self.digest),
            ("refresh_mode", &self.refresh_mode),
        ];
        all.into_iter()
            .filter_map(|(name, literal)| Some((name, literal.as_ref()?)))
    }
}

impl Field {
    pub(crate) fn read(ctxt: &Ctxt, attributes: &[Attribute]) -> Self {
        let mut field = Self::default();
        each_item(ctxt, attributes, |meta| field.item(ctxt, meta));
        field.check_company(ctxt);
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
            // #[ingest(flatten)]
            "flatten" => set(ctxt, meta, &mut self.flatten, word(ctxt, meta)?),
            // #[ingest(with = "cents::as_euros")]
            "with" => set(ctxt, meta, &mut self.with, function(ctxt, meta)?),
            // #[ingest(kind = "Number")]
            "kind" => set(ctxt, meta, &mut self.kind, text(ctxt, meta)?),
            // #[ingest(event_time)]
            "event_time" => set(ctxt, meta, &mut self.event_time, word(ctxt, meta)?),
            // #[ingest(record_modified)]
            "record_modified" => set(ctxt, meta, &mut self.record_modified, word(ctxt, meta)?),
            other => unknown(ctxt, meta, other, &FIELD)?,
        }
        Ok(())
    }

    /// `skip` and `flatten` stand alone: neither leaves a field that the others could speak of.
    fn check_company(&self, ctxt: &Ctxt) {
        let words = [&self.key, &self.event_time, &self.record_modified];
        let others = words.iter().filter(|word| word.is_some()).count()
            + usize::from(self.rename.is_some())
            + usize::from(self.with.is_some())
            + usize::from(self.kind.is_some());
        if let Some(skip) = &self.skip {
            if others > 0 || self.flatten.is_some() {
                ctxt.malformed(syn::Error::new_spanned(skip, message::skip_with_other()));
            }
        } else if let (Some(flatten), true) = (&self.flatten, others > 0) {
            ctxt.malformed(syn::Error::new_spanned(
                flatten,
                message::flatten_with_other(),
            ));
        }
    }

    /// What only code without a schema file says, and where.
    pub(crate) fn unverified_only(&self) -> Option<(&'static str, TokenStream)> {
        let kind = self.kind.as_ref().map(|kind| ("kind", quote!(#kind)));
        let word = |name, word: &Option<Ident>| word.as_ref().map(|word| (name, quote!(#word)));
        kind.or_else(|| word("event_time", &self.event_time))
            .or_else(|| word("record_modified", &self.record_modified))
    }
}

impl TextEnum {
    pub(crate) fn read(ctxt: &Ctxt, attributes: &[Attribute]) -> Self {
        let mut container = Self::default();
        each_item(ctxt, attributes, |meta| {
            match name_of(meta).as_str() {
                // #[ingest(rename_all = "snake_case")]
                "rename_all" => set(ctxt, meta, &mut container.rename_all, rule(ctxt, meta)?),
                // #[ingest(crate = "my_prelude::ingest_core")]
                "crate" => set(ctxt, meta, &mut container.crate_path, path(ctxt, meta)?),
                other => unknown(ctxt, meta, other, &TEXT)?,
            }
            Ok(())
        });
        container
    }
}

impl Variant {
    pub(crate) fn read(ctxt: &Ctxt, attributes: &[Attribute]) -> Self {
        let mut variant = Self::default();
        each_item(ctxt, attributes, |meta| {
            match name_of(meta).as_str() {
                // #[ingest(rename = "in progress")]
                "rename" => set(ctxt, meta, &mut variant.rename, text(ctxt, meta)?),
                other => unknown(ctxt, meta, other, &VARIANT)?,
            }
            Ok(())
        });
        variant
    }
}

/// The path of the runtime crate, read apart because even a failed derive needs it.
pub(crate) fn crate_path(attributes: &[Attribute]) -> Path {
    let ctxt = Ctxt::new();
    let mut written = None;
    each_item(&ctxt, attributes, |meta| {
        if meta.path.is_ident("crate") {
            set(&ctxt, meta, &mut written, path(&ctxt, meta)?);
            return Ok(());
        }
        step_over(meta)
    });
    // Reported when the attributes are read for good.
    let _reported_later = ctxt.check();
    written
        .and_then(|path| path.parse().ok())
        .unwrap_or_else(|| syn::parse_quote!(::ingest_core))
}

/// What keeps the code quiet about what the user marked as deprecated, or allowed to be. Only then:
/// where a crate forbids the lint, an `allow` of it is an error.
pub(crate) fn allow_deprecated(input: &DeriveInput) -> Option<TokenStream> {
    let mut attributes: Vec<_> = input.attrs.iter().collect();
    match &input.data {
        Data::Struct(data) => {
            attributes.extend(data.fields.iter().flat_map(|field| &field.attrs));
        }
        Data::Enum(data) => {
            attributes.extend(data.variants.iter().flat_map(|variant| &variant.attrs));
        }
        Data::Union(_) => {}
    }
    let speaks_of_it = |attribute: &&Attribute| {
        let is_lint_level = ["allow", "expect"].map(|level| attribute.path().is_ident(level));
        attribute.path().is_ident("deprecated")
            || (is_lint_level.contains(&true) && mentions(attribute, "deprecated"))
    };
    let any = attributes.iter().any(speaks_of_it);
    any.then(|| quote!(#[allow(deprecated)]))
}

/// The word `packed` of `#[repr(packed)]`.
pub(crate) fn packed(input: &DeriveInput) -> Option<&Attribute> {
    let mut attributes = input.attrs.iter();
    attributes.find(|attribute| attribute.path().is_ident("repr") && mentions(attribute, "packed"))
}

fn mentions(attribute: &Attribute, word: &str) -> bool {
    let Meta::List(list) = &attribute.meta else {
        return false;
    };
    let mut tokens = list.tokens.clone().into_iter();
    tokens.any(|token| matches!(token, TokenTree::Ident(ident) if ident == word))
}

fn each_item(
    ctxt: &Ctxt,
    attributes: &[Attribute],
    mut item: impl FnMut(&ParseNestedMeta<'_>) -> syn::Result<()>,
) {
    for attribute in attributes {
        if !attribute.path().is_ident("ingest") {
            continue;
        }
        if !matches!(attribute.meta, Meta::List(_)) {
            let text = message::no_list();
            ctxt.malformed(syn::Error::new_spanned(&attribute.meta, text));
            continue;
        }
        if let Err(error) = attribute.parse_nested_meta(|meta| item(&meta)) {
            ctxt.malformed(syn::Error::new(error.span(), message::no_attribute()));
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
        list.parse::<TokenStream>()?;
    }
    wrong_form(ctxt, meta)?;
    Ok(Vec::new())
}

/// The name alone; anything behind it is reported, stepped over and gives `None`.
fn word(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>) -> syn::Result<Option<Ident>> {
    if ends(meta.input) {
        return Ok(meta.path.get_ident().cloned());
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

/// `= "camelCase"`.
fn rule(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>) -> syn::Result<Option<RenameAll>> {
    Ok(text(ctxt, meta)?.and_then(|name| RenameAll::read(ctxt, &name)))
}

/// `= "path::to::module"`.
fn path(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>) -> syn::Result<Option<LitStr>> {
    Ok(parsed::<Path>(ctxt, meta)?.map(|(literal, _)| literal))
}

/// `= "path::to::function"`.
fn function(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>) -> syn::Result<Option<ExprPath>> {
    Ok(parsed(ctxt, meta)?.map(|(_, path)| path))
}

/// `= "code"`; text that is no such code is reported and gives `None`.
fn parsed<T: Parse>(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>) -> syn::Result<Option<(LitStr, T)>> {
    let Some(literal) = text(ctxt, meta)? else {
        return Ok(None);
    };
    let code = literal.parse();
    if code.is_err() {
        let text = message::attribute_form(&name_of(meta));
        ctxt.malformed(syn::Error::new_spanned(&literal, text));
    }
    Ok(code.ok().map(|code| (literal, code)))
}

/// Reports an attribute that does not exist.
fn unknown(ctxt: &Ctxt, meta: &ParseNestedMeta<'_>, name: &str, site: &Site) -> syn::Result<()> {
    let error = syn::Error::new_spanned(&meta.path, message::unknown_attribute(name, site));
    if names::similar(name, site.all()).is_some() {
        ctxt.malformed(error);
    } else {
        ctxt.syn_error(error);
    }
    step_over(meta)
}

/// The name that a field or a variant is sent under.
pub(crate) fn name(ident: &Ident, rename: Option<&LitStr>, rule: Option<RenameAll>) -> String {
    let plain = ident.unraw().to_string();
    match (rename, rule) {
        (Some(literal), _) => literal.value(),
        (None, Some(rule)) => rule.apply(&plain),
        (None, None) => plain,
    }
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
