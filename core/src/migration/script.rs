//! A script, statement by statement: what is inside of blocks, routines that it calls, and SQL in its strings is entered.

use std::collections::BTreeMap;

use super::call::HOLE;
use super::filled::Filled;
use super::gaps::{Kind, Words, is, lex};
use super::op::Op;
use super::placeholder::Placeholders;
use super::pure::{Call, impure_calls, only_computes};
use super::statement::{Reader, first_words, read_statement};
use super::{Effect, PlacedOp, Statement, client, transaction};
use crate::dialect::Dialect;
use crate::sql::{Locator, Piece, split, split_body};
use crate::text::Span;

/// A routine that the script creates.
struct Routine {
    body: Span,
    parameters: Vec<String>,
    called: bool,
    /// It stands among the declarations of a block.
    is_within: bool,
}

/// A routine of another file.
#[derive(Debug, Clone)]
struct Defined {
    body: String,
    parameters: Vec<String>,
}

/// What files that were run before tell of those that come later.
#[derive(Debug, Default)]
pub struct Known {
    routines: BTreeMap<String, Defined>,
    pub(super) filled: Filled,
}

impl Known {
    /// Takes over what a file creates and fills; the latest of a name counts.
    pub(super) fn extend(&mut self, later: Self) {
        self.routines.extend(later.routines);
        self.filled = later.filled;
    }
}

/// What a script does, and what it only says.
#[derive(Default)]
pub(super) struct Read {
    /// The statements, in order.
    pub(super) statements: Vec<Statement>,
    /// What the routines would do that it creates and does not call.
    pub(super) routines: Vec<Statement>,
    /// What later files may use of it, and of those before.
    pub(super) known: Known,
}

/// How it is said that a routine is not known.
pub(super) const IT_CALLS: &str = "it calls ";

/// SQL within SQL within SQL: no one writes it deeper.
const DEEPEST: usize = 6;

/// The statements of a script, in order.
pub(super) fn read(text: &str, dialect: Dialect) -> Vec<Statement> {
    read_with_routines(text, dialect, &Known::default(), Filled::default()).statements
}

/// `known` and `filled` are what is there already.
pub(super) fn read_with_routines(text: &str, dialect: Dialect, known: &Known, filled: Filled) -> Read {
    let mut script = Script::new(text, dialect, 0, known, filled);
    script.run();
    transaction::settle(&mut script.statements, text, dialect);
    // A routine within a block is there to be run in it, if only as a part of an expression.
    let within: Vec<Span> =
        script.routines.values().filter(|one| one.is_within && !one.called).map(|one| one.body).collect();
    for body in within {
        script.enter(body, true);
    }
    let (statements, filled) = (std::mem::take(&mut script.statements), std::mem::take(&mut script.filled));
    script.routines.retain(|_, routine| !routine.is_within);
    let uncalled: Vec<Span> =
        script.routines.values().filter(|routine| !routine.called).map(|routine| routine.body).collect();
    for body in uncalled {
        script.enter(body, true);
    }
    let own = script.routines.iter().map(|(name, routine)| {
        let body = routine.body.of(text).to_owned();
        (name.clone(), Defined { body, parameters: routine.parameters.clone() })
    });
    let known = Known { routines: own.collect(), filled };
    Read { statements, routines: script.statements, known }
}

pub(super) struct Script<'t> {
    pub(super) text: &'t str,
    pub(super) dialect: Dialect,
    statements: Vec<Statement>,
    /// Where the bodies of the routines are that the script creates, by the last part of their names.
    routines: BTreeMap<String, Routine>,
    /// The texts that a variable or a prepared statement can hold, where they are known.
    pub(super) texts: BTreeMap<String, Vec<String>>,
    depth: usize,
    /// The body that is being read.
    block: Option<Span>,
    /// How many bytes of routines may still be entered: a script that calls one over and over is read in linear time.
    budget: usize,
    known: &'t Known,
    filled: Filled,
}

