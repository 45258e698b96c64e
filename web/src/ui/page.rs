//! What the page knows, and what can be done with it. Components get it from the context; it is a handful of handles,
//! so it is `Copy`.

use std::sync::Arc;

use foreshock_core::minutes::{Decision, Edited, ReviewFile};
use foreshock_core::outcome::AGENDA;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::route::{Route, View};
use super::{browser, minutes, recents, words};
use crate::bridge::{Bridge, Death, Event, Lost};
use crate::files::{self, Given, GivenFile, Waiving};
use crate::protocol::{
    EvidenceQuery, Filter, FindingQuery, FoundEvidence, Overview, Progress, Question, Reply, Request, Summary,
};
use crate::storage::{self, Settings};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    /// No file has been given.
    Empty,
    Working(Option<Progress>),
    /// The worker has read the files: `Page::overview` says what came of it.
    Standing,
    /// A review was cancelled; its files are kept.
    Cancelled,
    /// The worker died over a review.
    Stopped(Death),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialog {
    Help,
    Files,
    Palette,
    Settings,
    Waive,
    Messages,
}

/// Which part is in front where there is no room for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pane {
    Changes,
    Picture,
    Evidence,
}

/// Handles, not contents: a change costs next to nothing to keep.
const MOST_UNDONE: usize = 50;
const MOST_SAID: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) number: u32,
    pub(super) text: String,
    pub(super) is_alert: bool,
}

#[derive(Clone, Copy)]
pub(super) struct Page {
    pub(super) stage: RwSignal<Stage>,
    pub(super) overview: RwSignal<Option<Arc<Overview>>>,
    pub(super) files: RwSignal<Vec<GivenFile>, LocalStorage>,
    pub(super) route: RwSignal<Route>,
    pub(super) settings: RwSignal<Settings>,
    pub(super) notices: RwSignal<Vec<Notice>>,
    /// All that was said, the latest last, to be read again.
    pub(super) said: RwSignal<Vec<Notice>>,
    pub(super) dialog: RwSignal<Option<Dialog>>,
    pub(super) pane: RwSignal<Pane>,
    /// What the meeting decided, by node; kept in this browser for the same inputs.
    pub(super) minutes: RwSignal<Vec<Decision>>,
    /// What people made of the documents, by file name; kept as the minutes are.
    pub(super) edits: RwSignal<Vec<(String, Edited)>>,
    /// The review file that was opened, until its inputs are read.
    pub(super) opened: StoredValue<Option<ReviewFile>>,
    /// The waiver that is being written.
    pub(super) waiving: RwSignal<Waiving>,
    /// The files as they were before each change of them, the last change last.
    past: StoredValue<Vec<Vec<GivenFile>>, LocalStorage>,
    /// Grows with every review, so that what is on screen is asked for again.
    pub(super) revision: RwSignal<u32>,
    pub(super) node: Memo<Option<String>>,
    pub(super) view: Memo<View>,
    pub(super) filter: Memo<Filter>,
    /// The evidence of the selected node; none while there is no answer, `Some(None)` where the node is none of the
    /// review's.
    pub(super) evidence: RwSignal<Option<Arc<Option<FoundEvidence>>>>,
    bridge: StoredValue<Option<Bridge>, LocalStorage>,
}

impl Page {
    pub(super) fn new() -> Self {
        let settings = storage::load();
        let home = Route { view: View::from_word(&settings.view).unwrap_or_default(), ..Route::default() };
        let route = RwSignal::new(Route::parse(&browser::hash()).unwrap_or(home));
        let page = Self {
            stage: RwSignal::new(Stage::Empty),
            overview: RwSignal::new(None),
            files: RwSignal::new_local(Vec::new()),
            route,
            settings: RwSignal::new(settings),
            notices: RwSignal::new(Vec::new()),
            said: RwSignal::new(Vec::new()),
            dialog: RwSignal::new(None),
            pane: RwSignal::new(Pane::Picture),
            minutes: RwSignal::new(Vec::new()),
            edits: RwSignal::new(Vec::new()),
            opened: StoredValue::new(None),
            waiving: RwSignal::new(Waiving::default()),
            past: StoredValue::new_local(Vec::new()),
            revision: RwSignal::new(0),
            node: Memo::new(move |_| route.with(|route| route.node.clone())),
            view: Memo::new(move |_| route.with(|route| route.view)),
            filter: Memo::new(move |_| route.with(|route| route.filter.clone())),
            evidence: RwSignal::new(None),
            bridge: StoredValue::new_local(None),
        };
        page.bridge.set_value(Some(Bridge::new(browser::worker_script(), move |event| page.worker_says(event))));
        Effect::new(move |_| page.settings.with(storage::save));
        answer_into(page, page.evidence, move || page.node.get().map(|unique_id| EvidenceQuery { unique_id }));
        page
    }

    pub(super) fn bridge(self) -> Option<Bridge> {
        self.bridge.try_get_value().flatten()
    }

    /// Something of the review, tracked; none where there is no review.
    pub(super) fn of_summary<T>(self, read: impl FnOnce(&Summary) -> T) -> Option<T> {
        self.overview.with(|overview| overview.as_ref().and_then(|overview| overview.summary()).map(read))
    }

