//! Names on their way between the schema and Rust: identifiers for code, and what a typo meant.
//!
//! Pure functions of text; whether a name is allowed is decided in `rules`.

use std::collections::HashSet;

use heck::{ToSnakeCase, ToUpperCamelCase};

/// Keywords of any edition that can be written as raw identifiers.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Keywords that cannot be raw identifiers.
const UNUSABLE: &[&str] = &["crate", "self", "super", "Self", "_"];

/// Rust field names for these schema names, in the same order and without collisions.
///
/// Snake case; keywords raw (`r#type`); a leading digit behind an underscore; names that come out
/// equal (`user-id`, `userId`) numbered in the order given.
pub fn field_idents<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    distinct(names, "_", "_field", ToSnakeCase::to_snake_case)
        .into_iter()
        .map(escape)
        .collect()
}

/// Rust type names for these schema names, in the same order and without collisions.
pub fn type_idents<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    distinct(names, "", "Object", ToUpperCamelCase::to_upper_camel_case)
        .into_iter()
        .map(escape)
        .collect()
}

/// Rust module names for these schema names, in the same order and without collisions.
pub fn module_idents<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    field_idents(names)
}

fn distinct<'a>(
    names: impl IntoIterator<Item = &'a str>,
    separator: &str,
    nameless: &str,
    convert: impl Fn(&str) -> String,
) -> Vec<String> {
    let mut taken = HashSet::new();
    names
        .into_iter()
        .map(|name| {
            let base = start_with_letter(&convert(name), nameless);
            let mut candidate = base.clone();
            let mut number = 2;
            while !taken.insert(candidate.clone()) {
                candidate = format!("{base}{separator}{number}");
                number += 1;
            }
            candidate
        })
        .collect()
}

fn start_with_letter(ident: &str, nameless: &str) -> String {
    match ident.chars().next() {
        None => nameless.into(),
        Some(first) if first.is_ascii_digit() => format!("_{ident}"),
        Some(_) => ident.into(),
    }
}

fn escape(ident: String) -> String {
    if UNUSABLE.contains(&ident.as_str()) {
        format!("{ident}_")
    } else if KEYWORDS.contains(&ident.as_str()) {
        format!("r#{ident}")
    } else {
        ident
    }
}

/// The candidate that `wanted` most likely means, if there is one.
///
/// Names that are the same but for case, `_`, `-` and a data lake suffix `__c` win; after them the
/// most similar spelling, if it is similar enough.
pub fn similar<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = normalised(wanted);
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let other = normalised(candidate);
        if other == plain {
            return Some(candidate);
        }
        let likeness = strsim::jaro_winkler(&plain, &other);
        if likeness >= LIKE_ENOUGH && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Below this Jaro-Winkler similarity a suggestion confuses more than it helps.
const LIKE_ENOUGH: f64 = 0.85;

/// The name without what people get wrong most: case, word separators, the suffix `__c`.
fn normalised(name: &str) -> String {
    data_lake_name(name)
        .unwrap_or(name)
        .chars()
        .filter(|c| !matches!(c, '_' | '-'))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// The schema's spelling of a data lake name: `event_id` for `event_id__c`.
pub fn data_lake_name(name: &str) -> Option<&str> {
    name.strip_suffix("__c")
        .or_else(|| name.strip_suffix("__C"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_names_are_snake_case_and_never_collide() {
        let names = [
            "userId", "user-id", "USER_ID", "type", "self", "2nd", "-", "gen",
        ];
        assert_eq!(
            field_idents(names),
            [
                "user_id",
                "user_id_2",
                "user_id_3",
                "r#type",
                "self_",
                "_2nd",
                "_field",
                "r#gen"
            ]
        );
    }

    #[test]
    fn a_numbered_name_gives_way_to_one_that_is_taken() {
        assert_eq!(
            field_idents(["a-2", "a_2", "a_2_2"]),
            ["a_2", "a_2_2", "a_2_2_2"]
        );
    }

    #[test]
    fn type_names_are_upper_camel_case() {
        assert_eq!(
            type_idents(["page_view", "page-view", "self", "2fa", "-"]),
            ["PageView", "PageView2", "Self_", "_2fa", "Object"]
        );
    }

    #[test]
    fn suggestions_prefer_the_same_name_in_another_dress() {
        let fields = ["event_idx", "event_id", "revenue"];
        assert_eq!(similar("eventId", fields), Some("event_id"));
        assert_eq!(similar("EVENT-ID", fields), Some("event_id"));
        assert_eq!(similar("event_id__c", fields), Some("event_id"));
        assert_eq!(similar("revenu", fields), Some("revenue"));
        assert_eq!(similar("colour", fields), None);
    }
}
