//! A schema to the text of Rust files: header, doc comments, structs that carry the derive.
//!
//! Pure: reads and writes no file. Prints no implementation of a trait; what a struct means is the
//! derive's business.

use ingest_schema::names::{field_idents, module_idents, type_idents};
use ingest_schema::{Field, Kind, Object, RefreshMode, Role, RoleSet, Schema};

use crate::error::GenerateError;
use crate::print::{attribute, derive, escaped, field as print_field, literal, push_all};
use crate::types::{Choice, Target, Types};
use crate::{derives, doc, methods, types};

/// Prints record structs from a schema.
///
/// ```
/// use ingest_codegen::Generator;
/// use ingest_schema::{Field, Kind, Object, Schema};
///
/// let visit = Object::new("visit", vec![Field::new("seconds", Kind::Number)]);
/// let schema = Schema::new(None, vec![visit]);
/// let code = Generator::new().schema_path("schemas/visits.yaml").generate(&schema)?;
/// assert!(code.contains("pub struct Visit {"));
/// assert!(code.contains("pub seconds: Option<f64>,"));
/// # Ok::<(), ingest_codegen::GenerateError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Generator {
    only: Vec<String>,
    pub(crate) schema_path: Option<String>,
    derives: Vec<String>,
    types: Vec<Choice>,
    setters: bool,
    unverified: bool,
}

/// One file of Rust code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceFile {
    /// Its name inside the folder, for example `page_view.rs`.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// An object that is to be printed, with its name in Rust.
struct Item<'a> {
    object: &'a Object,
    ident: String,
    module: String,
}

/// A field as it is printed.
pub(crate) struct Printed<'a> {
    field: &'a Field,
    roles: RoleSet,
    pub(crate) ident: String,
    /// Without the `Option` around it.
    pub(crate) ty: &'a str,
    /// Whether every record has it: it is no `Option`.
    pub(crate) required: bool,
}

impl Printed<'_> {
    /// The schema's name for it, in backticks.
    pub(crate) fn shown(&self) -> String {
        format!("`{}`", escaped(&self.field.name))
    }
}

impl Generator {
    /// A generator for all objects, with no path in the attributes: the derive then takes the path
    /// from the variable `INGEST_SCHEMA`, which [`build`](crate::build()) sets.
    pub fn new() -> Self {
        Self::default()
    }

