//! The strict check of a record: every field there, nothing else there, every value of its kind.
//!
//! It reads each record once, while the body is scanned, borrows what it reads, and says everything
//! that is wrong with it. It stores nothing and answers nobody.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::moment::Moment;
use crate::object::Object;
use crate::options::Options;
use crate::record::{Member, Value, unescape};
use crate::scan::{Malformed, Scan};
use crate::value::{fault, found};

/// A record that may go into the store.
#[derive(Debug)]
pub(crate) struct Upsert<'a> {
    pub(crate) key: Cow<'a, str>,
    pub(crate) modified: Option<Moment>,
    pub(crate) text: Cow<'a, str>,
}

/// Why a record may not.
#[derive(Debug)]
pub(crate) enum Refusal<'a> {
    /// The record, and the validator's words, one for each thing that is wrong.
    Causes(&'a str, Vec<String>),
    /// A key came twice. The JSON library that the validator stands on takes the whole body for
    /// malformed then, so there is no report.
    Twice(String),
    /// The body is no JSON from here on.
    Malformed,
}

impl From<Malformed> for Refusal<'_> {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// Checks records of one object, one after the other.
#[derive(Debug)]
pub(crate) struct Checker<'t> {
    object: &'t Object,
    options: &'t Options,
    /// For each field the number of the last record that had it: nothing to clear between records.
    seen: Vec<usize>,
    round: usize,
}

/// What the walk over one record has found so far.
#[derive(Debug, Default)]
struct Findings<'a> {
    known: usize,
    key: Option<Value<'a>>,
    modified: Option<Value<'a>>,
    extraneous: BTreeSet<Cow<'a, str>>,
    faults: Vec<String>,
}

impl<'t> Checker<'t> {
    pub(crate) fn new(object: &'t Object, options: &'t Options) -> Self {
        Self {
            object,
            options,
            seen: vec![0; object.fields().len()],
            round: 0,
        }
    }

    /// Takes the scan past the record that it stands before.
    pub(crate) fn record<'a>(&mut self, scan: &mut Scan<'a>) -> Result<Upsert<'a>, Refusal<'a>> {
        let start = scan.here();
        if !scan.eat(b'{') {
            let value = scan.value()?;
            let found = found(value);
            let cause = format!("#: expected type: JSONObject, found: {found}");
            return Err(Refusal::Causes(value.0, vec![cause]));
        }
        self.round += 1;
        let mut findings = Findings::default();
        let mut at = 0;
        while let Some(member) = scan.member(at == 0, self.object.quoted(at))? {
            self.member(member, at, &mut findings)?;
            at += 1;
        }
        let text = scan.since(start);
        let causes = self.causes(&findings);
        if causes.is_empty() {
            Ok(self.upsert(text, &findings))
        } else {
            Err(Refusal::Causes(text, causes))
        }
    }

    fn member<'a>(
        &mut self,
        member: Member<'a>,
        guess: usize,
        findings: &mut Findings<'a>,
    ) -> Result<(), Refusal<'a>> {
        let at = if member.is_guess {
            Some(guess)
        } else {
            self.object.position(member.key, guess)
        };
        let Some(at) = at else {
            return extraneous(unescape(member.key), findings);
        };
        if std::mem::replace(&mut self.seen[at], self.round) == self.round {
            return Err(Refusal::Twice(unescape(member.key).into_owned()));
        }
        findings.known += 1;
        if at == self.object.key {
            findings.key = Some(member.value);
        }
        if Some(at) == self.object.modified {
            findings.modified = Some(member.value);
        }
        let field = &self.object.fields()[at];
        let has_role = self.object.has_role(at);
        findings
            .faults
            .extend(fault(field, has_role, member.value, self.options));
        Ok(())
    }

    /// In the order of the recorded report: what is missing, what is too much, what is wrong.
    fn causes(&self, findings: &Findings<'_>) -> Vec<String> {
        let mut causes = Vec::new();
        let fields = self.object.fields();
        if findings.known < fields.len() {
            let missing = |at: &usize| self.seen[*at] != self.round && !self.object.may_lack(*at);
            causes.extend((0..fields.len()).filter(missing).map(|at| {
                let name = &fields[at].name;
                format!("#: required key [{name}] not found")
            }));
        }
        let extraneous = findings.extraneous.iter();
        causes.extend(extraneous.map(|key| format!("#: extraneous key [{key}] is not permitted")));
        causes.extend(findings.faults.iter().cloned());
        causes
    }

    fn upsert<'a>(&self, text: &'a str, findings: &Findings<'a>) -> Upsert<'a> {
        let key = findings.key.unwrap_or(Value::NULL).as_key();
        let modified = findings
            .modified
            .and_then(|value| self.object.moment(value));
        Upsert {
            key,
            modified,
            text: Cow::Borrowed(text),
        }
    }
}

fn extraneous<'a>(name: Cow<'a, str>, findings: &mut Findings<'a>) -> Result<(), Refusal<'a>> {
    match findings.extraneous.replace(name) {
        Some(twice) => Err(Refusal::Twice(twice.into_owned())),
        None => Ok(()),
    }
}
