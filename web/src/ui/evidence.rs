//! The finding in hand: what becomes of the node, why, along which path, in which lines of SQL.

use foreshock_core::evidence::{Evidence, Listing, Step};
use foreshock_core::review::{Because, NodeImpact, Owner};
use leptos::prelude::*;

use super::browser::is_followable;
use super::faces::{CertaintyNote, OutcomeChip, class};
use super::icon_button::{CloseButton, FocusButton, IconButton};
use super::listing::ListingBlock;
use super::origin::OriginPanel;
use super::page::{Page, page};
use super::summary::SummaryPanel;
use super::words;
use crate::protocol::FoundEvidence;

/// Reasons beyond these are in the documents: a node can have one for each of thousands of changes.
const REASONS_SHOWN: usize = 40;

#[component]
pub(super) fn EvidencePanel() -> impl IntoView {
    let page = page();
    view! {
        <div class="evidence-scroll" data-testid="evidence" data-node=move || page.node.get()>
            {move || match (page.node.get(), page.evidence.get()) {
                (None, _) => view! { <SummaryPanel /> }.into_any(),
                (Some(_), None) => ().into_any(),
                (Some(unique_id), Some(found)) => {
                    match found.as_ref() {
                        Some(found) => view! { <Found found=found.clone() /> }.into_any(),
                        None => view! { <OriginPanel unique_id /> }.into_any(),
                    }
                }
            }}
        </div>
    }
}

#[component]
fn Found(found: FoundEvidence) -> impl IntoView {
    let page = page();
    let FoundEvidence { evidence, position, of } = found;
    let Evidence { node, steps, listings, read_by } = evidence;
    let outcome = node.outcome;
    let headline = node.headline().to_owned();
    let listing = |mut listing: Listing| {
        // What stands above as the reason is not said once more beside the line.
        for mark in listing.marks.iter_mut().filter(|mark| mark.message == headline) {
            mark.message.clear();
        }
        view! { <ListingBlock listing /> }.into_any()
    };
    view! {
        <h2>
            {words::finding_position(position, of)} <em class="row">
                <FocusButton unique_id=node.unique_id.clone() />
                <IconButton
                    name=words::PREVIOUS
                    key=","
                    glyph="‹"
                    testid="previous-finding"
                    act=Box::new(move || page.step(false))
                />
                <IconButton name=words::NEXT key="." glyph="›" testid="next-finding" act=Box::new(move || page.step(true)) />
                <CloseButton />
            </em>
        </h2>
        <article class=format!("panel {}", class(outcome)) aria-live="polite">
            <h3 class="node-title" data-testid="evidence-title">
                {node.label.clone()}
            </h3>
            <p class="outcome-line">
                <OutcomeChip outcome />
                <span>{outcome.face().means}</span>
                <CertaintyNote certainty=node.certainty />
            </p>
            <Reasons page because=node.because.clone() />
            <Path page steps change=node.because.first().and_then(|because| because.change.clone()) />
            {listings.into_iter().map(listing).collect_view()}
            <Facts node read_by />
        </article>
    }
}

#[component]
fn Reasons(page: Page, because: Vec<Because>) -> impl IntoView {
    let mut because = because.into_iter();
    let first = because.next();
    let rest: Vec<Because> = because.collect();
    let count = rest.len();
    let line = move |mut because: Because| {
        // One column can be used on several lines.
        if let Some(place) = &because.span {
            because.message += &words::on_line(place.line);
        }
        match because.change {
            Some(change) => view! {
                <li>
                    <button
                        class="link"
                        title=words::SHOW_CHANGE
                        on:click=move |_| page.go(|route| route.filter.change = Some(change.clone()))
                    >
                        {because.message}
                    </button>
                </li>
            }
            .into_any(),
            None => view! { <li>{because.message}</li> }.into_any(),
        }
    };
    view! {
        {first
            .map(|because| {
                view! {
                    <p class="why" data-testid="reason">
                        {because.message}
                    </p>
                }
            })}
        {(count > 0)
            .then(|| {
                view! {
                    <details class="more-reasons" open=count <= 6>
                        <summary>{words::MORE_REASONS}" "<span class="count">{words::grouped(count)}</span></summary>
                        <ul>{rest.into_iter().take(REASONS_SHOWN).map(line).collect_view()}</ul>
                    </details>
                }
            })}
    }
}

