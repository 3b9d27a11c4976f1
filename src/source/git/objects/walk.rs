//! Every object once, in pack order, on all cores.
//!
//! A delta is decoded while its base is at hand, and the walk tells which bytes of an object its base does not
//! have, so that what was looked at once need not be looked at again. The order of work is gix's
//! (`gix_pack::cache::delta::traverse`); that one hides the delta instructions and ends at the first error,
//! and both are needed here.

use super::delta::{self, Copied};
use super::inflate::Inflater;
use super::pack::{Forest, Pack};
use super::{Lost, Number, Objects};
use crate::source::Flow;
use gix::hash::{ObjectId, oid};
use gix::objs::Kind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What a visitor wants of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// To look at its bytes.
    Bytes,
    /// Nothing, it was looked at in an earlier run; but deltas of it may be wanted.
    Known,
    /// Nothing: it is visited under another number, whose state is not at hand here.
    Elsewhere,
}

/// An object's bytes.
pub struct Item<'a> {
    pub number: Number,
    pub id: &'a oid,
    pub kind: Kind,
    pub bytes: &'a [u8],
    /// It is [`Want::Known`], and shown only because something is a delta of it.
    pub known: bool,
}

/// The object of which the item is a delta.
pub struct Base<'a, S> {
    pub state: &'a S,
    pub len: usize,
    /// What the item has of it.
    pub copies: &'a [Copied],
}

/// What is done with the objects. All methods may be called from many threads at once.
pub trait Visitor: Sync {
    /// Buffers of one thread.
    type Scratch: Default;

    /// What a visit leaves for the visits of the object's deltas.
    type State: Send + Sync;

    fn want(&self, number: Number) -> Want;

    /// `base` is there unless the item is no delta, or one of something that was not visited.
    fn visit(
        &self,
        scratch: &mut Self::Scratch,
        item: &Item<'_>,
        base: Option<Base<'_, Self::State>>,
    ) -> (Self::State, Flow);

    fn lost(&self, number: Number, why: Lost);
}

/// Limits of a walk.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub threads: usize,
    /// Larger objects are lost as [`Lost::TooLarge`].
    pub max_bytes: u64,
}

/// The delta structure of all packs, built once for several walks.
pub struct Plan<'o> {
    objects: &'o Objects,
    forests: Vec<Forest>,
    /// Where the walk of a kind starts.
    roots: Vec<(Kind, Root)>,
    /// What no walk gets at.
    lost: Vec<(Number, Lost)>,
}

#[derive(Clone, Copy)]
enum Root {
    Packed {
        pack: u32,
        slot: u32,
    },
    /// A delta of an object that is in another pack.
    Thin {
        pack: u32,
        slot: u32,
        base: ObjectId,
    },
    Loose(Number),
}

impl<'o> Plan<'o> {
    pub fn new(objects: &'o Objects) -> Self {
        let mut plan = Plan { objects, forests: Vec::new(), roots: Vec::new(), lost: Vec::new() };
        let mut inflater = Inflater::default();
        for (at, pack) in (0..).zip(&objects.packs) {
            plan.add_pack(at, pack, &mut inflater);
        }
        for number in (objects.loose_from..objects.len() as u32).map(Number) {
            match objects.loose_kind(number, &mut inflater) {
                Ok(kind) => plan.roots.push((kind, Root::Loose(number))),
                Err(why) => plan.lost.push((number, why)),
            }
        }
        plan
    }

    fn add_pack(&mut self, at: u32, pack: &Pack, inflater: &mut Inflater) {
        let forest = Forest::grow(pack);
        self.roots.extend(
            forest.roots().iter().map(|(slot, kind)| (*kind, Root::Packed { pack: at, slot: *slot })),
        );
        for (slot, base) in forest.external() {
            match self.objects.read(base, inflater) {
                Ok((kind, _)) => self.roots.push((kind, Root::Thin { pack: at, slot: *slot, base: *base })),
                Err(_) => {
                    let family = forest.family(*slot).map(|slot| Number(forest.number(slot)));
                    self.lost.extend(family.map(|number| (number, Lost::MissingBase(*base))));
                }
            }
        }
        let lost = forest.lost().iter().flat_map(|slot| forest.family(*slot));
        self.lost.extend(lost.map(|slot| (Number(forest.number(slot)), Lost::Damaged)));
        self.forests.push(forest);
    }

