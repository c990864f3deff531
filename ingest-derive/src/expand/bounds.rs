//! What the implementation demands of a generic struct's parameters.

use std::collections::HashSet;

use syn::{Generics, parse_quote_spanned};

use super::{Expansion, blame, kind_ident};
use crate::types;

impl Expansion<'_> {
    /// The struct's generics, with the demand that field types which mention them can be sent.
    pub(super) fn bounded_generics(&self) -> Generics {
        let mut generics = self.record.generics.clone();
        let names = generics.type_params().map(|param| param.ident.to_string());
        let params: HashSet<_> = names.collect();
        for field in &self.checked.fields {
            let Some(source) = self.source(field) else {
                continue;
            };
            if source.attrs.with.is_some() || !types::mentions(source.ty, &params) {
                continue;
            }
            let (ty, kind) = (source.ty, kind_ident(field.schema.kind));
            let bound = parse_quote_spanned! {blame(ty)=>
                #ty: __ingest::FieldValue<__ingest::kind::#kind>
            };
            generics.make_where_clause().predicates.push(bound);
        }
        generics
    }
}
