//! Prints the implementation. What comes out, for one field and one blank:
//!
//! ```text
//! static __INGEST_FIELDS: [FieldDescriptor; 2] = [FieldDescriptor::new("id", Kind::Text, …), …];
//! static __INGEST_OBJECT: ObjectDescriptor = ObjectDescriptor::new("visit", …);
//! impl IngestRecord for Visit {
//!     const OBJECT: &'static ObjectDescriptor = &__INGEST_OBJECT;
//!     fn visit(&self, sink: &mut dyn FieldSink) -> Result<(), ValueError> {
//!         if let Err(error) = <String as FieldValue<kind::Text>>::write_field(
//!             &self.id, &__INGEST_FIELDS[0], sink,
//!         ) { return Err(error); }
//!         Slot::<kind::Number>::new(&__INGEST_FIELDS[1], sink).blank()?;
//!         Ok(())
//!     }
//! }
//! ```
//!
//! One plain function and two tables, because that is what a thousand fields can afford. For the same
//! reason there is no `?`, which costs the compiler a conversion to look up for every field.

use std::collections::HashSet;

use ingest_schema::{Kind, Role};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{GenericParam, Generics, Ident, Path, Type, parse_quote_spanned};

use crate::ast::Record;
use crate::check::{Checked, CheckedField};
use crate::message;
use crate::source::File;

pub(crate) fn implementation(
    krate: &Path,
    record: &Record<'_>,
    file: &File,
    checked: &Checked<'_>,
) -> TokenStream {
    let tables = tables(krate, file, checked);
    let generics = bounded_generics(krate, record, checked);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, ty_generics, _) = record.generics.split_for_impl();
    let ident = record.ident;
    let writes = checked
        .fields
        .iter()
        .enumerate()
        .map(|(index, field)| write(krate, record, index, field));
    let assertions = checked
        .fields
        .iter()
        .filter_map(|field| assertion(krate, record, field));
    let inner_assertions = checked
        .fields
        .iter()
        .filter_map(|field| inner_assertion(krate, record, field));
    quote! {
        #tables
        #(#assertions)*

        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #krate::IngestRecord for #ident #ty_generics #where_clause {
            const OBJECT: &'static #krate::ObjectDescriptor = &__INGEST_OBJECT;

            fn visit(
                &self,
                __sink: &mut dyn #krate::FieldSink,
            ) -> ::core::result::Result<(), #krate::ValueError> {
                #(#inner_assertions)*
                #(#writes)*
                ::core::result::Result::Ok(())
            }
        }
    }
}

