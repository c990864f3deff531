//! What a field's type says without the compiler's help: only names that mean one thing.
//!
//! Everything else (aliases, the user's own types) is left to the trait `FieldValue`.

use std::collections::HashSet;

use ingest_schema::Kind;
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{GenericArgument, GenericParam, Generics, Path, PathArguments, Type};

/// What can be said about a type by looking at it.
pub(crate) struct Judged<'a> {
    /// An `Option` stands around the value.
    pub(crate) optional: bool,
    /// The value's type without `Option`, references and smart pointers.
    pub(crate) inner: &'a Type,
    /// The one kind that the inner type can be sent as; `None` if that cannot be told.
    pub(crate) kind: Option<Kind>,
}

/// Judges a type of a struct with these generics, whose names mean nothing else within it.
pub(crate) fn judge<'a>(ty: &'a Type, generics: &Generics) -> Judged<'a> {
    let mut optional = false;
    let mut inner = ty;
    while let Some((is_option, next)) = peel(inner) {
        optional |= is_option;
        inner = next;
    }
    Judged {
        optional,
        inner,
        kind: kind_of(inner, generics),
    }
}

/// Whether the type is written as an `Option` of something.
pub(crate) fn is_option(ty: &Type) -> bool {
    peel(ty).is_some_and(|(is_option, _)| is_option)
}

