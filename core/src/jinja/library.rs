//! The macros of a project, read when they are first called, and which of them a name means.
//!
//! dbt looks a name up in the package of the node that is rendered, then in the root project, then in dbt's own packages;
//! and takes every name the same way inside of a macro, of whatever package.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use minijinja::machinery::ast::{Macro, Stmt};
use minijinja::machinery::parse;
use minijinja::syntax::SyntaxConfig;

use super::bounds::first_excess;
use super::data::Data;
use super::relation::Quoting;
use super::stop::{Inside, Step, Stop};
use super::templates::{InMacro, MacroTemplate, Project, Relation, Templates, Why};
use crate::text::LineIndex;

/// Adapters that start from another one's macros, next of kin first.
const KIN: &[(&str, &[&str])] = &[
    ("redshift", &["postgres"]),
    ("materialize", &["postgres"]),
    ("greenplum", &["postgres"]),
    ("risingwave", &["postgres"]),
    ("databricks", &["spark"]),
    ("glue", &["spark"]),
    ("fabricspark", &["spark"]),
    ("sqlserver", &["fabric"]),
    ("synapse", &["fabric"]),
];
/// The text of a macro as Jinja reads it: `{% test x() %}` is `{% macro test_x() %}` to it.
pub(super) struct MacroText<'t> {
    text: Cow<'t, str>,
    /// Where text was put in, and how many bytes of it.
    inserted: (usize, usize),
}

impl<'t> MacroText<'t> {
    pub(super) fn of(template: &'t MacroTemplate) -> Self {
        let sql = &template.sql;
        let as_it_is = MacroText { text: without_colons(sql), inserted: (sql.len(), 0) };
        let Some(keyword) = sql.find("{%").map(|tag| sql[tag + 2..].trim_start_matches(['-', '+']).trim_start()) else {
            return as_it_is;
        };
        let Some(rest) = keyword.strip_prefix("test").filter(|rest| rest.starts_with(char::is_whitespace)) else {
            return as_it_is;
        };
        let name = rest.trim_start();
        let (before, at) = (sql.len() - keyword.len(), sql.len() - name.len());
        let Some(end) = sql.rfind("endtest") else { return as_it_is };
        let Some(body) = sql.get(at..end) else { return as_it_is };
        let text = format!("{}macro test_{body}endmacro{}", &sql[..before], &sql[end + "endtest".len()..]);
        MacroText {
            text: Cow::Owned(without_colons(&text).into_owned()),
            inserted: (at, "macro test_".len() - (at - before)),
        }
    }

    /// An offset in the text that was read, as one in the macro's own.
    fn original(&self, at: usize) -> usize {
        let (from, inserted) = self.inserted;
        if at > from { at.saturating_sub(inserted) } else { at }
    }
}

/// Jinja takes `{% if x: %}` as Python would; the parser does not. A blank takes the place of such a colon.
pub(super) fn without_colons(text: &str) -> Cow<'_, str> {
    let mut cleaned = Cow::Borrowed(text);
    for (end, _) in text.match_indices("%}") {
        let before = text[..end].trim_end_matches(['-', '+']).trim_end();
        if before.ends_with(':') {
            cleaned.to_mut().replace_range(before.len() - 1..before.len(), " ");
        }
    }
    cleaned
}

/// What every rendering of a project shares.
pub(super) struct Library<'t> {
    pub(super) project: &'t Project,
    pub(super) quoting: Quoting,
    macros: Vec<Entry<'t>>,
    variables: Vec<Variable<'t>>,
    /// By package and name; dbt's own packages are not among them.
    by_package: BTreeMap<&'t str, BTreeMap<&'t str, usize>>,
    /// dbt's own macros by name; those of the adapter win over those that every adapter shares.
    own: BTreeMap<&'t str, usize>,
    relations: BTreeMap<&'t str, Vec<&'t Relation>>,
    ids: BTreeSet<&'t str>,
    /// The adapter and its kin, nearest first.
    adapters: Vec<&'t str>,
}

/// A variable that a person gave. Text may be a template: `{{ source('a', 'b') }}`.
pub(super) struct Variable<'t> {
    name: &'t str,
    pub(super) data: &'t Data,
    read: OnceCell<Result<Stmt<'t>, Unreadable>>,
}

