//! The review's graph as cards: tests on the card of what they test, crowds of dashboards behind a "+N more" stub.

use std::collections::{BTreeMap, HashMap};

use foreshock_core::dbt::{NodeIx, Project};
use foreshock_core::explain::{Hop, hops};
use foreshock_core::outcome::{NodeKind, Outcome};
use foreshock_core::review::{Change, Review};

use super::findings::Findings;
use super::layout::{CARD_WIDTH, lay_out};
use crate::protocol::{Card, CardFace, ColumnLink, Link, Picture, PictureQuery};

/// A crowd of more leaves than this is folded …
const CROWD: usize = 4;
/// … and shows this many of its heaviest.
const SHOWN_OF_A_CROWD: usize = 3;
/// Columns shown on one card.
const COLUMNS_SHOWN: usize = 40;
/// Changes named on the card of a source.
const CHANGES_SHOWN: usize = 4;

const ORIGIN_HEIGHT: f64 = 50.0;
const LINE_HEIGHT: f64 = 18.0;
const NODE_HEIGHT: f64 = 86.0;
const LEAF_HEIGHT: f64 = 54.0;
const STUB_HEIGHT: f64 = 32.0;

/// A picture, and which nodes of the review each of its cards stands for.
pub(super) struct Drawing {
    pub(super) picture: Picture,
    stands_for: Vec<Vec<usize>>,
    /// The first cards are the origins, this many.
    origins: usize,
}

impl Drawing {
    /// The cards that stand for at least one node that is let through. Origins are lit by what they feed.
    pub(super) fn lit(&self, through: &[bool]) -> Vec<u32> {
        let passes = |nodes: &[usize]| nodes.iter().any(|node| through.get(*node).copied().unwrap_or(false));
        let mut lit: Vec<bool> = self.stands_for.iter().map(|nodes| passes(nodes)).collect();
        for link in &self.picture.links {
            let from = link.from as usize;
            if from < self.origins && lit[link.to as usize] {
                lit[from] = true;
            }
        }
        (0..).zip(lit).filter_map(|(card, lit)| lit.then_some(card)).collect()
    }
}

/// The graph of the review: its nodes first, then the origins that are not nodes.
struct Graph<'a> {
    review: &'a Review,
    origins: Vec<&'a str>,
    edges: Vec<(usize, usize)>,
    depth: Vec<usize>,
    has_children: Vec<bool>,
}

/// `project` is asked for what no change reaches, where the whole project is wanted.
pub(super) fn draw(review: &Review, findings: &Findings, query: &PictureQuery, project: &Project) -> Drawing {
    let graph = Graph::of(review, findings, query, project);
    let hops = query.columns.as_deref().and_then(|id| project.find(id)).map_or_else(Vec::new, |ix| hops(project, ix));
    let is_hidden = |at: usize| query.hidden.iter().any(|hidden| hidden == graph.id(at));
    let anchors = graph.anchors();
    let mut crowds: BTreeMap<(usize, NodeKind), Vec<usize>> = BTreeMap::new();
    let mut tests: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (leaf, anchor) in anchors.iter().enumerate() {
        let Some(anchor) = *anchor else { continue };
        let kind = review.nodes[leaf].kind;
        if is_test(kind) && !query.tests {
            tests.entry(anchor).or_default().push(leaf);
        } else {
            crowds.entry((anchor, kind)).or_default().push(leaf);
        }
    }

    let mut drawer = Drawer {
        graph: &graph,
        faces: Vec::new(),
        heights: Vec::new(),
        stands_for: Vec::new(),
        card_of: HashMap::new(),
        columns: columns_of(&hops, query.columns.as_deref()),
    };
    for origin in 0..graph.origins.len() {
        drawer.origin(origin, tests.get(&(review.nodes.len() + origin)));
    }
    for (node, anchor) in anchors.iter().enumerate() {
        if anchor.is_none() && !is_hidden(node) {
            drawer.node(node, tests.get(&node));
        }
    }
    let mut stubs = Vec::new();
    for ((anchor, kind), mut leaves) in crowds {
        leaves.sort_by_key(|leaf| findings.rank(*leaf));
        let parent = graph.id(anchor).to_owned();
        let unfolded = query.unfolded.contains(&parent);
        let shown = if leaves.len() <= CROWD || unfolded { leaves.len() } else { SHOWN_OF_A_CROWD };
        for leaf in &leaves[..shown] {
            drawer.node(*leaf, None);
        }
        if leaves.len() > CROWD {
            stubs.push((anchor, drawer.stub(anchor, kind, parent, &leaves[shown..], unfolded)));
        }
    }
    drawer.finish(&stubs, &hops)
}

