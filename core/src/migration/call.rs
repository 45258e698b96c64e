//! Statements that run other statements: EXECUTE, CALL, EXEC, PREPARE, and the variables that hold their texts.

use super::gaps::{Kind, Words, is};
use super::op::Op;
use super::pure::Call;
use super::script::{Script, computed};
use super::{Effect, PlacedOp};
use crate::dialect::Dialect;
use crate::schema::RelationName;
use crate::sql::Piece;

/// The most texts that a variable may hold before it counts as unknown.
const MOST_TEXTS: usize = 8;

impl Script<'_> {
    /// `EXECUTE 'text'`, `EXEC procedure`, `CALL procedure()`.
    pub(super) fn execution(&mut self, words: Words<'_>, piece: Piece) -> bool {
        let mut rest = words;
        let verb = rest.next().map(|token| token.value.to_lowercase()).unwrap_or_default();
        if verb == "execute" && rest.is_one_of(&["TASK", "ALERT", "NOTEBOOK", "SERVICE", "JOB", "AS"]) {
            return false;
        }
        let is_immediate = rest.take("IMMEDIATE");
        let is_text = is_immediate
            || rest.is("(")
            || rest.first().is_some_and(|token| token.kind == Kind::Text)
            || verb == "execute" && (rest.is("FORMAT") || rest.is("CONCAT"));
        if is_text {
            match self.constant(until(rest, &["INTO", "USING"])) {
                Some(texts) => self.enter_texts(texts, piece),
                None => self.push(piece, computed(words.code)),
            }
            return true;
        }
        self.named(rest, words, piece)
    }

    fn named(&mut self, mut rest: Words<'_>, words: Words<'_>, piece: Piece) -> bool {
        // EXEC @result = procedure
        if rest.is_at(1, "=") && rest.first().is_some_and(|token| token.value.starts_with('@')) {
            rest.skip(2);
        }
        let Some(name) = rest.name() else { return false };
        if is_harmless(&name) {
            self.push(piece, Effect::Nothing);
            return true;
        }
        let name = name.name().to_lowercase();
        match name.as_str() {
            "sp_rename" => {
                let effect = sp_rename(rest, self.dialect).map_or_else(
                    || Effect::Unknown("what sp_rename renames is computed".to_owned()),
                    |op| Effect::Ops(vec![PlacedOp { op, span: piece.span }]),
                );
                self.push(piece, effect);
            }
            "sp_executesql" => {
                let text = rest.parts().first().and_then(|text| self.constant(*text));
                match text {
                    Some(texts) => self.enter_texts(texts, piece),
                    None => self.push(piece, computed(words.code)),
                }
            }
            name if name.starts_with("sp_") => return false,
            // Where the statement was prepared, what stands in parentheses are its values.
            name if self.texts.contains_key(name) && (!rest.is("(") || words.is("EXECUTE")) => {
                let texts = self.texts.get(name).cloned().unwrap_or_default();
                self.enter_texts(texts, piece);
            }
            _ => {
                let list = rest.group().unwrap_or(rest);
                self.run_routines(&[Call { name, arguments: list.parts() }], piece);
            }
        }
        true
    }

    /// `PREPARE name FROM text`, `PREPARE name AS statement`.
    pub(super) fn prepare(&mut self, words: Words<'_>, piece: Piece) -> bool {
        let mut rest = words;
        rest.skip(1);
        let Some(name) = rest.name() else { return false };
        rest.group();
        // Trino prepares what stands after FROM, others the text that it comes to.
        let is_statement = rest.take("AS") || rest.take("FROM") && self.dialect == Dialect::Trino;
        let texts = if is_statement { Some(vec![rest.text()]) } else { self.constant(rest) };
        self.remember(name.name(), texts);
        self.push(piece, Effect::Nothing);
        true
    }

    /// `SET @v = 'text'`, `DECLARE @v nvarchar(9) = 'text'`, `LET v := 'text'`, `v := 'text'`.
    pub(super) fn assignment(&mut self, words: Words<'_>, piece: Piece) -> bool {
        let mut rest = words;
        let has_verb = rest.take("SET") || rest.take("LET") || rest.take("DECLARE");
        let Some(sign) = rest.tokens.iter().take(10).position(|token| is(token, ":=") || is(token, "=")) else {
            return false;
        };
        let is_assignment = is(&rest.tokens[sign], ":=") && (sign <= 3 || has_verb)
            || has_verb && (rest.first().is_some_and(|token| token.value.starts_with('@')) || piece.in_block);
        if !is_assignment {
            return false;
        }
        let Some(name) = rest.first().map(|token| token.value.clone()) else { return false };
        rest.skip(sign + 1);
        let texts = self.constant(rest);
        self.remember(&name, texts);
        let calls = super::pure::impure_calls(&rest);
        if calls.is_empty() || has_verb && self.dialect == Dialect::MySql {
            self.push(piece, Effect::Nothing);
        } else {
            self.run_routines(&calls, piece);
        }
        true
    }

    pub(super) fn bare_execution(&mut self, words: Words<'_>, piece: Piece) -> bool {
        self.named(words, words, piece)
    }

    /// PL/SQL's call, which is a name and its arguments: `DBMS_STATS.GATHER_TABLE_STATS('A', 'B')`, `tidy`.
    pub(super) fn bare_call(&mut self, words: Words<'_>, piece: Piece) -> bool {
        let mut rest = words;
        let Some(name) = rest.name() else { return false };
        let is_word =
            ["return", "exit", "if", "while", "raise"].iter().any(|word| name.name().eq_ignore_ascii_case(word));
        let has_more = name.parts().len() > 1 || rest.is("(");
        rest.group();
        has_more && !is_word && rest.at_end() && self.named(words, words, piece)
    }

    pub(super) fn remember(&mut self, name: &str, texts: Option<Vec<String>>) {
        let name = name.to_lowercase();
        match texts.filter(|texts| texts.len() <= MOST_TEXTS) {
            Some(texts) => self.texts.insert(name, texts),
            None => self.texts.remove(&name),
        };
    }

    /// The texts that an expression can have, where all of it is in the script.
    pub(super) fn constant(&self, words: Words<'_>) -> Option<Vec<String>> {
        self.constant_within(words, 0)
    }

    fn constant_within(&self, mut words: Words<'_>, depth: usize) -> Option<Vec<String>> {
        const DEEPEST: usize = 6;
        if depth > DEEPEST {
            return None;
        }
        let mut texts = vec![String::new()];
        loop {
            let before = words;
            let more = match self.one_constant(&mut words, depth) {
                Some(more) => more,
                None => vec![unknown_name(&texts, before, &mut words)?],
            };
            texts = texts.iter().flat_map(|text| more.iter().map(move |more| format!("{text}{more}"))).collect();
            if texts.len() > MOST_TEXTS {
                return None;
            }
            if words.at_end() {
                return Some(texts);
            }
            if !words.take("||") && !words.take("+") {
                return None;
            }
        }
    }

    fn one_constant(&self, words: &mut Words<'_>, depth: usize) -> Option<Vec<String>> {
        if let Some(group) = words.group() {
            let mut group = group;
            group.take("SELECT");
            return self.constant_within(group, depth + 1);
        }
        let token = words.next()?;
        match token.kind {
            Kind::Text => return Some(vec![token.value.clone()]),
            Kind::Quoted
                if matches!(words.dialect, Dialect::MySql | Dialect::StarRocks)
                    && words.code.as_bytes().get(token.span.start as usize) == Some(&b'"') =>
            {
                return Some(vec![token.value.clone()]);
            }
            Kind::Bare | Kind::Quoted => {}
            Kind::Number | Kind::Sign => return None,
        }
        let Some(group) = words.group() else { return self.texts.get(&token.value.to_lowercase()).cloned() };
        let parts = group.parts();
        match (token.value.to_lowercase().as_str(), parts.as_slice()) {
            ("if" | "iif" | "iff", [_, yes, no]) => {
                let mut texts = self.constant_within(*yes, depth + 1)?;
                texts.extend(self.constant_within(*no, depth + 1)?);
                Some(texts)
            }
            ("concat", parts) => {
                let mut text = String::new();
                for part in parts {
                    let [one] = self.constant_within(*part, depth + 1)?.try_into().ok()?;
                    text.push_str(&one);
                }
                Some(vec![text])
            }
            ("format", [text, arguments @ ..]) => {
                let [template] = self.constant_within(*text, depth + 1)?.try_into().ok()?;
                self.formatted(&template, arguments, depth).map(|text| vec![text])
            }
            ("quote_ident", [name]) => self.formatted("%I", &[*name], depth).map(|text| vec![text]),
            ("quote_literal", [value]) => self.formatted("%L", &[*value], depth).map(|text| vec![text]),
            _ => None,
        }
    }
}

