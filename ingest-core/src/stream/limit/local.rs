//! The limiter of one process: hands out permits when the quota says so, in the order they were asked
//! for. Decides nothing by itself. One waiter stands in front and sleeps until the quota's instant; the
//! others sleep until it is their turn, and nothing runs while nobody waits.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::quota::{LimitError, Quota, Wait};
use super::{Limiter, Permit, PermitFuture};

/// The service takes 250 requests a second: these two together.
const DEFAULT_RATE: f64 = 240.0;
const DEFAULT_BURST: u32 = 10;

/// Keeps the requests of one process to a rate, first come, first served.
///
/// No second has more than `rate + burst` requests at the tenant, whatever the network does with them;
/// by default 240 and 10, which is the tenant's limit of 250 a second. For that, a request counts from
/// its release until one second after its answer, so slow answers cost rate: at a latency of `l`
/// seconds there are at most `(rate + burst) / (1 + l)` requests a second.
///
/// A 429 lowers rate and burst to 0.7 of what they were, at most once a second and not below 1 request
/// a second; each second with accepted answers gives 5 % of the configured rate back.
///
/// Clones share one quota: give them to all that send to the same tenant.
///
/// A [`permit`](Limiter::permit) that waits must be polled or dropped; one that is kept and not polled
/// holds up those that came after it.
///
/// ```
/// use ingest_core::stream::{Limiter, LocalLimiter};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let limiter = LocalLimiter::new(0.5, 1)?; // one request every two seconds
/// let permit = limiter.permit().await;
/// // send, and wait for the answer
/// drop(permit);
/// # Ok(()) }
/// assert!(LocalLimiter::new(0.0, 1).is_err());
/// ```
#[derive(Debug, Clone)]
pub struct LocalLimiter {
    shared: Arc<Shared>,
}

#[derive(Debug)]
pub(super) struct Shared {
    quota: Mutex<Quota>,
    /// Held by the waiter in front. Fair, and a waiter that is dropped leaves its queue.
    turn: tokio::sync::Mutex<()>,
    /// Something has happened that may let the waiter in front go earlier, or later.
    changed: Notify,
}

impl LocalLimiter {
    /// Allows `rate` requests a second (0.001 to 1,000,000; 0.5 is one every two seconds) and up to
    /// `burst` (1 to 1,000,000) at once after a rest.
    ///
    /// # Errors
    /// If `rate` or `burst` lies outside that range.
    pub fn new(rate: f64, burst: u32) -> Result<Self, LimitError> {
        Ok(Self {
            shared: Arc::new(Shared {
                quota: Mutex::new(Quota::new(rate, burst)?),
                turn: tokio::sync::Mutex::new(()),
                changed: Notify::new(),
            }),
        })
    }
}

impl Default for LocalLimiter {
    /// 240 requests a second with bursts of 10.
    fn default() -> Self {
        Self::new(DEFAULT_RATE, DEFAULT_BURST).expect("BUG: the default is in range")
    }
}

impl Limiter for LocalLimiter {
    fn permit(&self) -> PermitFuture<'_> {
        Box::pin(self.shared.permit())
    }

    fn throttled(&self) {
        self.shared.change(Quota::throttled);
    }

    fn accepted(&self) {
        self.shared.change(Quota::accepted);
    }

    fn rate(&self) -> f64 {
        self.shared.quota().rate()
    }
}

impl Shared {
    async fn permit(self: &Arc<Self>) -> Permit {
        let _turn = self.turn.lock().await;
        while let Err(wait) = self.release() {
            self.wait(wait).await;
        }
        Permit::local(Arc::clone(self))
    }

    /// A change between the quota's word and this call is not lost: `Notify` keeps it.
    async fn wait(&self, wait: Wait) {
        let changed = self.changed.notified();
        match wait {
            // Whichever comes first, the quota is asked again.
            Wait::Until(at) => timeout_at(at, changed).await.unwrap_or_default(),
            Wait::ForAnswer => changed.await,
        }
    }

    fn release(&self) -> Result<(), Wait> {
        let mut quota = self.quota();
        quota.release(Instant::now())
    }

    pub(super) fn answered(&self) {
        self.quota().answered(Instant::now());
        self.changed.notify_one();
    }

    fn change(&self, tell: fn(&mut Quota, Instant) -> bool) {
        let mut quota = self.quota();
        if tell(&mut quota, Instant::now()) {
            self.changed.notify_one();
        }
    }

