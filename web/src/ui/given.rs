//! Giving files: the two pickers, the drop target over the whole window, and the list of what was given.

use foreshock_core::review::{Input, InputKind};
use foreshock_core::text::{Diagnostic, Severity};
use gloo::events::{EventListener, EventListenerOptions};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, Event};

use super::page::{Dialog, Page, page};
use super::{browser, words};
use crate::files;
use crate::protocol::Overview;

#[component]
pub(super) fn Pickers() -> impl IntoView {
    let page = page();
    let files = NodeRef::<leptos::html::Input>::new();
    let folder = NodeRef::<leptos::html::Input>::new();
    // Not among the attributes that the view knows.
    Effect::new(move |_| folder.get().map(|folder| folder.set_attribute("webkitdirectory", "")));
    let click = |input: NodeRef<leptos::html::Input>| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let give = move |input: NodeRef<leptos::html::Input>| {
        if let Some(input) = input.get_untracked() {
            page.give(files::picked(&input));
        }
    };
    let more = !page.files.with_untracked(Vec::is_empty);
    let (pick_files, pick_folder) =
        if more { (words::ADD_FILES, words::ADD_FOLDER) } else { (words::PICK_FILES, words::PICK_FOLDER) };
    view! {
        <button class="button primary" data-testid="pick-files" on:click=move |_| click(files)>
            {pick_files}
        </button>
        <button class="button" data-testid="pick-folder" on:click=move |_| click(folder)>
            {pick_folder}
        </button>
        <input
            type="file"
            hidden
            multiple
            node_ref=files
            data-testid="input-files"
            tabindex="-1"
            aria-hidden="true"
            on:change=move |_| give(files)
        />
        <input
            type="file"
            hidden
            multiple
            node_ref=folder
            data-testid="input-folder"
            tabindex="-1"
            aria-hidden="true"
            on:change=move |_| give(folder)
        />
    }
}

/// The whole window takes drops; while something is dragged over it, it says so.
#[component]
pub(super) fn DropTarget() -> impl IntoView {
    let page = page();
    let over = RwSignal::new(false);
    on_window(page, over);
    view! {
        <div class="drop-target" class:over=over aria-hidden="true" data-testid="drop-target">
            <p>{words::DROP_NOW}</p>
        </div>
    }
}

fn on_window(page: Page, over: RwSignal<bool>) {
    // Not passive: a drop that is not prevented makes the browser leave the page and show the file.
    let listen = |name: &'static str, act: Box<dyn FnMut(&Event)>| {
        EventListener::new_with_options(&browser::window(), name, EventListenerOptions::enable_prevent_default(), act)
            .forget();
    };
    let carries = |event: &Event| {
        let transfer = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
        transfer.filter(files::carries_files)
    };
    listen(
        "dragover",
        Box::new(move |event| {
            if let Some(transfer) = carries(event) {
                event.prevent_default();
                transfer.set_drop_effect("copy");
                if !over.get_untracked() {
                    over.set(true);
                }
            }
        }),
    );
    listen(
        "dragleave",
        Box::new(move |event| {
            // The window is left where there is nothing to go to; otherwise it is one element for another.
            if event.dyn_ref::<DragEvent>().is_some_and(|event| event.related_target().is_none()) {
                over.set(false);
            }
        }),
    );
    listen(
        "drop",
        Box::new(move |event| {
            over.set(false);
            if let Some(transfer) = carries(event) {
                event.prevent_default();
                let given = files::dropped(&transfer);
                spawn_local(async move { page.give(given.await) });
            }
        }),
    );
}

#[component]
pub(super) fn FilesDialog() -> impl IntoView {
    let page = page();
    view! {
        <super::help::Modal which=Dialog::Files title=words::FILES>
            <FileList />
            <div class="row spread">
                <div class="row">
                    <Pickers />
                </div>
                <button class="button quiet" data-testid="start-over" on:click=move |_| page.start_over()>
                    {words::START_OVER}
                </button>
            </div>
        </super::help::Modal>
    }
}

/// A folder can bring thousands of files; those that cannot be used come first.
const FILES_SHOWN: usize = 300;

/// Every file with what it was taken for, or why it could not be used.
#[component]
pub(super) fn FileList() -> impl IntoView {
    let page = page();
    let lines = move || {
        let given: Vec<(String, u64)> =
            page.files.with(|files| files.iter().map(|file| (file.name.clone(), size(&file.file))).collect());
        page.overview.with(|overview| lines(&given, overview.as_deref()))
    };
    view! {
        <ul class="files" data-testid="files">
            {move || {
                lines().into_iter().take(FILES_SHOWN).map(|line| view! { <FileLine line /> }.into_any()).collect_view()
            }}
            {move || {
                let more = lines().len().saturating_sub(FILES_SHOWN);
                (more > 0).then(|| view! { <li class="empty">{words::more(more)}</li> }.into_any())
            }}
        </ul>
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the browser gives a whole number as a float"
)]
pub(super) fn size(file: &web_sys::File) -> u64 {
    file.size() as u64
}

