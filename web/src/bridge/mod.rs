//! The page's side of the worker: typed questions, and a worker that is always there.
//!
//! A worker can die (a trap, memory, `close()`) or fall silent. Whichever way, every open question ends with an error,
//! a new worker is started, and one [`Event::Died`] says what was in hand. Cancelling is the same on purpose:
//! terminating a worker is the only way to stop a computation, and it frees its memory.

mod link;
mod watchdog;

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use gloo::timers::callback::Interval;

pub use link::web_locks;

use crate::files::GivenFile;
use crate::protocol::{FromWorker, Greeting, Ping, Progress, Question, Reply, Request, ReviewFiles, ToWorker};
use link::Link;
use watchdog::Watchdog;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Progress(Progress),
    Died(Death),
}

/// How a worker ended, and what it was doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Death {
    pub cause: Cause,
    /// The last thing it said it was doing, if a review was under way.
    pub during: Option<Progress>,
    pub was_reviewing: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// It never came up: blocked, missing, or too old a browser. It is not started again.
    NeverStarted,
    /// It trapped; with its last words, where it had any.
    Crashed(String),
    /// It is gone without a word.
    Gone,
    /// It is there and has not been heard of for too long.
    Silent,
}

/// Why a question has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    Cancelled,
    Died,
    /// The answer was not one to this question.
    Garbled,
}

/// A handle; clones speak to the same worker.
#[derive(Clone)]
pub struct Bridge(Rc<RefCell<Inner>>);

struct Inner {
    script: String,
    listener: Rc<dyn Fn(Event)>,
    link: Option<Link>,
    /// Grows with every worker, so that news of an old one is recognised as old.
    generation: u32,
    next_id: u32,
    waiting: Vec<(u32, oneshot::Sender<Result<Reply, Lost>>)>,
    /// The open review among `waiting`.
    reviewing: Option<u32>,
    progress: Option<Progress>,
    was_ready: bool,
    last_words: Option<String>,
    watchdog: Watchdog,
    ticks: Option<Interval>,
}

impl Bridge {
    /// Starts a worker from this module script. It is warm before a file is chosen.
    pub fn new(script: String, listener: impl Fn(Event) + 'static) -> Self {
        let bridge = Self(Rc::new(RefCell::new(Inner {
            script,
            listener: Rc::new(listener),
            link: None,
            generation: 0,
            next_id: 0,
            waiting: Vec::new(),
            reviewing: None,
            progress: None,
            was_ready: false,
            last_words: None,
            watchdog: Watchdog::default(),
            ticks: None,
        })));
        bridge.spawn();
        let watched = Rc::downgrade(&bridge.0);
        bridge.0.borrow_mut().ticks = Some(Interval::new(watchdog::TICK_MS, move || {
            if let Some(inner) = watched.upgrade() {
                Self(inner).tick();
            }
        }));
        bridge
    }

    pub async fn ask<Q: Question>(&self, question: Q) -> Result<Q::Answer, Lost> {
        self.send(question.into(), &[]).await.and_then(|reply| Q::answer(reply).ok_or(Lost::Garbled))
    }

    /// The same where the type of the question is known elsewhere.
    pub async fn ask_for(&self, request: Request) -> Result<Reply, Lost> {
        self.send(request, &[]).await
    }

    /// Has these files read from scratch. A review that is under way gives way.
    pub async fn review(&self, files: &[GivenFile]) -> Result<crate::protocol::Overview, Lost> {
        if self.0.borrow().reviewing.is_some() {
            self.cancel();
        }
        let bytes: f64 = files.iter().map(|given| given.file.size()).sum();
        self.0.borrow_mut().watchdog.expect_to_read(bytes);
        let names = files.iter().map(|given| given.name.clone()).collect();
        self.send(ReviewFiles { names }.into(), files)
            .await
            .and_then(|reply| ReviewFiles::answer(reply).ok_or(Lost::Garbled))
    }

    /// Ends the worker, and with it whatever it is doing; a fresh one takes its place.
    pub fn cancel(&self) {
        self.0.borrow_mut().end(Lost::Cancelled);
        self.spawn();
    }

