//! Colours that the colour-blind can tell apart, each with dashes and a marker of its own, so that they are told apart in
//! grey too.

/// How a series looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Look {
    pub(crate) colour: [u8; 3],
    /// Lengths of dash and gap in pixels, alternating; none for a solid line.
    pub(crate) dashes: &'static [f64],
    /// Plotly's name of the dashes.
    pub(crate) dash_name: &'static str,
    pub(crate) marker: Marker,
    /// Plotly's pattern of a bar.
    pub(crate) pattern: &'static str,
}

/// The form of a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
    Cross,
}

impl Marker {
    /// Plotly's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Marker::Circle => "circle",
            Marker::Square => "square",
            Marker::Triangle => "triangle-up",
            Marker::Diamond => "diamond",
            Marker::Cross => "x",
        }
    }
}

/// Okabe and Ito, "Color Universal Design", without black and yellow, which fail on a dark and on a light ground, and with
/// a grey.
const COLOURS: [[u8; 3]; 7] = [
    [0x00, 0x72, 0xb2],
    [0xd5, 0x5e, 0x00],
    [0x00, 0x9e, 0x73],
    [0xcc, 0x79, 0xa7],
    [0xe6, 0x9f, 0x00],
    [0x56, 0xb4, 0xe9],
    [0x8c, 0x8c, 0x8c],
];

/// Dashes, their name, marker and pattern.
type Style = (&'static [f64], &'static str, Marker, &'static str);

const STYLES: [Style; 7] = [
    (&[], "solid", Marker::Circle, ""),
    (&[9.0, 4.0], "dash", Marker::Square, "/"),
    (&[2.5, 3.5], "dot", Marker::Triangle, "x"),
    (&[9.0, 4.0, 2.5, 4.0], "dashdot", Marker::Diamond, "-"),
    (&[16.0, 5.0], "longdash", Marker::Cross, "\\"),
    (&[16.0, 4.0, 2.5, 4.0], "longdashdot", Marker::Circle, "."),
    (&[5.0, 2.5], "5px,2.5px", Marker::Square, "+"),
];

/// Numbers from which on the colours repeat, each with another style.
const COLOUR_COUNT: usize = COLOURS.len();

/// How far the styles of a colour lie apart.
const STYLE_STRIDE: usize = 3;

/// The look with this number, from 0. The number [`COLOUR_COUNT`] higher has the same colour and another style.
pub(crate) fn look(number: usize) -> Look {
    let colour = number % COLOUR_COUNT;
    let style = colour + number / COLOUR_COUNT * STYLE_STRIDE;
    let (dashes, dash_name, marker, pattern) = STYLES[style % STYLES.len()];
    Look {
        colour: COLOURS[colour],
        dashes,
        dash_name,
        marker,
        pattern,
    }
}

/// The look of the series, counted from 0, of one thing: the thing's colour, with other dashes and another marker each.
pub(crate) fn look_of_series(number: usize, series: usize) -> usize {
    number + series * COLOUR_COUNT
}

/// As a browser reads it.
pub(crate) fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_series_of_each_thing_look_different_in_the_colour_of_the_thing() {
        let looks: Vec<Look> = (0..3 * COLOUR_COUNT).map(look).collect();
        for (index, one) in looks.iter().enumerate() {
            for other in &looks[..index] {
                assert_ne!(one, other);
            }
        }
        assert_eq!(looks[1].colour, looks[look_of_series(1, 2)].colour);
    }
}
