//! One template after the other: its text, its other text on top of an existing table, and the CTEs that it carries.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use minijinja::machinery::ast::Stmt;

use super::ctes::inject;
use super::data::Data;
use super::library::{Library, MacroText, Unreadable, children, read, without_colons};
use super::machine::Machine;
use super::references::cte_name;
use super::stop::{Refused, Step, Stop};
use super::templates::{Incremental, ModelTemplate, Refusal, Rendered, Rendering, Templates, Why};
use super::value::{DEEPEST, Value};
use crate::text::LineIndex;

/// Renders every template, each on its own: one that is refused costs no other.
pub fn render(templates: &Templates) -> Vec<Rendering> {
    let texts: Vec<MacroText<'_>> = templates.macros.iter().map(MacroText::of).collect();
    let library = Library::new(templates, &texts);
    let mut renderer = Renderer {
        library: &library,
        by_id: templates.models.iter().map(|model| (model.unique_id.as_str(), model)).collect(),
        bodies: BTreeMap::new(),
    };
    templates
        .models
        .iter()
        .map(|model| Rendering { unique_id: model.unique_id.clone(), result: renderer.render(model) })
        .collect()
}

struct Renderer<'l, 't> {
    library: &'l Library<'t>,
    by_id: BTreeMap<&'t str, &'t ModelTemplate>,
    /// The ephemeral models that were rendered so far, without the CTEs that they carry themselves.
    bodies: BTreeMap<&'t str, Result<Body<'t>, Refusal>>,
}

/// What a template comes to, before the CTEs are put in.
#[derive(Clone)]
struct Body<'t> {
    sql: String,
    ctes: Vec<(&'t str, u32)>,
    assumed: BTreeSet<String>,
    asked_incremental: bool,
}

