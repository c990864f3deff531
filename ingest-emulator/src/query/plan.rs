//! What a SQL text asks for, or which part of it is not understood here.
//!
//! One table, columns or a count, a condition, an order, a limit. The parser knows all of SQL; what
//! it found beyond this is named in the error. Nothing is looked up in rows.

use sqlparser::ast::{
    BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, InTarget, LimitClause,
    ObjectName, OrderByKind, OrderBySort, Query, Select, SelectItem, SetExpr, Statement,
    UnaryOperator, Value,
};
use sqlparser::dialect::AnsiDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::cell::{Cell, Sort};
use super::filter::{Filter, Operator};
use super::relation::{Column, Relation};

/// So many words and signs a text may have. Each `AND` makes a tree deeper by one.
const MOST_TOKENS: usize = 1_000;

#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) relation: Relation,
    pub(crate) output: Output,
    pub(crate) filter: Option<Filter>,
    pub(crate) order: Vec<By>,
    pub(crate) limit: Option<usize>,
    pub(crate) offset: usize,
}

#[derive(Debug)]
pub(crate) enum Output {
    /// The names they are shown by, and their positions.
    Columns(Vec<(String, usize)>),
    /// The name it is shown by.
    Count(String),
}

#[derive(Debug)]
pub(crate) struct By {
    pub(crate) column: usize,
    pub(crate) descending: bool,
    /// Where it is said; otherwise nulls are the largest.
    pub(crate) nulls_first: Option<bool>,
}

/// Why a text cannot be asked, for its author.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unclear(pub(crate) String);

type Clear<T> = Result<T, Unclear>;

const KNOWN: &str = "this emulator knows SELECT columns, * or COUNT(*) FROM one table, WHERE with =, <>, \
    <, <=, >, >=, IN, BETWEEN, IS NULL, AND, OR and NOT, ORDER BY columns, LIMIT and OFFSET";

fn unsupported<T>(what: impl std::fmt::Display) -> Clear<T> {
    let what: String = what.to_string().chars().take(200).collect();
    Err(Unclear(format!("`{what}` is not supported; {KNOWN}")))
}

impl Plan {
    /// `named` finds a table by its name.
    pub(crate) fn of(sql: &str, named: impl FnOnce(&str) -> Option<Relation>) -> Clear<Self> {
        let query = parsed(sql)?;
        let SetExpr::Select(select) = &*query.body else {
            return unsupported(&query.body);
        };
        check_clauses(&query, select)?;
        let name = table_name(select)?;
        let unknown = || Unclear(format!("there is no table `{name}`"));
        let relation = named(&name).ok_or_else(unknown)?;
        let columns = Columns(&relation.columns);
        let filter = select.selection.as_ref().map(|expr| columns.filter(expr));
        let (limit, offset) = limits(&query)?;
        Ok(Self {
            output: columns.output(&select.projection)?,
            filter: filter.transpose()?,
            order: columns.order(&query)?,
            limit,
            offset,
            relation,
        })
    }
}

fn parsed(sql: &str) -> Clear<Query> {
    let wrong = |error: &dyn std::fmt::Display| Unclear(format!("the SQL cannot be read: {error}"));
    let tokens = Tokenizer::new(&AnsiDialect {}, sql).tokenize();
    let mut tokens = tokens.map_err(|error| wrong(&error))?;
    tokens.retain(|token| !matches!(token, Token::Whitespace(_)));
    if tokens.len() > MOST_TOKENS {
        let message = format!("the SQL has more than {MOST_TOKENS} words and signs");
        return Err(Unclear(message));
    }
    let statements = Parser::new(&AnsiDialect {})
        .with_tokens(tokens)
        .parse_statements();
    let mut statements = statements.map_err(|error| wrong(&error))?.into_iter();
    match (statements.next(), statements.next()) {
        (Some(Statement::Query(query)), None) => Ok(*query),
        (Some(other), None) => unsupported(other),
        (None, _) => Err(Unclear("the SQL is empty".to_owned())),
        (Some(_), Some(_)) => Err(Unclear("there is more than one statement".to_owned())),
    }
}

/// What is written beside the clauses that are looked at shows in the text that they make alone.
fn check_clauses(query: &Query, select: &Select) -> Clear<()> {
    let mut known = vec![format!("SELECT {}", listed(&select.projection))];
    if let [table] = &*select.from {
        known.push(format!("FROM {}", table.relation));
    }
    if let Some(filter) = &select.selection {
        known.push(format!("WHERE {filter}"));
    }
    if select.to_string() != known.join(" ") {
        return unsupported(select);
    }
    known.extend(query.order_by.as_ref().map(ToString::to_string));
    let limit = query.limit_clause.as_ref().map(ToString::to_string);
    known.extend(limit.map(|limit| limit.trim_start().to_owned()));
    if query.to_string() == known.join(" ") {
        Ok(())
    } else {
        unsupported(query)
    }
}

