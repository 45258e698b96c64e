//! The column that was meant by a name that none has.

use super::scope::Scope;

/// Names of more letters are not compared, and none that differ in more than a third of theirs.
const LONGEST: usize = 64;

impl Scope<'_> {
    /// The column in reach whose name is most like the last part, of what the parts before it name.
    pub(super) fn nearest(&self, parts: &[String]) -> Option<String> {
        let (wanted, qualifier) = parts.split_last()?;
        if wanted.len() > LONGEST {
            return None;
        }
        let bounds = self.bounds.iter().filter(|bound| qualifier.last().is_none_or(|name| *name == bound.alias));
        let columns = bounds.flat_map(|bound| &bound.shape.columns).filter(|column| column.key.len() <= LONGEST);
        columns
            .map(|column| (distance(wanted, &column.key), &column.name))
            .filter(|(distance, _)| *distance * 3 <= wanted.len())
            .min()
            .map(|(_, name)| name.to_string())
    }
}

/// How many letters must be added, removed or changed to make one name of the other.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (at, letter) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = at + 1;
        for (place, other) in b.chars().enumerate() {
            let changed = corner + usize::from(letter != other);
            corner = row[place + 1];
            row[place + 1] = changed.min(corner + 1).min(row[place] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn names_are_as_far_apart_as_letters_must_change() {
        assert_eq!(distance("status", "status"), 0);
        assert_eq!(distance("statsu", "status"), 2);
        assert_eq!(distance("staus", "status"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
