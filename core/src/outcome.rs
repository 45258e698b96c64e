//! The words of the product. Each is declared here once, and used alike in code, JSON, the page and the documents.

use serde::{Deserialize, Serialize};

/// What becomes of a node. The order is the order of weight: where several apply, the first is the headline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Its own SQL no longer runs against the changed schema.
    Fails,
    /// It would run, but something upstream fails, so dbt skips it and yesterday's data stays.
    Blocked,
    /// An exposure that cannot be read any more.
    Dark,
    /// Still runs, and silently returns other values.
    Wrong,
    /// A test that runs and reports the silent change.
    Catches,
    /// An exposure that is still readable and no longer refreshed.
    Stale,
    /// Could not be analysed. Never counted as safe.
    Unknown,
    /// Its shape changes harmlessly.
    Changes,
    /// Reached at table level, and proven not affected.
    Safe,
}

/// How an outcome is said and drawn: never by colour alone.
pub struct OutcomeFace {
    pub outcome: Outcome,
    pub word: &'static str,
    pub glyph: &'static str,
    /// One clause that completes "this node …".
    pub means: &'static str,
    /// What completes "1 model …" and "3 models …".
    pub one: &'static str,
    pub many: &'static str,
}

/// Every outcome, heaviest first.
pub const OUTCOMES: [OutcomeFace; 9] = [
    OutcomeFace {
        outcome: Outcome::Fails,
        word: "fails",
        glyph: "✕",
        means: "no longer runs against the changed schema",
        one: "fails",
        many: "fail",
    },
    OutcomeFace {
        outcome: Outcome::Blocked,
        word: "blocked",
        glyph: "❚❚",
        means: "is skipped because something upstream fails; yesterday's data stays",
        one: "is blocked",
        many: "are blocked",
    },
    OutcomeFace {
        outcome: Outcome::Dark,
        word: "dark",
        glyph: "●",
        means: "reads something that fails or is skipped",
        one: "goes dark",
        many: "go dark",
    },
    OutcomeFace {
        outcome: Outcome::Wrong,
        word: "wrong",
        glyph: "≠",
        means: "still runs and silently returns other values",
        one: "is silently wrong",
        many: "are silently wrong",
    },
    OutcomeFace {
        outcome: Outcome::Catches,
        word: "catches",
        glyph: "◉",
        means: "runs and reports the silent change",
        one: "catches the change",
        many: "catch the change",
    },
    OutcomeFace {
        outcome: Outcome::Stale,
        word: "stale",
        glyph: "◔",
        means: "is still readable and no longer refreshed",
        one: "goes stale",
        many: "go stale",
    },
    OutcomeFace {
        outcome: Outcome::Unknown,
        word: "unknown",
        glyph: "?",
        means: "could not be analysed",
        one: "is unknown",
        many: "are unknown",
    },
    OutcomeFace {
        outcome: Outcome::Changes,
        word: "changes",
        glyph: "△",
        means: "changes its shape harmlessly",
        one: "changes shape harmlessly",
        many: "change shape harmlessly",
    },
    OutcomeFace {
        outcome: Outcome::Safe,
        word: "safe",
        glyph: "✓",
        means: "is reached, and proven not affected",
        one: "is safe",
        many: "are safe",
    },
];

/// The outcomes that a meeting goes through.
pub const AGENDA: [Outcome; 3] = [Outcome::Fails, Outcome::Wrong, Outcome::Unknown];

impl Outcome {
    /// Whether people have to decide about it: what is blocked or dark follows from something else that they decide about.
    pub fn needs_decision(self) -> bool {
        AGENDA.contains(&self)
    }

    pub fn face(self) -> &'static OutcomeFace {
        &OUTCOMES[self as usize]
    }

    pub fn word(self) -> &'static str {
        self.face().word
    }

    pub fn glyph(self) -> &'static str {
        self.face().glyph
    }

    /// dbt does not build it, so what reads it sees yesterday's data.
    pub fn is_not_built(self) -> bool {
        matches!(self, Self::Fails | Self::Blocked)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Safe,
    Review,
    Block,
}

impl Verdict {
    pub fn word(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Review => "review",
            Self::Block => "block",
        }
    }
}

/// How sure a claim is. The order is from surest to least sure; a chain is as sure as its weakest link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    Certain,
    Likely,
    Possible,
}

impl Certainty {
    pub fn word(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }
}

/// The kinds of dbt node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    Source,
    Seed,
    Model,
    Snapshot,
    Test,
    UnitTest,
    Exposure,
    Metric,
    SemanticModel,
    SavedQuery,
    Analysis,
    Operation,
    Function,
    Other,
}

/// A kind with dbt's word for it and how many of them are called.
pub struct NodeKindFace {
    pub kind: NodeKind,
    pub word: &'static str,
    pub one: &'static str,
    pub many: &'static str,
}

pub const NODE_KINDS: [NodeKindFace; 14] = [
    NodeKindFace { kind: NodeKind::Source, word: "source", one: "source", many: "sources" },
    NodeKindFace { kind: NodeKind::Seed, word: "seed", one: "seed", many: "seeds" },
    NodeKindFace { kind: NodeKind::Model, word: "model", one: "model", many: "models" },
    NodeKindFace { kind: NodeKind::Snapshot, word: "snapshot", one: "snapshot", many: "snapshots" },
    NodeKindFace { kind: NodeKind::Test, word: "test", one: "test", many: "tests" },
    NodeKindFace { kind: NodeKind::UnitTest, word: "unit_test", one: "unit test", many: "unit tests" },
    NodeKindFace { kind: NodeKind::Exposure, word: "exposure", one: "dashboard", many: "dashboards" },
    NodeKindFace { kind: NodeKind::Metric, word: "metric", one: "metric", many: "metrics" },
    NodeKindFace {
        kind: NodeKind::SemanticModel,
        word: "semantic_model",
        one: "semantic model",
        many: "semantic models",
    },
    NodeKindFace { kind: NodeKind::SavedQuery, word: "saved_query", one: "saved query", many: "saved queries" },
    NodeKindFace { kind: NodeKind::Analysis, word: "analysis", one: "analysis", many: "analyses" },
    NodeKindFace { kind: NodeKind::Operation, word: "operation", one: "operation", many: "operations" },
    NodeKindFace { kind: NodeKind::Function, word: "function", one: "function", many: "functions" },
    NodeKindFace { kind: NodeKind::Other, word: "other", one: "node", many: "nodes" },
];

impl NodeKind {
    pub fn face(self) -> &'static NodeKindFace {
        &NODE_KINDS[self as usize]
    }

    /// The kind by dbt's `resource_type`.
    pub fn from_word(word: &str) -> Self {
        match word {
            "rpc" | "sql operation" | "sql_operation" => Self::Operation,
            _ => NODE_KINDS.iter().find(|face| face.word == word).map_or(Self::Other, |face| face.kind),
        }
    }

    /// "3 models", "1 model".
    pub fn count(self, n: usize) -> String {
        format!("{n} {}", if n == 1 { self.face().one } else { self.face().many })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_finds_its_own_face() {
        for face in &OUTCOMES {
            assert_eq!(face.outcome.word(), face.word);
            assert_eq!(serde_json::to_value(face.outcome).expect("a word"), face.word);
        }
    }

    #[test]
    fn every_kind_finds_its_own_face_and_comes_back_from_its_word() {
        for face in &NODE_KINDS {
            assert_eq!(face.kind.face().word, face.word);
            assert_eq!(NodeKind::from_word(face.word), face.kind);
        }
        assert_eq!(NodeKind::from_word("sql operation"), NodeKind::Operation);
    }
}