    /// The time is read after this, so that the quota never sees it run backwards.
    fn quota(&self) -> MutexGuard<'_, Quota> {
        self.quota.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Future, poll_fn};
    use std::pin::pin;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::task::Poll;
    use std::time::Duration;

    use tokio::time::{sleep, timeout};

    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    /// Nothing is released to it in an hour.
    async fn assert_waits(waiter: &mut PermitFuture<'_>) {
        timeout(HOUR, waiter).await.expect_err("it was released");
    }

    /// Two requests under way fill the window of this limiter.
    async fn full(limiter: &LocalLimiter) -> (Permit, Permit) {
        (limiter.permit().await, limiter.permit().await)
    }

    #[tokio::test(start_paused = true)]
    async fn waiters_go_first_come_first_served() {
        let limiter = LocalLimiter::new(10.0, 3).unwrap();
        let (went, mut order) = tokio::sync::mpsc::unbounded_channel();
        for waiter in 0..40 {
            let (limiter, went) = (limiter.clone(), went.clone());
            tokio::spawn(async move {
                let permit = limiter.permit().await;
                went.send(waiter).unwrap();
                drop(permit);
            });
        }
        for waiter in 0..40 {
            assert_eq!(order.recv().await, Some(waiter));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_later_does_not_overtake_a_waiter_that_has_yet_to_wake() {
        let limiter = LocalLimiter::new(1.0, 1).unwrap();
        let both = full(&limiter).await;
        let mut older = limiter.permit();
        assert!(poll_once(&mut older).await.is_pending());
        drop(both);
        sleep(HOUR).await;
        let mut newer = limiter.permit();
        assert!(poll_once(&mut newer).await.is_pending());
        drop(soon(older).await);
        drop(soon(newer).await);
    }

    /// The permit, or a failure instead of a test that hangs.
    async fn soon(waiter: PermitFuture<'_>) -> Permit {
        let waited = timeout(HOUR, waiter).await;
        waited.expect("it was never released")
    }

    #[tokio::test(start_paused = true)]
    async fn a_waiter_wakes_when_the_quota_said() {
        let limiter = LocalLimiter::new(0.5, 1).unwrap();
        let start = Instant::now();
        drop(limiter.permit().await);
        drop(limiter.permit().await);
        assert_eq!(start.elapsed(), Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_waiter_for_answers_wakes_at_the_answer() {
        let limiter = LocalLimiter::new(1.0, 1).unwrap();
        let (first, _second) = full(&limiter).await;
        let mut waiter = limiter.permit();
        assert_waits(&mut waiter).await;
        drop(first);
        let answered = Instant::now();
        let _third = soon(waiter).await;
        // The first moment of the timer, which counts in milliseconds, after the window.
        assert_eq!(answered.elapsed(), Duration::from_millis(1_001));
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_runs_while_a_waiter_waits_for_an_answer() {
        let limiter = LocalLimiter::new(1.0, 1).unwrap();
        let (_first, _second) = full(&limiter).await;
        let polls = AtomicU32::new(0);
        let mut waiter = pin!(limiter.permit());
        let counted = poll_fn(|cx| {
            polls.fetch_add(1, Ordering::Relaxed);
            waiter.as_mut().poll(cx)
        });
        let mut counted = pin!(counted);
        assert!(poll_once(&mut counted).await.is_pending());
        let idle = tokio::spawn(sleep(HOUR));
        tokio::select! {
            _ = counted => panic!("it was released"),
            done = idle => done.unwrap(),
        }
        // Once above, once as the `select` begins, and perhaps once as the sleep ends.
        assert!(polls.load(Ordering::Relaxed) <= 3, "{polls:?}");
    }

    async fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
        poll_fn(|cx| Poll::Ready(pin!(&mut *future).poll(cx))).await
    }

    #[tokio::test(start_paused = true)]
    async fn waiters_that_are_dropped_hold_nobody_up() {
        let limiter = LocalLimiter::new(1.0, 1).unwrap();
        let (first, _second) = full(&limiter).await;
        let mut front = limiter.permit();
        let mut middle = limiter.permit();
        let mut back = limiter.permit();
        for waiter in [&mut front, &mut middle, &mut back] {
            assert!(poll_once(waiter).await.is_pending());
        }
        drop(middle);
        // The answer wakes the one in front, which goes without having looked.
        drop(first);
        drop(front);
        let start = Instant::now();
        let _permit = soon(back).await;
        assert!(start.elapsed() < Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn waiters_that_are_dropped_leave_their_places() {
        let limiter = LocalLimiter::new(100.0, 10).unwrap();
        let held: Vec<_> = {
            let mut held = Vec::new();
            for _ in 0..10 {
                held.push(limiter.permit().await);
            }
            held
        };
        for _ in 0..1_000 {
            let mut waiter = limiter.permit();
            assert!(poll_once(&mut waiter).await.is_pending());
        }
        drop(held);
        sleep(HOUR).await;
        let start = Instant::now();
        for _ in 0..10 {
            drop(limiter.permit().await);
        }
        assert_eq!(start.elapsed(), Duration::ZERO, "the whole burst is there");
    }

    #[tokio::test(start_paused = true)]
    async fn many_lanes_reach_the_rate_at_a_usual_latency() {
        let limiter = LocalLimiter::default();
        let sent = Arc::new(AtomicU32::new(0));
        for _ in 0..64 {
            let (limiter, sent) = (limiter.clone(), Arc::clone(&sent));
            tokio::spawn(async move {
                loop {
                    let _permit = limiter.permit().await;
                    sent.fetch_add(1, Ordering::Relaxed);
                    sleep(Duration::from_millis(50)).await;
                }
            });
        }
        sleep(Duration::from_secs(20)).await;
        let a_second = sent.load(Ordering::Relaxed) / 20;
        assert!((230..=240).contains(&a_second), "{a_second}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_429_slows_and_accepted_answers_bring_the_rate_back() {
        let limiter: Arc<dyn Limiter> = Arc::new(LocalLimiter::default());
        limiter.throttled();
        assert!((limiter.rate() - 168.0).abs() < 1e-9);
        for _ in 0..6 {
            sleep(Duration::from_secs(1)).await;
            limiter.accepted();
        }
        assert!((limiter.rate() - 240.0).abs() < f64::EPSILON);
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_that_rises_wakes_the_waiter() {
        let limiter = LocalLimiter::new(20.0, 1).unwrap();
        for _ in 0..60 {
            limiter.throttled();
            sleep(Duration::from_secs(1)).await;
        }
        // At the floor, two requests under way fill the window, which an accepted answer widens.
        let (_first, _second) = full(&limiter).await;
        let mut waiter = limiter.permit();
        assert_waits(&mut waiter).await;
        limiter.accepted();
        let start = Instant::now();
        let _permit = soon(waiter).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[test]
    fn permits_may_end_outside_of_a_runtime() {
        let limiter = LocalLimiter::default();
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_time().build().unwrap();
        let permit = runtime.block_on(limiter.permit());
        drop(runtime);
        drop(permit);
        assert_eq!(limiter.shared.release(), Ok(()));
    }
}
