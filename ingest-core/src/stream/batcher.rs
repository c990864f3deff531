//! Which records go into which body, and when. Lanes keep the order of each key: one body of a lane is
//! under way at a time. Takes time as an argument; encodes, sends and waits for nothing.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use tokio::time::Instant;

use super::chunk::{Assembly, Body, Bounds, Chunk, Cut, Operation};
use super::receipt::{Fates, Receipt};

/// Bytes of room below which other lanes are not asked for records that fit.
const WORTH_FILLING: usize = 512;

/// Buffers that are kept for the next bodies, at least.
const SPARE: usize = 8;

/// How records are spread and how long they wait for company.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batching {
    pub(crate) bounds: Bounds,
    pub(crate) linger: Duration,
    /// Lanes by key; none when the order does not matter.
    pub(crate) lanes: Option<usize>,
}

/// Records on their way into bodies.
#[derive(Debug)]
pub(crate) struct Batcher {
    batching: Batching,
    lanes: Vec<Lane>,
    /// Buffers of bodies that are done.
    spare: Vec<BytesMut>,
    /// When whoever carries bodies will look again by himself.
    armed: Option<Instant>,
}

#[derive(Debug, Default)]
struct Lane {
    /// Whether one of its bodies is under way.
    busy: bool,
    /// All but the last are cut.
    chunks: VecDeque<Chunk>,
}

/// A record that has been taken.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) receipt: Receipt,
    /// Whether [`Batcher::next`] has to be asked anew.
    pub(crate) news: bool,
}

/// What to do now.
#[derive(Debug)]
pub(crate) enum Next {
    /// Carry this body; its lanes wait for [`Batcher::free`].
    Carry(Body),
    /// Nothing until then, or until there are news.
    Wait(Option<Instant>),
}

impl Batcher {
    pub(crate) fn new(batching: Batching) -> Self {
        let lanes = batching.lanes.unwrap_or(1).max(1);
        Self {
            batching,
            lanes: (0..lanes).map(|_| Lane::default()).collect(),
            spare: Vec::new(),
            armed: None,
        }
    }

    /// The lane of a key, by any hash of it.
    pub(crate) fn lane(&self, hash: u64) -> usize {
        let lanes = self.lanes.len() as u64;
        usize::try_from(hash % lanes).expect("BUG: less than the number of lanes")
    }

    /// Takes a record that would fit into a body of its own.
    pub(crate) fn push(
        &mut self,
        lane: usize,
        operation: Operation,
        record: &[u8],
        now: Instant,
    ) -> Placed {
        let bounds = self.batching.bounds;
        let place = &mut self.lanes[lane];
        let cut = place.chunks.back_mut().map(|last| {
            last.cut
                .or(last.lacks_room(operation, record.len(), &bounds))
        });
        let mut news = false;
        if let (Some(last), Some(Some(cut))) = (place.chunks.back_mut(), cut) {
            last.cut = Some(cut);
            news = !place.busy;
        }
        if !matches!(cut, Some(None)) {
            let text = self.spare.pop().unwrap_or_default();
            let chunk = Chunk::new(operation, bounds.shape, text, now);
            place.chunks.push_back(chunk);
            news |= !place.busy && self.armed.is_none();
        }
        let open = place.chunks.back_mut();
        let open = open.expect("BUG: a lane that takes a record has a chunk");
        Placed {
            receipt: open.push(record, &bounds, now),
            news,
        }
    }

    /// The next body that is due.
    pub(crate) fn next(&mut self, now: Instant) -> Next {
        let Some((lane, cut)) = self.due(now) else {
            self.armed = self.waking();
            return Next::Wait(self.armed);
        };
        let bounds = self.batching.bounds;
        let mut assembly = Assembly::new(lane, self.take(lane), cut, &bounds);
        self.fill(&mut assembly, &bounds);
        Next::Carry(assembly.finish())
    }

    /// The lane whose first chunk has been due for longest.
    fn due(&self, now: Instant) -> Option<(usize, Cut)> {
        let due = self.idle().filter_map(|(lane, chunk)| {
            let lingered = (chunk.first + self.batching.linger <= now).then_some(Cut::Linger);
            let cut = chunk.cut.or(chunk.urgent).or(lingered)?;
            Some((chunk.first, lane, cut))
        });
        due.min().map(|(_, lane, cut)| (lane, cut))
    }