/// The way from the change to the node; every step can be gone to.
#[component]
fn Path(page: Page, steps: Vec<Step>, change: Option<String>) -> impl IntoView {
    (!steps.is_empty()).then(|| {
        let step = move |step: Step| {
            let face = step.outcome.map(class).unwrap_or_default();
            let glyph = step.outcome.map(|outcome| view! { <i aria-hidden="true">{outcome.glyph()}</i> });
            let title =
                step.outcome.map_or_else(|| step.kind.clone(), |outcome| format!("{} · {}", step.kind, outcome.word()));
            let go: Option<Box<dyn Fn()>> = match (step.unique_id.clone(), change.clone()) {
                (Some(unique_id), _) => Some(Box::new(move || page.select(&unique_id))),
                (None, Some(change)) if step.kind == "change" => {
                    Some(Box::new(move || page.go(|route| route.filter.change = Some(change.clone()))))
                }
                _ => None,
            };
            let inner = view! {
                {glyph}
                <span>{step.label}</span>
            };
            match go {
                Some(go) => view! {
                    <li>
                        <button class=format!("step {face}") title=title on:click=move |_| go()>
                            {inner}
                        </button>
                    </li>
                }
                .into_any(),
                None => view! {
                    <li>
                        <span class=format!("step {face}") title=title>
                            {inner}
                        </span>
                    </li>
                }
                .into_any(),
            }
        };
        view! {
            <h4>{words::PATH}</h4>
            <ol class="path" data-testid="path">
                {steps.into_iter().map(step).collect_view()}
            </ol>
        }
    })
}

#[component]
fn Facts(node: NodeImpact, read_by: String) -> impl IntoView {
    let kind = node.kind.face().one;
    let what = if node.materialized.is_empty() || node.materialized == node.kind.face().word {
        kind.to_owned()
    } else {
        format!("{kind} · {}", node.materialized)
    };
    let url = node.url.clone().filter(|url| is_followable(url));
    view! {
        <dl class="facts">
            <div>
                <dt>{words::KIND}</dt>
                <dd>{what}</dd>
            </div>
            <div>
                <dt>{words::OWNER}</dt>
                <dd data-testid="owner">{owner(node.owner)}</dd>
            </div>
            {(!read_by.is_empty())
                .then(|| {
                    view! {
                        <div>
                            <dt>{words::READ_BY}</dt>
                            <dd data-testid="read-by">{read_by}</dd>
                        </div>
                    }
                })}
            {(!node.path.is_empty())
                .then(|| {
                    view! {
                        <div>
                            <dt>{words::DEFINED_IN}</dt>
                            <dd>
                                <code>{node.path}</code>
                            </dd>
                        </div>
                    }
                })}
            <div>
                <dt>{words::ID}</dt>
                <dd>
                    <code>{node.unique_id}</code>
                </dd>
            </div>
            {url
                .map(|url| {
                    view! {
                        <div>
                            <dt>{words::OPEN_LINK}</dt>
                            <dd>
                                <a href=url.clone() target="_blank" rel="noopener noreferrer">
                                    {url.clone()}
                                </a>
                            </dd>
                        </div>
                    }
                })}
        </dl>
    }
}

fn owner(owner: Option<Owner>) -> AnyView {
    match owner {
        None => view! { <span class="quiet">{words::NO_OWNER}</span> }.into_any(),
        Some(Owner { name, email: Some(email) }) if !email.contains(char::is_whitespace) => view! {
            {name}
            " · "
            <a href=format!("mailto:{email}")>{email.clone()}</a>
        }
        .into_any(),
        Some(Owner { name, .. }) => name.into_any(),
    }
}