    /// Prints only the objects of these names; called more than once, the names add up.
    #[must_use]
    pub fn only<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.only.extend(names.into_iter().map(Into::into));
        self
    }

    /// The schema's path as the derive will take it: relative to the folder of the Cargo.toml.
    #[must_use]
    pub fn schema_path(mut self, path: impl Into<String>) -> Self {
        self.schema_path = Some(path.into());
        self
    }

    /// Prints a further derive at every struct, for example `serde::Serialize`; called more than once,
    /// they add up. One with the name of a derive that is printed anyway takes its place.
    ///
    /// `Debug`, `Clone` and `PartialEq` are always there. `Default` is where no field has a role, or
    /// where all such fields are Text: an empty key is refused when it is sent, but a time that was
    /// forgotten would be one. Elsewhere it can be asked for here.
    #[must_use]
    pub fn derive(mut self, path: impl Into<String>) -> Self {
        self.derives.push(path.into());
        self
    }

    /// Gives a field this type, instead of the one of its kind. The type must implement
    /// `FieldValue` of the kind and what the struct derives; it is written as it is seen from the
    /// generated code, for example `crate::UserId`, and stands in an `Option` where the field has no
    /// role.
    ///
    /// ```
    /// use ingest_codegen::Generator;
    /// use ingest_schema::{Field, Kind, Object, Schema};
    ///
    /// let visit = Object::new("visit", vec![Field::new("seconds", Kind::Number)]);
    /// let schema = Schema::new(None, vec![visit]);
    /// let code = Generator::new().field_type("visit", "seconds", "u32").generate(&schema)?;
    /// assert!(code.contains("pub seconds: Option<u32>,"));
    /// # Ok::<(), ingest_codegen::GenerateError>(())
    /// ```
    #[must_use]
    pub fn field_type(
        mut self,
        object: impl Into<String>,
        field: impl Into<String>,
        ty: impl Into<String>,
    ) -> Self {
        let (object, field) = (object.into(), field.into());
        self.types.push(Choice {
            target: Target::Field { object, field },
            ty: ty.into(),
        });
        self
    }

    /// Gives all fields of a kind this type, except those with a [`field_type`](Self::field_type) of
    /// their own.
    #[must_use]
    pub fn kind_type(mut self, kind: Kind, ty: impl Into<String>) -> Self {
        self.types.push(Choice {
            target: Target::Kind(kind),
            ty: ty.into(),
        });
        self
    }

    /// Prints a setter `with_<field>` for every field, which takes the value without `Option`.
    ///
    /// Nothing sets a field back to `None`: fields are public, so `record.url = None` does.
    #[must_use]
    pub fn setters(mut self, setters: bool) -> Self {
        self.setters = setters;
        self
    }

    /// Prints code that needs no schema file where it compiles, because names, kinds, roles and the
    /// digest stand in the code: for a crate that is published without its schema.
    ///
    /// The compiler cannot tell when such code is stale; the digest that the code carries still can
    /// be compared.
    #[must_use]
    pub fn unverified(mut self) -> Self {
        self.unverified = true;
        self
    }

    /// The code of all objects as one file, in the order of the schema.
    ///
    /// # Errors
    /// When a setting names what the schema lacks, or is given twice, or cannot stand in code; see
    /// [`GenerateError`].
    pub fn generate(&self, schema: &Schema) -> Result<String, GenerateError> {
        let items = self.items(schema)?;
        Ok(self.source(schema, &items))
    }

    /// The code as one file per object and a `mod.rs` that re-exports every struct.
    ///
    /// # Errors
    /// As [`generate`](Self::generate).
    pub fn generate_files(&self, schema: &Schema) -> Result<Vec<SourceFile>, GenerateError> {
        let items = self.items(schema)?;
        let mut files: Vec<_> = items
            .iter()
            .map(|item| SourceFile {
                name: file_name(&item.module),
                text: self.source(schema, std::slice::from_ref(item)),
            })
            .collect();
        files.push(SourceFile {
            name: "mod.rs".into(),
            text: self.index(&items),
        });
        Ok(files)
    }

    /// The first line of every file this generator prints.
    pub fn header(&self) -> String {
        match &self.schema_path {
            Some(path) => {
                let path = escaped(path);
                format!("// @generated by ingest-codegen from {path}. Do not edit.")
            }
            None => "// @generated by ingest-codegen. Do not edit.".into(),
        }
    }

    /// The objects to print. Names are made for all objects, so that leaving some out renames none.
    fn items<'a>(&self, schema: &'a Schema) -> Result<Vec<Item<'a>>, GenerateError> {
        self.check_only(schema)?;
        derives::check(&self.derives)?;
        types::check(&self.types, schema)?;
        let names = || schema.objects.iter().map(|object| object.name.as_str());
        let idents = type_idents(names());
        let modules = module_idents(names()).into_iter().map(usable_module);
        Ok(schema
            .objects
            .iter()
            .zip(idents.into_iter().zip(modules))
            .filter(|(object, _)| self.only.is_empty() || self.only.contains(&object.name))
            .map(|(object, (ident, module))| Item {
                object,
                ident,
                module,
            })
            .collect())
    }

    fn check_only(&self, schema: &Schema) -> Result<(), GenerateError> {
        let unknown: Vec<_> = self
            .only
            .iter()
            .filter(|name| schema.object(name).is_none())
            .cloned()
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = schema.objects.iter().map(|o| o.name.as_str()).collect();
        Err(GenerateError::unknown_objects(unknown, &names))
    }

    fn source(&self, schema: &Schema, items: &[Item<'_>]) -> String {
        let fields: usize = items.iter().map(|item| item.object.fields.len()).sum();
        // About what a field takes with its doc comment; growing would copy megabytes.
        let of_field = if self.setters { 320 } else { 144 };
        let mut out = String::with_capacity(512 * items.len() + of_field * fields);
        self.push_header(&mut out, items);
        let structs: Vec<_> = items.iter().map(|item| item.ident.as_str()).collect();
        let types = Types::beside(&structs, &self.types);
        for item in items {
            out.push('\n');
            let fields = printed_fields(item.object, &types);
            self.push_struct(&mut out, schema, item, &fields, &types);
            methods::push(&mut out, LINTS, &item.ident, &fields, self.setters);
        }
        out
    }

    /// `mod.rs`. A module and its re-export stand together: where all modules come first, their
    /// order would depend on the edition that rustfmt is told.
    fn index(&self, items: &[Item<'_>]) -> String {
        let mut out = String::new();
        self.push_header(&mut out, items);
        out.push_str(INDEX_LINTS);
        for Item { ident, module, .. } in items {
            push_all(&mut out, &["\nmod ", module, ";\n"]);
            // `self::` because a crate could have the name of the module.
            push_all(&mut out, &["pub use self::", module, "::", ident, ";\n"]);
        }
        out
    }

    fn push_header(&self, out: &mut String, items: &[Item<'_>]) {
        push_all(out, &[&self.header(), "\n"]);
        if self.unverified {
            push_all(out, &[UNVERIFIED, "\n"]);
        }
        for Item { object, .. } in items {
            let digest = object.digest().to_string();
            push_all(out, &["// ", &escaped(&object.name), " ", &digest, "\n"]);
        }
    }

    fn push_struct(
        &self,
        out: &mut String,
        schema: &Schema,
        item: &Item<'_>,
        fields: &[Printed<'_>],
        types: &Types<'_>,
    ) {
        let object = item.object;
        doc::description(out, "", object.description.as_deref());
        doc::comment(out, "", &summary(object));
        let record = if is_patch(object) {
            doc::comment(out, "", "");
            doc::comment(out, "", "A patch: `None` leaves the field as it was.");
            derives::PATCH
        } else {
            derives::RECORD
        };
        out.push_str(LINTS);
        let default = has_default(object, fields, types);
        derive(out, &derives::list(&self.derives, default, record));
        attribute(out, "", &self.arguments(schema, object));
        push_all(out, &["pub struct ", &item.ident, " {\n"]);
        for field in fields {
            self.push_field(out, field, types);
        }
        out.push_str("}\n");
    }

    /// What the derive is told about the struct.
    fn arguments(&self, schema: &Schema, object: &Object) -> Vec<String> {
        let named = argument("object", &object.name);
        if !self.unverified {
            let path = self.schema_path.as_deref();
            let path = path.map(|path| argument("schema", path));
            return path.into_iter().chain([named]).collect();
        }
        let mut arguments = vec!["unverified".into(), named];
        let connector = schema.connector.as_deref();
        arguments.extend(connector.map(|name| argument("connector", name)));
        arguments.push(argument("digest", &object.digest().to_string()));
        if object.roles.refresh_mode == Some(RefreshMode::Partial) {
            arguments.push(argument("refresh_mode", RefreshMode::Partial.name()));
        }
        arguments
    }

    fn push_field(&self, out: &mut String, printed: &Printed<'_>, types: &Types<'_>) {
        let Printed {
            field,
            roles,
            ident,
            ty,
            ..
        } = printed;
        doc::description(out, INDENT, field.description.as_deref());
        let names: String = roles.iter().map(|role| format!(", {role}")).collect();
        match roles.first() {
            Some(_) => doc::comment(out, INDENT, &format!("{}{names}.", field.kind)),
            None => push_all(out, &[INDENT, "/// ", field.kind.name(), ".\n"]),
        }
        let mut arguments = Vec::new();
        if plain(ident) != field.name {
            arguments.push(argument("rename", &field.name));
        }
        if self.unverified {
            arguments.push(argument("kind", field.kind.name()));
            arguments.extend(roles.iter().map(|role| role_word(role).to_owned()));
        }
        if !arguments.is_empty() {
            attribute(out, INDENT, &arguments);
        }
        if printed.required {
            print_field(out, ident, &[ty]);
        } else {
            print_field(out, ident, &[types.option, "<", ty, ">"]);
        }
    }
}

fn printed_fields<'a>(object: &'a Object, types: &Types<'a>) -> Vec<Printed<'a>> {
    let idents = field_idents(object.fields.iter().map(|field| field.name.as_str()));
    let fields = object.fields.iter().zip(idents);
    fields
        .map(|(field, ident)| {
            let roles = object.roles_of(&field.name);
            Printed {
                field,
                roles,
                ident,
                ty: types.of(object, field),
                required: !roles.is_empty(),
            }
        })
        .collect()
}

/// Whether `Default` makes no record that could be sent by mistake: the fields that must be there
/// are Text, and an empty key is refused. Of types that the user chose nothing is known.
fn has_default(object: &Object, fields: &[Printed<'_>], types: &Types<'_>) -> bool {
    let mut required = fields.iter().filter(|printed| printed.required);
    required.all(|printed| {
        printed.field.kind == Kind::Text && types.chosen(object, printed.field).is_none()
    })
}

/// The derive's word for a role.
fn role_word(role: Role) -> &'static str {
    match role {
        Role::PrimaryKey => "key",
        Role::EventTime => "event_time",
        Role::RecordModified => "record_modified",
    }
}

/// What stands above every item. Lints that judge names, words and lengths judge the schema here.
const LINTS: &str = "\
#[allow(dead_code, unreachable_pub, reason = \"a program need not use it all\")]
#[allow(clippy::pedantic, clippy::nursery, reason = \"names are the schema's\")]
";

/// The same for `mod.rs`, where the attribute is too long for one line.
const INDEX_LINTS: &str = "
#![allow(
    unused_imports,
    unreachable_pub,
    reason = \"a program need not use it all\"
)]
";

/// The line of the header that says what the compiler will not do.
const UNVERIFIED: &str =
    "// Not checked against the schema when it compiles: when the schema changes, print it anew.";

/// What stands before the lines of a field.
const INDENT: &str = "    ";

fn argument(name: &str, value: &str) -> String {
    format!("{name} = {}", literal(value))
}

/// Whether records of the object change what they hold and nothing else, and can say which row and
/// when.
fn is_patch(object: &Object) -> bool {
    let roles = &object.roles;
    roles.refresh_mode == Some(RefreshMode::Partial)
        && roles.primary_key.is_some()
        && roles.record_modified.is_some()
}

/// ``Object `page_view`, Engagement.``
fn summary(object: &Object) -> String {
    let mut line = format!("Object `{}`", escaped(&object.name));
    if let Some(category) = object.roles.category {
        push_all(&mut line, &[", ", category.name()]);
    }
    if object.roles.refresh_mode == Some(RefreshMode::Partial) {
        line.push_str(", Partial refresh");
    }
    line.push('.');
    line
}

/// The name, or another where it cannot be a file's (`mod.rs` is taken, the others are devices on
/// Windows) or could be that of a struct (`_2fa` is spelled alike in both).
fn usable_module(module: String) -> String {
    let name = plain(&module);
    let device = matches!(name, "aux" | "con" | "nul" | "prn")
        || name
            .strip_prefix("com")
            .or_else(|| name.strip_prefix("lpt"))
            .is_some_and(|port| matches!(port.as_bytes(), [b'0'..=b'9']));
    if device || name == "mod" || name.starts_with('_') {
        format!("{name}_")
    } else {
        module
    }
}

/// The identifier without the mark of a raw one.
pub(crate) fn plain(ident: &str) -> &str {
    ident.strip_prefix("r#").unwrap_or(ident)
}

fn file_name(module: &str) -> String {
    format!("{}.rs", plain(module))
}
