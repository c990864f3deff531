//! Names on their way between the schema and Rust: identifiers for code, and what a typo meant.
//!
//! Pure functions of text; whether a name is allowed is decided in `rules`.

use std::collections::{HashMap, HashSet};

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
/// equal (`user-id`, `userId`) numbered in the order given, but never one that is its own.
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
    let names: Vec<_> = names.into_iter().collect();
    let bases: Vec<_> = names
        .iter()
        .map(|name| start_with_letter(&convert(name), nameless))
        .collect();
    // A name that needs no change keeps it, whichever comes first.
    let unchanged = |(name, base): &(&&str, &String)| *name == base;
    let mut taken: HashSet<_> = names
        .iter()
        .zip(&bases)
        .filter(unchanged)
        .map(|(_, base)| base.clone())
        .collect();
    let mut kept = HashSet::new();
    names
        .iter()
        .zip(bases)
        .map(|(name, base)| {
            if *name == base && kept.insert(*name) {
                return base;
            }
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

/// The candidate that `wanted` most likely means, if there is one; see [`Candidates`].
pub fn similar<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let candidates = Candidates::new(candidates);
    candidates.same(wanted).or_else(|| candidates.near(wanted))
}

/// Names that a misspelt one may have meant, prepared once for many questions.
#[derive(Debug)]
pub struct Candidates<'a> {
    /// Each name beside what is left of it without case, separators and `__c`.
    names: Vec<(String, &'a str)>,
    same: HashMap<String, &'a str>,
}

impl<'a> Candidates<'a> {
    /// Prepares these names.
    pub fn new(names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: Vec<_> = names
            .into_iter()
            .map(|name| (normalised(name), name))
            .collect();
        let mut same = HashMap::with_capacity(names.len());
        for (plain, name) in &names {
            same.entry(plain.clone()).or_insert(*name);
        }
        Self { names, same }
    }

    /// The name that is the same but for case, `_`, `-` and a data lake suffix `__c`.
    pub fn same(&self, wanted: &str) -> Option<&'a str> {
        self.same.get(&normalised(wanted)).copied()
    }

    /// The name with the fewest letters changed, if they are no more than a third of `wanted`.
    /// Looks at every name, so it is for the first few questions of a message.
    pub fn near(&self, wanted: &str) -> Option<&'a str> {
        let plain = normalised(wanted);
        let allowed = plain.chars().count() / 3;
        self.names
            .iter()
            .map(|(other, name)| (strsim::osa_distance(&plain, other), *name))
            .filter(|(distance, _)| *distance <= allowed)
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, name)| name)
    }
}

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
            ["a_2_3", "a_2", "a_2_2"]
        );
        assert_eq!(
            field_idents(["FooBar", "foo_bar", "foo_bar"]),
            ["foo_bar_2", "foo_bar", "foo_bar_3"]
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
        assert_eq!(similar("revneue", fields), Some("revenue"));
        for unlike in ["colour", "event_type", "rev", "id", ""] {
            assert_eq!(similar(unlike, fields), None, "{unlike}");
        }
    }
}