impl<'t> Script<'t> {
    fn new(text: &'t str, dialect: Dialect, depth: usize, known: &'t Known, filled: Filled) -> Self {
        Self {
            known,
            filled,
            text,
            dialect,
            statements: Vec::new(),
            routines: BTreeMap::new(),
            texts: BTreeMap::new(),
            depth,
            block: None,
            budget: text.len().saturating_mul(4).saturating_add(1 << 16),
        }
    }

    fn run(&mut self) {
        let (text, dialect) = (self.text, self.dialect);
        for piece in split(text, dialect) {
            self.take(piece);
        }
    }

    fn take(&mut self, piece: Piece) {
        let code = piece.span.of(self.text);
        if let Some(effect) = client::read(code, self.dialect, piece.span) {
            return self.push(piece, effect);
        }
        let first = code.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_lowercase();
        // Most statements are none of these, and need their tokens only if the parser refuses them.
        let is_special = matches!(
            first.as_str(),
            "do" | "call"
                | "exec"
                | "execute"
                | "perform"
                | "prepare"
                | "select"
                | "with"
                | "set"
                | "let"
                | "declare"
                | "create"
                | "if"
                | "procedure"
                | "function"
        ) || piece.in_block
            || self.is_bare_execution(&first);
        if !is_special || piece.unclosed || !self.special(&first, piece) {
            let (effect, given) = read_statement(self.text, piece, self.dialect, &self.filled);
            self.filled.after(&effect, given, !piece.conditional);
            self.push(piece, effect);
        }
    }

    pub(super) fn push(&mut self, piece: Piece, effect: Effect) {
        self.statements.push(Statement {
            span: piece.span,
            effect,
            conditional: piece.conditional,
            block: self.block,
            made: None,
        });
    }

    /// Statements that hold or run other statements.
    fn special(&mut self, first: &str, piece: Piece) -> bool {
        let code = piece.span.of(self.text);
        let (filled, placeholders) = Placeholders::filled(code, self.dialect);
        let locator = Locator::new(&filled);
        let is_routine = first == "create" && creates_routine(&filled);
        if first == "create" && !is_routine {
            return false;
        }
        let Some(tokens) = lex(&locator, self.dialect) else { return false };
        let words = Words { tokens: &tokens, dialect: self.dialect, code: &filled, placeholders: &placeholders };
        match first {
            "create" => self.routine(words, piece),
            // Oracle declares routines of a block's own.
            "procedure" | "function" => self.dialect == Dialect::Oracle && self.routine(words, piece),
            "do" => self.block(words, piece),
            "select" | "with" => self.query(words, piece),
            "perform" => {
                let mut call = words;
                call.skip(1);
                self.query(call, piece) || {
                    self.push(piece, Effect::Nothing);
                    true
                }
            }
            "call" | "exec" | "execute" => self.execution(words, piece),
            "prepare" => self.prepare(words, piece),
            first if self.is_bare_execution(first) => self.bare_execution(words, piece),
            _ => {
                self.assignment(words, piece)
                    || self.dialect == Dialect::Oracle && piece.in_block && self.bare_call(words, piece)
            }
        }
    }

    /// The first statement of SQL Server's batch needs no EXEC: `sp_rename 'a', 'b'`.
    fn is_bare_execution(&self, first: &str) -> bool {
        self.dialect == Dialect::SqlServer && first.starts_with("sp_")
    }

    /// `DO $$ … $$`.
    fn block(&mut self, words: Words<'_>, piece: Piece) -> bool {
        let Some(body) = words.tokens.iter().find(|token| token.kind == Kind::Text) else { return false };
        let language = words.find("LANGUAGE").and_then(|at| words.tokens.get(at + 1));
        if language.is_some_and(|language| !language.value.eq_ignore_ascii_case("plpgsql")) {
            self.push(piece, Effect::Unknown("the language that its body is written in is not read".to_owned()));
            return true;
        }
        let Some(span) = quoted_span(words.code, body.span) else { return false };
        self.enter(span.shifted(piece.span.start), piece.conditional);
        true
    }

