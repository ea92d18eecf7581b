//! A world in one thread: whoever was woken first goes on first, time passes only when nobody can go on, and chance has a seed.
//!
//! Those that are woken by one step go on in the order in which they began: tokio's `watch` wakes its receivers in an order of its own
//! chance.

use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use upkeep_world::{
    Clock, Entropy, EntropyError, Job, Ports, Running, Tasks, Timers, Wait, Work, World,
};

/// The one whom everything is done for.
const MAIN: u64 = 0;
/// How often somebody may go on before that counts as turning in a circle.
const MAX_POLLS: u64 = 5_000_000;

#[derive(Clone)]
pub struct Stage(Arc<Mutex<Inside>>);

struct Inside {
    uptime: Duration,
    /// Who can go on, in the order in which they were woken.
    ready: VecDeque<u64>,
    /// Whom the step that is being taken has woken.
    woken: BTreeSet<u64>,
    timers: BTreeMap<(Duration, u64), Waker>,
    spawned: Vec<(u64, Work)>,
    stopped: Vec<u64>,
    /// Tasks and timers that there were.
    last: u64,
    chance: u64,
}

impl Stage {
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Inside {
            uptime: Duration::from_mins(1),
            ready: VecDeque::new(),
            woken: BTreeSet::new(),
            timers: BTreeMap::new(),
            spawned: Vec::new(),
            stopped: Vec::new(),
            last: MAIN,
            chance: seed,
        })))
    }

    pub fn world(&self) -> World {
        World::new(Ports {
            clock: Arc::new(self.clone()),
            timers: Arc::new(self.clone()),
            tasks: Arc::new(self.clone()),
            entropy: Arc::new(self.clone()),
        })
    }

    /// Does this, and whatever is begun meanwhile, until this is done.
    pub fn play<T>(&self, main: impl Future<Output = T>) -> T {
        let mut main = pin!(main);
        let mut tasks: BTreeMap<u64, Work> = BTreeMap::new();
        self.inside().ready.push_back(MAIN);
        for _ in 0..MAX_POLLS {
            self.inside().line_up();
            let next = self.inside().ready.pop_front();
            let Some(next) = next else {
                self.let_time_pass();
                continue;
            };
            let waker = Waker::from(Arc::new(Woken(next, self.clone())));
            let mut context = Context::from_waker(&waker);
            if next == MAIN {
                if let Poll::Ready(done) = main.as_mut().poll(&mut context) {
                    return done;
                }
            } else if let Some(task) = tasks.get_mut(&next)
                && task.as_mut().poll(&mut context).is_ready()
            {
                tasks.remove(&next);
            }
            self.take_changes(&mut tasks);
        }
        panic!("it turns in a circle");
    }

    /// Whoever is dropped may have something to say.
    fn take_changes(&self, tasks: &mut BTreeMap<u64, Work>) {
        loop {
            let mut inside = self.inside();
            for (id, work) in std::mem::take(&mut inside.spawned) {
                tasks.insert(id, work);
                inside.ready.push_back(id);
            }
            let stopped = std::mem::take(&mut inside.stopped);
            drop(inside);
            if stopped.is_empty() {
                return;
            }
            for id in stopped {
                tasks.remove(&id);
            }
        }
    }

    fn let_time_pass(&self) {
        let mut inside = self.inside();
        let ((at, _), waker) = inside.timers.pop_first().expect("nothing happens any more");
        inside.uptime = inside.uptime.max(at);
        drop(inside);
        waker.wake();
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().expect("nobody panics here")
    }
}

impl Inside {
    /// Those that were woken and do not wait for their turn already.
    fn line_up(&mut self) {
        for woken in std::mem::take(&mut self.woken) {
            if !self.ready.contains(&woken) {
                self.ready.push_back(woken);
            }
        }
    }

    fn new_id(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// SplitMix64.
    fn draw(&mut self) -> u64 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.chance;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

struct Woken(u64, Stage);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.1.inside().woken.insert(self.0);
    }
}

impl Clock for Stage {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("a moment") + self.uptime()
    }

    fn uptime(&self) -> Duration {
        self.inside().uptime
    }

    fn awake(&self) -> Duration {
        self.uptime()
    }
}

/// Waits for a moment.
struct Timer {
    at: Duration,
    id: Option<u64>,
    stage: Stage,
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let stage = self.stage.clone();
        let mut inside = stage.inside();
        if inside.uptime >= self.at {
            return Poll::Ready(());
        }
        let id = *self.id.get_or_insert_with(|| inside.new_id());
        inside.timers.insert((self.at, id), context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.stage.inside().timers.remove(&(self.at, id));
        }
    }
}

impl Timers for Stage {
    fn until(&self, uptime: Duration) -> Wait {
        Box::pin(Timer {
            at: uptime,
            id: None,
            stage: self.clone(),
        })
    }
}

struct Spawned(u64, Stage);

impl Running for Spawned {
    fn stop(&self) {
        self.1.inside().stopped.push(self.0);
    }
}

impl Tasks for Stage {
    fn spawn(&self, _: &'static str, work: Work) -> Box<dyn Running> {
        let mut inside = self.inside();
        let id = inside.new_id();
        inside.spawned.push((id, work));
        Box::new(Spawned(id, self.clone()))
    }

    fn blocking(&self, _: &'static str, job: Job) {
        job();
    }
}

impl Entropy for Stage {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        let mut inside = self.inside();
        for piece in bytes.chunks_mut(8) {
            let drawn = inside.draw().to_le_bytes();
            piece.copy_from_slice(&drawn[..piece.len()]);
        }
        Ok(())
    }
}
