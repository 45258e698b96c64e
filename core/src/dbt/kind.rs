//! Which of dbt's artifacts a JSON file is.

use crate::review::InputKind;
use foreshock_artifacts::bytes::Stream;
use foreshock_artifacts::tolerant;
use foreshock_artifacts::tolerant::Text;
use foreshock_artifacts::walk::{Broken, Walk};

tolerant! {
    struct MetadataJson {
        schema_version: Text = b"dbt_schema_version",
    }
}

/// dbt's own mark, `https://schemas.getdbt.com/dbt/manifest/v12.json`, and what it marks.
const MARKS: [(&str, InputKind); 4] = [
    ("getdbt.com/dbt/manifest/v", InputKind::Manifest),
    ("getdbt.com/dbt/catalog/v", InputKind::Catalog),
    ("getdbt.com/dbt/run-results/v", InputKind::RunResults),
    ("getdbt.com/dbt/sources/v", InputKind::Freshness),
];

/// What a text with dbt's mark is. dbt writes it near the top.
pub(crate) fn marked_kind(text: &str) -> Option<InputKind> {
    MARKS.into_iter().find(|(mark, _)| text.contains(mark)).map(|(_, kind)| kind)
}

/// What the sections of the file tell, where the mark is missing or comes late: other tools sort the keys.
pub(crate) fn kind_by_sections(stream: &mut Stream<'_>) -> Option<InputKind> {
    let (mut marked, mut has_metadata, mut keyed) = (None, false, None);
    // A broken end does not matter here: what is broken is said when the file is read.
    let _: Result<(), Broken> = Walk::new(stream).and_then(|mut walk| {
        walk.file(|walk, key| match key.as_str() {
            "metadata" => {
                has_metadata = true;
                let version = walk.value::<MetadataJson>()?.0.schema_version;
                marked = marked.or(version.0.as_deref().and_then(marked_kind));
                Ok(())
            }
            "nodes" | "results" => {
                let kind = if key == "nodes" { InputKind::Manifest } else { InputKind::RunResults };
                keyed.get_or_insert(kind);
                walk.skip_section()
            }
            _ => walk.skip_section(),
        })
    });
    marked.or(keyed.filter(|_| has_metadata))
}