/// The columns that are shown of each node: of the one that is asked about, then of its neighbours, in the order of its own.
fn columns_of<'h>(hops: &'h [Hop], asked: Option<&str>) -> HashMap<&'h str, Vec<String>> {
    let mut columns: HashMap<&str, Vec<String>> = HashMap::new();
    let own = |end: &&foreshock_core::explain::Point| Some(end.node.as_str()) == asked;
    let ends = || hops.iter().flat_map(|hop| [&hop.to, &hop.from]);
    for end in ends().filter(own).chain(ends().filter(|end| !own(end))) {
        let known = columns.entry(&end.node).or_default();
        if known.len() < COLUMNS_SHOWN && !known.contains(&end.column) {
            known.push(end.column.clone());
        }
    }
    columns
}

fn is_test(kind: NodeKind) -> bool {
    matches!(kind, NodeKind::Test | NodeKind::UnitTest)
}

impl<'a> Graph<'a> {
    fn of(review: &'a Review, findings: &Findings, query: &PictureQuery, project: &'a Project) -> Self {
        let whole = query.whole.then_some(project);
        let is_shown = |id: &str| !query.hidden.iter().any(|hidden| hidden == id);
        let mut origins: Vec<&str> = Vec::new();
        let mut place: HashMap<&str, usize> = HashMap::new();
        let matched =
            review.changes.iter().flat_map(|change| change.matched.iter().map(|matched| matched.unique_id.as_str()));
        let reached = review.edges.iter().map(|edge| (edge.from.as_str(), edge.to.as_str()));
        let links = reached.chain(whole.into_iter().flat_map(dependencies));
        let links: Vec<(&str, &str)> = links.filter(|(from, to)| is_shown(from) && is_shown(to)).collect();
        let ends = links.iter().flat_map(|(from, to)| [*from, *to]);
        for id in matched.filter(|id| is_shown(id)).chain(ends) {
            place.entry(id).or_insert_with(|| {
                findings.index_of(id).unwrap_or_else(|| {
                    origins.push(id);
                    review.nodes.len() + origins.len() - 1
                })
            });
        }
        let mut edges: Vec<_> =
            links.iter().filter_map(|(from, to)| Some((*place.get(from)?, *place.get(to)?))).collect();
        edges.sort_unstable();
        edges.dedup();
        let count = review.nodes.len() + origins.len();
        let mut has_children = vec![false; count];
        for (from, _) in &edges {
            has_children[*from] = true;
        }
        Self { review, origins, depth: depths(count, &edges), edges, has_children }
    }

    fn id(&self, at: usize) -> &str {
        self.review.nodes.get(at).map_or_else(|| self.origins[at - self.review.nodes.len()], |node| &node.unique_id)
    }

    /// For each node that is a leaf, the parent it hangs on: the deepest one, so that it stands right behind what
    /// delays it.
    fn anchors(&self) -> Vec<Option<usize>> {
        let mut anchors: Vec<Option<usize>> = vec![None; self.review.nodes.len()];
        for (from, to) in &self.edges {
            let Some(node) = self.review.nodes.get(*to) else { continue };
            let stays = matches!(node.kind, NodeKind::Source | NodeKind::Seed | NodeKind::Model | NodeKind::Snapshot);
            if stays || self.has_children[*to] || from == to {
                continue;
            }
            if anchors[*to].is_none_or(|anchor| (self.depth[*from], *from) > (self.depth[anchor], anchor)) {
                anchors[*to] = Some(*from);
            }
        }
        anchors
    }
}

