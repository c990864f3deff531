//! The static tables: what is known of the object and its fields.

use ingest_schema::Role;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use super::{Expansion, kind_ident, option};
use crate::check::CheckedField;

impl Expansion<'_> {
    pub(super) fn tables(&self) -> TokenStream {
        let Self {
            krate,
            checked,
            file,
            ..
        } = self;
        let fields = checked.fields.iter().enumerate();
        let fields = fields.map(|(place, field)| self.descriptor(place, field));
        let count = checked.fields.len();
        let name = &checked.object.name;
        let digest = self.digest();
        let connector = option(file.schema.connector.as_ref().map(|name| quote!(#name)));
        quote! {
            static __INGEST_FIELDS: [#krate::FieldDescriptor; #count] = [#(#fields),*];
            static __INGEST_OBJECT: #krate::ObjectDescriptor =
                #krate::ObjectDescriptor::new(#name, #connector, #digest, &__INGEST_FIELDS);
        }
    }

    fn descriptor(&self, place: usize, field: &CheckedField<'_>) -> TokenStream {
        let krate = self.krate;
        let name = &field.schema.name;
        let kind = kind_ident(field.schema.kind);
        let role = self.role(place, field);
        // Filled up with blanks to the 32 bytes that the runtime copies at once.
        let json_key = format!("{:<32}", format!(",\"{name}\":"));
        quote!(#krate::FieldDescriptor::new(#name, #krate::Kind::#kind, #role, #json_key))
    }

    /// The field's role; a flattened set may name the key of a schema that names none.
    fn role(&self, place: usize, field: &CheckedField<'_>) -> TokenStream {
        let krate = self.krate;
        let role = option(field.role.map(|role| {
            let role = role_ident(role);
            quote!(#krate::Role::#role)
        }));
        if self.record.flattened.is_empty() || self.checked.object.roles.primary_key.is_some() {
            return role;
        }
        let keys = self.keys_of_sets();
        quote!(#krate::derived::key_role(#place, #role, &[#(#keys),*]))
    }
}

fn role_ident(role: Role) -> Ident {
    let name = match role {
        Role::PrimaryKey => "PrimaryKey",
        Role::EventTime => "EventTime",
        Role::RecordModified => "RecordModified",
    };
    Ident::new(name, Span::call_site())
}
