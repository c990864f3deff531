//! Matches the names of a struct with the names of an object. Names in, matches out: no types, no
//! tokens, no messages, so it is tested without a compiler.

use std::collections::{HashMap, HashSet};

use ingest_schema::Object;
use ingest_schema::names::Candidates;

/// Every name of either side, in its place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pairing<'a> {
    /// For each field of the object, in its order, what fills it.
    pub(crate) filled: Vec<Option<Filling>>,
    /// Struct fields that the object has no field for.
    pub(crate) unknown: Vec<Unknown<'a>>,
    /// Struct fields that want the place of an earlier one: (earlier, later).
    pub(crate) repeated: Vec<(usize, usize)>,
    /// `blank` names that the object has no field for.
    pub(crate) unknown_blank: Vec<Unknown<'a>>,
    /// `blank` names of fields that the struct has, or that were named before.
    pub(crate) needless_blank: Vec<usize>,
}

/// What fills a field of the object, as an index into the struct's fields or the `blank` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filling {
    Field(usize),
    Blank(usize),
}

/// A name that the object does not have.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unknown<'a> {
    pub(crate) index: usize,
    /// The object's field that was probably meant.
    pub(crate) meant: Option<&'a str>,
}

impl<'a> Pairing<'a> {
    /// Object fields that nothing fills and that no unknown name was probably meant for: a typo is
    /// one mistake and gets one message.
    pub(crate) fn missing(&self, object: &'a Object) -> Vec<&'a ingest_schema::Field> {
        let unknown = self.unknown.iter().chain(&self.unknown_blank);
        let meant: HashSet<_> = unknown.filter_map(|unknown| unknown.meant).collect();
        object
            .fields
            .iter()
            .zip(&self.filled)
            .filter(|(field, filling)| filling.is_none() && !meant.contains(&field.name.as_str()))
            .map(|(field, _)| field)
            .collect()
    }
}

pub(crate) fn pair<'a>(fields: &[&str], blanks: &[&str], object: &'a Object) -> Pairing<'a> {
    let places: HashMap<&str, usize> = object
        .fields
        .iter()
        .enumerate()
        .map(|(place, field)| (field.name.as_str(), place))
        .collect();
    let mut pairing = Pairing {
        filled: vec![None; object.fields.len()],
        unknown: Vec::new(),
        repeated: Vec::new(),
        unknown_blank: Vec::new(),
        needless_blank: Vec::new(),
    };
    let (mut unknown, mut unknown_blank) = (Vec::new(), Vec::new());
    for (index, name) in fields.iter().enumerate() {
        match places.get(name) {
            None => unknown.push(index),
            Some(&place) => match pairing.filled[place] {
                Some(Filling::Field(earlier)) => pairing.repeated.push((earlier, index)),
                _ => pairing.filled[place] = Some(Filling::Field(index)),
            },
        }
    }
    for (index, name) in blanks.iter().enumerate() {
        match places.get(name) {
            None => unknown_blank.push(index),
            Some(&place) if pairing.filled[place].is_some() => pairing.needless_blank.push(index),
            Some(&place) => pairing.filled[place] = Some(Filling::Blank(index)),
        }
    }
    pairing.unknown = guess(unknown, fields, &pairing.filled, object);
    pairing.unknown_blank = guess(unknown_blank, blanks, &pairing.filled, object);
    pairing
}

/// How many unknown names are compared with every name of the object; a message lists no more, and a
/// struct of a thousand wrong names must not cost the compiler a million comparisons.
const COMPARED: usize = 8;

/// What each unknown name meant: preferably a field that nothing fills yet, else any.
fn guess<'a>(
    unknown: Vec<usize>,
    written: &[&str],
    filled: &[Option<Filling>],
    object: &'a Object,
) -> Vec<Unknown<'a>> {
    if unknown.is_empty() {
        return Vec::new();
    }
    let names = || object.fields.iter().map(|field| field.name.as_str());
    let is_free = |(_, filling): &(&str, &Option<Filling>)| filling.is_none();
    let free = Candidates::new(names().zip(filled).filter(is_free).map(|(name, _)| name));
    let all = Candidates::new(names());
    let mut comparisons = COMPARED;
    let mut meaning = |name| {
        if let Some(same) = free.same(name) {
            return Some(same);
        }
        if comparisons == 0 {
            return all.same(name);
        }
        comparisons -= 1;
        let near = free.near(name);
        near.or_else(|| all.same(name)).or_else(|| all.near(name))
    };
    unknown
        .into_iter()
        .map(|index| Unknown {
            index,
            meant: meaning(written[index]),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use ingest_schema::{Field, Kind};

    use super::*;

    fn object() -> Object {
        let names = ["event_id", "occurred_at", "revenue", "url"];
        let fields = names.map(|name| Field::new(name, Kind::Text));
        Object::new("page_view", fields.into())
    }

    #[test]
    fn equal_names_pair_in_any_order() {
        let object = object();
        let pairing = pair(&["url", "event_id", "revenue"], &["occurred_at"], &object);
        assert_eq!(
            pairing.filled,
            [
                Some(Filling::Field(1)),
                Some(Filling::Blank(0)),
                Some(Filling::Field(2)),
                Some(Filling::Field(0))
            ]
        );
        assert!(pairing.missing(&object).is_empty());
    }

    #[test]
    fn a_typo_is_unknown_and_what_it_meant_is_not_missing() {
        let object = object();
        let pairing = pair(&["event_id", "occurred_at", "revenu"], &[], &object);
        let meant = Some("revenue");
        assert_eq!(pairing.unknown, [Unknown { index: 2, meant }]);
        let missing: Vec<_> = pairing
            .missing(&object)
            .iter()
            .map(|field| &*field.name)
            .collect();
        assert_eq!(missing, ["url"]);
    }

    #[test]
    fn a_typo_in_blank_is_one_mistake_too() {
        let object = object();
        let pairing = pair(&["event_id", "occurred_at", "url"], &["revenu"], &object);
        assert_eq!(pairing.unknown_blank[0].meant, Some("revenue"));
        assert!(pairing.missing(&object).is_empty());
    }

    #[test]
    fn a_typo_means_a_field_that_is_still_free() {
        let fields = ["user_id", "user_ids"].map(|name| Field::new(name, Kind::Text));
        let object = Object::new("o", fields.into());
        let pairing = pair(&["user_id", "UserId_"], &[], &object);
        assert_eq!(pairing.unknown[0].meant, Some("user_ids"));
    }

    #[test]
    fn a_second_claim_is_repeated_and_a_blank_of_a_filled_field_needless() {
        let object = object();
        let pairing = pair(
            &["url", "url"],
            &["url", "revenue", "revenue", "referer"],
            &object,
        );
        assert_eq!(pairing.repeated, [(0, 1)]);
        assert_eq!(pairing.needless_blank, [0, 2]);
        assert_eq!(
            pairing.unknown_blank,
            [Unknown {
                index: 3,
                meant: None
            }]
        );
    }
}