/// What depends on what in the project, tests left aside: there are more of them than of all else.
fn dependencies(project: &Project) -> impl Iterator<Item = (&str, &str)> {
    let is_shown = |ix: &NodeIx| !is_test(project.nodes[*ix].kind);
    let shown = (0..project.nodes.len()).filter(move |ix| is_shown(ix));
    shown.flat_map(move |ix| {
        let parents = project.parents[ix].iter().filter(move |parent| is_shown(parent));
        parents.map(move |parent| (project.id(*parent), project.id(ix)))
    })
}

/// The longest way from a root to each vertex. Vertices on a cycle, which no sound manifest has, stay at what was known
/// when it closed.
fn depths(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut children = vec![Vec::new(); count];
    let mut waiting = vec![0_usize; count];
    for (from, to) in edges {
        children[*from].push(*to);
        waiting[*to] += 1;
    }
    let mut depth = vec![0; count];
    let mut ready: Vec<usize> = (0..count).filter(|vertex| waiting[*vertex] == 0).collect();
    while let Some(vertex) = ready.pop() {
        for child in &children[vertex] {
            depth[*child] = depth[*child].max(depth[vertex] + 1);
            waiting[*child] -= 1;
            if waiting[*child] == 0 {
                ready.push(*child);
            }
        }
    }
    depth
}

struct Drawer<'a> {
    graph: &'a Graph<'a>,
    faces: Vec<CardFace>,
    heights: Vec<f64>,
    stands_for: Vec<Vec<usize>>,
    card_of: HashMap<usize, u32>,
    /// By the node's id.
    columns: HashMap<&'a str, Vec<String>>,
}

impl Drawer<'_> {
    fn push(&mut self, face: CardFace, height: f64, stands_for: Vec<usize>) -> u32 {
        let columns = face.unique_id().and_then(|id| self.columns.get(id)).map_or(0, Vec::len);
        let height = (0..columns).fold(height, |sum, _| sum + Card::COLUMN_HEIGHT);
        self.faces.push(face);
        self.heights.push(height);
        self.stands_for.push(stands_for);
        u32::try_from(self.faces.len() - 1).unwrap_or(u32::MAX)
    }

    fn origin(&mut self, origin: usize, tests: Option<&Vec<usize>>) {
        let id = self.graph.origins[origin];
        let touching = |change: &&Change| change.matched.iter().any(|matched| matched.unique_id == id);
        let (reaching, idle): (Vec<&Change>, Vec<&Change>) =
            self.graph.review.changes.iter().filter(touching).partition(|change| change.reaches > 0);
        let changes: Vec<&Change> = reaching.into_iter().chain(idle).collect();
        let named: Vec<String> = changes.iter().take(CHANGES_SHOWN).map(|change| within(change).to_owned()).collect();
        let more = changes.len().saturating_sub(CHANGES_SHOWN);
        let lines = named.len() + usize::from(more > 0);
        let height = ORIGIN_HEIGHT + LINE_HEIGHT * f64::from(u32::try_from(lines.max(1) - 1).unwrap_or(0));
        let (kind, name) = kind_and_name(id);
        let face = CardFace::Origin { unique_id: id.to_owned(), name: name.to_owned(), kind, changes: named, more };
        // The tests of a source fold into it: it stands for them when a filter looks for them.
        let card = self.push(face, height, tests.cloned().unwrap_or_default());
        self.card_of.insert(self.graph.review.nodes.len() + origin, card);
    }

    fn node(&mut self, at: usize, tests: Option<&Vec<usize>>) {
        let node = &self.graph.review.nodes[at];
        let tests = tests.cloned().unwrap_or_default();
        let tally = tally(self.graph.review, &tests);
        let is_leaf = node.kind != NodeKind::Model && tests.is_empty();
        let detail = match (&node.owner, node.materialized.as_str()) {
            (Some(owner), "") => owner.name.clone(),
            (Some(owner), what) => format!("{what} · {}", owner.name),
            (None, what) => what.to_owned(),
        };
        let height = if is_leaf { LEAF_HEIGHT } else { NODE_HEIGHT + if tally.is_empty() { 0.0 } else { LINE_HEIGHT } };
        let face = CardFace::Node {
            unique_id: node.unique_id.clone(),
            label: node.label.clone(),
            kind: node.kind,
            detail,
            outcome: node.outcome,
            reason: node.headline().to_owned(),
            tests: tally,
        };
        let stands_for = std::iter::once(at).chain(tests).collect();
        let card = self.push(face, height, stands_for);
        self.card_of.insert(at, card);
    }

    fn stub(&mut self, anchor: usize, kind: NodeKind, parent: String, hidden: &[usize], unfolded: bool) -> u32 {
        let parent_label = self
            .graph
            .review
            .nodes
            .get(anchor)
            .map_or_else(|| kind_and_name(&parent).1.to_owned(), |node| node.label.clone());
        let outcomes = tally(self.graph.review, hidden);
        let face = CardFace::Stub { parent, parent_label, kind, folded: !unfolded, count: hidden.len(), outcomes };
        self.push(face, STUB_HEIGHT, hidden.to_vec())
    }

    fn finish(mut self, stubs: &[(usize, u32)], hops: &[Hop]) -> Drawing {
        let between = |(from, to): &(usize, usize)| Some((*self.card_of.get(from)?, *self.card_of.get(to)?));
        let to_stub = stubs.iter().filter_map(|(anchor, stub)| Some((*self.card_of.get(anchor)?, *stub)));
        let edges: Vec<(u32, u32)> = self.graph.edges.iter().filter_map(between).chain(to_stub).collect();
        let spots = lay_out(&self.heights, &edges);
        let cards: Vec<Card> = self
            .faces
            .into_iter()
            .zip(spots.iter().zip(&self.heights))
            .map(|(face, (spot, height))| Card {
                face,
                layer: spot.layer,
                x: spot.x,
                y: spot.y,
                width: CARD_WIDTH,
                height: *height,
                columns: Vec::new(),
            })
            .map(|card| {
                let columns = card.face.unique_id().and_then(|id| self.columns.remove(id));
                Card { columns: columns.unwrap_or_default(), ..card }
            })
            .collect();
        let width = cards.iter().map(|card| card.x + card.width).fold(0.0, f64::max);
        let height = cards.iter().map(|card| card.y + card.height).fold(0.0, f64::max);
        let column_links = column_links(&cards, hops);
        let links = edges.into_iter().map(|(from, to)| Link { from, to }).collect();
        Drawing {
            picture: Picture { cards, links, column_links, width, height },
            stands_for: self.stands_for,
            origins: self.graph.origins.len(),
        }
    }
}

