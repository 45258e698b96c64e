//! The nodes as a table: the graph's twin for screen readers, sorting and long lists. Only the rows on screen exist.

use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::faces::{CertaintyNote, OutcomeChip};
use super::page::{answer_into, page};
use super::{browser, words};
use crate::protocol::{Filter, Row, RowPage, RowQuery, SortBy};

const ROW_HEIGHT: usize = 34;
/// Rows are asked for in steps of this many, so that scrolling a little asks for nothing.
const STEP: usize = 20;
/// As many as a tall screen holds, and two steps beside.
const LIMIT: usize = 120;

const COLUMNS: [SortBy; 6] = [SortBy::Outcome, SortBy::Name, SortBy::Kind, SortBy::Owner, SortBy::Reason, SortBy::Path];

#[component]
pub(super) fn Table() -> impl IntoView {
    let page = page();
    let sort = RwSignal::new((SortBy::Outcome, false));
    let scroll_top = RwSignal::new(0_usize);
    let offset = Memo::new(move |_| first_row(scroll_top.get()));
    let loaded: RwSignal<Option<Arc<RowPage>>> = RwSignal::new(None);
    answer_into(page, loaded, move || {
        let (sort, descending) = sort.get();
        Some(RowQuery { filter: page.filter.get(), sort, descending, offset: offset.get(), limit: LIMIT })
    });
    let scroller = NodeRef::<leptos::html::Div>::new();
    // Another filter or order is another list: it begins at its top.
    Effect::new(move |_| {
        page.filter.track();
        sort.track();
        if let Some(scroller) = scroller.get_untracked() {
            scroller.set_scroll_top(0);
        }
    });
    let total = Memo::new(move |_| loaded.with(|rows| rows.as_ref().map_or(0, |rows| rows.total)));
    let all = move || page.of_summary(|summary| summary.nodes).unwrap_or(0);
    let above = move || loaded.with(|rows| rows.as_ref().map_or(0, |rows| rows.offset));
    let below = move || {
        loaded.with(|rows| rows.as_ref().map_or(0, |rows| rows.total.saturating_sub(rows.offset + rows.rows.len())))
    };
    let shown = move || {
        loaded
            .get()
            .map(|page| {
                page.rows.iter().enumerate().map(|(at, row)| (page.offset + at, row.clone())).collect::<Vec<_>>()
            })
            .unwrap_or_default()
    };
    view! {
        <div class="table-view" data-testid="table-view">
            <p class="table-count" role="status" data-testid="table-count">
                {move || words::shown_of(total.get(), all())}
            </p>
            <div
                class="table-scroller"
                node_ref=scroller
                tabindex="-1"
                on:scroll=move |_| {
                    if let Some(scroller) = scroller.get_untracked() {
                        scroll_top.set(usize::try_from(scroller.scroll_top()).unwrap_or(0));
                    }
                }
            >
                <table
                    class="nodes"
                    data-testid="table"
                    aria-rowcount=move || (total.get() + 1).to_string()
                    aria-label=words::REACHED
                >
                    <thead>
                        <tr aria-rowindex="1">
                            {COLUMNS.into_iter().map(|column| view! { <Heading column sort /> }).collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        <tr class="spacer" aria-hidden="true" style:height=move || height(above()) />
                        <For each=shown key=|(at, row)| (*at, row.clone()) let((at, row))>
                            <NodeRow at row />
                        </For>
                        <tr class="spacer" aria-hidden="true" style:height=move || height(below()) />
                    </tbody>
                </table>
                {move || {
                    let words = if page.filter.with(Filter::is_empty) {
                        words::NOTHING_REACHED
                    } else {
                        words::NOTHING_MATCHES
                    };
                    (total.get() == 0 && loaded.with(Option::is_some))
                        .then(|| view! { <p class="empty">{words}</p> }.into_any())
                }}
            </div>
        </div>
    }
}

fn first_row(scroll_top: usize) -> usize {
    (scroll_top / ROW_HEIGHT / STEP * STEP).saturating_sub(STEP)
}

fn height(rows: usize) -> String {
    format!("{}px", rows * ROW_HEIGHT)
}

#[component]
fn Heading(column: SortBy, sort: RwSignal<(SortBy, bool)>) -> impl IntoView {
    let state = move || match sort.get() {
        (by, false) if by == column => "ascending",
        (by, true) if by == column => "descending",
        _ => "none",
    };
    let sort_by = move |_| sort.update(|(by, descending)| (*by, *descending) = (column, *by == column && !*descending));
    view! {
        <th scope="col" class=class(column) aria-sort=state>
            <button data-testid=format!("sort-{}", words::column(column).to_lowercase()) on:click=sort_by>
                {words::column(column)}
                <span class="arrow" aria-hidden="true">
                    {move || match state() {
                        "ascending" => "↑",
                        "descending" => "↓",
                        _ => "",
                    }}
                </span>
            </button>
        </th>
    }
}

/// Narrow windows leave out the columns that the evidence repeats.
fn class(column: SortBy) -> &'static str {
    match column {
        SortBy::Outcome => "c-outcome",
        SortBy::Name => "c-name",
        SortBy::Kind => "c-kind",
        SortBy::Owner => "c-owner",
        SortBy::Reason => "c-reason",
        SortBy::Path => "c-path",
    }
}

fn row_id(at: usize) -> String {
    format!("row-{at}")
}

#[component]
fn NodeRow(at: usize, row: Row) -> impl IntoView {
    let page = page();
    let id = row.unique_id.clone();
    let selected = Memo::new(move |_| page.node.with(|node| node.as_deref() == Some(id.as_str())));
    let id = StoredValue::new(row.unique_id.clone());
    let select = move || id.with_value(|id| page.select(id));
    let keys = move |event: KeyboardEvent| {
        let to = match event.key().as_str() {
            "ArrowDown" => at + 1,
            "ArrowUp" => at.saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        browser::focus(&row_id(to));
    };
    view! {
        <tr
            aria-rowindex=(at + 2).to_string()
            class:selected=move || selected.get()
            data-testid="row"
            data-node=row.unique_id.clone()
            data-outcome=row.outcome.word()
            on:click=move |_| select()
        >
            <td class="c-outcome">
                <OutcomeChip outcome=row.outcome />
            </td>
            <th scope="row" class="c-name">
                <button
                    id=row_id(at)
                    class="link"
                    aria-current=move || selected.get().then_some("true")
                    title=row.unique_id.clone()
                    on:keydown=keys
                    on:click=move |event| {
                        event.stop_propagation();
                        select();
                    }
                >
                    {row.label}
                </button>
            </th>
            <td class="c-kind">{row.kind.face().one}</td>
            <td class="c-owner">{row.owner.unwrap_or_default()}</td>
            <td class="c-reason" title=row.reason.clone()>
                {row.reason.clone()}
                " "
                <CertaintyNote certainty=row.certainty />
            </td>
            <td class="c-path" title=row.path.clone()>
                <code>{row.path.clone()}</code>
            </td>
        </tr>
    }
}
