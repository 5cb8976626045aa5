//! How many trials are trained how long.

/// A round of the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Epochs that its trials have made at its end, at most.
    pub epochs: usize,
    /// Trials that make them.
    pub trials: usize,
}

/// Rounds of which each has one in `factor` of the trials of the one before it and `factor` times its epochs; in the last one
/// all epochs are made. The last round has at least one trial and fewer than `factor`, unless there are too few epochs for so
/// many rounds.
///
/// # Panics
/// If `factor` is below 2.
#[must_use]
pub fn rungs(trials: usize, epochs: usize, factor: usize) -> Vec<Rung> {
    assert!(factor >= 2, "a factor of {factor}");
    let most = trials.min(epochs).max(1).ilog(factor);
    let power = |exponent: u32| factor.pow(exponent);
    let rung = |level: u32| Rung {
        epochs: epochs.div_ceil(power(most - level)),
        trials: trials / power(level),
    };
    (0..=most).map(rung).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_goes_on_with_three_times_the_epochs() {
        let of = |trials, epochs, factor| -> Vec<(usize, usize)> {
            let rungs = rungs(trials, epochs, factor);
            rungs
                .iter()
                .map(|rung| (rung.trials, rung.epochs))
                .collect()
        };
        assert_eq!(of(27, 27, 3), [(27, 1), (9, 3), (3, 9), (1, 27)]);
        assert_eq!(of(16, 30, 3), [(16, 4), (5, 10), (1, 30)]);
        assert_eq!(of(16, 30, 2), [(16, 2), (8, 4), (4, 8), (2, 15), (1, 30)]);
        // Few trials, or few epochs: fewer rounds.
        assert_eq!(of(2, 30, 3), [(2, 30)]);
        assert_eq!(of(100, 4, 3), [(100, 2), (33, 4)]);
        assert_eq!(of(100, 1, 3), [(100, 1)]);
    }
}
