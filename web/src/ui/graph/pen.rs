//! The canvas, a little closer to what a picture needs: rounded boxes, text that ends in "…" where it has to.

use std::cell::RefCell;
use std::collections::HashMap;

use web_sys::CanvasRenderingContext2d;

/// Text cut to a width, remembered: measuring is the dearest thing a canvas does.
#[derive(Default)]
pub(super) struct FittedTexts {
    fitted: RefCell<HashMap<(u32, u8), String>>,
}

impl FittedTexts {
    pub(super) fn forget(&self) {
        self.fitted.borrow_mut().clear();
    }

    /// The text of one place of one card, for the font that is set.
    fn of(&self, key: (u32, u8), fit: impl FnOnce() -> String) -> String {
        self.fitted.borrow_mut().entry(key).or_insert_with(fit).clone()
    }
}

pub(super) struct Pen<'a> {
    pub(super) context: &'a CanvasRenderingContext2d,
    pub(super) texts: &'a FittedTexts,
}

impl Pen<'_> {
    pub(super) fn fill(&self, colour: &str) {
        self.context.set_fill_style_str(colour);
        self.context.fill();
    }

    pub(super) fn stroke(&self, colour: &str, width: f64) {
        self.context.set_stroke_style_str(colour);
        self.context.set_line_width(width);
        self.context.stroke();
    }

    /// A path round a box. The radius fits, so `arc_to` cannot refuse it.
    pub(super) fn rounded(&self, x: f64, y: f64, width: f64, height: f64, radius: f64) {
        let radius = radius.min(width / 2.0).min(height / 2.0);
        let (right, bottom) = (x + width, y + height);
        let path = self.context;
        path.begin_path();
        path.move_to(x + radius, y);
        let _fits = path
            .arc_to(right, y, right, bottom, radius)
            .and_then(|()| path.arc_to(right, bottom, x, bottom, radius))
            .and_then(|()| path.arc_to(x, bottom, x, y, radius))
            .and_then(|()| path.arc_to(x, y, right, y, radius));
        path.close_path();
    }

    pub(super) fn font(&self, font: &str, colour: &str) {
        self.context.set_font(font);
        self.context.set_fill_style_str(colour);
    }

    pub(super) fn width(&self, text: &str) -> f64 {
        self.context.measure_text(text).map_or(0.0, |measure| measure.width())
    }

    pub(super) fn write(&self, text: &str, x: f64, y: f64) {
        // It only fails on numbers that are none.
        let _finite = self.context.fill_text(text, x, y);
    }

    /// Writes as much of a text as fits on a line; `key` is the card and the place on it.
    pub(super) fn write_within(&self, key: (u32, u8), text: &str, x: f64, y: f64, width: f64) {
        self.write(&self.texts.of(key, || fit(self.context, text, width)), x, y);
    }

    /// The same on two lines, the second this far below the first.
    pub(super) fn write_on_two_lines(&self, key: (u32, u8), text: &str, x: f64, y: f64, (width, below): (f64, f64)) {
        let fitted = self.texts.of(key, || fit_two(self.context, text, width));
        for (at, line) in (0_u8..).zip(fitted.lines()) {
            self.write(line, x, y + f64::from(at) * below);
        }
    }
}

/// As many words as fit on the first line, what remains cut to the second.
fn fit_two(context: &CanvasRenderingContext2d, text: &str, width: f64) -> String {
    let fits = |text: &str| context.measure_text(text).is_ok_and(|measure| measure.width() <= width);
    if fits(text) {
        return text.to_owned();
    }
    let ends = text.char_indices().filter(|(_, character)| *character == ' ').map(|(at, _)| at);
    match ends.take_while(|end| fits(&text[..*end])).last() {
        Some(end) => format!("{}\n{}", &text[..end], fit(context, text[end..].trim_start(), width)),
        None => fit(context, text, width),
    }
}

fn fit(context: &CanvasRenderingContext2d, text: &str, width: f64) -> String {
    let measure = |text: &str| context.measure_text(text).map_or(0.0, |measure| measure.width());
    if measure(text) <= width {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().take(400).collect();
    let cut = |length: usize| characters[..length].iter().collect::<String>().trim_end().to_owned() + "…";
    let (mut fits, mut too_long) = (0, characters.len());
    while fits + 1 < too_long {
        let middle = usize::midpoint(fits, too_long);
        if measure(&cut(middle)) <= width { fits = middle } else { too_long = middle }
    }
    cut(fits)
}
