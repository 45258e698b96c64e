//! Text is readable in both themes: the design tokens are held to WCAG AA.
#![cfg(target_arch = "wasm32")]

use std::collections::BTreeMap;

use foreshock_core::outcome::OUTCOMES;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const TOKENS: &str = include_str!("../style/tokens.css");
/// For text of normal size.
const LEAST: f64 = 4.5;

#[wasm_bindgen_test]
fn text_has_enough_contrast_in_both_themes() {
    let tokens = tokens();
    let mut pairs: Vec<(String, String)> = Vec::new();
    for ink in ["ink", "ink-2", "ink-3", "changes"] {
        for ground in ["bg", "panel", "hover"] {
            pairs.push((ink.to_owned(), ground.to_owned()));
        }
    }
    pairs.push(("ink".to_owned(), "chosen".to_owned()));
    pairs.push(("ink-3".to_owned(), "chosen".to_owned()));
    for face in &OUTCOMES {
        pairs.push((face.word.to_owned(), format!("{}-bg", face.word)));
        pairs.push((face.word.to_owned(), "panel".to_owned()));
        // Pressed chips and the verdict: the panel's colour on the outcome's.
        pairs.push(("panel".to_owned(), face.word.to_owned()));
        // The code of a marked line.
        pairs.push(("ink".to_owned(), format!("{}-bg", face.word)));
    }
    let poor: Vec<String> = pairs
        .iter()
        .flat_map(|(ink, ground)| {
            let (ink_of, ground_of) = (&tokens[ink.as_str()], &tokens[ground.as_str()]);
            [("light", contrast(ink_of.0, ground_of.0)), ("dark", contrast(ink_of.1, ground_of.1))]
                .into_iter()
                .filter(|(_, contrast)| *contrast < LEAST)
                .map(move |(theme, contrast)| format!("{ink} on {ground}, {theme}: {contrast:.2}"))
        })
        .collect();
    assert!(poor.is_empty(), "{}", poor.join("\n"));
}

type Rgb = [u8; 3];

/// `--name: light-dark(#rrggbb, #rrggbb);`
fn tokens() -> BTreeMap<&'static str, (Rgb, Rgb)> {
    TOKENS
        .lines()
        .filter_map(|line| {
            let (name, value) = line.trim().strip_prefix("--")?.split_once(": light-dark(#")?;
            let (light, dark) = value.trim_end_matches(");").split_once(", #")?;
            Some((name, (rgb(light)?, rgb(dark)?)))
        })
        .collect()
}

fn rgb(hex: &str) -> Option<Rgb> {
    let part = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

fn contrast(a: Rgb, b: Rgb) -> f64 {
    let luminance = |colour: Rgb| {
        let linear = colour.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}
