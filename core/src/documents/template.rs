//! A document after a team's own template: the sections that Foreshock writes, in the order and among the words of the team.
//!
//! A template is Jinja. It has `title`, `sections` (each with `number`, `title` and `text`), `section["Backout"]` for one of
//! them, and `review`, the whole review as in its JSON.

use std::collections::BTreeMap;

use minijinja::{Environment, UndefinedBehavior, Value};

use super::{Document, checklist, postmortem};
use crate::review::Review;

/// A document from a template; the error is a sentence for the one who wrote it.
pub fn from_template(template: &str, document: Document, review: &Review) -> Result<String, String> {
    let (title, sections) = match document {
        Document::Postmortem => postmortem::parts(review),
        Document::Checklist | Document::Summary => checklist::parts(review),
    };
    let text = |text: &str| Value::from(text);
    let listed: Vec<Value> = sections
        .iter()
        .enumerate()
        .map(|(number, (heading, written))| {
            map([("number", Value::from(number + 1)), ("title", text(heading)), ("text", text(written))])
        })
        .collect();
    let by_title = Value::from(
        sections.iter().map(|(heading, written)| (heading.to_string(), text(written))).collect::<BTreeMap<_, _>>(),
    );
    let review = serde_json::to_value(review).map_err(|error| error.to_string())?;
    let context = map([
        ("title", text(&title)),
        ("sections", Value::from(listed)),
        ("section", by_title),
        ("review", value(&review)),
    ]);
    let mut environment = Environment::new();
    // What a template misspells is an error and not a gap in a paper.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.render_str(template, context).map_err(|error| {
        let line = error.line().map_or_else(String::new, |line| format!("line {line}: "));
        format!("{line}{error}")
    })
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::from(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<BTreeMap<_, _>>())
}

fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::from(()),
        serde_json::Value::Bool(value) => Value::from(*value),
        serde_json::Value::Number(number) => number.as_i64().map_or_else(|| Value::from(number.as_f64()), Value::from),
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Array(items) => Value::from(items.iter().map(value).collect::<Vec<_>>()),
        serde_json::Value::Object(entries) => {
            Value::from(entries.iter().map(|(key, own)| (key.clone(), value(own))).collect::<BTreeMap<_, _>>())
        }
    }
}
