//! The text of the program that sends: a module for each schema, with what the generator prints for
//! it, structs as people write them, and how both are drawn.
//!
//! Pure functions; writes no file.

use std::fmt::Write as _;
use std::path::Path;

use ingest_codegen::Generator;
use ingest_schema::names::{field_idents, type_idents};
use ingest_schema::{RefreshMode, Schema};

use crate::consumer::Size;
use crate::driver::random::Random;
use crate::schemas::Drawn;
use crate::shapes::{self, Shape};

/// A file's path in the crate and its text.
type File = (String, String);

/// `src/main.rs`.
pub(crate) fn main(size: Size, drawn: &[Drawn]) -> String {
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("property/driver/mod.rs");
    let mut modules = String::new();
    let mut checks = String::new();
    for Drawn { name, .. } in drawn {
        let _ = writeln!(modules, "mod {name};");
        let _ = writeln!(checks, "        {name}::check(&mut run).await;");
    }
    let (seed, records, driver) = (size.seed, size.records, driver.display());
    format!(
        "#![allow(dead_code, nonstandard_style, unused_parens)]\n\
         pub use ::ingest_core as runtime;\n\
         #[path = r\"{driver}\"]\nmod driver;\n{modules}\n\
         fn main() -> std::process::ExitCode {{\n    \
             let mut run = driver::Run::new({seed}, {records});\n    \
             driver::block_on(async {{\n{checks}    }});\n    run.finish()\n}}\n"
    )
}

/// The files of one schema's module.
pub(crate) fn module(seed: u64, drawn: &Drawn) -> Vec<File> {
    let Drawn { name, .. } = drawn;
    let random = &mut Random::of(seed, &format!("{name} shapes"));
    let schema = Schema::parse(name, &drawn.yaml).unwrap().schema;
    let (path, mut files) = printed(random, name, &schema);
    let mut module = Module::default();
    let idents = type_idents(schema.objects.iter().map(|object| object.name.as_str()));
    for (at, ident) in idents.iter().enumerate() {
        module.add_generated(drawn, at, ident);
        module.add_shape(random, drawn, at, &format!("shape_{at}_a"));
        if random.one_in(2) {
            module.add_shape(random, drawn, at, &format!("shape_{at}_b"));
        }
    }
    let text = format!(
        "use crate::driver::Run;\nuse crate::driver::batch::{{Draws, Record}};\n\n\
         #[deny(warnings)]\n#[path = \"{path}\"]\nmod printed;\n\n\
         #[path = \"{name}/shapes.rs\"]\nmod shapes;\n\n{}\
         pub async fn check(run: &mut Run) {{\n    \
             let tenants = run.open({name:?}, &{:?});\n{}}}\n",
        module.records,
        keys(drawn),
        module.checks
    );
    files.push((format!("src/{name}.rs"), text));
    files.push((format!("src/{name}/shapes.rs"), module.shapes));
    files
}

/// What the generator prints, as one file or as one for each object, and the path of the first.
fn printed(random: &mut Random, name: &str, schema: &Schema) -> (String, Vec<File>) {
    let generator = Generator::new().schema_path(format!("schemas/{name}.yaml"));
    if random.one_in(2) {
        let text = generator.generate(schema).unwrap();
        let file = (format!("src/{name}/one.rs"), text);
        return (format!("{name}/one.rs"), vec![file]);
    }
    let files = generator.generate_files(schema).unwrap();
    let file =
        |file: ingest_codegen::SourceFile| (format!("src/{name}/many/{}", file.name), file.text);
    (
        format!("{name}/many/mod.rs"),
        files.into_iter().map(file).collect(),
    )
}

/// The fields that tenants keep rows by: pairs of object and field.
fn keys(drawn: &Drawn) -> Vec<(&str, &str)> {
    let objects = drawn.schema.objects.iter().zip(&drawn.keys);
    objects
        .map(|(object, at)| (object.name.as_str(), object.fields[*at].name.as_str()))
        .collect()
}

/// What a module holds so far.
#[derive(Default)]
struct Module {
    /// Structs as people write them.
    shapes: String,
    /// How structs are drawn.
    records: String,
    /// The calls that check each struct.
    checks: String,
}

impl Module {
    fn add_generated(&mut self, drawn: &Drawn, at: usize, ident: &str) {
        let fields = &drawn.schema.objects[at].fields;
        let idents = field_idents(fields.iter().map(|field| field.name.as_str()));
        let shape = Shape {
            text: String::new(),
            ty: format!("printed::{ident}"),
            fields: idents.into_iter().zip(0..).collect(),
            set: None,
            skipped: Vec::new(),
            claims_key: false,
        };
        let roles = &drawn.schema.objects[at].roles;
        let is_patch = roles.refresh_mode == Some(RefreshMode::Partial)
            && roles.primary_key.is_some()
            && roles.record_modified.is_some();
        self.add(&shape, drawn.keys[at], is_patch);
    }

    fn add_shape(&mut self, random: &mut Random, drawn: &Drawn, at: usize, name: &str) {
        let mut shape = shapes::draw(random, drawn, at, name);
        shape.ty = format!("shapes::{}", shape.ty);
        self.shapes.push('\n');
        self.shapes.push_str(&shape.text);
        self.add(&shape, drawn.keys[at], false);
    }

    fn add(&mut self, shape: &Shape, key: usize, is_patch: bool) {
        let Shape { ty, claims_key, .. } = shape;
        let _ = writeln!(
            self.checks,
            "    run.check::<{ty}>(&tenants, {ty:?}).await;"
        );
        let mut fields = String::new();
        for (ident, at) in &shape.fields {
            let _ = writeln!(fields, "            {ident}: draws.field({at}),");
        }
        if let Some(set) = &shape.set {
            let (before, after) = set.around;
            let _ = writeln!(fields, "            {}: {before}{} {{", set.ident, set.ty);
            for (ident, at) in &set.fields {
                let _ = writeln!(fields, "                {ident}: draws.field({at}),");
            }
            let _ = writeln!(fields, "            }}{after},");
        }
        for (ident, value) in &shape.skipped {
            let _ = writeln!(fields, "            {ident}: {value},");
        }
        let _ = write!(
            self.records,
            "impl Record for {ty} {{\n    \
                 const KEY: usize = {key};\n    \
                 const CLAIMS_KEY: bool = {claims_key};\n    \
                 const IS_PATCH: bool = {is_patch};\n\n    \
                 fn draw(draws: &mut Draws<'_>) -> Self {{\n        Self {{\n{fields}        }}\n    }}\n}}\n\n"
        );
    }
}
