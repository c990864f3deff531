//! The implementation that stands in after an error, so that code which uses the record compiles
//! and the user sees the one mistake and no echo of it. It never runs.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Path};

pub(crate) fn implementation(krate: &Path, input: &DeriveInput) -> TokenStream {
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
    }
}
