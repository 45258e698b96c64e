//! What a name can mean at a place in a query.

use std::rc::Rc;
use std::sync::Arc;

use super::mixing::of_sources;
use super::{Kind, Source};
use crate::schema::RelationName;

/// The columns of a relation, a CTE or a subquery.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    pub(super) columns: Vec<Column>,
    /// It may have columns beyond these, from any of these. Sorted, each once.
    pub(super) open: Vec<Open>,
    /// Names that are not among those.
    pub(super) lost: Vec<String>,
    /// A star beside other columns: two may have one name.
    pub(super) may_double: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: Arc<str>,
    pub(super) key: Arc<str>,
    pub(super) sources: Rc<[Source]>,
    /// Of a value that is made of no column.
    pub(super) constant: Kind,
}

/// A name as it is written, and as the dialect folds it.
pub(super) type Named = (Arc<str>, Arc<str>);

impl Column {
    pub(super) fn new(name: impl Into<Arc<str>>, key: impl Into<Arc<str>>, sources: impl Into<Rc<[Source]>>) -> Self {
        Self { name: name.into(), key: key.into(), sources: sources.into(), constant: Kind::Unknown }
    }

    pub(super) fn kind(&self) -> Kind {
        if self.sources.is_empty() { self.constant } else { of_sources(&self.sources) }
    }
}

/// Where a column comes from that nobody told of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Open {
    /// It is the relation's column of that name.
    Relation(RelationName),
    /// It is made of these, such as what a table function returns.
    Made(Rc<[Source]>),
}

impl Shape {
    /// Whether it has columns of a relation that nobody told of.
    pub(super) fn is_open(&self) -> bool {
        self.open.iter().any(|open| matches!(open, Open::Relation(_)))
    }

    pub(super) fn open_also(&mut self, others: impl IntoIterator<Item = Open>) {
        self.open.extend(others);
        self.open.sort();
        self.open.dedup();
    }

    /// A shape of which nothing is known but what it is made of.
    pub(super) fn made_of(sources: Vec<Source>) -> Self {
        Self { open: vec![Open::Made(sources.into())], ..Self::default() }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Column> {
        self.columns.iter().find(|column| *column.key == *key)
    }

    /// The column if it is known, or may be among those that are not.
    pub(super) fn get_or_assume(&self, key: &str) -> Option<Rc<[Source]>> {
        self.get(key).map(|column| Rc::clone(&column.sources)).or_else(|| self.assume(key))
    }

    pub(super) fn assume(&self, key: &str) -> Option<Rc<[Source]>> {
        if self.lost.iter().any(|lost| lost == key) {
            return None;
        }
        // A relation that is not known is likelier to have it than what a function gave.
        let is_open = self.is_open();
        let mut found =
            self.open.iter().filter(|open| !is_open || matches!(open, Open::Relation(_))).map(|open| match open {
                Open::Relation(relation) => Rc::from([unchanged(relation.clone(), key.to_owned())]),
                Open::Made(sources) => Rc::clone(sources),
            });
        let first: Rc<[Source]> = found.next()?;
        let mut all = first.to_vec();
        all.extend(found.flat_map(|sources| sources.to_vec()));
        Some(if all.len() == first.len() { first } else { all.into() })
    }

    /// The same columns under the names of an alias list: `AS t (a, b)`.
    pub(super) fn renamed(mut self, names: &[Named]) -> Self {
        // Behind a star whose columns nobody told of no place is known: each name may be any of them.
        if self.is_open() && !names.is_empty() {
            let all: Rc<[Source]> = self.all_sources().into();
            let column = |(name, key): &Named| Column::new(name.clone(), key.clone(), Rc::clone(&all));
            return Self { columns: names.iter().map(column).collect(), ..Self::default() };
        }
        for (at, (name, key)) in names.iter().enumerate() {
            if let Some(column) = self.columns.get_mut(at) {
                (column.name, column.key) = (name.clone(), key.clone());
            } else if self.open.is_empty() || matches!(self.open.as_slice(), [Open::Made(_)]) {
                // More names than columns are refused, once: what reads these names is not to blame as well.
                let sources = match self.open.as_slice() {
                    [Open::Made(sources)] => Rc::clone(sources),
                    _ => Rc::from([]),
                };
                self.columns.push(Column::new(name.clone(), key.clone(), sources));
            }
        }
        self
    }

    /// Everything it is made of.
    pub(super) fn all_sources(&self) -> Vec<Source> {
        let mut sources: Vec<Source> = self.columns.iter().flat_map(|column| column.sources.iter().cloned()).collect();
        for open in &self.open {
            match open {
                Open::Relation(relation) => sources.push(unchanged(relation.clone(), "*".to_owned())),
                Open::Made(made) => sources.extend(made.iter().cloned()),
            }
        }
        sources.sort();
        sources.dedup();
        sources
    }
}

pub(super) fn unchanged(relation: RelationName, column: impl Into<Arc<str>>) -> Source {
    Source { relation, column: column.into(), how: super::How::Unchanged, compared: None, kind: Kind::Unknown }
}

/// Something in FROM.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    /// The alias, or the relation's own name.
    pub(super) alias: String,
    /// The full name, where it goes by no alias.
    pub(super) relation: Option<RelationName>,
    /// The relation that it is, by whatever name it goes.
    pub(super) is: Option<RelationName>,
    pub(super) shape: Rc<Shape>,
}

