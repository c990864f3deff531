//! Sends records at random to a strict and to a lenient tenant and checks what became of them.
//!
//! This folder is compiled twice: into the test, and into the crate that the test writes, where it
//! meets the structs of every schema that was drawn.

#![allow(dead_code, reason = "the two crates use different parts")]

pub(crate) mod batch;
pub(crate) mod draw;
mod forms;
pub(crate) mod judge;
pub(crate) mod own;
pub(crate) mod random;
pub(crate) mod shown;

use std::process::ExitCode;

use ingest_core::body::Shape;
use ingest_core::{Client, Settings};
use ingest_emulator::{Answer, Builder, Emulator, Strictness};
use ingest_schema::{Object, Schema};

use batch::{Batch, Record};
use draw::Fault;
use random::Random;

/// A tenant and a client that is logged in to it.
pub(crate) struct Tenant {
    /// The tenant.
    pub(crate) emulator: Emulator,
    /// Its client.
    pub(crate) client: Client,
}

impl Tenant {
    /// A tenant, and a client whose settings name its connector unless that is left out.
    pub(crate) fn start(builder: Builder, shape: Shape, leave_out: bool) -> Self {
        let emulator = builder
            .start()
            .expect("the schema holds and there is a port");
        let vars = emulator.vars().into_iter();
        let vars = vars.filter(|(name, _)| !(leave_out && *name == "INGEST_SOURCE"));
        let settings = Settings::from_vars(vars).expect("the emulator's settings are complete");
        let client = Client::new(settings.with_shape(shape));
        let client = client.expect("plain HTTP needs no certificates");
        Self { emulator, client }
    }
}

/// The tenants of one schema.
pub(crate) struct Tenants {
    schema: Schema,
    name: String,
    all: [(&'static str, Tenant); 2],
}

impl Tenants {
    /// A strict and a lenient tenant of this schema; `keys` are the objects' primary keys where the
    /// schema does not say them.
    pub(crate) fn start(
        name: &str,
        schema: &Schema,
        keys: &[(&str, &str)],
        random: &mut Random,
    ) -> Self {
        let strict = tenant(schema, Strictness::Strict, keys, random);
        let lenient = tenant(schema, Strictness::Lenient, keys, random);
        Self {
            schema: schema.clone(),
            name: name.into(),
            all: [("strict", strict), ("lenient", lenient)],
        }
    }
}

fn tenant(
    schema: &Schema,
    strictness: Strictness,
    keys: &[(&str, &str)],
    random: &mut Random,
) -> Tenant {
    let builder = Emulator::builder(schema.clone()).strictness(strictness);
    let builder = keys.iter().fold(builder, |builder, (object, key)| {
        builder.primary_key(*object, *key)
    });
    let answer = *random.pick(&[Answer::Accepted202, Answer::NoContent204]);
    // The schema's connector serves where the settings name none.
    let leave_out = schema.connector.is_some() && random.one_in(2);
    let shape = *random.pick(&[Shape::Data, Shape::Array]);
    Tenant::start(builder.answer(answer), shape, leave_out)
}

/// All checks of one program, and what they found.
pub(crate) struct Run {
    seed: u64,
    records: usize,
    structs: usize,
    sent: usize,
    refused: [usize; 3],
    replaced: usize,
    wrong: Vec<String>,
}

impl Run {
    /// A run that sends so many records of every struct to every tenant.
    pub(crate) fn new(seed: u64, records: usize) -> Self {
        Self {
            seed,
            records,
            structs: 0,
            sent: 0,
            refused: [0; 3],
            replaced: 0,
            wrong: Vec::new(),
        }
    }

    /// The tenants of a schema file.
    pub(crate) fn open(&self, name: &str, keys: &[(&str, &str)]) -> Tenants {
        let path = format!("schemas/{name}.yaml");
        let schema = Schema::load(path).expect("the test has read it").schema;
        Tenants::start(name, &schema, keys, &mut Random::of(self.seed, name))
    }

    /// Sends records of this struct to both tenants.
    pub(crate) async fn check<R: Record>(&mut self, tenants: &Tenants, name: &str) {
        let place = format!("{} {} {name}", tenants.name, R::OBJECT.name);
        let Some(object) = tenants.schema.object(R::OBJECT.name) else {
            self.wrong.push(format!("{place}: no such object"));
            return;
        };
        if R::OBJECT.digest != object.digest() {
            self.wrong.push(format!("{place}: another digest"));
        }
        let draw = || Batch::<R>::draw(&mut Random::of(self.seed, &place), object, self.records);
        let batch = draw();
        if self.structs.is_multiple_of(10) && batch.expected() != draw().expected() {
            self.wrong
                .push(format!("{place}: the same seed draws other values"));
        }
        let good = batch
            .sent
            .iter()
            .filter(|sent| sent.fault.is_none())
            .count();
        for (kind, tenant) in &tenants.all {
            for wrong in check(tenant, object, &batch).await {
                self.wrong.push(format!("{place} ({kind}): {wrong}"));
            }
            self.replaced += good.saturating_sub(tenant.emulator.row_count(&object.name));
            tenant.emulator.reset();
        }
        self.count(&batch);
    }

    fn count<R>(&mut self, batch: &Batch<R>) {
        self.structs += 1;
        self.sent += batch.sent.len();
        for (_, fault) in batch.sent.iter().filter_map(|sent| sent.fault) {
            self.refused[fault as usize] += 1;
        }
    }

    /// Prints what was found and what was covered.
    #[allow(clippy::print_stdout, reason = "the test reads it")]
    pub(crate) fn finish(self) -> ExitCode {
        for wrong in &self.wrong {
            println!("wrong: {wrong}");
        }
        println!("structs: {}", self.structs);
        println!("records: {}", self.sent);
        for fault in [Fault::Blank, Fault::NotFinite, Fault::TooLarge] {
            println!("refused as {fault:?}: {}", self.refused[fault as usize]);
        }
        println!("replaced: {}", self.replaced);
        if self.wrong.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// Sends a batch to one tenant and says what is wrong with what became of it.
pub(crate) async fn check<R: Record>(
    tenant: &Tenant,
    object: &Object,
    batch: &Batch<R>,
) -> Vec<String> {
    match tenant.client.send(&batch.records).await {
        Ok(report) => {
            let mut wrong = judge::report(object, &batch.sent, &report);
            wrong.extend(judge::rows::<R>(object, &batch.sent, &tenant.emulator));
            wrong
        }
        Err(error) => vec![format!("{error:?}")],
    }
}

/// Runs all checks on this thread.
pub(crate) fn block_on<F: Future>(checks: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime starts").block_on(checks)
}
