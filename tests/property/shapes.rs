//! Structs as people write them, at random: other types, names and orders than generated ones have.
//!
//! Prints Rust; sends nothing. Whether a struct compiles is for the compiler to say: every one that
//! is printed here should.

use std::collections::HashSet;
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
    /// The fields that stand in a set which the struct flattens, if it does.
    pub(crate) set: Option<Set>,
    /// Fields that are not sent: identifiers and values.
    pub(crate) skipped: Vec<(String, &'static str)>,
    /// Whether a field says that it is the primary key.
    pub(crate) claims_key: bool,
}

/// A struct that is flattened.
pub(crate) struct Set {
    /// The field of the struct around it.
    pub(crate) ident: &'static str,
    pub(crate) ty: String,
    /// What stands around its value.
    pub(crate) around: (&'static str, &'static str),
    pub(crate) fields: Vec<(String, usize)>,
}

/// A field of the struct.
struct Member {
    ident: String,
    attributes: Vec<String>,
    ty: String,
    /// The field's position in the schema, if its type depends on nothing, so that it can stand in
    /// a set.
    movable: Option<usize>,
}

/// Names of structs that mean something else elsewhere.
const STRUCTS: &[&str] = &[
    "Result",
    "Ok",
    "Err",
    "Some",
    "None",
    "IngestRecord",
    "ValueError",
    "Written",
    "FieldDescriptor",
    "Date",
    "Email",
    "Role",
    "Record",
];

/// Names of type parameters that do.
const PARAMS: &[&str] = &[
    "T",
    "K",
    "R",
    "S",
    "E",
    "Sink",
    "Text",
    "Number",
    "FieldSink",
    "Slot",
    "Kind",
    "Value",
];

/// A struct for an object of the schema, in a module of this name.
pub(crate) fn draw(random: &mut Random, drawn: &Drawn, at: usize, module: &str) -> Shape {
    let name = *random.pick(STRUCTS);
    let object = &drawn.schema.objects[at];
    let key = drawn.keys[at];
    let blanks = blanks(random, object, key);
    let rule = *random.pick(RULES);
    let attributes = container(random, drawn, object, rule.0, &blanks, "IngestRecord");
    let set_attributes = container(random, drawn, object, rule.0, &[], "IngestFields");
    let claims_key = random.one_in(2);
    let mut printer = Printer {
        random,
        object,
        rule,
        idents: HashSet::new(),
        params: Vec::new(),
        declared: Vec::new(),
        members: Vec::new(),
        skipped: Vec::new(),
    };
    let mut fields = Vec::new();
    for at in (0..object.fields.len()).filter(|at| !blanks.contains(at)) {
        let ident = printer.add(at, at == key, at == key && claims_key);
        fields.push((ident, at));
    }
    printer.add_skipped();
    printer.add_const();
    let borrows = printer.add_borrow();
    printer.random.shuffle(&mut printer.members);
    let (set, set_text) = printer.split_set(module, &set_attributes);
    if let Some(set) = &set {
        fields.retain(|field| !set.fields.contains(field));
    }
    let params = arguments(borrows, "'a", &printer.declared);
    let members: String = printer.members.iter().map(Member::to_string).collect();
    Shape {
        text: format!(
            "pub mod {module} {{\n{set_text}{attributes}pub struct {name}{params} {{\n{members}}}\n}}\n"
        ),
        ty: format!("{module}::{name}") + &arguments(borrows, "'static", &printer.params),
        fields,
        set,
        skipped: printer.skipped,
        claims_key,
    }
}