    /// When the next chunk is due by waiting alone; none if nothing waits.
    fn waking(&self) -> Option<Instant> {
        let first = self.idle().map(|(_, chunk)| chunk.first).min()?;
        Some(first + self.batching.linger)
    }

    /// The lanes that may send, each with what it would send first.
    fn idle(&self) -> impl Iterator<Item = (usize, &Chunk)> {
        let idle = self.lanes.iter().enumerate().filter(|(_, lane)| !lane.busy);
        idle.filter_map(|(index, lane)| Some((index, lane.chunks.front()?)))
    }

    fn take(&mut self, lane: usize) -> Chunk {
        let ordered = self.batching.lanes.is_some();
        let lane = &mut self.lanes[lane];
        lane.busy = ordered;
        let chunk = lane.chunks.pop_front();
        chunk.expect("BUG: a lane that is due has a chunk")
    }

    /// Adds what other lanes have waiting, the oldest first, so that a quiet stream sends one body
    /// and not one for each lane.
    fn fill(&mut self, assembly: &mut Assembly, bounds: &Bounds) {
        if assembly.room(bounds) < WORTH_FILLING {
            return;
        }
        let mut others: Vec<_> = self
            .idle()
            .map(|(lane, chunk)| (chunk.first, lane))
            .collect();
        others.sort_unstable();
        for (_, lane) in others {
            let first = self.lanes[lane].chunks.front();
            if first.is_some_and(|chunk| assembly.takes(chunk, bounds)) {
                let chunk = self.take(lane);
                let text = assembly.add(lane, chunk, bounds);
                self.recycle(text);
            }
        }
    }

    /// The body of these lanes is done.
    pub(crate) fn free(&mut self, lanes: &[usize]) {
        for lane in lanes {
            self.lanes[*lane].busy = false;
        }
    }

    /// Keeps a buffer for the next chunk.
    pub(crate) fn recycle(&mut self, mut text: BytesMut) {
        if self.spare.len() < self.lanes.len().max(SPARE) {
            text.clear();
            self.spare.push(text);
        }
    }

    /// Lets everything leave that waits, without waiting for company.
    pub(crate) fn hurry(&mut self, cut: Cut) {
        for chunk in self.lanes.iter_mut().flat_map(|lane| &mut lane.chunks) {
            chunk.urgent.get_or_insert(cut);
        }
    }

