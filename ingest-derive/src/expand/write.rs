//! The bodies of `visit` and `put_at`: one call for every field, in the order of the object.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{Expansion, blame, kind_ident, value_trait};
use crate::ast::{Derive, Field};
use crate::check::{CheckedField, From};
use crate::types;

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
                body.extend(self.put(place, &fields[place]));
                place += 1;
            }
        }
        body
    }

    fn put(&self, place: usize, field: &CheckedField<'_>) -> TokenStream {
        let source = self.source(field);
        source.map_or_else(
            || quote!(__w.blank(#place);),
            |source| self.put_source(place, field, source),
        )
    }

    /// `match __place { 3 => …, 7 => …, _ => the sets that are flattened here }`
    pub(super) fn put_at_body(&self) -> TokenStream {
        let fields = self.checked.fields.iter().enumerate();
        let arms = fields.filter_map(|(place, field)| {
            let put = self.put_source(place, field, self.source(field)?);
            Some(quote!(#place => { #put }))
        });
        let sets = self.put_sets();
        quote! {
            match __place {
                #(#arms)*
                _ => { #sets }
            }
        }
    }

    fn put_source(
        &self,
        place: usize,
        field: &CheckedField<'_>,
        source: &Field<'_>,
    ) -> TokenStream {
        let (ident, ty) = (source.ident, source.ty);
        let kind = kind_ident(field.schema.kind);
        if let Some(function) = &source.attrs.with {
            let span = function.span().resolved_at(Span::call_site());
            let put = self.put_with(place, source);
            // Typed here, so that a function of another form is blamed and not the call.
            return quote_spanned! {span=> {
                let __write: fn(
                    &#ty,
                    __ingest::Slot<'_, __ingest::kind::#kind>,
                ) -> ::core::result::Result<__ingest::Written, __ingest::ValueError> = #function;
                #put
            }};
        }
        let value = value_trait(field.schema.kind);
        // The span of the type, so that a missing implementation is reported at the type.
        match self.record.derive {
            Derive::Record => quote_spanned! {blame(ty)=>
                <#ty as __ingest::#value>::put(&self.#ident, #place, __w);
            },
            Derive::Patch | Derive::Fields => quote_spanned! {blame(ty)=>
                <#ty as __ingest::#value>::put_part(&self.#ident, #place, __w);
            },
        }
    }

    /// The call with the function; in a patch not where an `Option` is empty, which says "as it was".
    fn put_with(&self, place: usize, source: &Field<'_>) -> TokenStream {
        let ident = source.ident;
        if self.record.derive == Derive::Record || !types::is_option(source.ty) {
            return quote!(__w.put_with(#place, __write, &self.#ident););
        }
        quote! {
            if !(__w.is_patch() && ::core::option::Option::is_none(&self.#ident)) {
                __w.put_with(#place, __write, &self.#ident);
            }
        }
    }

    /// Asks every flattened set for the fields from one place to another; where there is none, these
    /// are the fields that a patch has not.
    fn ask_sets(&self, from: usize, to: usize) -> TokenStream {
        if self.record.flattened.is_empty() {
            return TokenStream::new();
        }
        let sets = self.put_sets();
        quote!(for __place in #from..#to { #sets })
    }

    /// Each set, asked for the field at `__place`.
    fn put_sets(&self) -> TokenStream {
        let sets = self.record.flattened.iter().map(|flattened| {
            let (ident, ty) = (flattened.ident, flattened.ty);
            quote_spanned! {blame(ty)=>
                <#ty as __ingest::IngestFields>::put_at(&self.#ident, __place, __w);
            }
        });
        sets.collect()
    }
}
