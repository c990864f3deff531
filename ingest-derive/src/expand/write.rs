//! The bodies of `visit` and `visit_at`: one call for every field, in the order of the object.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{Expansion, blame, kind_ident, value_trait};
use crate::ast::{Derive, Field};
use crate::check::{CheckedField, From};

impl Expansion<'_> {
    /// Every field of the object; what the struct has not itself, its sets are asked for.
    pub(super) fn visit_body(&self) -> TokenStream {
        let fields = &self.checked.fields;
        let mut body = TokenStream::new();
        let mut place = 0;
        while place < fields.len() {
            let rest = fields[place..].iter();
            let gap = rest
                .take_while(|field| field.from == From::Elsewhere)
                .count();
            if gap > 0 {
                body.extend(self.ask_sets(place, place + gap));
                place += gap;
            } else {
                body.extend(self.write(place, &fields[place]));
                place += 1;
            }
        }
        body
    }

    fn write(&self, place: usize, field: &CheckedField<'_>) -> TokenStream {
        let krate = self.krate;
        let descriptor = quote!(&__INGEST_FIELDS[#place]);
        let Some(source) = self.source(field) else {
            return or_return(&quote!(#krate::derived::write_blank(#descriptor, __sink)));
        };
        self.write_source(field, source, &descriptor)
    }

    /// `match __place { 3 => …, 7 => …, _ => the sets that are flattened here }`
    pub(super) fn visit_at_body(&self) -> TokenStream {
        let fields = self.checked.fields.iter().enumerate();
        let arms = fields.filter_map(|(place, field)| {
            let source = self.source(field)?;
            let write = self.write_source(field, source, &quote!(__field));
            Some(quote!(#place => { #write }))
        });
        let sets = self.record.flattened.iter().map(|flattened| {
            let (ident, ty, krate) = (flattened.ident, flattened.ty, self.krate);
            or_return(&quote_spanned! {blame(ty)=>
                <#ty as #krate::IngestFields>::visit_at(
                    &self.#ident, __place, __patch, __field, __sink,
                )
            })
        });
        quote! {
            match __place {
                #(#arms)*
                _ => { #(#sets)* }
            }
        }
    }

    fn write_source(
        &self,
        field: &CheckedField<'_>,
        source: &Field<'_>,
        descriptor: &TokenStream,
    ) -> TokenStream {
        let (krate, ident, ty) = (self.krate, source.ident, source.ty);
        let kind = kind_ident(field.schema.kind);
        if let Some(function) = &source.attrs.with {
            let span = function.span().resolved_at(proc_macro2::Span::call_site());
            let written = quote!(::core::result::Result<#krate::Written, #krate::ValueError>);
            let write = or_return(&quote! {
                #krate::derived::write_with(__write, &self.#ident, #descriptor, __sink)
            });
            // Typed here, so that a function of another form is blamed and not the call.
            return quote_spanned! {span=> {
                let __write: fn(&#ty, #krate::Slot<'_, #krate::kind::#kind>) -> #written = #function;
                #write
            }};
        }
        let value = value_trait(field.schema.kind);
        // The span of the type, so that a missing implementation is reported at the type.
        or_return(&match self.record.derive {
            Derive::Record => quote_spanned! {blame(ty)=>
                <#ty as #krate::derived::#value>::write_field(&self.#ident, #descriptor, __sink)
            },
            Derive::Patch => quote_spanned! {blame(ty)=>
                <#ty as #krate::derived::#value>::write_part(&self.#ident, true, #descriptor, __sink)
            },
            Derive::Fields => quote_spanned! {blame(ty)=>
                <#ty as #krate::derived::#value>::write_part(&self.#ident, __patch, #descriptor, __sink)
            },
        })
    }

    /// Asks every flattened set for the fields from one place to another.
    fn ask_sets(&self, from: usize, to: usize) -> TokenStream {
        let krate = self.krate;
        let patch = self.record.derive == Derive::Patch;
        let sets: Vec<_> = self
            .record
            .flattened
            .iter()
            .map(|flattened| {
                let (ident, ty) = (flattened.ident, flattened.ty);
                or_return(&quote_spanned! {blame(ty)=>
                    <#ty as #krate::IngestFields>::visit_at(
                        &self.#ident, __place, #patch, __field, __sink,
                    )
                })
            })
            .collect();
        if sets.is_empty() {
            return TokenStream::new();
        }
        quote! {
            for __place in #from..#to {
                let __field = &__INGEST_FIELDS[__place];
                #(#sets)*
            }
        }
    }
}

fn or_return(call: &TokenStream) -> TokenStream {
    quote! {
        if let ::core::result::Result::Err(error) = #call {
            return ::core::result::Result::Err(error);
        }
    }
}
