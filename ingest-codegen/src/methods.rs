//! The inherent methods of a struct: `new` over the fields that must be there, and setters.
//!
//! Plain functions without generics, because a thousand of them must stay cheap to compile. No trait
//! is implemented here.

use std::collections::HashSet;

use crate::doc;
use crate::generate::{Printed, plain};
use crate::print::{assignment, push_all, self_value, signature};

/// Appends `impl Name { … }`, unless there is nothing to put into it.
pub(crate) fn push(
    out: &mut String,
    lints: &str,
    ident: &str,
    fields: &[Printed<'_>],
    setters: bool,
) {
    let with_new = fields.iter().any(|field| field.required);
    if !with_new && !setters {
        return;
    }
    push_all(out, &["\n", lints, "impl ", ident, " {\n"]);
    if with_new {
        push_new(out, fields);
    }
    if setters {
        let names = setter_names(fields.iter().map(|field| field.ident.as_str()));
        for (index, (field, name)) in fields.iter().zip(&names).enumerate() {
            if with_new || index > 0 {
                out.push('\n');
            }
            push_setter(out, field, name);
        }
    }
    out.push_str("}\n");
}

fn push_new(out: &mut String, fields: &[Printed<'_>]) {
    let required = fields.iter().filter(|field| field.required);
    let parameters: Vec<_> = required
        .map(|field| format!("{}: {}", field.ident, field.ty))
        .collect();
    let text = if parameters.len() < fields.len() {
        "A record of these alone; every other field is `None`."
    } else {
        "A record of these."
    };
    doc::comment(out, "    ", text);
    out.push_str("    #[must_use]\n");
    signature(out, "new", &parameters);
    let values: Vec<_> = fields
        .iter()
        .map(|field| (field.ident.as_str(), (!field.required).then_some("None")))
        .collect();
    self_value(out, &values);
    out.push_str("    }\n");
}

fn push_setter(out: &mut String, field: &Printed<'_>, name: &str) {
    doc::comment(out, "    ", &format!("Sets {}.", field.shown()));
    // Compiled where it is called: of a thousand setters hardly any is.
    out.push_str("    #[must_use]\n    #[inline]\n");
    let parameters = ["mut self".into(), format!("value: {}", field.ty)];
    signature(out, name, &parameters);
    let value = if field.required {
        "value"
    } else {
        "Some(value)"
    };
    assignment(out, &field.ident, value);
    out.push_str("        self\n    }\n");
}

/// `with_url` for `url`, `with_type` for `r#type`, `with_2nd` for `_2nd`: a name of its own for each.
fn setter_names<'a>(idents: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    idents
        .map(|ident| {
            // Two underscores in a row are not snake case.
            let base = format!("with_{}", plain(ident).trim_start_matches('_'));
            let mut name = base.clone();
            let mut number = 2;
            while !taken.insert(name.clone()) {
                name = format!("{base}_{number}");
                number += 1;
            }
            name
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use ingest_schema::names::field_idents;
    use proptest::prelude::*;

    use super::setter_names;

    proptest! {
        #[test]
        fn setters_never_collide_and_are_snake_case(
            names in prop::collection::vec("[A-Za-z0-9_-]{1,4}|field(_2)?|new|self", 0..12)
        ) {
            let idents = field_idents(names.iter().map(String::as_str));
            let setters = setter_names(idents.iter().map(String::as_str));
            let distinct: HashSet<_> = setters.iter().collect();
            prop_assert_eq!(distinct.len(), names.len());
            for name in &setters {
                let plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '_');
                prop_assert!(name.chars().all(plain) && !name.contains("__"), "{}", name);
            }
        }
    }

    #[test]
    fn every_setter_has_a_name_of_its_own() {
        let idents = [
            "r#type", "self_", "_2nd", "_field", "field", "field_2", "new", "with_new",
        ];
        assert_eq!(
            setter_names(idents.into_iter()),
            [
                "with_type",
                "with_self_",
                "with_2nd",
                "with_field",
                "with_field_2",
                "with_field_2_2",
                "with_new",
                "with_with_new"
            ]
        );
    }
}
