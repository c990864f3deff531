//! What a tenant has seen, in a few lines for people.

use ingest_emulator::Emulator;

use crate::words;

pub(super) fn tell(emulator: &Emulator) {
    let requests = emulator.request_count();
    let plural = if requests == 1 { "" } else { "s" };
    words::say(&format!("{requests} request{plural}"));
    for object in emulator.objects() {
        let (accepted, rejected) = (emulator.accepted(&object), emulator.rejected(&object));
        if accepted + rejected > 0 {
            let rows = emulator.row_count(&object);
            words::say(&format!(
                "{object}: {accepted} records accepted, {rejected} rejected, {rows} rows"
            ));
        }
    }
    if emulator.lost() > 0 {
        words::say(&format!(
            "{} records were answered with success and lost",
            emulator.lost()
        ));
    }
}
