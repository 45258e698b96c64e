//! Which part of the picture is on screen, and how large.

use crate::protocol::Card;

pub const SMALLEST: f64 = 0.01;
pub const LARGEST: f64 = 2.5;
/// Fitting never goes below this: a picture that is larger is entered at its upper left, where the changes are.
pub const SMALLEST_FIT: f64 = 0.35;
const LARGEST_FIT: f64 = 1.0;
const MARGIN: f64 = 28.0;
/// What the signs and buttons on the lower edge take of the height.
const FOOT: f64 = 56.0;
/// How much of the picture stays on screen, at least.
const KEPT: f64 = 96.0;

/// A point of the picture at `(px, py)` is on screen at `(px * zoom + x, py * zoom + y)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    pub x: f64,
    pub y: f64,
    pub zoom: f64,
}

impl Default for Camera {
    fn default() -> Self {
        Self { x: MARGIN, y: MARGIN, zoom: 1.0 }
    }
}

impl Camera {
    /// Shows all of a picture of this size, as large as it sensibly goes.
    pub fn fitting(picture: (f64, f64), screen: (f64, f64)) -> Self {
        let along =
            |picture: f64, screen: f64| if picture > 0.0 { (screen - 2.0 * MARGIN) / picture } else { LARGEST_FIT };
        let zoom = along(picture.0, screen.0).min(along(picture.1, screen.1)).clamp(SMALLEST_FIT, LARGEST_FIT);
        let centred = |picture: f64, screen: f64| ((screen - picture * zoom) / 2.0).max(MARGIN);
        Self { x: centred(picture.0, screen.0), y: centred(picture.1, screen.1), zoom }
    }

    /// Where the picture does not fit, its middle may be empty: looks at this card instead, as far as the picture goes.
    #[must_use]
    pub fn looking_at(self, card: &Card, picture: (f64, f64), screen: (f64, f64)) -> Self {
        // Not `clamp`: its panic brings the printing of floats with it, 8 kB of download.
        let along = |now: f64, low: f64, size: f64, picture: f64, screen: f64| {
            let least = screen - MARGIN - picture * self.zoom;
            if least >= MARGIN { now } else { (screen / 2.0 - (low + size / 2.0) * self.zoom).min(MARGIN).max(least) }
        };
        Self {
            x: along(self.x, card.x, card.width, picture.0, screen.0),
            y: along(self.y, card.y, card.height, picture.1, screen.1),
            ..self
        }
    }

    #[must_use]
    pub fn moved(self, dx: f64, dy: f64) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..self }
    }

    /// Zooms and keeps what is under this point of the screen where it is.
    #[must_use]
    pub fn zoomed(self, factor: f64, at: (f64, f64)) -> Self {
        let zoom = (self.zoom * factor).clamp(SMALLEST, LARGEST);
        let factor = zoom / self.zoom;
        Self { x: at.0 - (at.0 - self.x) * factor, y: at.1 - (at.1 - self.y) * factor, zoom }
    }

    /// Moved back as far as it takes to keep a part of a picture of this size on screen: nobody gets lost beside it.
    #[must_use]
    pub fn kept_on(self, picture: (f64, f64), screen: (f64, f64)) -> Self {
        let keep = |at: f64, picture: f64, screen: f64| {
            let (least, most) = (KEPT - picture * self.zoom, screen - KEPT);
            if least <= most { at.clamp(least, most) } else { at }
        };
        Self { x: keep(self.x, picture.0, screen.0), y: keep(self.y, picture.1, screen.1), ..self }
    }

    pub fn to_screen(self, x: f64, y: f64) -> (f64, f64) {
        (x * self.zoom + self.x, y * self.zoom + self.y)
    }

    pub fn sees(self, card: &Card, screen: (f64, f64)) -> bool {
        let (left, top) = self.to_screen(card.x, card.y);
        let (right, bottom) = self.to_screen(card.x + card.width, card.y + card.height);
        right >= 0.0 && bottom >= 0.0 && left <= screen.0 && top <= screen.1
    }

    /// The same zoom, moved as little as it takes to have the card wholly in sight.
    #[must_use]
    pub fn revealing(self, card: &Card, screen: (f64, f64)) -> Self {
        let (left, top) = self.to_screen(card.x, card.y);
        let shift = |low: f64, size: f64, screen: f64| {
            let high = low + size;
            if low < MARGIN {
                MARGIN - low
            } else if high > screen - MARGIN {
                (screen - MARGIN - high).max(MARGIN - low)
            } else {
                0.0
            }
        };
        // Above the signs and the buttons, which lie on the lower edge.
        let above = screen.1 - FOOT;
        self.moved(shift(left, card.width * self.zoom, screen.0), shift(top, card.height * self.zoom, above))
    }
}