/// What marks a name in a computed text that only the engine knows when it runs.
pub(super) const HOLE: &str = "${computed:";

impl Script<'_> {
    /// PostgreSQL's `format`. A name or a value that is not known leaves a hole; anything else could be any SQL.
    fn formatted(&self, template: &str, arguments: &[Words<'_>], depth: usize) -> Option<String> {
        let mut text = String::new();
        let mut pieces = template.split('%');
        text.push_str(pieces.next()?);
        let (mut next, mut after_percent) = (0, false);
        for piece in pieces {
            if std::mem::take(&mut after_percent) {
                text.push_str(piece);
                continue;
            }
            if piece.is_empty() {
                text.push('%');
                after_percent = true;
                continue;
            }
            let (at, rest) = match piece.split_once('$').and_then(|(at, rest)| Some((at.parse::<usize>().ok()?, rest)))
            {
                Some((at, rest)) => (at.checked_sub(1)?, rest),
                None => (next, piece),
            };
            next = at + 1;
            let argument = arguments.get(at)?;
            let known =
                self.constant_within(*argument, depth + 1).and_then(|texts| <[String; 1]>::try_from(texts).ok());
            let hole = || format!("{HOLE}{}}}", argument.text().replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
            match (rest.chars().next()?, known) {
                ('I', Some([name])) if is_plain(&name) => text.push_str(&name),
                ('I', Some([name])) => text.push_str(&format!("\"{name}\"")),
                ('I', None) => text.push_str(&hole()),
                ('L', Some([value])) => text.push_str(&format!("'{}'", value.replace('\'', "''"))),
                ('L', None) => text.push_str(&format!("'{}'", hole())),
                ('s', Some([value])) => text.push_str(&value),
                ('s', None) if names_role(&text) => text.push_str(&hole()),
                _ => return None,
            }
            text.push_str(&rest[1..]);
        }
        Some(text)
    }
}

/// Oracle's own packages that leave tables alone, but for what they are there for: statistics, refreshes, messages.
fn is_harmless(name: &RelationName) -> bool {
    const PACKAGES: [&str; 9] = [
        "dbms_stats",
        "dbms_output",
        "dbms_lock",
        "dbms_session",
        "dbms_application_info",
        "dbms_utility",
        "dbms_mview",
        "dbms_snapshot",
        "dbms_monitor",
    ];
    name.name().eq_ignore_ascii_case("raise_application_error")
        || name.schema().is_some_and(|package| PACKAGES.iter().any(|own| package.eq_ignore_ascii_case(own)))
}

/// Whether what comes next is who is granted something, or no longer.
fn names_role(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let verb = words.next().map(str::to_lowercase);
    let last = words.next_back().map(str::to_lowercase);
    matches!((verb.as_deref(), last.as_deref()), (Some("grant"), Some("to")) | (Some("revoke"), Some("from")))
}

/// A hole for what is not known, where it can only be the name of a constraint or index: SQL Server names its defaults
/// itself, and whoever drops one has to look it up.
fn unknown_name<'t>(texts: &[String], before: Words<'t>, words: &mut Words<'t>) -> Option<String> {
    let names_one = |text: &String| {
        let text = text.trim_end_matches(['[', '"']).trim_end().to_lowercase();
        text.ends_with(" constraint") || text.ends_with(" index")
    };
    let mut rest = before;
    let is_name = rest.first().is_some_and(|token| matches!(token.kind, Kind::Bare | Kind::Quoted));
    rest.next();
    rest.group();
    *words = rest;
    let end = before.tokens.len() - rest.tokens.len();
    let name = Words { tokens: &before.tokens[..end], ..before }.text();
    let name = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    (is_name && texts.iter().all(names_one)).then(|| format!("{HOLE}{name}}}"))
}

