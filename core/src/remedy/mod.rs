//! Drafts of the fix, and what the engine says of the project once they are in place.
//!
//! A changed source is read once into a `contract`: what each of its old columns is made of now. All drafts are
//! written from that, one file of code for each kind. Nothing is guessed: what a script does not say stands in a draft as a
//! TODO, and counts as broken. Where a draft changes what runs, the engine is run again on the changed state, and what is
//! still broken is part of the draft.
//!
//! None of this is worked out for a review; a host asks for it (`Session::remedies`).

mod assigned;
mod compatibility;
mod contract;
mod ddl;
mod edit;
mod expand;
mod guards;
mod migrations;
mod place;
mod properties;
mod rendered;
mod rollback;
mod shim;
mod sources;
mod spelling;
mod split;
mod validation;
mod verify;

pub(crate) use assigned::{Assigned, assigned_where};

pub(crate) use migrations::draft as mended_migrations;

use crate::checks::Finding;
use crate::config::Options;
use crate::dbt::Project;
use crate::dialect::Dialect;
use crate::impact::Impact;
use crate::jinja::{Rendering, Templates};
use crate::migration::{MigrationFile, Role, detect};
use crate::replayed::PlacedChange;
use crate::review::{Remedy, RemedyFile};
use crate::schema::Schema;
use contract::{Basis, Contract};

/// What drafts are made from.
pub(crate) struct Case<'a> {
    pub(crate) project: &'a Project,
    pub(crate) schema: &'a Schema,
    pub(crate) impact: &'a Impact,
    pub(crate) changes: &'a [PlacedChange],
    pub(crate) migrations: &'a [MigrationFile],
    pub(crate) findings: &'a [Finding],
    /// YAML of the project, by file name.
    pub(crate) properties: &'a [(String, String)],
    pub(crate) options: &'a Options,
    pub(crate) render: fn(&Templates) -> Vec<Rendering>,
}

/// A case, and what the changed sources are made of now.
struct Brief<'a> {
    case: &'a Case<'a>,
    contracts: Vec<Contract>,
    sources: sources::Sources,
    /// What the scripts say columns are made of.
    given: assigned::Given,
    /// What the migrations are written in, the likeliest first.
    dialects: Vec<Dialect>,
}

/// A remedy without anything in it yet; its name and title are the registry's.
fn empty(summary: &str) -> Remedy {
    Remedy {
        kind: String::new(),
        title: String::new(),
        summary: summary.to_owned(),
        files: Vec::new(),
        decisions: Vec::new(),
        notes: Vec::new(),
        residual: None,
    }
}

impl Brief<'_> {
    /// That of the migration, and of the warehouse where it is another.
    fn both_dialects(&self) -> Vec<Dialect> {
        let mut both = vec![self.migration_dialect()];
        both.push(self.case.project.sql_dialect());
        both.dedup();
        both
    }

    /// What the migration that works on the sources is written in.
    fn migration_dialect(&self) -> Dialect {
        let mut forward = self.case.migrations.iter().filter(|file| file.role != Role::Rollback);
        let told = forward.next_back().map(|file| detect(&file.name, &file.text, &self.dialects).dialect);
        self.case.options.dialect.or(told).unwrap_or_else(|| self.case.project.sql_dialect())
    }
}

impl Remedy {
    fn of(self, kind: &Kind) -> Self {
        Self { kind: kind.name.to_owned(), title: kind.title.to_owned(), ..self }
    }

    /// Its files are migrations, and not those of the dbt project.
    pub(crate) fn is_of_migrations(&self) -> bool {
        self.kind == migrations::KIND.name
    }
}

struct Kind {
    name: &'static str,
    title: &'static str,
    /// None where there is nothing to draft.
    draft: fn(&Brief<'_>) -> Option<Remedy>,
}

/// The remedies, in the order in which they are shown.
const KINDS: [Kind; 8] = [
    Kind { name: "staging_shim", title: "Staging shim", draft: verify::shim },
    Kind { name: "sources", title: "Sources in YAML", draft: verify::sources },
    Kind { name: "compatibility", title: "Compatibility layer in the database", draft: compatibility::draft },
    Kind { name: "rollback", title: "Rollback", draft: rollback::draft },
    Kind { name: "expand_contract", title: "Expand and contract", draft: expand::draft },
    Kind { name: "guards", title: "Tests and contracts that would have caught it", draft: guards::draft },
    Kind { name: "validation", title: "Validation before and after", draft: validation::draft },
    migrations::KIND,
];

/// All drafts that the case allows.
pub(crate) fn drafts(case: &Case<'_>) -> Vec<Remedy> {
    let own = case.project.sql_dialect();
    let mut dialects: Vec<Dialect> = case.options.dialect.into_iter().collect();
    for dialect in [Dialect::Postgres, own, Dialect::MySql, Dialect::Generic] {
        if !dialects.contains(&dialect) {
            dialects.push(dialect);
        }
    }
    let Case { project, schema, changes, migrations, properties, .. } = case;
    let given = assigned::read(migrations, &dialects);
    let contracts = contract::contracts(&Basis { project, schema, changes, given: &given });
    let sources = sources::drafts(project, &contracts, properties);
    let brief = Brief { case, contracts, sources, given, dialects };
    KINDS.iter().filter_map(|kind| Some((kind.draft)(&brief)?.of(kind))).collect()
}

/// Whether a file of a draft is a script that runs right after the migration: both can be reviewed together.
pub fn follows_migration(file: &RemedyFile) -> bool {
    compatibility::is_create(&file.path)
}

/// One patch of all that is edited in the dbt project, for `git apply` or `patch -p1` in its folder.
pub fn patch(remedies: &[Remedy]) -> String {
    patch_of(remedies, false)
}

/// The same of the migrations.
pub fn patch_of_migrations(remedies: &[Remedy]) -> String {
    patch_of(remedies, true)
}

fn patch_of(remedies: &[Remedy], of_migrations: bool) -> String {
    let own = remedies.iter().filter(|remedy| remedy.is_of_migrations() == of_migrations);
    own.flat_map(|remedy| &remedy.files).filter_map(|file| file.diff.as_deref()).collect()
}
