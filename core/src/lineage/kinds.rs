//! The kinds of values, as far as engines refuse to mix them, by what PostgreSQL 15 and DuckDB 2.0 were seen to do.
//!
//! Where a kind is not known, nothing is refused. Other dialects are not measured, and have no kinds here.

use crate::dialect::Dialect;

/// What a value is to operators and functions; in a family of its own the later holds the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Kind {
    #[default]
    Unknown,
    /// A string literal or NULL: it takes the kind of its neighbour.
    Untyped,
    Text,
    Truth,
    Integer,
    Big,
    Decimal,
    Float,
    Day,
    Moment,
    Interval,
}

/// How two values meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meeting {
    Equal,
    Order,
    /// `x IN (SELECT …)`
    Among,
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
    Concat,
    /// `~` and its like.
    Pattern,
    /// The sides of a UNION.
    Unite,
    /// Branches of CASE, arguments of COALESCE.
    Choose,
}

/// The engines whose rules are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    Postgres,
    DuckDb,
}

/// Two values that an engine does not let meet.
pub(super) struct Refusal;

impl Rules {
    pub(super) fn of(dialect: Dialect) -> Option<Self> {
        match dialect {
            Dialect::Postgres => Some(Self::Postgres),
            Dialect::DuckDb => Some(Self::DuckDb),
            _ => None,
        }
    }
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown | Self::Untyped => "a value",
            Self::Text => "text",
            Self::Truth => "a truth value",
            Self::Integer | Self::Big => "an integer",
            Self::Decimal | Self::Float => "a number",
            Self::Day => "a date",
            Self::Moment => "a timestamp",
            Self::Interval => "an interval",
        }
    }

    /// The kind of a column of this type, where the dialect's rules are known.
    pub fn of_type(data_type: &str, dialect: Dialect) -> Self {
        if Rules::of(dialect).is_none() || data_type.contains('[') {
            return Self::Unknown;
        }
        let name = data_type.to_lowercase();
        let name = name.split('(').next().unwrap_or_default().trim();
        match name {
            "varchar" | "character varying" | "text" | "string" | "char" | "character" | "bpchar" => Self::Text,
            "boolean" | "bool" => Self::Truth,
            "smallint" | "int2" | "int" | "integer" | "int4" | "tinyint" => Self::Integer,
            "bigint" | "int8" | "hugeint" => Self::Big,
            "numeric" | "decimal" => Self::Decimal,
            "real" | "float4" | "double" | "double precision" | "float8" | "float" => Self::Float,
            "date" => Self::Day,
            "interval" => Self::Interval,
            _ if name.starts_with("timestamp") || name == "datetime" => Self::Moment,
            _ => Self::Unknown,
        }
    }

    /// Whether values of another kind can be compared with these and kept among them.
    pub fn holds(self, other: Self) -> bool {
        self.is_alike(other)
    }

    /// Whether a text can be read as a value of this kind.
    pub fn can_be(self, text: &str, dialect: Dialect) -> bool {
        Rules::of(dialect).is_none_or(|rules| reads(rules, self, text))
    }

    pub(super) fn is_known(self) -> bool {
        self > Self::Untyped
    }

    fn is_number(self) -> bool {
        (Self::Integer..=Self::Float).contains(&self)
    }

    fn is_time(self) -> bool {
        matches!(self, Self::Day | Self::Moment)
    }

    fn is_alike(self, other: Self) -> bool {
        self == other || self.is_number() && other.is_number() || self.is_time() && other.is_time()
    }
}

