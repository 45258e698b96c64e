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
    /// The parts of the text that hang on what is not known.
    pub(crate) undecided: Vec<Undecided>,
}

/// Text that may not be there, or not in this form: every branch of a condition, one round of a loop; empty where it cannot
/// be said at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undecided {
    /// Offsets in the text.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// What it hangs on, in the template.
    pub(crate) place: Span,
    pub(crate) why: String,
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
/// value, that is told beside the text. A script that its runner would refuse, or that cannot be followed, is refused: the
/// place, and why.
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
        (rest_of_line(text, refused.at.unwrap_or_default()), refused.message)
    })
}

/// From a place in a template to the end of its tag or line.
pub(super) fn rest_of_line(text: &str, at: u32) -> Span {
    let at = (at as usize).min(text.len());
    let rest = text.get(at..).unwrap_or_default();
    let ends = ["%}", "}}", "\n", "\r"].iter().filter_map(|end| rest.find(end));
    Span::new(at, at + rest[..ends.min().unwrap_or(rest.len())].trim_end_matches(['-', '+', ' ']).len())
}

fn walk<'t>(library: &Library<'t>, model: &'t ModelTemplate, source: &str) -> Step<Script> {
    let template = read(source).map_err(|unreadable| unreadable.stop(None))?;
    let mut machine = Machine::new(library, model, source, false);
    machine.marks = Some(Vec::new());
    machine.heap.open = true;
    // The last one of a name counts.
    let vars: BTreeMap<&str, &Data> = library.project.vars.iter().map(|(name, value)| (name.as_str(), value)).collect();
    for (name, value) in vars {
        let value = machine.heap.value_of(value)?;
        machine.define(name, value, Machine::ROOT);
    }
    let mut text = String::new();
    machine.run(children(&template), Machine::ROOT, &mut text)?;
    Ok(Script { text, marks: machine.marks.unwrap_or_default(), undecided: machine.undecided })
}

/// Whether a refusal is only that a value is not known here.
pub(super) fn is_not_known(stop: &Stop) -> bool {
    let why = |refused: &Refused| matches!(refused.why, Why::Undefined | Why::NotInManifest | Why::Unsupported);
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
    fn what_hangs_on_a_condition_that_is_not_known_is_told_with_its_place() {
        let text = "select 1;\n{% if env == 'prod' %}drop table a;{% else %}drop table b;{% endif %}select 2;";
        let script = rendered(text, &[]).unwrap_or_default();
        let [undecided] = script.undecided.as_slice() else { panic!("{script:?}") };
        assert_eq!(undecided.place.of(text), "env == 'prod'");
        assert!(undecided.why.contains("'env'"), "{undecided:?}");
        assert_eq!(&script.text[undecided.start..undecided.end], "drop table a;\n;\ndrop table b;");
        assert!(script.text.ends_with(";select 2;"), "{script:?}");
    }

    #[test]
    fn what_is_set_where_that_may_not_happen_is_not_known_afterwards() {
        let text = "{% set db = 'a' %}{% if env %}{% set db = 'b' %}{{ db }}{% endif %};{{ db }}";
        assert_eq!(rendered(text, &[]).map(|script| script.text), Ok("b;{{ db }}".to_owned()));
        let text = "{% set all = ['a'] %}{% if env %}{% do all.append('b') %}{% endif %}";
        assert!(rendered(text, &[]).is_err());
    }

    #[test]
    fn a_loop_over_what_is_not_known_is_taken_once() {
        let text = "{% for t in tables %}drop table {{ t }};{% endfor %}select 1;";
        let script = rendered(text, &[]).unwrap_or_default();
        assert_eq!(script.text, "drop table {{ t }};select 1;");
        assert_eq!(script.undecided.iter().map(|one| (one.start, one.end)).collect::<Vec<_>>(), [(0, 19)]);
    }
}