impl<'t> Variable<'t> {
    /// Its template; none where it is plain data.
    pub(super) fn template(&self) -> Option<(&'t str, Step<&Stmt<'t>>)> {
        let text = self.data.as_text().filter(|text| text.contains("{{") || text.contains("{%"))?;
        let template = self.read.get_or_init(|| read(text)).as_ref();
        Some((text, template.map_err(|unreadable| Stop::new(unreadable.why, unreadable.message.clone()))))
    }
}

struct Entry<'t> {
    template: &'t MacroTemplate,
    text: &'t MacroText<'t>,
    read: OnceCell<Result<Stmt<'t>, Unreadable>>,
}

/// Why a text is not read, and where.
pub(super) struct Unreadable {
    why: Why,
    message: String,
    at: u32,
}

impl Unreadable {
    pub(super) fn stop(&self, makro: Option<usize>) -> Stop {
        let mut stop = Stop::new(self.why, self.message.clone());
        if let Stop::Refused(refused) = &mut stop {
            match makro {
                Some(makro) => refused.inside = Some(Inside { makro, at: self.at }),
                None => refused.at = Some(self.at),
            }
        }
        stop
    }
}

/// Reads a template.
pub(super) fn read(text: &str) -> Result<Stmt<'_>, Unreadable> {
    if let Some(at) = first_excess(text) {
        return Err(Unreadable { why: Why::TooMuch, message: "the template is nested too deeply".to_owned(), at });
    }
    parse(text, "", SyntaxConfig::default()).map_err(|error| Unreadable {
        why: Why::Syntax,
        message: format!("the template cannot be read: {}", error.detail().unwrap_or("it is not Jinja")),
        at: error.range().and_then(|range| u32::try_from(range.start).ok()).unwrap_or(0),
    })
}

pub(super) fn children<'r, 't>(template: &'r Stmt<'t>) -> &'r [Stmt<'t>] {
    match template {
        Stmt::Template(template) => &template.children,
        _ => &[],
    }
}

impl<'t> Library<'t> {
    /// The texts must be those of the macros, in their order.
    pub(super) fn new(templates: &'t Templates, texts: &'t [MacroText<'t>]) -> Self {
        let adapter = templates.project.adapter_type.as_str();
        let kin = KIN.iter().find(|(name, _)| *name == adapter).map_or(&[][..], |(_, kin)| kin);
        let adapters: Vec<&str> = std::iter::once(adapter).chain(kin.iter().copied()).collect();
        let variables = templates.project.vars.iter();
        // Sources are other people's.
        let models = templates.relations.iter().filter(|relation| relation.source.is_none());
        let mut library = Library {
            project: &templates.project,
            quoting: Quoting::of(adapter, models.map(|relation| &relation.place)),
            macros: Vec::with_capacity(templates.macros.len()),
            variables: variables.map(|(name, data)| Variable { name, data, read: OnceCell::new() }).collect(),
            by_package: BTreeMap::new(),
            own: BTreeMap::new(),
            relations: BTreeMap::new(),
            ids: templates.relations.iter().map(|relation| relation.unique_id.as_str()).collect(),
            adapters,
        };
        let mut own: Vec<BTreeMap<&str, usize>> = vec![BTreeMap::new(); library.adapters.len() + 1];
        for (template, text) in templates.macros.iter().zip(texts) {
            let at = library.macros.len();
            library.macros.push(Entry { template, text, read: OnceCell::new() });
            let package = template.package.as_str();
            let rank = match package.strip_prefix("dbt_") {
                Some(adapter) => library.adapters.iter().position(|name| *name == adapter),
                None => (package == OWN_PACKAGE).then_some(library.adapters.len()),
            };
            let names = match rank {
                Some(rank) => &mut own[rank],
                None => library.by_package.entry(package).or_default(),
            };
            names.insert(&template.name, at);
        }
        for names in own.into_iter().rev() {
            library.own.extend(names);
        }
        for relation in &templates.relations {
            library.relations.entry(&relation.name).or_default().push(relation);
        }
        library
    }

    /// The macro that a plain name means in a template of a package.
    pub(super) fn find(&self, name: &str, package: &str) -> Option<usize> {
        let of = |package: &str| self.by_package.get(package)?.get(name).copied();
        of(package).or_else(|| of(&self.project.name)).or_else(|| self.own.get(name).copied())
    }

    pub(super) fn has_package(&self, package: &str) -> bool {
        package == OWN_PACKAGE || self.by_package.contains_key(package)
    }

    /// The macro of a package: `dbt_utils.star`.
    pub(super) fn find_in(&self, package: &str, name: &str) -> Option<usize> {
        if package == OWN_PACKAGE {
            return self.own.get(name).copied();
        }
        self.by_package.get(package)?.get(name).copied()
    }

    /// The macro that `adapter.dispatch` takes for a namespace.
    pub(super) fn dispatch(&self, name: &str, namespace: Option<&str>, package: &str) -> Step<usize> {
        let configured = self.project.dispatch.iter().find(|(name, _)| Some(name.as_str()) == namespace);
        let order: Vec<Option<&str>> = match (configured, namespace) {
            (Some((_, order)), _) => order.iter().map(|package| Some(package.as_str())).collect(),
            (None, Some(namespace)) => vec![Some(self.project.name.as_str()), Some(namespace)],
            (None, None) => vec![None],
        };
        self.dispatch_among(name, &order, package)
    }

    /// The macro that `adapter.dispatch` takes from a list of packages, as dbt before 0.20 had it.
    pub(super) fn dispatch_in(&self, name: &str, packages: &[String], package: &str) -> Step<usize> {
        let order: Vec<Option<&str>> = packages.iter().map(|package| Some(package.as_str())).collect();
        self.dispatch_among(name, &order, package)
    }

    /// Of the packages in order, and in each the adapter's own macro first.
    fn dispatch_among(&self, name: &str, order: &[Option<&str>], package: &str) -> Step<usize> {
        for place in order {
            for prefix in self.adapters.iter().copied().chain(["default"]) {
                let full = format!("{prefix}__{name}");
                let found = match place {
                    Some(place) => self.find_in(place, &full),
                    None => self.find(&full, package),
                };
                if let Some(found) = found {
                    return Ok(found);
                }
            }
        }
        Err(Stop::new(Why::Undefined, format!("no macro answers to the dispatch of '{name}'")))
    }

    pub(super) fn variable(&self, name: &str) -> Option<&Variable<'t>> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    /// Whether this is the macro of dbt's own packages with this name.
    pub(super) fn is_own(&self, makro: usize, name: &str) -> bool {
        self.macros.get(makro).is_some_and(|entry| entry.template.name == name && self.own.get(name) == Some(&makro))
    }

    pub(super) fn name(&self, makro: usize) -> &'t str {
        self.macros.get(makro).map_or("", |entry| &entry.template.name)
    }

