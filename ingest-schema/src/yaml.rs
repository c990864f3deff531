//! Text to a tree with positions. The only file that knows the YAML crate.
//!
//! Works on the parser's events rather than on a ready-made tree, so that depth, repeated keys and
//! aliases are judged before anything is built from them. Knows nothing of schemas.

use std::collections::HashMap;
use std::rc::Rc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span};

use crate::problem::{Findings, Place, Rule};

/// How deep mappings and lists may nest; an OpenAPI file with its paths needs about twelve.
pub(crate) const MAX_DEPTH: usize = 64;

/// How many values a document may have once its aliases are written out. A schema of 200 objects
/// with 1,000 fields each, all described, has about two million.
pub(crate) const MAX_NODES: u64 = 3_000_000;

/// A value of the document. Aliased values are shared, so aliases cost no memory here; what
/// later stages build from them is bounded by `MAX_NODES`.
pub(crate) struct Node {
    pub(crate) at: Place,
    pub(crate) value: Value,
    /// How many values this one holds, itself included, with its aliases written out.
    weight: u64,
}

pub(crate) enum Value {
    /// Text as written; numbers and booleans are not interpreted, so `1.10` stays `1.10`.
    Scalar {
        text: String,
        plain: bool,
    },
    Map(Vec<Entry>),
    List,
}

pub(crate) type Entry = (Key, Rc<Node>);

pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) at: Place,
}

impl Node {
    /// Whether the value is missing, as in `info:`, or written as null.
    pub(crate) fn is_null(&self) -> bool {
        match &self.value {
            Value::Scalar { text, plain: true } => {
                matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
            }
            _ => false,
        }
    }

    /// What it is, for messages.
    pub(crate) fn shape(&self) -> &'static str {
        match &self.value {
            _ if self.is_null() => "nothing",
            Value::Scalar { .. } => "a plain value",
            Value::Map(_) => "a mapping",
            Value::List => "a list",
        }
    }
}

/// Reads one document; `None` when it is too broken to go on, with the reason among the findings.
pub(crate) fn read(text: &str, findings: &mut Findings) -> Option<Rc<Node>> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let message = format!("this is not YAML: {}", error.info());
                findings.report(Rule::Syntax, place(*error.marker()), message);
                return None;
            }
        };
        if let Err(Stop { rule, message }) = builder.take(event, span, findings) {
            findings.report(rule, place(span.start), message);
            return None;
        }
    }
    builder.root
}

fn place(marker: Marker) -> Place {
    Place {
        line: marker.line(),
        column: marker.col() + 1,
    }
}

/// Why reading cannot go on.
struct Stop {
    rule: Rule,
    message: String,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Rc<Node>>,
    root: Option<Rc<Node>>,
    documents: usize,
}

/// A mapping or list whose end has not been seen yet.
struct Open {
    at: Place,
    anchor: usize,
    weight: u64,
    content: Content,
}

