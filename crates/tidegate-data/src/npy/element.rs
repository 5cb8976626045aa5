//! What an array holds.

use jiff::civil::{Date, Time};

use crate::time_column::microseconds;

/// The type of an array's elements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Element {
    Boolean,
    /// Whole numbers of so many bytes: 1, 2, 4 or 8.
    Signed(usize),
    Unsigned(usize),
    /// Numbers of so many bytes: 2, 4 or 8.
    Float(usize),
    /// Texts of up to so many characters.
    Text {
        characters: usize,
    },
    /// Whole numbers of a unit since 1970; the least one stands for no time.
    Time(Unit),
}

/// The unit of times.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unit {
    Years,
    Months,
    /// Of so many microseconds.
    Microseconds(i64),
    Nanoseconds,
}

const SECOND: i64 = 1_000_000;
const DAY: i64 = 24 * 3600 * SECOND;

impl Element {
    /// From NumPy's notation, without the byte order; none where it is a type that is not read.
    pub(super) fn parse(kind: &str) -> Option<Element> {
        Some(match kind {
            "b1" => Element::Boolean,
            "i1" => Element::Signed(1),
            "i2" => Element::Signed(2),
            "i4" => Element::Signed(4),
            "i8" => Element::Signed(8),
            "u1" => Element::Unsigned(1),
            "u2" => Element::Unsigned(2),
            "u4" => Element::Unsigned(4),
            "u8" => Element::Unsigned(8),
            "f2" => Element::Float(2),
            "f4" => Element::Float(4),
            "f8" => Element::Float(8),
            "M8[Y]" => Element::Time(Unit::Years),
            "M8[M]" => Element::Time(Unit::Months),
            "M8[W]" => Element::Time(Unit::Microseconds(7 * DAY)),
            "M8[D]" => Element::Time(Unit::Microseconds(DAY)),
            "M8[h]" => Element::Time(Unit::Microseconds(3600 * SECOND)),
            "M8[m]" => Element::Time(Unit::Microseconds(60 * SECOND)),
            "M8[s]" => Element::Time(Unit::Microseconds(SECOND)),
            "M8[ms]" => Element::Time(Unit::Microseconds(1000)),
            "M8[us]" => Element::Time(Unit::Microseconds(1)),
            "M8[ns]" => Element::Time(Unit::Nanoseconds),
            _ => Element::Text {
                characters: kind.strip_prefix('U')?.parse().ok()?,
            },
        })
    }

    /// Bytes of one element; none where they are too many.
    pub(crate) fn bytes(self) -> Option<usize> {
        match self {
            Element::Boolean => Some(1),
            Element::Signed(bytes) | Element::Unsigned(bytes) | Element::Float(bytes) => {
                Some(bytes)
            }
            Element::Text { characters } => characters.checked_mul(4),
            Element::Time(_) => Some(8),
        }
    }
}

impl Unit {
    /// Whether it is of whole days.
    pub(crate) fn is_date(self) -> bool {
        match self {
            Unit::Years | Unit::Months => true,
            Unit::Microseconds(length) => length % DAY == 0,
            Unit::Nanoseconds => false,
        }
    }

    /// Microseconds since 1970; none where they are no whole number, or too many.
    pub(crate) fn microseconds(self, time: i64) -> Option<i64> {
        let first_of = |months: i64| {
            let year = i16::try_from(1970 + months.div_euclid(12)).ok()?;
            let month = i8::try_from(months.rem_euclid(12)).ok()? + 1;
            microseconds(
                Date::new(year, month, 1)
                    .ok()?
                    .to_datetime(Time::midnight()),
            )
        };
        match self {
            Unit::Years => first_of(time.checked_mul(12)?),
            Unit::Months => first_of(time),
            Unit::Microseconds(length) => time.checked_mul(length),
            Unit::Nanoseconds => (time % 1000 == 0).then_some(time / 1000),
        }
    }
}
