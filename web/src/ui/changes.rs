//! The operations of the migration, file by file, with how far each reaches.

use foreshock_core::review::Change;
use foreshock_core::text::{Diagnostic, Severity};
use leptos::prelude::*;

use super::page::page;
use super::words;

/// A migration of thousands of statements shows this many of a file at first: the list must not grow with its input.
const SHOWN_AT_FIRST: usize = 200;

#[component]
pub(super) fn Changes() -> impl IntoView {
    let page = page();
    let count = move || page.of_summary(|summary| summary.changes.len()).unwrap_or(0);
    let files = move || page.of_summary(|summary| by_file(&summary.changes)).unwrap_or_default();
    let file = |(file, changes)| view! { <FileOfChanges file changes /> }.into_any();
    view! {
        <h2>{words::CHANGES}<em>{move || words::operations(count())}</em></h2>
        <div data-testid="changes">
            {move || (count() == 0).then(|| view! { <p class="empty">{words::NO_CHANGES}</p> }.into_any())}
            {move || files().into_iter().map(file).collect_view()}
        </div>
        <Reservations />
    }
}

/// Changes come in order of application, so those of a file stand together.
fn by_file(changes: &[Change]) -> Vec<(String, Vec<Change>)> {
    changes.chunk_by(|a, b| a.file == b.file).map(|group| (group[0].file.clone(), group.to_vec())).collect()
}

#[component]
fn FileOfChanges(file: String, changes: Vec<Change>) -> impl IntoView {
    let all = RwSignal::new(changes.len() <= SHOWN_AT_FIRST);
    let count = changes.len();
    let changes = StoredValue::new(changes);
    let (folder, name) = file.rsplit_once('/').map_or(("", file.as_str()), |(folder, name)| (folder, name));
    view! {
        <details class="change-file" open data-testid="change-file">
            <summary title=file.clone()>
                <b>{name.to_owned()}</b>
                <span class="folder">{folder.to_owned()}</span>
            </summary>
            <ul>
                {move || {
                    let shown = if all.get() { count } else { SHOWN_AT_FIRST };
                    changes
                        .with_value(|changes| {
                            changes
                                .iter()
                                .take(shown)
                                .map(|change| view! { <ChangeLine change=change.clone() /> }.into_any())
                                .collect_view()
                        })
                }}
            </ul>
            <ShowAll all count />
        </details>
    }
}

/// A sign for the kind of operation; the operation's name stands beside it.
fn glyph(op: &str) -> &'static str {
    match op.split('_').next().unwrap_or("") {
        "rename" => "⇄",
        "drop" => "−",
        "add" | "create" => "+",
        "remap" | "update" | "merge" => "≠",
        "change" | "alter" | "retype" | "set" => "~",
        "split" => "✂",
        "delete" | "truncate" => "⌫",
        _ => "·",
    }
}

#[component]
fn ChangeLine(change: Change) -> impl IntoView {
    let page = page();
    let Change { id, op, relation, summary, line, reaches, sql, .. } = change;
    let own = id.clone();
    let selected = Memo::new(move |_| page.filter.with(|filter| filter.change.as_deref() == Some(own.as_str())));
    let testid = id.clone();
    let toggle = move |_| {
        let turn_on = !selected.get_untracked();
        page.go(|route| route.filter.change = turn_on.then(|| id.clone()));
    };
    view! {
        <li>
            <button
                class="change"
                class:idle=reaches == 0
                data-testid="change"
                data-change=testid
                title=sql
                aria-pressed=move || selected.get().to_string()
                on:click=toggle
            >
                <span class="change-glyph" aria-hidden="true">
                    {glyph(&op)}
                </span>
                <span class="change-text">
                    <code>{summary}</code>
                    <small>{words::change_place(&op, line, &relation)}</small>
                </span>
                <span class="reach" title=words::reaches(reaches) aria-label=words::reaches(reaches)>
                    {words::grouped(reaches)}
                </span>
            </button>
        </li>
    }
}

#[component]
fn ShowAll(all: RwSignal<bool>, count: usize) -> impl IntoView {
    move || {
        let button = || {
            view! {
                <button class="button small quiet" on:click=move |_| all.set(true)>
                    {words::show_all(count)}
                </button>
            }
        };
        (!all.get()).then(|| button().into_any())
    }
}

/// What was read with reservations, beside the changes because it limits what they say.
#[component]
fn Reservations() -> impl IntoView {
    let page = page();
    move || {
        let diagnostics = page
            .overview
            .with(|overview| overview.as_ref().map(|overview| overview.diagnostics.clone()))
            .unwrap_or_default();
        (!diagnostics.is_empty()).then(|| view! { <DiagnosticList diagnostics /> }.into_any())
    }
}

#[component]
fn DiagnosticList(diagnostics: Vec<Diagnostic>) -> impl IntoView {
    let count = diagnostics.len();
    let all = RwSignal::new(count <= SHOWN_AT_FIRST);
    let diagnostics = StoredValue::new(diagnostics);
    let line = |diagnostic: &Diagnostic| view! { <DiagnosticLine diagnostic=diagnostic.clone() /> }.into_any();
    view! {
        <h2>{words::NOT_UNDERSTOOD}<em>{words::grouped(count)}</em></h2>
        <ul class="diagnostics" data-testid="diagnostics">
            {move || {
                let shown = if all.get() { count } else { SHOWN_AT_FIRST };
                diagnostics.with_value(|diagnostics| diagnostics.iter().take(shown).map(line).collect_view())
            }}
        </ul>
        <ShowAll all count />
    }
}

#[component]
fn DiagnosticLine(diagnostic: Diagnostic) -> impl IntoView {
    let (glyph, tone) = match diagnostic.severity {
        Severity::Error => ("✕", "error"),
        Severity::Warning => ("!", "warning"),
        Severity::Info => ("i", "info"),
    };
    let place = diagnostic
        .place
        .map_or_else(|| diagnostic.file.clone(), |place| format!("{}:{}:{}", place.file, place.line, place.column));
    view! {
        <li class=format!("diagnostic {tone}") data-testid="diagnostic" data-code=diagnostic.code>
            <span class="diagnostic-glyph" role="img" aria-label=tone>
                {glyph}
            </span>
            <div>
                <p>{diagnostic.message}</p>
                {diagnostic.help.map(|help| view! { <p class="help">{help}</p> })}
                <code class="place">{place}</code>
            </div>
        </li>
    }
}
