//! The worker: owns the review, reads the files itself, and answers what is on screen.
//!
//! `desk` is the whole logic as a plain value (tests use it without a worker); this module only connects it to
//! `postMessage`.

mod desk;
mod extras;
mod findings;
mod fingerprints;
mod fold;
pub mod layout;
mod overview;
pub mod reading;
mod selecting;
mod unpacking;

use std::cell::RefCell;
use std::rc::Rc;

use foreshock_core::InputFile;
use foreshock_core::documents::DOCUMENTS;
use foreshock_core::minutes::Decision;
use gloo::events::EventListener;
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent};

pub use desk::Desk;

use fingerprints::Fingerprints;

use crate::protocol::{FromWorker, Progress, ProgressStage, Reply, Request, ReviewFiles, ToWorker, decode, encode};

/// Progress is posted at most this often while the stage and the file stay the same.
const PROGRESS_EVERY_MS: f64 = 60.0;

/// Runs in the worker's global scope for as long as the worker lives.
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    speak_before_dying(scope.clone());
    let desk = Rc::new(RefCell::new(Desk::default()));
    let poster = scope.clone();
    EventListener::new(&scope, "message", move |event| {
        let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
        let message = Array::from(&event.data());
        match decode::<ToWorker>(&Uint8Array::new(&message.get(0)).to_vec()) {
            Ok(ToWorker { id, request: Request::ReviewFiles(review) }) => {
                let files = Array::from(&message.get(1)).iter().map(JsCast::unchecked_into).collect();
                spawn_local(review_files(poster.clone(), Rc::clone(&desk), id, review, files));
            }
            Ok(ToWorker { id, request: Request::Greeting(greeting) }) => {
                let scope = poster.clone();
                let held = hold_for_life(&greeting.lock, move || post(&scope, &answer(id, Reply::Greeting(true))));
                if !held {
                    post(&poster, &answer(id, Reply::Greeting(false)));
                }
            }
            Ok(ToWorker { id, request: Request::Document(query) }) => {
                let (scope, desk) = (poster.clone(), Rc::clone(&desk));
                spawn_local(async move {
                    let review = review_as_json(&desk, &query.decisions, needs_drafts(&query.file_name)).await;
                    let earlier = desk.borrow().earlier().and_then(|earlier| serde_json::to_string(earlier).ok());
                    let document = extras::document(&review, &query, earlier).await;
                    post(&scope, &answer(id, Reply::Document(document)));
                });
            }
            Ok(ToWorker { id, request: Request::Export(query) }) => {
                let (scope, desk) = (poster.clone(), Rc::clone(&desk));
                spawn_local(async move {
                    let review = review_as_json(&desk, &query.decisions, true).await;
                    let address = extras::export(&review, &query).await;
                    post(&scope, &answer(id, Reply::Export(address)));
                });
            }
            Ok(ToWorker { id, request }) => {
                if let Some(reply) = desk.borrow_mut().answer(&request) {
                    post(&poster, &answer(id, reply));
                }
            }
            Err(error) => post(
                &poster,
                &FromWorker::Panicked { message: format!("A message of the page was not understood: {error}") },
            ),
        }
    })
    .forget();
    post(&scope, &FromWorker::Ready);
}

async fn review_files(
    scope: DedicatedWorkerGlobalScope,
    desk: Rc<RefCell<Desk>>,
    id: u32,
    review: ReviewFiles,
    files: Vec<Blob>,
) {
    let throttle = RefCell::new(Throttle::default());
    let poster = scope.clone();
    let tell = Rc::new(move |progress: Progress| {
        if throttle.borrow_mut().lets_through(&progress) {
            post(&poster, &FromWorker::Progress(progress));
        }
    });
    let unpacked = unpacking::unpack(review.names, files, Rc::clone(&tell)).await;
    extras::load_for_readers(&unpacked).await;
    let fingerprints = Fingerprints::start(&unpacked).await;
    let open = |(name, content): (String, Result<Blob, String>)| match content {
        Ok(blob) if fingerprints.will_have(&name) => reading::open_without_sha256(name, blob),
        Ok(blob) => reading::open(name, blob),
        Err(why) => InputFile::refused(name, why),
    };
    let opened = unpacked.into_iter().map(open).collect();
    let mut opened = desk.borrow_mut().open(opened, Some(today()), &mut |progress| tell(progress));
    if let Some(templates) = opened.templates() {
        tell(Progress { stage: ProgressStage::Rendering, file: None, percent: None, done: 0, of: 0 });
        opened.take_rendered(extras::render(&templates).await);
    }
    desk.borrow_mut().judge(opened, &mut |progress| tell(progress));
    let fingerprints = fingerprints.finish().await;
    let overview = desk.borrow_mut().overview(&fingerprints).unwrap_or_default();
    post(&scope, &answer(id, Reply::ReviewFiles(overview)));
}

/// The review for the program that writes the papers.
async fn review_as_json(desk: &RefCell<Desk>, decisions: &[Decision], with_drafts: bool) -> String {
    if with_drafts {
        extras::load_renderer().await;
    }
    desk.borrow_mut().review_as_json(decisions, with_drafts).unwrap_or_default()
}

/// The day here, as waivers have theirs: 2026-01-31.
fn today() -> String {
    let now = js_sys::Date::new_0();
    format!("{:04}-{:02}-{:02}", now.get_full_year(), now.get_month() + 1, now.get_date())
}

/// Drafting takes further runs of the engine: only for the papers that speak of drafts.
fn needs_drafts(name: &str) -> bool {
    name == "fixes" || DOCUMENTS.iter().any(|face| face.file_name == name)
}

fn answer(id: u32, reply: Reply) -> FromWorker {
    FromWorker::Answer { id, reply: Box::new(reply) }
}

/// A refusal to post leaves the page to its watchdog: there is nobody else to tell.
fn post(scope: &DedicatedWorkerGlobalScope, message: &FromWorker) {
    if let Some(bytes) = encode(message) {
        let _refused = scope.post_message(&Uint8Array::from(bytes.as_slice()));
    }
}

/// A panic ends in a trap that carries no text; the hook sends the text first.
fn speak_before_dying(scope: DedicatedWorkerGlobalScope) {
    std::panic::set_hook(Box::new(move |info| {
        post(&scope, &FromWorker::Panicked { message: info.to_string() });
        console_error_panic_hook::hook(info);
    }));
}

/// Takes the lock with a promise that never settles. Only the end of this worker releases it, and the browser sees to
/// that however the end comes: `terminate()`, `close()`, a crash, memory running out. `once_held` runs when it is ours,
/// so that the page cannot queue for it before us.
fn hold_for_life(lock: &str, once_held: impl Fn() + 'static) -> bool {
    let Some((locks, request)) = crate::bridge::web_locks() else { return false };
    let forever = Closure::<dyn FnMut() -> Promise>::new(move || {
        once_held();
        Promise::new(&mut |_, _| {})
    });
    let asked = request.call2(&locks, &lock.into(), forever.as_ref()).is_ok();
    forever.forget();
    asked
}

/// Lets every new stage and file through, and the counts between at a bearable pace.
#[derive(Default)]
struct Throttle {
    last: Option<(Progress, f64)>,
}

impl Throttle {
    fn lets_through(&mut self, progress: &Progress) -> bool {
        let now = js_sys::Date::now();
        let same = |(last, at): &(Progress, f64)| {
            last.stage == progress.stage && last.file == progress.file && now - at < PROGRESS_EVERY_MS
        };
        if self.last.as_ref().is_some_and(same) {
            return false;
        }
        self.last = Some((progress.clone(), now));
        true
    }
}
