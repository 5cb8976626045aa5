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

/// Okabe and Ito, "Color Universal Design", without black and yellow, which fail on a dark and on a light ground.
const LOOKS: [Look; 6] = [
    of([0x00, 0x72, 0xb2], &[], "solid", Marker::Circle, ""),
    of([0xd5, 0x5e, 0x00], &[9.0, 4.0], "dash", Marker::Square, "/"),
    of(
        [0x00, 0x9e, 0x73],
        &[2.5, 3.5],
        "dot",
        Marker::Triangle,
        "x",
    ),
    of(
        [0xcc, 0x79, 0xa7],
        &[9.0, 4.0, 2.5, 4.0],
        "dashdot",
        Marker::Diamond,
        "-",
    ),
    of(
        [0xe6, 0x9f, 0x00],
        &[16.0, 5.0],
        "longdash",
        Marker::Cross,
        "\\",
    ),
    of(
        [0x56, 0xb4, 0xe9],
        &[16.0, 4.0, 2.5, 4.0],
        "longdashdot",
        Marker::Circle,
        ".",
    ),
];

const fn of(
    colour: [u8; 3],
    dashes: &'static [f64],
    dash_name: &'static str,
    marker: Marker,
    pattern: &'static str,
) -> Look {
    Look {
        colour,
        dashes,
        dash_name,
        marker,
        pattern,
    }
}

/// The look with this number, from 0; they repeat.
pub(crate) fn look(number: usize) -> Look {
    LOOKS[number % LOOKS.len()]
}

/// As a browser reads it.
pub(crate) fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
