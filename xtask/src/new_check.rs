//! `cargo xtask new-check NAME`: the file of a new safety check, its page, and its rows in the table, ready to be filled in.

use crate::workspace;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs;

#[derive(Args)]
pub(crate) struct Options {
    /// What the check finds, in words with hyphens, such as drop-column
    name: String,
    /// The group that it belongs to, as the table in core/src/checks/mod.rs names it
    #[arg(long, default_value = "Operations")]
    group: String,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let Options { name, group } = options;
    if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') || name.is_empty() {
        bail!("{name} is no name for a check: lower-case words with hyphens between them");
    }
    let module = name.replace('-', "_");
    let root = workspace::root();
    let (code, page) = (root.join(format!("core/src/checks/{module}.rs")), root.join(format!("docs/checks/{name}.md")));
    if code.exists() || page.exists() {
        bail!("there is a check called {name}");
    }
    let table = root.join("core/src/checks/mod.rs");
    let text = fs::read_to_string(&table).context("could not read the table of checks")?;
    fs::write(&table, listed(&text, group, &module).with_context(|| format!("there is no group {group}"))?)?;
    fs::write(&code, CODE.replace("NAME", name))?;
    fs::write(&page, PAGE.replace("NAME", name))?;
    println!("{}\n{}", code.display(), page.display());
    println!("Fill both in; then: UPDATE_EXPECT=1 cargo test -p foreshock-tests --test checks");
    Ok(())
}

/// The table with the module declared, and listed last in its group.
fn listed(text: &str, group: &str, module: &str) -> Option<String> {
    let checks = text.find("// The checks.\n")? + "// The checks.\n".len();
    let row = checks + text[checks..].find(&format!("\"{group}\":"))?;
    let end = row + text[row..].find(';')?;
    let (before, rest) = text.split_at(checks);
    let (declared, after) = rest.split_at(end - checks);
    Some(format!("{before}mod {module};\n{declared}\n        {module}{after}"))
}

const CODE: &str = r#"//! Why it is found the way it is.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "NAME",
    summary: "What it catches, in one sentence.",
    severity: Severity::Warning,
    help: "What to do.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if !script.is_new(&facts.name.key(), facts) {
        found.on(script, facts, "Why {} is in danger.", &[facts.name.shown()]);
    }
}
"#;

const PAGE: &str = "<!-- facts -->

Why it matters.

## Examples

```sql bad
ALTER TABLE orders ADD COLUMN day DATE;
```

```sql good
CREATE TABLE orders (id INT);
```
";

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn a_new_check_is_declared_and_listed_last_in_its_group() {
        let text = "// The checks.\nmod a;\n\ntable! {\n    \"One\":\n        a;\n    \"Two\":\n        b;\n}\n";
        let listed = listed(text, "One", "new").expect("the group is there");
        assert_eq!(
            listed,
            "// The checks.\nmod new;\nmod a;\n\ntable! {\n    \"One\":\n        a\n        new;\n    \"Two\":\n        b;\n}\n"
        );
        assert_eq!(super::listed(text, "Three", "new"), None);
    }
}