impl Bound {
    /// Whether it is a query that gives two columns this name. No table has two.
    fn gives_twice(&self, key: &str) -> bool {
        let is_it = |column: &Column| *column.key == *key;
        let columns = &self.shape.columns;
        self.shape.may_double && self.is.is_none() && columns.iter().position(is_it) != columns.iter().rposition(is_it)
    }

    /// Whether `a.b` before a column can mean this.
    fn is_called(&self, qualifier: &[String]) -> bool {
        match qualifier {
            [one] => *one == self.alias,
            _ => self.relation.as_ref().is_some_and(|relation| relation.parts().ends_with(qualifier)),
        }
    }
}

/// One query's names, and those of the queries round it.
#[derive(Debug, Default)]
pub(super) struct Scope<'p> {
    pub(super) bounds: Vec<Bound>,
    /// Things whose columns can be named only with a qualifier.
    pub(super) hidden: Vec<Bound>,
    /// What the windows of a WINDOW clause are made of.
    pub(super) windows: Vec<(String, Vec<Source>)>,
    /// Columns that USING or NATURAL made one.
    pub(super) merged: Vec<Column>,
    /// Aliases of the SELECT list, as far as it is read.
    pub(super) aliases: Vec<Column>,
    /// Names of parameters, such as those of a lambda.
    pub(super) parameters: Vec<String>,
    pub(super) parent: Option<&'p Scope<'p>>,
}

/// What a name was found to mean.
#[derive(Debug, Clone)]
pub(super) enum Meaning {
    Column {
        sources: Rc<[Source]>,
        kind: Kind,
        outward: usize,
    },
    /// All that a relation in FROM holds, by the relation's own name.
    Row {
        sources: Vec<Source>,
        outward: usize,
    },
    Ambiguous {
        sources: Rc<[Source]>,
        relations: Vec<String>,
        outward: usize,
    },
    /// A name that is known and no column, such as a lambda's parameter.
    NoColumn,
    Missing,
    /// The part before the dot is nothing in reach.
    UnknownQualifier,
}

/// Which comes first where a name is both a column and an alias of the SELECT list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aliases {
    None,
    AfterColumns,
    BeforeColumns,
}

impl<'p> Scope<'p> {
    pub(super) fn within(parent: Option<&'p Scope<'p>>) -> Self {
        Self { parent, ..Self::default() }
    }

    fn outward(&self) -> impl Iterator<Item = (usize, &Scope<'p>)> {
        std::iter::successors(Some(self), |scope| scope.parent).enumerate()
    }

    pub(super) fn bare(&self, key: &str, aliases: Aliases) -> Meaning {
        for (outward, scope) in self.outward() {
            let use_aliases = if outward == 0 { aliases } else { Aliases::None };
            if let Some(meaning) = scope.own(key, use_aliases, outward) {
                return meaning;
            }
        }
        // A relation's own name stands for the whole row.
        for (outward, scope) in self.outward() {
            if let Some(bound) = scope.bounds.iter().find(|bound| bound.alias == key) {
                return Meaning::Row { sources: bound.shape.all_sources(), outward };
            }
        }
        Meaning::Missing
    }

