//! A short fingerprint of what an object means, to notice that code and schema have parted.
//!
//! Covers names, kinds and roles; not order, descriptions or layout. It guards against accidents,
//! not against forgery.

use std::fmt;

use crate::model::Object;

/// A fingerprint of an object's names, kinds and roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub u64);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Object {
    /// The object's fingerprint: equal for two files that mean the same, whatever their layout.
    pub fn digest(&self) -> Digest {
        let mut hash = Fnv1a::new();
        // The form of what is hashed; to be counted up whenever it changes.
        hash.write("1");
        hash.write(&self.name);
        let roles = &self.roles;
        hash.write(roles.category.map_or("", |category| category.name()));
        hash.write(roles.primary_key.as_deref().unwrap_or_default());
        hash.write(roles.event_time.as_deref().unwrap_or_default());
        hash.write(roles.record_modified.as_deref().unwrap_or_default());
        hash.write(roles.refresh_mode.map_or("", |mode| mode.name()));
        let mut fields: Vec<_> = self.fields.iter().collect();
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        for field in fields {
            hash.write(&field.name);
            hash.write(field.kind.name());
        }
        Digest(hash.0)
    }
}

impl Object {
    /// The same of an object whose fields stand in this order: two objects of equal layouts have the
    /// same field at every place, which those of equal digests need not have.
    pub fn layout(&self) -> Digest {
        let mut hash = Fnv1a::new();
        hash.write(&self.digest().to_string());
        for field in &self.fields {
            hash.write(&field.name);
        }
        Digest(hash.0)
    }
}

/// FNV-1a with 64 bits: the same on every platform and in every release, unlike `DefaultHasher`.
struct Fnv1a(u64);

impl Fnv1a {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds one word and an end mark, so that `ab`, `c` differs from `a`, `bc`.
    fn write(&mut self, word: &str) {
        for byte in word.bytes().chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Category, Field, Kind, Object};

    fn object() -> Object {
        Object::new(
            "visit",
            vec![Field::new("id", Kind::Text), Field::new("n", Kind::Number)],
        )
    }

    #[test]
    fn order_and_descriptions_do_not_count() {
        let mut other = object();
        other.fields.reverse();
        other.description = Some("something".into());
        other.fields[0].description = Some("something".into());
        other.fields[0].line = 7;
        assert_eq!(other.digest(), object().digest());
    }

    #[test]
    fn every_name_kind_and_role_counts() {
        let changes: [fn(&mut Object); 8] = [
            |o| o.name = "visits".into(),
            |o| o.fields[0].name = "Id".into(),
            |o| o.fields[0].kind = Kind::Email,
            |o| o.fields.push(Field::new("m", Kind::Text)),
            |o| o.roles.category = Some(Category::Profile),
            |o| o.roles.primary_key = Some("id".into()),
            |o| o.roles.event_time = Some("id".into()),
            |o| o.roles.record_modified = Some("id".into()),
        ];
        let mut digests = vec![object().digest()];
        for change in changes {
            let mut changed = object();
            change(&mut changed);
            digests.push(changed.digest());
        }
        digests.sort();
        digests.dedup();
        assert_eq!(digests.len(), changes.len() + 1);
    }

    #[test]
    fn the_value_never_changes_between_releases() {
        assert_eq!(object().digest().to_string(), "17ba7232847f5213");
    }

    #[test]
    fn the_order_of_fields_changes_the_layout_and_not_the_digest() {
        let other = Object::new(
            "visit",
            vec![Field::new("n", Kind::Number), Field::new("id", Kind::Text)],
        );
        assert_eq!(object().digest(), other.digest());
        assert_ne!(object().layout(), other.layout());
        assert_eq!(object().layout(), object().layout());
    }
}