/// What comes of two values that meet.
pub(super) fn meet(rules: Rules, how: Meeting, a: Kind, b: Kind) -> Result<Kind, Refusal> {
    use Kind::{Big, Day, Decimal, Float, Integer, Interval, Moment, Text, Truth, Unknown, Untyped};
    let is_comparison = matches!(how, Meeting::Equal | Meeting::Order | Meeting::Among);
    if how == Meeting::Concat {
        let refuses = rules == Rules::Postgres && a.is_known() && b.is_known() && a != Text && b != Text;
        return if refuses { Err(Refusal) } else { Ok(Text) };
    }
    if how == Meeting::Pattern {
        let refuses = [a, b].into_iter().any(|kind| kind.is_known() && kind != Text);
        return if refuses { Err(Refusal) } else { Ok(Truth) };
    }
    if !a.is_known() || !b.is_known() {
        return Ok(match (a, b) {
            _ if is_comparison => Truth,
            (Untyped, other) | (other, Untyped) if matches!(how, Meeting::Unite | Meeting::Choose) => other,
            _ => Unknown,
        });
    }
    let greater = a.max(b);
    let is_truth_number = |a, b| a == Truth && matches!(b, Integer | Big);
    match how {
        Meeting::Equal if rules == Rules::DuckDb => Ok(Truth),
        // It unites others when it plans, and cannot cast the rows to the same type.
        Meeting::Unite if rules == Rules::DuckDb && (a == Text || b == Text) => Ok(Text),
        Meeting::Equal | Meeting::Order | Meeting::Among | Meeting::Unite | Meeting::Choose => {
            let unites = how == Meeting::Unite && a.min(b) == Truth && greater.is_number();
            let mixes = rules == Rules::DuckDb && (unites || is_truth_number(a, b) || is_truth_number(b, a));
            if !a.is_alike(b) && !mixes {
                return Err(Refusal);
            }
            Ok(if is_comparison { Truth } else { greater })
        }
        _ => match (how, a, b) {
            (Meeting::Divide, _, _) if a.is_number() && b.is_number() && rules == Rules::DuckDb => Ok(Float),
            (Meeting::Modulo, _, _) if greater == Float && rules == Rules::Postgres => Err(Refusal),
            (_, _, _) if a.is_number() && b.is_number() => Ok(greater),
            (Meeting::Plus | Meeting::Minus, Day, Integer) | (Meeting::Plus, Integer, Day) => Ok(Day),
            (Meeting::Minus, Day, Day) => Ok(if rules == Rules::DuckDb { Big } else { Integer }),
            (Meeting::Minus, _, _) if a.is_time() && b.is_time() => Ok(Interval),
            (Meeting::Plus | Meeting::Minus, Day | Moment, Interval) | (Meeting::Plus, Interval, Day | Moment) => {
                Ok(Moment)
            }
            (Meeting::Plus | Meeting::Minus, Interval, Interval) => Ok(Interval),
            (Meeting::Times | Meeting::Divide, Interval, Integer | Big | Decimal | Float)
            | (Meeting::Times, Integer | Big | Decimal | Float, Interval) => Ok(Interval),
            _ => Err(Refusal),
        },
    }
}

/// What a sign before a value gives.
pub(super) fn signed(kind: Kind) -> Result<Kind, Refusal> {
    let is_taken = !kind.is_known() || kind.is_number() || kind == Kind::Interval;
    if is_taken { Ok(kind) } else { Err(Refusal) }
}

/// Whether a value may be cast by force.
pub(super) fn cast(rules: Rules, from: Kind, to: Kind) -> Result<Kind, Refusal> {
    let is_let = rules == Rules::DuckDb && from.max(to) < Kind::Day
        || !from.is_known()
        || !to.is_known()
        || from.is_alike(to)
        || from == Kind::Text
        || to == Kind::Text
        || matches!((from, to), (Kind::Truth, Kind::Integer) | (Kind::Integer, Kind::Truth));
    if is_let { Ok(to) } else { Err(Refusal) }
}

/// What a function takes, and which of its arguments that is said of.
#[derive(Debug, Clone, Copy)]
enum Takes {
    Anything,
    Text,
    Number,
    /// A date or a timestamp, as the last argument.
    Time,
    Truth,
}

/// What it gives.
#[derive(Debug, Clone, Copy)]
enum Gives {
    Same,
    Sum,
    Mean,
    Is(Kind),
}

