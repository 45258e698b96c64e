//! A script that its runner renders before it runs it, as schemachange does: Jinja and the runner's variables, nothing of
//! dbt's. Each part of the text keeps its place in the template.

use std::collections::BTreeMap;

use super::data::Data;
use super::library::{Library, children, read, without_colons};
use super::machine::Machine;
use super::stop::{Refused, Step, Stop};
use super::templates::{ModelTemplate, Project, Templates, Why};
use crate::text::Span;

/// What a template comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) text: String,
    pub(crate) marks: Vec<Mark>,
}

/// Where a part of the text comes from; it lasts to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Offset in the text.
    pub(crate) at: usize,
    /// The part of the template.
    pub(crate) from: Span,
    /// It stands there as it is.
    pub(crate) is_own: bool,
}

/// Renders a script. An expression whose value is not known stays as it is written; where more than a text hangs on such a
/// value, the script is refused: the place, and why.
pub(crate) fn render_script(text: &str, vars: &[(String, Data)]) -> Result<Script, (Span, String)> {
    let templates =
        Templates { project: Project { vars: vars.to_vec(), ..Project::default() }, ..Templates::default() };
    let library = Library::new(&templates, &[]);
    let model = ModelTemplate::default();
    let source = without_colons(text);
    walk(&library, &model, &source).map_err(|stop| {
        let Stop::Refused(refused) = stop else {
            return (Span::default(), "a loop or a macro is left outside of one".to_owned());
        };
        let at = refused.at.map_or(0, |at| at as usize).min(text.len());
        let end = text[at..].find(['\n', '\r']).map_or(text.len(), |length| at + length);
        (Span::new(at, end), refused.message)
    })
}

fn walk<'t>(library: &Library<'t>, model: &'t ModelTemplate, source: &str) -> Step<Script> {
    let template = read(source).map_err(|unreadable| unreadable.stop(None))?;
    let mut machine = Machine::new(library, model, source, false);
    machine.marks = Some(Vec::new());
    // The last one of a name counts.
    let vars: BTreeMap<&str, &Data> = library.project.vars.iter().map(|(name, value)| (name.as_str(), value)).collect();
    for (name, value) in vars {
        let value = machine.heap.value_of(value)?;
        machine.define(name, value, Machine::ROOT);
    }
    let mut text = String::new();
    machine.run(children(&template), Machine::ROOT, &mut text)?;
    Ok(Script { text, marks: machine.marks.unwrap_or_default() })
}

/// Whether a refusal is only that a value is not known here.
pub(super) fn is_not_known(stop: &Stop) -> bool {
    let why = |refused: &Refused| matches!(refused.why, Why::Undefined | Why::NotInManifest);
    matches!(stop, Stop::Refused(refused) if why(refused))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str, vars: &[(&str, &str)]) -> Result<Script, (Span, String)> {
        let vars: Vec<(String, Data)> =
            vars.iter().map(|(name, value)| ((*name).to_owned(), Data::Text((*value).to_owned()))).collect();
        render_script(text, &vars)
    }

    #[test]
    fn variables_conditions_and_loops_are_those_of_the_runner() {
        let text = "{% if env == 'prod' %}drop table {{ db }}.a;{% else %}x{% endif %}{% for t in ['b', 'c'] %} drop table {{ t }};{% endfor %}";
        let script = rendered(text, &[("env", "prod"), ("db", "raw")]);
        assert_eq!(script.map(|script| script.text), Ok("drop table raw.a; drop table b; drop table c;".to_owned()));
        let text = "use {{ env_var('DB', 'dev') }}; {{ ref }} {{ a.b | upper }}";
        let kept = "use dev; {{ ref }} {{ a.b | upper }}";
        assert_eq!(rendered(text, &[]).map(|script| script.text), Ok(kept.to_owned()));
    }

    #[test]
    fn each_part_keeps_its_place() {
        let text = "{%- set t = 'orders' -%}\n drop table {{ t }};";
        let script = rendered(text, &[]).unwrap_or_default();
        assert_eq!(script.text, "drop table orders;");
        let parts: Vec<(usize, &str, bool)> =
            script.marks.iter().map(|mark| (mark.at, mark.from.of(text), mark.is_own)).collect();
        assert_eq!(parts, [(0, "drop table ", true), (11, "{{ t }}", false), (17, ";", true)]);
    }

    #[test]
    fn a_condition_on_what_is_not_known_is_refused_with_its_place() {
        let text = "select 1;\n{% if env == 'prod' %}drop table a;{% endif %}";
        let (span, why) = rendered(text, &[]).expect_err("env is not known");
        assert!(span.of(text).contains("env == 'prod'"), "{span:?}");
        assert!(why.contains("'env'"), "{why}");
    }
}
