//! The schema that comes out of an org is the one that went in.

use ingest_codegen::pull::pull;
use ingest_codegen::yaml;
use ingest_core::org::Org;
use ingest_emulator::Emulator;
use ingest_schema::Schema;

use crate::{schema, settings};

#[tokio::test]
async fn a_pulled_schema_means_what_the_org_was_set_up_with() {
    for name in ["web", "all-kinds", "hostile-names"] {
        let there = schema(name);
        let emulator = Emulator::start(there.clone()).unwrap();
        let org = Org::new(&settings(&emulator, &[])).unwrap();
        let pulled = pull(&org, Some(emulator.connector())).await.unwrap();
        let text = yaml::render(&pulled.schema);
        let again = Schema::parse("pulled.yaml", &text).unwrap().schema;
        assert_eq!(again.connector, there.connector);
        assert_eq!(again.objects.len(), there.objects.len());
        for object in &there.objects {
            let found = again.object(&object.name).unwrap();
            // An object without a data stream has no roles to tell, and the notes say so.
            assert_eq!(found.digest(), object.digest(), "{name}: {text}");
            let noted = pulled.notes.iter().any(|note| note.contains(&object.name));
            assert_eq!(noted, object.roles.is_empty(), "{:?}", pulled.notes);
        }
    }
}
