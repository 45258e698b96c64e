//! The picture as a file: PNG as the canvas paints it, SVG for those who go on drawing.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement, Url};

use super::board::Board;
use super::camera::Camera;
use super::paint::Frame;
use super::palette::Palette;
use super::pen::FittedTexts;
use super::pixels;
use crate::protocol::{Card, CardFace};
use crate::ui::browser::{self, number};
use crate::ui::page::Page;
use crate::ui::words;

const MARGIN: f64 = 24.0;
/// As many pixels a side as every browser paints.
const MOST_PIXELS: f64 = 8_192.0;

pub(super) fn png(page: Page, board: Board) {
    if painted(page, board).is_none() {
        page.alert(words::NO_DOCUMENT.to_owned());
    }
}

fn painted(page: Page, board: Board) -> Option<()> {
    let picture = board.picture.get_untracked()?;
    let (width, height) = (picture.width + 2.0 * MARGIN, picture.height + 2.0 * MARGIN);
    let density = (MOST_PIXELS / width.max(height)).min(2.0);
    let canvas: HtmlCanvasElement = browser::document().create_element("canvas").ok()?.unchecked_into();
    canvas.set_width(pixels(width * density));
    canvas.set_height(pixels(height * density));
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    let palette = palette()?;
    let frame = Frame {
        picture: &picture,
        camera: Camera { x: MARGIN, y: MARGIN, zoom: 1.0 },
        screen: (width, height),
        density,
        palette: &palette,
        texts: &FittedTexts::default(),
        lit: &[],
        selected: None,
        hovered: None,
        path: &[],
    };
    frame.paint(&context);
    // Paper is not transparent.
    context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0).ok()?;
    context.set_global_composite_operation("destination-over").ok()?;
    context.set_fill_style_str(&palette.ground);
    context.fill_rect(0.0, 0.0, width * density, height * density);
    let save = Closure::once_into_js(move |blob: Option<Blob>| {
        let address = blob.and_then(|blob| Url::create_object_url_with_blob(&blob).ok());
        if address.is_none_or(|address| browser::save("lineage.png", address).is_err()) {
            page.alert(words::NO_DOCUMENT.to_owned());
        }
    });
    canvas.to_blob(save.unchecked_ref()).ok()
}

/// The tokens as the page has them now.
fn palette() -> Option<Palette> {
    let probe = browser::document().query_selector(".probe").ok()??;
    Some(Palette::read(probe.unchecked_ref::<HtmlElement>()))
}

pub(super) fn svg(page: Page, board: Board) {
    let written = board.picture.get_untracked().zip(palette()).map(|(picture, palette)| {
        let (width, height) = (number(picture.width + 2.0 * MARGIN), number(picture.height + 2.0 * MARGIN));
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"-{m} -{m} {width} {height}\" font-family=\"sans-serif\"><rect x=\"-{m}\" y=\"-{m}\" width=\"100%\" height=\"100%\" fill=\"{}\"/><g fill=\"none\">",
            palette.ground, m = number(MARGIN)
        );
        for link in &picture.links {
            let ends = picture.cards.get(link.from as usize).zip(picture.cards.get(link.to as usize));
            if let Some((from, to)) = ends {
                let from = (from.x + from.width, from.y + from.height / 2.0);
                link_as_svg(&mut out, from, (to.x, to.y + to.height / 2.0), &palette.ink_3);
            }
        }
        for link in &picture.column_links {
            let ends = picture.cards.get(link.from.0 as usize).zip(picture.cards.get(link.to.0 as usize));
            if let Some((from, to)) = ends {
                let from = (from.x + from.width, from.column_y(link.from.1));
                link_as_svg(&mut out, from, (to.x, to.column_y(link.to.1)), &palette.focus);
            }
        }
        out.push_str("</g>");
        for card in &picture.cards {
            card_as_svg(card, &palette, &mut out);
        }
        out + "</svg>\n"
    });
    if written.is_none_or(|text| browser::download("lineage.svg", &text).is_err()) {
        page.alert(words::NO_DOCUMENT.to_owned());
    }
}

/// A line from card to card, level at both ends.
fn link_as_svg(out: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64), ink: &str) {
    let middle = number(f64::midpoint(x1, x2));
    let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(number);
    out.push_str(&format!("<path d=\"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}\" stroke=\"{ink}\"/>"));
}

fn card_as_svg(card: &Card, palette: &Palette, out: &mut String) {
    let tone = card.face.outcome().map_or(&palette.changed, |outcome| palette.outcome(outcome));
    let [x, y, width, height] = [card.x, card.y, card.width, card.height].map(number);
    let (title, lines) = match &card.face {
        CardFace::Origin { name, kind, changes, .. } => {
            (name.clone(), std::iter::once(kind.face().one.to_owned()).chain(changes.iter().cloned()).collect())
        }
        CardFace::Node { label, outcome, reason, .. } => {
            (label.clone(), vec![format!("{} {}", outcome.glyph(), outcome.word()), reason.clone()])
        }
        CardFace::Stub { kind, count, folded, .. } => (words::stub(*kind, *count, *folded), Vec::new()),
    };
    out.push_str(&format!(
        "<g><title>{}</title><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"6\" fill=\"{}\" stroke=\"{}\"/>",
        escaped(&lines.join("\n")),
        palette.panel,
        tone.ink
    ));
    let mut line = |text: &str, at: f64, ink: &str, weight: &str| {
        let (x, y) = (number(card.x + 12.0), number(card.y + at));
        out.push_str(&format!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"12\" font-weight=\"{weight}\" fill=\"{ink}\">{}</text>",
            escaped(&words::shortened(text, 30))
        ));
    };
    line(&title, 20.0, &palette.ink, "600");
    let mut at = 38.0;
    for text in lines.iter().take_while(|_| card.height > 40.0) {
        line(text, at, &tone.ink, "400");
        at += 16.0;
        if at > card.fold() - card.y {
            break;
        }
    }
    for (row, column) in (0..).zip(&card.columns) {
        line(column, card.column_y(row) - card.y + 4.0, &palette.ink_2, "400");
    }
    out.push_str("</g>");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
