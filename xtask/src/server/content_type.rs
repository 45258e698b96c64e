//! Which content type a file is served with. Browsers refuse a module or a WebAssembly file under the wrong one.

use std::path::Path;

const TYPES: [(&str, &str); 14] = [
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("css", "text/css; charset=utf-8"),
    ("json", "application/json"),
    ("webmanifest", "application/manifest+json"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("ico", "image/x-icon"),
    ("woff2", "font/woff2"),
    ("txt", "text/plain; charset=utf-8"),
    ("sql", "text/plain; charset=utf-8"),
    ("md", "text/markdown; charset=utf-8"),
];

pub(crate) fn of(path: &Path) -> &'static str {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let known = TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension));
    known.map_or("application/octet-stream", |(_, content_type)| content_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_decides() {
        assert_eq!(of(Path::new("ui-1f_bg.wasm")), "application/wasm");
        assert_eq!(of(Path::new("boot/start.js")), "text/javascript; charset=utf-8");
        assert_eq!(of(Path::new("INDEX.HTML")), "text/html; charset=utf-8");
        assert_eq!(of(Path::new("example/manifest.json.gz")), "application/octet-stream");
        assert_eq!(of(Path::new("LICENSE")), "application/octet-stream");
    }
}