fn listed(items: &[SelectItem]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    items.join(", ")
}

fn table_name(select: &Select) -> Clear<String> {
    let [table] = &*select.from else {
        return unsupported(select);
    };
    match &table.relation {
        sqlparser::ast::TableFactor::Table { name, .. }
            if table.to_string() == name.to_string() =>
        {
            last_part(name)
        }
        _ => unsupported(table),
    }
}

fn last_part(name: &ObjectName) -> Clear<String> {
    match &*name.0 {
        [part] => part.as_ident().map(|ident| ident.value.clone()),
        _ => None,
    }
    .map_or_else(|| unsupported(name), Ok)
}

fn limits(query: &Query) -> Clear<(Option<usize>, usize)> {
    match &query.limit_clause {
        None => Ok((None, 0)),
        Some(LimitClause::LimitOffset {
            limit,
            offset,
            limit_by,
        }) if limit_by.is_empty() => {
            let limit = limit.as_ref().map(whole).transpose()?;
            let offset = offset
                .as_ref()
                .map(|offset| whole(&offset.value))
                .transpose()?;
            Ok((limit, offset.unwrap_or(0)))
        }
        Some(other) => unsupported(other),
    }
}

fn whole(expr: &Expr) -> Clear<usize> {
    let number = match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(text, _) => text.parse().ok(),
            _ => None,
        },
        _ => None,
    };
    number.map_or_else(|| unsupported(expr), Ok)
}

/// The columns that a text may name.
struct Columns<'r>(&'r [Column]);

