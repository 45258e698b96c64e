//! schemachange's scripts: Jinja with the variables that its configuration gives, as the SQL that it would run.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::changelog::{Changelog, Form, Step};
use super::mapped::Mapped;
use crate::dialect::Dialect;
use crate::jinja::{Data, Script, Undecided, render_script};
use crate::sql;
use crate::text::Span;

/// Renders a script. A statement that hangs on what is not known is named, or is one that may not happen. Where the script
/// cannot be rendered, its text is read without the tags, as what may not happen.
pub(super) fn read(form: &Form, text: &str) -> Changelog {
    let span = Span::new(0, text.len());
    match render_script(text, &form.vars) {
        Ok(script) => {
            let steps = steps(&script, &placed(&script, text), text, form.dialect());
            Changelog { steps, ..Changelog::default() }
        }
        Err((place, why)) => {
            let unknown =
                format!("the template is not rendered: {why}; what stands in it is read as what may not happen");
            let refused = Step { span: place, unknown: Some(unknown), ..Step::default() };
            let (sql, alike) = (without_tags(text), vec![(0, 0)]);
            let step = Step { sql, span, alike, conditional: true, ..Step::default() };
            Changelog { steps: vec![refused, step], ..Changelog::default() }
        }
    }
}

/// What hangs on something unknown takes its statements out of the others: those that it holds whole may not happen, the
/// one that it stands in cannot be told.
fn steps(script: &Script, placed: &Mapped, text: &str, dialect: Dialect) -> Vec<Step> {
    let whole = Span::new(0, text.len());
    let part = |from: usize, to: usize, conditional: bool| {
        let mut part = Mapped::default();
        part.append(placed, from, to);
        let (sql, alike) = part.into_parts();
        Step { sql, span: whole, alike, conditional, ..Step::default() }
    };
    if script.undecided.is_empty() {
        return vec![part(0, script.text.len(), false)];
    }
    let pieces: Vec<(usize, usize)> =
        sql::split(&script.text, dialect).map(|piece| (piece.span.start as usize, piece.span.end as usize)).collect();
    let mut of_piece = vec![Certain::default(); pieces.len()];
    let mut said: Vec<(usize, Step)> = Vec::new();
    for undecided in &script.undecided {
        let Undecided { start, end, .. } = *undecided;
        let first = pieces.partition_point(|(_, to)| *to <= start);
        let after = pieces.partition_point(|(from, _)| *from < end.max(start + 1)).max(first);
        let touched = pieces.get(first..after).unwrap_or_default();
        let is_torn = touched.first().is_some_and(|(from, _)| *from < start)
            || touched.last().is_some_and(|(from, to)| *from < end && *to > end);
        if !is_torn {
            let unknown = Some(format!("{}; what hangs on it is read as what may not happen", undecided.why));
            said.push((first, Step { span: undecided.place, unknown, ..Step::default() }));
        }
        for (at, certain) in of_piece[first..after].iter_mut().enumerate() {
            certain.conditional |= end > start;
            if is_torn {
                certain.torn.get_or_insert(undecided);
                certain.goes_on |= at > 0;
            }
        }
    }
    let mut steps: Vec<Step> = Vec::new();
    let mut said = said.into_iter().peekable();
    let mut at = 0;
    loop {
        while let Some((_, step)) = said.next_if(|(before, _)| *before <= at) {
            steps.push(step);
        }
        let Some(one) = of_piece.get(at) else { break };
        let stop = said.peek().map_or(pieces.len(), |(before, _)| *before);
        let is_alike = |next: &Certain<'_>| match one.torn {
            Some(_) => next.goes_on,
            None => next.torn.is_none() && next.conditional == one.conditional,
        };
        let length = of_piece[at + 1..].iter().take_while(|next| is_alike(next)).count() + 1;
        let next = if one.torn.is_some() { at + length } else { (at + length).min(stop) };
        let (from, to) = (pieces[at].0, pieces[next - 1].1);
        steps.push(match one.torn {
            Some(undecided) => {
                let on = undecided.place.of(text).trim();
                let unknown = Some(format!("it hangs on `{on}`, and {}", undecided.why));
                Step { span: placed.span(from, to).unwrap_or(undecided.place), unknown, ..Step::default() }
            }
            None => {
                let end = pieces.get(next).map_or(script.text.len(), |(from, _)| *from);
                part(if at == 0 { 0 } else { from }, end, one.conditional)
            }
        });
        at = next;
    }
    steps
}

