use foreshock_core::dialect::Dialect;
use foreshock_core::migration::*;
use std::{env, fs};
const ALL: [Dialect; 13] = [
    Dialect::Postgres,
    Dialect::Snowflake,
    Dialect::Databricks,
    Dialect::StarRocks,
    Dialect::MySql,
    Dialect::Redshift,
    Dialect::BigQuery,
    Dialect::DuckDb,
    Dialect::Trino,
    Dialect::SqlServer,
    Dialect::Oracle,
    Dialect::ClickHouse,
    Dialect::Sqlite,
];
fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let dialect = Dialect::from_name(&args[0]);
    let mut known = Known::default();
    for name in &args[1..] {
        let text = fs::read_to_string(name).expect("readable");
        let d = dialect.unwrap_or_else(|| {
            let x = detect(name, &text, &ALL);
            println!("detected {x:?}");
            x.dialect
        });
        let (file, said) = MigrationFile::read_knowing(name, text, d, &mut known);
        println!("== {name} role {:?}", file.role);
        for (tag, list) in [("", &file.statements), ("BACK ", &file.back), ("ROUTINE ", &file.routines)] {
            for s in list {
                let code: String =
                    file.code(s).split_whitespace().collect::<Vec<_>>().join(" ").chars().take(150).collect();
                let p = file.place(s.span);
                let what = match &s.effect {
                    Effect::Nothing => "nothing".to_owned(),
                    Effect::Unknown(w) => format!("!!!! UNKNOWN {w}"),
                    Effect::Ops(o) => o
                        .iter()
                        .map(|p| {
                            format!(
                                "{} {} [{}]",
                                p.op.name(),
                                p.op.summary(),
                                p.span.of(&file.text).chars().take(40).collect::<String>()
                            )
                        })
                        .collect::<Vec<_>>()
                        .join("; "),
                };
                println!(
                    "{tag}{}:{} {}{code}\n      --> {what}",
                    p.line,
                    p.column,
                    if s.conditional { "?" } else { "" }
                );
            }
        }
        let _ = said;
    }
}