enum Content {
    List,
    Map {
        entries: Vec<Entry>,
        /// Where each key was seen last; filled when there are more than [`FEW`].
        seen: HashMap<String, usize>,
        key: Option<Key>,
    },
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span, findings: &mut Findings) -> Result<(), Stop> {
        let at = place(span.start);
        match event {
            Event::DocumentStart(_) => self.start_document(),
            Event::Scalar(text, style, anchor, _) => {
                let value = Value::Scalar {
                    text: text.into_owned(),
                    plain: style == ScalarStyle::Plain,
                };
                self.complete(
                    Node {
                        at,
                        value,
                        weight: 1,
                    },
                    anchor,
                    findings,
                )
            }
            Event::SequenceStart(anchor, _) => self.open(at, anchor, Content::List),
            Event::MappingStart(anchor, _) => {
                let content = Content::Map {
                    entries: Vec::new(),
                    seen: HashMap::new(),
                    key: None,
                };
                self.open(at, anchor, content)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(findings),
            Event::Alias(anchor) => self.alias(anchor, at, findings),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn start_document(&mut self) -> Result<(), Stop> {
        self.documents += 1;
        if self.documents > 1 {
            return Err(Stop {
                rule: Rule::Shape,
                message: "a second document starts here; a schema is one document".into(),
            });
        }
        Ok(())
    }

    fn open(&mut self, at: Place, anchor: usize, content: Content) -> Result<(), Stop> {
        if self.open.len() == MAX_DEPTH {
            return Err(Stop {
                rule: Rule::Limit,
                message: format!("values nest deeper than {MAX_DEPTH} levels"),
            });
        }
        self.open.push(Open {
            at,
            anchor,
            weight: 1,
            content,
        });
        Ok(())
    }

    fn close(&mut self, findings: &mut Findings) -> Result<(), Stop> {
        let open = self
            .open
            .pop()
            .expect("BUG: an end event without its start");
        let value = match open.content {
            Content::List => Value::List,
            Content::Map { entries, .. } => Value::Map(entries),
        };
        let node = Node {
            at: open.at,
            value,
            weight: open.weight,
        };
        self.complete(node, open.anchor, findings)
    }

    fn complete(&mut self, node: Node, anchor: usize, findings: &mut Findings) -> Result<(), Stop> {
        let node = Rc::new(node);
        // The parser numbers anchors from 1; 0 means none.
        if anchor > 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        let at = node.at;
        self.place(node, at, findings)
    }

    fn alias(&mut self, anchor: usize, at: Place, findings: &mut Findings) -> Result<(), Stop> {
        match self.anchors.get(&anchor) {
            Some(node) => self.place(Rc::clone(node), at, findings),
            None => Err(Stop {
                rule: Rule::Unsupported,
                message: "this alias stands inside the value it repeats".into(),
            }),
        }
    }

    /// Puts a finished value where it belongs: the root, a list, or a mapping's key or value.
    fn place(&mut self, node: Rc<Node>, at: Place, findings: &mut Findings) -> Result<(), Stop> {
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        parent.weight = parent.weight.saturating_add(node.weight);
        if parent.weight > MAX_NODES {
            return Err(Stop {
                rule: Rule::Limit,
                message: format!("with its aliases written out, this has over {MAX_NODES} values"),
            });
        }
        let Content::Map { entries, seen, key } = &mut parent.content else {
            return Ok(());
        };
        match key.take() {
            Some(key) => entries.push((key, node)),
            None => *key = Some(read_key(&node, at, (entries, seen), findings)?),
        }
        Ok(())
    }
}

/// How many keys are compared one by one. Most mappings of a schema have two, and a derive without
/// optimisation would make and fill a table for each.
const FEW: usize = 8;

/// The line in which the mapping has had this key already.
fn line_before(
    text: &str,
    line: usize,
    entries: &[Entry],
    seen: &mut HashMap<String, usize>,
) -> Option<usize> {
    if entries.len() < FEW {
        let mut latest = entries.iter().rev();
        let same = latest.find(|(key, _)| key.text == text);
        return same.map(|(key, _)| key.at.line);
    }
    if seen.is_empty() {
        let all = entries.iter();
        seen.extend(all.map(|(key, _)| (key.text.clone(), key.at.line)));
    }
    seen.insert(text.to_owned(), line)
}

fn read_key(
    node: &Node,
    at: Place,
    (entries, seen): (&[Entry], &mut HashMap<String, usize>),
    findings: &mut Findings,
) -> Result<Key, Stop> {
    let Value::Scalar { text, .. } = &node.value else {
        return Err(Stop {
            rule: Rule::Shape,
            message: format!("{} cannot be a key", node.shape()),
        });
    };
    if let Some(first) = line_before(text, at.line, entries, seen) {
        let message = format!("the key `{text}` stands twice, first in line {first}");
        findings.report_with_help(Rule::DuplicateKey, at, message, "keep one of the two");
    }
    Ok(Key {
        text: text.clone(),
        at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of the keys that stand twice in a mapping of so many keys.
    fn repeated(keys: usize, again: &str) -> usize {
        let text: String = (0..keys).map(|key| format!("key_{key}: x\n")).collect();
        let mut findings = Findings::new("keys.yaml");
        assert!(read(&format!("{text}{again}: x\n"), &mut findings).is_some());
        findings.finish().errors().count()
    }

    #[test]
    fn a_repeated_key_is_seen_among_few_and_among_many() {
        for keys in [1, FEW - 1, FEW, FEW + 1, 4 * FEW] {
            assert_eq!(repeated(keys, "key_0"), 1, "first of {keys}");
            let last = format!("key_{}", keys - 1);
            assert_eq!(repeated(keys, &last), 1, "last of {keys}");
            assert_eq!(repeated(keys, "other"), 0, "none of {keys}");
        }
    }
}
