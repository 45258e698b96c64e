//! One frame of the picture.

use foreshock_core::outcome::{NodeKind, Outcome};
use web_sys::CanvasRenderingContext2d;

use super::camera::Camera;
use super::palette::{Palette, Tone};
use super::pen::{FittedTexts, Pen};
use crate::protocol::{Card, CardFace, Link, Picture};
use crate::ui::words;

/// Below this zoom a card shows its name only, and larger.
const LEGIBLE: f64 = 0.6;
/// The size of its type, which is readable at the smallest fit on a good screen.
const AFAR: f64 = 19.0;
const AFAR_FONT: &str = "19px";
/// Below this zoom a card is a patch of colour, and a link a straight line: there may be ten thousand of them on screen.
const FAR: f64 = 0.2;
const STRIPE: f64 = 4.0;
const PADDING: f64 = 10.0;
const RADIUS: f64 = 6.0;

pub(super) struct Frame<'a> {
    pub(super) picture: &'a Picture,
    pub(super) camera: Camera,
    /// In CSS pixels, and how many device pixels one has.
    pub(super) screen: (f64, f64),
    pub(super) density: f64,
    pub(super) palette: &'a Palette,
    pub(super) texts: &'a FittedTexts,
    /// For each card, whether the filter lets it through; empty where there is no filter.
    pub(super) lit: &'a [bool],
    pub(super) selected: Option<u32>,
    pub(super) hovered: Option<u32>,
    /// The cards from the change to the selected node.
    pub(super) path: &'a [u32],
}

