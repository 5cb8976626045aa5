//! An axis: what is measured, in which unit, and on which scale.

use tidegate_data::TimePrecision;

/// How an axis places its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences are equally far apart.
    Linear,
    /// The same for what is counted: marked at whole numbers only.
    Whole,
    /// The same for times, microseconds since 1970, marked at round dates and times; written as precisely as it says.
    Time(TimePrecision),
    /// Equal ratios are equally far apart; marked at powers of two.
    Log2,
    /// Equal ratios are equally far apart; marked at powers of ten.
    Log10,
}

/// An axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What is measured.
    pub title: String,
    /// In which unit.
    pub unit: Option<String>,
    /// Where the values stand.
    pub scale: Scale,
}

impl Axis {
    /// An axis without a unit.
    #[must_use]
    pub fn new(title: impl Into<String>, scale: Scale) -> Axis {
        Axis {
            title: title.into(),
            unit: None,
            scale,
        }
    }

    /// With a unit.
    #[must_use]
    pub fn in_unit(mut self, unit: impl Into<String>) -> Axis {
        self.unit = Some(unit.into());
        self
    }

    /// Title with unit.
    pub(crate) fn label(&self) -> String {
        match &self.unit {
            Some(unit) => format!("{} ({unit})", self.title),
            None => self.title.clone(),
        }
    }

    /// Whether it has a place for a value.
    pub(crate) fn holds(&self, value: f64) -> bool {
        value.is_finite() && (!self.scale.is_logarithmic() || value > 0.0)
    }

    /// Whether it has a place for both ends of an interval.
    pub(crate) fn holds_all(&self, [low, high]: [f64; 2]) -> bool {
        self.holds(low) && self.holds(high)
    }
}

impl Scale {
    /// Whether equal ratios are equally far apart.
    pub(crate) fn is_logarithmic(self) -> bool {
        matches!(self, Scale::Log2 | Scale::Log10)
    }

    /// A value's place, up to a shift and a stretch.
    pub(crate) fn place(self, value: f64) -> f64 {
        match self {
            Scale::Linear | Scale::Whole | Scale::Time(_) => value,
            Scale::Log2 => value.log2(),
            Scale::Log10 => value.log10(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logarithmic_axis_has_no_place_for_zero() {
        let axis = Axis::new("loss", Scale::Log10);
        assert!(axis.holds_all([0.5, 2.0]));
        for interval in [[-1.0, 2.0], [0.0, 2.0], [0.5, f64::NAN]] {
            assert!(!axis.holds_all(interval), "{interval:?}");
        }
        assert!(Axis::new("loss", Scale::Linear).holds_all([-1.0, 2.0]));
    }
}