    pub(super) fn text(&self, makro: usize) -> &'t str {
        self.macros.get(makro).map_or("", |entry| &entry.text.text)
    }

    /// The definition of a macro, read now if this is its first call.
    pub(super) fn definition(&self, makro: usize) -> Step<&Macro<'t>> {
        let entry = self.macros.get(makro).ok_or_else(|| Stop::failed("there is no such macro"))?;
        let template = match entry.read.get_or_init(|| read(&entry.text.text)) {
            Ok(template) => template,
            Err(unreadable) => return Err(unreadable.stop(Some(makro))),
        };
        let macros = || {
            children(template)
                .iter()
                .filter_map(|child| if let Stmt::Macro(makro) = child { Some(makro) } else { None })
        };
        let named = macros().find(|makro| makro.name == entry.template.name).or_else(|| macros().next());
        named
            .map(|makro| &**makro)
            .ok_or_else(|| Stop::unsupported(format!("'{}' is not a plain macro", entry.template.name)))
    }

    /// The relations that `ref` (without a source) and `source` may mean by a name.
    pub(super) fn relations(&self, name: &str) -> impl Iterator<Item = &'t Relation> {
        self.relations.get(name).into_iter().flatten().copied()
    }

    /// Whether this is a relation to refer to.
    pub(super) fn knows(&self, unique_id: &str) -> bool {
        self.ids.contains(unique_id)
    }

    pub(super) fn place(&self, inside: Inside) -> Option<InMacro> {
        let entry = self.macros.get(inside.makro)?;
        let sql = &entry.template.sql;
        let at = entry.text.original(inside.at as usize);
        let (line, column) = LineIndex::new(sql).line_column(sql, u32::try_from(at).unwrap_or(u32::MAX));
        Some(InMacro { unique_id: entry.template.unique_id.clone(), line, column })
    }
}

/// The package of the macros that come with dbt.
const OWN_PACKAGE: &str = "dbt";
