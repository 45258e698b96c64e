//! Which old value an UPDATE turns into which new one, where the statement says so itself.

use sqlparser::ast::{BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Value};

use crate::dialect::Dialect;
use crate::schema::{HandedOn, fold_ident};
use crate::sql::{as_text, compared_column, for_each_child, is_column};

/// Old and new values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Remap {
    /// Empty where the statement computes its values.
    pub(crate) pairs: Vec<(String, String)>,
    /// Values that are not among the pairs may change too.
    pub(crate) others: bool,
}

/// What a column holds that is made of one other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeOf {
    /// As its dialect folds it.
    pub column: String,
    pub how: HandedOn,
}

impl MadeOf {
    /// None where the expression computes, or reads more than one column.
    pub(crate) fn of(expr: &Expr, dialect: Dialect) -> Option<Self> {
        let mut expr = expr;
        while let Expr::Nested(inner) = expr {
            expr = inner;
        }
        if let Some(column) = last_name(expr) {
            return Some(Self { column: fold_ident(column, dialect), how: HandedOn::Unchanged });
        }
        if let Expr::Cast { expr: inner, data_type, .. } = expr
            && let Some(column) = last_name(inner)
        {
            return Some(Self { column: fold_ident(column, dialect), how: HandedOn::Cast(data_type.to_string()) });
        }
        let mut columns = Vec::new();
        let mut pending = vec![expr];
        while let Some(part) = pending.pop() {
            // It may cut or round what it is given.
            if matches!(part, Expr::Cast { .. }) {
                return None;
            }
            columns.extend(last_name(part).map(|ident| fold_ident(ident, dialect)));
            for_each_child(part, &mut |child| pending.push(child));
        }
        let column = columns.pop().filter(|column| columns.iter().all(|other| other == column))?;
        let Remap { pairs, others } = remap(&column, expr, None, dialect);
        (!pairs.is_empty() && !others).then_some(Self { column, how: HandedOn::Mapped(pairs) })
    }
}

/// A text that the value is, or that it is put together with.
pub(crate) fn held_text(value: &Expr) -> Option<String> {
    let mut longest: Option<String> = as_text(value);
    let mut rest = unwrapped(value);
    while let Expr::BinaryOp { left, op: BinaryOperator::StringConcat, right } = rest {
        let part =
            as_text(right).filter(|text| text != "NULL" && longest.as_ref().is_none_or(|own| own.len() < text.len()));
        longest = part.or(longest);
        rest = unwrapped(left);
    }
    let first = as_text(rest).filter(|text| longest.as_ref().is_none_or(|own| own.len() < text.len()));
    first.or(longest).filter(|text| !text.is_empty())
}

impl Remap {
    /// Whether an expression can say the same of a single value: nothing equals NULL.
    pub(crate) fn can_be_written(pairs: &[(String, String)], others: bool) -> bool {
        !others && !pairs.is_empty() && pairs.iter().all(|(from, _)| from != "NULL")
    }
}

/// What `SET column = value WHERE filter` makes of the column's values.
pub(crate) fn remap(column: &str, value: &Expr, filter: Option<&Expr>, dialect: Dialect) -> Remap {
    let is_it = |expr: &Expr| names(expr, column, dialect);
    let from = filter.map(|filter| filtered_values(filter, &is_it)).unwrap_or_default();
    if let Some(to) = as_text(value) {
        return Remap { pairs: from.into_iter().map(|from| (from, to.clone())).collect(), others: false };
    }
    let found =
        from_case(value, &is_it).or_else(|| from_call(value, &is_it)).or_else(|| from_replace(value, &is_it, &from));
    let Some(Found { mut pairs, rest }) = found else { return Remap::default() };
    let named = |pairs: &[(String, String)], from: &String| pairs.iter().any(|(own, _)| own == from);
    let mut others = false;
    if let Rest::Becomes(rest) = rest {
        // Where the statement says which values it takes, the rest of these is known too.
        let left: Vec<(String, String)> =
            from.iter().filter(|from| !named(&pairs, from)).map(|from| (from.clone(), rest.clone())).collect();
        pairs.extend(left);
        others = from.is_empty();
    } else if matches!(rest, Rest::Open) {
        others = from.is_empty();
    }
    // A first match counts; and a value that stays is none.
    let mut seen = std::collections::BTreeSet::new();
    pairs.retain(|(old, new)| (from.is_empty() || from.contains(old)) && seen.insert(old.clone()) && old != new);
    others &= !pairs.is_empty();
    Remap { pairs, others }
}

