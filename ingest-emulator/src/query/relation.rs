//! The tables that can be asked: for each data stream its data lake object and its problem records.
//!
//! Names, columns and the values of a row; which rows are meant is decided elsewhere.

use std::sync::Arc;

use ingest_schema::Kind;

use super::cell::{Cell, Sort};
use crate::connect::{lake_name, stream_fields};
use crate::object::Object;
use crate::problems::ProblemRecord;
use crate::scan::members;
use crate::tenant::Tenant;

/// The columns of problem records.
const PROBLEM: [(&str, Sort); 6] = [
    ("error_code__c", Sort::Text),
    ("error_timestamp__c", Sort::Time),
    ("detailed_error__c", Sort::Text),
    ("error_row__c", Sort::Text),
    ("error_fields__c", Sort::Text),
    ("error_context__c", Sort::Text),
];

#[derive(Debug)]
pub(crate) struct Relation {
    /// The object's position.
    pub(crate) at: usize,
    pub(crate) is_problems: bool,
    pub(crate) columns: Vec<Column>,
    object: Arc<Object>,
    /// For each field of the object its column.
    places: Vec<Option<usize>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) sort: Sort,
}

/// A row before anybody has looked into it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Row<'a> {
    Landed(&'a str),
    Problem(&'a ProblemRecord),
}

impl Relation {
    /// The table of this name, in any case of letters.
    pub(crate) fn named(tenant: &Tenant, name: &str) -> Option<Self> {
        let objects = tenant.objects();
        let all = objects.iter().enumerate();
        let mut all = all.filter(|(_, object)| object.has_stream());
        all.find_map(|(at, object)| {
            let lake = lake_name(tenant, object);
            if name.eq_ignore_ascii_case(&lake) {
                Some(Self::landed(at, object))
            } else if name.eq_ignore_ascii_case(&format!("PR_{lake}")) {
                Some(Self::problems(at, object))
            } else {
                None
            }
        })
    }

    fn landed(at: usize, object: &Arc<Object>) -> Self {
        let mut places = vec![None; object.fields().len()];
        let mut columns = Vec::new();
        for (field, known) in stream_fields(object) {
            places[field] = Some(columns.len());
            columns.push(Column {
                name: format!("{}__c", known.name),
                sort: sort(known.kind),
            });
        }
        Self {
            at,
            is_problems: false,
            columns,
            object: Arc::clone(object),
            places,
        }
    }

    fn problems(at: usize, object: &Arc<Object>) -> Self {
        let column = |(name, sort): (&str, Sort)| {
            let name = name.to_owned();
            Column { name, sort }
        };
        Self {
            at,
            is_problems: true,
            columns: PROBLEM.into_iter().map(column).collect(),
            object: Arc::clone(object),
            places: Vec::new(),
        }
    }

    pub(crate) fn object(&self) -> &str {
        self.object.name()
    }

    pub(crate) fn cells(&self, row: Row<'_>) -> Vec<Cell> {
        match row {
            Row::Landed(text) => self.values(text),
            Row::Problem(problem) => {
                let fields = problem.fields.join(",");
                let texts = [
                    &problem.code,
                    &problem.time,
                    &problem.details(),
                    &problem.record,
                    &fields,
                    &problem.context,
                ];
                let sorts = PROBLEM.iter().map(|(_, sort)| *sort);
                let cells = sorts.zip(texts);
                cells
                    .map(|(sort, text)| Cell::of_text(sort, text.clone()))
                    .collect()
            }
        }
    }

    fn values(&self, text: &str) -> Vec<Cell> {
        let mut cells = vec![Cell::Null; self.columns.len()];
        for (guess, member) in members(text).enumerate() {
            let field = self.object.position(member.key, guess);
            if let Some(column) = field.and_then(|field| self.places[field]) {
                cells[column] = Cell::of(self.columns[column].sort, member.value);
            }
        }
        cells
    }
}

fn sort(kind: Kind) -> Sort {
    match kind {
        Kind::Number => Sort::Number,
        Kind::Boolean => Sort::Boolean,
        Kind::Date => Sort::Date,
        Kind::DateTime => Sort::Time,
        Kind::Text | Kind::Email | Kind::Phone | Kind::Percent | Kind::Url => Sort::Text,
    }
}
