//! Structs as people write them, at random: other types, names and orders than generated ones have.
//!
//! Prints Rust; sends nothing. Whether a struct compiles is for the compiler to say: every one that
//! is printed here should.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use heck::{ToKebabCase, ToLowerCamelCase, ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use ingest_schema::names::field_idents;
use ingest_schema::{Kind, Object};

use crate::driver::random::Random;
use crate::schemas::Drawn;

/// The struct's text, and how its fields are drawn.
pub(crate) struct Shape {
    /// The struct with its derive.
    pub(crate) text: String,
    /// The type with its parameters filled in.
    pub(crate) ty: String,
    /// For each field that is sent, its identifier and its position in the schema.
    pub(crate) fields: Vec<(String, usize)>,
    /// Fields that are not sent: identifiers and values.
    pub(crate) skipped: Vec<(String, &'static str)>,
    /// Whether a field says that it is the primary key.
    pub(crate) claims_key: bool,
}

/// A field of the struct.
struct Member {
    ident: String,
    attributes: Vec<String>,
    ty: String,
}

/// A struct of this name for an object of the schema.
pub(crate) fn draw(random: &mut Random, drawn: &Drawn, at: usize, name: &str) -> Shape {
    let object = &drawn.schema.objects[at];
    let key = drawn.keys[at];
    let claims_key = random.one_in(2);
    let rule = random.pick(RULES);
    let blanks = blanks(random, object, key);
    let mut printer = Printer {
        random,
        object,
        rule: *rule,
        idents: HashSet::new(),
        params: Vec::new(),
    };
    let mut members = Vec::new();
    let mut fields = Vec::new();
    for at in (0..object.fields.len()).filter(|at| !blanks.contains(at)) {
        let is_key = at == key;
        let mut member = printer.member(at, is_key);
        if is_key && claims_key {
            member.attributes.push("key".into());
        }
        fields.push((member.ident.clone(), at));
        members.push(member);
    }
    let skipped = printer.skipped(&mut members);
    printer.random.shuffle(&mut members);
    let params = std::mem::take(&mut printer.params);
    let attributes = container(random, drawn, object, rule.0, &blanks);
    let borrows = members.iter().any(|member| member.ty.contains("'a"))
        || params.iter().any(|concrete| concrete.contains("'static"));
    let mut shape = Shape {
        text: attributes,
        ty: name.to_owned() + &arguments(borrows, "'static", &params),
        fields,
        skipped,
        claims_key,
    };
    let names: Vec<_> = (0..params.len()).map(|at| format!("T{at}")).collect();
    let generics = arguments(borrows, "'a", &names);
    let _ = writeln!(shape.text, "pub struct {name}{generics} {{");
    if borrows {
        shape.text.push_str(
            "    #[ingest(skip)]\n    pub borrow_: ::std::marker::PhantomData<&'a ()>,\n",
        );
        shape
            .skipped
            .push(("borrow_".into(), "::std::marker::PhantomData"));
    }
    for member in &members {
        let _ = write!(shape.text, "{member}");
    }
    shape.text.push_str("}\n");
    shape
}

impl std::fmt::Display for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // All in one attribute or each in its own.
        if self.ty.len() % 2 == 0 {
            for attribute in &self.attributes {
                writeln!(f, "    #[ingest({attribute})]")?;
            }
        } else if !self.attributes.is_empty() {
            writeln!(f, "    #[ingest({})]", self.attributes.join(", "))?;
        }
        writeln!(f, "    pub {}: {},", self.ident, self.ty)
    }
}

fn arguments(borrows: bool, lifetime: &str, types: &[String]) -> String {
    let lifetime = borrows.then(|| lifetime.to_owned());
    let all: Vec<_> = lifetime.into_iter().chain(types.iter().cloned()).collect();
    if all.is_empty() {
        String::new()
    } else {
        format!("<{}>", all.join(", "))
    }
}

/// The fields that are always sent blank: none, some, or all that may be.
fn blanks(random: &mut Random, object: &Object, key: usize) -> Vec<usize> {
    let one_in = *random.pick(&[0, 0, 1, 2, 5]);
    let may = |at: &usize| *at != key && object.role_of(&object.fields[*at].name).is_none();
    let mut blanks: Vec<_> = (0..object.fields.len())
        .filter(may)
        .filter(|_| one_in > 0 && random.one_in(one_in))
        .collect();
    random.shuffle(&mut blanks);
    blanks
}

