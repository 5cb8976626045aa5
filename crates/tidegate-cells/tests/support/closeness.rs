//! Comparison of a computed tensor with the reference.

/// Differences found so far; `finish` fails the test with all of them.
pub(crate) struct Comparison {
    bound: f64,
    failures: Vec<String>,
}

impl Comparison {
    /// `bound` is relative to the largest magnitude in the expected tensor: single elements may come from cancellation
    /// and have no digits of their own to compare.
    pub(crate) fn new(bound: f64) -> Self {
        Comparison {
            bound,
            failures: Vec::new(),
        }
    }

    /// Notes a failure where `actual` and `expected` differ in length or by more than the bound anywhere.
    pub(crate) fn check(&mut self, what: &str, actual: &[f32], expected: &[f64]) {
        if actual.len() != expected.len() {
            self.fail(format!(
                "{what}: {} values, expected {}",
                actual.len(),
                expected.len()
            ));
            return;
        }
        let largest = expected
            .iter()
            .fold(0.0f64, |largest, value| largest.max(value.abs()));
        let differences = actual
            .iter()
            .zip(expected)
            .map(|(&actual, expected)| (f64::from(actual) - expected).abs());
        let off = differences
            .clone()
            .filter(|&difference| !within(difference, self.bound, largest))
            .count();
        if off == 0 {
            return;
        }
        let (index, difference) = differences
            .enumerate()
            .max_by(|(_, left), (_, right)| left.total_cmp(right))
            .expect("a failing tensor has values");
        self.fail(format!(
            "{what}: {off} of {} values are off; the worst is {} at {index}, expected {}: {difference:.2e} on a scale of \
             {largest:.2e} is {:.2e}, allowed {:.0e}",
            actual.len(),
            actual[index],
            expected[index],
            difference / largest,
            self.bound
        ));
    }

    /// Notes a failure in words.
    pub(crate) fn fail(&mut self, failure: String) {
        self.failures.push(failure);
    }

    /// Fails the test with everything that was noted.
    #[track_caller]
    pub(crate) fn finish(self, name: &str) {
        assert!(
            self.failures.is_empty(),
            "{name}:\n  {}",
            self.failures.join("\n  ")
        );
    }
}

/// False for a difference that is not a number, too.
fn within(difference: f64, bound: f64, largest: f64) -> bool {
    difference <= bound * largest
}