    /// Reads the statements of a body where it stands.
    fn enter(&mut self, body: Span, conditional: bool) {
        let length = (body.end - body.start) as usize;
        if self.depth >= DEEPEST || length > self.budget {
            let piece = Piece { span: body, conditional, ..Piece::default() };
            return self.push(piece, Effect::Unknown("it is entered too often or too deep".to_owned()));
        }
        self.budget -= length;
        self.depth += 1;
        let outer = self.block.replace(body);
        let (text, dialect) = (self.text, self.dialect);
        for inner in split_body(text, body, dialect) {
            self.take(Piece { conditional: inner.conditional || conditional, ..inner });
        }
        self.depth -= 1;
        self.block = outer;
    }

    /// Reads the statements of a body of another file. They are placed where it is called.
    fn enter_body(&mut self, body: &str, piece: Piece) {
        if self.depth >= DEEPEST || body.len() > self.budget {
            return self.push(piece, Effect::Unknown("it is entered too often or too deep".to_owned()));
        }
        self.budget -= body.len();
        let filled = std::mem::take(&mut self.filled);
        let mut inner = Script::new(body, self.dialect, self.depth + 1, self.known, filled);
        (inner.texts, inner.budget) = (std::mem::take(&mut self.texts), self.budget);
        for own in split_body(body, Span::new(0, body.len()), self.dialect) {
            inner.take(own);
        }
        (self.texts, self.filled, self.budget) =
            (std::mem::take(&mut inner.texts), std::mem::take(&mut inner.filled), inner.budget);
        let statements = inner.statements;
        self.place(statements, body, piece, piece.conditional);
    }

    /// Reads the statements of texts that a statement runs. They are placed where the statement stands.
    pub(super) fn enter_texts(&mut self, texts: Vec<String>, piece: Piece) {
        let conditional = piece.conditional || texts.len() > 1;
        for text in texts {
            if self.depth >= DEEPEST || text.len() > self.budget {
                return self.push(piece, Effect::Unknown("it is entered too often or too deep".to_owned()));
            }
            self.budget -= text.len();
            let filled = std::mem::take(&mut self.filled);
            let mut inner = Script::new(&text, self.dialect, self.depth + 1, self.known, filled);
            inner.run();
            self.filled = std::mem::take(&mut inner.filled);
            let statements = inner.statements;
            self.place(statements, &text, piece, conditional);
        }
    }

    /// Takes over statements of another text, at the place of the statement that runs them.
    fn place(&mut self, statements: Vec<Statement>, text: &str, piece: Piece, conditional: bool) {
        let has_hole = text.contains(HOLE);
        for statement in statements {
            let effect = match statement.effect {
                Effect::Ops(ops) if has_hole && ops.iter().any(|placed| placed.op.is_felt()) => {
                    computed(piece.span.of(self.text))
                }
                Effect::Ops(ops) => {
                    Effect::Ops(ops.into_iter().map(|placed| PlacedOp { span: piece.span, ..placed }).collect())
                }
                other => other,
            };
            self.push(Piece { conditional: conditional || statement.conditional, ..piece }, effect);
            if let Some(last) = self.statements.last_mut() {
                last.made = statement.made.or_else(|| Some(statement.span.of(text).to_owned()));
            }
        }
    }

