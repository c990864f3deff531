//! A value that many wait on. They are woken in the order in which they began to wait, so that a run in
//! simulated time can be repeated; tokio's `watch` draws lots.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

#[derive(Debug, Default)]
pub(crate) struct Watched<T> {
    value: Mutex<T>,
    changed: Notify,
}

impl<T> Watched<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            value: Mutex::new(value),
            changed: Notify::new(),
        }
    }

    /// The value now. To be held for a look, and never across an await.
    pub(crate) fn now(&self) -> MutexGuard<'_, T> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the value, unless the change says that there is none. Whether there was one.
    pub(crate) fn change(&self, change: impl FnOnce(&mut T) -> bool) -> bool {
        let changed = change(&mut self.now());
        if changed {
            self.changed.notify_waiters();
        }
        changed
    }

    /// Waits until the value is as wanted.
    pub(crate) async fn wait_for<R>(&self, mut wanted: impl FnMut(&T) -> Option<R>) -> R {
        loop {
            // Listening begins before the look, so that no change between is missed.
            let changed = self.changed.notified();
            let found = wanted(&self.now());
            if let Some(found) = found {
                return found;
            }
            changed.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// Lets every task run until it waits.
    async fn run_all() {
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn all_are_woken_in_their_order_and_none_for_nothing() {
        let watched = Arc::new(Watched::new(0));
        let woken = Arc::new(Mutex::new(Vec::new()));
        let tasks: Vec<_> = (0..100)
            .map(|nth| {
                let (watched, woken) = (Arc::clone(&watched), Arc::clone(&woken));
                tokio::spawn(async move {
                    watched.wait_for(|value| (*value == 2).then_some(())).await;
                    woken.lock().unwrap().push(nth);
                })
            })
            .collect();
        run_all().await;
        assert!(!watched.change(|_| false));
        assert!(watched.change(|value| {
            *value = 1;
            true
        }));
        run_all().await;
        assert!(woken.lock().unwrap().is_empty());
        watched.change(|value| {
            *value = 2;
            true
        });
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*woken.lock().unwrap(), (0..100).collect::<Vec<_>>());
    }
}
