//! Trino and Athena.

use super::pattern::{Does, Rule};

pub(super) const RULES: &[Rule] = &[("UNLOAD () TO *", Does::Nothing)];
