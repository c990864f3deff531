//! The static tables: what is known of the object and its fields.
//!
//! The fields are printed as text, which the compiler reads much faster than it takes single tokens.

use std::fmt::Write as _;

use ingest_schema::Role;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Expansion, option};
use crate::check::CheckedField;

impl Expansion<'_> {
    pub(super) fn tables(&self) -> TokenStream {
        let fields = self.field_table();
        let name = &self.checked.object.name;
        let digest = self.digest();
        let connector = self.file.schema.connector.as_ref();
        let connector = option(connector.map(|name| quote!(#name)));
        quote! {
            #fields
            static __INGEST_OBJECT: __ingest::ObjectDescriptor =
                __ingest::ObjectDescriptor::new(#name, #connector, #digest, &__INGEST_FIELDS);
        }
    }

    /// `static __INGEST_FIELDS: [FieldDescriptor; 1] = table([("id", Kind::Text, None, …)]);`
    fn field_table(&self) -> TokenStream {
        let count = self.checked.fields.len();
        let mut code = format!(
            "static __INGEST_FIELDS: [__ingest::FieldDescriptor; {count}] = __ingest::table(["
        );
        for (place, field) in self.checked.fields.iter().enumerate() {
            let name = &field.schema.name;
            let kind = field.schema.kind.name();
            let role = self.role(place, field);
            // Filled up with blanks to the 32 bytes that the runtime copies at once.
            let key = format!("{:<32}", format!(",\"{name}\":"));
            write!(code, "({name:?}, __ingest::Kind::{kind}, {role}, {key:?}),")
                .expect("BUG: a string takes any text");
        }
        code += "]);";
        code.parse().expect("BUG: literals and names are code")
    }

    /// The field's role; a flattened set may name the key of a schema that names none.
    fn role(&self, place: usize, field: &CheckedField<'_>) -> String {
        let role = field.role.map_or("__ingest::None", role_code);
        if self.record.flattened.is_empty() || self.checked.object.roles.primary_key.is_some() {
            return role.into();
        }
        let keys = self.keys_of_sets();
        format!(
            "__ingest::key_role({place}, {role}, &[{}])",
            quote!(#(#keys),*)
        )
    }
}

fn role_code(role: Role) -> &'static str {
    match role {
        Role::PrimaryKey => "__ingest::Some(__ingest::Role::PrimaryKey)",
        Role::EventTime => "__ingest::Some(__ingest::Role::EventTime)",
        Role::RecordModified => "__ingest::Some(__ingest::Role::RecordModified)",
    }
}
