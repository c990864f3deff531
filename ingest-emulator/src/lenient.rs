//! What a lenient tenant makes of a record: it takes everything and keeps what it understands.
//!
//! Unknown keys are dropped, values of the wrong form become blank, and a record without a key
//! becomes the one blank row that every such record overwrites. Nothing is refused here.

use std::borrow::Cow;

use crate::check::Upsert;
use crate::object::Object;
use crate::options::Options;
use crate::record::Value;
use crate::scan::members;
use crate::store::write_row;
use crate::value::fault;

/// The record as it lands, or `None` if it is no JSON object and is lost.
pub(crate) fn record<'a>(object: &Object, options: &Options, text: &'a str) -> Option<Upsert<'a>> {
    text.starts_with('{').then_some(())?;
    let mut values: Vec<Option<Value<'a>>> = vec![None; object.fields().len()];
    for (guess, member) in members(text).enumerate() {
        if let Some(at) = object.position(member.key, guess) {
            let fault = fault(&object.fields()[at], false, member.value, options);
            values[at] = Some(if fault.is_some() {
                Value::NULL
            } else {
                member.value
            });
        }
    }
    let modified = object.modified.and_then(|at| values[at]);
    Some(Upsert {
        key: values[object.key].unwrap_or(Value::NULL).as_key(),
        modified: modified.and_then(|value| object.moment(value)),
        text: Cow::Owned(row(object, &values)),
    })
}

/// A full row has every field; a partial one only those that came.
fn row(object: &Object, values: &[Option<Value<'_>>]) -> String {
    let fields = object.fields().iter().zip(values);
    write_row(fields.filter_map(|(field, value)| {
        let blank = (!object.partial).then_some(Value::NULL);
        Some((field.name.as_str(), value.or(blank)?))
    }))
}
