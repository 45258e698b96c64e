//! The right panel for what the migration touches directly: a source, and what is changed in it.

use foreshock_core::review::Change;
use leptos::prelude::*;

use super::faces::CertaintyNote;
use super::icon_button::{CloseButton, FocusButton};
use super::page::page;
use super::words;

#[component]
pub(super) fn OriginPanel(unique_id: String) -> impl IntoView {
    let page = page();
    let id = unique_id.clone();
    let touches = move |change: &&Change| change.matched.iter().any(|matched| matched.unique_id == id);
    let changes: Vec<Change> =
        page.of_summary(|summary| summary.changes.iter().filter(touches).cloned().collect()).unwrap_or_default();
    let name = unique_id.rsplit('.').next().unwrap_or_default().to_owned();
    let kind = unique_id.split('.').next().unwrap_or_default().to_owned();
    let of = unique_id.clone();
    view! {
        <h2>
            {kind} <em class="row">
                <FocusButton unique_id=unique_id.clone() />
                <CloseButton />
            </em>
        </h2>
        <article class="panel" data-testid="origin">
            <h3 class="node-title" data-testid="evidence-title">
                {name}
            </h3>
            {if changes.is_empty() {
                view! { <p class="quiet">{words::NOT_REACHED}</p> }.into_any()
            } else {
                let line = |change| view! { <ChangeOf change of=of.clone() /> }.into_any();
                view! {
                    <h4>{words::CHANGED_HERE}</h4>
                    <ul class="origin-changes">{changes.into_iter().map(line).collect_view()}</ul>
                }
                    .into_any()
            }}
            <dl class="facts">
                <div>
                    <dt>{words::ID}</dt>
                    <dd>
                        <code>{unique_id}</code>
                    </dd>
                </div>
            </dl>
        </article>
    }
}

#[component]
fn ChangeOf(change: Change, of: String) -> impl IntoView {
    let page = page();
    let id = change.id.clone();
    let matched = change.matched.into_iter().find(|matched| matched.unique_id == of);
    view! {
        <li>
            <button class="link" on:click=move |_| page.go(|route| route.filter.change = Some(id.clone()))>
                <code>{change.summary}</code>
            </button>
            <small>
                {words::op(&change.op)}" · "{change.file}":"{change.line}" · "{words::reaches(change.reaches)}
            </small>
            {(!change.values.is_empty())
                .then(|| {
                    view! {
                        <table class="values">
                            <caption>{words::NEW_VALUES}</caption>
                            <tbody>
                                {change
                                    .values
                                    .into_iter()
                                    .map(|value| {
                                        view! {
                                            <tr>
                                                <td>
                                                    <code>{value.from}</code>
                                                </td>
                                                <td aria-hidden="true">"→"</td>
                                                <td>
                                                    <code>{value.to}</code>
                                                </td>
                                            </tr>
                                        }
                                    })
                                    .collect_view()}
                            </tbody>
                        </table>
                    }
                })}
            {matched
                .map(|matched| view! { <small>{matched.how}" "<CertaintyNote certainty=matched.certainty /></small> })}
        </li>
    }
}
