//! What a sheet offers to do: links `#do/…` (`documents/sheets` in core) as buttons.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::UrlSearchParams;

use super::page::{Dialog, Page};
use super::route::View;
use super::{browser, settings, words};
use crate::files::{self, Given, Waiving};
use crate::protocol::{DraftQuery, ExportQuery};
use foreshock_core::redact::Redaction;

/// How such a link begins.
pub(super) const DEED: &str = "#do/";

/// What is not known is not done: a text cannot ask for more than these.
pub(super) fn act(page: Page, deed: &str) {
    let (name, query) = deed.trim_start_matches(DEED).split_once('?').unwrap_or((deed.trim_start_matches(DEED), ""));
    let params = UrlSearchParams::new_with_str(query).ok();
    let get = |name: &str| params.as_ref().and_then(|params| params.get(name)).unwrap_or_default();
    match name {
        "show" => page.select(&get("node")),
        "drafts" => export(page, "drafts.zip", Redaction::default()),
        "map" => {
            let (from, to) = (get("from"), get("to"));
            settings::edit(page, move |text| files::with_mapping(text, &from, &to));
        }
        "way" => page.go(|route| route.way = Some(get("way"))),
        "add" => add_draft(page, get("path"), get("name")),
        "waive" => {
            page.waiving.set(Waiving {
                check: get("check"),
                file: get("file"),
                line: get("line"),
                ..Waiving::default()
            });
            page.dialog.set(Some(Dialog::Waive));
        }
        _ => {}
    }
}

/// Gives a drafted script along with the other files, and shows what that changes.
fn add_draft(page: Page, path: String, name: String) {
    let Some(bridge) = page.bridge() else { return };
    if page.given_for(&name).is_some() {
        // Added already; and no link replaces a file that somebody gave.
        return page.alert(words::already_given(&name));
    }
    spawn_local(async move {
        let text = bridge.ask(DraftQuery { path }).await.ok().flatten();
        let Some(file) = text.and_then(|text| files::of_text(&name, &text)) else {
            return page.alert(words::NO_DOCUMENT.to_owned());
        };
        page.go(|route| route.view = View::Compared);
        page.give(Given { files: vec![file], left_out: 0 });
    });
}

/// Has a file written by the worker, and saves it.
pub(super) fn export(page: Page, file_name: &str, redaction: Redaction) {
    export_text(page, file_name.to_owned(), redaction, None);
}

/// The same of a document that people edited.
pub(super) fn export_text(page: Page, file_name: String, redaction: Redaction, text: Option<String>) {
    let Some(bridge) = page.bridge() else { return };
    page.say(words::WRITING_FILE.to_owned());
    let query = ExportQuery { file_name: file_name.clone(), decisions: page.minutes.get_untracked(), redaction, text };
    spawn_local(async move {
        let written = bridge.ask(query).await.ok().flatten();
        if written.is_none_or(|address| browser::save(&file_name, address).is_err()) {
            page.alert(words::NO_DOCUMENT.to_owned());
        }
    });
}