/// Whether the column's values alone decide which rows a filter takes.
pub(crate) fn chooses_by_value(column: &str, filter: Option<&Expr>, dialect: Dialect) -> bool {
    filter.is_none_or(|filter| condition_values(unwrapped(filter), &|expr| names(expr, column, dialect)).is_some())
}

/// What an expression makes of values.
struct Found {
    pairs: Vec<(String, String)>,
    rest: Rest,
}

/// What becomes of the values that are not named.
enum Rest {
    Stays,
    Becomes(String),
    Open,
}

impl Rest {
    fn of(expr: Option<&Expr>, is_it: &impl Fn(&Expr) -> bool) -> Option<Self> {
        match expr {
            None => Some(Self::Becomes("NULL".to_owned())),
            Some(expr) if is_it(expr) => Some(Self::Stays),
            Some(expr) => Some(Self::Becomes(as_text(expr)?)),
        }
    }
}

/// The values that a condition on the column names; none where it is something else.
fn condition_values(condition: &Expr, is_it: &impl Fn(&Expr) -> bool) -> Option<Vec<String>> {
    if let Expr::IsNull(inner) = unwrapped(condition) {
        return is_it(inner).then(|| vec!["NULL".to_owned()]);
    }
    // Nothing equals NULL, nor differs from it.
    if let Expr::BinaryOp { left, op: BinaryOperator::Eq, right } = unwrapped(condition)
        && (is_it(left) && is_null(right) || is_null(left) && is_it(right))
    {
        return Some(Vec::new());
    }
    let (compared, values) = compared_column(condition)?;
    (is_it(compared) && !is_negated(condition)).then_some(values)
}

/// `CASE c WHEN 'a' THEN 'b' … ELSE c END`, in both forms, one in the ELSE of another too.
fn from_case(value: &Expr, is_it: &impl Fn(&Expr) -> bool) -> Option<Found> {
    let mut pairs = Vec::new();
    let mut value = unwrapped(value);
    loop {
        let Expr::Case { operand, conditions, else_result, .. } = value else { return None };
        for when in conditions {
            let to = unwrapped(&when.result);
            let to = if is_it(to) { None } else { Some(as_text(to)?) };
            let from = match operand {
                Some(operand) if is_it(operand) && is_null(&when.condition) => Vec::new(),
                Some(operand) if is_it(operand) => vec![as_text(&when.condition)?],
                Some(_) => return None,
                None => condition_values(&when.condition, is_it)?,
            };
            pairs.extend(from.into_iter().map(|from| (from.clone(), to.clone().unwrap_or(from))));
        }
        match else_result.as_deref().map(unwrapped) {
            Some(inner @ Expr::Case { .. }) => value = inner,
            rest => return Some(Found { pairs, rest: Rest::of(rest, is_it)? }),
        }
    }
}

/// The arguments of a call by a name.
fn call(expr: &Expr) -> Option<(String, Vec<&Expr>)> {
    let Expr::Function(function) = unwrapped(expr) else { return None };
    let FunctionArguments::List(list) = &function.args else { return None };
    let argument = |argument| match argument {
        &FunctionArg::Unnamed(FunctionArgExpr::Expr(ref expr)) => Some(expr),
        _ => None,
    };
    Some((function.name.to_string().to_lowercase(), list.args.iter().map(argument).collect::<Option<_>>()?))
}

