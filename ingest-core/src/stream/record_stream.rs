//! What users hold: a handle that takes records of one object, and the builder that opens it.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::chunk::Operation;
use super::encode::Encoded;
use super::engine::{Engine, Phase};
use super::halt::{Halt, SendAllError, SendError, TrySendError};
use super::health::Health;
use super::log;
use super::receipt::Receipt;
use super::report::Report;
use crate::record::IngestRecord;

/// Bytes of encoded records that `send_all` hands over at once.
const GROUP: usize = 64 * 1024;

/// A long-lived sender of records of one object. Cheap to clone; clones share everything, and may be
/// used from any number of tasks.
///
/// Records are sent in batches, in the background, and those with one key in the order in which they
/// were sent. Every record that was taken is accepted, rejected, expired or, at the end, reported as
/// unsent. [`close`](Self::close) at the end waits for all and says what became of them.
///
/// ```no_run
/// use ingest_core::{Client, IngestRecord};
///
/// async fn run<R: IngestRecord>(records: Vec<R>) -> Result<(), Box<dyn std::error::Error>> {
///     let client = Client::from_env()?;
///     let stream = client.stream::<R>().open().await?;
///     for record in &records {
///         stream.send(record).await?;
///     }
///     let report = stream.close().await;
///     println!("{report}");
///     Ok(())
/// }
/// ```
pub struct RecordStream<R> {
    handle: Arc<Handle>,
    records: PhantomData<fn(&R)>,
}

/// What all clones share; dropped with the last of them.
#[derive(Debug)]
struct Handle {
    engine: Arc<Engine>,
}

impl<R> Clone for RecordStream<R> {
    fn clone(&self) -> Self {
        Self {
            handle: Arc::clone(&self.handle),
            records: PhantomData,
        }
    }
}

impl<R> fmt::Debug for RecordStream<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordStream")
            .field("connector", &self.engine().connector)
            .field("object", &self.engine().object)
            .finish_non_exhaustive()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let open = self.engine.state().totals.open();
        if open > 0 {
            log::dropped(&self.engine.object, open);
        }
        self.engine.abandon();
    }
}

impl<R> RecordStream<R> {
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        Self {
            handle: Arc::new(Handle { engine }),
            records: PhantomData,
        }
    }

    /// Until the stream has ended; keeps none of its handles.
    pub(crate) fn end(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(Arc::clone(&self.handle.engine).ended())
    }

    fn engine(&self) -> &Engine {
        &self.handle.engine
    }

    /// Deletes the rows of these primary keys, in order with the records that were sent before and
    /// will be sent after. At most 200 keys leave in one request (documented).
    ///
    /// A key is the text of the primary key, as [`key::write`](crate::key::write) gives it. Where the
    /// object has a record modified field, the tenant keeps rows that claim to be modified later.
    ///
    /// # Errors
    /// For the first key that is not taken: it is blank or too long, or the stream halted or is closed.
    pub async fn delete<K: AsRef<str>>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Vec<Receipt>, SendAllError> {
        let mut receipts = Vec::new();
        for (index, key) in keys.into_iter().enumerate() {
            let mut encoded = self.encoded(Operation::Delete);
            let taken = match encoded.key(key.as_ref()) {
                Ok(()) => self.offer(encoded).await,
                Err(error) => Err(self.engine().note_invalid(error)),
            };
            match taken {
                Ok(mut taken) => receipts.append(&mut taken),
                Err(source) => {
                    return Err(SendAllError {
                        index,
                        receipts,
                        source,
                    });
                }
            }
        }
        Ok(receipts)
    }

    /// Waits until every record that was taken before has its fate.
    ///
    /// # Errors
    /// When the stream halts before.
    pub async fn flush(&self) -> Result<(), Halt> {
        let open = self.engine().flush();
        let settled = async {
            for fates in open {
                fates.all().await;
            }
        };
        let halted = self.engine().phase.wait_for(|phase| match phase {
            Phase::Halted(halt) | Phase::Stopping(Some(halt)) => Some(halt.clone()),
            _ => None,
        });
        tokio::select! {
            biased;
            () = settled => Ok(()),
            halt = halted => Err(halt),
        }
    }

    /// Takes no more records, waits until every one that was taken has its fate, and reports. That
    /// lasts at most as long as the delivery deadline; a stream that halts ends at once, with what is
    /// unsent in the report.
    ///
    /// All clones of the stream are closed with it.
    pub async fn close(self) -> Report {
        self.engine().close();
        self.ended().await
    }

    /// The same, but gives up what is still open after this time. What is under way then may have been
    /// accepted; it is reported as unsent all the same.
    pub async fn close_within(self, deadline: Duration) -> Report {
        let deadline = Instant::now() + deadline;
        self.engine().close();
        if let Ok(report) = timeout_at(deadline, self.ended()).await {
            return report;
        }
        self.engine().stop();
        self.ended().await
    }

    async fn ended(&self) -> Report {
        let ended = self.engine().phase.wait_for(|phase| match phase {
            Phase::Ended(report) => Some(Arc::clone(report)),
            _ => None,
        });
        Report::clone(&*ended.await)
    }

    /// Goes on after a halt, with everything that was kept. Whether the stream had halted.
    pub fn resume(&self) -> bool {
        self.engine().resume()
    }

    /// How the stream is.
    pub fn health(&self) -> Health {
        Health::of(self.engine())
    }

    /// The settings in force, one a line.
    pub fn describe(&self) -> String {
        self.engine().describe()
    }

    fn encoded(&self, operation: Operation) -> Encoded {
        Encoded::new(self.engine().encoding, operation)
    }

    /// Waits for room, if there is none. Nothing has happened to the records when the future is
    /// dropped.
    async fn offer(&self, encoded: Encoded) -> Result<Vec<Receipt>, SendError> {
        self.engine().make_room(encoded.held()).await?;
        self.engine().place(&encoded)
    }

    /// The same for one record, without a list.
    async fn offer_one(&self, encoded: Encoded) -> Result<Receipt, SendError> {
        self.engine().make_room(encoded.held()).await?;
        self.engine().place_one(&encoded)
    }
}

