//! Refuses an `Option` on a role where only the compiler can see it, as behind an alias.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned as _;
use syn::{GenericParam, Type};

use super::{Expansion, kind_ident};
use crate::check::CheckedField;
use crate::{message, types};

impl Expansion<'_> {
    /// `const _: () = assert!(…);`
    pub(super) fn presence_outside(&self) -> Vec<TokenStream> {
        let params = self.params();
        let print = |(ty, check): (&Type, _)| {
            let outside = !types::mentions(ty, &params);
            outside.then(|| quote_spanned!(ty.span()=> const _: () = #check;))
        };
        let fields = self.checked.fields.iter();
        fields
            .filter_map(|field| self.present(field).and_then(print))
            .collect()
    }

    /// The same for a type that mentions the struct's parameters, which only code within the
    /// implementation can name: `const { assert!(…) };`. It is judged when the type is known, so
    /// by `cargo build` and not by `cargo check`.
    pub(super) fn presence_inside(&self) -> Vec<TokenStream> {
        let params = self.params();
        let print = |(ty, check): (&Type, _)| {
            let inside = types::mentions(ty, &params);
            inside.then(|| quote_spanned!(ty.span()=> const #check;))
        };
        let fields = self.checked.fields.iter();
        fields
            .filter_map(|field| self.present(field).and_then(print))
            .collect()
    }

    /// `{ use NotOptional as _; assert!(!IsOptional::<Kind, Type>::ANSWER && …, "…") }`, where only
    /// the compiler can tell.
    fn present(&self, field: &CheckedField<'_>) -> Option<(&Type, TokenStream)> {
        let role = field.roles.first().filter(|_| field.assert_present)?;
        let ty = self.source(field)?.ty;
        let kind = kind_ident(field.schema.kind);
        let text = message::optional_role_assertion(&field.schema.name, role);
        let check = quote_spanned! {ty.span()=>
            {
                use __ingest::NotOptional as _;
                ::core::assert!(
                    // The second needs the import even where the type has the constant itself.
                    !__ingest::IsOptional::<__ingest::kind::#kind, #ty>::ANSWER
                        && !__ingest::IsOptional::<__ingest::kind::#kind, __ingest::NoValue>::ANSWER,
                    #text
                )
            }
        };
        Some((ty, check))
    }

    /// The names of the struct's type, lifetime and const parameters, and that of the struct itself
    /// within its implementation.
    fn params(&self) -> HashSet<String> {
        let name = |param: &GenericParam| match param {
            GenericParam::Type(param) => param.ident.to_string(),
            GenericParam::Lifetime(param) => param.lifetime.ident.to_string(),
            GenericParam::Const(param) => param.ident.to_string(),
        };
        let params = self.record.generics.params.iter().map(name);
        params.chain(["Self".to_owned()]).collect()
    }
}
