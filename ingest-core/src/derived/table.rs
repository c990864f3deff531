//! The static table of an object's fields, from as few words of code as can say it.

use ingest_schema::{Kind, Role, RoleSet};

use crate::record::FieldDescriptor;

/// The fields of an object: their kinds, as places in [`Kind::ALL`]; their names; their
/// JSON keys of 32 bytes, of any text where a name is too long for one; which have roles;
/// and which is the primary key by the word of the sets that are flattened.
///
/// Columns of literals, and a loop that calls nothing: a path, a tuple and a call for each field would
/// cost the compiler five times as much.
pub const fn table<const N: usize>(
    kinds: &[u8; N],
    names: [&'static str; N],
    json_keys: [&'static [u8; 32]; N],
    roles: &[(usize, Role)],
    keys_of_sets: &[Option<usize>],
) -> [FieldDescriptor; N] {
    let mut fields = [const { FieldDescriptor::new("", Kind::Text, RoleSet::NONE) }; N];
    let mut at = 0;
    while at < N {
        fields[at] = FieldDescriptor {
            name: names[at],
            kind: Kind::ALL[kinds[at] as usize],
            roles: RoleSet::NONE,
            json_key: Some(json_keys[at]),
        };
        at += 1;
    }
    let mut at = 0;
    while at < roles.len() {
        let (place, role) = roles[at];
        fields[place].roles = fields[place].roles.with(role);
        at += 1;
    }
    let mut at = 0;
    while at < keys_of_sets.len() {
        if let Some(place) = keys_of_sets[at] {
            fields[place].roles = fields[place].roles.with(Role::PrimaryKey);
        }
        at += 1;
    }
    fields
}
