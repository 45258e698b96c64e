//! Meeting mode: one finding a screen, in large type, and beside it what is decided about it.

use foreshock_core::minutes::{CHOICES, Choice, ChoiceFace, Decision};
use gloo::timers::callback::Interval;
use leptos::prelude::*;

use super::evidence::EvidencePanel;
use super::page::page;
use super::{minutes, words};

#[component]
pub(super) fn Meeting() -> impl IntoView {
    let page = page();
    view! {
        <div class="meeting" data-testid="meeting">
            <div class="bar">
                <Agenda />
                <Clock />
                <span class="space" />
                <button
                    class="button small"
                    data-testid="meeting-previous"
                    aria-keyshortcuts=","
                    on:click=move |_| page.step(false)
                >
                    {words::PREVIOUS}
                </button>
                <button
                    class="button small"
                    data-testid="meeting-next"
                    aria-keyshortcuts="."
                    on:click=move |_| page.step(true)
                >
                    {words::NEXT}
                </button>
                <button class="button small primary" data-testid="save-review" on:click=move |_| minutes::save(page)>
                    {words::SAVE_REVIEW}
                </button>
            </div>
            <div class="meeting-finding">
                <EvidencePanel />
            </div>
            <div class="meeting-decision">
                {move || {
                    let evidence = page.evidence.get()?;
                    let node = &evidence.as_ref().as_ref()?.evidence.node;
                    let owner = node.owner.as_ref().map(|owner| owner.name.clone()).unwrap_or_default();
                    Some(view! { <DecisionForm unique_id=node.unique_id.clone() owner /> }.into_any())
                }}
            </div>
        </div>
    }
}

/// How many of the findings that need a decision have one.
#[component]
fn Agenda() -> impl IntoView {
    let page = page();
    let line = move || {
        let of = page.of_summary(crate::protocol::Summary::agenda).unwrap_or_default();
        words::decided(page.minutes.with(Vec::len), of)
    };
    view! {
        <p class="agenda" role="status" data-testid="agenda">
            {line}
        </p>
    }
}

/// The time since the meeting was opened.
#[component]
fn Clock() -> impl IntoView {
    let seconds = RwSignal::new(0_u32);
    let ticking = StoredValue::new_local(Some(Interval::new(1_000, move || {
        // The signal is gone with the view, a tick before the interval is.
        let _gone = seconds.try_update(|seconds| *seconds += 1);
    })));
    on_cleanup(move || ticking.set_value(None));
    view! {
        <span class="clock" role="timer" aria-label=words::IN_MEETING>
            {move || words::clock(seconds.get())}
        </span>
    }
}

/// Everything is taken down as it is typed; there is nothing to send.
#[component]
fn DecisionForm(unique_id: String, owner: String) -> impl IntoView {
    let page = page();
    let known = page.minutes.with_untracked(|minutes| find(minutes, &unique_id).cloned());
    let choice = RwSignal::new(known.as_ref().map(|decision| decision.choice));
    let draft = StoredValue::new(known.unwrap_or(Decision {
        unique_id,
        choice: Choice::Approve,
        note: String::new(),
        owner,
        due: String::new(),
    }));
    let change = move |edit: &dyn Fn(&mut Decision)| {
        draft.update_value(edit);
        if choice.get_untracked().is_some() {
            minutes::take_down(page, draft.get_value());
        }
    };
    let lacks = move || {
        choice.get()?;
        let lacks = page
            .minutes
            .with(|minutes| find(minutes, &draft.with_value(|draft| draft.unique_id.clone())).map(Decision::lacks))?;
        (!lacks.is_empty()).then(|| words::still_open(&lacks))
    };
    let needs = Memo::new(move |_| choice.get().and_then(|choice| choice.face().needs).unwrap_or(words::NOTE));
    let option = move |face: &'static ChoiceFace| {
        view! {
            <button
                class="choice"
                data-testid=format!("choice-{}", face.word)
                aria-pressed=move || (choice.get() == Some(face.choice)).to_string()
                on:click=move |_| {
                    choice.set(Some(face.choice));
                    change(&|draft| draft.choice = face.choice);
                }
            >
                {face.title}
            </button>
        }
        .into_any()
    };
    let field = move |name: &'static str,
                      kind: &'static str,
                      label: fn(Memo<&'static str>) -> &'static str,
                      value: fn(&mut Decision) -> &mut String| {
        view! {
            <div class="field">
                <span aria-hidden="true">{move || label(needs)}</span>
                <input
                    type=kind
                    data-testid=name
                    aria-label=move || label(needs)
                    prop:value=draft.try_update_value(|draft| value(draft).clone()).unwrap_or_default()
                    on:input=move |event| {
                        let text = event_target_value(&event);
                        change(&|draft| value(draft).clone_from(&text));
                    }
                />
            </div>
        }
        .into_any()
    };
    let take_back = move || {
        choice.get()?;
        let take_back = move |_| {
            choice.set(None);
            minutes::take_back(page, &draft.with_value(|draft| draft.unique_id.clone()));
        };
        let button = view! {
            <button class="button small quiet" data-testid="take-back" on:click=take_back>
                {words::TAKE_BACK}
            </button>
        };
        Some(button.into_any())
    };
    view! {
        <div class="decision" role="group" aria-label=words::DECISION data-testid="decision">
            <h2>{words::DECISION}</h2>
            {CHOICES.iter().map(option).collect_view()}
            {field("decision-note", "text", |needs| needs.get(), |decision| &mut decision.note)}
            {field("decision-owner", "text", |_| words::OWNER, |decision| &mut decision.owner)}
            {field("decision-due", "date", |_| words::DUE, |decision| &mut decision.due)}
            <p class="lacks" role="status" data-testid="decision-lacks">
                {lacks}
            </p>
            {take_back}
        </div>
    }
}

fn find<'a>(minutes: &'a [Decision], unique_id: &str) -> Option<&'a Decision> {
    minutes.iter().find(|decision| decision.unique_id == unique_id)
}
