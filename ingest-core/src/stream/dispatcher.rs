//! The one task of a stream that lives as long as it: starts a courier for each body that is due,
//! sleeps while nothing is, and counts what is left at the end.

use std::sync::Arc;

use tokio::time::{Instant, sleep_until};

use super::courier;
use super::engine::{Engine, Phase, Step};
use super::load::Load;
use super::log;
use super::receipt::Fate;
use super::report::Unsent;

/// Runs a stream to its end. The end begins here, not with the first poll: a runtime may go away
/// before it.
pub(crate) fn run(engine: Arc<Engine>) -> impl Future<Output = ()> + Send {
    let end = End(Some(Arc::clone(&engine)));
    async move {
        loop {
            match engine.step(Instant::now()) {
                Step::Carry(number, load) => {
                    tokio::spawn(courier::carry(Arc::clone(&engine), number, *load));
                }
                Step::Wait(at) => wait(&engine, at).await,
                Step::End => break,
            }
        }
        end.reach().await;
    }
}

/// Until there are news, or the time has come.
async fn wait(engine: &Engine, at: Option<Instant>) {
    let time = async {
        match at {
            Some(at) => sleep_until(at).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        () = engine.news.notified() => {}
        () = time => {}
    }
}

/// The end of a stream, reached in any case: also when the runtime goes away with the task.
struct End(Option<Arc<Engine>>);

impl End {
    async fn reach(mut self) {
        if let Some(engine) = self.0.take() {
            let loads = engine.drain();
            courier::write_unsent(&engine, &loads).await;
            end(&engine, loads);
        }
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if let Some(engine) = self.0.take()
            && engine.orphan()
        {
            end_orphaned(&engine);
        }
    }
}

/// Counts what is left of a stream whose runtime is gone, once nothing is under way any more.
pub(crate) fn end_orphaned(engine: &Engine) {
    let loads = engine.drain();
    log::cut_off(&engine.object, loads.len());
    end(engine, loads);
}

fn end(engine: &Engine, loads: Vec<Load>) {
    let halt = match &*engine.phase.now() {
        Phase::Halted(halt) => Some(halt.clone()),
        Phase::Stopping(halt) => halt.clone(),
        Phase::Open | Phase::Closing | Phase::Ended(_) => None,
    };
    let mut unsent = Vec::new();
    for load in loads {
        for range in load.open() {
            engine.settle(&load, range.clone(), &Fate::Unsent);
            unsent.extend(range.clone().map(|index| Unsent {
                operation: load.body().operation,
                record: String::from_utf8_lossy(load.body().record(index)).into_owned(),
            }));
        }
    }
    engine.end(unsent, halt);
}
