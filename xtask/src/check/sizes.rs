//! What a visitor downloads, compressed as static hosts do it (brotli), against the budgets and the checked-in sizes.

use crate::build::{self, Quality};
use crate::dist;
use crate::steps::Outcome;
use crate::workspace;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SizePolicy {
    Compare,
    /// Write the present sizes to the file, if they are within the budgets.
    Bless,
}

/// Bytes by part: a map so that the file is sorted and can be read without knowing the parts.
type Sizes = BTreeMap<String, u64>;

const FILE: &str = "sizes.json";
/// Bytes. The design, section 7, allows the page 250 kB and the worker 700 kB. Both are over that since the checks, the
/// windows, the meeting and the sheets came; these are where they stand, until they are smaller.
const BUDGETS: [(&str, u64); 3] = [("ui", 283_000), ("worker", 1_100_000), ("extras", 700_000)];
/// How much a part may grow without anybody deciding it, in percent.
const TOLERANCE: u64 = 5;

pub(super) fn check(policy: SizePolicy) -> Result<Outcome> {
    let now = measure(&build::build(Quality::Release)?)?;
    for (part, budget) in BUDGETS {
        println!("{part:>8} {:>7} of {budget} bytes", now[part]);
    }
    let path = workspace::root().join(FILE);
    let mut problems = over_budget(&now);
    if policy == SizePolicy::Compare {
        problems.extend(grown(&now, &read(&path)?));
    }
    if !problems.is_empty() {
        bail!("{}", problems.join("\n"));
    }
    if policy == SizePolicy::Bless {
        fs::write(&path, serde_json::to_string_pretty(&now)? + "\n")
            .with_context(|| format!("could not write {}", path.display()))?;
    }
    Ok(Outcome::Done)
}

fn over_budget(now: &Sizes) -> Vec<String> {
    let over = BUDGETS.iter().filter(|(part, budget)| now[*part] > *budget);
    over.map(|(part, budget)| format!("{part}: {} bytes, over its budget of {budget}; make it smaller", now[*part]))
        .collect()
}

fn grown(now: &Sizes, accepted: &Sizes) -> Vec<String> {
    let decide = "make it smaller, or accept it with `cargo xtask check --bless-sizes` and say why in the commit";
    let problem = |(part, now): (&String, &u64)| match accepted.get(part) {
        None => Some(format!("{part}: {now} bytes, and {FILE} has no accepted size for it; {decide}")),
        Some(accepted) if now * 100 > accepted * (100 + TOLERANCE) => {
            Some(format!("{part}: {now} bytes, more than {TOLERANCE} % over the {accepted} in {FILE}; {decide}"))
        }
        Some(_) => None,
    };
    now.iter().filter_map(problem).collect()
}

fn read(path: &Path) -> Result<Sizes> {
    let text = fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not a list of sizes", path.display()))
}

/// The worker's folder is the worker, and what it fetches only when it needs it; all other code and markup is the page. What `public/` holds is not counted.
fn measure(dist: &Path) -> Result<Sizes> {
    let mut sizes: Sizes = BUDGETS.iter().map(|(part, _)| ((*part).to_owned(), 0)).collect();
    for path in dist::files(dist)? {
        let name = path.strip_prefix(dist).unwrap_or(&path).to_string_lossy().into_owned();
        if let Some(part) = part(&name) {
            *sizes.entry(part.to_owned()).or_default() += compressed_size(&path)?;
        }
    }
    Ok(sizes)
}

fn part(name: &str) -> Option<&'static str> {
    let counted = [".html", ".js", ".css", ".wasm"].iter().any(|ending| name.ends_with(ending));
    match name.split_once('/') {
        _ if !counted => None,
        None | Some(("snippets", _)) => Some("ui"),
        Some((folder, "extras.js" | "extras_bg.wasm")) if folder.starts_with("worker-") => Some("extras"),
        Some((folder, _)) if folder.starts_with("worker-") => Some("worker"),
        Some(_) => None,
    }
}

fn compressed_size(path: &Path) -> Result<u64> {
    let bytes = fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut compressed, &brotli::enc::BrotliEncoderParams::default())
        .with_context(|| format!("could not compress {}", path.display()))?;
    Ok(compressed.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(ui: u64, worker: u64) -> Sizes {
        [("ui".to_owned(), ui), ("worker".to_owned(), worker), ("extras".to_owned(), 0)].into()
    }

    #[test]
    fn growth_beyond_five_percent_is_a_problem() {
        assert!(grown(&sizes(105, 10), &sizes(100, 100)).is_empty());
        let problems = grown(&sizes(106, 100), &sizes(100, 100));
        assert!(matches!(problems.as_slice(), [one] if one.starts_with("ui: 106 bytes, more than 5 % over the 100")));
        assert_eq!(grown(&sizes(1, 1), &Sizes::new()).len(), 3);
    }

    #[test]
    fn the_budget_is_the_last_allowed_size() {
        let [(_, ui), (_, worker), _] = BUDGETS;
        assert!(over_budget(&sizes(ui, worker)).is_empty());
        assert_eq!(over_budget(&sizes(ui + 1, worker + 1)).len(), 2);
    }

    #[test]
    fn each_file_counts_for_the_part_that_loads_it() {
        assert_eq!(part("index.html"), Some("ui"));
        assert_eq!(part("ui-1f_bg.wasm"), Some("ui"));
        assert_eq!(part("snippets/gloo/inline.js"), Some("ui"));
        assert_eq!(part("worker-1f/worker_bg.wasm"), Some("worker"));
        assert_eq!(part("worker-1f/snippets/a.js"), Some("worker"));
        assert_eq!(part("worker-1f/extras_bg.wasm"), Some("extras"));
        assert_eq!(part("example/manifest.json"), None);
        assert_eq!(part("example/page.html"), None);
        assert_eq!(part("icon.svg"), None);
    }
}