    async fn send(&self, request: Request, files: &[GivenFile]) -> Result<Reply, Lost> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut inner = self.0.borrow_mut();
            inner.next_id = inner.next_id.wrapping_add(1);
            let id = inner.next_id;
            if matches!(request, Request::ReviewFiles(_)) {
                inner.reviewing = Some(id);
            }
            inner.watchdog.heard();
            let posted = inner.link.as_ref().is_some_and(|link| link.post(&ToWorker { id, request }, files));
            if !posted {
                inner.reviewing = inner.reviewing.filter(|open| *open != id);
                return Err(Lost::Died);
            }
            inner.waiting.push((id, sender));
        }
        receiver.await.unwrap_or(Err(Lost::Died))
    }

    fn spawn(&self) {
        let generation = {
            let mut inner = self.0.borrow_mut();
            inner.generation += 1;
            inner.generation
        };
        let (on_message, on_error) = (
            self.weakly(generation, Self::heard),
            self.weakly(generation, |bridge, text: String| bridge.died(Cause::Crashed(text))),
        );
        let script = self.0.borrow().script.clone();
        match Link::open(&script, on_message, on_error) {
            Ok(link) => {
                self.0.borrow_mut().link = Some(link);
                self.greet(generation);
            }
            Err(_) => self.died(Cause::NeverStarted),
        }
    }

    /// A callback for news of one worker, deaf to news of its predecessors.
    fn weakly<T: 'static>(&self, generation: u32, act: impl Fn(&Self, T) + 'static) -> impl Fn(T) + 'static {
        let inner = Rc::downgrade(&self.0);
        move |news| {
            if let Some(inner) = inner.upgrade()
                && inner.borrow().generation == generation
            {
                act(&Self(inner), news);
            }
        }
    }

    /// Agrees on a lock with the worker, and queues for it: getting it means that the worker is gone.
    fn greet(&self, generation: u32) {
        let bridge = self.clone();
        let gone = self.weakly(generation, |bridge, ()| bridge.died(Cause::Gone));
        wasm_bindgen_futures::spawn_local(async move {
            let lock = format!("foreshock-worker-{:x}-{generation}", js_sys::Math::random().to_bits());
            if bridge.ask(Greeting { lock: lock.clone() }).await == Ok(true) {
                link::when_released(&lock, move || gone(()));
            }
        });
    }

    fn heard(&self, message: FromWorker) {
        let mut inner = self.0.borrow_mut();
        inner.watchdog.heard();
        match message {
            FromWorker::Ready => inner.was_ready = true,
            FromWorker::Panicked { message } => inner.last_words = Some(message),
            FromWorker::Progress(progress) => {
                inner.progress = Some(progress.clone());
                let listener = Rc::clone(&inner.listener);
                drop(inner);
                listener(Event::Progress(progress));
            }
            FromWorker::Answer { id, reply } => {
                if inner.reviewing == Some(id) {
                    inner.reviewing = None;
                    inner.progress = None;
                    inner.watchdog.expect_to_read(0.0);
                }
                if let Some(at) = inner.waiting.iter().position(|(waiting, _)| *waiting == id) {
                    let (_, sender) = inner.waiting.swap_remove(at);
                    // The one who asked may have lost interest.
                    let _unwanted = sender.send(Ok(*reply));
                }
            }
        }
    }

    fn died(&self, cause: Cause) {
        let (death, listener) = {
            let mut inner = self.0.borrow_mut();
            let cause = match (cause, inner.last_words.take()) {
                _ if !inner.was_ready => Cause::NeverStarted,
                (Cause::Crashed(_), Some(words)) => Cause::Crashed(words),
                (cause, _) => cause,
            };
            let death = Death { cause, during: inner.progress.take(), was_reviewing: inner.reviewing.is_some() };
            inner.end(Lost::Died);
            (death, Rc::clone(&inner.listener))
        };
        if death.cause != Cause::NeverStarted {
            self.spawn();
        }
        listener(Event::Died(death));
    }

    fn tick(&self) {
        let verdict = {
            let mut inner = self.0.borrow_mut();
            let busy = !inner.waiting.is_empty();
            inner.watchdog.tick(busy)
        };
        match verdict {
            watchdog::Verdict::Fine => {}
            watchdog::Verdict::AskForLife => {
                let bridge = self.clone();
                wasm_bindgen_futures::spawn_local(async move {
                    // Its absence is what the next ticks will notice.
                    let _pong = bridge.ask(Ping).await;
                });
            }
            watchdog::Verdict::Silent => self.died(Cause::Silent),
        }
    }
}

impl Inner {
    fn end(&mut self, reason: Lost) {
        self.link = None;
        self.reviewing = None;
        self.progress = None;
        self.watchdog = Watchdog::default();
        for (_, sender) in std::mem::take(&mut self.waiting) {
            let _unwanted = sender.send(Err(reason));
        }
    }
}
