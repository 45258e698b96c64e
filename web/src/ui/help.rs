//! Dialogs, and the one with the keys and signs.

use foreshock_core::outcome::OUTCOMES;
use leptos::prelude::*;

use super::faces::OutcomeChip;
use super::page::{Dialog, page};
use super::words;

/// A modal dialog of the browser's own: it keeps the focus inside, gives it back, and closes on Esc.
#[component]
pub(super) fn Modal(which: Dialog, title: &'static str, children: ChildrenFn) -> impl IntoView {
    let page = page();
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    let is_open = Memo::new(move |_| page.dialog.get() == Some(which));
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if is_open.get() && !dialog.open() {
            // It only fails on a dialog that is open already.
            let _already_open = dialog.show_modal();
        } else if !is_open.get() && dialog.open() {
            dialog.close();
        }
    });
    let close = move || {
        if page.dialog.get_untracked() == Some(which) {
            page.dialog.set(None);
        }
    };
    // A click on the backdrop is a click on the dialog itself.
    let close_from_backdrop = move |event: &leptos::ev::MouseEvent| {
        if event.target() == event.current_target() {
            close();
        }
    };
    let id = match which {
        Dialog::Help => "dialog-help",
        Dialog::Files => "dialog-files",
        Dialog::Palette => "dialog-palette",
        Dialog::Settings => "dialog-settings",
        Dialog::Waive => "dialog-waive",
        Dialog::Messages => "dialog-messages",
    };
    view! {
        <dialog
            node_ref=dialog
            aria-labelledby=id
            data-testid=id
            on:close=move |_| close()
            on:click=move |event| close_from_backdrop(&event)
        >
            <div class="dialog">
                <div class="dialog-head">
                    <h2 id=id>{title}</h2>
                    <button class="icon" aria-label=words::CLOSE on:click=move |_| close()>
                        "×"
                    </button>
                </div>
                {move || is_open.get().then(|| children())}
            </div>
        </dialog>
    }
}

#[component]
pub(super) fn Help() -> impl IntoView {
    view! {
        <Modal which=Dialog::Help title=words::HELP>
            <div class="help-columns">
                <dl class="keys">
                    {words::KEYS
                        .into_iter()
                        .map(|(keys, does)| {
                            view! {
                                <div>
                                    <dt>{keys.split(' ').map(|key| view! { <kbd>{key}</kbd> }).collect_view()}</dt>
                                    <dd>{does}</dd>
                                </div>
                            }
                        })
                        .collect_view()}
                </dl>
                <dl class="signs">
                    {OUTCOMES
                        .iter()
                        .map(|face| {
                            view! {
                                <div>
                                    <dt>
                                        <OutcomeChip outcome=face.outcome />
                                    </dt>
                                    <dd>{face.means}</dd>
                                </div>
                            }
                        })
                        .collect_view()}
                </dl>
            </div>
            <p class="quiet">{words::PRIVACY}</p>
        </Modal>
    }
}
