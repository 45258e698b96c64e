//! Which relation of the project a migration means by a name, and how sure that is.

use super::RelationName;
use super::state::{RelationIx, RelationState, Schema};
use crate::outcome::Certainty;

/// `--map FROM=TO`: names in the migration and what they are in the warehouse, with `*` for any last part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    from: Vec<String>,
    to: Vec<String>,
}

impl Mapping {
    /// Reads `public.*=raw.app.*` or `users=raw.app_users`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = |side: &str| side.trim().split('.').map(|part| part.trim().to_lowercase()).collect::<Vec<_>>();
        let Some((from, to)) = text.split_once('=').map(|(from, to)| (parts(from), parts(to))) else {
            return Err(format!("\"{text}\" is no mapping: write FROM=TO, such as public.*=raw.app.*"));
        };
        let stars = |side: &[String]| side.iter().filter(|part| *part == "*").count();
        let is_sound = |side: &[String]| {
            side.iter().all(|part| !part.is_empty())
                && (stars(side) == 0 || stars(side) == 1 && side.last().is_some_and(|part| part == "*"))
        };
        if !is_sound(&from) || !is_sound(&to) || stars(&from) != stars(&to) {
            return Err(format!("\"{text}\" is no mapping: a * may stand for the last part, on both sides"));
        }
        Ok(Self { from, to })
    }

    /// The last part of the name that it leads to; `*` where that stays as it is.
    pub(crate) fn target(&self) -> &str {
        self.to.last().map_or("", String::as_str)
    }

    /// How much of a name it fixes: a rule for one table goes before a rule for its schema.
    fn weight(&self) -> (bool, usize) {
        (self.from.last().is_some_and(|part| part != "*"), self.from.len())
    }

    fn apply(&self, name: &RelationName) -> Option<RelationName> {
        let name = name.caseless();
        let tail = name.parts().len().checked_sub(self.from.len()).map(|skip| &name.parts()[skip..])?;
        let fits = self.from.iter().zip(tail).all(|(pattern, part)| pattern == "*" || pattern == part);
        fits.then(|| {
            RelationName::new(
                self.to.iter().map(|part| if part == "*" { name.name().to_owned() } else { part.clone() }),
            )
        })
    }
}

/// What a name was found to mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    One {
        relation: RelationIx,
        how: String,
        certainty: Certainty,
    },
    /// Several relations fit equally well: a person has to say which.
    Several(Vec<RelationIx>),
    /// A mapping leads to a name that dbt does not know.
    NowhereMapped(RelationName),
    None,
}

impl Schema {
    /// Looks a migration's name up: mapped names first, then as qualified as given, then along the search path, then by the
    /// last part alone.
    pub fn find(&self, name: &RelationName, path: &[RelationName], mappings: &[Mapping]) -> Found {
        let fitting = mappings.iter().filter_map(|mapping| Some((mapping.weight(), mapping.apply(name)?)));
        // Of equals the first counts.
        if let Some((_, mapped)) = fitting.rev().max_by_key(|(weight, _)| *weight) {
            return self
                .among(&mapped, &format!("mapped to {mapped}"), Certainty::Certain)
                .unwrap_or(Found::NowhereMapped(mapped));
        }
        let is_bare = name.parts().len() == 1;
        // `schema.name` is looked for in the database in use before it is in any.
        if name.parts().len() == 2
            && let Some(database) = path.first().filter(|schema| schema.parts().len() > 1)
        {
            let qualified = name.within(&database.renamed(name.schema().unwrap_or_default()).child(name.name()));
            if let Some(found) = self.among(&qualified, "same database, schema and name", Certainty::Certain) {
                return found;
            }
        }
        if !is_bare && let Some(found) = self.among(name, "same schema and name", Certainty::Certain) {
            return found;
        }
        if is_bare {
            for schema in path {
                let qualified = RelationName::new(schema.parts().iter().chain(name.parts()).cloned());
                if let Some(found) = self.among(
                    &qualified,
                    &format!("same name in {schema}, where the migration looks first"),
                    Certainty::Certain,
                ) {
                    return found;
                }
            }
        }
        let how = match name.schema().or_else(|| path.first().map(RelationName::name)) {
            Some(schema) => format!("same name in another schema than {schema}; confirm it with --map"),
            None => "the only relation of this name".to_owned(),
        };
        let last = RelationName::new([name.name().to_owned()]);
        let certainty = if is_bare && path.is_empty() { Certainty::Certain } else { Certainty::Likely };
        // A migration knows the schemas of what it creates itself, so only dbt's names are looked for in other ones.
        let elsewhere = !(is_bare && path.is_empty());
        self.among_these(&last, &how, certainty, |state| !elsewhere || state.before.is_some()).unwrap_or(Found::None)
    }