/// The short forms: `DECODE(c, 'a', 'b', …, c)`, `IF(c = 'a', 'b', c)`, `multiIf(…)`, `COALESCE(c, 'x')`, `NULLIF(c, 'x')`.
fn from_call(value: &Expr, is_it: &impl Fn(&Expr) -> bool) -> Option<Found> {
    let (name, arguments) = call(value)?;
    let mut pairs = Vec::new();
    match (name.as_str(), arguments.as_slice()) {
        ("decode", [first, rest @ ..]) if is_it(first) => {
            let (whens, last) = rest.as_chunks::<2>();
            for [from, to] in whens {
                pairs.push((as_text(from)?, as_text(to)?));
            }
            Some(Found { pairs, rest: Rest::of(last.first().copied(), is_it)? })
        }
        ("if" | "iif" | "iff" | "multiif", [_, _, _, ..]) => {
            let mut arguments = arguments;
            loop {
                let (whens, last) = arguments.as_chunks::<2>();
                for [condition, to] in whens {
                    let to = as_text(to)?;
                    pairs.extend(condition_values(condition, is_it)?.into_iter().map(|from| (from, to.clone())));
                }
                let last = *last.first()?;
                match call(last).filter(|(inner, _)| matches!(inner.as_str(), "if" | "iif" | "iff" | "multiif")) {
                    Some((_, inner)) => arguments = inner,
                    None => return Some(Found { pairs, rest: Rest::of(Some(last), is_it)? }),
                }
            }
        }
        ("transform", [first, Expr::Array(from), Expr::Array(to), rest @ ..]) if is_it(first) => {
            for (from, to) in from.elem.iter().zip(&to.elem) {
                pairs.push((as_text(from)?, as_text(to)?));
            }
            let rest = rest.first().map_or(Some(Rest::Stays), |rest| Rest::of(Some(rest), is_it))?;
            Some(Found { pairs, rest })
        }
        ("coalesce" | "nvl" | "ifnull" | "isnull", [first, to]) if is_it(first) => {
            Some(Found { pairs: vec![("NULL".to_owned(), as_text(to)?)], rest: Rest::Stays })
        }
        ("nullif", [first, from]) if is_it(first) => {
            Some(Found { pairs: vec![(as_text(from)?, "NULL".to_owned())], rest: Rest::Stays })
        }
        _ => None,
    }
}

/// `REPLACE(REPLACE(c, 'a', 'b'), 'x', 'y')`: whole values where the statement says which it takes, else parts of any.
fn from_replace(value: &Expr, is_it: &impl Fn(&Expr) -> bool, filter: &[String]) -> Option<Found> {
    let mut steps = Vec::new();
    let mut value = unwrapped(value);
    while let Some((name, arguments)) = call(value).filter(|(name, _)| name == "replace") {
        let [inner, from, to] = arguments.as_slice() else { return None };
        debug_assert_eq!(name, "replace");
        steps.push((as_text(from)?, as_text(to)?));
        value = unwrapped(inner);
    }
    if steps.is_empty() || !is_it(value) {
        return None;
    }
    // The innermost is done first.
    steps.reverse();
    let done = |text: &str, steps: &[(String, String)]| {
        steps
            .iter()
            .fold(text.to_owned(), |text, (from, to)| if from.is_empty() { text } else { text.replace(from, to) })
    };
    let pairs = if filter.is_empty() {
        steps.iter().enumerate().map(|(at, (from, to))| (from.clone(), done(to, &steps[at + 1..]))).collect()
    } else {
        filter.iter().map(|old| (old.clone(), done(old, &steps))).collect()
    };
    Some(Found { pairs, rest: Rest::Open })
}

/// The values to which a filter of ANDs narrows the column.
fn filtered_values(filter: &Expr, is_it: &impl Fn(&Expr) -> bool) -> Vec<String> {
    let mut pending = vec![filter];
    while let Some(part) = pending.pop() {
        match part {
            Expr::Nested(inner) => pending.push(inner),
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => pending.extend([&**left, &**right]),
            _ => {
                if let Some(values) = condition_values(part, is_it) {
                    return values;
                }
            }
        }
    }
    Vec::new()
}

fn is_negated(comparison: &Expr) -> bool {
    matches!(
        unwrapped(comparison),
        Expr::BinaryOp { op: BinaryOperator::NotEq, .. }
            | Expr::InList { negated: true, .. }
            | Expr::IsDistinctFrom(..)
    )
}

fn names(expr: &Expr, column: &str, dialect: Dialect) -> bool {
    last_name(unwrapped(expr)).is_some_and(|ident| fold_ident(ident, dialect) == column)
}

fn is_null(expr: &Expr) -> bool {
    matches!(unwrapped(expr), Expr::Value(value) if value.value == Value::Null)
}

/// The column's own name, where the expression is a column.
fn last_name(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Identifier(ident) => Some(ident),
        Expr::CompoundIdentifier(parts) if is_column(expr) => parts.last(),
        _ => None,
    }
}

fn unwrapped(expr: &Expr) -> &Expr {
    let mut expr = expr;
    while let Expr::Nested(inner) | Expr::Cast { expr: inner, .. } = expr {
        expr = inner;
    }
    expr
}

#[cfg(test)]
mod tests {
    use sqlparser::ast::Statement;

    use super::*;