    /// Tells the visitor what no walk gets at, after trying the other copies of it.
    pub fn rescue<V: Visitor>(&self, visitor: &V) -> Flow {
        let mut worker = Worker::new(self.objects, visitor, u64::MAX);
        self.lost
            .iter()
            .map(|(number, why)| worker.rescue(*number, *why))
            .find(|flow| *flow == Flow::Stop)
            .unwrap_or(Flow::Continue)
    }

    /// Visits every object of a kind.
    pub fn walk<V: Visitor>(&self, kind: Kind, limits: Limits, visitor: &V) -> Flow {
        let of_kind = self.roots.iter().filter(|(root, _)| *root == kind).map(|(_, root)| *root);
        let roots: Vec<Root> = of_kind.filter(|root| self.is_wanted(root, visitor)).collect();
        let pool = Pool::new(self, kind, roots, limits.threads.max(1));
        std::thread::scope(|scope| {
            for _ in 0..pool.threads {
                scope.spawn(|| pool.work(Worker::new(self.objects, visitor, limits.max_bytes)));
            }
        });
        if pool.stop.load(Ordering::Relaxed) { Flow::Stop } else { Flow::Continue }
    }

    fn is_wanted<V: Visitor>(&self, root: &Root, visitor: &V) -> bool {
        match *root {
            Root::Packed { pack, slot } | Root::Thin { pack, slot, .. } => {
                is_wanted(&self.forests[pack as usize], slot, visitor)
            }
            Root::Loose(number) => visitor.want(number) == Want::Bytes,
        }
    }
}

/// Is an entry, or anything that needs it as a base, asked for?
fn is_wanted<V: Visitor>(forest: &Forest, slot: u32, visitor: &V) -> bool {
    let wants = |slot| visitor.want(Number(forest.number(slot))) == Want::Bytes;
    // Almost always the first answer is yes; the family is climbed only where much is known to be clean.
    wants(slot) || (!forest.kids(slot).is_empty() && forest.family(slot).any(wants))
}

/// An object that others are deltas of.
struct Resolved<S> {
    bytes: Vec<u8>,
    state: Option<S>,
}

struct Task<S> {
    pack: u32,
    slot: u32,
    base: Arc<Resolved<S>>,
}

/// Work that is shared between the threads of one walk.
///
/// A thread works depth-first on a stack of its own, so a base is dropped soon after its last delta. Only while
/// somebody is idle does it give away the older half: large families (one file's history) would else end on one
/// core.
struct Pool<'p, 'o, S> {
    plan: &'p Plan<'o>,
    kind: Kind,
    roots: Vec<Root>,
    next_root: AtomicUsize,
    threads: usize,
    idle: AtomicUsize,
    stop: AtomicBool,
    shared: Mutex<Vec<Task<S>>>,
    ready: Condvar,
}

impl<'p, 'o, S: Send + Sync> Pool<'p, 'o, S> {
    fn new(plan: &'p Plan<'o>, kind: Kind, roots: Vec<Root>, threads: usize) -> Self {
        Pool {
            plan,
            kind,
            roots,
            next_root: AtomicUsize::new(0),
            threads,
            idle: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
            shared: Mutex::new(Vec::new()),
            ready: Condvar::new(),
        }
    }

