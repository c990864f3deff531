//! The constants that hold a struct and the sets it flattens against each other, which the compiler
//! evaluates: a derive sees one struct at a time.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned as _;

use super::{Expansion, blame, option};
use crate::ast::Derive;
use crate::check::{CheckedField, From, needed_in_patch};
use crate::message;
use crate::types::without_lifetimes;

impl Expansion<'_> {
    pub(super) fn flatten_checks(&self) -> TokenStream {
        if self.record.flattened.is_empty() {
            return TokenStream::new();
        }
        let sets = self.sets();
        let whole = self.whole();
        let checks = self.set_checks();
        let keys = self.key_check();
        let complete = self.completeness_check();
        quote! {
            #sets
            #whole
            #(#checks)*
            #keys
            #complete
        }
    }

    /// `const __INGEST_SET_0: FieldSet = <Envelope as IngestFields>::SET;`
    fn sets(&self) -> TokenStream {
        let flattened = self.record.flattened.iter().enumerate();
        let sets = flattened.map(|(index, flattened)| {
            let name = set_name(index);
            let ty = without_lifetimes(flattened.ty);
            quote_spanned! {blame(flattened.ty)=>
                const #name: __ingest::FieldSet = <#ty as __ingest::IngestFields>::SET;
            }
        });
        sets.collect()
    }

    fn set_names(&self) -> impl Iterator<Item = Ident> + use<> {
        (0..self.record.flattened.len()).map(set_name)
    }

    fn whole(&self) -> TokenStream {
        let record = self.record.ident.to_string();
        let object = &self.checked.object.name;
        let layout = self.checked.object.layout().0;
        let file = &self.file.shown;
        let names = self.checked.fields.iter().map(|field| &field.schema.name);
        let own = self.places(|field| field.from != From::Elsewhere);
        quote! {
            const __INGEST_WHOLE: __ingest::Whole<'static> = __ingest::Whole {
                record: #record,
                object: #object,
                layout: #layout,
                file: #file,
                names: &[#(#names),*],
                own: #own,
            };
        }
    }

    /// `Places::of(&[0, 3])`
    fn places(&self, wanted: impl Fn(&CheckedField<'_>) -> bool) -> TokenStream {
        let fields = self.checked.fields.iter().enumerate();
        let places = fields.filter_map(|(place, field)| wanted(field).then_some(place));
        quote!(__ingest::Places::of(&[#(#places),*]))
    }

    /// For each set: it is of this object, and fills nothing that is filled before it.
    fn set_checks(&self) -> Vec<TokenStream> {
        let record = self.record.ident;
        let mut earlier = vec![(quote!(__INGEST_WHOLE.own), format!("`{record}` itself"))];
        let mut checks = Vec::new();
        for (flattened, set) in self.record.flattened.iter().zip(self.set_names()) {
            let field = flattened.ident.to_string();
            let unclaimed = earlier.iter().map(|(places, by)| {
                quote!(const _: () = __INGEST_WHOLE.unclaimed(&#places, #by, #field, &#set);)
            });
            let check = quote! {
                const _: () = __INGEST_WHOLE.one_object(#field, &#set);
                #(#unclaimed)*
            };
            checks.push(at(check, flattened.ty.span()));
            earlier.push((quote!(#set.places()), format!("the set `{field}`")));
        }
        checks
    }

    /// Where the schema names no key: at most one of the struct and its sets does, and for a patch
    /// one must.
    fn key_check(&self) -> TokenStream {
        if self.checked.object.roles.primary_key.is_some() {
            return TokenStream::new();
        }
        let own = option(self.checked.key().map(|place| quote!(#place)));
        let sets = self.keys_of_sets();
        let some_key = (self.record.derive == Derive::Patch)
            .then(|| quote!(const _: () = __INGEST_WHOLE.some_key(&[#own, #(#sets),*]);));
        let check = quote! {
            const _: () = __INGEST_WHOLE.one_key(&[#own, #(#sets),*]);
            #some_key
        };
        at(check, self.record.ident.span())
    }

    /// A record fills every field; a patch those that place and date it.
    fn completeness_check(&self) -> TokenStream {
        let wanted = match self.record.derive {
            Derive::Fields => return TokenStream::new(),
            Derive::Record => self.places(|_| true),
            Derive::Patch => self.places(|field| needed_in_patch(field.roles).is_some()),
        };
        let sets = self.set_names();
        let help = message::help_for_missing(self.record.derive);
        let check = quote! {
            const _: () = __INGEST_WHOLE.complete(&#wanted, &[#(#sets),*], #help);
        };
        at(check, self.record.ident.span())
    }

    /// What a struct that derives `IngestFields` brings: its own fields and those it flattens.
    pub(super) fn field_set(&self) -> TokenStream {
        let object = &self.checked.object.name;
        let layout = self.checked.object.layout().0;
        let fields = self.checked.fields.iter().enumerate();
        let places = fields
            .filter(|(_, field)| field.from != From::Elsewhere)
            .map(|(place, _)| place);
        let key = option(self.checked.key().map(|place| quote!(#place)));
        let sets = self.set_names();
        quote! {
            __ingest::FieldSet::new(#object, #layout, &[#(#places),*], #key)
                #(.and(#sets))*
        }
    }

    pub(super) fn keys_of_sets(&self) -> Vec<TokenStream> {
        self.set_names().map(|set| quote!(#set.key())).collect()
    }
}

fn set_name(index: usize) -> Ident {
    format_ident!("__INGEST_SET_{index}")
}

/// The code with every token at this place, where an error of the whole expression is then shown.
fn at(code: TokenStream, span: Span) -> TokenStream {
    let place = |token| match token {
        TokenTree::Group(group) => {
            let mut placed = Group::new(group.delimiter(), at(group.stream(), span));
            placed.set_span(span);
            TokenTree::Group(placed)
        }
        mut other => {
            other.set_span(span);
            other
        }
    };
    code.into_iter().map(place).collect()
}
