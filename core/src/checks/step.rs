//! What one action of an ALTER TABLE does, in any dialect's words.

use crate::dialect::Dialect;

use super::phrase::{Name, Phrase};

#[derive(Clone, Copy)]
pub(super) enum Does<'t> {
    /// The definition is what stands after the name: type, default, constraints.
    AddColumn {
        name: Name<'t>,
        definition: Phrase<'t>,
        if_not_exists: bool,
    },
    DropColumn {
        name: Name<'t>,
        if_exists: bool,
    },
    /// What stands after ADD and the name: `FOREIGN KEY …`.
    AddConstraint {
        constraint: Phrase<'t>,
    },
    DropConstraint {
        name: Phrase<'t>,
        if_exists: bool,
    },
    AddIndex,
    RenameColumn {
        from: Name<'t>,
        to: Name<'t>,
    },
    RenameTable,
    /// The new type and all that stands after it.
    Retype {
        name: Name<'t>,
        to: Phrase<'t>,
    },
    SetNotNull {
        name: Name<'t>,
    },
    DropNotNull {
        name: Name<'t>,
    },
    SetDefault {
        name: Name<'t>,
    },
    DropDefault {
        name: Name<'t>,
    },
    /// ADD, DROP or another word before PARTITION.
    Partition,
    Other,
}

/// An action and what it does.
#[derive(Clone, Copy)]
pub(super) struct Step<'t> {
    pub(super) action: Phrase<'t>,
    pub(super) does: Does<'t>,
}

const CONSTRAINTS: &str = "PRIMARY|UNIQUE|FOREIGN|CHECK|EXCLUDE";
const NO_COLUMN: &str = "PARTITION|PARTITIONS|TEMPORARY|ROLLUP|ROW|SEARCH|PROJECTION|STORAGE|PERIOD|VALUE|LABEL|TAG";

/// The steps of an action: one, or several columns at once.
pub(super) fn steps<'t>(action: Phrase<'t>, steps: &mut Vec<Step<'t>>) {
    let mut rest = action;
    let mut one = |does| steps.push(Step { action, does });
    if rest.take("ADD") {
        rest.take("CONSTRAINT IF NOT EXISTS");
        let is_constraint = rest.starts("CONSTRAINT") || rest.starts(CONSTRAINTS);
        if is_constraint {
            if rest.take("CONSTRAINT") && !rest.starts(CONSTRAINTS) {
                rest.name();
            }
            return one(Does::AddConstraint { constraint: rest });
        }
        if rest.starts("INDEX|KEY|FULLTEXT|SPATIAL") {
            return one(Does::AddIndex);
        }
        if rest.starts("IF? NOT? EXISTS? PARTITION|PARTITIONS|TEMPORARY|RANGE") {
            return one(Does::Partition);
        }
        if rest.starts(NO_COLUMN) {
            return one(Does::Other);
        }
        rest.take("COLUMN|COLUMNS");
        let if_not_exists = rest.take("IF NOT EXISTS");
        let list = rest.group().unwrap_or(rest);
        for mut part in list.parts() {
            let if_not_exists = part.take("IF NOT EXISTS") || if_not_exists;
            let name = part.name();
            steps.push(Step { action, does: Does::AddColumn { name, definition: part, if_not_exists } });
        }
        return;
    }
    if rest.take("DROP") {
        if rest.take("CONSTRAINT|CHECK|INDEX|KEY") || rest.take("FOREIGN KEY") || rest.starts("PRIMARY KEY|UNIQUE") {
            let if_exists = rest.take("IF EXISTS");
            let name = if rest.starts("PRIMARY KEY") { rest.before("(|CASCADE") } else { rest.name().phrase };
            return one(Does::DropConstraint { name, if_exists });
        }
        // SQL Server drops a constraint where it says nothing else.
        if rest.dialect == Dialect::SqlServer && !rest.starts("COLUMN") {
            let if_exists = rest.take("IF EXISTS");
            return one(Does::DropConstraint { name: rest.name().phrase, if_exists });
        }
        if rest.starts("IF? EXISTS? PARTITION|PARTITIONS|TEMPORARY") {
            return one(Does::Partition);
        }
        if rest.starts(NO_COLUMN) || rest.starts("DEFAULT|EXPRESSION|IDENTITY|CLUSTERING|FEATURE|ALL|POLICY|NOT") {
            return one(Does::Other);
        }
        rest.take("COLUMN|COLUMNS");
        let if_exists = rest.take("IF EXISTS");
        let list = rest.group().unwrap_or(rest);
        for mut part in list.parts() {
            steps.push(Step { action, does: Does::DropColumn { name: part.name(), if_exists } });
        }
        return;
    }
    one(changes(rest));
}

fn changes(mut rest: Phrase<'_>) -> Does<'_> {
    if rest.take("RENAME") {
        if rest.starts("CONSTRAINT|INDEX|KEY|PARTITION|ROLLUP|VALUE") {
            return Does::Other;
        }
        if rest.starts("TO|AS") || rest.words.len() == 1 {
            return Does::RenameTable;
        }
        rest.take("COLUMN");
        rest.take("IF EXISTS");
        let from = rest.name();
        rest.take("TO|AS");
        return Does::RenameColumn { from, to: rest.name() };
    }
    if rest.take("CHANGE") {
        rest.take("COLUMN");
        let mut name = rest.name();
        if name.phrase.is_empty() {
            return Does::Other;
        }
        if rest.starts("COMMENT|FIRST|AFTER|TYPE") {
            return if rest.take("TYPE") { Does::Retype { name, to: rest } } else { Does::Other };
        }
        let to = rest.name();
        if to.key() != name.key() {
            return Does::RenameColumn { from: name, to };
        }
        name = to;
        return Does::Retype { name, to: rest };
    }
    let modifies = rest.take("MODIFY");
    if !modifies && !rest.take("ALTER") {
        return Does::Other;
    }
    if rest.starts("INDEX|CONSTRAINT|PRIMARY|TABLE|SORTKEY|DISTKEY|DISTSTYLE") || modifies && rest.starts("ORDER") {
        return Does::Other;
    }
    let is_column = rest.take("COLUMN");
    rest.take("IF EXISTS");
    let mut list = rest.group().unwrap_or(rest);
    let name = list.name();
    let mut rest = list;
    if rest.take("SET DATA? TYPE") || rest.take("TYPE") {
        return Does::Retype { name, to: rest };
    }
    if rest.take("SET NOT NULL") || rest.starts("NOT NULL") && rest.words.len() == 2 {
        return Does::SetNotNull { name };
    }
    if rest.take("DROP NOT NULL") || rest.starts("NULL") && rest.words.len() == 1 {
        return Does::DropNotNull { name };
    }
    if rest.take("SET DEFAULT") {
        return Does::SetDefault { name };
    }
    if rest.take("DROP DEFAULT") {
        return Does::DropDefault { name };
    }
    let is_type = (modifies || is_column) && !rest.is_empty();
    if is_type && !rest.starts("SET|DROP|ADD|RESET|COMMENT|FIRST|AFTER|ENCODE|UNSET|RESTART") {
        return Does::Retype { name, to: rest };
    }
    Does::Other
}
