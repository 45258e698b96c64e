//! What a review takes of the nodes that it reaches.

use serde::de::IgnoredAny;

use crate::tolerant::{List, Map, Text};
use crate::{read, tolerant};

tolerant! {
    pub struct NodeJson {
        columns: Map<ColumnJson> = b"columns",
        code: Text = b"compiled_code" | b"compiled_sql",
        template: Text = b"raw_code" | b"raw_sql",
        contract: ContractJson = b"contract",
        config: ConfigJson = b"config",
        loaded_at_field: Text = b"loaded_at_field",
        given: List<RowsJson> = b"given",
        expect: RowsJson = b"expect",
    }
}

tolerant! {
    pub struct ConfigJson {
        unique_key: List<Text> = b"unique_key",
        updated_at: Text = b"updated_at",
        check_cols: List<Text> = b"check_cols",
        on_schema_change: Text = b"on_schema_change",
        loaded_at_field: Text = b"loaded_at_field",
        before: List<HookJson> = b"pre-hook" | b"pre_hook",
        after: List<HookJson> = b"post-hook" | b"post_hook",
    }
}

tolerant! {
    pub struct HookJson {
        sql: Text = b"sql",
    }
}

tolerant! {
    pub struct RowsJson {
        input: Text = b"input",
        rows: List<Map<IgnoredAny>> = b"rows",
    }
}

tolerant! {
    pub struct ContractJson {
        enforced: Text = b"enforced",
    }
}

tolerant! {
    pub struct ColumnJson {
        name: Text = b"name",
        data_type: Text = b"data_type",
        quote: Text = b"quote",
    }
}

tolerant! {
    pub struct TableJson {
        columns: Map<CatalogColumnJson> = b"columns",
    }
}

tolerant! {
    pub struct CatalogColumnJson {
        name: Text = b"name",
        data_type: Text = b"type",
        index: Text = b"index",
    }
}

/// A node of a manifest; none where the bytes are no JSON.
pub fn node(bytes: &[u8]) -> Option<NodeJson> {
    read(bytes)
}

/// A table of a catalog, likewise.
pub fn table(bytes: &[u8]) -> Option<TableJson> {
    read(bytes)
}
