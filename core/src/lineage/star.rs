//! `*` and `t.*`, with what dialects let one say behind them.

use std::rc::Rc;

use sqlparser::ast::{
    ExcludeSelectItem, Ident, IdentWithAlias, ObjectName, RenameSelectItem, Spanned, WildcardAdditionalOptions,
};

use super::expr::{Place, made};
use super::pattern::is_like;
use super::query::Resolver;
use super::scope::{Aliases, Column, Meaning, Scope, Shape};
use super::statement::last_ident;
use super::{Clause, How, ProblemKind, Source, Use};
use crate::dialect::Dialect;

impl Resolver<'_> {
    pub(super) fn expand_all(&mut self, scope: &Scope<'_>, options: &WildcardAdditionalOptions, shape: &mut Shape) {
        self.mixes(&scope.bounds);
        let mut all = Shape { columns: scope.merged.clone(), ..Shape::default() };
        for bound in &scope.bounds {
            self.out.starred.extend(bound.is.clone());
            let is_merged = |column: &&Column| scope.merged.iter().any(|merged| merged.key == column.key);
            all.columns.extend(bound.shape.columns.iter().filter(|column| !is_merged(column)).cloned());
            all.open_also(bound.shape.open.iter().cloned());
            all.lost.extend(bound.shape.lost.iter().cloned());
        }
        self.modify(all, scope, options, shape);
    }

    pub(super) fn expand_one(
        &mut self,
        name: &ObjectName,
        scope: &Scope<'_>,
        options: &WildcardAdditionalOptions,
        shape: &mut Shape,
    ) {
        let parts: Vec<String> =
            name.0.iter().filter_map(|part| part.as_ident()).map(|ident| self.fold(ident)).collect();
        match scope.called(&parts) {
            Some(bound) => {
                self.out.starred.extend(bound.is.clone());
                let all = Shape::clone(&bound.shape);
                self.modify(all, scope, options, shape);
            }
            // The fields of a column.
            None if let [key] = parts.as_slice()
                && let Meaning::Column { sources, outward, .. } = scope.bare(key, Aliases::None) =>
            {
                if let Some(ident) = last_ident(name) {
                    self.record(ident, Use::new(ident, Clause::Select, outward, Rc::clone(&sources)));
                }
                shape.open_also(Shape::made_of(made(sources.to_vec(), How::Computed).collect()).open);
            }
            None => {
                let span = self.locate(name.span());
                self.problem(span, ProblemKind::UnknownQualifier { name: name.to_string() });
                shape.open_also(Shape::made_of(Vec::new()).open);
            }
        }
    }

    /// EXCEPT, EXCLUDE, REPLACE and RENAME after a star. One that names a column that is not there is refused by engines.
    fn modify(&mut self, mut all: Shape, scope: &Scope<'_>, options: &WildcardAdditionalOptions, shape: &mut Shape) {
        if let Some(like) = &options.opt_ilike {
            all.columns.retain(|column| is_like(&like.pattern, &column.name));
        }
        for ident in excluded(options) {
            let key = self.fold(ident);
            self.must_have(&all, ident, &key);
            all.columns.retain(|column| *column.key != *key);
            all.lost.push(key);
        }
        for element in options.opt_replace.iter().flat_map(|replace| &replace.items) {
            let key = self.fold(&element.column_name);
            self.must_have(&all, &element.column_name, &key);
            let sources: Rc<[Source]> =
                self.value(&element.expr, Place { scope, clause: Clause::Select, aliases: Aliases::None }).into();
            if all.get(&key).is_none() && all.is_open() {
                let (name, key) = (element.column_name.value.clone(), key.clone());
                all.columns.push(Column::new(name, key, Rc::from([])));
            }
            all.columns
                .iter_mut()
                .filter(|column| *column.key == *key)
                .for_each(|column| column.sources = Rc::clone(&sources));
        }
        let renames: &[IdentWithAlias] = match &options.opt_rename {
            Some(RenameSelectItem::Single(one)) => std::slice::from_ref(one),
            Some(RenameSelectItem::Multiple(many)) => many,
            None => &[],
        };
        for rename in renames {
            let key = self.fold(&rename.ident);
            // DuckDB renames nothing where there is no such column.
            if self.dialect != Dialect::DuckDb || all.get_or_assume(&key).is_some() {
                self.must_have(&all, &rename.ident, &key);
            }
            let new_name = self.named(&rename.alias);
            if all.get(&key).is_none()
                && let Some(sources) = all.assume(&key)
            {
                all.lost.push(key.clone());
                all.columns.push(Column::new(rename.ident.value.clone(), key.clone(), sources));
            }
            for column in all.columns.iter_mut().filter(|column| *column.key == *key) {
                (column.name, column.key) = new_name.clone();
            }
        }
        shape.columns.append(&mut all.columns);
        shape.open_also(all.open);
        shape.lost.append(&mut all.lost);
    }

    /// Records the use of a column that a star's modifier names.
    pub(super) fn must_have(&mut self, all: &Shape, ident: &Ident, key: &str) {
        let span = self.locate(ident.span);
        match all.get_or_assume(key) {
            Some(sources) => {
                self.record(ident, Use::new(ident, Clause::Select, 0, Rc::clone(&sources)));
            }
            None => self.problem(span, ProblemKind::MissingColumn { name: ident.value.clone() }),
        }
    }
}

fn excluded(options: &WildcardAdditionalOptions) -> Vec<&Ident> {
    let except = options.opt_except.iter();
    let mut names: Vec<&Ident> =
        except.flat_map(|except| std::iter::once(&except.first_element).chain(&except.additional_elements)).collect();
    let excluded: &[ObjectName] = match &options.opt_exclude {
        Some(ExcludeSelectItem::Single(name)) => std::slice::from_ref(name),
        Some(ExcludeSelectItem::Multiple(many)) => many,
        None => &[],
    };
    names.extend(excluded.iter().filter_map(|name| name.0.last().and_then(|part| part.as_ident())));
    names
}
