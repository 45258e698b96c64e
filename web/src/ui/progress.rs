//! Long work: what is being done, how far, how to stop it; and what to do when it stopped by itself.

use leptos::prelude::*;

use super::page::{Stage, page};
use super::words;
use crate::bridge::Cause;
use crate::protocol::Progress;

#[component]
pub(super) fn Working() -> impl IntoView {
    let page = page();
    let progress = Memo::new(move |_| match page.stage.get() {
        Stage::Working(progress) => progress,
        _ => None,
    });
    let doing = move || progress.with(|progress| progress.as_ref().map(words::progress)).unwrap_or_default();
    let count = move || progress.with(|progress| progress.as_ref().and_then(words::progress_count));
    view! {
        <div class="sheet working" data-testid="working">
            <h1>{words::WORKING}</h1>
            <progress
                max="100"
                value=move || progress.with(|progress| progress.as_ref().map(share))
                aria-label=words::WORKING
            />
            <p class="working-line">
                <span role="status" aria-live="polite" data-testid="progress">
                    {doing}
                </span>
                <span class="count" data-testid="progress-count">
                    {count}
                </span>
            </p>
            <button class="button" data-testid="cancel" on:click=move |_| page.cancel()>
                {words::CANCEL}
            </button>
        </div>
    }
}

/// The part that is done, in percent: stages are given the share of the time that they usually take.
fn share(progress: &Progress) -> String {
    use crate::protocol::ProgressStage::{Matching, Reading, Rendering, Tracing, Unpacking, Writing};
    let (from, to) = match progress.stage {
        Unpacking => (0, 0),
        Reading => (0, 60),
        Matching => (60, 63),
        Rendering => (63, 65),
        Tracing => (65, 95),
        Writing => (95, 100),
    };
    // Multiplied as u64: KiB of many gigabytes, times sixty, are more than 32 bits hold.
    let part = (to - from) * progress.done.min(progress.of) as u64 / progress.of.max(1) as u64;
    (from + part).to_string()
}

#[component]
pub(super) fn Stopped() -> impl IntoView {
    let page = page();
    let death = move || match page.stage.get() {
        Stage::Stopped(death) => Some(death),
        _ => None,
    };
    let culprit = move || page.given_for(&death()?.during?.file?);
    let can_retry = move || death().is_some_and(|death| death.cause != Cause::NeverStarted);
    view! {
        <div class="sheet" data-testid="stopped">
            <section role="alert">
                <h1>{words::STOPPED_TITLE}</h1>
                <p class="lead" data-testid="stopped-reason">
                    {move || death().map(|death| words::death(&death))}
                </p>
            </section>
            {move || {
                death()
                    .as_ref()
                    .and_then(words::last_words)
                    .map(|last| {
                        view! {
                            <details class="last-words">
                                <summary>{words::LAST_WORDS}</summary>
                                <pre>{last.to_owned()}</pre>
                            </details>
                        }
                            .into_any()
                    })
            }}
            <div class="row">
                {move || {
                    can_retry()
                        .then(|| {
                            view! {
                                <button
                                    class="button primary"
                                    data-testid="review-again"
                                    on:click=move |_| page.review()
                                >
                                    {words::REVIEW_AGAIN}
                                </button>
                            }
                                .into_any()
                        })
                }}
                {move || {
                    culprit()
                        .filter(|_| can_retry())
                        .map(|file| {
                            let label = words::leave_out(&file);
                            view! {
                                <button class="button" data-testid="leave-out" on:click=move |_| page.remove(&file)>
                                    {label}
                                </button>
                            }
                                .into_any()
                        })
                }} <button class="button quiet" data-testid="start-over" on:click=move |_| page.start_over()>
                    {words::START_OVER}
                </button>
            </div>
        </div>
    }
}