impl<'t> Renderer<'_, 't> {
    fn render(&mut self, model: &'t ModelTemplate) -> Result<Rendered, Refusal> {
        let body = self.body(model, false)?;
        let mut assumed = body.assumed.clone();
        let sql = self.with_ctes(model, &body, &mut assumed)?;
        let materialized = model.config.get("materialized").and_then(Data::as_text);
        let mut incremental = None;
        if body.asked_incremental && materialized == Some("incremental") {
            let other = self.body(model, true).and_then(|body| self.with_ctes(model, &body, &mut assumed));
            incremental = match other {
                Ok(other) if other == sql => None,
                Ok(other) => Some(Incremental::Sql(other)),
                Err(refusal) => Some(Incremental::Refused(refusal)),
            };
        }
        Ok(Rendered { sql, incremental, assumed: assumed.into_iter().collect() })
    }

    fn body(&self, model: &'t ModelTemplate, incremental: bool) -> Result<Body<'t>, Refusal> {
        let text = prepared(&model.raw_code);
        self.walk(model, &text, incremental).map_err(|stop| refusal(self.library, &text, stop))
    }

    fn walk(&self, model: &'t ModelTemplate, text: &str, incremental: bool) -> Step<Body<'t>> {
        let template = read(text).map_err(|unreadable| unreadable.stop(None))?;
        let mut kwargs = Vec::new();
        if let Some(data) = &model.test_kwargs {
            collect_templates(data, 0, &mut kwargs);
        }
        let kwargs: Result<Vec<(&str, Stmt<'_>)>, Unreadable> =
            kwargs.iter().map(|text| Ok((&**text, read(text)?))).collect();
        // They stand in a YAML file; here, all that is there to point at is the start of the test.
        let kwargs = kwargs.map_err(|unreadable| at_start(unreadable.stop(None)))?;

        let mut machine = Machine::new(self.library, model, text, incremental);
        if let Some(data) = &model.test_kwargs {
            let value = machine.test_kwargs(data, 0, &mut kwargs.iter()).map_err(at_start)?;
            // Its first name is that of dbt before 1.0.
            machine.define("_dbt_schema_test_kwargs", value.clone(), Machine::ROOT);
            machine.define("_dbt_generic_test_kwargs", value, Machine::ROOT);
        }
        let mut sql = String::new();
        machine.run(children(&template), Machine::ROOT, &mut sql)?;
        if !machine.assumed.is_empty() && !incremental {
            self.agrees(model, &machine.reads)?;
        }
        Ok(Body { sql, ctes: machine.ctes, assumed: machine.assumed, asked_incremental: machine.asked_incremental })
    }

    /// Whether the text reads what the manifest says the node depends on. Where it does not, a default that the text rests on
    /// is not what the project has.
    fn agrees(&self, model: &ModelTemplate, reads: &BTreeSet<&str>) -> Step<()> {
        let differs = |message: String| Err(Stop::new(Why::NotInManifest, message));
        let known = |id: &&String| self.library.knows(id);
        if let Some(missing) = model.depends_on.iter().filter(known).find(|id| !reads.contains(id.as_str())) {
            return differs(format!(
                "with the defaults of its variables this does not read {missing}, as it does in the manifest"
            ));
        }
        if let Some(other) = reads.iter().find(|id| !model.depends_on.iter().any(|known| known == *id)) {
            return differs(format!(
                "with the defaults of its variables this reads {other}, as it does not in the manifest"
            ));
        }
        Ok(())
    }

    /// Puts in the CTEs of the ephemeral models, those that others read first.
    fn with_ctes(
        &mut self,
        model: &'t ModelTemplate,
        body: &Body<'t>,
        assumed: &mut BTreeSet<String>,
    ) -> Result<String, Refusal> {
        let library = self.library;
        let mut ctes: Vec<(String, String)> = Vec::new();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for (first, at) in &body.ctes {
            // A node is met twice: before what it reads, and after.
            let mut pending = vec![(*first, false)];
            while let Some((id, done)) = pending.pop() {
                let refuse = |why: Why, message: String| {
                    let refused = Refused { why, message, at: Some(*at), inside: None };
                    refusal(library, &model.raw_code, Stop::Refused(Box::new(refused)))
                };
                let Some(ephemeral) = self.by_id.get(id).copied() else {
                    return Err(refuse(
                        Why::NotInManifest,
                        format!("the SQL of the ephemeral model {id} is not there"),
                    ));
                };
                if !done {
                    if !seen.insert(id) {
                        continue;
                    }
                    if !self.bodies.contains_key(id) {
                        let body = self.body(ephemeral, false);
                        self.bodies.insert(id, body);
                    }
                }
                let body = match self.bodies.get(id) {
                    Some(Ok(body)) => body,
                    Some(Err(inner)) => {
                        return Err(refuse(
                            inner.why,
                            format!("the ephemeral model {id} is not rendered: {}", inner.message),
                        ));
                    }
                    None => continue,
                };
                if done {
                    ctes.push((cte_name(&ephemeral.name, &self.library.project.adapter_type), body.sql.clone()));
                } else {
                    assumed.extend(body.assumed.iter().cloned());
                    pending.push((id, true));
                    pending.extend(body.ctes.iter().rev().map(|(id, _)| (*id, false)));
                }
            }
        }
        Ok(inject(&body.sql, &ctes))
    }
}

fn refusal(library: &Library<'_>, text: &str, stop: Stop) -> Refusal {
    let refused = match stop {
        Stop::Refused(refused) => *refused,
        Stop::Return(_) => outside("something is returned outside of a macro"),
        Stop::Break | Stop::Continue => outside("a loop is left outside of one"),
    };
    let (line, column) = LineIndex::new(text).line_column(text, refused.at.unwrap_or(0));
    let inside = refused.inside.and_then(|inside| library.place(inside));
    Refusal { why: refused.why, message: refused.message, line, column, inside }
}

fn outside(message: &str) -> Refused {
    Refused { why: Why::Failed, message: message.to_owned(), at: None, inside: None }
}

fn at_start(mut stop: Stop) -> Stop {
    if let Stop::Refused(refused) = &mut stop {
        refused.at = Some(0);
    }
    stop
}

/// The raw code as the parser takes it, with every byte where it was.
fn prepared(raw: &str) -> Cow<'_, str> {
    match without_block(raw) {
        Cow::Borrowed(text) => without_colons(text),
        Cow::Owned(text) => Cow::Owned(without_colons(&text).into_owned()),
    }
}

/// The raw code of a snapshot without the block that some versions of dbt leave around it. Blanks take its place, so that
/// every line and column stays what it is.
fn without_block(raw: &str) -> Cow<'_, str> {
    let tag_at = |from: usize, keyword: &str| {
        let at = from + raw.get(from..)?.find("{%")?;
        let word = raw[at + 2..].trim_start_matches(['-', '+']).trim_start();
        word.strip_prefix(keyword)
            .filter(|rest| rest.starts_with(|c: char| c.is_whitespace() || c == '-' || c == '%'))?;
        Some(at..at + raw[at..].find("%}")? + 2)
    };
    let Some(open) = tag_at(0, "snapshot").filter(|open| raw[..open.start].trim().is_empty()) else {
        return Cow::Borrowed(raw);
    };
    let Some(close) = raw.rfind("{%").and_then(|from| tag_at(from, "endsnapshot")) else { return Cow::Borrowed(raw) };
    let blank = |part: &str| part.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect::<String>();
    if !raw[open.clone()].is_ascii() || !raw[close.clone()].is_ascii() {
        return Cow::Borrowed(raw);
    }
    let parts = [
        &raw[..open.start],
        &blank(&raw[open.clone()]),
        &raw[open.end..close.start],
        &blank(&raw[close.clone()]),
        &raw[close.end..],
    ];
    Cow::Owned(parts.concat())
}