/// Takes one layer off: whether it was an `Option`, and what was inside.
fn peel(ty: &Type) -> Option<(bool, &Type)> {
    match ty {
        Type::Group(group) => Some((false, &group.elem)),
        Type::Paren(paren) => Some((false, &paren.elem)),
        Type::Reference(reference) => Some((false, &reference.elem)),
        Type::Path(path) if path.qself.is_none() => {
            let last = path.path.segments.last()?;
            // A bare word is what most types are, and no wrapper.
            let inner = only_type(&last.arguments)?;
            if !is_of_std(&path.path) {
                return None;
            }
            match last.ident.to_string().as_str() {
                "Option" => Some((true, inner)),
                "Box" | "Rc" | "Arc" | "Cow" => Some((false, inner)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A bare name, or a path into the standard library; other crates have types of the same names.
fn is_of_std(path: &Path) -> bool {
    let is_root = |name: &str| matches!(name, "std" | "core" | "alloc");
    let mut segments = path.segments.iter();
    match (segments.next(), segments.next()) {
        (Some(first), Some(_)) => is_root(&first.ident.to_string()),
        (first, _) => first.is_some(),
    }
}

fn only_type(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(list) = arguments else {
        return None;
    };
    let mut types = list.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    let first = types.next()?;
    types.next().is_none().then_some(first)
}

fn kind_of(ty: &Type, generics: &Generics) -> Option<Kind> {
    let Type::Path(path) = ty else {
        return None;
    };
    if let Some(kind) = kind_of_runtime_type(&path.path) {
        return Some(kind);
    }
    let name = plain_name(&path.path)?;
    if generics.type_params().any(|param| param.ident == name) {
        return None;
    }
    match name.as_str() {
        "String" | "str" | "char" => Some(Kind::Text),
        "bool" => Some(Kind::Boolean),
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64" | "u128"
        | "usize" | "f32" | "f64" => Some(Kind::Number),
        _ => None,
    }
}

/// The kind of a type that is named with its way from the runtime crate, as generated code does it:
/// `::ingest_core::value::Email`. Its bare name might be another crate's.
fn kind_of_runtime_type(path: &Path) -> Option<Kind> {
    if path.segments.len() < 2 {
        return None;
    }
    let (first, last) = (path.segments.first()?, path.segments.last()?);
    if first.ident != "ingest_core" {
        return None;
    }
    match last.ident.to_string().as_str() {
        "Date" => Some(Kind::Date),
        "Timestamp" => Some(Kind::DateTime),
        "Email" => Some(Kind::Email),
        "Phone" => Some(Kind::Phone),
        "Percent" => Some(Kind::Percent),
        "Url" => Some(Kind::Url),
        _ => None,
    }
}

/// The name of a path of one word, or of the standard library's `String`.
fn plain_name(path: &Path) -> Option<String> {
    if let Some(ident) = path.get_ident() {
        return Some(ident.to_string());
    }
    let words: Vec<_> = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    let is_string = matches!(words.as_slice(), [root, module, name]
        if (root == "std" || root == "alloc") && module == "string" && name == "String");
    is_string.then(|| "String".to_owned())
}

/// The names of the parameters that make a struct many structs: types and constants.
pub(crate) fn value_params(generics: &Generics) -> HashSet<String> {
    let name = |param: &GenericParam| match param {
        GenericParam::Type(param) => Some(param.ident.to_string()),
        GenericParam::Const(param) => Some(param.ident.to_string()),
        GenericParam::Lifetime(_) => None,
    };
    generics.params.iter().filter_map(name).collect()
}

/// Whether any of these names stands in the type.
pub(crate) fn mentions(ty: &Type, names: &HashSet<String>) -> bool {
    fn any(tokens: TokenStream, names: &HashSet<String>) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => names.contains(&ident.to_string()),
            TokenTree::Group(group) => any(group.stream(), names),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        })
    }
    !names.is_empty() && any(ty.to_token_stream(), names)
}

/// The type with its lifetimes left to the compiler, for code that stands outside the struct's impl.
pub(crate) fn without_lifetimes(ty: &Type) -> TokenStream {
    fn strip(tokens: TokenStream) -> TokenStream {
        let mut after_quote = false;
        let strip_one = |token| {
            let is_lifetime = std::mem::replace(&mut after_quote, false);
            match token {
                TokenTree::Ident(ident) if is_lifetime && ident != "static" => {
                    TokenTree::Ident(Ident::new("_", ident.span()))
                }
                TokenTree::Group(group) => {
                    let mut stripped = Group::new(group.delimiter(), strip(group.stream()));
                    stripped.set_span(group.span());
                    TokenTree::Group(stripped)
                }
                TokenTree::Punct(punct) => {
                    after_quote = punct.as_char() == '\'';
                    TokenTree::Punct(punct)
                }
                other => other,
            }
        };
        tokens.into_iter().map(strip_one).collect()
    }
    strip(ty.to_token_stream())
}

/// The type as a person would write it; `quote` puts blanks between all tokens.
pub(crate) fn text(ty: &Type) -> String {
    let mut text = ty.to_token_stream().to_string();
    for (spaced, plain) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        ("& ", "&"),
    ] {
        text = text.replace(spaced, plain);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> (bool, Option<Kind>) {
        let ty = syn::parse_str(text).unwrap();
        let generics = syn::parse_str("<T, char>").unwrap();
        let judged = judge(&ty, &generics);
        (judged.optional, judged.kind)
    }

    #[test]
    fn plain_types_are_known_through_wrappers() {
        assert_eq!(judged("String"), (false, Some(Kind::Text)));
        assert_eq!(judged("Option<&'a str>"), (true, Some(Kind::Text)));
        assert_eq!(
            judged("std::option::Option<Cow<'static, str>>"),
            (true, Some(Kind::Text))
        );
        assert_eq!(judged("Arc<Option<f64>>"), (true, Some(Kind::Number)));
        assert_eq!(judged("::std::string::String"), (false, Some(Kind::Text)));
        assert_eq!(judged("(bool)"), (false, Some(Kind::Boolean)));
        let email = "Option<::ingest_core::value::Email>";
        assert_eq!(judged(email), (true, Some(Kind::Email)));
    }

    #[test]
    fn other_types_are_left_to_the_compiler() {
        for text in [
            "Email",
            "my::String",
            "Option<Money>",
            "<T as X>::Y",
            "Vec<u8>",
            "Cow<'a, T, U>",
            "[u8; 4]",
            "char",
            "my::Option<String>",
        ] {
            assert_eq!(judged(text).1, None, "{text}");
        }
    }

    #[test]
    fn types_are_shown_as_people_write_them() {
        for text in [
            "Option<&'a str>",
            "Cow<'a, str>",
            "::std::vec::Vec<u8>",
            "HashMap<String, Vec<u8>>",
        ] {
            assert_eq!(super::text(&syn::parse_str(text).unwrap()), text);
        }
    }
}
