//! The JSON schema of SARIF 2.1.0 as its committee published it. A crate of serde's world carries the file; it is fetched by
//! cargo and not built. Without it, the test that validates against it says that it did not run.

use crate::process;
use crate::workspace;
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;

const CARRIER: (&str, &str) = ("serde-sarif", "0.8.0");

/// The file, if it is there or can be had.
pub(super) fn file() -> Result<Option<PathBuf>> {
    let folder = workspace::target_folder()?.join(format!("tools/sarif-schema-{}", CARRIER.1));
    let manifest = folder.join("Cargo.toml");
    if !manifest.is_file() {
        fs::create_dir_all(folder.join("src")).with_context(|| format!("could not make {}", folder.display()))?;
        fs::write(folder.join("src/lib.rs"), "")?;
        let (name, version) = CARRIER;
        let text = format!(
            "[package]\nname = \"sarif-schema\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{name} = \"={version}\"\n\n[workspace]\n"
        );
        fs::write(&manifest, text)?;
    }
    let mut cargo = process::cargo();
    cargo.args(["metadata", "--quiet", "--format-version", "1", "--manifest-path"]).arg(&manifest);
    let metadata = match process::capture(&mut cargo) {
        Ok(metadata) => metadata,
        Err(error) => {
            println!("the schema of SARIF could not be fetched: {error:#}");
            return Ok(None);
        }
    };
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists packages")?;
    let carrier = packages.iter().find(|package| package["name"] == CARRIER.0);
    let schema = carrier.and_then(|package| package["manifest_path"].as_str()).map(PathBuf::from);
    Ok(schema.map(|manifest| manifest.with_file_name("src").join("schema.json")).filter(|schema| schema.is_file()))
}
