//! The constants that hold a struct and the sets it flattens against each other, which the compiler
//! evaluates: a derive sees one struct at a time.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{Expansion, blame, option};
use crate::ast::{Derive, Flattened};
use crate::check::{CheckedField, From, needed_in_patch};
use crate::types::without_lifetimes;

impl Expansion<'_> {
    pub(super) fn flatten_checks(&self) -> TokenStream {
        if self.record.flattened.is_empty() {
            return TokenStream::new();
        }
        let krate = self.krate;
        let names = self.checked.fields.iter().map(|field| &field.schema.name);
        let own = self.places(|field| field.from != From::Elsewhere);
        let sets = self.set_checks();
        let keys = self.key_check();
        let complete = self.completeness_check();
        quote! {
            const __INGEST_NAMES: &[&::core::primitive::str] = &[#(#names),*];
            const __INGEST_OWN: #krate::derived::Places = #own;
            #(#sets)*
            #keys
            #complete
        }
    }

    /// `Places::of(&[0, 3])`
    fn places(&self, wanted: impl Fn(&CheckedField<'_>) -> bool) -> TokenStream {
        let krate = self.krate;
        let fields = self.checked.fields.iter().enumerate();
        let places = fields.filter_map(|(place, field)| wanted(field).then_some(place));
        quote!(#krate::derived::Places::of(&[#(#places),*]))
    }

    /// For each set: it is of this object, and fills nothing that is filled before it.
    fn set_checks(&self) -> Vec<TokenStream> {
        let krate = self.krate;
        let record = self.record.ident.to_string();
        let object = &self.checked.object.name;
        let digest = self.digest();
        let mut earlier = quote!(__INGEST_OWN);
        let mut checks = Vec::new();
        for flattened in &self.record.flattened {
            let set = self.set_of(flattened);
            let field = flattened.ident.to_string();
            checks.push(quote_spanned! {flattened.ty.span()=>
                const _: () = {
                    #krate::derived::one_object(#record, #object, #digest, #field, &#set);
                    #krate::derived::unclaimed(__INGEST_NAMES, &#earlier, #field, &#set);
                };
            });
            earlier = quote!(#earlier.and(#set.places()));
        }
        checks
    }

    /// Where the schema names no key: at most one of the struct and its sets does.
    fn key_check(&self) -> TokenStream {
        if self.checked.object.roles.primary_key.is_some() {
            return TokenStream::new();
        }
        let krate = self.krate;
        let own = option(self.checked.key().map(|place| quote!(#place)));
        let sets = self.keys_of_sets();
        quote_spanned! {self.record.ident.span()=>
            const _: () = #krate::derived::one_key(__INGEST_NAMES, &[#own, #(#sets),*]);
        }
    }

    /// A record fills every field; a patch those that place and date it.
    fn completeness_check(&self) -> TokenStream {
        let krate = self.krate;
        let wanted = match self.record.derive {
            Derive::Fields => return TokenStream::new(),
            Derive::Record => self.places(|_| true),
            Derive::Patch => self.places(|field| needed_in_patch(field.role)),
        };
        let record = self.record.ident.to_string();
        let object = &self.checked.object.name;
        let file = &self.file.shown;
        let sets = self.record.flattened.iter().map(|set| self.set_of(set));
        quote_spanned! {self.record.ident.span()=>
            const _: () = #krate::derived::complete(
                #record, #object, #file, __INGEST_NAMES, &#wanted, &__INGEST_OWN, &[#(#sets),*],
            );
        }
    }

    /// What a struct that derives `IngestFields` brings: its own fields and those it flattens.
    pub(super) fn field_set(&self) -> TokenStream {
        let krate = self.krate;
        let object = &self.checked.object.name;
        let digest = self.digest();
        let fields = self.checked.fields.iter().enumerate();
        let places = fields
            .filter(|(_, field)| field.from != From::Elsewhere)
            .map(|(place, _)| place);
        let key = option(self.checked.key().map(|place| quote!(#place)));
        let sets = self.record.flattened.iter().map(|set| self.set_of(set));
        quote! {
            #krate::derived::FieldSet::new(#object, #digest, &[#(#places),*], #key)
                #(.and(#sets))*
        }
    }

    pub(super) fn keys_of_sets(&self) -> Vec<TokenStream> {
        let sets = self.record.flattened.iter().map(|set| self.set_of(set));
        sets.map(|set| quote!(#set.key())).collect()
    }

    /// `<Envelope as IngestFields>::SET`
    fn set_of(&self, flattened: &Flattened<'_>) -> TokenStream {
        let krate = self.krate;
        let ty = without_lifetimes(flattened.ty);
        quote_spanned!(blame(flattened.ty)=> <#ty as #krate::IngestFields>::SET)
    }
}
