//! ALTER TYPE: an enum's values are the values of the columns of that type.

use super::words::{Kind, Words};
use crate::migration::op::Op;

pub(super) fn alter(mut words: Words<'_>) -> Option<Vec<Op>> {
    if !words.take("TYPE") {
        return None;
    }
    let name = words.name()?;
    if !words.take("RENAME VALUE") {
        return Some(vec![Op::Other { what: "alter_type".to_owned(), name: name.to_string() }]);
    }
    let value =
        |words: &mut Words<'_>| words.next().filter(|token| token.kind == Kind::Text).map(|token| token.value.clone());
    let from = value(&mut words)?;
    let to = words.take("TO").then(|| value(&mut words))??;
    Some(vec![Op::RenameValue { type_name: name, from, to }])
}
