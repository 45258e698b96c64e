//! A node's settings, read from its manifest when a selector asks for them: few do, and they weigh more than the index.

use serde_json::value::RawValue;

use super::details::{node_extents, read_each};
use super::project::{NodeIx, Project};
use foreshock_artifacts::read;
use foreshock_artifacts::tolerant;
use foreshock_artifacts::tolerant::{List, Map, Raw, Text};

/// What is set for a node, as the manifest has it.
#[derive(Debug, Default)]
pub struct Settings {
    config: Option<Box<RawValue>>,
    /// The file of properties (`schema.yml`) that describes the node, from the project's folder on.
    pub properties: Option<String>,
}

/// The value of a setting, as far as a text can be compared with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    Text(String),
    Flag(bool),
    List(Vec<Self>),
    /// A number, a map, nothing.
    Other,
}

tolerant! {
    struct SettingsJson {
        config: Raw = b"config",
        properties: Text = b"patch_path",
    }
}

impl Settings {
    /// The setting below these keys; none where one of them is not there.
    pub fn get(&self, keys: &[String]) -> Option<Setting> {
        let mut value = self.config.clone()?;
        for key in keys {
            // The last of equal keys counts.
            let entries: Map<Raw> = serde_json::from_str(value.get()).ok()?;
            let (_, found) = entries.0.into_iter().rev().find(|(own, _)| own == key)?;
            value = found.0?;
        }
        Some(setting(&value))
    }
}

fn setting(value: &RawValue) -> Setting {
    match scalar(value) {
        Setting::Other if value.get().starts_with('[') => {
            let items: List<Raw> = serde_json::from_str(value.get()).unwrap_or_default();
            Setting::List(items.0.iter().filter_map(|item| item.0.as_deref()).map(scalar).collect())
        }
        scalar => scalar,
    }
}

fn scalar(value: &RawValue) -> Setting {
    match value.get() {
        "true" => Setting::Flag(true),
        "false" => Setting::Flag(false),
        text if text.starts_with('"') => serde_json::from_str(text).map_or(Setting::Other, Setting::Text),
        _ => Setting::Other,
    }
}

/// Reads the settings of the nodes, which are given in the order of their numbers.
pub(super) fn each(project: &Project, wanted: &[NodeIx], take: &mut dyn FnMut(NodeIx, Settings)) -> Result<(), String> {
    let mut diagnostics = Vec::new();
    for (which, artifact) in project.manifests.iter().enumerate() {
        let places = node_extents(project, which, wanted);
        read_each(artifact, &places, &mut diagnostics, read, |at, json: SettingsJson| {
            // `package://models/schema.yml`
            let properties = json.properties.given().map(|path| match path.split_once("://") {
                Some((_, path)) => path.replace('\\', "/"),
                None => path,
            });
            take(wanted[at], Settings { config: json.config.0, properties });
        });
    }
    diagnostics.first().map_or(Ok(()), |said| Err(format!("{}: {}", said.file, said.message)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(config: &str, path: &str) -> Option<Setting> {
        let config = serde_json::value::RawValue::from_string(config.to_owned()).expect("JSON");
        let settings = Settings { config: Some(config), properties: None };
        settings.get(&path.split('.').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_setting_is_found_below_its_keys() {
        let config = r#"{"a": {"b": ["x", true, [1]], "b\u0062": "y"}, "c": 1, "c": null}"#;
        let list = vec![Setting::Text("x".into()), Setting::Flag(true), Setting::Other];
        assert_eq!(get(config, "a.b"), Some(Setting::List(list)));
        assert_eq!(get(config, "a.bb"), Some(Setting::Text("y".into())));
        assert_eq!(get(config, "a"), Some(Setting::Other));
        assert_eq!(get(config, "c"), Some(Setting::Other));
        assert_eq!(get(config, "a.b.c"), None);
        assert_eq!(get(config, "d"), None);
    }

    #[test]
    fn a_deep_nest_costs_no_stack() {
        let deep = format!("{{\"a\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(get(&deep, "a"), Some(Setting::List(vec![Setting::Other])));
        let maps = format!("{}1{}", "{\"a\":".repeat(50_000), "}".repeat(50_000));
        assert_eq!(get(&maps, "a.a.a"), Some(Setting::Other));
    }
}