impl Columns<'_> {
    fn named(&self, expr: &Expr) -> Clear<usize> {
        let Expr::Identifier(ident) = expr else {
            return unsupported(expr);
        };
        let mut columns = self.0.iter();
        let is_it = |column: &Column| column.name.eq_ignore_ascii_case(&ident.value);
        let unknown = || Unclear(format!("there is no column `{}`", ident.value));
        columns.position(is_it).ok_or_else(unknown)
    }

    fn output(&self, items: &[SelectItem]) -> Clear<Output> {
        if let [item] = items
            && let Some(name) = count(item)
        {
            return Ok(Output::Count(name));
        }
        let mut output = Vec::new();
        for item in items {
            match item {
                SelectItem::Wildcard(_) if item.to_string() == "*" => {
                    let all = self.0.iter().enumerate();
                    output.extend(all.map(|(at, column)| (column.name.clone(), at)));
                }
                SelectItem::UnnamedExpr(expr) => {
                    let at = self.named(expr)?;
                    output.push((self.0[at].name.clone(), at));
                }
                SelectItem::ExprWithAlias { expr, alias } => {
                    output.push((alias.value.clone(), self.named(expr)?));
                }
                other => return unsupported(other),
            }
        }
        Ok(Output::Columns(output))
    }

    fn order(&self, query: &Query) -> Clear<Vec<By>> {
        let Some(order) = &query.order_by else {
            return Ok(Vec::new());
        };
        let OrderByKind::Expressions(all) = &order.kind else {
            return unsupported(order);
        };
        let by = |by: &sqlparser::ast::OrderByExpr| {
            let descending = match &by.options.sort {
                None | Some(OrderBySort::Asc) => false,
                Some(OrderBySort::Desc) => true,
                Some(OrderBySort::Using(_)) => return unsupported(by),
            };
            if by.with_fill.is_some() {
                return unsupported(by);
            }
            Ok(By {
                column: self.named(&by.expr)?,
                descending,
                nulls_first: by.options.nulls_first,
            })
        };
        all.iter().map(by).collect()
    }

    fn filter(&self, expr: &Expr) -> Clear<Filter> {
        match expr {
            Expr::Nested(inner) => self.filter(inner),
            Expr::UnaryOp {
                op: UnaryOperator::Not,
                expr,
            } => Ok(not(self.filter(expr)?, true)),
            Expr::BinaryOp { left, op, right } => self.binary(expr, left, op, right),
            Expr::IsNull(inner) => Ok(Filter::IsNull(self.named(inner)?)),
            Expr::IsNotNull(inner) => Ok(not(Filter::IsNull(self.named(inner)?), true)),
            Expr::In {
                expr,
                target: InTarget::List(list),
                negated,
                global: false,
            } => {
                let column = self.named(expr)?;
                let values = list.iter().map(|value| self.literal(column, value));
                let values = values.collect::<Clear<_>>()?;
                Ok(not(Filter::In(column, values), *negated))
            }
            Expr::Between {
                expr,
                negated,
                low,
                high,
            } => {
                let column = self.named(expr)?;
                let low = self.literal(column, low)?;
                let high = self.literal(column, high)?;
                let low = Filter::Compare(column, Operator::AtLeast, low);
                let high = Filter::Compare(column, Operator::AtMost, high);
                Ok(not(Filter::And(low.into(), high.into()), *negated))
            }
            other => unsupported(other),
        }
    }

    fn binary(&self, all: &Expr, left: &Expr, op: &BinaryOperator, right: &Expr) -> Clear<Filter> {
        let operator = match op {
            BinaryOperator::And => {
                let (left, right) = (self.filter(left)?, self.filter(right)?);
                return Ok(Filter::And(left.into(), right.into()));
            }
            BinaryOperator::Or => {
                let (left, right) = (self.filter(left)?, self.filter(right)?);
                return Ok(Filter::Or(left.into(), right.into()));
            }
            BinaryOperator::Eq => Operator::Equal,
            BinaryOperator::NotEq => Operator::Unequal,
            BinaryOperator::Lt => Operator::Less,
            BinaryOperator::LtEq => Operator::AtMost,
            BinaryOperator::Gt => Operator::More,
            BinaryOperator::GtEq => Operator::AtLeast,
            _ => return unsupported(all),
        };
        let is_column = |expr: &Expr| matches!(expr, Expr::Identifier(_));
        match (is_column(left), is_column(right)) {
            (true, false) => {
                let column = self.named(left)?;
                Ok(Filter::Compare(
                    column,
                    operator,
                    self.literal(column, right)?,
                ))
            }
            (false, true) => {
                let column = self.named(right)?;
                let value = self.literal(column, left)?;
                Ok(Filter::Compare(column, operator.turned(), value))
            }
            _ => unsupported(all),
        }
    }

    /// A value to compare a column with, in the column's own sort.
    fn literal(&self, column: usize, expr: &Expr) -> Clear<Cell> {
        let known = &self.0[column];
        let cell = match expr {
            Expr::UnaryOp {
                op: UnaryOperator::Minus,
                expr: inner,
            } => match &**inner {
                Expr::Value(value) => number(&format!("-{}", value.value)),
                _ => None,
            },
            Expr::Value(value) => match &value.value {
                Value::Null => return Ok(Cell::Null),
                Value::Boolean(value) => Some(Cell::Boolean(*value)),
                Value::Number(text, _) => number(text),
                Value::SingleQuotedString(text) => Some(Cell::of_text(known.sort, text.clone())),
                _ => None,
            },
            _ => None,
        };
        let Some(cell) = cell else {
            return unsupported(expr);
        };
        let fits = match known.sort {
            Sort::Number | Sort::Count => matches!(cell, Cell::Number(..)),
            Sort::Boolean => matches!(cell, Cell::Boolean(_)),
            Sort::Date | Sort::Time => matches!(cell, Cell::Time(..)),
            Sort::Text => matches!(cell, Cell::Text(_)),
        };
        if fits {
            return Ok(cell);
        }
        let (sort, _) = known.sort.type_and_code();
        Err(Unclear(format!(
            "column `{}` is a {sort}, which `{expr}` is not",
            known.name
        )))
    }
}

fn number(text: &str) -> Option<Cell> {
    Cell::of_number(text)
}

fn not(filter: Filter, negated: bool) -> Filter {
    if negated {
        Filter::Not(filter.into())
    } else {
        filter
    }
}

/// The name that `COUNT(*)` is shown by, if the item is that.
fn count(item: &SelectItem) -> Option<String> {
    let (expr, name) = match item {
        SelectItem::UnnamedExpr(expr) => (expr, "count".to_owned()),
        SelectItem::ExprWithAlias { expr, alias } => (expr, alias.value.clone()),
        _ => return None,
    };
    let Expr::Function(function) = expr else {
        return None;
    };
    let is_star = match &function.args {
        FunctionArguments::List(list) => matches!(
            &*list.args,
            [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)]
        ),
        _ => false,
    };
    let is_count = function.to_string().eq_ignore_ascii_case("count(*)");
    (is_star && is_count).then_some(name)
}