    /// The fates of all that waits.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Arc<Fates>> {
        let chunks = self.lanes.iter().flat_map(|lane| &lane.chunks);
        chunks.map(Chunk::fates)
    }

    /// When the oldest record that waits came.
    pub(crate) fn oldest(&self) -> Option<Instant> {
        let chunks = self.lanes.iter().flat_map(|lane| &lane.chunks);
        chunks.map(|chunk| chunk.first).min()
    }

    /// Takes all that waits, lane by lane, whether it is due or not: the end of the stream.
    pub(crate) fn drain(&mut self, cut: Cut) -> Vec<Body> {
        let bounds = self.batching.bounds;
        let mut bodies = Vec::new();
        for (index, lane) in self.lanes.iter_mut().enumerate() {
            for chunk in lane.chunks.drain(..) {
                bodies.push(Assembly::new(index, chunk, cut, &bounds).finish());
            }
        }
        bodies
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::body::Shape;

    const LINGER: Duration = Duration::from_millis(250);

    fn batcher(lanes: Option<usize>, bytes: usize, records: u32) -> Batcher {
        Batcher::new(Batching {
            bounds: Bounds {
                shape: Shape::Data,
                bytes,
                records,
            },
            linger: LINGER,
            lanes,
        })
    }

    fn push(batcher: &mut Batcher, lane: usize, record: &str, now: Instant) -> bool {
        let placed = batcher.push(lane, Operation::Upsert, record.as_bytes(), now);
        placed.news
    }

    fn carry(batcher: &mut Batcher, now: Instant) -> Option<Body> {
        match batcher.next(now) {
            Next::Carry(body) => Some(body),
            Next::Wait(_) => None,
        }
    }

    fn text(body: &Body) -> &str {
        std::str::from_utf8(&body.bytes).unwrap()
    }

    #[test]
    fn a_record_waits_for_company_until_the_linger_time_is_over() {
        let now = Instant::now();
        let mut batcher = batcher(Some(4), 1_000, 10);
        assert!(
            matches!(batcher.next(now), Next::Wait(None)),
            "idle: no timer"
        );
        assert!(push(&mut batcher, 0, "1", now), "the timer has to be set");
        assert!(matches!(batcher.next(now), Next::Wait(Some(at)) if at == now + LINGER));
        let later = now + LINGER / 2;
        assert!(
            !push(&mut batcher, 0, "2", later),
            "the timer is set already"
        );
        assert!(
            !push(&mut batcher, 3, "3", later),
            "and is early enough for all"
        );
        assert!(carry(&mut batcher, later).is_none());
        let body = carry(&mut batcher, now + LINGER).unwrap();
        assert_eq!(body.cut, Cut::Linger);
        // What another lane has goes along.
        assert_eq!(text(&body), r#"{"data":[1,2,3]}"#);
        assert_eq!(body.lanes, [0, 3]);
    }

    #[test]
    fn a_body_is_cut_by_bytes_to_the_byte() {
        let now = Instant::now();
        let whole = r#"{"data":[11,22,33]}"#;
        let mut batcher = batcher(Some(1), whole.len(), 10);
        for record in ["11", "22", "33"] {
            push(&mut batcher, 0, record, now);
        }
        assert!(matches!(batcher.next(now), Next::Wait(Some(_))));
        assert!(push(&mut batcher, 0, "4", now), "a body is ready");
        let body = carry(&mut batcher, now).unwrap();
        assert_eq!((text(&body), body.cut), (whole, Cut::Size));
        let records: Vec<_> = (0..3).map(|index| body.record(index)).collect();
        assert_eq!(records, [b"11", b"22", b"33"]);
    }

    #[test]
    fn a_body_is_cut_by_count_and_by_operation() {
        let now = Instant::now();
        let mut batcher = batcher(Some(1), 1_000, 2);
        for record in ["1", "2", "3"] {
            push(&mut batcher, 0, record, now);
        }
        batcher.push(0, Operation::Delete, b"\"a\"", now);
        let first = carry(&mut batcher, now).unwrap();
        assert_eq!((text(&first), first.cut), (r#"{"data":[1,2]}"#, Cut::Count));
        assert!(carry(&mut batcher, now).is_none(), "the lane is taken");
        batcher.free(&first.lanes);
        let second = carry(&mut batcher, now).unwrap();
        assert_eq!(
            (text(&second), second.cut),
            (r#"{"data":[3]}"#, Cut::Operation)
        );
        batcher.free(&second.lanes);
        assert!(carry(&mut batcher, now).is_none());
        let third = carry(&mut batcher, now + LINGER).unwrap();
        assert_eq!(
            (text(&third), third.operation),
            (r#"{"ids":["a"]}"#, Operation::Delete)
        );
    }

    #[test]
    fn a_request_to_delete_names_200_keys() {
        let now = Instant::now();
        let mut batcher = batcher(None, 200_000, u32::MAX);
        for _ in 0..450 {
            batcher.push(0, Operation::Delete, b"\"a\"", now);
        }
        let mut records = Vec::new();
        while let Some(body) = carry(&mut batcher, now + LINGER) {
            records.push(body.records());
        }
        assert_eq!(records, [200, 200, 50]);
    }

    #[test]
    fn who_is_in_a_hurry_waits_for_no_company() {
        let now = Instant::now();
        let mut batcher = batcher(Some(2), 1_000, 10);
        push(&mut batcher, 0, "1", now);
        batcher.hurry(Cut::Flush);
        assert_eq!(carry(&mut batcher, now).unwrap().cut, Cut::Flush);
        assert!(matches!(batcher.next(now), Next::Wait(None)));
    }

    #[test]
    fn buffers_are_used_again() {
        let now = Instant::now();
        let mut batcher = batcher(Some(1), 1_000, 10);
        push(&mut batcher, 0, "1", now);
        let body = carry(&mut batcher, now + LINGER).unwrap();
        let place = body.bytes.as_ptr();
        batcher.free(&body.lanes);
        batcher.recycle(body.into_buffer().unwrap());
        push(&mut batcher, 0, "2", now);
        assert_eq!(
            carry(&mut batcher, now + LINGER).unwrap().bytes.as_ptr(),
            place
        );
    }

    /// What is done to a batcher.
    #[derive(Debug, Clone)]
    enum Deed {
        Push {
            key: u64,
            bytes: usize,
            delete: bool,
        },
        Wait(u64),
        Carry,
        Finish(usize),
        Hurry,
    }

    fn deed() -> impl Strategy<Value = Deed> {
        prop_oneof![
            8 => (0..12_u64, 1..120_usize, prop::bool::weighted(0.1))
                .prop_map(|(key, bytes, delete)| Deed::Push { key, bytes, delete }),
            2 => (0..400_u64).prop_map(Deed::Wait),
            4 => Just(Deed::Carry),
            4 => (0..8_usize).prop_map(Deed::Finish),
            1 => Just(Deed::Hurry),
        ]
    }

    /// A record that says who it is: its key, its number, and as many bytes as asked for.
    fn record(key: u64, number: usize, bytes: usize) -> String {
        format!("\"{key}/{number}/{}\"", "x".repeat(bytes))
    }

    fn key_and_number(record: &[u8]) -> (u64, usize) {
        let text: String = serde_json::from_slice(record).unwrap();
        let mut parts = text.split('/');
        let mut next = || parts.next().unwrap().to_owned();
        (next().parse().unwrap(), next().parse().unwrap())
    }

    /// What a tenant has seen, and what is on its way to it.
    #[derive(Default)]
    struct Seen {
        under_way: Vec<Body>,
        last: HashMap<u64, usize>,
        records: usize,
    }

    impl Seen {
        fn carry(&mut self, body: Body, bytes: usize, ordered: bool) {
            assert!(body.bytes.len() <= bytes, "{} bytes", body.bytes.len());
            let parsed: serde_json::Value = serde_json::from_slice(&body.bytes).unwrap();
            let list = parsed.as_object().unwrap().values().next().unwrap();
            assert_eq!(list.as_array().unwrap().len(), body.records() as usize);
            for index in 0..body.records() {
                let (key, number) = key_and_number(body.record(index));
                let before = self.last.insert(key, number);
                assert!(!ordered || before.is_none_or(|before| before < number));
                self.records += 1;
            }
            if ordered {
                let mut lanes: Vec<_> = self.under_way.iter().flat_map(|b| &b.lanes).collect();
                lanes.extend(&body.lanes);
                lanes.sort_unstable();
                let all = lanes.len();
                lanes.dedup();
                assert_eq!(lanes.len(), all, "one body of a lane at a time");
            }
            self.under_way.push(body);
        }

        fn finish(&mut self, batcher: &mut Batcher, nth: usize) {
            if !self.under_way.is_empty() {
                let body = self.under_way.remove(nth % self.under_way.len());
                batcher.free(&body.lanes);
                body.into_buffer()
                    .into_iter()
                    .for_each(|buffer| batcher.recycle(buffer));
            }
        }
    }

    proptest! {
        /// Whatever is done in whatever order: no body is too large, no key is overtaken, and every
        /// record leaves once.
        #[test]
        fn nothing_is_lost_doubled_or_overtaken(
            deeds in prop::collection::vec(deed(), 1..300),
            lanes in prop::option::of(1..6_usize),
            records in 1..20_u32,
        ) {
            const BYTES: usize = 1_000;
            let mut now = Instant::now();
            let mut batcher = batcher(lanes, BYTES, records);
            let mut seen = Seen::default();
            let mut pushed = 0;
            for deed in deeds {
                match deed {
                    Deed::Push { key, bytes, delete } => {
                        let operation = if delete { Operation::Delete } else { Operation::Upsert };
                        let lane = batcher.lane(key);
                        batcher.push(lane, operation, record(key, pushed, bytes).as_bytes(), now);
                        pushed += 1;
                    }
                    Deed::Wait(millis) => now += Duration::from_millis(millis),
                    Deed::Carry => {
                        if let Some(body) = carry(&mut batcher, now) {
                            seen.carry(body, BYTES, lanes.is_some());
                        }
                    }
                    Deed::Finish(nth) => seen.finish(&mut batcher, nth),
                    Deed::Hurry => batcher.hurry(Cut::Flush),
                }
            }
            now += LINGER;
            loop {
                match batcher.next(now) {
                    Next::Carry(body) => seen.carry(body, BYTES, lanes.is_some()),
                    Next::Wait(_) if seen.under_way.is_empty() => break,
                    Next::Wait(_) => seen.finish(&mut batcher, 0),
                }
            }
            prop_assert_eq!(seen.records, pushed);
            prop_assert!(matches!(batcher.next(now + LINGER), Next::Wait(None)), "nothing waits");
        }
    }
}
