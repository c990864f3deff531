//! What a lenient tenant makes of a record: it takes everything and keeps what it understands.
//!
//! Unknown keys are dropped, values of the wrong form become blank, and a record without a key
//! becomes the one blank row that every such record overwrites. Nothing is refused here; what was
//! lost is told where nobody listens, in a problem record.

use std::borrow::Cow;

use crate::check::Upsert;
use crate::object::Object;
use crate::options::Options;
use crate::problems::{Loss, ProblemRecord};
use crate::record::{Value, unescape};
use crate::scan::members;
use crate::table::write_row;
use crate::value::fault;

/// The record as it lands and what it lost, or a problem if it is no JSON object and is lost.
pub(crate) fn record<'a>(
    object: &Object,
    options: &Options,
    text: &'a str,
) -> Result<(Upsert<'a>, Option<Box<ProblemRecord>>), Box<ProblemRecord>> {
    if !text.starts_with('{') {
        let problem = ProblemRecord::new("NO_RECORD", "the record is no JSON object".to_owned());
        return Err(Box::new(problem.about(object.name(), "", text)));
    }
    let mut losses = Vec::new();
    let values = values(object, options, text, &mut losses);
    let modified = object.modified.and_then(|at| values[at]);
    let upsert = Upsert {
        key: values[object.key].unwrap_or(Value::NULL).as_key(),
        modified: modified.and_then(|value| object.moment(value)),
        text: Cow::Owned(row(object, &values)),
    };
    let problem = (!losses.is_empty()).then(|| {
        let problem = ProblemRecord::of_losses(losses);
        Box::new(problem.about(object.name(), &upsert.key, text))
    });
    Ok((upsert, problem))
}

/// What is understood of the record, by field.
fn values<'a>(
    object: &Object,
    options: &Options,
    text: &'a str,
    losses: &mut Vec<Loss>,
) -> Vec<Option<Value<'a>>> {
    let mut values: Vec<Option<Value<'a>>> = vec![None; object.fields().len()];
    for (guess, member) in members(text).enumerate() {
        let Some(at) = object.position(member.key, guess) else {
            let field = unescape(member.key).into_owned();
            let error = format!("#: extraneous key [{field}] is not permitted");
            losses.push(Loss { field, error });
            continue;
        };
        let field = &object.fields()[at];
        let fault = fault(field, false, member.value, options);
        values[at] = Some(fault.as_ref().map_or(member.value, |_| Value::NULL));
        losses.extend(fault.map(|error| Loss {
            field: field.name.clone(),
            error,
        }));
    }
    values
}

/// A full row has every field; a partial one only those that came.
fn row(object: &Object, values: &[Option<Value<'_>>]) -> String {
    let fields = object.fields().iter().zip(values);
    write_row(fields.filter_map(|(field, value)| {
        let blank = (!object.partial).then_some(Value::NULL);
        Some((field.name.as_str(), value.or(blank)?))
    }))
}
