//! The right panel while no node is selected: why this verdict, what is reached, whom to talk to.

use foreshock_core::outcome::{NODE_KINDS, NodeKind};
use leptos::prelude::*;

use super::faces::{OutcomeChip, VerdictBadge};
use super::header::CoverageLine;
use super::page::page;
use super::words;
use crate::protocol::{OwnerTally, Summary, Tally};

const OWNERS_SHOWN: usize = 40;

#[component]
pub(super) fn SummaryPanel() -> impl IntoView {
    let page = page();
    move || page.of_summary(|summary| view! { <Told summary=summary.clone() /> }.into_any())
}

#[component]
fn Told(summary: Summary) -> impl IntoView {
    let page = page();
    let Summary { verdict, reasons, coverage, tallies, owners, nodes, .. } = summary;
    let limits = coverage.reasons.clone();
    view! {
        <h2>{words::SUMMARY}</h2>
        <div class="panel" data-testid="summary">
            <p>
                <VerdictBadge verdict />
            </p>
            <ol class="reasons">{reasons.into_iter().map(|reason| view! { <li>{reason}</li> }).collect_view()}</ol>
            {if nodes == 0 {
                view! { <p class="quiet">{words::NOTHING_REACHED}</p> }.into_any()
            } else {
                view! {
                    <button class="button primary" data-testid="first-finding" on:click=move |_| page.step(true)>
                        {words::FIRST_FINDING}
                        <kbd>"."</kbd>
                    </button>
                    <h3>{words::REACHED}</h3>
                    <Reached tallies />
                }
                    .into_any()
            }}
            {(!owners.is_empty())
                .then(|| {
                    view! {
                        <h3>{words::OWNERS}</h3>
                        <Owners owners />
                    }
                })}
            <h3>{words::WHAT_IT_RESTS_ON}</h3>
            <p>
                <CoverageLine coverage />
            </p>
            {(!limits.is_empty())
                .then(|| {
                    view! {
                        <ul class="limits" data-testid="limits">
                            {limits.into_iter().map(|limit| view! { <li>{limit}</li> }).collect_view()}
                        </ul>
                    }
                })}
        </div>
    }
}

/// Outcomes down, kinds across: only those that occur.
#[component]
fn Reached(tallies: Vec<Tally>) -> impl IntoView {
    let occurs = |kind: NodeKind| tallies.iter().any(|tally| tally.kinds.iter().any(|(other, _)| *other == kind));
    let kinds: Vec<NodeKind> = NODE_KINDS.iter().map(|face| face.kind).filter(|kind| occurs(*kind)).collect();
    let row = |tally: &Tally| {
        let count = |kind: &NodeKind| {
            tally.kinds.iter().find(|(other, _)| other == kind).map(|(_, count)| words::grouped(*count))
        };
        let cells =
            kinds.iter().map(|kind| view! { <td>{count(kind).unwrap_or_else(|| "·".to_owned())}</td> }).collect_view();
        view! {
            <tr>
                <th scope="row">
                    <OutcomeChip outcome=tally.outcome />
                </th>
                {cells}
            </tr>
        }
    };
    let rows = tallies.iter().map(row).collect_view();
    view! {
        <table class="reached">
            <thead>
                <tr>
                    <td />
                    {kinds.iter().map(|kind| view! { <th scope="col">{kind.face().many}</th> }).collect_view()}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

#[component]
fn Owners(owners: Vec<OwnerTally>) -> impl IntoView {
    let page = page();
    view! {
        <ul class="owners">
            {owners
                .into_iter()
                .take(OWNERS_SHOWN)
                .map(|OwnerTally { owner, nodes }| {
                    let name = owner.name.clone();
                    view! {
                        <li>
                            <button class="link" on:click=move |_| page.go(|route| route.filter.text.clone_from(&name))>
                                {owner.name.clone()}
                            </button>
                            <span class="count">{words::grouped(nodes)}</span>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}
