//! The minutes of a meeting: kept in this browser for as long as the inputs are the same, saved to a review file, and read
//! from one.

use foreshock_core::minutes::{Decision, Edited, MOST_KEPT, ReviewFile};
use foreshock_core::review::Input;
use gloo::events::EventListener;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::page::Page;
use super::{browser, words};
use crate::files::{self, Given};
use crate::protocol::Overview;
use crate::storage;

/// Writes a decision down in place of an earlier one about the same finding.
pub(super) fn take_down(page: Page, decision: Decision) {
    page.minutes.update(|minutes| match minutes.iter_mut().find(|other| other.unique_id == decision.unique_id) {
        Some(earlier) => *earlier = decision,
        None => minutes.push(decision),
    });
    keep(page);
}

pub(super) fn take_back(page: Page, unique_id: &str) {
    page.minutes.update(|minutes| minutes.retain(|decision| decision.unique_id != unique_id));
    keep(page);
}

fn keep(page: Page) {
    if let Some(key) = key_now(page) {
        page.minutes.with_untracked(|minutes| storage::save_minutes(&key, minutes));
    }
}

/// Takes down what people made of a document; none is as the engine writes it.
pub(super) fn edit(page: Page, file_name: &str, edited: Option<Edited>) {
    page.edits.update(|edits| {
        edits.retain(|(name, _)| name != file_name);
        edits.extend(edited.map(|edited| (file_name.to_owned(), edited)));
    });
    if let Some(key) = key_now(page)
        && !page.edits.with_untracked(|edits| storage::save_edits(&key, edits))
    {
        page.alert(words::EDITS_NOT_KEPT.to_owned());
    }
}

/// After a review: what was decided and written about the same inputs before, unless there is some of it already: from a
/// review file, or from before a file was added or a setting changed.
pub(super) fn recall(page: Page, overview: &Overview) {
    let key = key(&overview.inputs);
    if page.minutes.with_untracked(Vec::is_empty) {
        page.minutes.set(storage::load_minutes(&key));
    } else {
        page.minutes.with_untracked(|minutes| storage::save_minutes(&key, minutes));
    }
    if page.edits.with_untracked(Vec::is_empty) {
        page.edits.set(storage::load_edits(&key));
    } else if !page.edits.with_untracked(|edits| storage::save_edits(&key, edits)) {
        page.alert(words::EDITS_NOT_KEPT.to_owned());
    }
    if let Some(file) = page.opened.try_update_value(Option::take).flatten() {
        file.differences(&overview.inputs).into_iter().for_each(|difference| page.alert(difference));
    }
}

/// What another tab decides or writes about the same inputs is shown in this one too.
pub(super) fn follow_other_tabs(page: Page) {
    EventListener::new(&browser::window(), "storage", move |_| {
        let Some(key) = key_now(page) else { return };
        let (minutes, edits) = (storage::load_minutes(&key), storage::load_edits(&key));
        let is_other = page.minutes.with_untracked(|own| *own != minutes);
        if is_other || page.edits.with_untracked(|own| *own != edits) {
            page.minutes.set(minutes);
            page.edits.set(edits);
            page.say(words::OTHER_TAB.to_owned());
        }
    })
    .forget();
}

/// That of the inputs which are reviewed now.
fn key_now(page: Page) -> Option<String> {
    page.overview.with_untracked(|overview| overview.as_ref().map(|overview| key(&overview.inputs)))
}

/// The same for the same inputs, in whatever order and under whatever names they were given.
pub(super) fn key(inputs: &[Input]) -> String {
    let start = |input: &Input| u64::from_str_radix(input.sha256.get(..16).unwrap_or_default(), 16).unwrap_or_default();
    format!("{:016x}", inputs.iter().map(start).fold(0_u64, u64::wrapping_add))
}

/// Saves inputs and decisions as a file. What is too large, or came out of an archive, is named by its fingerprint.
pub(super) fn save(page: Page) {
    let Some(inputs) = page.overview.with_untracked(|overview| overview.as_ref().map(|all| all.inputs.clone())) else {
        return;
    };
    let given = page.files.get_untracked();
    spawn_local(async move {
        let mut contents = Vec::new();
        let mut room = MOST_KEPT;
        for input in &inputs {
            let file = given.iter().find(|file| file.name == input.name).filter(|_| input.bytes <= room);
            let content = match file {
                Some(file) => files::text(&file.file).await,
                None => None,
            };
            room -= content.as_ref().map_or(0, |_| input.bytes);
            contents.push(content);
        }
        let left_out: Vec<&str> = inputs
            .iter()
            .zip(&contents)
            .filter(|(_, content)| content.is_none())
            .map(|(input, _)| input.name.as_str())
            .collect();
        if !left_out.is_empty() {
            page.say(words::not_kept(&left_out));
        }
        let mut contents = contents.into_iter();
        let mut file = ReviewFile::of(&inputs, page.minutes.get_untracked(), |_| contents.next().flatten());
        file.edits = page.edits.get_untracked();
        if browser::download(words::REVIEW_FILE, &file.write()).is_err() {
            page.alert(words::COPY_REFUSED.to_owned());
        }
    });
}

/// Puts what the review files among the given hold in their place, and gives it again.
pub(super) async fn open(page: Page, given: Given) {
    let mut rest = Given { files: Vec::new(), left_out: given.left_out };
    let (reviews, others): (Vec<_>, Vec<_>) = given.files.into_iter().partition(files::is_review_file);
    for review in reviews {
        match ReviewFile::read(&files::text(&review.file).await.unwrap_or_default()) {
            Ok(mut file) => {
                for kept in &mut file.inputs {
                    let content = kept.content.take();
                    rest.files.extend(content.and_then(|content| files::of_text(&kept.name, &content)));
                }
                page.minutes.set(std::mem::take(&mut file.decisions));
                page.edits.set(std::mem::take(&mut file.edits));
                page.opened.set_value(Some(file));
            }
            Err(why) => page.alert(format!("{}: {why}", review.name)),
        }
    }
    rest.files.extend(others);
    page.give(rest);
}