fn container(
    random: &mut Random,
    drawn: &Drawn,
    object: &Object,
    rule: Option<&str>,
    blanks: &[usize],
) -> String {
    let mut arguments = vec![
        format!("schema = \"schemas/{}.yaml\"", drawn.name),
        format!("object = {}", literal(random, &object.name)),
    ];
    arguments.extend(rule.map(|rule| format!("rename_all = \"{rule}\"")));
    if random.one_in(4) {
        arguments.push("crate = \"crate::runtime\"".into());
    }
    for blanks in blanks.chunks(1 + random.below(60)) {
        let names: Vec<_> = blanks
            .iter()
            .map(|at| literal(random, &object.fields[*at].name))
            .collect();
        arguments.push(format!("blank({})", names.join(", ")));
    }
    random.shuffle(&mut arguments);
    let derive = *random.pick(&[
        "::ingest_core::IngestRecord",
        "crate::runtime::IngestRecord",
    ]);
    let mut text = format!("#[derive({derive})]\n");
    let cut = random.below(arguments.len());
    for part in [&arguments[..cut], &arguments[cut..]] {
        if !part.is_empty() {
            let _ = writeln!(text, "#[ingest({})]", part.join(", "));
        }
    }
    text
}

fn literal(random: &mut Random, text: &str) -> String {
    if random.one_in(4) {
        format!("r#\"{text}\"#")
    } else {
        format!("\"{text}\"")
    }
}

type Rule = (Option<&'static str>, fn(&str) -> String);

const RULES: &[Rule] = &[
    (None, str::to_owned),
    (None, str::to_owned),
    (Some("camelCase"), |name| name.to_lower_camel_case()),
    (Some("PascalCase"), |name| name.to_upper_camel_case()),
    (Some("snake_case"), |name| name.to_snake_case()),
    (Some("SCREAMING_SNAKE_CASE"), |name| {
        name.to_shouty_snake_case()
    }),
    (Some("kebab-case"), |name| name.to_kebab_case()),
    (Some("lowercase"), str::to_lowercase),
    (Some("UPPERCASE"), str::to_uppercase),
];

/// Prints the members of one struct.
struct Printer<'a> {
    random: &'a mut Random,
    object: &'a Object,
    rule: Rule,
    idents: HashSet<String>,
    /// What the type parameters stand for.
    params: Vec<String>,
}

