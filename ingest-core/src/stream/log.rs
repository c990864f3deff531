//! What the log is told of a stream as a whole; what is told of single bodies and requests is `debug`
//! and stands where it happens. No line has a value of a record or a secret: only names, counts, codes
//! and the tenant's reasons without their values.

use super::engine::Engine;
use super::halt::Halt;
use super::hush::Topic;
use super::report::Report;

pub(super) fn opened(engine: &Engine) {
    tracing::info!(
        connector = engine.connector,
        object = engine.object,
        concurrency = engine.options.concurrency,
        linger_ms = engine.options.linger.as_millis(),
        rate = engine.limiter.rate(),
        "a stream was opened"
    );
}

/// So many cases of one reason.
pub(super) fn cases(object: &str, topic: Topic, reason: &str, count: u64) {
    match topic {
        Topic::Rejected(code) => tracing::warn!(
            object,
            code,
            reason,
            records = count,
            "records were rejected"
        ),
        Topic::Again(code) => tracing::warn!(
            object,
            code,
            reason,
            requests = count,
            "requests are repeated"
        ),
        Topic::Expired => tracing::error!(
            object,
            code = "expired",
            records = count,
            "records were not accepted before the delivery deadline"
        ),
    }
}

pub(super) fn halted(object: &str, halt: &Halt) {
    tracing::error!(object, code = halt.code(), error = %halt, "the stream halted");
}

pub(super) fn resumed(object: &str) {
    tracing::info!(object, "the stream goes on");
}

/// Without `close` nobody learns what becomes of the records, so this is loud.
pub(super) fn dropped(object: &str, records: u64) {
    tracing::error!(
        object,
        records,
        "a stream was dropped without `close`; it goes on sending as long as the runtime runs"
    );
}

pub(super) fn cut_off(object: &str, bodies: usize) {
    tracing::error!(
        object,
        bodies,
        "the runtime ended before the stream was closed"
    );
}

pub(super) fn letters_failed(object: &str, halt: &Halt) {
    tracing::error!(
        object,
        code = halt.code(),
        error = %halt,
        "unsent records are in the report alone"
    );
}

pub(super) fn ended(engine: &Engine, report: &Report) {
    let (object, totals) = (&engine.object, &report.totals);
    if totals.lost > 0 {
        tracing::error!(
            object,
            records = totals.lost,
            "records were not sent; the report has them"
        );
    }
    tracing::info!(
        connector = engine.connector,
        object,
        read = totals.read,
        accepted = totals.accepted,
        rejected = totals.rejected,
        expired = totals.expired,
        unsent = totals.lost,
        invalid = totals.invalid,
        requests = totals.requests,
        retries = totals.retries,
        bytes = totals.bytes,
        seconds = report.elapsed.as_secs_f64(),
        "a stream has ended"
    );
}
