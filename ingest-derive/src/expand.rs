//! Prints the implementation. What comes out, for one field and one blank:
//!
//! ```text
//! use ::ingest_core::derived as __ingest;
//! static __INGEST_FIELDS: &[FieldDescriptor] = &table(b"\x00\x01", ["id", "revenue"], …);
//! impl IngestRecord for Visit {
//!     const OBJECT: &'static ObjectDescriptor = &ObjectDescriptor::new("visit", …);
//!     fn visit(&self, sink: &mut dyn FieldSink) -> Result<(), ValueError> {
//!         let mut writer = Writer::of_record(__INGEST_FIELDS, sink);
//!         <String as TextValue>::put(&self.id, 0, &mut writer);
//!         writer.blank(1);
//!         writer.end()
//!     }
//! }
//! impl FullRecord for Visit {}
//! ```
//!
//! One plain function and one table, because that is what a thousand fields can afford. For the same
//! reason no field returns an error: a branch for each costs the compiler twice as much.

mod bounds;
mod flatten;
mod presence;
mod tables;
mod write;

use ingest_schema::Kind;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned as _;
use syn::{Ident, Path, Type};

use crate::ast::{Derive, Field, Record};
use crate::check::{Checked, CheckedField, From};
use crate::source::File;

/// All that the code is made from.
pub(crate) struct Expansion<'a> {
    pub(crate) krate: &'a Path,
    pub(crate) record: &'a Record<'a>,
    pub(crate) file: &'a File,
    pub(crate) checked: &'a Checked<'a>,
}

impl Expansion<'_> {
    pub(crate) fn implementation(&self) -> TokenStream {
        let body = match self.record.derive {
            Derive::Record | Derive::Patch => self.record_implementation(),
            Derive::Fields => self.set_implementation(),
        };
        let flattened = self.flatten_checks();
        let assertions = self.presence_outside();
        let krate = self.krate;
        quote! {
            use #krate::derived as __ingest;
            #flattened
            #(#assertions)*
            #body
        }
    }

    fn record_implementation(&self) -> TokenStream {
        let record = self.record;
        let fields = self.field_table();
        let object = self.object_descriptor();
        let generics = self.bounded_generics();
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        let (_, ty_generics, _) = record.generics.split_for_impl();
        let ident = record.ident;
        let marker = match record.derive {
            Derive::Patch => quote!(IngestPatch),
            Derive::Record | Derive::Fields => quote!(FullRecord),
        };
        let body = self.visit_body();
        quote! {
            #fields

            #[automatically_derived]
            impl #impl_generics __ingest::IngestRecord for #ident #ty_generics #where_clause {
                const OBJECT: &'static __ingest::ObjectDescriptor = &#object;

                fn visit(
                    &self,
                    __sink: &mut dyn __ingest::FieldSink,
                ) -> ::core::result::Result<(), __ingest::ValueError> #body
            }

            #[automatically_derived]
            impl #impl_generics __ingest::#marker for #ident #ty_generics #where_clause {}
        }
    }

    fn set_implementation(&self) -> TokenStream {
        let record = self.record;
        let generics = self.bounded_generics();
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        let (_, ty_generics, _) = record.generics.split_for_impl();
        let ident = record.ident;
        let set = self.field_set();
        let puts = self.put_at_body();
        let assertions = self.presence_inside();
        quote! {
            #[automatically_derived]
            impl #impl_generics __ingest::IngestFields for #ident #ty_generics #where_clause {
                const SET: __ingest::FieldSet = #set;

                fn put_at(
                    &self,
                    __place: ::core::primitive::usize,
                    __w: &mut __ingest::Writer<'_>,
                ) {
                    #(#assertions)*
                    #puts
                }
            }
        }
    }

    /// The struct's field that fills a field of the object.
    fn source(&self, field: &CheckedField<'_>) -> Option<&Field<'_>> {
        match field.from {
            From::Field(index) => Some(&self.record.fields[index]),
            From::Blank | From::Elsewhere => None,
        }
    }

    /// The fingerprint that the code carries.
    fn digest(&self) -> u64 {
        let of_object = || self.checked.object.digest().0;
        self.file.digest.unwrap_or_else(of_object)
    }
}

/// Where an error about a type belongs. The names in the code keep the derive's own hygiene: a type
/// that comes out of a `macro_rules!` could not see `self` otherwise.
fn blame(ty: &Type) -> Span {
    ty.span().resolved_at(Span::call_site())
}

fn option(value: Option<TokenStream>) -> TokenStream {
    value.map_or_else(
        || quote!(::core::option::Option::None),
        |value| quote!(::core::option::Option::Some(#value)),
    )
}

fn kind_ident(kind: Kind) -> Ident {
    Ident::new(kind.name(), Span::call_site())
}

/// The runtime's trait for values of a kind; see `ingest_core::derived`.
fn value_trait(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "TextValue",
        Kind::Number => "NumberValue",
        Kind::Boolean => "BooleanValue",
        Kind::Date => "DateValue",
        Kind::DateTime => "DateTimeValue",
        Kind::Email => "EmailValue",
        Kind::Phone => "PhoneValue",
        Kind::Percent => "PercentValue",
        Kind::Url => "UrlValue",
    }
}
