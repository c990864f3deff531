//! The bodies of `visit` and `put_at`: one call for every field, in the order of the object.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{ExprPath, Type};

use super::{Expansion, blame, kind_ident, value_trait};
use crate::ast::{Derive, Field};
use crate::check::{CheckedField, From};
use crate::types;

impl Expansion<'_> {
    /// `{ let mut __writer = …; …; __writer.end() }`, a single token to those who print it on: to copy
    /// the many within costs as much as to make them.
    pub(super) fn visit_body(&self) -> Group {
        let writer = match self.record.derive {
            Derive::Patch => quote!(of_patch),
            Derive::Record | Derive::Fields => quote!(of_record),
        };
        let assertions = self.presence_inside();
        let mut body = quote! {
            #(#assertions)*
            let mut __writer = __ingest::Writer::#writer(__INGEST_FIELDS, __sink);
            let __w = &mut __writer;
        };
        self.put_all(&mut body);
        body.extend(quote!(__writer.end()));
        Group::new(Delimiter::Brace, body)
    }

    /// Every field of the object; what the struct has not itself, its sets are asked for.
    fn put_all(&self, body: &mut TokenStream) {
        let fields = &self.checked.fields;
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
                self.put(place, &fields[place], body);
                place += 1;
            }
        }
    }

    fn put(&self, place: usize, field: &CheckedField<'_>, body: &mut TokenStream) {
        match self.source(field) {
            Some(source) => self.put_source(place, field, source, body),
            None => body.extend(quote!(__w.blank(#place);)),
        }
    }

    /// `match __place { 3 => …, 7 => …, _ => the sets that are flattened here }`
    pub(super) fn put_at_body(&self) -> TokenStream {
        let fields = self.checked.fields.iter().enumerate();
        let arms = fields.filter_map(|(place, field)| {
            let mut put = TokenStream::new();
            self.put_source(place, field, self.source(field)?, &mut put);
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
        body: &mut TokenStream,
    ) {
        if let Some(function) = &source.attrs.with {
            body.extend(self.put_through(function, place, field, source));
            return;
        }
        let method = match self.record.derive {
            Derive::Record => "put",
            Derive::Patch | Derive::Fields => "put_part",
        };
        let call = Call {
            ty: source.ty,
            value: value_trait(field.schema.kind),
            method,
            field: source.ident,
            place,
        };
        call.print(body);
    }

    fn put_through(
        &self,
        function: &ExprPath,
        place: usize,
        field: &CheckedField<'_>,
        source: &Field<'_>,
    ) -> TokenStream {
        let ty = source.ty;
        let kind = kind_ident(field.schema.kind);
        let span = function.span().resolved_at(Span::call_site());
        let put = self.put_with(place, source);
        // Typed here, so that a function of another form is blamed and not the call.
        quote_spanned! {span=> {
            let __write: fn(
                &#ty,
                __ingest::Slot<'_, __ingest::kind::#kind>,
            ) -> ::core::result::Result<__ingest::Written, __ingest::ValueError> = #function;
            #put
        }}
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

/// `<f64 as __ingest::NumberValue>::put(&self.amount, 3, __w);`
///
/// Printed token by token behind those that are there: the derive itself is compiled without
/// optimisation, and what `quote!` returns is handed to the compiler and back to be appended.
struct Call<'a> {
    ty: &'a Type,
    value: &'static str,
    method: &'static str,
    field: &'a Ident,
    place: usize,
}

impl Call<'_> {
    /// With the span of the type, so that a missing implementation is reported at the type.
    fn print(&self, body: &mut TokenStream) {
        let span = blame(self.ty);
        let word = |text| TokenTree::Ident(Ident::new(text, span));
        body.extend([punct('<', Spacing::Alone, span)]);
        self.ty.to_tokens(body);
        body.extend([
            word("as"),
            word("__ingest"),
            punct(':', Spacing::Joint, span),
            punct(':', Spacing::Alone, span),
            word(self.value),
            punct('>', Spacing::Joint, span),
            punct(':', Spacing::Joint, span),
            punct(':', Spacing::Alone, span),
            word(self.method),
            self.arguments(span),
            punct(';', Spacing::Alone, span),
        ]);
    }

    /// `(&self.amount, 3, __w)`
    fn arguments(&self, span: Span) -> TokenTree {
        let arguments = [
            punct('&', Spacing::Alone, span),
            TokenTree::Ident(Ident::new("self", span)),
            punct('.', Spacing::Alone, span),
            TokenTree::Ident(self.field.clone()),
            punct(',', Spacing::Alone, span),
            TokenTree::Literal(Literal::usize_unsuffixed(self.place)),
            punct(',', Spacing::Alone, span),
            TokenTree::Ident(Ident::new("__w", span)),
        ];
        let arguments = TokenStream::from_iter(arguments);
        let mut group = Group::new(Delimiter::Parenthesis, arguments);
        group.set_span(span);
        TokenTree::Group(group)
    }
}

fn punct(character: char, spacing: Spacing, span: Span) -> TokenTree {
    let mut punct = Punct::new(character, spacing);
    punct.set_span(span);
    TokenTree::Punct(punct)
}