    /// A routine's definition does nothing yet; its body is kept for when it is called.
    fn routine(&mut self, words: Words<'_>, piece: Piece) -> bool {
        let kinds = ["FUNCTION", "PROCEDURE", "PROC"];
        let Some(at) = words.tokens.iter().position(|token| kinds.iter().any(|kind| super::gaps::is(token, kind)))
        else {
            return false;
        };
        let mut rest = words;
        rest.skip(at + 1);
        rest.take_if_exists();
        let Some(name) = rest.name() else { return false };
        let language =
            rest.find("LANGUAGE").and_then(|at| rest.tokens.get(at + 1)).map(|token| token.value.to_lowercase());
        let is_read = language.is_none_or(|language| matches!(language.as_str(), "sql" | "plpgsql" | "plsql"));
        let is_within = !words.is("CREATE") && !words.is("ALTER");
        let body = body_of(rest).filter(|_| is_read).map(|body| body.shifted(piece.span.start));
        let body = body.filter(|body| !is_expression(body.of(self.text)));
        match body {
            Some(body) => {
                let parameters = parameters(rest);
                self.routines.insert(name.name().to_lowercase(), Routine { body, parameters, called: false, is_within })
            }
            None => self.routines.remove(&name.name().to_lowercase()),
        };
        if is_within {
            self.push(piece, Effect::Nothing);
            return true;
        }
        let what = if super::gaps::is(&words.tokens[at], "FUNCTION") { "create_function" } else { "create_procedure" };
        let op = Op::Other { what: what.to_owned(), name: name.to_string() };
        self.push(piece, Effect::Ops(vec![PlacedOp { op, span: piece.span }]));
        true
    }

    /// A query that calls routines: those of the script are entered, others may do anything.
    fn query(&mut self, words: Words<'_>, piece: Piece) -> bool {
        // `SELECT @v = 'text' FROM …`
        if words.is_at(2, "=") && words.tokens[1].value.starts_with('@') {
            let mut rest = words;
            rest.skip(3);
            let text = rest.find("FROM").map_or(rest.tokens, |from| &rest.tokens[..from]);
            let texts = self.constant(Words { tokens: text, ..rest });
            self.remember(&words.tokens[1].value, texts);
        }
        let is_assignment = piece.in_block && self.dialect != Dialect::SqlServer && words.find("INTO").is_some();
        let mut calls = if only_computes(&words) { Vec::new() } else { impure_calls(&words) };
        calls.retain(|call| !is_effect_known(&call.name) && !defines(&words, &call.name));
        let writes = ["INSERT", "UPDATE", "DELETE", "MERGE"].iter().any(|verb| words.find(verb).is_some());
        if calls.is_empty() {
            if is_assignment && !writes {
                self.push(piece, Effect::Nothing);
            }
            return is_assignment && !writes;
        }
        if writes {
            return false;
        }
        self.run_routines(&calls, piece);
        true
    }

    /// Enters the routines, or says which of them is not known.
    pub(super) fn run_routines(&mut self, calls: &[Call<'_>], piece: Piece) {
        let known = self.known;
        let is_known = |name: &String| self.routines.contains_key(name) || known.routines.contains_key(name);
        let unknown = calls.iter().find(|call| !is_known(&call.name));
        if let Some(call) = unknown {
            let why = format!("{IT_CALLS}{}, whose definition is not given; it may change anything", call.name);
            return self.push(piece, Effect::Unknown(why));
        }
        self.push(piece, Effect::Nothing);
        for call in calls {
            let (body, parameters) = match self.routines.get_mut(&call.name) {
                Some(routine) => {
                    routine.called = true;
                    (Ok(routine.body), routine.parameters.clone())
                }
                None => {
                    let Some(defined) = known.routines.get(&call.name) else { continue };
                    (Err(&defined.body), defined.parameters.clone())
                }
            };
            for (at, parameter) in parameters.iter().enumerate() {
                let texts = call.arguments.get(at).and_then(|argument| self.constant(*argument));
                self.remember(parameter, texts);
            }
            match body {
                Ok(body) => self.enter(body, piece.conditional),
                Err(body) => self.enter_body(body, piece),
            }
            for parameter in &parameters {
                self.remember(parameter, None);
            }
        }
    }
}

/// The names of a routine's parameters, in order.
fn parameters(mut words: Words<'_>) -> Vec<String> {
    let list = words.group().or_else(|| {
        let end = words.find("AS").filter(|_| words.dialect == Dialect::SqlServer)?;
        Some(Words { tokens: &words.tokens[..end], ..words })
    });
    let name = |mut part: Words<'_>| {
        while part.take_one_of(&["IN", "OUT", "INOUT", "VARIADIC"]) {}
        part.first().map(|token| token.value.to_lowercase())
    };
    list.map(|list| list.parts().into_iter().filter_map(name).collect()).unwrap_or_default()
}