/// The arguments of a test that are templates, in the order in which [`Machine::test_kwargs`] takes them.
fn collect_templates<'d>(data: &'d Data, depth: u32, out: &mut Vec<Cow<'d, str>>) {
    match data {
        Data::Text(text) => out.extend(as_template(text)),
        Data::List(items) if depth < DEEPEST => items.iter().for_each(|item| collect_templates(item, depth + 1, out)),
        Data::Map(entries) if depth < DEEPEST => {
            for (name, value) in entries {
                if !is_verbatim(name, depth) {
                    collect_templates(value, depth + 1, out);
                }
            }
        }
        _ => {}
    }
}

/// A column's name is taken as it is.
fn is_verbatim(name: &str, depth: u32) -> bool {
    depth == 0 && name == "column_name"
}

/// Text with Jinja in it; or that looks like a call of one of dbt's functions, which dbt then makes one.
fn as_template(text: &str) -> Option<Cow<'_, str>> {
    if text.contains("{{") || text.contains("{%") || text.contains("{#") {
        return Some(Cow::Borrowed(text));
    }
    let trimmed = text.trim();
    let name = trimmed.strip_suffix(')')?.split_once('(')?.0.trim_end();
    ["env_var", "ref", "var", "source", "doc"].contains(&name).then(|| Cow::Owned(format!("{{{{ {trimmed} }}}}")))
}

impl<'r> Machine<'r, '_> {
    /// The arguments of a generic test. One that is a single expression keeps the type of its value.
    fn test_kwargs(
        &mut self,
        data: &Data,
        depth: u32,
        templates: &mut std::slice::Iter<'r, (&'r str, Stmt<'r>)>,
    ) -> Step<Value> {
        match data {
            Data::Text(text) if as_template(text).is_some() => {
                let Some((text, template)) = templates.next() else { return Ok(Value::None) };
                self.aside(text, |machine| {
                    if let [Stmt::EmitExpr(emit)] = children(template) {
                        return machine.eval(&emit.expr, Machine::ROOT);
                    }
                    let mut text = String::new();
                    machine.run(children(template), Machine::ROOT, &mut text)?;
                    Ok(text.into())
                })
            }
            Data::List(items) if depth < DEEPEST => {
                let items: Step<Vec<Value>> =
                    items.iter().map(|item| self.test_kwargs(item, depth + 1, templates)).collect();
                Ok(self.heap.list(items?))
            }
            Data::Map(entries) if depth < DEEPEST => {
                let id = self.heap.new_dict();
                for (name, value) in entries {
                    let value = if is_verbatim(name, depth) {
                        self.heap.value_of(value)?
                    } else {
                        self.test_kwargs(value, depth + 1, templates)?
                    };
                    self.heap.put(id, name, value);
                }
                Ok(Value::Dict(id))
            }
            other => self.heap.value_of(other),
        }
    }
}
