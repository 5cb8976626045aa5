//! The strokes that a drawing of a cell consists of.
//!
//! Whatever carries `data-part` is lit by the page's script: `update_gate` at this step, `previous hidden` at the step
//! before, `complement update_gate` for 1 − z, or `input`.

use maud::{Markup, html};

/// Half width and half height of a gate's box.
pub(super) const HALF_BOX: (i32, i32) = (32, 29);
/// Radius of an operator.
pub(super) const OPERATOR: i32 = 9;
/// Radius of what enters or leaves.
pub(super) const PORT: i32 = 18;

/// A symbol with its index.
pub(super) type Symbol = (&'static str, &'static str);

/// A way through points with an arrow at its end.
pub(super) fn arrow(part: &str, points: &[(i32, i32)]) -> Markup {
    let (tip, before) = match points {
        [.., before, tip] => (*tip, *before),
        _ => return html! {},
    };
    let (dx, dy) = ((tip.0 - before.0).signum(), (tip.1 - before.1).signum());
    let (x, y) = (tip.0 - 7 * dx, tip.1 - 7 * dy);
    let mut shortened = points.to_vec();
    if let Some(last) = shortened.last_mut() {
        *last = (tip.0 - 5 * dx, tip.1 - 5 * dy);
    }
    let (left, right) = ((x + 4 * dy, y - 4 * dx), (x - 4 * dy, y + 4 * dx));
    let head = format!(
        "M{} {}L{} {}L{} {}Z",
        tip.0, tip.1, left.0, left.1, right.0, right.1
    );
    html! {
        (line(part, &shortened))
        path class="head" data-part=(part) d=(head) {}
    }
}

/// A way through points. What crosses another way passes over it.
pub(super) fn line(part: &str, points: &[(i32, i32)]) -> Markup {
    let steps = points.iter().enumerate().map(|(index, (x, y))| {
        let command = if index == 0 { 'M' } else { 'L' };
        format!("{command}{x} {y}")
    });
    let way: String = steps.collect();
    html! {
        path class="under" d=(way) {}
        path class="wire" data-part=(part) d=(way) {}
    }
}

/// Where a way forks.
pub(super) fn fork(part: &str, (x, y): (i32, i32)) -> Markup {
    html! { circle class="fork" data-part=(part) cx=(x) cy=(y) r="3" {} }
}

/// A gate or candidate: its name on two lines, its symbol and its value.
pub(super) fn gate(part: &str, symbol: &str, name: [&str; 2], (x, y): (i32, i32)) -> Markup {
    let (half_width, half_height) = HALF_BOX;
    let (left, top) = (x - half_width, y - half_height);
    let (width, height) = (2 * half_width, 2 * half_height);
    html! {
        rect class="ground" x=(left) y=(top) width=(width) height=(height) rx="7" {}
        rect class="lamp" data-part=(part) x=(left) y=(top) width=(width) height=(height) rx="7" {}
        text class="name" x=(x) y=(y - 13) { (name[0]) }
        text class="name" x=(x) y=(y + 2) { (name[1]) }
        text class="value" x=(x) y=(y + 20) { (symbol) " " tspan data-value=(part) { "·" } }
    }
}

/// A round operator: ⊙, + or 1−.
pub(super) fn operator(sign: &str, (x, y): (i32, i32)) -> Markup {
    html! {
        circle class="ground operator" cx=(x) cy=(y) r=(OPERATOR) {}
        text class="sign" x=(x) y=(y + 5) { (sign) }
    }
}

/// A small box with a word: a product with weights, or an activation.
pub(super) fn word(word: &str, (x, y): (i32, i32), half_width: i32) -> Markup {
    html! {
        rect class="ground operator" x=(x - half_width) y=(y - 9) width=(2 * half_width) height="18" rx="4" {}
        text class="name" x=(x) y=(y + 4) { (word) }
    }
}

/// What enters or leaves.
pub(super) fn port(part: &str, (symbol, index): Symbol, (x, y): (i32, i32)) -> Markup {
    html! {
        circle class="ground" cx=(x) cy=(y) r=(PORT) {}
        circle class="lamp" data-part=(part) cx=(x) cy=(y) r=(PORT) {}
        text class="symbol" x=(x) y=(y + 4) { (symbol) tspan class="index" dy="4" { (index) } }
    }
}

/// The value of a part beside it, with what it is the value of.
pub(super) fn value(part: &str, of: &str, (x, y): (i32, i32), anchor: &str) -> Markup {
    html! {
        text class="value" x=(x) y=(y) text-anchor=(anchor) {
            @if !of.is_empty() { (of) " " }
            tspan data-value=(part) { "·" }
        }
    }
}

/// The whole drawing. Words say what is drawn to those who do not see it.
pub(super) fn frame(height: i32, words: &str, strokes: &Markup) -> Markup {
    html! {
        svg class="cell" viewBox=(format!("0 0 360 {height}")) role="img" aria-label=(words) { (strokes) }
    }
}
