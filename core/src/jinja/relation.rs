//! A relation as templates hold it: it prints as its quoted name, and parts of it can be left out or replaced.

use super::templates::RelationPlace;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RelationValue {
    /// Database, schema, identifier.
    parts: [Option<Part>; 3],
    include: [bool; 3],
    /// The text, where it is not put together from the parts: dbt's own, or the CTE that an ephemeral model becomes.
    whole: Option<String>,
    is_cte: bool,
    quoting: Quoting,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    name: String,
    quote: Option<char>,
}

/// How a project's adapter quotes the names that it makes up itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quoting {
    quote: char,
    parts: [bool; 3],
    /// Unless the project says otherwise.
    by_default: bool,
}

impl Quoting {
    /// As the project's own relations are quoted; and where it has none, as the adapter does it unless told otherwise.
    pub(super) fn of<'p>(adapter: &str, mut places: impl Iterator<Item = &'p RelationPlace>) -> Self {
        let quote = match adapter {
            "bigquery" | "databricks" | "spark" | "mysql" | "mariadb" | "starrocks" | "doris" | "hive"
            | "clickhouse" => '`',
            _ => '"',
        };
        let by_default = !matches!(adapter, "snowflake" | "oracle" | "spark");
        let parts = places
            .find_map(|place| {
                let parts = split(place.relation_name.as_deref()?);
                let [Some(_), Some(_), Some(_)] = &parts else { return None };
                Some(parts.map(|part| part.is_some_and(|part| part.quote.is_some())))
            })
            .unwrap_or([by_default; 3]);
        Self { quote, parts, by_default }
    }

    fn of_part(self, at: usize) -> Option<char> {
        self.parts[at].then_some(self.quote)
    }

    pub(super) fn quote(self, name: &str) -> String {
        format!("{0}{name}{0}", self.quote)
    }
}

impl RelationValue {
    pub(super) fn at(place: &RelationPlace, quoting: Quoting) -> Self {
        let named = place.relation_name.as_deref().filter(|name| !name.is_empty()).map(split);
        let facts = [&place.database, &place.schema, &place.identifier]
            .map(|name| name.clone().filter(|name| !name.is_empty()));
        let made = |at: usize| facts[at].clone().map(|name| Part { name, quote: quoting.of_part(at) });
        let parts = std::array::from_fn(|at| named.as_ref().and_then(|named| named[at].clone()).or_else(|| made(at)));
        // What dbt leaves out of the name is still there to ask for.
        let include = std::array::from_fn(|at| named.as_ref().is_none_or(|named| named[at].is_some()));
        let whole = place.relation_name.clone().filter(|name| !name.is_empty());
        let relation = Self { parts, include, whole, is_cte: false, quoting };
        match place.quoted {
            Some(quoted) => {
                let wanted = [quoted.database, quoted.schema, quoted.identifier];
                relation.quoting(wanted.map(|wanted| Some(wanted.unwrap_or(quoting.by_default))))
            }
            None => relation,
        }
    }

    pub(super) fn cte(name: String, place: &RelationPlace, quoting: Quoting) -> Self {
        Self { whole: Some(name), is_cte: true, ..Self::at(place, quoting) }
    }

    pub(super) fn made(names: [Option<String>; 3], quoting: Quoting) -> Self {
        let mut names = names.into_iter();
        let parts = std::array::from_fn(|at| {
            let name = names.next().flatten().filter(|name| !name.is_empty())?;
            Some(Part { name, quote: quoting.of_part(at) })
        });
        Self { parts, include: [true; 3], whole: None, is_cte: false, quoting }
    }

    pub(super) fn is_cte(&self) -> bool {
        self.is_cte
    }

    /// As SQL names it.
    pub(super) fn text(&self) -> String {
        if let Some(whole) = &self.whole {
            return whole.clone();
        }
        let shown = self.parts.iter().zip(self.include).filter(|(_, include)| *include).filter_map(|(part, _)| {
            let part = part.as_ref()?;
            Some(part.quote.map_or_else(|| part.name.clone(), |quote| format!("{quote}{}{quote}", part.name)))
        });
        shown.collect::<Vec<_>>().join(".")
    }

    /// Database, schema or identifier, without quotes.
    pub(super) fn part(&self, at: usize) -> Option<&str> {
        self.parts.get(at)?.as_ref().map(|part| part.name.as_str())
    }

    #[must_use]
    pub(super) fn including(&self, wanted: [Option<bool>; 3]) -> Self {
        let include = std::array::from_fn(|at| wanted[at].unwrap_or(self.include[at]));
        Self { include, ..self.put_together() }
    }

    #[must_use]
    pub(super) fn quoting(&self, wanted: [Option<bool>; 3]) -> Self {
        let mut changed = self.put_together();
        for (part, wanted) in changed.parts.iter_mut().zip(wanted) {
            if let (Some(part), Some(wanted)) = (part, wanted) {
                part.quote = wanted.then_some(self.quoting.quote);
            }
        }
        changed
    }

    /// With other names in some of its parts.
    #[must_use]
    pub(super) fn renamed(&self, names: [Option<String>; 3]) -> Self {
        let mut changed = self.put_together();
        for (at, name) in names.into_iter().enumerate() {
            if let Some(name) = name {
                let quote = changed.parts[at].as_ref().map_or(self.quoting.of_part(at), |part| part.quote);
                changed.parts[at] = Some(Part { name, quote });
                changed.include[at] = true;
            }
        }
        changed
    }

    fn put_together(&self) -> Self {
        Self { whole: self.whole.clone().filter(|_| self.is_cte), ..self.clone() }
    }
}

/// The parts of a name in SQL, of which the last is always there: `"a"."b".c`.
fn split(name: &str) -> [Option<Part>; 3] {
    let empty = || Part { name: String::new(), quote: None };
    let mut parts: Vec<Part> = Vec::new();
    let mut part = empty();
    let mut closing = None;
    for c in name.chars() {
        match (closing, c) {
            (Some(end), c) if c == end => closing = None,
            (Some(_), c) => part.name.push(c),
            (None, '"' | '`') => (closing, part.quote) = (Some(c), Some(c)),
            (None, '.') => parts.push(std::mem::replace(&mut part, empty())),
            (None, c) => part.name.push(c),
        }
    }
    parts.push(part);
    let mut parts = parts.into_iter().rev();
    let (identifier, schema, database) = (parts.next(), parts.next(), parts.next());
    [database, schema, identifier]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str) -> RelationPlace {
        RelationPlace { relation_name: Some(name.to_owned()), ..RelationPlace::default() }
    }

    #[test]
    fn a_relation_can_leave_out_parts_of_its_name() {
        let quoting = Quoting::of("postgres", std::iter::empty());
        let relation = RelationValue::at(&place("\"db\".sales.\"x.y\""), quoting);
        assert_eq!(relation.text(), "\"db\".sales.\"x.y\"");
        assert_eq!(relation.including([Some(false), None, None]).text(), "sales.\"x.y\"");
        assert_eq!(relation.renamed([None, None, Some("z".into())]).text(), "\"db\".sales.\"z\"");
        assert_eq!(relation.part(2), Some("x.y"));
    }

    #[test]
    fn names_made_up_are_quoted_as_the_project_quotes() {
        let places = [place("PROD.SALES.ORDERS")];
        let quoting = Quoting::of("snowflake", places.iter());
        let relation = RelationValue::made([None, Some("s".into()), Some("t".into())], quoting);
        assert_eq!(relation.text(), "s.t");
    }
}