    fn own(&self, key: &str, aliases: Aliases, outward: usize) -> Option<Meaning> {
        let column = |column: &Column| {
            Some(Meaning::Column { sources: Rc::clone(&column.sources), kind: column.kind(), outward })
        };
        let assumed_column =
            |sources: Rc<[Source]>| Some(Meaning::Column { kind: of_sources(&sources), sources, outward });
        let alias = || self.aliases.iter().rev().find(|alias| *alias.key == *key);
        if self.parameters.iter().any(|name| name == key) {
            return Some(Meaning::NoColumn);
        }
        if aliases == Aliases::BeforeColumns
            && let Some(alias) = alias()
        {
            return column(alias);
        }
        if let Some(merged) = self.merged.iter().find(|merged| *merged.key == *key) {
            return column(merged);
        }
        let known: Vec<(&Bound, &Column)> =
            self.bounds.iter().filter_map(|bound| Some((bound, bound.shape.get(key)?))).collect();
        match known.as_slice() {
            [] => {}
            [(bound, only)] if bound.gives_twice(key) => {
                let relations = vec![bound.alias.clone()];
                return Some(Meaning::Ambiguous { sources: Rc::clone(&only.sources), relations, outward });
            }
            [(_, only)] => return column(only),
            [(_, first), ..] => {
                let relations = known.iter().map(|(bound, _)| bound.alias.clone()).collect();
                return Some(Meaning::Ambiguous { sources: Rc::clone(&first.sources), relations, outward });
            }
        }
        if aliases == Aliases::AfterColumns
            && let Some(alias) = alias()
        {
            return column(alias);
        }
        let is_open = self.bounds.iter().any(|bound| bound.shape.is_open());
        let assumed = self.bounds.iter().filter(|bound| !is_open || bound.shape.is_open());
        let assumed: Vec<Rc<[Source]>> = assumed.filter_map(|bound| bound.shape.assume(key)).collect();
        match assumed.as_slice() {
            [] => None,
            [only] => assumed_column(Rc::clone(only)),
            several => {
                let sources: Vec<Source> = several.iter().flat_map(|sources| sources.iter().cloned()).collect();
                assumed_column(sources.into())
            }
        }
    }

    /// Whether a column of this name is known to be in reach.
    pub(super) fn has(&self, key: &str) -> bool {
        self.outward().any(|(_, scope)| {
            scope.bounds.iter().any(|bound| bound.shape.get(key).is_some())
                || scope.aliases.iter().chain(&scope.merged).any(|column| *column.key == *key)
        })
    }

    /// Whether a name may be a column of one relation or another, and only their columns would tell.
    pub(super) fn hangs_on_columns(&self, key: &str, aliases: Aliases) -> bool {
        let open = self.bounds.iter().filter(|bound| bound.shape.is_open()).count();
        let is_known = self.bounds.iter().any(|bound| bound.shape.get(key).is_some())
            || self.merged.iter().any(|merged| *merged.key == *key)
            || self.parameters.iter().any(|name| name == key);
        let is_alias = self.aliases.iter().any(|alias| *alias.key == *key);
        match aliases {
            _ if open == 0 || is_known => false,
            Aliases::BeforeColumns if is_alias => false,
            Aliases::AfterColumns if is_alias => true,
            _ => open > 1 || self.parent.is_some(),
        }
    }

    /// `a.b.c`: a column of what `a.b` or `a` is called, or a field of the column `a` or `a.b`.
    /// Whether it is a field is told with it.
    pub(super) fn qualified(&self, parts: &[String], aliases: Aliases) -> (Meaning, bool) {
        for split in (1..parts.len()).rev() {
            let (qualifier, rest) = parts.split_at(split);
            for (outward, scope) in self.outward() {
                let mut bounds = scope.bounds.iter().chain(&scope.hidden);
                let Some(bound) = bounds.find(|bound| bound.is_called(qualifier)) else { continue };
                let known = bound.shape.get(&rest[0]);
                let meaning = match bound.shape.get_or_assume(&rest[0]) {
                    Some(sources) if bound.gives_twice(&rest[0]) => {
                        Meaning::Ambiguous { sources, relations: vec![bound.alias.clone()], outward }
                    }
                    Some(sources) => {
                        let kind = known.map_or_else(|| of_sources(&sources), Column::kind);
                        Meaning::Column { sources, kind, outward }
                    }
                    None => Meaning::Missing,
                };
                return (meaning, rest.len() > 1);
            }
        }
        match self.bare(&parts[0], aliases) {
            Meaning::Missing => (Meaning::UnknownQualifier, false),
            found => (found, true),
        }
    }

    /// What `a.b.*` expands to.
    pub(super) fn called(&self, qualifier: &[String]) -> Option<&Bound> {
        self.outward().find_map(|(_, scope)| scope.bounds.iter().find(|bound| bound.is_called(qualifier)))
    }
}
