//! What the index of a manifest takes of each node.

use crate::bytes::Extent;
use crate::tolerant;
use crate::tolerant::{Given, List, Text};
use crate::walk::{Broken, Walk};

tolerant! {
    #[derive(Debug)]
    pub struct MetadataJson {
        schema_version: Text = b"dbt_schema_version",
        dbt_version: Text = b"dbt_version",
        generated_at: Text = b"generated_at",
        adapter_type: Text = b"adapter_type",
        project_name: Text = b"project_name",
        quoting: Given = b"quoting",
    }
}

tolerant! {
    pub struct NodeJson {
        name: Text = b"name",
        resource_type: Text = b"resource_type",
        package: Text = b"package_name",
        path: Text = b"original_file_path",
        fqn: List<Text> = b"fqn",
        tags: Option<List<Text>> = b"tags",
        access: Text = b"access",
        version: Text = b"version",
        latest_version: Text = b"latest_version",
        source_name: Text = b"source_name",
        database: Text = b"database",
        schema: Text = b"schema",
        alias: Text = b"alias" | b"identifier",
        relation_name: Text = b"relation_name",
        config: ConfigJson = b"config",
        meta: MetaJson = b"meta",
        group: Text = b"group",
        depends_on: DependsOnJson = b"depends_on",
        language: Text = b"language",
        code: Given = b"compiled_code" | b"compiled_sql",
        column_name: Text = b"column_name",
        test_metadata: TestMetadataJson = b"test_metadata",
        attached_node: Text = b"attached_node",
        label: Text = b"label",
        type_: Text = b"type",
        url: Text = b"url",
        owner: OwnerJson = b"owner",
    }
}

tolerant! {
    pub struct ConfigJson {
        materialized: Text = b"materialized",
        meta: MetaJson = b"meta",
        group: Text = b"group",
        tags: List<Text> = b"tags",
        access: Text = b"access",
    }
}

tolerant! {
    pub struct MetaJson {
        owner: Text = b"owner",
        referenced_columns: List<ShownJson> = b"referenced_columns",
        leaves: Given = b"reverse_etl" | b"hightouch" | b"census" | b"share" | b"data_share" | b"shared_with" | b"exported_to",
    }
}

tolerant! {
    pub struct ShownJson {
        column: Text = b"column_name",
        node: Text = b"node",
    }
}

tolerant! {
    pub struct DependsOnJson {
        nodes: List<Text> = b"nodes",
    }
}

tolerant! {
    pub struct TestMetadataJson {
        name: Text = b"name",
        kwargs: KwargsJson = b"kwargs",
    }
}

tolerant! {
    pub struct KwargsJson {
        column_name: Text = b"column_name",
        values: List<Text> = b"values",
    }
}

tolerant! {
    pub struct OwnerJson {
        name: Text = b"name",
        email: List<Text> = b"email",
    }
}

tolerant! {
    pub struct GroupJson {
        name: Text = b"name",
        owner: OwnerJson = b"owner",
    }
}

impl Walk<'_, '_> {
    /// A section's nodes, each with its id and its place; a value that is no object has none.
    pub fn nodes(&mut self, take: &mut dyn FnMut(String, NodeJson, Extent)) -> Result<(), Broken> {
        self.entries(take)
    }
}
