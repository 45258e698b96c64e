//! Casts, which fail where a value cannot be read as the other type.

use sqlparser::ast::{CastKind, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Spanned};

use super::expr::Place;
use super::query::Resolver;
use super::{Cast, Clause, Compared, How, Kind, Source};

impl Resolver<'_> {
    /// Walks a cast. Kept is one that every row meets: not one within a CASE, which may be there to look before.
    pub(super) fn cast(
        &mut self,
        (kind, inner, data_type): (&CastKind, &Expr, &DataType),
        place: Place<'_>,
        how: How,
        compared: Option<&Compared>,
        sources: &mut Vec<Source>,
    ) {
        let mut own = Vec::new();
        self.walk(inner, place, How::Cast, compared, &mut own);
        let is_met = matches!(kind, CastKind::Cast | CastKind::DoubleColon) && self.guarded == 0;
        if is_met && self.rules.is_some() && place.clause == Clause::Select && is_handed_on(inner) {
            let to = Kind::of_type(&data_type.to_string(), self.dialect);
            let span = self.locator.span(inner.span()).unwrap_or_default();
            // What is compared is used for something else.
            let read = own.iter().filter(|source| source.compared.is_none() && source.how != How::Aggregated);
            let read: Vec<Cast> = read
                .map(|source| Cast { relation: source.relation.clone(), column: source.column.clone(), to, span })
                .collect();
            self.out.casts.extend(read);
        }
        sources.extend(own.into_iter().map(|source| Source { how: source.how.max(how), ..source }));
    }
}

/// A column, perhaps trimmed or with something in the place of some values: what is read is what stands in it.
pub(super) fn is_handed_on(expr: &Expr) -> bool {
    const HANDING_ON: [&str; 10] =
        ["nullif", "coalesce", "ifnull", "nvl", "trim", "btrim", "ltrim", "rtrim", "lower", "upper"];
    let mut expr = expr;
    loop {
        expr = match expr {
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => return true,
            Expr::Nested(inner) | Expr::Cast { expr: inner, .. } | Expr::Trim { expr: inner, .. } => inner,
            Expr::Function(Function { name, args: FunctionArguments::List(list), .. }) => {
                let name = name.0.last().and_then(|part| part.as_ident()).map_or("", |ident| ident.value.as_str());
                let Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(first))) = list.args.first() else { return false };
                if !HANDING_ON.iter().any(|known| name.eq_ignore_ascii_case(known)) {
                    return false;
                }
                first
            }
            _ => return false,
        };
    }
}