impl std::fmt::Display for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // All in one attribute or each in its own.
        if self.ty.len().is_multiple_of(2) {
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
    let may = |at: &usize| *at != key && object.roles_of(&object.fields[*at].name).is_empty();
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
    derive: &str,
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
    let krate = *random.pick(&["::ingest_core", "crate::runtime"]);
    let mut text = format!("#[derive({krate}::{derive})]\n");
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
    /// The parameters as the struct declares them.
    declared: Vec<String>,
    members: Vec<Member>,
    skipped: Vec<(String, &'static str)>,
}

impl Printer<'_> {
    /// Adds what fills a field of the schema, and says by which name.
    fn add(&mut self, at: usize, is_key: bool, claims_key: bool) -> String {
        let field = &self.object.fields[at];
        let ident = self.ident(&field.name);
        let plain = ident.strip_prefix("r#").unwrap_or(&ident);
        let mut attributes = Vec::new();
        if (self.rule.1)(plain) != field.name || self.random.one_in(8) {
            attributes.push(format!("rename = {}", literal(self.random, &field.name)));
        }
        if claims_key {
            attributes.push("key".into());
        }
        let must = is_key || !self.object.roles_of(&field.name).is_empty();
        let params = self.params.len();
        let ty = self.ty(field.kind, must);
        let depends = self.params.len() > params || ty.contains("'a");
        self.members.push(Member {
            ident: ident.clone(),
            attributes,
            ty,
            movable: (!depends).then_some(at),
        });
        ident
    }

    /// Moves some members into a set of their own, which the struct then flattens.
    fn split_set(&mut self, module: &str, attributes: &str) -> (Option<Set>, String) {
        const AROUND: &[(&str, &str, &str)] = &[
            ("Envelope", "", ""),
            ("Box<Envelope>", "Box::new(", ")"),
            ("std::sync::Arc<Envelope>", "std::sync::Arc::new(", ")"),
        ];
        if !self.random.one_in(3) {
            return (None, String::new());
        }
        let (ty, before, after) = *self.random.pick(AROUND);
        let mut moved = Vec::new();
        let mut kept = Vec::new();
        for member in std::mem::take(&mut self.members) {
            let moves = member.movable.is_some() && self.random.one_in(2);
            if moves { &mut moved } else { &mut kept }.push(member);
        }
        kept.push(Member {
            ident: "set_".into(),
            attributes: vec!["flatten".into()],
            ty: ty.into(),
            movable: None,
        });
        self.members = kept;
        let members: String = moved.iter().map(Member::to_string).collect();
        let fields = moved
            .into_iter()
            .filter_map(|member| Some((member.ident, member.movable?)));
        let set = Set {
            ident: "set_",
            ty: format!("shapes::{module}::Envelope"),
            around: (before, after),
            fields: fields.collect(),
        };
        let text = format!("{attributes}pub struct Envelope {{\n{members}}}\n\n");
        (Some(set), text)
    }

    /// Adds fields that are not sent.
    fn add_skipped(&mut self) {
        const SKIPPED: &[(&str, &str)] = &[
            ("&'a [u8]", "&[7]"),
            ("Vec<u8>", "Vec::new()"),
            ("f32", "f32::NAN"),
        ];
        for (ty, value) in SKIPPED {
            if self.random.one_in(6) {
                self.skip(ty, value);
            }
        }
    }

    /// Adds a parameter that is a number.
    fn add_const(&mut self) {
        if self.random.one_in(8) {
            self.skip("[u8; COUNT]", "[0; 3]");
            self.params.push("3".into());
            self.declared.push("const COUNT: usize".into());
        }
    }

    fn skip(&mut self, ty: &str, value: &'static str) {
        let ident = format!("skipped_{}_", self.members.len());
        self.members.push(Member {
            ident: ident.clone(),
            attributes: vec!["skip".into()],
            ty: ty.into(),
            movable: None,
        });
        self.skipped.push((ident, value));
    }

    /// Whether the struct has a lifetime. It is then used, even where a parameter took the type
    /// that needs it.
    fn add_borrow(&mut self) -> bool {
        let borrows = self.members.iter().any(|member| member.ty.contains("'a"))
            || self.params.iter().any(|ty| ty.contains("'static"));
        if borrows {
            let marker = "std::marker::PhantomData";
            self.skip(&format!("{marker}<&'a ()>"), marker);
        }
        borrows
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
        if self.random.one_in(2) {
            let param = self.param(&base);
            around.replace("{}", &param)
        } else {
            self.param(&around.replace("{}", &base))
        }
    }

    /// A type parameter that stands for this type.
    fn param(&mut self, ty: &str) -> String {
        let odd = *self.random.pick(PARAMS);
        let name = if self.params.is_empty() {
            odd.to_owned()
        } else {
            format!("{odd}{}", self.params.len())
        };
        let bound = *self.random.pick(&["", "", ": Sized", ": ?Sized + Sized"]);
        self.params.push(ty.replace("'a", "'static"));
        self.declared.push(format!("{name}{bound}"));
        name
    }
}

/// Whether the text is an identifier as it stands; a keyword must be raw.
fn is_ident(text: &str) -> bool {
    let plain = text.strip_prefix("r#").unwrap_or(text);
    let starts = plain.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let rest = plain.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let unusable = matches!(plain, "_" | "self" | "Self" | "super" | "crate");
    let keyword = field_idents([plain])[0].starts_with("r#");
    starts && rest && !unusable && (plain != text || !keyword)
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
