//! The struct as the later stages see it: which fields are sent, under which names.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{Data, DeriveInput, Fields, Generics, Ident, Type};

use crate::attr;
use crate::ctxt::Ctxt;
use crate::message;

/// Which derive is at work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Derive {
    Record,
    Patch,
    Fields,
}

impl Derive {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Record => "IngestRecord",
            Self::Patch => "IngestPatch",
            Self::Fields => "IngestFields",
        }
    }
}

pub(crate) struct Record<'a> {
    pub(crate) derive: Derive,
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) attrs: attr::Container,
    /// The fields that are sent; those with `skip` are left out.
    pub(crate) fields: Vec<Field<'a>>,
    /// The fields that are sets of fields.
    pub(crate) flattened: Vec<Flattened<'a>>,
}

pub(crate) struct Field<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    /// The schema's name for it, after `rename` and `rename_all`.
    pub(crate) name: String,
    pub(crate) attrs: attr::Field,
    /// What gave it its name: the literal of `rename`, else the field's identifier.
    name_tokens: TokenStream,
}

/// A field whose type derives `IngestFields`.
pub(crate) struct Flattened<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
}

impl Field<'_> {
    /// Where an error about the name belongs.
    pub(crate) fn name_tokens(&self) -> &TokenStream {
        &self.name_tokens
    }
}

impl<'a> Record<'a> {
    /// Reads a struct with named fields; anything else is reported and gives `None`.
    pub(crate) fn read(ctxt: &Ctxt, derive: Derive, input: &'a DeriveInput) -> Option<Self> {
        let attrs = attr::Container::read(ctxt, derive, &input.attrs);
        if let Some(packed) = attr::packed(input) {
            ctxt.malformed(syn::Error::new_spanned(packed, message::packed()));
        }
        let mut record = Self {
            derive,
            ident: &input.ident,
            generics: &input.generics,
            attrs,
            fields: Vec::new(),
            flattened: Vec::new(),
        };
        for field in named_fields(ctxt, derive, input)? {
            record.add(ctxt, field);
        }
        Some(record)
    }

    fn add(&mut self, ctxt: &Ctxt, field: &'a syn::Field) {
        let ident = field
            .ident
            .as_ref()
            .expect("BUG: only named fields are read");
        let attrs = attr::Field::read(ctxt, &field.attrs);
        let ty = &field.ty;
        if attrs.skip.is_some() {
            return;
        }
        if attrs.flatten.is_some() {
            self.flattened.push(Flattened { ident, ty });
            return;
        }
        let name = attr::name(ident, attrs.rename.as_ref(), self.attrs.rename_all);
        let name_tokens = match &attrs.rename {
            Some(literal) => literal.to_token_stream(),
            None => ident.to_token_stream(),
        };
        self.fields.push(Field {
            ident,
            ty,
            name,
            attrs,
            name_tokens,
        });
    }
}

fn named_fields<'a>(
    ctxt: &Ctxt,
    derive: Derive,
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
    ctxt.error_at(&input.ident, message::no_record(derive, found));
    None
}
