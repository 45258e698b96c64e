//! What a meeting decided about a review, and the file (`.foreshock`) that keeps it with the inputs it was decided on.
//!
//! The engine decides nothing. It writes decisions into the checklist, and says where an input is no longer the one they
//! were made on.

use serde::{Deserialize, Serialize};

use crate::review::{Input, InputKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    Approve,
    ApproveWithCondition,
    Reject,
    Waive,
}

/// How a choice is said, and what it needs besides a name.
#[derive(Debug)]
pub struct ChoiceFace {
    pub choice: Choice,
    pub word: &'static str,
    pub title: &'static str,
    pub needs: Option<&'static str>,
}

pub const CHOICES: [ChoiceFace; 4] = [
    ChoiceFace { choice: Choice::Approve, word: "approve", title: "Approve", needs: None },
    ChoiceFace {
        choice: Choice::ApproveWithCondition,
        word: "approve_with_condition",
        title: "Approve with a condition",
        needs: Some("Condition"),
    },
    ChoiceFace { choice: Choice::Reject, word: "reject", title: "Reject", needs: Some("Reason") },
    ChoiceFace { choice: Choice::Waive, word: "waive", title: "Waive", needs: Some("Reason") },
];

impl Choice {
    pub fn face(self) -> &'static ChoiceFace {
        &CHOICES[self as usize]
    }

    pub fn from_word(word: &str) -> Option<Self> {
        CHOICES.iter().find(|face| face.word == word).map(|face| face.choice)
    }
}

/// What was decided about one finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Decision {
    /// The node it is about.
    pub unique_id: String,
    pub choice: Choice,
    /// The condition, or the reason, in people's own words.
    pub note: String,
    /// Who sees to it.
    pub owner: String,
    /// Until when, as it was written.
    pub due: String,
}

impl Decision {
    /// What is still to be said, such as the reason of a waiver; empty where the decision is complete.
    pub fn lacks(&self) -> Vec<&'static str> {
        let note = self.choice.face().needs.filter(|_| self.note.trim().is_empty());
        let owner = self.owner.trim().is_empty().then_some("Owner");
        note.into_iter().chain(owner).collect()
    }
}

/// A document as people edited it, and what the engine had written then: with both, what the engine writes now can be merged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    pub base: String,
    pub text: String,
}

/// The version of the file's form.
const VERSION: u32 = 1;

/// Inputs beyond this, all together, are named by their fingerprint alone.
pub const MOST_KEPT: u64 = 64 << 20;

/// A review file: small enough to be sent around, and complete enough to go on with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewFile {
    /// First in the file, so that it is recognised by its beginning.
    foreshock_review: u32,
    pub inputs: Vec<KeptInput>,
    pub decisions: Vec<Decision>,
    /// What people made of the documents, by file name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<(String, Edited)>,
}

/// An input, and its content where that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptInput {
    pub name: String,
    pub kind: InputKind,
    pub sha256: String,
    pub bytes: u64,
    pub content: Option<String>,
}

impl ReviewFile {
    /// `content` is asked for the text of each input; it has none of what is no text, or too large.
    pub fn of(inputs: &[Input], decisions: Vec<Decision>, mut content: impl FnMut(&Input) -> Option<String>) -> Self {
        let keep = |input: &Input| KeptInput {
            name: input.name.clone(),
            kind: input.kind,
            sha256: input.sha256.clone(),
            bytes: input.bytes,
            content: content(input),
        };
        Self { foreshock_review: VERSION, inputs: inputs.iter().map(keep).collect(), decisions, edits: Vec::new() }
    }

    /// Whether a file begins like one of these.
    pub fn is_one(head: &str) -> bool {
        head.trim_start().strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with("\"foreshock_review\""))
    }

    /// What a file holds, or why it cannot be used.
    pub fn read(text: &str) -> Result<Self, String> {
        match serde_json::from_str::<Self>(text) {
            Ok(file) if file.foreshock_review == VERSION => Ok(file),
            Ok(file) => Err(format!(
                "this review file has the form {}, and only {VERSION} is known here; it was written by a newer Foreshock",
                file.foreshock_review
            )),
            Err(error) => Err(format!("this review file is not whole: {error}")),
        }
    }

    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// One sentence for each input that is not, or no longer, what was decided on. The same bytes under another name are the
    /// same input.
    pub fn differences(&self, inputs: &[Input]) -> Vec<String> {
        let base = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
        let difference = |kept: &KeptInput| {
            if inputs.iter().any(|input| input.sha256 == kept.sha256) {
                None
            } else if inputs.iter().any(|input| base(&input.name) == base(&kept.name)) {
                Some(format!("{} is not the version that the decisions were made on.", kept.name))
            } else {
                Some(format!("{} is not among the inputs; the decisions were made with it.", kept.name))
            }
        };
        self.inputs.iter().filter_map(difference).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(name: &str, sha256: &str) -> Input {
        Input { name: name.to_owned(), kind: InputKind::Migration, sha256: sha256.to_owned(), bytes: 3, dialect: None }
    }

    fn decision(choice: Choice, note: &str) -> Decision {
        Decision {
            unique_id: "model.shop.orders".to_owned(),
            choice,
            note: note.to_owned(),
            owner: "Ada".to_owned(),
            due: String::new(),
        }
    }

    #[test]
    fn a_file_is_read_back_as_it_was_written() {
        let inputs = [input("V1.sql", "aa"), input("manifest.json", "bb")];
        let kept = |input: &Input| (input.name == "V1.sql").then(|| "drop table \"ü\";\n".to_owned());
        let file = ReviewFile::of(&inputs, vec![decision(Choice::Waive, "it is empty")], kept);
        let text = file.write();
        assert!(ReviewFile::is_one(&text));
        assert_eq!(ReviewFile::read(&text), Ok(file));
    }

    #[test]
    fn an_input_that_changed_or_is_gone_is_said() {
        let file =
            ReviewFile::of(&[input("a.sql", "1"), input("b.sql", "2"), input("c.sql", "3")], Vec::new(), |_| None);
        let said = file.differences(&[input("a.sql", "1"), input("b.sql", "9")]);
        assert_eq!(said.len(), 2);
        assert!(said[0].contains("b.sql") && said[1].contains("c.sql"));
    }

    #[test]
    fn what_is_no_review_file_is_refused_with_a_reason() {
        assert!(!ReviewFile::is_one("{\"metadata\": {}}"));
        assert!(ReviewFile::read("{\"foreshock_review\": 1").is_err_and(|why| why.contains("not whole")));
        let newer = "{\"foreshock_review\": 2, \"inputs\": [], \"decisions\": []}";
        assert!(ReviewFile::read(newer).is_err_and(|why| why.contains("newer")));
    }

    #[test]
    fn a_waiver_needs_a_reason_and_every_decision_a_name() {
        assert_eq!(decision(Choice::Approve, "").lacks(), [""; 0]);
        assert_eq!(decision(Choice::Waive, " ").lacks(), ["Reason"]);
        let nobody = Decision { owner: String::new(), ..decision(Choice::ApproveWithCondition, "after the close") };
        assert_eq!(nobody.lacks(), ["Owner"]);
    }
}