    // ── files and reviews ──

    pub(super) fn give(self, given: Given) {
        if given.left_out > 0 {
            self.say(words::left_out_of_folder(given.left_out));
        }
        if given.files.is_empty() {
            return;
        }
        if given.files.iter().any(files::is_review_file) {
            spawn_local(minutes::open(self, given));
            return;
        }
        self.remember();
        let mut replaced = Vec::new();
        self.files.update(|held| replaced = files::add(held, given.files));
        if !replaced.is_empty() {
            self.say(words::replaced(&replaced));
        }
        self.review();
    }

    /// What was given that a file is of: itself, or the archive that it came out of.
    pub(super) fn given_for(self, name: &str) -> Option<String> {
        let is_of = |given: &GivenFile| {
            name.strip_prefix(given.name.as_str()).is_some_and(|within| within.is_empty() || within.starts_with('/'))
        };
        self.files.with_untracked(|files| files.iter().find(|given| is_of(given)).map(|given| given.name.clone()))
    }

    /// Keeps the files as they are now, to come back to.
    fn remember(self) {
        let files = self.files.get_untracked();
        self.past.update_value(|past| {
            past.push(files);
            if past.len() > MOST_UNDONE {
                past.remove(0);
            }
        });
    }

    /// Takes back the last change of the files, whichever way it came: given, removed, waived, accepted, set.
    pub(super) fn undo(self) {
        match self.past.try_update_value(Vec::pop).flatten() {
            Some(files) if files.is_empty() => self.start_over(),
            Some(files) => {
                self.files.set(files);
                self.review();
                self.say(words::UNDONE.to_owned());
            }
            None => self.say(words::NOTHING_TO_UNDO.to_owned()),
        }
    }

    pub(super) fn remove(self, name: &str) {
        self.remember();
        self.files.update(|held| held.retain(|file| file.name != name));
        if self.files.with_untracked(Vec::is_empty) { self.start_over() } else { self.review() }
    }

    pub(super) fn open_example(self) {
        self.stage.set(Stage::Working(None));
        spawn_local(async move {
            match files::example().await {
                Ok(files) => self.give(Given { files, left_out: 0 }),
                Err(reason) => {
                    self.settle();
                    self.alert(format!("{}: {reason}", words::EXAMPLE_FAILED));
                }
            }
        });
    }

    /// Has all files read from scratch, with progress in sight.
    pub(super) fn review(self) {
        self.dialog.set(None);
        self.stage.set(Stage::Working(None));
        self.read();
    }

    fn read(self) {
        let Some(bridge) = self.bridge() else { return };
        let files = self.files.get_untracked();
        spawn_local(async move {
            match bridge.review(&files).await {
                Ok(overview) => {
                    browser::set_title(&format!("{} · {}", title(&overview), words::PRODUCT));
                    minutes::recall(self, &overview);
                    if overview.summary().is_some() {
                        recents::keep(self, minutes::key(&overview.inputs), title(&overview));
                    }
                    self.overview.set(Some(Arc::new(overview)));
                    self.revision.update(|revision| *revision += 1);
                    self.stage.set(Stage::Standing);
                }
                // A death is told by the bridge's event, a cancellation by the one who cancelled.
                Err(Lost::Died | Lost::Cancelled) => {}
                Err(Lost::Garbled) => {
                    self.alert(words::VERSIONS_DIFFER.to_owned());
                }
            }
        });
    }

    pub(super) fn cancel(self) {
        if let Some(bridge) = self.bridge() {
            bridge.cancel();
        }
        // The worker that knew the last review is gone with it.
        self.overview.set(None);
        self.stage.set(if self.files.with_untracked(Vec::is_empty) { Stage::Empty } else { Stage::Cancelled });
    }

    pub(super) fn start_over(self) {
        self.files.update(Vec::clear);
        self.minutes.update(Vec::clear);
        self.edits.update(Vec::clear);
        self.cancel();
        self.dialog.set(None);
        self.go(|route| *route = Route { view: route.view, ..Route::default() });
        browser::set_title(words::PRODUCT);
    }

    fn settle(self) {
        let stage = if self.overview.with_untracked(Option::is_some) { Stage::Standing } else { Stage::Empty };
        self.stage.set(stage);
    }

    fn worker_says(self, event: Event) {
        match event {
            Event::Progress(progress) => self.stage.update(|stage| {
                if let Stage::Working(shown) = stage {
                    *shown = Some(progress);
                }
            }),
            Event::Died(death) if death.was_reviewing || death.cause == crate::bridge::Cause::NeverStarted => {
                self.stage.set(Stage::Stopped(death));
            }
            Event::Died(_) if self.overview.with_untracked(Option::is_some) => {
                self.say(words::RESTARTED.to_owned());
                self.read();
            }
            // Nothing was lost, and a new worker is already warm.
            Event::Died(_) => {}
        }
    }

    // ── going about ──

    /// Goes somewhere: the browser's Back leads here again.
    pub(super) fn go(self, change: impl FnOnce(&mut Route)) {
        self.change_route(change, browser::push);
    }

