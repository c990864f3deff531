//! `#[derive(IngestText)]`: an enum without data as the texts of its variants. Needs no schema.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Ident, LitStr, Path};

use crate::ctxt::Ctxt;
use crate::{attr, fallback, message};

/// A variant and the text it is sent as.
struct Text<'a> {
    ident: &'a Ident,
    text: String,
}

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let ctxt = Ctxt::new();
    let krate = attr::crate_path(&input.attrs);
    let texts = read(&ctxt, input);
    let implementation = match ctxt.check() {
        Ok(()) => implementation(&krate, input, &texts),
        Err(errors) => {
            let fallback = fallback::text(&krate, input);
            quote! { #errors #fallback }
        }
    };
    let allow = attr::allow_deprecated(input);
    quote! {
        #allow
        const _: () = {
            #implementation
        };
    }
}

fn read<'a>(ctxt: &Ctxt, input: &'a DeriveInput) -> Vec<Text<'a>> {
    let container = attr::TextEnum::read(ctxt, &input.attrs);
    let data = match &input.data {
        Data::Enum(data) => data,
        Data::Struct(_) => {
            ctxt.error_at(&input.ident, message::no_text("a struct"));
            return Vec::new();
        }
        Data::Union(_) => {
            ctxt.error_at(&input.ident, message::no_text("a union"));
            return Vec::new();
        }
    };
    let mut texts = Vec::with_capacity(data.variants.len());
    let mut taken: HashMap<String, &Ident> = HashMap::new();
    for variant in &data.variants {
        let ident = &variant.ident;
        let attrs = attr::Variant::read(ctxt, &variant.attrs);
        let text = attr::name(ident, attrs.rename.as_ref(), container.rename_all);
        let report = |message: String| report(ctxt, ident, attrs.rename.as_ref(), message);
        if !variant.fields.is_empty() {
            report(message::variant_with_data(&ident.to_string()));
        }
        if text.is_empty() {
            report(message::empty_text(&ident.to_string()));
        } else if let Some(first) = taken.insert(text.clone(), ident) {
            let (first, second) = (first.to_string(), ident.to_string());
            report(message::repeated_text(&text, &first, &second));
        }
        texts.push(Text { ident, text });
    }
    texts
}

/// At the literal of `rename` if there is one, else at the variant.
fn report(ctxt: &Ctxt, ident: &Ident, rename: Option<&LitStr>, message: String) {
    match rename {
        Some(literal) => ctxt.error_at(literal, message),
        None => ctxt.error_at(ident, message),
    }
}

fn implementation(krate: &Path, input: &DeriveInput, texts: &[Text<'_>]) -> TokenStream {
    let ident = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    // Of no variant there is no value, and nothing could come after it.
    let written = if texts.is_empty() {
        quote!(match *self {})
    } else {
        let arms = texts
            .iter()
            .map(|Text { ident, text }| quote!(Self::#ident {} => #text,));
        quote!(__slot.text(match *self { #(#arms)* }))
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::FieldValue<#krate::kind::Text> for #ident #ty_generics #where_clause {
            fn write(
                &self,
                __slot: #krate::Slot<'_, #krate::kind::Text>,
            ) -> ::core::result::Result<#krate::Written, #krate::ValueError> {
                #written
            }
        }
    }
}
