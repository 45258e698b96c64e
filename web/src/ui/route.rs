//! The address of what is on screen: `#/graph?node=…&change=c3&outcome=fails+blocked&q=orders`.
//!
//! Only the part after `#` is used, so that any static host under any path serves every address.

use foreshock_core::outcome::{OUTCOMES, Outcome};
use web_sys::UrlSearchParams;

use crate::protocol::Filter;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum View {
    #[default]
    Graph,
    Table,
    Documents,
    Meeting,
}

impl View {
    pub const ALL: [Self; 4] = [Self::Graph, Self::Table, Self::Documents, Self::Meeting];

    pub fn word(self) -> &'static str {
        match self {
            Self::Graph => "graph",
            Self::Table => "table",
            Self::Documents => "documents",
            Self::Meeting => "meeting",
        }
    }

    /// Whether the filter box is there.
    pub fn is_filtered(self) -> bool {
        matches!(self, Self::Graph | Self::Table)
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.word() == word)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Route {
    pub view: View,
    pub node: Option<String>,
    pub filter: Filter,
    pub document: Option<String>,
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