struct Line {
    name: String,
    bytes: u64,
    kind: Option<&'static str>,
    tone: Tone,
    /// What is wrong, and what to do.
    remarks: Vec<(String, Option<String>)>,
    /// The handle that a removal would take away; none for what came out of an archive.
    is_given: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tone {
    Good,
    Idle,
    Bad,
}

/// By name, those that cannot be used first.
fn lines(given: &[(String, u64)], overview: Option<&Overview>) -> Vec<Line> {
    let mut lines = Lines::default();
    for (name, bytes) in given {
        lines.entry(name, *bytes).is_given = true;
    }
    if let Some(overview) = overview {
        for Input { name, kind, bytes, .. } in &overview.inputs {
            let line = lines.entry(name, *bytes);
            line.kind = Some(words::kind_of_input(*kind));
            line.tone = match kind {
                InputKind::Unusable => Tone::Bad,
                InputKind::NotUsed => Tone::Idle,
                _ => Tone::Good,
            };
        }
        lines.note_unpacked();
        // A file that is used has its reservations listed beside the changes; here stands why one is not.
        for Diagnostic { file, message, help, severity, .. } in &overview.diagnostics {
            if let Some(line) = lines.find(file).filter(|line| line.tone != Tone::Good || *severity == Severity::Error)
            {
                line.remarks.push((message.clone(), help.clone()));
            }
        }
    }
    let (mut bad, rest): (Vec<Line>, Vec<Line>) = lines.0.into_iter().partition(|line| line.tone == Tone::Bad);
    bad.extend(rest);
    bad
}

/// Lines in the order of their names.
#[derive(Default)]
struct Lines(Vec<Line>);

impl Lines {
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|line| line.name.as_str().cmp(name))
    }

    /// What is there only as what came out of it.
    fn note_unpacked(&mut self) {
        for at in 0..self.0.len() {
            let within = format!("{}/", self.0[at].name);
            let (Ok(first) | Err(first)) = self.place(&within);
            let is_unpacked = self.0.get(first).is_some_and(|line| line.name.starts_with(&within));
            if self.0[at].kind.is_none() && is_unpacked {
                (self.0[at].kind, self.0[at].tone) = (Some(words::UNPACKED), Tone::Good);
            }
        }
    }

    fn find(&mut self, name: &str) -> Option<&mut Line> {
        self.place(name).ok().map(|at| &mut self.0[at])
    }

    fn entry(&mut self, name: &str, bytes: u64) -> &mut Line {
        let at = self.place(name).unwrap_or_else(|at| {
            let line = Line {
                name: name.to_owned(),
                bytes,
                kind: None,
                tone: Tone::Idle,
                remarks: Vec::new(),
                is_given: false,
            };
            self.0.insert(at, line);
            at
        });
        &mut self.0[at]
    }
}

#[component]
fn FileLine(line: Line) -> impl IntoView {
    let page = page();
    let (glyph, tone) = match line.tone {
        Tone::Good => ("✓", "good"),
        Tone::Idle => ("·", "idle"),
        Tone::Bad => ("✕", "bad"),
    };
    let name = line.name.clone();
    let remove = line.is_given.then(|| {
        let name = line.name.clone();
        let label = format!("{} {name}", words::REMOVE);
        view! {
            <button class="icon" aria-label=label title=words::REMOVE on:click=move |_| page.remove(&name)>
                "×"
            </button>
        }
    });
    view! {
        <li class=format!("file {tone}") data-testid="file" data-name=name data-tone=tone>
            <i class="file-glyph" aria-hidden="true">
                {glyph}
            </i>
            <div class="file-text">
                <code class="file-name">{line.name}</code>
                <span class="file-kind">{line.kind.map(|kind| format!("{kind} · "))}{words::bytes(line.bytes)}</span>
                {line
                    .remarks
                    .into_iter()
                    .map(|(message, help)| {
                        view! {
                            <p class="file-remark" data-testid="file-reason">
                                {message}
                                {help
                                    .map(|help| {
                                        view! {
                                            " "
                                            <span class="help">{help}</span>
                                        }
                                    })}
                            </p>
                        }
                    })
                    .collect_view()}
            </div>
            {remove}
        </li>
    }
}