    /// Goes on where it is, such as with every letter typed into the filter.
    pub(super) fn refine(self, change: impl FnOnce(&mut Route)) {
        self.change_route(change, browser::replace);
    }

    fn change_route(self, change: impl FnOnce(&mut Route), record: impl FnOnce(&str)) {
        let mut route = self.route.get_untracked();
        change(&mut route);
        if route != self.route.get_untracked() {
            record(&route.hash());
            self.route.set(route);
        }
    }

    /// Shows a view, and remembers it for the next visit.
    pub(super) fn open_view(self, view: View) {
        self.go(|route| route.view = view);
        self.pane.set(Pane::Picture);
        // A visit begins with the review, whatever the last one ended with.
        if view != View::Meeting {
            view.word().clone_into(&mut self.settings.write().view);
        }
    }

    pub(super) fn select(self, unique_id: &str) {
        self.go(|route| route.node = Some(unique_id.to_owned()));
        self.pane.set(Pane::Evidence);
    }

    pub(super) fn step(self, forward: bool) {
        let Some(bridge) = self.bridge() else { return };
        let query = FindingQuery { filter: self.gone_through(), from: self.node.get_untracked(), forward };
        spawn_local(async move {
            if let Ok(Some(unique_id)) = bridge.ask(query).await {
                self.select(&unique_id);
            }
        });
    }

    /// What stepping goes through: what is shown; in a meeting, what people have to decide about.
    fn gone_through(self) -> Filter {
        let shown = self.filter.get_untracked();
        let in_meeting = self.view.get_untracked() == View::Meeting;
        let agenda = || self.of_summary(|summary| summary.agenda() > 0) == Some(true);
        if in_meeting && shown.is_empty() && untrack(agenda) {
            return Filter { outcomes: AGENDA.to_vec(), ..shown };
        }
        shown
    }

    /// Esc: the nearest thing that can be left.
    pub(super) fn step_back(self) {
        if self.dialog.get_untracked().is_some() {
            self.dialog.set(None);
        } else if self.node.get_untracked().is_some() {
            self.go(|route| route.node = None);
        } else if !self.filter.with_untracked(Filter::is_empty) {
            self.go(|route| route.filter = Filter::default());
        }
    }

    // ── messages ──

    pub(super) fn say(self, text: String) {
        self.notify(text, false);
    }

    pub(super) fn alert(self, text: String) {
        self.notify(text, true);
    }

    fn notify(self, text: String, is_alert: bool) {
        let number = self.said.with_untracked(|said| said.last().map_or(0, |last| last.number + 1));
        let notice = Notice { number, text, is_alert };
        self.said.update(|said| {
            said.push(notice.clone());
            if said.len() > MOST_SAID {
                said.remove(0);
            }
        });
        self.notices.update(|notices| notices.push(notice));
        if !is_alert {
            set_timeout(move || self.dismiss(number), std::time::Duration::from_secs(8));
        }
    }

    pub(super) fn dismiss(self, number: u32) {
        self.notices.update(|notices| notices.retain(|notice| notice.number != number));
    }
}

/// The page of this app; components are only ever built inside it.
pub(super) fn page() -> Page {
    expect_context()
}

/// Keeps a signal at the worker's answer to a question: asked again when the question changes or a new review is there.
/// An answer that comes after a newer question is dropped, and the old one stays in sight until the new one is there.
pub(super) fn answer_into<Q>(
    page: Page,
    answer: RwSignal<Option<Arc<Q::Answer>>>,
    question: impl Fn() -> Option<Q> + Send + Sync + 'static,
) where
    Q: Question,
    Q::Answer: Send + Sync + 'static,
{
    let take = move |reply: Option<Reply>| {
        // The signal may be gone with the view that it was for.
        let _gone = match reply.map(Q::answer) {
            None => answer.try_set(None),
            Some(Some(reply)) => answer.try_set(Some(Arc::new(reply))),
            Some(None) => None,
        };
    };
    ask_again(page, Box::new(move || question().map(Into::into)), Arc::new(take));
}

/// The part that is the same for all questions; apart, because each copy of it is part of the download.
fn ask_again(
    page: Page,
    question: Box<dyn Fn() -> Option<Request> + Send + Sync>,
    take: Arc<dyn Fn(Option<Reply>) + Send + Sync>,
) {
    let question = Memo::new(move |_| question());
    let asked = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let number = asked.get_value().wrapping_add(1);
        asked.set_value(number);
        let reviewed = page.revision.get() > 0;
        let (Some(question), Some(bridge), true) = (question.get(), page.bridge(), reviewed) else {
            take(None);
            return;
        };
        let take = Arc::clone(&take);
        spawn_local(async move {
            // Where it is lost with its worker, the review that follows asks again.
            let reply = bridge.ask_for(question).await;
            if asked.try_get_value() == Some(number)
                && let Ok(reply) = reply
            {
                take(Some(reply));
            }
        });
    });
}

fn title(overview: &Overview) -> String {
    match overview.summary() {
        Some(summary) => {
            format!("{} · {}", words::verdict(summary.verdict).1, summary.project.name)
        }
        None => String::new(),
    }
}
