//! The implementation that stands in after an error, so that code which uses the type compiles
//! and the user sees the one mistake and no echo of it. It never runs.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Path};

use crate::ast::Derive;

pub(crate) fn implementation(krate: &Path, derive: Derive, input: &DeriveInput) -> TokenStream {
    match derive {
        Derive::Record => record(krate, &quote!(FullRecord), input),
        Derive::Patch => record(krate, &quote!(IngestPatch), input),
        Derive::Fields => set(krate, input),
    }
}

fn record(krate: &Path, marker: &TokenStream, input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    let name = ident.to_string();
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    quote! {
        static __INGEST_OBJECT: #krate::ObjectDescriptor =
            #krate::ObjectDescriptor::new(#name, ::core::option::Option::None, 0, &[]);

        #[automatically_derived]
        impl #impl_generics #krate::IngestRecord for #ident #ty_generics #where_clause {
            const OBJECT: &'static #krate::ObjectDescriptor = &__INGEST_OBJECT;

            fn visit(
                &self,
                _: &mut dyn #krate::FieldSink,
            ) -> ::core::result::Result<(), #krate::ValueError> {
                ::core::result::Result::Ok(())
            }
        }

        #[automatically_derived]
        impl #impl_generics #krate::#marker for #ident #ty_generics #where_clause {}
    }
}

fn set(krate: &Path, input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::IngestFields for #ident #ty_generics #where_clause {
            const SET: #krate::derived::FieldSet = #krate::derived::FieldSet::broken();

            fn put_at(&self, _: ::core::primitive::usize, _: &mut #krate::derived::Writer<'_>) {}
        }
    }
}

/// For `IngestText`.
pub(crate) fn text(krate: &Path, input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::FieldValue<#krate::kind::Text> for #ident #ty_generics #where_clause {
            fn write(
                &self,
                __slot: #krate::Slot<'_, #krate::kind::Text>,
            ) -> ::core::result::Result<#krate::Written, #krate::ValueError> {
                __slot.blank()
            }
        }
    }
}