impl<R: IngestRecord> RecordStream<R> {
    /// Takes a record; waits while the buffer is full. The receipt tells what becomes of it.
    ///
    /// Cancel-safe: when the future is dropped before it is ready, the record was not taken.
    ///
    /// # Errors
    /// When the record can never be sent, or the stream halted or is closed.
    pub async fn send(&self, record: &R) -> Result<Receipt, SendError> {
        let encoded = self.encode(record)?;
        if self.engine().take_room(encoded.held()) {
            // Nearly always, and what is encoded need not move into another future.
            return self.engine().place_one(&encoded);
        }
        self.offer_one(encoded).await
    }

    /// The same for a record of another type, such as a patch, of the same object.
    ///
    /// # Errors
    /// Also when it is a record of another object.
    pub async fn send_as<T: IngestRecord>(&self, record: &T) -> Result<Receipt, SendError> {
        let (expected, found) = (R::OBJECT.name, T::OBJECT.name);
        if expected != found {
            return Err(SendError::OtherObject { expected, found });
        }
        self.offer_one(self.encode(record)?).await
    }

    /// Takes a record if there is room now.
    ///
    /// # Errors
    /// With the record: when the buffer is full, the record can never be sent, or the stream halted or
    /// is closed.
    pub fn try_send(&self, record: R) -> Result<Receipt, TrySendError<R>> {
        let encoded = match self.encode(&record) {
            Ok(encoded) => encoded,
            Err(error) => return Err(TrySendError::Refused(record, error)),
        };
        if self.engine().take_room(encoded.held()) {
            let placed = self.engine().place_one(&encoded);
            return placed.map_err(|error| TrySendError::Refused(record, error));
        }
        Err(match self.engine().closed_to_records() {
            Some(error) => TrySendError::Refused(record, error),
            None => TrySendError::Full(record),
        })
    }

    /// Takes many records, with one lock for some hundred of them; waits while the buffer is full.
    ///
    /// When the future is dropped before it is ready, a first part of the records was taken.
    ///
    /// # Errors
    /// For the first record that is not taken; those before it were, and those behind it were not
    /// offered.
    pub async fn send_all<'a>(
        &self,
        records: impl IntoIterator<Item = &'a R>,
    ) -> Result<Vec<Receipt>, SendAllError>
    where
        R: 'a,
    {
        let mut records = records.into_iter();
        let mut receipts = Vec::new();
        loop {
            let (group, end) = self.group(&mut records);
            let taken = match group.len() {
                0 => Ok(Vec::new()),
                _ => self.offer(group).await,
            };
            let refused = match (taken, end) {
                (Ok(mut taken), end) => {
                    receipts.append(&mut taken);
                    end
                }
                (Err(error), _) => Some(Err(error)),
            };
            match refused {
                None => {}
                Some(Ok(())) => return Ok(receipts),
                Some(Err(source)) => {
                    return Err(SendAllError {
                        index: receipts.len(),
                        receipts,
                        source,
                    });
                }
            }
        }
    }

    /// The next records, some hundred of them; and why they are the last, if they are.
    fn group<'a>(
        &self,
        records: &mut impl Iterator<Item = &'a R>,
    ) -> (Encoded, Option<Result<(), SendError>>)
    where
        R: 'a,
    {
        let mut group = self.encoded(Operation::Upsert);
        // One record more than half of the buffer fits into it, however small it is.
        let most = GROUP.min(self.engine().options.buffer / 2);
        while group.held() < most {
            let Some(record) = records.next() else {
                return (group, Some(Ok(())));
            };
            if let Err(error) = group.record(record) {
                let error = self.engine().note_invalid(error);
                return (group, Some(Err(error)));
            }
        }
        (group, None)
    }

    fn encode<T: IngestRecord>(&self, record: &T) -> Result<Encoded, SendError> {
        let mut encoded = self.encoded(Operation::Upsert);
        match encoded.record(record) {
            Ok(()) => Ok(encoded),
            Err(error) => Err(self.engine().note_invalid(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::IngestRecord;
    use crate::client::Client;
    use crate::client::scripted::{Script, settings};

    #[derive(IngestRecord)]
    #[ingest(
        unverified,
        crate = "crate",
        object = "event",
        digest = "0123456789abcdef"
    )]
    struct Event {
        #[ingest(kind = "Text", key)]
        id: String,
    }

    #[tokio::test(start_paused = true)]
    async fn many_records_pass_through_a_buffer_that_is_smaller_than_a_group() {
        let client = Client::with_transport(settings(&[]), Script::new(|_, _, _| None));
        let builder = client.stream::<Event>().max_body(1_000).buffer(2_000);
        let stream = builder.open().await.unwrap();
        let id = |nth| format!("{nth:0900}");
        let events: Vec<_> = (0..100).map(|nth| Event { id: id(nth) }).collect();
        assert_eq!(stream.send_all(&events).await.unwrap().len(), 100);
        assert!(stream.close().await.is_complete());
    }
}
