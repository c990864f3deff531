//! Prints the implementation. What comes out, for one field and one blank:
//!
//! ```text
//! static __INGEST_FIELDS: [FieldDescriptor; 2] = [FieldDescriptor::new("id", Kind::Text, …), …];
//! static __INGEST_OBJECT: ObjectDescriptor = ObjectDescriptor::new("visit", …);
//! impl IngestRecord for Visit {
//!     const OBJECT: &'static ObjectDescriptor = &__INGEST_OBJECT;
//!     fn visit(&self, sink: &mut dyn FieldSink) -> Result<(), ValueError> {
//!         if let Err(error) = <String as TextValue>::write_field(
//!             &self.id, &__INGEST_FIELDS[0], sink,
//!         ) { return Err(error); }
//!         if let Err(error) = write_blank(&__INGEST_FIELDS[1], sink) { return Err(error); }
//!         Ok(())
//!     }
//! }
//! impl FullRecord for Visit {}
//! ```
//!
//! One plain function and two tables, because that is what a thousand fields can afford. For the same
//! reason there is no `?`, which costs the compiler a conversion to look up for every field.

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
        quote! {
            #flattened
            #(#assertions)*
            #body
        }
    }

    fn record_implementation(&self) -> TokenStream {
        let Self { krate, record, .. } = self;
        let tables = self.tables();
        let generics = self.bounded_generics();
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        let (_, ty_generics, _) = record.generics.split_for_impl();
        let ident = record.ident;
        let marker = match record.derive {
            Derive::Patch => quote!(IngestPatch),
            Derive::Record | Derive::Fields => quote!(FullRecord),
        };
        let writes = self.visit_body();
        let assertions = self.presence_inside();
        quote! {
            #tables

            #[automatically_derived]
            #[allow(deprecated)]
            impl #impl_generics #krate::IngestRecord for #ident #ty_generics #where_clause {
                const OBJECT: &'static #krate::ObjectDescriptor = &__INGEST_OBJECT;

                fn visit(
                    &self,
                    __sink: &mut dyn #krate::FieldSink,
                ) -> ::core::result::Result<(), #krate::ValueError> {
                    #(#assertions)*
                    #writes
                    ::core::result::Result::Ok(())
                }
            }

            #[automatically_derived]
            impl #impl_generics #krate::#marker for #ident #ty_generics #where_clause {}
        }
    }

    fn set_implementation(&self) -> TokenStream {
        let Self { krate, record, .. } = self;
        let generics = self.bounded_generics();
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        let (_, ty_generics, _) = record.generics.split_for_impl();
        let ident = record.ident;
        let set = self.field_set();
        let writes = self.visit_at_body();
        let assertions = self.presence_inside();
        quote! {
            #[automatically_derived]
            #[allow(deprecated)]
            impl #impl_generics #krate::IngestFields for #ident #ty_generics #where_clause {
                const SET: #krate::derived::FieldSet = #set;

                fn visit_at(
                    &self,
                    __place: ::core::primitive::usize,
                    __patch: ::core::primitive::bool,
                    __field: &'static #krate::FieldDescriptor,
                    __sink: &mut dyn #krate::FieldSink,
                ) -> ::core::result::Result<(), #krate::ValueError> {
                    #(#assertions)*
                    #writes
                    ::core::result::Result::Ok(())
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
fn value_trait(kind: Kind) -> Ident {
    Ident::new(&format!("{}Value", kind.name()), Span::call_site())
}