    /// The relations whose names end in this one.
    fn among(&self, tail: &RelationName, how: &str, certainty: Certainty) -> Option<Found> {
        self.among_these(tail, how, certainty, |_| true)
    }

    fn among_these(
        &self,
        tail: &RelationName,
        how: &str,
        certainty: Certainty,
        wanted: impl Fn(&RelationState) -> bool,
    ) -> Option<Found> {
        let tail = tail.caseless();
        let fits = |ix: &RelationIx| {
            let state = &self.relations[*ix];
            wanted(state) && state.after.as_ref().is_some_and(|own| own.caseless().ends_with(&tail))
        };
        let found: Vec<RelationIx> = self.candidates(&tail).iter().copied().filter(fits).collect();
        match found.as_slice() {
            [] => None,
            [relation] => Some(Found::One { relation: *relation, how: how.to_owned(), certainty }),
            _ => Some(Found::Several(found)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    fn schema(names: &[&str]) -> Schema {
        let mut schema = Schema::default();
        for name in names {
            let name = RelationName::parse(name, Dialect::Generic);
            schema.add(RelationState { before: Some(name.clone()), after: Some(name), ..RelationState::default() });
        }
        schema
    }

    fn find(schema: &Schema, name: &str, path: &[&str], maps: &[&str]) -> Found {
        let parse = |text: &&str| RelationName::parse(text, Dialect::Generic);
        let maps: Vec<Mapping> = maps.iter().map(|map| Mapping::parse(map).expect("a mapping")).collect();
        schema.find(&parse(&name), &path.iter().map(parse).collect::<Vec<_>>(), &maps)
    }

    fn one(found: &Found) -> Option<(RelationIx, Certainty)> {
        match found {
            Found::One { relation, certainty, .. } => Some((*relation, *certainty)),
            _ => None,
        }
    }

    #[test]
    fn the_search_path_decides_between_equal_names() {
        let schema = schema(&["db.raw.users", "db.app.users"]);
        assert_eq!(one(&find(&schema, "users", &["app", "raw"], &[])), Some((1, Certainty::Certain)));
        assert_eq!(find(&schema, "users", &[], &[]), Found::Several(vec![0, 1]));
        assert_eq!(one(&find(&schema, "RAW.Users", &[], &[])), Some((0, Certainty::Certain)));
    }

    #[test]
    fn a_name_in_another_schema_is_only_likely() {
        let schema = schema(&["db.raw.users"]);
        assert_eq!(one(&find(&schema, "public.users", &[], &[])), Some((0, Certainty::Likely)));
        assert_eq!(one(&find(&schema, "public.users", &[], &["public.*=raw.*"])), Some((0, Certainty::Certain)));
        let nowhere = RelationName::parse("raw.people", Dialect::Generic);
        assert_eq!(find(&schema, "public.users", &[], &["public.users=raw.people"]), Found::NowhereMapped(nowhere));
    }

    #[test]
    fn a_mapping_for_one_table_goes_before_one_for_its_schema() {
        let schema = schema(&["db.raw.users", "db.raw.people"]);
        for maps in [["public.*=raw.*", "public.users=raw.people"], ["public.users=raw.people", "public.*=raw.*"]] {
            assert_eq!(one(&find(&schema, "public.users", &[], &maps)), Some((1, Certainty::Certain)));
        }
    }

    #[test]
    fn what_the_migration_creates_is_found_in_its_own_schema_alone() {
        let mut schema = schema(&["db.raw.users"]);
        let own = RelationName::parse("x.a", Dialect::Generic);
        schema.add(RelationState { after: Some(own), ..RelationState::default() });
        assert_eq!(find(&schema, "a", &["public"], &[]), Found::None);
        assert_eq!(one(&find(&schema, "a", &["public", "x"], &[])), Some((1, Certainty::Certain)));
        assert_eq!(one(&find(&schema, "a", &[], &[])), Some((1, Certainty::Certain)));
    }

    #[test]
    fn the_database_in_use_decides_between_equal_schemas() {
        let schema = schema(&["one.app.t", "two.app.t"]);
        assert_eq!(one(&find(&schema, "app.t", &["two.public"], &[])), Some((1, Certainty::Certain)));
        assert_eq!(find(&schema, "app.t", &[], &[]), Found::Several(vec![0, 1]));
    }

    #[test]
    fn a_mapping_without_sense_is_refused() {
        for text in ["public", "a.*=b", "*.a=b.*", "=b", "a..b=c"] {
            assert!(Mapping::parse(text).is_err(), "{text}");
        }
    }
}
