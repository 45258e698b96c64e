//! What a review needs of the nodes that it reaches, read from where the index says it lies.

use foreshock_artifacts::bytes::Extent;
use foreshock_artifacts::details::{self, ColumnJson, ConfigJson, RowsJson, TableJson};
use foreshock_artifacts::tolerant::{List, Text};

use super::node::{Column, ColumnOrigin, Details, GivenRows};
use super::project::{Artifact, NodeIx, Project};
use crate::text::Diagnostic;

/// Reads the details of the nodes, which are given in the order of their numbers.
pub(super) fn read(project: &Project, wanted: &[NodeIx]) -> (Vec<(NodeIx, Details)>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut found: Vec<(NodeIx, Details)> = wanted.iter().map(|ix| (*ix, Details::default())).collect();
    for (which, artifact) in project.manifests.iter().enumerate() {
        let places = node_extents(project, which, wanted);
        read_each(artifact, &places, &mut diagnostics, details::node, |at, json| {
            let details = &mut found[at].1;
            details.columns = json.columns.0.into_iter().filter_map(|(key, json)| column(project, key, json)).collect();
            if json.contract.enforced.0.as_deref() == Some("true") {
                details.contract = details.columns.iter().map(|column| column.key.clone()).collect();
            }
            let ConfigJson { unique_key, updated_at, check_cols, on_schema_change, loaded_at_field, before, after } =
                json.config;
            let hooks = before.0.into_iter().chain(after.0);
            details.hooks = hooks.filter_map(|hook| hook.sql.given()).collect();
            let named =
                [("unique_key", unique_key), ("updated_at", List(vec![updated_at])), ("check_cols", check_cols)];
            let named = named.into_iter().flat_map(|(setting, names)| {
                names.0.into_iter().filter_map(Text::given).map(move |name| (setting, name))
            });
            // An expression names no single column.
            let is_name = |name: &str| name.chars().all(|c| c.is_alphanumeric() || c == '_');
            details.named = named
                .filter(|(_, name)| is_name(name))
                .map(|(setting, name)| (setting, fold(project, &name)))
                .collect();
            details.on_schema_change = on_schema_change.or_empty();
            details.loaded_at = loaded_at_field.given().or(json.loaded_at_field.given());
            details.rows =
                json.given.0.into_iter().chain([json.expect]).map(|rows| given_rows(project, rows)).collect();
            details.sql = json.code.given();
            details.template = json.template.given();
        });
    }
    for (which, artifact) in project.catalogs.iter().enumerate() {
        let places = extents(wanted, |ix| {
            project.nodes[ix].catalog.filter(|(catalog, _)| *catalog == which).map(|(_, extent)| extent)
        });
        read_each(artifact, &places, &mut diagnostics, details::table, |at, json| {
            found[at].1.columns = catalog_columns(project, json);
        });
    }
    (found, diagnostics)
}

/// Where one of the manifests has the nodes, each with its number in the list.
pub(super) fn node_extents(project: &Project, manifest: usize, wanted: &[NodeIx]) -> Vec<(usize, Extent)> {
    extents(wanted, |ix| {
        let node = &project.nodes[ix];
        (node.manifest == manifest && node.extent.length > 0).then_some(node.extent)
    })
}

/// The places that there are, each with its number in the list.
fn extents(wanted: &[NodeIx], extent: impl Fn(NodeIx) -> Option<Extent>) -> Vec<(usize, Extent)> {
    let mut places: Vec<_> = wanted.iter().enumerate().filter_map(|(at, ix)| Some((at, extent(*ix)?))).collect();
    places.sort_by_key(|(_, extent)| extent.start);
    places
}

/// Reads what lies close together at once: a read has its price, most of all in a page.
pub(super) fn read_each<T>(
    artifact: &Artifact,
    mut places: &[(usize, Extent)],
    diagnostics: &mut Vec<Diagnostic>,
    read: fn(&[u8]) -> Option<T>,
    mut take: impl FnMut(usize, T),
) {
    const GAP: u64 = 64 << 10;
    const MOST: u64 = 4 << 20;
    let mut block = Vec::new();
    while let Some((_, first)) = places.first().copied() {
        let mut count = 1;
        let mut end = first.end();
        for (_, next) in &places[1..] {
            if next.start > end + GAP || next.end() > first.start + MOST {
                break;
            }
            end = next.end();
            count += 1;
        }
        block.resize(usize::try_from(end - first.start).unwrap_or(0), 0);
        if let Err(why) = artifact.bytes.read_at(first.start, &mut block) {
            diagnostics.push(
                Diagnostic::error("unreadable-file", &artifact.file, format!("could not be read a second time: {why}"))
                    .help("Give the file again; it must stay as it is while it is reviewed."),
            );
            return;
        }
        for (at, extent) in &places[..count] {
            let from = usize::try_from(extent.start - first.start).unwrap_or(0);
            let bytes = &block[from..from + extent.length as usize];
            let Some(value) = read(bytes) else {
                diagnostics.push(
                    Diagnostic::error("changed-file", &artifact.file, "the file has changed while it was read")
                        .help("Give the file again; it must stay as it is while it is reviewed."),
                );
                return;
            };
            take(*at, value);
        }
        places = &places[count..];
    }
}

fn fold(project: &Project, name: &str) -> String {
    project.sql_dialect().fold(name, false).into_owned()
}

fn given_rows(project: &Project, json: RowsJson) -> GivenRows {
    // The rows of one fixture have the same columns, or leave some out.
    let columns = json.rows.0.into_iter().flat_map(|row| row.0).map(|(name, _)| fold(project, &name));
    let quoted = |text: &str| text.split(['\'', '"']).skip(1).step_by(2).map(str::to_owned).collect();
    GivenRows { input: json.input.given().map(|input| quoted(&input)), columns: columns.collect() }
}

fn column(project: &Project, key: String, json: ColumnJson) -> Option<Column> {
    let quoted = json.quote.0.as_deref() == Some("true");
    let name = json.name.given().unwrap_or(key);
    let key = project.sql_dialect().fold(&name, quoted).into_owned();
    let data_type = json.data_type.given();
    (!key.is_empty()).then_some(Column { key, name, data_type, origin: ColumnOrigin::Documented })
}

fn catalog_columns(project: &Project, table: TableJson) -> Vec<Column> {
    let number = |index: Text| index.0.and_then(|index| index.parse::<u64>().ok()).unwrap_or(u64::MAX);
    let mut columns: Vec<(u64, Column)> = table
        .columns
        .0
        .into_iter()
        .map(|(key, json)| {
            let name = json.name.given().unwrap_or(key);
            let key = project.sql_dialect().fold(&name, true).into_owned();
            let data_type = json.data_type.given();
            (number(json.index), Column { key, name, data_type, origin: ColumnOrigin::Catalog })
        })
        .collect();
    columns.sort_by_key(|(index, _)| *index);
    columns.into_iter().map(|(_, column)| column).collect()
}
