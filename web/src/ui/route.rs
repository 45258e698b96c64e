//! The address of what is on screen: `#/graph?node=…&change=c3&outcome=fails+blocked&q=orders`.
//!
//! Only the part after `#` is used, so that any static host under any path serves every address.

use foreshock_core::outcome::{OUTCOMES, Outcome};
use web_sys::UrlSearchParams;

use super::words;
use crate::protocol::Filter;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum View {
    #[default]
    Graph,
    Table,
    Matrix,
    Windows,
    Checks,
    Fixes,
    Owners,
    Documents,
    Compared,
    Meeting,
}

/// What there is to know about a view, said once.
pub struct ViewFace {
    pub view: View,
    /// In addresses; for a sheet also the name by which the engine knows it.
    pub word: &'static str,
    pub title: &'static str,
    pub key: &'static str,
    kind: Kind,
}

#[derive(PartialEq, Eq)]
enum Kind {
    /// Goes by the filter.
    Filtered,
    /// The engine's answer to one question, as text.
    Sheet,
    Own,
}

const fn face(view: View, word: &'static str, title: &'static str, key: &'static str, kind: Kind) -> ViewFace {
    ViewFace { view, word, title, key, kind }
}

/// In the order of the enum, which is that of the tabs.
pub const VIEWS: [ViewFace; 10] = [
    face(View::Graph, "graph", words::GRAPH, "1", Kind::Filtered),
    face(View::Table, "table", words::TABLE, "2", Kind::Filtered),
    face(View::Matrix, "matrix", words::MATRIX, "3", Kind::Sheet),
    face(View::Windows, "windows", words::WINDOWS, "4", Kind::Sheet),
    face(View::Checks, "checks", words::CHECKS, "5", Kind::Sheet),
    face(View::Fixes, "fixes", words::FIXES, "6", Kind::Sheet),
    face(View::Owners, "owners", words::SIGN_OFF, "7", Kind::Sheet),
    face(View::Documents, "documents", words::DOCUMENTS, "8", Kind::Own),
    face(View::Compared, "compared", words::COMPARED, "9", Kind::Sheet),
    face(View::Meeting, "meeting", words::MEETING, "m", Kind::Own),
];

impl View {
    pub fn face(self) -> &'static ViewFace {
        &VIEWS[self as usize]
    }

    pub fn word(self) -> &'static str {
        self.face().word
    }

    /// Whether the filter box is there.
    pub fn is_filtered(self) -> bool {
        self.face().kind == Kind::Filtered
    }

    pub fn is_sheet(self) -> bool {
        self.face().kind == Kind::Sheet
    }

    pub fn from_word(word: &str) -> Option<Self> {
        VIEWS.iter().find(|face| face.word == word).map(|face| face.view)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Route {
    pub view: View,
    pub node: Option<String>,
    pub filter: Filter,
    pub document: Option<String>,
    /// The way to deploy whose windows are shown.
    pub way: Option<String>,
}

impl Route {
    /// What is not understood is left out: an address from elsewhere is never an error. None where the address names no
    /// view.
    pub fn parse(hash: &str) -> Option<Self> {
        let (path, query) = hash
            .trim_start_matches('#')
            .trim_start_matches('/')
            .split_once('?')
            .unwrap_or((hash.trim_start_matches(['#', '/']), ""));
        let (view, document) =
            path.split_once('/').map_or((path, None), |(view, document)| (view, Some(document.to_owned())));
        let params = UrlSearchParams::new_with_str(query).ok();
        let get = |name: &str| params.as_ref().and_then(|params| params.get(name)).filter(|value| !value.is_empty());
        let outcomes =
            get("outcome").map(|words| words.split_whitespace().filter_map(outcome).collect()).unwrap_or_default();
        Some(Self {
            view: View::from_word(view)?,
            node: get("node"),
            filter: Filter { outcomes, change: get("change"), text: get("q").unwrap_or_default() },
            document: document.filter(|document| !document.is_empty()),
            way: get("way"),
        })
    }

    pub fn hash(&self) -> String {
        let mut hash = format!("#/{}", self.view.word());
        if let (View::Documents, Some(document)) = (self.view, &self.document) {
            hash.push('/');
            hash.push_str(document);
        }
        let Ok(params) = UrlSearchParams::new() else { return hash };
        let set = |name: &str, value: Option<&str>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                params.set(name, value);
            }
        };
        let outcomes = self.filter.outcomes.iter().map(|outcome| outcome.word()).collect::<Vec<_>>().join(" ");
        set("node", self.node.as_deref());
        set("change", self.filter.change.as_deref());
        set("outcome", Some(&outcomes));
        set("q", Some(&self.filter.text));
        set("way", self.way.as_deref().filter(|_| self.view == View::Windows));
        let query = String::from(params.to_string());
        if !query.is_empty() {
            hash.push('?');
            hash.push_str(&query);
        }
        hash
    }
}

fn outcome(word: &str) -> Option<Outcome> {
    OUTCOMES.iter().find(|face| face.word == word).map(|face| face.outcome)
}
