//! What is known of the object and its fields, as constants.
//!
//! The fields are printed as text, which the compiler reads much faster than it takes single tokens.

use std::fmt::Write as _;
use std::str::FromStr as _;

use ingest_schema::{Kind, Role};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Expansion, option};

impl Expansion<'_> {
    /// `ObjectDescriptor::new("visit", Some("Web"), 81985529216486895, __INGEST_FIELDS)`
    pub(super) fn object_descriptor(&self) -> TokenStream {
        let name = &self.checked.object.name;
        let digest = self.digest();
        let connector = self.file.schema.connector.as_ref();
        let connector = option(connector.map(|name| quote!(#name)));
        quote!(__ingest::ObjectDescriptor::new(#name, #connector, #digest, __INGEST_FIELDS))
    }

    /// `static __INGEST_FIELDS: &[FieldDescriptor] = &table(b"\x00", ["id"], [b",\"id\":…"], &[…], &[]);`
    pub(super) fn field_table(&self) -> TokenStream {
        let (mut kinds, mut names, mut keys) = (String::new(), String::new(), String::new());
        for field in &self.checked.fields {
            let name = &field.schema.name;
            write!(kinds, "\\x{:02x}", place_of(field.schema.kind))
                .and_then(|()| write!(names, "{name:?},"))
                .and_then(|()| write!(keys, "b{:?},", json_key(name)))
                .expect("BUG: a string takes any text");
        }
        let roles = self.roles();
        let keys_of_sets = self.named_by_sets();
        let code = format!(
            "static __INGEST_FIELDS: &[__ingest::FieldDescriptor] = &__ingest::table(
                b\"{kinds}\", [{names}], [{keys}], &[{roles}], &[{keys_of_sets}]);"
        );
        tokens(&code)
    }

    /// `(0, Role::PrimaryKey), (4, Role::EventTime)`
    fn roles(&self) -> String {
        let fields = self.checked.fields.iter().enumerate();
        let roles = fields.flat_map(|(place, field)| {
            let roles = field.roles.iter().map(role_name);
            roles.map(move |role| format!("({place}, __ingest::Role::{role}),"))
        });
        roles.collect()
    }

    /// What flattened sets name as the primary key, where the schema names none.
    fn named_by_sets(&self) -> String {
        if self.checked.object.roles.primary_key.is_some() {
            return String::new();
        }
        let keys = self.keys_of_sets();
        quote!(#(#keys),*).to_string()
    }
}

/// The tokens of code that is code. Only the compiler reads it: `proc_macro2` would read it once more
/// before, without optimisation, and is asked only where there is no compiler.
fn tokens(code: &str) -> TokenStream {
    let tokens = if cfg!(test) {
        code.parse().ok()
    } else {
        let read = proc_macro::TokenStream::from_str(code);
        read.ok().map(TokenStream::from)
    };
    tokens.expect("BUG: literals and names are code")
}

fn place_of(kind: Kind) -> usize {
    let place = Kind::ALL.iter().position(|other| *other == kind);
    place.expect("BUG: all kinds are among all kinds")
}

/// `,"name":`, filled up with blanks to the 32 bytes that the runtime copies at once; of a longer one,
/// which it does not use, the first 32.
fn json_key(name: &str) -> String {
    format!("{:<32.32}", format!(",\"{name}\":"))
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::PrimaryKey => "PrimaryKey",
        Role::EventTime => "EventTime",
        Role::RecordModified => "RecordModified",
    }
}
