//! Writes the entries of a validation report.
//!
//! The service writes a record from a hash map, so its keys come in any order and a client must
//! compare values, not texts. Here they come sorted, which differs from what was sent just as well.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::scan::members;
use crate::table::write_row;

/// One failing record, as a string of JSON, with what is wrong with it.
pub(crate) fn entry(record: &str, causes: &[String]) -> Value {
    json!({"record": rewritten(record), "causingExceptions": causes})
}

fn rewritten(record: &str) -> String {
    if !record.starts_with('{') {
        return record.to_owned();
    }
    let sorted: BTreeMap<_, _> = members(record)
        .map(|member| (member.key, member.value))
        .collect();
    write_row(sorted.into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_rewritten_with_every_digit() {
        let record = "{ \"b\" : 1.50, \"a\\n\":\"\\u00e4\" }";
        assert_eq!(rewritten(record), r#"{"a\n":"\u00e4","b":1.50}"#);
        assert_eq!(rewritten("17"), "17");
    }
}
