//! The line that is always in sight: verdict, counts, coverage.

use foreshock_core::review::Coverage;
use leptos::prelude::*;

use super::faces::{Mark, VerdictBadge, class};
use super::page::{Dialog, Page, Stage, page};
use super::{theme, words};
use crate::protocol::{Summary, Tally};

#[component]
pub(super) fn Header() -> impl IntoView {
    let page = page();
    // While files are being read, the last verdict is none of theirs.
    let stands = Memo::new(move |_| page.stage.get() == Stage::Standing);
    let summary = move || page.of_summary(Clone::clone).filter(|_| stands.get());
    let files = move || page.files.with(Vec::len);
    let theme = Memo::new(move |_| page.settings.with(|settings| settings.theme));
    view! {
        <header class="top" data-testid="header">
            <span class="brand">
                <Mark />
                {words::PRODUCT}
            </span>
            {move || summary().map(|summary| view! { <Standing summary /> }.into_any())}
            <span class="space" />
            {move || {
                (files() > 0)
                    .then(|| {
                        view! {
                            <button
                                class="button small"
                                data-testid="open-files"
                                aria-haspopup="dialog"
                                on:click=move |_| page.dialog.set(Some(Dialog::Files))
                            >
                                {words::files(files())}
                            </button>
                        }
                            .into_any()
                    })
            }}
            <button
                class="icon"
                data-testid="theme"
                title=move || theme::word(theme.get())
                aria-label=move || theme::word(theme.get())
                on:click=move |_| theme::turn(page)
            >
                {move || theme::glyph(theme.get())}
            </button>
            <button
                class="icon"
                data-testid="help"
                title=words::HELP
                aria-label=words::HELP
                aria-haspopup="dialog"
                on:click=move |_| page.dialog.set(Some(Dialog::Help))
            >
                "?"
            </button>
        </header>
    }
}

#[component]
fn Standing(summary: Summary) -> impl IntoView {
    let page = page();
    let Summary { verdict, project, coverage, tallies, .. } = summary;
    view! {
        <VerdictBadge verdict />
        <h1 class="project" title=format!("dbt {} · {}", project.dbt_version, project.adapter)>
            {project.name}
        </h1>
        <div class="tallies" role="group" aria-label=words::REACHED>
            {tallies.iter().map(|tally| tally_chip(page, tally)).collect_view()}
        </div>
        <CoverageLine coverage />
    }
}

/// A count that is also a filter: pressed, only its outcome is shown.
fn tally_chip(page: Page, tally: &Tally) -> impl IntoView + use<> {
    let outcome = tally.outcome;
    let kinds = tally.kinds.iter().map(|(kind, count)| kind.count(*count)).collect::<Vec<_>>().join(", ");
    let pressed = Memo::new(move |_| page.filter.with(|filter| filter.outcomes.contains(&outcome)));
    let toggle = move |_| {
        page.go(|route| {
            let outcomes = &mut route.filter.outcomes;
            if outcomes.contains(&outcome) {
                outcomes.retain(|other| *other != outcome);
            } else {
                outcomes.insert(outcomes.partition_point(|other| *other < outcome), outcome);
            }
        });
    };
    let label = format!("{} {}: {kinds}", words::grouped(tally.nodes), outcome.word());
    view! {
        <button
            class=format!("chip tally {}", class(outcome))
            data-testid="tally"
            data-outcome=outcome.word()
            title=label.clone()
            aria-label=label
            aria-pressed=move || pressed.get().to_string()
            on:click=toggle
        >
            <i aria-hidden="true">{outcome.glyph()}</i>
            <b>{words::grouped(tally.nodes)}</b>
            " "
            {outcome.word()}
        </button>
    }
}

/// What the verdict rests on. Anything less than everything is said in the colour of the unknown.
#[component]
pub(super) fn CoverageLine(coverage: Coverage) -> impl IntoView {
    let partial = !coverage.is_complete();
    let Coverage { models, column_level, statements, statements_understood, reasons, .. } = coverage;
    let part = |done: usize, of: usize| format!("{}/{}", words::grouped(done), words::grouped(of));
    view! {
        <span class="coverage" class:partial=partial title=reasons.join("\n") data-testid="coverage">
            {partial.then(|| view! { <i aria-hidden="true">"?"</i> })}
            {words::COVERS}
            " "
            <b>{part(column_level, models)}</b>
            " "
            {words::MODELS}
            " · "
            <b>{part(statements_understood, statements)}</b>
            " "
            {words::STATEMENTS}
        </span>
    }
}