impl Frame<'_> {
    pub(super) fn paint(&self, context: &CanvasRenderingContext2d) {
        let pen = Pen { context, texts: self.texts };
        let scale = self.camera.zoom * self.density;
        // A transform of finite numbers is never refused.
        let _finite = context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
        context.clear_rect(0.0, 0.0, self.screen.0 * self.density, self.screen.1 * self.density);
        let _finite =
            context.set_transform(scale, 0.0, 0.0, scale, self.camera.x * self.density, self.camera.y * self.density);
        context.set_text_baseline("middle");
        self.links(&pen);
        self.column_links(&pen);
        for (at, card) in (0..).zip(&self.picture.cards) {
            if self.camera.sees(card, self.screen) {
                context.set_global_alpha(if self.is_lit(at) { 1.0 } else { 0.32 });
                self.card(&pen, at, card);
            }
        }
        context.set_global_alpha(1.0);
    }

    fn is_lit(&self, card: u32) -> bool {
        self.lit.is_empty() || self.lit.get(card as usize).copied().unwrap_or(false) || self.path.contains(&card)
    }

    fn is_on_path(&self, link: Link) -> bool {
        self.path.windows(2).any(|step| step == [link.from, link.to])
    }

    fn links(&self, pen: &Pen<'_>) {
        let mut on_path = Vec::new();
        // All that no change reaches is one line of one colour.
        let (mut idle, is_far) = (false, self.camera.zoom < FAR);
        pen.context.begin_path();
        for link in self.picture.links.iter().filter(|_| is_far) {
            let (Some(from), Some(to)) =
                (self.picture.cards.get(link.from as usize), self.picture.cards.get(link.to as usize))
            else {
                continue;
            };
            if to.face.outcome().is_none() && self.may_cross(from, to) {
                pen.context.move_to(from.x + from.width, from.y + from.height / 2.0);
                pen.context.line_to(to.x, to.y + to.height / 2.0);
                idle = true;
            }
        }
        if idle {
            pen.context.set_global_alpha(0.25);
            pen.stroke(&self.palette.ink_3, 4.0);
        }
        for link in &self.picture.links {
            let (Some(from), Some(to)) =
                (self.picture.cards.get(link.from as usize), self.picture.cards.get(link.to as usize))
            else {
                continue;
            };
            if !self.may_cross(from, to) || (is_far && to.face.outcome().is_none()) {
                continue;
            }
            if self.is_on_path(*link) {
                on_path.push((from, to));
                continue;
            }
            let faint = !self.is_lit(link.from) || !self.is_lit(link.to);
            pen.context.set_global_alpha(if faint {
                0.12
            } else if self.path.is_empty() {
                0.6
            } else {
                0.3
            });
            curve(pen, right_of(from), left_of(to));
            pen.stroke(self.link_colour(to), 1.4);
        }
        pen.context.set_global_alpha(1.0);
        for (from, to) in on_path {
            curve(pen, right_of(from), left_of(to));
            pen.stroke(self.link_colour(to), 2.6);
        }
    }

    /// Whether any part of the link can be on screen.
    fn may_cross(&self, from: &Card, to: &Card) -> bool {
        let (left, top) = self.camera.to_screen(from.x.min(to.x), from.y.min(to.y));
        let (right, bottom) = self
            .camera
            .to_screen((from.x + from.width).max(to.x + to.width), (from.y + from.height).max(to.y + to.height));
        right >= 0.0 && bottom >= 0.0 && left <= self.screen.0 && top <= self.screen.1
    }

    fn link_colour(&self, to: &Card) -> &str {
        match to.face.outcome() {
            Some(Outcome::Safe | Outcome::Unknown) | None => &self.palette.ink_3,
            Some(outcome) => &self.palette.outcome(outcome).ink,
        }
    }

    fn card(&self, pen: &Pen<'_>, at: u32, card: &Card) {
        if let CardFace::Stub { kind, folded, count, outcomes, .. } = &card.face {
            self.stub(pen, at, card, (*kind, *count, *folded), outcomes);
            return;
        }
        let tone = self.tone(card);
        if self.camera.zoom < FAR {
            pen.context.set_fill_style_str(&tone.ink);
            pen.context.fill_rect(card.x, card.y, card.width, card.height);
            return;
        }
        pen.rounded(card.x, card.y, card.width, card.height, RADIUS);
        pen.fill(&self.palette.panel);
        let border = if self.hovered == Some(at) { &self.palette.ink_3 } else { &self.palette.line_strong };
        pen.stroke(border, 1.0);
        pen.context.save();
        pen.rounded(card.x, card.y, card.width, card.height, RADIUS);
        pen.context.clip();
        pen.context.set_fill_style_str(&tone.ink);
        pen.context.fill_rect(card.x, card.y, STRIPE, card.height);
        if self.camera.zoom < LEGIBLE {
            self.name_only(pen, at, card, tone);
        } else {
            match &card.face {
                CardFace::Origin { name, kind, changes, more, .. } => {
                    self.origin(pen, at, card, (name, *kind), changes, *more);
                }
                CardFace::Node { .. } => self.node(pen, at, card, tone),
                CardFace::Stub { .. } => {}
            }
        }
        if self.camera.zoom >= LEGIBLE && !card.columns.is_empty() {
            self.columns(pen, at, card);
        }
        pen.context.restore();
        if self.selected == Some(at) {
            pen.rounded(card.x - 3.0, card.y - 3.0, card.width + 6.0, card.height + 6.0, RADIUS + 3.0);
            pen.stroke(&self.palette.focus, 2.0);
        }
    }

    /// The names of the columns, below a line.
    fn columns(&self, pen: &Pen<'_>, at: u32, card: &Card) {
        pen.context.begin_path();
        pen.context.move_to(card.x, card.fold());
        pen.context.line_to(card.x + card.width, card.fold());
        pen.stroke(&self.palette.line_strong, 1.0);
        pen.font(&format!("11px {}", self.palette.mono), &self.palette.ink_2);
        for (row, column) in (0..).zip(&card.columns) {
            let line = u8::try_from(row + 20).unwrap_or(u8::MAX);
            let left = card.x + STRIPE + PADDING;
            pen.write_within((at, line), column, left, card.column_y(row), card.width - STRIPE - 2.0 * PADDING);
        }
    }

    /// From column to column, over the lines from card to card.
    fn column_links(&self, pen: &Pen<'_>) {
        let cards = &self.picture.cards;
        for link in &self.picture.column_links {
            let (Some(from), Some(to)) = (cards.get(link.from.0 as usize), cards.get(link.to.0 as usize)) else {
                continue;
            };
            if self.may_cross(from, to) {
                curve(pen, (from.x + from.width, from.column_y(link.from.1)), (to.x, to.column_y(link.to.1)));
                pen.stroke(&self.palette.focus, 1.2);
            }
        }
    }

    /// What neither changes nor is reached is only there.
    fn tone(&self, card: &Card) -> &Tone {
        match &card.face {
            CardFace::Origin { changes, .. } if changes.is_empty() => &self.palette.idle,
            CardFace::Origin { .. } => &self.palette.changed,
            face => face.outcome().map_or(&self.palette.changed, |outcome| self.palette.outcome(outcome)),
        }
    }

    /// From afar: the sign and the name, as large as they go; a long name on two lines.
    fn name_only(&self, pen: &Pen<'_>, at: u32, card: &Card, tone: &Tone) {
        let (name, glyph) = match &card.face {
            CardFace::Node { label, outcome, .. } => (label, outcome.glyph()),
            CardFace::Origin { name, changes, .. } => (name, if changes.is_empty() { "·" } else { "⇄" }),
            CardFace::Stub { .. } => return,
        };
        let middle = card.y + card.height / 2.0;
        let left = card.x + STRIPE + PADDING;
        pen.font(&format!("700 {AFAR_FONT} {}", self.palette.sans), &tone.ink);
        pen.write(glyph, left, middle);
        let left = left + pen.width(glyph) + 7.0;
        let room = card.x + card.width - PADDING / 2.0 - left;
        pen.font(&format!("600 {AFAR_FONT} {}", self.palette.sans), &self.palette.ink);
        match broken(name).filter(|_| pen.width(name) > room) {
            Some((first, second)) => {
                pen.write_within((at, 10), first, left, middle - AFAR * 0.58, room);
                pen.write_within((at, 11), second, left, middle + AFAR * 0.58, room);
            }
            None => pen.write_within((at, 10), name, left, middle, room),
        }
    }

    fn node(&self, pen: &Pen<'_>, at: u32, card: &Card, tone: &Tone) {
        let CardFace::Node { label, kind, detail, outcome, reason, tests, .. } = &card.face else { return };
        let x = card.x + STRIPE + PADDING;
        let right = card.x + card.width - PADDING;
        // People know models by their code name, and dashboards by their title.
        let is_dashboard = *kind == NodeKind::Exposure;
        let family = if is_dashboard { &self.palette.sans } else { &self.palette.mono };
        pen.font(&format!("600 12.5px {family}"), &self.palette.ink);
        pen.write_within((at, 0), label, x, card.y + 17.0, right - x);
        let chip = self.chip(pen, right, card.y + 37.0, outcome.glyph(), outcome.word(), tone);
        let word = kind.face().one;
        let what = match detail.as_str() {
            "" => word.to_owned(),
            detail if is_dashboard || detail == word => detail.to_owned(),
            detail => format!("{word} · {detail}"),
        };
        pen.font(&format!("11px {}", self.palette.sans), &self.palette.ink_3);
        pen.write_within((at, 1), &what, x, card.y + 37.0, right - x - chip - 6.0);
        if card.fold() - card.y < 60.0 {
            return;
        }
        pen.font(&format!("11.5px {}", self.palette.sans), &self.palette.ink_2);
        pen.write_on_two_lines((at, 2), reason, x, card.y + 58.0, (right - x, 15.0));
        if !tests.is_empty() {
            self.tests(pen, x, card.y + 92.0, tests);
        }
    }

    fn tests(&self, pen: &Pen<'_>, x: f64, y: f64, tests: &[(Outcome, usize)]) {
        pen.font(&format!("11px {}", self.palette.sans), &self.palette.ink_3);
        let label = NodeKind::Test.face().many;
        pen.write(label, x, y);
        let mut x = x + pen.width(label) + 8.0;
        for (outcome, count) in tests {
            let text = format!("{} {count}", outcome.glyph());
            pen.font(&format!("600 11px {}", self.palette.sans), &self.palette.outcome(*outcome).ink);
            pen.write(&text, x, y);
            x += pen.width(&text) + 9.0;
        }
    }

    fn origin(
        &self,
        pen: &Pen<'_>,
        at: u32,
        card: &Card,
        (name, kind): (&str, NodeKind),
        changes: &[String],
        more: usize,
    ) {
        let x = card.x + STRIPE + PADDING;
        let right = card.x + card.width - PADDING;
        pen.font(&format!("11px {}", self.palette.sans), &self.palette.ink_3);
        let word = kind.face().one;
        let taken = pen.width(word);
        pen.write(word, right - taken, card.y + 17.0);
        pen.font(&format!("600 12.5px {}", self.palette.mono), &self.palette.ink);
        pen.write_within((at, 0), name, x, card.y + 17.0, right - x - taken - 8.0);
        let last = (more > 0).then(|| format!("… {}", words::more(more)));
        let mut y = card.y + 37.0;
        for (line, text) in (1_u8..).zip(changes.iter().chain(last.as_ref())) {
            pen.font(&format!("11.5px {}", self.palette.mono), &self.palette.changed.ink);
            pen.write_within((at, line), text, x, y, right - x);
            y += 18.0;
        }
    }

    fn stub(
        &self,
        pen: &Pen<'_>,
        at: u32,
        card: &Card,
        (kind, count, folded): (NodeKind, usize, bool),
        outcomes: &[(Outcome, usize)],
    ) {
        pen.rounded(card.x, card.y, card.width, card.height, card.height / 2.0);
        pen.fill(&self.palette.ground);
        let dashes = js_sys::Array::of2(&4.0.into(), &3.0.into());
        // Two positive numbers are a valid pattern, and none is no pattern.
        let _valid = pen.context.set_line_dash(&dashes);
        pen.stroke(if self.hovered == Some(at) { &self.palette.ink_3 } else { &self.palette.line_strong }, 1.0);
        let _valid = pen.context.set_line_dash(&js_sys::Array::new());
        let tone = outcomes.first().map_or(&self.palette.changed, |(outcome, _)| self.palette.outcome(*outcome));
        let glyph = outcomes.first().filter(|_| folded).map_or("−", |(outcome, _)| outcome.glyph());
        let y = card.y + card.height / 2.0;
        let (line, size) = if self.camera.zoom < LEGIBLE { (10, AFAR_FONT) } else { (0, "12px") };
        pen.font(&format!("700 {size} {}", self.palette.sans), &tone.ink);
        pen.write(glyph, card.x + 14.0, y);
        let left = card.x + 14.0 + pen.width(glyph) + 7.0;
        pen.font(&format!("500 {size} {}", self.palette.sans), &self.palette.ink_2);
        pen.write_within((at, line), &words::stub(kind, count, folded), left, y, card.x + card.width - 12.0 - left);
    }

    /// A chip that ends at `right`; its width.
    fn chip(&self, pen: &Pen<'_>, right: f64, y: f64, glyph: &str, word: &str, tone: &Tone) -> f64 {
        let text = format!("{glyph} {word}");
        pen.font(&format!("600 11px {}", self.palette.sans), &tone.ink);
        let width = pen.width(&text) + 14.0;
        pen.rounded(right - width, y - 9.0, width, 18.0, 9.0);
        pen.fill(&tone.tint);
        pen.context.set_fill_style_str(&tone.ink);
        pen.write(&text, right - width + 7.0, y + 0.5);
        width
    }
}

fn right_of(card: &Card) -> (f64, f64) {
    (card.x + card.width, card.y + card.height / 2.0)
}

fn left_of(card: &Card) -> (f64, f64) {
    (card.x, card.y + card.height / 2.0)
}

/// From left to right, level at both ends.
fn curve(pen: &Pen<'_>, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    let bend = ((x2 - x1).abs() / 2.0).clamp(24.0, 160.0);
    pen.context.begin_path();
    pen.context.move_to(x1, y1);
    pen.context.bezier_curve_to(x1 + bend, y1, x2 - bend, y2, x2, y2);
}

/// A name in two parts of about the same length, cut where its words are.
fn broken(name: &str) -> Option<(&str, &str)> {
    let middle = name.len() / 2;
    let cuts =
        name.char_indices().filter(|(_, character)| matches!(character, '_' | ' ' | '-' | '.')).map(|(at, _)| at + 1);
    let cut = cuts.filter(|cut| *cut < name.len()).min_by_key(|cut| cut.abs_diff(middle))?;
    Some((name[..cut].trim_end(), &name[cut..]))
}
