//! What a struct derives: what every record derives, and what its user wants beside it.

use crate::error::GenerateError;
use crate::plausible;

/// What records are to those who handle them; the derive of this toolchain comes last.
const ALWAYS: [&str; 3] = ["Debug", "Clone", "PartialEq"];

pub(crate) const RECORD: &str = "::ingest_core::IngestRecord";

/// For a stream in Partial refresh mode, where a record with every field would blank what it lacks.
pub(crate) const PATCH: &str = "::ingest_core::IngestPatch";

/// Whether every wanted derive can be one.
pub(crate) fn check(wanted: &[String]) -> Result<(), GenerateError> {
    match wanted.iter().find(|path| !plausible::is_path(path)) {
        Some(path) => Err(GenerateError::Derive { path: path.clone() }),
        None => Ok(()),
    }
}

/// The derives of a struct, each once, those that were wanted sorted behind the usual ones.
///
/// A wanted derive with the name of a usual one takes its place: two cannot implement one trait.
pub(crate) fn list<'a>(wanted: &'a [String], default: bool, record: &'static str) -> Vec<&'a str> {
    let mut usual = Vec::from(ALWAYS);
    usual.extend(default.then_some("Default"));
    let mut wanted: Vec<&'a str> = wanted.iter().map(String::as_str).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut further = Vec::new();
    for path in wanted {
        if [RECORD, PATCH].map(name).contains(&name(path)) {
            continue;
        }
        match usual.iter_mut().find(|usual| name(usual) == name(path)) {
            Some(place) => *place = path,
            None => further.push(path),
        }
    }
    [usual, further, vec![record]].concat()
}

fn name(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(wanted: &[&str], default: bool) -> String {
        let wanted: Vec<_> = wanted.iter().map(ToString::to_string).collect();
        check(&wanted).unwrap();
        list(&wanted, default, RECORD).join(", ")
    }

    #[test]
    fn derives_are_sorted_and_stand_once() {
        assert_eq!(
            listed(&["serde::Serialize", "Eq", "Debug", "Eq"], false),
            "Debug, Clone, PartialEq, Eq, serde::Serialize, ::ingest_core::IngestRecord"
        );
        assert_eq!(
            listed(&["Default"], true),
            "Debug, Clone, PartialEq, Default, ::ingest_core::IngestRecord"
        );
        assert_eq!(listed(&["Default"], false), listed(&["Default"], true));
    }

    #[test]
    fn a_derive_of_the_same_name_takes_the_place() {
        assert_eq!(
            listed(&["short::Debug", "ingest_core::IngestRecord"], false),
            "short::Debug, Clone, PartialEq, ::ingest_core::IngestRecord"
        );
    }
}
