//! What the file of a check needs.

pub(super) use std::collections::{BTreeMap, BTreeSet};

pub(super) use super::facts::{ALTER_TABLE, ALTERS, ANY, CREATES, DROPS, Facts, What};
pub(super) use super::finding::{Draft, Found, is_editable, lock_timeout};
pub(super) use super::later::Later;
pub(super) use super::on::{ALL, B, D, H, K, M, P, R, S};
pub(super) use super::phrase::{Name, Phrase};
pub(super) use super::runner::Runner;
pub(super) use super::script::{Script, dropped};
pub(super) use super::step::{Does, Step};
pub(super) use super::version::Since;
pub(super) use super::{Check, Look, Set, Way};
pub(super) use crate::dialect::Dialect;
pub(super) use crate::migration::{DataChange, Op, Role, Rollback};
pub(super) use crate::text::{Severity, Span};
