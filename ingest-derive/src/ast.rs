//! The struct as the later stages see it: which fields are sent, under which names.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::{Data, DeriveInput, Fields, Generics, Ident, Type};

use crate::attr;
use crate::ctxt::Ctxt;
use crate::message;

pub(crate) struct Record<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) attrs: attr::Container,
    /// The fields that are sent; those with `skip` are left out.
    pub(crate) fields: Vec<Field<'a>>,
}

pub(crate) struct Field<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    /// The schema's name for it, after `rename` and `rename_all`.
    pub(crate) name: String,
    /// Set where the field claims to be the primary key.
    pub(crate) key: Option<Span>,
    /// What gave it its name: the literal of `rename`, else the field's identifier.
    name_tokens: TokenStream,
}

impl Field<'_> {
    /// Where an error about the name belongs.
    pub(crate) fn name_tokens(&self) -> &TokenStream {
        &self.name_tokens
    }
}

impl<'a> Record<'a> {
    /// Reads a struct with named fields; anything else is reported and gives `None`.
    pub(crate) fn read(ctxt: &Ctxt, input: &'a DeriveInput) -> Option<Self> {
        let attrs = attr::Container::read(ctxt, &input.attrs);
        let fields = named_fields(ctxt, input)?;
        let fields = fields
            .filter_map(|field| Field::read(ctxt, field, attrs.rename_all))
            .collect();
        Some(Self {
            ident: &input.ident,
            generics: &input.generics,
            attrs,
            fields,
        })
    }
}

impl<'a> Field<'a> {
    /// Reads a field; `None` if it is skipped.
    fn read(
        ctxt: &Ctxt,
        field: &'a syn::Field,
        rename_all: Option<attr::RenameAll>,
    ) -> Option<Self> {
        let ident = field
            .ident
            .as_ref()
            .expect("BUG: only named fields are read");
        let attrs = attr::Field::read(ctxt, &field.attrs);
        if attrs.skip.is_some() {
            return None;
        }
        let plain = ident.unraw().to_string();
        let name = match (&attrs.rename, rename_all) {
            (Some(literal), _) => literal.value(),
            (None, Some(rule)) => rule.apply(&plain),
            (None, None) => plain,
        };
        let name_tokens = match attrs.rename {
            Some(literal) => literal.into_token_stream(),
            None => ident.to_token_stream(),
        };
        Some(Self {
            ident,
            ty: &field.ty,
            name,
            key: attrs.key,
            name_tokens,
        })
    }
}

fn named_fields<'a>(
    ctxt: &Ctxt,
    input: &'a DeriveInput,
) -> Option<impl Iterator<Item = &'a syn::Field> + use<'a>> {
    let found = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return Some(fields.named.iter()),
            Fields::Unnamed(_) => "a tuple struct",
            Fields::Unit => "a struct without fields",
        },
        Data::Enum(_) => "an enum",
        Data::Union(_) => "a union",
    };
    ctxt.error_at(&input.ident, message::no_record(found));
    None
}