/// The steps between columns that are shown.
fn column_links(cards: &[Card], hops: &[Hop]) -> Vec<ColumnLink> {
    let rows = (0..).zip(cards).flat_map(|(at, card)| {
        let id = card.face.unique_id().unwrap_or_default();
        (0..).zip(&card.columns).map(move |(row, column)| ((id, column.as_str()), (at, row)))
    });
    let rows: HashMap<(&str, &str), (u32, u32)> = rows.collect();
    let row = |end: &foreshock_core::explain::Point| rows.get(&(end.node.as_str(), end.column.as_str())).copied();
    hops.iter().filter_map(|hop| Some(ColumnLink { from: row(&hop.from)?, to: row(&hop.to)? })).collect()
}

fn tally(review: &Review, nodes: &[usize]) -> Vec<(Outcome, usize)> {
    let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
    for node in nodes {
        *counts.entry(review.nodes[*node].outcome).or_default() += 1;
    }
    counts.into_iter().collect()
}

/// The summary of a change on the card of the relation that it changes: the relation's name goes without saying.
fn within(change: &Change) -> &str {
    let relation = change.relation.rsplit('.').next().unwrap_or("");
    change.summary.strip_prefix(relation).and_then(|rest| rest.strip_prefix('.')).unwrap_or(&change.summary)
}

/// What an id such as `source.project.schema.table` says by itself, for origins that are no node of the review.
fn kind_and_name(unique_id: &str) -> (NodeKind, &str) {
    let mut parts = unique_id.split('.');
    let kind = NodeKind::from_word(parts.next().unwrap_or(""));
    let name = unique_id.splitn(if kind == NodeKind::Source { 4 } else { 3 }, '.').last().unwrap_or(unique_id);
    (kind, name)
}
