//! The real engines, asked through `apply.py`.

use std::env;
use std::io::Write as _;
use std::process::{Command, Stdio};

use foreshock_core::dialect::Dialect;
use foreshock_core::sql::split;
use foreshock_core::text::LineIndex;
use foreshock_tests::repository;
use serde_json::{Value, json};

use crate::compare::Case;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Postgres,
    DuckDb,
}

/// What an engine said of a script.
pub(crate) struct Answer {
    /// The last lines of the statements that it refused, and why.
    pub(crate) refused: Vec<(u32, String)>,
    pub(crate) relations: Vec<Relation>,
}

pub(crate) struct Relation {
    pub(crate) schema: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) columns: Vec<Column>,
}

pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) data_type: String,
    pub(crate) not_null: bool,
}

impl Engine {
    /// DuckDB is always there; PostgreSQL only where `cargo xtask engines` found one, and it says so where it did not.
    pub(crate) fn those_here() -> Vec<Self> {
        let mut engines = vec![Self::DuckDb];
        if env::var_os("FORESHOCK_POSTGRES").is_some() {
            engines.push(Self::Postgres);
        } else {
            eprintln!("NOT RUN against PostgreSQL: there is none");
        }
        engines
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::DuckDb => "duckdb",
        }
    }

    pub(crate) fn dialect(self) -> Dialect {
        match self {
            Self::Postgres => Dialect::Postgres,
            Self::DuckDb => Dialect::DuckDb,
        }
    }

    /// The schema that bare names mean.
    pub(crate) fn home(self) -> &'static str {
        match self {
            Self::Postgres => "public",
            Self::DuckDb => "main",
        }
    }

    /// Applies each script to an empty database.
    pub(crate) fn apply(self, cases: &[Case]) -> Vec<Answer> {
        let python = env::var_os("FORESHOCK_PYTHON").expect("`cargo xtask engines` runs this test");
        let mut driver = Command::new(python)
            .arg(repository("tests/engines/replay/apply.py"))
            .arg(self.name())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the driver starts");
        let asked: Vec<Value> = cases.iter().map(|case| self.asked(case)).collect();
        let mut input = driver.stdin.take().expect("it is piped");
        input.write_all(Value::from(asked).to_string().as_bytes()).expect("the driver reads");
        drop(input);
        let output = driver.wait_with_output().expect("the driver ends");
        assert!(output.status.success(), "the driver failed: {}", output.status);
        let said: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(said.len(), cases.len());
        said.iter().map(answer).collect()
    }

    fn asked(self, case: &Case) -> Value {
        let lines = LineIndex::new(&case.sql);
        let statements: Vec<Value> = split(&case.sql, self.dialect())
            .map(|piece| json!([lines.place("", &case.sql, piece.span).end_line, piece.span.of(&case.sql)]))
            .collect();
        json!({"name": case.name, "sql": case.sql, "statements": statements})
    }
}

fn answer(said: &Value) -> Answer {
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let line = |value: &Value| u32::try_from(value.as_u64().expect("a line")).expect("a line");
    let column = |column: &Value| Column {
        name: text(&column[0]),
        data_type: text(&column[1]),
        not_null: column[2].as_bool().expect("a truth"),
    };
    let relation = |relation: &Value| Relation {
        schema: text(&relation[0]),
        name: text(&relation[1]),
        kind: text(&relation[2]),
        columns: list(&relation[3]).iter().map(column).collect(),
    };
    Answer {
        refused: list(&said["refused"]).iter().map(|refusal| (line(&refusal[0]), text(&refusal[1]))).collect(),
        relations: list(&said["relations"]).iter().map(relation).collect(),
    }
}
