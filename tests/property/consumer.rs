//! The crate that uses the structs of every schema: its files, its build, its run.
//!
//! It lies outside the workspace, as a user's crate does, and always in the same folder, so that
//! what did not change is not compiled again.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ingest_codegen::Generator;
use ingest_schema::Schema;
use ingest_schema::names::{field_idents, type_idents};
use ingest_tests::workspace;

use crate::driver::random::Random;
use crate::schemas::{self, Drawn};
use crate::shapes;

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) seed: u64,
    pub(crate) schemas: usize,
    /// Records of every struct.
    pub(crate) records: usize,
}

pub(crate) struct Consumer {
    folder: PathBuf,
}

impl Consumer {
    /// Draws the schemas and writes the crate.
    pub(crate) fn write(size: Size) -> Self {
        let consumer = Self {
            folder: home().join("consumer"),
        };
        let drawn: Vec<_> = (0..size.schemas)
            .map(|number| schemas::draw(size.seed, number))
            .collect();
        consumer.put("Cargo.toml", &manifest());
        let lock = fs::read_to_string(workspace().join("Cargo.lock")).unwrap();
        consumer.put("Cargo.lock", &lock);
        consumer.put("src/main.rs", &main(size, &drawn));
        for drawn in &drawn {
            consumer.put(&format!("schemas/{}.yaml", drawn.name), &drawn.yaml);
            for (path, text) in module(size.seed, drawn) {
                consumer.put(&path, &text);
            }
        }
        consumer
    }

    /// Writes a file unless it is so already, because cargo looks at its time.
    fn put(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        if fs::read_to_string(&path).is_ok_and(|before| before == text) {
            return;
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn build(&self) -> Output {
        Command::new(env!("CARGO"))
            .args(["build", "--offline", "--quiet"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", home().join("target"))
            .env_remove("INGEST_SCHEMA_ROOT")
            .output()
            .unwrap()
    }

    pub(crate) fn run(&self) -> Output {
        Command::new(home().join("target/debug").join(NAME))
            .current_dir(&self.folder)
            .output()
            .unwrap()
    }
}

const NAME: &str = "property-consumer";

fn home() -> PathBuf {
    workspace().join("target/tests/property")
}

fn manifest() -> String {
    let path = |name: &str| format!("path = {:?}", workspace().join(name));
    format!(
        "[package]\nname = \"{NAME}\"\nedition = \"2024\"\n\n[dependencies]\n\
         ingest-core = {{ {} }}\n\
         ingest-emulator = {{ {} }}\n\
         ingest-schema = {{ {}, features = [\"read\"] }}\n\
         serde_json = {{ version = \"1\", features = [\"raw_value\"] }}\n\
         tokio = {{ version = \"1\", features = [\"rt\", \"net\", \"time\"] }}\n\n\
         [profile.dev]\ndebug = false\nincremental = false\n\n[workspace]\n",
        path("ingest-core"),
        path("ingest-emulator"),
        path("ingest-schema"),
    )
}

fn main(size: Size, drawn: &[Drawn]) -> String {
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("property/driver/mod.rs");
    let mut out = format!(
        "#![allow(nonstandard_style, unused_parens)]\npub use ::ingest_core as runtime;\n#[path = {driver:?}]\nmod driver;\n"
    );
    let mut checks = String::new();
    for Drawn { name, .. } in drawn {
        let _ = writeln!(out, "mod {name};");
        let _ = writeln!(checks, "        {name}::check(&mut run).await;");
    }
    let (seed, records) = (size.seed, size.records);
    let _ = write!(
        out,
        "\nfn main() -> std::process::ExitCode {{\n    \
             let mut run = driver::Run::new({seed}, {records});\n    \
             driver::block_on(async {{\n{checks}    }});\n    run.finish()\n}}\n"
    );
    out
}

/// The files of one schema: what the generator prints, the other structs, and how both are drawn.
fn module(seed: u64, drawn: &Drawn) -> Vec<(String, String)> {
    let Drawn { name, .. } = drawn;
    let read = Schema::parse(name, &drawn.yaml).unwrap().schema;
    let random = &mut Random::of(seed, &format!("{name} shapes"));
    let generator = Generator::new().schema_path(format!("schemas/{name}.yaml"));
    let mut files = Vec::new();
    let path = if random.one_in(2) {
        files.push((
            format!("src/{name}/one.rs"),
            generator.generate(&read).unwrap(),
        ));
        "one.rs"
    } else {
        for file in generator.generate_files(&read).unwrap() {
            files.push((format!("src/{name}/many/{}", file.name), file.text));
        }
        "many/mod.rs"
    };
    let mut text = format!(
        "use crate::driver::Run;\nuse crate::driver::batch::{{Draws, Record}};\n\n#[deny(warnings)]\n#[path = \"{name}/{path}\"]\nmod printed;\n\n#[path = \"{name}/shapes.rs\"]\nmod shapes;\n\n"
    );
    let mut structs = String::new();
    let mut checks = String::new();
    let idents = type_idents(read.objects.iter().map(|object| object.name.as_str()));
    for (at, ident) in idents.iter().enumerate() {
        let printed = format!("printed::{ident}");
        text += &generated(drawn, at, &printed);
        let _ = writeln!(
            checks,
            "    run.check::<{printed}>(&tenants, \"{printed}\").await;"
        );
        for number in 0..1 + random.below(2) {
            let plain = format!("Shape{at}{}", ["A", "B"][number]);
            let shape = shapes::draw(random, drawn, at, &plain);
            structs.push('\n');
            structs += &shape.text;
            let ty = format!("shapes::{}", shape.ty);
            text += &record(
                drawn.keys[at],
                shape.claims_key,
                &ty,
                &shape.fields,
                &shape.skipped,
            );
            let _ = writeln!(
                checks,
                "    run.check::<{ty}>(&tenants, \"{plain}\").await;"
            );
        }
    }
    let keys = drawn.schema.objects.iter().zip(&drawn.keys);
    let keys: Vec<_> = keys
        .map(|(object, at)| (object.name.as_str(), object.fields[*at].name.as_str()))
        .collect();
    let _ = write!(
        text,
        "pub async fn check(run: &mut Run) {{\n    let tenants = run.open({name:?}, &{keys:?});\n{checks}}}\n"
    );
    files.push((format!("src/{name}.rs"), text));
    files.push((format!("src/{name}/shapes.rs"), structs));
    files
}

fn generated(drawn: &Drawn, at: usize, ty: &str) -> String {
    let object = &drawn.schema.objects[at];
    let idents = field_idents(object.fields.iter().map(|field| field.name.as_str()));
    let fields: Vec<_> = idents
        .into_iter()
        .enumerate()
        .map(|(at, ident)| (ident, at))
        .collect();
    record(drawn.keys[at], false, ty, &fields, &[])
}

fn record(
    key: usize,
    claims_key: bool,
    ty: &str,
    fields: &[(String, usize)],
    skipped: &[(String, &str)],
) -> String {
    let mut out = format!(
        "impl Record for {ty} {{\n    const KEY: usize = {key};\n    const CLAIMS_KEY: bool = {claims_key};\n\n    \
         fn draw(draws: &mut Draws<'_>) -> Self {{\n        Self {{\n"
    );
    for (ident, at) in fields {
        let _ = writeln!(out, "            {ident}: draws.field({at}),");
    }
    for (ident, value) in skipped {
        let _ = writeln!(out, "            {ident}: {value},");
    }
    out + "        }\n    }\n}\n\n"
}
