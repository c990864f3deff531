//! Schemas at random, as they are meant: any kinds, every combination of roles that the rules allow,
//! hostile names and descriptions.
//!
//! Knows no YAML and no Rust.

use std::collections::HashSet;

use ingest_schema::{Category, Field, Kind, Object, RefreshMode, Schema};

use crate::driver::random::Random;
use crate::{names, yaml};

/// A schema and its file.
pub(crate) struct Drawn {
    /// The file's name without its ending; also a module's.
    pub(crate) name: String,
    /// What the file means.
    pub(crate) schema: Schema,
    /// For each object the position of the field that the tenant keeps rows by: the primary key, or
    /// where the schema names none, any field.
    pub(crate) keys: Vec<usize>,
    /// The file.
    pub(crate) yaml: String,
}

/// The schema of this number.
pub(crate) fn draw(seed: u64, number: usize) -> Drawn {
    let name = format!("s{number:02}");
    let mut random = Random::of(seed, &name);
    let mut taken = HashSet::new();
    let mut objects = Vec::new();
    for _ in 0..=random.below(3) {
        let name = names::object(&mut random, &mut taken);
        objects.push(object(&mut random, name));
    }
    let keys = objects.iter().map(|object| key(&mut random, object));
    let keys = keys.collect();
    let schema = Schema::new(connector(&mut random), objects);
    let yaml = yaml::print(&mut random, &schema);
    Drawn {
        name,
        schema,
        keys,
        yaml,
    }
}

fn connector(random: &mut Random) -> Option<String> {
    const CONNECTORS: &[&str] = &[
        "Web",
        "My Connector",
        "ünï ∞",
        "50%",
        "a?b#c",
        "q\"uo'te",
        "back\\slash",
        "%2e%2e",
        "a+b&c=d",
        "...",
        "😀",
        "[x]{y}",
        "null",
        "Web_1-2.3",
    ];
    (!random.one_in(3)).then(|| (*random.pick(CONNECTORS)).to_owned())
}

fn object(random: &mut Random, name: String) -> Object {
    let most = *random.pick(&[1, 4, 10, 10, 25, 60]);
    let count = 1 + random.below(most);
    let mut taken = HashSet::new();
    let fields = (0..count).map(|_| {
        let name = names::field(random, &mut taken);
        let mut field = Field::new(name, *random.pick(&Kind::ALL));
        field.description = description(random);
        field
    });
    let mut object = Object::new(name, fields.collect());
    object.description = description(random);
    if !random.one_in(4) {
        roles(random, &mut object);
    }
    object
}

/// What the rules allow: an Engagement needs a date-time and has neither a record modified field nor
/// Partial refresh; times are date-times. One field may have two roles.
fn roles(random: &mut Random, object: &mut Object) {
    let category = [
        None,
        Some(Category::Profile),
        Some(Category::Engagement),
        Some(Category::Other),
    ];
    object.roles.category = *random.pick(&category);
    if !random.one_in(4) {
        let at = random.below(object.fields.len());
        // Keys are mostly text, but nothing says that they must be.
        if random.one_in(2) {
            object.fields[at].kind = Kind::Text;
        }
        object.roles.primary_key = Some(object.fields[at].name.clone());
    }
    let engagement = object.roles.category == Some(Category::Engagement);
    if engagement || random.one_in(2) {
        let at = random.below(object.fields.len());
        object.fields[at].kind = Kind::DateTime;
    }
    let moments: Vec<_> = object
        .fields
        .iter()
        .filter(|field| field.kind == Kind::DateTime)
        .map(|field| field.name.clone())
        .collect();
    let moment = |random: &mut Random| {
        let some = !moments.is_empty() && random.one_in(2);
        some.then(|| random.pick(&moments).clone())
    };
    object.roles.event_time = moment(random);
    object.roles.record_modified = moment(random).filter(|_| !engagement);
    let mode = [None, Some(RefreshMode::Upsert), Some(RefreshMode::Partial)];
    let mode = *random.pick(&mode);
    object.roles.refresh_mode = mode.filter(|mode| !(engagement && *mode == RefreshMode::Partial));
}

fn key(random: &mut Random, object: &Object) -> usize {
    let key = object.roles.primary_key.as_deref();
    let position = |name| object.fields.iter().position(|field| field.name == name);
    key.and_then(position)
        .unwrap_or_else(|| random.below(object.fields.len()))
}

fn description(random: &mut Random) -> Option<String> {
    const PROSE: &[&str] = &[
        "When it happened.",
        "ends a comment */ and starts one /* and // another",
        "\"quotes\", \\backslashes\\ and `ticks",
        "```\nlet x: u8 = \"no code\";\n```",
        "- a list\n  - within\nand on",
        "# A heading\n\n    indented",
        "[a link](to nowhere) and [`Broken`] <tag> <https://example.com>",
        "two\r\nlines\rand three",
        "right to left \u{202e} and nothing\u{200b} at all",
        "ünï ∞ 😀 {braces} {{}} #[attribute] $dollar",
        "a very long line that goes on and on and on and on and on and on and on and on and on and on and on",
        "> quoted\n1. counted\n* starred",
        "#![deny(warnings)]",
    ];
    random.one_in(3).then(|| (*random.pick(PROSE)).to_owned())
}