/// Functions by what they take and give.
const FUNCTIONS: [(&str, Takes, Gives); 17] = [
    (" sum ", Takes::Number, Gives::Sum),
    (" avg stddev stddev_samp stddev_pop variance var_samp var_pop ", Takes::Number, Gives::Mean),
    (" abs round floor ceil ceiling mod trunc bit_and bit_or bit_xor ", Takes::Number, Gives::Same),
    (" percentile_cont quantile_cont corr covar_pop covar_samp regr_slope ", Takes::Number, Gives::Is(Kind::Float)),
    (
        " sqrt exp ln power sign log log10 cbrt sin cos tan asin acos atan atan2 degrees radians ",
        Takes::Number,
        Gives::Is(Kind::Unknown),
    ),
    (
        " min max lag lead first_value last_value nth_value any_value percentile_disc mode median ",
        Takes::Anything,
        Gives::Same,
    ),
    (" count row_number rank dense_rank ", Takes::Anything, Gives::Is(Kind::Big)),
    (
        " upper lower left right substring substr trim ltrim rtrim btrim replace split_part lpad rpad regexp_replace reverse md5 initcap repeat translate ",
        Takes::Text,
        Gives::Is(Kind::Text),
    ),
    (" length char_length character_length strpos ascii bit_length ", Takes::Text, Gives::Is(Kind::Integer)),
    (" starts_with regexp_like ", Takes::Text, Gives::Is(Kind::Truth)),
    (
        " string_to_array string_split split regexp_match regexp_matches regexp_split_to_array to_date strptime ",
        Takes::Text,
        Gives::Is(Kind::Unknown),
    ),
    (" date_trunc ", Takes::Time, Gives::Is(Kind::Moment)),
    (" last_day ", Takes::Time, Gives::Is(Kind::Day)),
    (" age ", Takes::Time, Gives::Is(Kind::Interval)),
    (
        " date_part date_diff datediff year quarter month week day dayofweek hour minute second ",
        Takes::Time,
        Gives::Is(Kind::Unknown),
    ),
    (" bool_or bool_and every ", Takes::Truth, Gives::Is(Kind::Truth)),
    (" count_if countif ", Takes::Truth, Gives::Is(Kind::Big)),
];

/// What a function makes of its arguments; `Unknown` for one that is not in the table.
pub(super) fn function(rules: Rules, name: &str, arguments: &[Kind]) -> Result<Kind, Refusal> {
    let is_postgres = rules == Rules::Postgres;
    let first = arguments.first().copied().unwrap_or_default();
    if matches!(name, "coalesce" | "greatest" | "least" | "ifnull") {
        return arguments.iter().try_fold(Kind::Untyped, |all, one| meet(rules, Meeting::Choose, all, *one));
    }
    match name {
        "nullif" => {
            let second = arguments.get(1).copied().unwrap_or_default();
            return meet(rules, Meeting::Equal, first, second).map(|_| first);
        }
        "concat" | "to_char" => return Ok(Kind::Text),
        "string_agg" if is_postgres && first.is_known() && first != Kind::Text => return Err(Refusal),
        "string_agg" => return Ok(Kind::Text),
        // What stands in for a row that is not there is of the kind of the others.
        "lag" | "lead" if is_postgres && arguments.len() == 3 => {
            return meet(rules, Meeting::Choose, first, arguments[2]);
        }
        "round" if is_postgres && arguments.len() > 1 && first == Kind::Float => return Err(Refusal),
        "mod" if is_postgres && arguments.contains(&Kind::Float) => return Err(Refusal),
        "min" | "max" if is_postgres && first == Kind::Truth => return Err(Refusal),
        _ => {}
    }
    let padded = format!(" {name} ");
    let Some((_, takes, gives)) = FUNCTIONS.iter().find(|(names, ..)| names.contains(&padded)) else {
        return Ok(Kind::Unknown);
    };
    let last = arguments.last().copied().unwrap_or_default();
    let is_taken = match takes {
        Takes::Anything => true,
        Takes::Text => first == Kind::Text,
        Takes::Number => {
            let of_engine = if is_postgres { first == Kind::Interval } else { first == Kind::Truth && name == "sum" };
            let of_time = !is_postgres && matches!(name, "avg" | "percentile_cont" | "quantile_cont");
            first.is_number() || of_engine || of_time && first >= Kind::Day
        }
        Takes::Time => last.is_time() || last == Kind::Interval,
        Takes::Truth => first == Kind::Truth,
    };
    let looked_at = if matches!(takes, Takes::Time) { last } else { first };
    if looked_at.is_known() && !is_taken {
        return Err(Refusal);
    }
    Ok(match gives {
        Gives::Same => first,
        Gives::Is(kind) => *kind,
        Gives::Sum => match first {
            Kind::Integer => Kind::Big,
            Kind::Big if is_postgres => Kind::Decimal,
            other => other,
        },
        Gives::Mean => match first {
            Kind::Integer | Kind::Big | Kind::Decimal => {
                if is_postgres {
                    Kind::Decimal
                } else {
                    Kind::Float
                }
            }
            other => other,
        },
    })
}