fn tables(krate: &Path, file: &File, checked: &Checked<'_>) -> TokenStream {
    let fields = checked.fields.iter().map(|field| descriptor(krate, field));
    let count = checked.fields.len();
    let name = &checked.object.name;
    let digest = checked.object.digest().0;
    let connector = option(file.schema.connector.as_ref().map(|name| quote!(#name)));
    quote! {
        static __INGEST_FIELDS: [#krate::FieldDescriptor; #count] = [#(#fields),*];
        static __INGEST_OBJECT: #krate::ObjectDescriptor =
            #krate::ObjectDescriptor::new(#name, #connector, #digest, &__INGEST_FIELDS);
    }
}

fn descriptor(krate: &Path, field: &CheckedField<'_>) -> TokenStream {
    let name = &field.schema.name;
    let kind = kind_ident(field.schema.kind);
    let role = option(field.role.map(|role| {
        let role = role_ident(role);
        quote!(#krate::Role::#role)
    }));
    let json_key = format!(",\"{name}\":");
    quote!(#krate::FieldDescriptor::new(#name, #krate::Kind::#kind, #role, #json_key))
}

fn write(krate: &Path, record: &Record<'_>, index: usize, field: &CheckedField<'_>) -> TokenStream {
    let kind = kind_ident(field.schema.kind);
    let Some(from) = field.from else {
        return quote! {
            #krate::Slot::<#krate::kind::#kind>::new(&__INGEST_FIELDS[#index], __sink).blank()?;
        };
    };
    let source = &record.fields[from];
    let (ident, ty) = (source.ident, source.ty);
    // The span of the type, so that a missing implementation is reported at the type.
    quote_spanned! {blame(ty)=>
        if let ::core::result::Result::Err(error) = <#ty as #krate::FieldValue<#krate::kind::#kind>>::write_field(
            &self.#ident,
            &__INGEST_FIELDS[#index],
            __sink,
        ) {
            return ::core::result::Result::Err(error);
        }
    }
}

/// Refuses at compile time an `Option` that hides behind an alias: `const _: () = assert!(…);`
fn assertion(krate: &Path, record: &Record<'_>, field: &CheckedField<'_>) -> Option<TokenStream> {
    let (ty, check) = present(krate, record, field)?;
    let outside = !mentions(ty, &params(record.generics));
    outside.then(|| quote_spanned!(ty.span()=> const _: () = #check;))
}

/// The same for a type that mentions the struct's parameters, which only code within the
/// implementation can name: `const { assert!(…) };`. It is judged when the type is known, so by
/// `cargo build` and not by `cargo check`.
fn inner_assertion(
    krate: &Path,
    record: &Record<'_>,
    field: &CheckedField<'_>,
) -> Option<TokenStream> {
    let (ty, check) = present(krate, record, field)?;
    let inside = mentions(ty, &params(record.generics));
    inside.then(|| quote_spanned!(ty.span()=> const #check;))
}

/// `{ use NotOptional as _; assert!(!IsOptional::<Kind, Type>::ANSWER, "…") }`, where only the
/// compiler can tell.
fn present<'a>(
    krate: &Path,
    record: &Record<'a>,
    field: &CheckedField<'_>,
) -> Option<(&'a Type, TokenStream)> {
    let role = field.role.filter(|_| field.assert_present)?;
    let ty = record.fields[field.from?].ty;
    let kind = kind_ident(field.schema.kind);
    let text = message::optional_role_assertion(&field.schema.name, role);
    let check = quote_spanned! {ty.span()=>
        {
            // Unused where the type has the constant itself.
            #[allow(unused_imports)]
            use #krate::value::NotOptional as _;
            ::core::assert!(!#krate::value::IsOptional::<#krate::kind::#kind, #ty>::ANSWER, #text)
        }
    };
    Some((ty, check))
}

/// Where an error about a type belongs. The names in the code keep the derive's own hygiene: a type
/// that comes out of a `macro_rules!` could not see `self` otherwise.
fn blame(ty: &Type) -> Span {
    ty.span().resolved_at(Span::call_site())
}

/// The names of the struct's type, lifetime and const parameters.
fn params(generics: &Generics) -> HashSet<String> {
    let name = |param: &GenericParam| match param {
        GenericParam::Type(param) => param.ident.to_string(),
        GenericParam::Lifetime(param) => param.lifetime.ident.to_string(),
        GenericParam::Const(param) => param.ident.to_string(),
    };
    generics.params.iter().map(name).collect()
}

/// The struct's generics, with the demand that field types which mention them can be sent.
fn bounded_generics(krate: &Path, record: &Record<'_>, checked: &Checked<'_>) -> Generics {
    let mut generics = record.generics.clone();
    let types = generics.type_params().map(|param| param.ident.to_string());
    let params: HashSet<_> = types.collect();
    if params.is_empty() {
        return generics;
    }
    for field in &checked.fields {
        let Some(from) = field.from else { continue };
        let ty = record.fields[from].ty;
        if mentions(ty, &params) {
            let kind = kind_ident(field.schema.kind);
            let bound = parse_quote_spanned! {blame(ty)=>
                #ty: #krate::FieldValue<#krate::kind::#kind>
            };
            generics.make_where_clause().predicates.push(bound);
        }
    }
    generics
}

fn mentions(ty: &Type, params: &HashSet<String>) -> bool {
    fn any(tokens: TokenStream, params: &HashSet<String>) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => params.contains(&ident.to_string()),
            TokenTree::Group(group) => any(group.stream(), params),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        })
    }
    any(ty.to_token_stream(), params)
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

fn role_ident(role: Role) -> Ident {
    let name = match role {
        Role::PrimaryKey => "PrimaryKey",
        Role::EventTime => "EventTime",
        Role::RecordModified => "RecordModified",
    };
    Ident::new(name, Span::call_site())
}