/// How much is known of a statement.
#[derive(Clone, Default)]
struct Certain<'s> {
    conditional: bool,
    /// A part of it hangs on this.
    torn: Option<&'s Undecided>,
    /// It is one with the statement before.
    goes_on: bool,
}

/// The text with the place of each part.
fn placed(script: &Script, text: &str) -> Mapped {
    let mut mapped = Mapped::default();
    let ends = script.marks.iter().skip(1).map(|mark| mark.at).chain([script.text.len()]);
    for (mark, end) in script.marks.iter().zip(ends) {
        let part = script.text.get(mark.at..end).unwrap_or_default();
        if mark.is_own && mark.from.of(text).starts_with(part) {
            mapped.keep(part, mark.from.start as usize);
        } else if !part.is_empty() {
            mapped.stand_in(part, mark.from);
        }
    }
    mapped
}

/// Blanks in the place of tags and comments; lines stay.
fn without_tags(text: &str) -> String {
    let mut blank = String::with_capacity(text.len());
    let mut from = 0;
    for (open, _) in text.match_indices('{') {
        let close = match text.as_bytes().get(open + 1) {
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => continue,
        };
        if open < from {
            continue;
        }
        let Some(length) = text[open..].find(close) else { break };
        let end = open + length + close.len();
        blank.push_str(&text[from..open]);
        blank.extend(text[open..end].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        from = end;
    }
    blank.push_str(&text[from..]);
    blank
}

/// No configuration is nested deeper.
const DEEPEST: usize = 32;

/// Reads YAML as plain data; what is wrong with it, in a sentence. An expression is not rendered here: a variable that is
/// one stays unknown.
pub(crate) fn read_yaml(text: &str) -> Result<Data, String> {
    let mut open: Vec<Open> = Vec::new();
    let mut events = Parser::new_from_str(text);
    while let Some(event) = events.next_event() {
        let (event, _) = event.map_err(|error| format!("not valid YAML: {}", error.info()))?;
        let done = match event {
            Event::MappingStart(..) | Event::SequenceStart(..) if open.len() == DEEPEST => {
                return Err("not read: it is nested too deep".to_owned());
            }
            Event::MappingStart(..) => {
                open.push(Open { data: Data::Map(Vec::new()), key: None });
                continue;
            }
            Event::SequenceStart(..) => {
                open.push(Open { data: Data::List(Vec::new()), key: None });
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => open.pop().map(|open| open.data),
            Event::Scalar(value, style, ..) => Some(scalar(value.into_owned(), style)),
            Event::Alias(_) => Some(Data::Null),
            _ => None,
        };
        let Some(done) = done else { continue };
        match open.last_mut() {
            Some(parent) => parent.give(done),
            None => return Ok(done),
        }
    }
    Ok(Data::Null)
}

/// An open mapping or list.
struct Open {
    data: Data,
    /// The key whose value comes next.
    key: Option<String>,
}

impl Open {
    fn give(&mut self, item: Data) {
        match (&mut self.data, self.key.take()) {
            (Data::List(items), _) => items.push(item),
            (Data::Map(entries), Some(key)) if !is_template(&item) => entries.push((key, item)),
            (Data::Map(_), None) => self.key = Some(item.as_text().unwrap_or_default().to_owned()),
            _ => {}
        }
    }
}

fn is_template(data: &Data) -> bool {
    data.as_text().is_some_and(|text| text.contains("{{") || text.contains("{%"))
}

fn scalar(text: String, style: ScalarStyle) -> Data {
    match text.as_str() {
        _ if style != ScalarStyle::Plain => Data::Text(text),
        "" | "~" | "null" => Data::Null,
        "true" | "True" => Data::Bool(true),
        "false" | "False" => Data::Bool(false),
        _ => match text.parse() {
            Ok(number) => Data::Int(number),
            Err(_) => Data::Text(text),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::{Effect, Format, MigrationFile, Statement};

    fn file(text: &str, config: &str) -> (MigrationFile, usize) {
        let vars = read_yaml(config).unwrap_or_default();
        let vars = if let Some(Data::Map(vars)) = vars.get("vars") { vars.clone() } else { Vec::new() };
        let dialect = Dialect::Snowflake;
        let form = Form { dialect: Some(dialect), vars, ..Form::of(Format::Schemachange) };
        let (file, said) = MigrationFile::of_changelog("V1__a.sql", text.to_owned(), &read(&form, text), dialect);
        (file, said.len())
    }

    fn ops(file: &MigrationFile) -> Vec<(String, String)> {
        let of = |placed: &crate::migration::PlacedOp| {
            (placed.op.relation().map(ToString::to_string).unwrap_or_default(), placed.span.of(&file.text).to_owned())
        };
        file.ops().map(of).collect()
    }

    #[test]
    fn a_script_is_what_its_variables_make_of_it() {
        let text =
            "{% if keep %}\nselect 1;\n{% else %}\nALTER TABLE {{ db }}.RAW.ORDERS DROP COLUMN note;\n{% endif %}";
        let (file, said) = file(text, "config-version: 1\nvars:\n  db: PROD\n  keep: false\n");
        assert_eq!(said, 0);
        let expected = [("PROD.RAW.ORDERS".to_owned(), "ALTER TABLE {{ db }}.RAW.ORDERS DROP COLUMN note".to_owned())];
        let found: Vec<(String, String)> = ops(&file);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].0.eq_ignore_ascii_case(&expected[0].0), "{found:?}");
        assert!(expected[0].1.contains(&found[0].1), "{found:?}");
    }

    #[test]
    fn what_is_not_known_stays_a_placeholder_and_a_condition_on_it_is_named() {
        let (known, said) = file("ALTER TABLE {{ env_var('DB') }}.RAW.ORDERS DROP COLUMN note;", "");
        assert_eq!((ops(&known).len(), said), (1, 0));
        let text = "{% if env == 'prod' %}\nDROP TABLE a;\n{% endif %}";
        let (open, said) = file(text, "");
        assert_eq!((ops(&open).len(), said), (1, 1));
        let said = open.statements.iter().filter(|statement| matches!(statement.effect, Effect::Unknown(_)));
        assert_eq!(said.map(|statement| statement.span.of(text)).collect::<Vec<_>>(), ["env == 'prod'"]);
        let is_open = |statement: &Statement| statement.conditional && matches!(statement.effect, Effect::Ops(_));
        assert!(open.statements.iter().any(is_open));
    }

    #[test]
    fn only_the_statement_that_hangs_on_what_is_not_known_is_unknown() {
        let text = "DROP TABLE a;\nALTER TABLE b ADD COLUMN c int {% if strict %}NOT NULL{% else %}NULL{% endif %};\n\
                    DROP TABLE d;\n{% for t in tables %}DROP TABLE {{ t }};\n{% endfor %}DROP TABLE e;";
        let (file, said) = file(text, "");
        let seen: Vec<(&str, &str, bool)> = file
            .statements
            .iter()
            .map(|one| {
                let kind = if matches!(one.effect, Effect::Unknown(_)) { "unknown" } else { "known" };
                (kind, one.span.of(text), one.conditional)
            })
            .collect();
        let torn = "ALTER TABLE b ADD COLUMN c int {% if strict %}NOT NULL{% else %}NULL";
        let expected = [
            ("known", "DROP TABLE a", false),
            ("unknown", torn, false),
            ("known", "DROP TABLE d", false),
            ("unknown", "tables", false),
            ("known", "DROP TABLE {{ t }}", true),
            ("known", "DROP TABLE e", false),
        ];
        assert_eq!((seen, said), (expected.to_vec(), 2));
    }

    #[test]
    fn yaml_is_plain_data() {
        let data = read_yaml("vars:\n  a: 1\n  b: '01'\n  c: [x, true]\n  d: \"{{ env_var('X') }}\"\n  e: {f: g}\n");
        let Ok(data) = data else { panic!("{data:?}") };
        let vars = data.get("vars").cloned().unwrap_or_default();
        assert_eq!(vars.get("a"), Some(&Data::Int(1)));
        assert_eq!(vars.get("b"), Some(&Data::Text("01".to_owned())));
        assert_eq!(vars.get("c"), Some(&Data::List(vec![Data::Text("x".to_owned()), Data::Bool(true)])));
        assert_eq!(vars.get("d"), None);
        assert!(read_yaml("a: [").is_err());
    }
}
