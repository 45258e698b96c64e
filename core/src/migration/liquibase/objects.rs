//! Changes of views, sequences and routines, and those that hold SQL of their own.

use super::change::{Change, Meaning, literal};
use crate::migration::mapped::Mapped;

/// Changes that carry SQL, or name the file that holds it.
pub(super) fn with_text(c: Change<'_>) -> Result<Option<Meaning>, String> {
    let name = c.node.name.as_str();
    let file = |attribute: &str| -> Result<Option<Meaning>, String> {
        let path = c.need(attribute)?;
        Ok(Some(Meaning::File { path, relative: c.is("relativeToChangelogFile") }))
    };
    let own: &[&str] = match name {
        "sqlFile" => return file("path"),
        "sql" => &["sql"],
        "createProcedure" | "createStoredProcedure" => &["procedureText", "procedureBody"],
        "createFunction" => &["functionText", "functionBody", "procedureText"],
        "createTrigger" => &["triggerText", "triggerBody", "procedureText"],
        "createPackage" => &["packageText", "procedureText"],
        "createPackageBody" => &["packageBodyText", "procedureText"],
        "createView" => return create_view(c).map(Some),
        _ => return Ok(None),
    };
    let Some(text) = c.text(own) else {
        return if c.get("path").is_some() { file("path") } else { Err(format!("{name} without its text")) };
    };
    let delimiter = c.get("endDelimiter");
    Ok(Some(Meaning::Sql(delimiter.map_or_else(|| text.clone(), |delimiter| ended(&text, &delimiter)))))
}

fn create_view(c: Change<'_>) -> Result<Meaning, String> {
    if let Some(path) = c.get("path") {
        return Err(format!("its query stands in {path}"));
    }
    let query = c.text(&["selectQuery"]).ok_or("createView without selectQuery")?;
    if c.is("fullDefinition") {
        return Ok(Meaning::Sql(query));
    }
    let replace = if c.is("replaceIfExists") { "OR REPLACE " } else { "" };
    let mut sql = Mapped::default();
    sql.lead(&format!("CREATE {replace}VIEW {} AS ", c.of_schema("viewName")?));
    sql.append(&query, 0, query.text.len());
    Ok(Meaning::Sql(sql))
}

/// SQL whose statements end in another mark: a semicolon stands in its place, and nothing moves.
pub(super) fn ended(sql: &Mapped, delimiter: &str) -> Mapped {
    let mark = delimiter.replace("\\n", "").replace("\\r", "").replace("\\s*", "").replace("\\s+", "");
    let mark = mark.trim().trim_start_matches('^').trim_end_matches('$').replace('\\', "");
    let mark = mark.trim();
    let mut text = sql.clone();
    if mark.is_empty() || mark == ";" {
        return text;
    }
    // A word or a slash ends a statement only where it stands alone.
    let stands_alone = mark.chars().all(char::is_alphanumeric) || mark == "/";
    let mut replaced = String::with_capacity(text.text.len());
    for line in text.text.split_inclusive('\n') {
        let content = line.trim_end();
        let cut =
            content.len().checked_sub(mark.len()).and_then(|cut| Some((content.get(..cut)?, content.get(cut..)?)));
        let is_end = |(before, end): &(&str, &str)| {
            end.eq_ignore_ascii_case(mark) && (!stands_alone || before.is_empty() || before.ends_with([' ', '\t']))
        };
        match cut.filter(is_end) {
            Some((before, _)) => {
                replaced.push_str(before);
                replaced.push(';');
                (1..mark.len()).for_each(|_| replaced.push(' '));
                replaced.push_str(&line[content.len()..]);
            }
            None => replaced.push_str(line),
        }
    }
    text.text = replaced;
    text
}

/// The rest of the table of change types.
pub(super) fn statements(c: Change<'_>) -> Result<Vec<String>, String> {
    let drop = |kind: &str, name: &str| -> Result<Vec<String>, String> {
        Ok(vec![format!("DROP {kind} {}", c.of_schema(name)?)])
    };
    Ok(match c.node.name.as_str() {
        "dropView" => {
            let if_exists = if c.is("ifExists") { "IF EXISTS " } else { "" };
            vec![format!("DROP VIEW {if_exists}{}", c.of_schema("viewName")?)]
        }
        "renameView" => {
            let old = c.of_schema("oldViewName")?;
            vec![format!("ALTER TABLE {old} RENAME TO {}", c.quoted(&c.need("newViewName")?))]
        }
        "setViewRemarks" => {
            let remarks = literal(&c.get("remarks").unwrap_or_default());
            vec![format!("COMMENT ON VIEW {} IS {remarks}", c.of_schema("viewName")?)]
        }
        "createSequence" => vec![format!("CREATE SEQUENCE {}", c.of_schema("sequenceName")?)],
        "alterSequence" => vec![format!("ALTER SEQUENCE {} RESTART", c.of_schema("sequenceName")?)],
        "dropSequence" => drop("SEQUENCE", "sequenceName")?,
        "renameSequence" => {
            let old = c.of_schema("oldSequenceName")?;
            vec![format!("ALTER SEQUENCE {old} RENAME TO {}", c.quoted(&c.need("newSequenceName")?))]
        }
        "dropProcedure" => drop("PROCEDURE", "procedureName")?,
        "dropFunction" => drop("FUNCTION", "functionName")?,
        "dropTrigger" | "enableTrigger" | "disableTrigger" | "renameTrigger" => Vec::new(),
        "dropPackage" | "dropPackageBody" => Vec::new(),
        "createSynonym" => {
            let synonym = c.qualified("synonymName", "synonymSchemaName", "synonymCatalogName")?;
            let replace = if c.is("replaceIfExists") { "OR REPLACE " } else { "" };
            let object = c.qualified("objectName", "objectSchemaName", "objectCatalogName")?;
            vec![format!("CREATE {replace}SYNONYM {synonym} FOR {object}")]
        }
        "dropSynonym" => {
            vec![format!("DROP SYNONYM {}", c.qualified("synonymName", "synonymSchemaName", "synonymCatalogName")?)]
        }
        "enableCheckConstraint" | "disableCheckConstraint" => Vec::new(),
        "tagDatabase" | "empty" | "stop" | "output" | "sleep" => Vec::new(),
        "executeCommand" => return Err("it runs a command of the system".to_owned()),
        "customChange" => return Err("it runs a Java class, which may change anything".to_owned()),
        "modifyColumn" => {
            let table = c.table()?;
            let mut sql = Vec::new();
            for column in super::change::columns(c) {
                let kind = super::columns::data_type(&column.need("type")?);
                sql.push(format!(
                    "ALTER TABLE {table} ALTER COLUMN {} SET DATA TYPE {kind}",
                    c.quoted(&column.need("name")?)
                ));
            }
            sql
        }
        other => return Err(format!("`{other}` is no change type that is known here")),
    })
}
