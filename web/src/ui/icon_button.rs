//! The small buttons at the head of a panel.

use leptos::prelude::*;

use super::page::page;
use super::route::View;
use super::words;
use crate::protocol::Filter;

#[component]
pub(super) fn IconButton(
    name: &'static str,
    glyph: &'static str,
    testid: &'static str,
    /// The key that does the same; empty where there is none.
    key: &'static str,
    act: Box<dyn Fn()>,
) -> impl IntoView {
    view! {
        <button
            class="icon"
            title=name
            aria-label=name
            aria-keyshortcuts=(!key.is_empty()).then_some(key)
            data-testid=testid
            on:click=move |_| act()
        >
            {glyph}
        </button>
    }
}

/// Leaves the node.
#[component]
pub(super) fn CloseButton() -> impl IntoView {
    let page = page();
    let close = Box::new(move || page.go(|route| route.node = None));
    view! { <IconButton name=words::CLOSE glyph="×" testid="close-evidence" key="" act=close /> }
}

/// Shows what leads to a node and what it leads to, and nothing else.
#[component]
pub(super) fn FocusButton(unique_id: String) -> impl IntoView {
    let page = page();
    let focus = Box::new(move || {
        let text = format!("+{}+", asked_for(&unique_id));
        page.go(|route| {
            route.filter = Filter { text, ..Filter::default() };
            if !route.view.is_filtered() {
                route.view = View::Graph;
            }
        });
    });
    view! { <IconButton name=words::FOCUS glyph="⇹" testid="focus-node" key="" act=focus /> }
}

/// A node as dbt's selectors ask for it: `stg_orders`, `source:raw.orders`, `exposure:board`.
fn asked_for(unique_id: &str) -> String {
    const BY_METHOD: [&str; 6] = ["exposure", "metric", "semantic_model", "saved_query", "unit_test", "source"];
    let mut parts = unique_id.splitn(3, '.');
    let (kind, _package, name) = (parts.next().unwrap_or_default(), parts.next(), parts.next().unwrap_or(unique_id));
    match kind {
        // The last part of a data test's id is a fingerprint.
        "test" => name.rsplit_once('.').map_or(name, |(name, _)| name).to_owned(),
        kind if BY_METHOD.contains(&kind) => format!("{kind}:{name}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_asked_for_as_dbt_would() {
        for (unique_id, asked) in [
            ("model.shop.stg_orders", "stg_orders"),
            ("model.shop.orders.v2", "orders.v2"),
            ("source.shop.raw.orders", "source:raw.orders"),
            ("exposure.shop.board", "exposure:board"),
            ("test.shop.not_null_orders_id.3f2a", "not_null_orders_id"),
        ] {
            assert_eq!(asked_for(unique_id), asked);
        }
    }
}