impl Printer<'_> {
    fn member(&mut self, at: usize, is_key: bool) -> Member {
        let field = &self.object.fields[at];
        let ident = self.ident(&field.name);
        let plain = ident.strip_prefix("r#").unwrap_or(&ident);
        let mut attributes = Vec::new();
        if (self.rule.1)(plain) != field.name || self.random.one_in(8) {
            attributes.push(format!("rename = {}", literal(self.random, &field.name)));
        }
        let must = is_key || self.object.role_of(&field.name).is_some();
        let ty = self.ty(field.kind, must);
        Member {
            ident,
            attributes,
            ty,
        }
    }

    /// The schema's name where it is an identifier, the generator's, that of another field, or
    /// one that the derive might use itself.
    fn ident(&mut self, name: &str) -> String {
        const ODD: &[&str] = &[
            "sink",
            "__sink",
            "field",
            "slot",
            "error",
            "visit",
            "OBJECT",
            "__INGEST_FIELDS",
            "r#type",
            "Some",
            "Ok",
            "krate",
            "r#struct",
            "value",
            "f64",
            "String",
            "core",
            "ingest_core",
        ];
        let other = self.random.pick(&self.object.fields).name.as_str();
        let wanted = match self.random.below(6) {
            0 | 1 => name,
            2 => other,
            3 => *self.random.pick(ODD),
            _ => "",
        };
        let ident = if is_ident(wanted) {
            wanted.to_owned()
        } else {
            field_idents([name]).remove(0)
        };
        let plain = ident.strip_prefix("r#").unwrap_or(&ident);
        if self.idents.insert(plain.to_owned()) {
            return ident;
        }
        let number = self.idents.len();
        let ident = format!("f_{number}_");
        self.idents.insert(ident.clone());
        ident
    }

    fn ty(&mut self, kind: Kind, must: bool) -> String {
        const OPTIONAL: &[&str] = &[
            "Option<{}>",
            "Option<{}>",
            "::std::option::Option<{}>",
            "core::option::Option<{}>",
            "Option<Option<{}>>",
            "Box<Option<{}>>",
            "&'a Option<{}>",
            "Option<Box<{}>>",
            "Option<&'a {}>",
        ];
        const PRESENT: &[&str] = &["{}", "{}", "{}", "{}", "Box<{}>", "&'a {}", "({})"];
        let mut base = (*self.random.pick(types(kind))).to_owned();
        if kind == Kind::Boolean && !must && self.random.one_in(4) {
            base = "crate::driver::own::Consent".into();
        }
        let optional = !must && !self.random.one_in(3);
        let around = *self.random.pick(if optional { OPTIONAL } else { PRESENT });
        if !self.random.one_in(6) {
            return around.replace("{}", &base);
        }
        // A parameter of the struct in the place of the type, or of the whole of it.
        let param = format!("T{}", self.params.len());
        if self.random.one_in(2) {
            self.params.push(base.replace("'a", "'static"));
            around.replace("{}", &param)
        } else {
            self.params
                .push(around.replace("{}", &base).replace("'a", "'static"));
            param
        }
    }

    fn skipped(&mut self, members: &mut Vec<Member>) -> Vec<(String, &'static str)> {
        let types = BTreeMap::from([
            ("Vec<u8>", "Vec::new()"),
            ("&'a [u8]", "&[7]"),
            ("f32", "f32::NAN"),
        ]);
        let mut skipped = Vec::new();
        for (ty, value) in types {
            if self.random.one_in(6) {
                let ident = format!("skipped_{}_", members.len());
                members.push(Member {
                    ident: ident.clone(),
                    attributes: vec!["skip".into()],
                    ty: ty.into(),
                });
                skipped.push((ident, value));
            }
        }
        skipped
    }
}

/// Whether the text is an identifier as it stands; keywords are written raw.
fn is_ident(text: &str) -> bool {
    let plain = text.strip_prefix("r#").unwrap_or(text);
    let starts = plain.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let rest = plain.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let keyword = plain != text || field_idents([plain])[0].starts_with("r#");
    starts && rest && plain != "_" && !is_reserved(plain) && (plain != text || !keyword)
}

/// What cannot even be raw.
fn is_reserved(plain: &str) -> bool {
    matches!(plain, "self" | "Self" | "super" | "crate")
}

/// The types that take a kind out of the box, and two of a user's own.
fn types(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Text => &[
            "String",
            "&'a str",
            "std::borrow::Cow<'a, str>",
            "Box<str>",
            "std::sync::Arc<str>",
            "std::rc::Rc<str>",
            "char",
            "&'a String",
            "std::borrow::Cow<'a, String>",
            "&'a &'a str",
            "::std::string::String",
            "std::sync::Arc<String>",
            "&'a mut String",
            "crate::driver::own::OrderId",
        ],
        Kind::Number => &[
            "i8",
            "i16",
            "i32",
            "i64",
            "i128",
            "isize",
            "u8",
            "u16",
            "u32",
            "u64",
            "u128",
            "usize",
            "f32",
            "f64",
            "f64",
            "std::sync::Arc<u64>",
            "std::borrow::Cow<'a, f64>",
            "&'a mut i64",
            "crate::driver::own::Cents",
        ],
        Kind::Boolean => &["bool", "&'a bool", "std::rc::Rc<bool>"],
        Kind::Date => &[
            "::ingest_core::Date",
            "crate::runtime::Date",
            "::ingest_core::value::Date",
        ],
        Kind::DateTime => &[
            "::ingest_core::Timestamp",
            "crate::runtime::value::Timestamp",
        ],
        Kind::Email => &[
            "::ingest_core::value::Email",
            "&'a crate::runtime::value::Email",
        ],
        Kind::Phone => &[
            "::ingest_core::value::Phone",
            "std::sync::Arc<crate::runtime::value::Phone>",
        ],
        Kind::Percent => &[
            "::ingest_core::value::Percent",
            "Box<crate::runtime::value::Percent>",
        ],
        Kind::Url => &[
            "::ingest_core::value::Url",
            "std::borrow::Cow<'a, ingest_core::value::Url>",
        ],
    }
}