/// Whether a string literal can be read as a value of this kind; every engine reads it when it plans the query.
pub(super) fn reads(rules: Rules, kind: Kind, literal: &str) -> bool {
    match kind {
        Kind::Day | Kind::Moment if rules == Rules::DuckDb => is_day(literal),
        Kind::Integer | Kind::Big => literal.trim().parse::<i128>().is_ok(),
        Kind::Decimal | Kind::Float => literal.trim().bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)),
        Kind::Day | Kind::Moment => {
            literal.bytes().any(|b| b.is_ascii_digit()) || literal == "infinity" || literal == "now"
        }
        Kind::Truth => matches!(
            literal.to_lowercase().as_str(),
            "t" | "f" | "true" | "false" | "yes" | "no" | "1" | "0" | "on" | "off" | "y" | "n"
        ),
        _ => true,
    }
}

/// DuckDB reads a date as year, month and day alone, with one sign between them.
fn is_day(literal: &str) -> bool {
    let text = literal.trim();
    let day = text.split_once([' ', 'T']).map_or(text, |(day, _)| day);
    let parts = |sign: char| {
        let mut parts = day.trim_start_matches('-').split(sign);
        let mut number = |most: u32| parts.next()?.parse::<u32>().ok().filter(|number| *number <= most);
        number(u32::MAX).zip(number(12)).zip(number(31))
    };
    let has_words = matches!(text, "infinity" | "-infinity" | "epoch");
    has_words || ['-', '/', '\\'].into_iter().any(|sign| parts(sign).is_some()) || text.splitn(3, ' ').count() == 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_differ_in_what_they_let_meet() {
        let meets = |rules, how, a, b| meet(rules, how, a, b).is_ok();
        assert!(!meets(Rules::Postgres, Meeting::Equal, Kind::Text, Kind::Integer));
        assert!(meets(Rules::DuckDb, Meeting::Equal, Kind::Text, Kind::Integer));
        assert!(!meets(Rules::DuckDb, Meeting::Order, Kind::Text, Kind::Integer));
        assert!(meets(Rules::Postgres, Meeting::Equal, Kind::Integer, Kind::Decimal));
        assert!(!meets(Rules::Postgres, Meeting::Unite, Kind::Text, Kind::Day));
        assert!(meets(Rules::DuckDb, Meeting::Unite, Kind::Text, Kind::Day));
        assert!(!meets(Rules::Postgres, Meeting::Plus, Kind::Day, Kind::Big));
        assert!(meets(Rules::Postgres, Meeting::Equal, Kind::Unknown, Kind::Integer));
        assert!(function(Rules::Postgres, "round", &[Kind::Float, Kind::Integer]).is_err());
        assert!(function(Rules::DuckDb, "upper", &[Kind::Integer]).is_err());
    }
}