    fn work<V: Visitor<State = S>>(&self, mut worker: Worker<'_, V>) {
        let mut own = Vec::new();
        while !self.stop.load(Ordering::Relaxed) {
            let flow = match own.pop().or_else(|| self.take_shared()) {
                Some(task) => self.visit_delta(&mut worker, task, &mut own),
                None => match self.roots.get(self.next_root.fetch_add(1, Ordering::Relaxed)) {
                    Some(root) => self.visit_root(&mut worker, *root, &mut own),
                    None if self.wait() => continue,
                    None => return,
                },
            };
            if flow == Flow::Stop {
                self.stop.store(true, Ordering::Relaxed);
            }
            if own.len() > 1 && self.idle.load(Ordering::Relaxed) > 0 {
                let older = own.drain(..own.len() / 2);
                self.lock().extend(older);
                self.ready.notify_all();
            }
        }
        self.ready.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Task<S>>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_shared(&self) -> Option<Task<S>> {
        self.lock().pop()
    }

    /// Waits for shared work; `false` once there can be none any more.
    fn wait(&self) -> bool {
        let mut shared = self.lock();
        self.idle.fetch_add(1, Ordering::Relaxed);
        loop {
            if self.idle.load(Ordering::Relaxed) == self.threads || self.stop.load(Ordering::Relaxed) {
                self.ready.notify_all();
                return false;
            }
            if !shared.is_empty() {
                self.idle.fetch_sub(1, Ordering::Relaxed);
                return true;
            }
            shared = self.ready.wait(shared).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn visit_root<V: Visitor<State = S>>(
        &self,
        worker: &mut Worker<'_, V>,
        root: Root,
        own: &mut Vec<Task<S>>,
    ) -> Flow {
        match root {
            Root::Loose(number) => match self.plan.objects.loose_bytes(number, &mut worker.inflater) {
                Ok((kind, bytes)) => worker.inspect(number, kind, &bytes, None).1,
                Err(why) => worker.rescue(number, why),
            },
            Root::Thin { pack, slot, base } => match self.plan.objects.read(&base, &mut worker.inflater) {
                Ok((_, bytes)) => {
                    let base = Arc::new(Resolved { bytes, state: None });
                    self.visit_delta(worker, Task { pack, slot, base }, own)
                }
                Err(why) => self.give_up(worker, pack, slot, why),
            },
            Root::Packed { pack, slot } => self.visit_whole(worker, pack, slot, own),
        }
    }

    fn visit_whole<V: Visitor<State = S>>(
        &self,
        worker: &mut Worker<'_, V>,
        pack: u32,
        slot: u32,
        own: &mut Vec<Task<S>>,
    ) -> Flow {
        let forest = &self.plan.forests[pack as usize];
        let mut bytes = Vec::new();
        let read = worker.read(&self.plan.objects.packs[pack as usize], forest.offset(slot), &mut bytes);
        if let Err(why) = read {
            return self.give_up(worker, pack, slot, why);
        }
        let (state, flow) = worker.inspect(Number(forest.number(slot)), self.kind, &bytes, None);
        self.push_kids(worker, pack, slot, Resolved { bytes, state }, own);
        flow
    }

    fn visit_delta<V: Visitor<State = S>>(
        &self,
        worker: &mut Worker<'_, V>,
        task: Task<S>,
        own: &mut Vec<Task<S>>,
    ) -> Flow {
        let Task { pack, slot, base } = task;
        let forest = &self.plan.forests[pack as usize];
        let mut bytes = std::mem::take(&mut worker.spare);
        let read =
            worker.rebuild(&self.plan.objects.packs[pack as usize], forest.offset(slot), &base, &mut bytes);
        if let Err(why) = read {
            return self.give_up(worker, pack, slot, why);
        }
        let (state, flow) = worker.inspect(Number(forest.number(slot)), self.kind, &bytes, Some(&base));
        if forest.kids(slot).is_empty() {
            worker.spare = bytes;
        } else {
            self.push_kids(worker, pack, slot, Resolved { bytes, state }, own);
        }
        if let Some(base) = Arc::into_inner(base)
            && base.bytes.capacity() > worker.spare.capacity()
        {
            worker.spare = base.bytes;
        }
        flow
    }

    /// Deltas that are nobody's base are done first, while the object is warm.
    fn push_kids<V: Visitor<State = S>>(
        &self,
        worker: &Worker<'_, V>,
        pack: u32,
        slot: u32,
        base: Resolved<S>,
        own: &mut Vec<Task<S>>,
    ) {
        let forest = &self.plan.forests[pack as usize];
        let base = Arc::new(base);
        let (leaves, inner): (Vec<u32>, Vec<u32>) =
            forest.kids(slot).iter().partition(|kid| forest.kids(**kid).is_empty());
        let wanted = inner.into_iter().chain(leaves).filter(|kid| is_wanted(forest, *kid, worker.visitor));
        own.extend(wanted.map(|slot| Task { pack, slot, base: Arc::clone(&base) }));
    }

    /// An entry cannot be read, and so nothing that is a delta of it.
    fn give_up<V: Visitor<State = S>>(
        &self,
        worker: &mut Worker<'_, V>,
        pack: u32,
        slot: u32,
        why: Lost,
    ) -> Flow {
        let forest = &self.plan.forests[pack as usize];
        for slot in forest.family(slot) {
            if worker.rescue(Number(forest.number(slot)), why) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }
}

/// One thread's buffers.
struct Worker<'v, V: Visitor> {
    objects: &'v Objects,
    visitor: &'v V,
    max_bytes: u64,
    inflater: Inflater,
    scratch: V::Scratch,
    /// A buffer that has grown already.
    spare: Vec<u8>,
    delta: Vec<u8>,
    copies: Vec<Copied>,
}

impl<'v, V: Visitor> Worker<'v, V> {
    fn new(objects: &'v Objects, visitor: &'v V, max_bytes: u64) -> Self {
        Worker {
            objects,
            visitor,
            max_bytes,
            inflater: Inflater::default(),
            scratch: V::Scratch::default(),
            spare: Vec::new(),
            delta: Vec::new(),
            copies: Vec::new(),
        }
    }

    fn read(&mut self, pack: &Pack, offset: u64, out: &mut Vec<u8>) -> Result<(), Lost> {
        let entry = pack.entry(offset)?;
        if entry.size > self.max_bytes {
            return Err(Lost::TooLarge { size: entry.size });
        }
        pack.inflate(&entry, &mut self.inflater, out)
    }

    fn rebuild(
        &mut self,
        pack: &Pack,
        offset: u64,
        base: &Resolved<V::State>,
        out: &mut Vec<u8>,
    ) -> Result<(), Lost> {
        let mut delta = std::mem::take(&mut self.delta);
        let result = self.read(pack, offset, &mut delta).and_then(|()| self.apply(base, &delta, out));
        self.delta = delta;
        result
    }

    fn apply(&mut self, base: &Resolved<V::State>, delta: &[u8], out: &mut Vec<u8>) -> Result<(), Lost> {
        let size = delta::result_size(delta).map_err(|_| Lost::Damaged)? as u64;
        if size > self.max_bytes {
            return Err(Lost::TooLarge { size });
        }
        delta::apply(&base.bytes, delta, out, &mut self.copies).map_err(|_| Lost::Damaged)
    }

    /// Shows an object to the visitor. With a base, `self.copies` are those of the delta just applied.
    fn inspect(
        &mut self,
        number: Number,
        kind: Kind,
        bytes: &[u8],
        base: Option<&Resolved<V::State>>,
    ) -> (Option<V::State>, Flow) {
        let known = match self.visitor.want(number) {
            Want::Bytes => false,
            Want::Known => true,
            Want::Elsewhere => return (None, Flow::Continue),
        };
        let item = Item { number, id: self.objects.id(number), kind, bytes, known };
        let base = base.and_then(|base| {
            let state = base.state.as_ref()?;
            Some(Base { state, len: base.bytes.len(), copies: &self.copies })
        });
        let (state, flow) = self.visitor.visit(&mut self.scratch, &item, base);
        (Some(state), flow)
    }

    /// Another copy of a lost object will do; else it is reported.
    fn rescue(&mut self, number: Number, why: Lost) -> Flow {
        if self.visitor.want(number) != Want::Bytes {
            return Flow::Continue;
        }
        if !matches!(why, Lost::TooLarge { .. })
            && let Ok((kind, bytes)) = self.objects.read(self.objects.id(number), &mut self.inflater)
        {
            return self.inspect(number, kind, &bytes, None).1;
        }
        self.visitor.lost(number, why);
        Flow::Continue
    }
}