    fn pairs(sql: &str) -> String {
        let statements = crate::sql::parse(sql, Dialect::Postgres).expect("it parses");
        let Statement::Update(update) = &statements[0] else { panic!("an update") };
        let Remap { pairs, others } =
            remap("c", &update.assignments[0].value, update.selection.as_ref(), Dialect::Postgres);
        let pairs: Vec<String> = pairs.iter().map(|(from, to)| format!("{from}>{to}")).collect();
        format!("{}{}", pairs.join(" "), if others { " *" } else { "" })
    }

    #[test]
    fn a_case_over_the_column_tells_its_pairs() {
        assert_eq!(pairs("update t set c = case c when 'a' then 'b' when 'x' then 'y' else c end"), "a>b x>y");
        assert_eq!(
            pairs("update t set c = case when t.c = 'a' then 'b' when c in ('x', 'z') then 'y' else (c) end"),
            "a>b x>y z>y"
        );
        assert_eq!(pairs("update t set c = decode(c, 'a', 'b', c)"), "a>b");
    }

    #[test]
    fn a_filter_on_the_column_tells_its_pair() {
        assert_eq!(pairs("update t set c = 'b' where c = 'a' and d > 1"), "a>b");
        assert_eq!(pairs("update t set c = 2 where c in (0, 1)"), "0>2 1>2");
    }

    #[test]
    fn a_text_that_is_put_beside_the_value_stays_in_it() {
        let held = |sql: &str| {
            let statements = crate::sql::parse(sql, Dialect::Postgres).expect("it parses");
            let Statement::Update(update) = &statements[0] else { panic!("an update") };
            held_text(&update.assignments[0].value)
        };
        assert_eq!(held("update t set c = c || '_x'").as_deref(), Some("_x"));
        assert_eq!(held("update t set c = ('EU-' || c) || '.'").as_deref(), Some("EU-"));
        assert_eq!(held("update t set c = null").as_deref(), Some("NULL"));
        assert_eq!(held("update t set c = upper(c)"), None);
        assert_eq!(held("update t set c = c + 1"), None);
    }

    #[test]
    fn an_else_for_all_others_is_open_unless_the_filter_names_them() {
        assert_eq!(pairs("update t set c = case c when 'a' then 'b' end"), "a>b *");
        assert_eq!(pairs("update t set c = case c when 'a' then 'b' else 'z' end"), "a>b *");
        let case = "update t set c = case c when 'a' then 'b' when 'x' then 'y' end where c in ('a', 'x', 'n')";
        assert_eq!(pairs(case), "a>b x>y n>NULL");
        assert_eq!(pairs("update t set c = decode(c, 'a', 'b') where c = 'a'"), "a>b");
    }

    #[test]
    fn the_short_forms_tell_their_pairs() {
        assert_eq!(pairs("update t set c = if(c = 'a', 'b', if(c in ('x', 'z'), 'y', c))"), "a>b x>y z>y");
        assert_eq!(pairs("update t set c = multiIf(c = 'a', 'b', c = 'x', 'y', c)"), "a>b x>y");
        assert_eq!(pairs("update t set c = coalesce(c, 'x')"), "NULL>x");
        assert_eq!(pairs("update t set c = 'x' where c is null"), "NULL>x");
        assert_eq!(
            pairs("update t set c = case when c = 'a' then 'b' else case c when 'x' then 'y' else c end end"),
            "a>b x>y"
        );
    }

    #[test]
    fn replace_changes_parts_of_any_value_unless_the_filter_names_them() {
        assert_eq!(
            pairs("update t set c = replace(replace(c, 'smb', 'small'), 'ent', 'large')"),
            "smb>small ent>large *"
        );
        assert_eq!(pairs("update t set c = replace(c, '-', '_') where c in ('a-b', 'cd')"), "a-b>a_b");
    }

    #[test]
    fn what_is_computed_or_open_has_no_pairs() {
        assert_eq!(pairs("update t set c = upper(c)"), "");
        assert_eq!(pairs("update t set c = case when d = 'a' then 'b' else c end"), "");
        assert_eq!(pairs("update t set c = case c when 'a' then upper(c) else c end"), "");
        assert_eq!(pairs("update t set c = replace(c, 'a', d)"), "");
        assert_eq!(pairs("update t set c = 'b' where c <> 'a'"), "");
        assert_eq!(pairs("update t set c = 'b'"), "");
    }
}