/// A name that needs no quotes, or one that the runner fills in.
fn is_plain(name: &str) -> bool {
    name.starts_with("${")
        || name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit())
}

/// The words up to one of these.
fn until<'t>(words: Words<'t>, ends: &[&str]) -> Words<'t> {
    let end = ends.iter().filter_map(|end| words.find(end)).min().unwrap_or(words.tokens.len());
    Words { tokens: &words.tokens[..end], ..words }
}

/// `sp_rename 'schema.table.column', 'new', 'COLUMN'`.
fn sp_rename(words: Words<'_>, dialect: Dialect) -> Option<Op> {
    let parts = words.parts();
    let text = |at: usize| {
        let part = parts.get(at)?;
        let last = part.tokens.last()?;
        // `@objname = N'…'` names the argument.
        (last.kind == Kind::Text && (part.tokens.len() == 1 || part.is_at(1, "="))).then(|| last.value.clone())
    };
    let old = RelationName::parse(&text(0)?, dialect);
    let new = dialect.fold(text(1)?.trim_matches(['[', ']']), true).into_owned();
    match text(2).map(|kind| kind.to_uppercase()).as_deref() {
        Some("COLUMN") => {
            let (column, relation) = old.parts().split_last()?;
            Some(Op::RenameColumn { relation: RelationName::new(relation.to_vec()), column: column.clone(), to: new })
        }
        None | Some("OBJECT") => Some(Op::RenameRelation { to: old.renamed(&new), relation: old }),
        Some(kind) => {
            Some(Op::Other { what: format!("rename_{}", kind.to_lowercase()), name: format!("{old} → {new}") })
        }
    }
}