/// The functions whose effect `statement` reads itself.
fn is_effect_known(call: &str) -> bool {
    matches!(call, "set_config" | "setval" | "nextval")
}

fn creates_routine(code: &str) -> bool {
    let head: Vec<String> = code.split_whitespace().take(12).map(str::to_lowercase).collect();
    let kind = head.iter().find(|word| {
        matches!(
            word.as_str(),
            "function"
                | "procedure"
                | "proc"
                | "table"
                | "view"
                | "index"
                | "trigger"
                | "event"
                | "type"
                | "schema"
                | "external"
                | "aggregate"
                | "partition"
                | "package"
                | "model"
                | "cast"
                | "transform"
                | "operator"
        )
    });
    kind.is_some_and(|kind| matches!(kind.as_str(), "function" | "procedure" | "proc"))
}

/// The body of a routine: between dollars, in a string without escapes, or from BEGIN on.
fn body_of(words: Words<'_>) -> Option<Span> {
    // `EXECUTE AS CALLER` says who runs it.
    let as_at = words.find("AS").filter(|at| *at == 0 || !words.is_at(*at - 1, "EXECUTE"));
    let as_at = as_at.or_else(|| {
        let later =
            words.tokens.windows(2).position(|pair| super::gaps::is(&pair[0], "AS") && pair[1].kind == Kind::Text);
        later.or_else(|| words.find("AS"))
    });
    if let Some(text) = as_at.and_then(|at| words.tokens.get(at + 1)).filter(|token| token.kind == Kind::Text) {
        return quoted_span(words.code, text.span);
    }
    let start =
        words.find("BEGIN").or_else(|| as_at.filter(|_| words.dialect == Dialect::SqlServer).map(|at| at + 1))?;
    let start = words.tokens.get(start)?.span.start;
    Some(Span { start, end: words.tokens.last()?.span.end })
}

/// Whether a body is no statement, but what a function comes to: `AS 'a + 1'`.
fn is_expression(body: &str) -> bool {
    const VERBS: [&str; 22] = [
        "begin", "declare", "select", "with", "insert", "update", "delete", "merge", "return", "let", "truncate",
        "create", "alter", "drop", "call", "set", "if", "execute", "exec", "values", "perform", "table",
    ];
    let first = body.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    let starts_like_one = first.is_empty() || VERBS.iter().any(|verb| first.eq_ignore_ascii_case(verb));
    !starts_like_one && !body.contains(';')
}

/// What stands between the quotes of a literal, where it means what it says.
fn quoted_span(code: &str, literal: Span) -> Option<Span> {
    let text = literal.of(code);
    let open = match text.as_bytes().first()? {
        b'$' => text[1..].find('$')? + 2,
        b'\'' if !text.get(1..text.len().checked_sub(1)?)?.contains(['\'', '\\']) => 1,
        _ => return None,
    };
    let length = u32::try_from(open).ok()?;
    (text.len() >= open * 2).then(|| Span { start: literal.start + length, end: literal.end - length })
}

/// The statement by its first words, for a reason.
pub(super) fn computed(code: &str) -> Effect {
    Effect::Unknown(format!("the SQL that it runs is computed: {}", first_words(code)))
}

impl Reader<'_> {
    /// The tokens of the statement in hand.
    pub(super) fn shifted(&self, span: Span) -> Span {
        span.shifted(self.piece.start)
    }
}
/// Oracle's `WITH FUNCTION f … SELECT f(x) …`: what the function calls stands in the same words.
fn defines(words: &Words<'_>, name: &str) -> bool {
    let mut pairs = words.tokens.windows(2);
    words.is("WITH") && pairs.any(|pair| is(&pair[0], "FUNCTION") && pair[1].value.eq_ignore_ascii_case(name))
}
