//! The runtime under the blocking client: one thread that lives as long as somebody holds a handle or
//! a stream has records, and waiting for futures on the caller's own thread. Knows nothing of records.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::{Arc, mpsc as threads};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use tokio::runtime::{Builder, EnterGuard, Handle};
use tokio::sync::mpsc;
use tokio::task::unconstrained;

/// A runtime in a thread of its own. The thread ends after the last clone is gone. Dropping waits for
/// nothing, so it may be done anywhere.
#[derive(Debug, Clone)]
pub(super) struct Runtime {
    handle: Handle,
    /// Nothing is ever sent: the thread ends when all of these are gone.
    alive: mpsc::Sender<Infallible>,
}

impl Runtime {
    pub(super) fn start() -> io::Result<Self> {
        let (alive, ended) = mpsc::channel(1);
        let (started, handle) = threads::channel();
        thread::Builder::new()
            .name("ingest-runtime".to_owned())
            .spawn(move || run(&started, ended))?;
        let handle = handle.recv().map_err(io::Error::other)??;
        Ok(Self { handle, alive })
    }

    /// Inside, tasks and timers are the runtime's, whatever runtime the caller is in.
    pub(super) fn enter(&self) -> EnterGuard<'_> {
        self.handle.enter()
    }

    /// Keeps the thread until this future is ready, though all handles may be gone.
    pub(super) fn outlive(&self, future: impl Future<Output = ()> + Send + 'static) {
        let alive = self.alive.clone();
        self.handle.spawn(async move {
            future.await;
            drop(alive);
        });
    }

    /// Waits for a future on this thread. What it needs done by others is done by the runtime's.
    pub(super) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        let _context = self.enter();
        wait(future)
    }
}

/// The life of the thread. The runtime begins and ends here, where nobody forbids it to block.
fn run(started: &threads::Sender<io::Result<Handle>>, mut ended: mpsc::Receiver<Infallible>) {
    let built = Builder::new_current_thread().enable_all().build();
    let handle = built.as_ref().map(|runtime| runtime.handle().clone());
    let told = started.send(handle.map_err(|error| error.kind().into()));
    if let (Ok(runtime), Ok(())) = (built, told) {
        runtime.block_on(async { while ended.recv().await.is_some() {} });
    }
}

/// Waits for a future that needs no runtime, by parking the thread.
pub(super) fn wait<T>(future: impl Future<Output = T>) -> T {
    // Inside a task of another runtime its budget would be spent here and never be given anew, and
    // the future would be told for ever to let other tasks run.
    let mut future = pin!(unconstrained(future));
    let waker = Waker::from(Arc::new(Parked(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

/// A thread that waits. A wake that comes before it parks is kept by it; one for nothing costs a look.
struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}
