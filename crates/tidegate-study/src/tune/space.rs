//! Drawing settings from a space.

use tidegate_cells::mix;

/// Draws for a trial before the space counts as used up: those of trials before it may come again.
const MOST_DRAWS: u64 = 100;

/// What may be drawn for one setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Dimension {
    /// One of so many values, each with the same probability.
    Values(usize),
    /// A number between two ends, both of which belong to it where it is `whole`.
    Range {
        /// The lower end; above 0 for `log`.
        min: f64,
        /// The upper end.
        max: f64,
        /// Uniform in the logarithm.
        log: bool,
        /// Whole numbers only.
        whole: bool,
    },
}

/// What was drawn for one setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Draw {
    /// The value at this place, from 0.
    Value(usize),
    /// This number.
    Number(f64),
}

/// Settings of so many trials, one draw for each dimension, no two alike; fewer where the space does not hold so many. The
/// first ones are the same however many there are.
#[must_use]
pub fn draw(space: &[Dimension], trials: usize, seed: u64) -> Vec<Vec<Draw>> {
    let mut drawn: Vec<Vec<Draw>> = Vec::new();
    for trial in 0..trials as u64 {
        let new = (0..MOST_DRAWS)
            .map(|attempt| {
                let one = |(place, dimension): (u64, &Dimension)| {
                    let words = [trial, attempt, place];
                    let start = mix(seed);
                    dimension.at(words
                        .iter()
                        .fold(start, |state, word| mix(state ^ mix(*word))))
                };
                (0..).zip(space).map(one).collect::<Vec<Draw>>()
            })
            .find(|one| !drawn.contains(one));
        match new {
            Some(new) => drawn.push(new),
            None => break,
        }
    }
    drawn
}

impl Dimension {
    /// What a random word stands for.
    fn at(&self, word: u64) -> Draw {
        match *self {
            Dimension::Values(count) => {
                let place = (u128::from(word) * count as u128) >> 64;
                Draw::Value(place as usize)
            }
            Dimension::Range {
                min,
                max,
                log,
                whole,
            } => {
                let share = (word >> 11) as f64 / (1_u64 << 53) as f64;
                // Of whole numbers the last one takes as much room as the others.
                let end = if whole { max + 1.0 } else { max };
                let number = match log {
                    true => (min.ln() + share * (end.ln() - min.ln())).exp(),
                    false => min + share * (end - min),
                };
                let number = if whole { number.floor() } else { number };
                Draw::Number(number.clamp(min, max))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RATE: Dimension = Dimension::Range {
        min: 1e-4,
        max: 1e-2,
        log: true,
        whole: false,
    };

    #[test]
    fn the_same_seed_draws_the_same_trials_and_more_trials_leave_the_first_as_they_are() {
        let space = [Dimension::Values(5), RATE];
        let few = draw(&space, 6, 3);
        assert_eq!(few.len(), 6);
        assert_eq!(draw(&space, 20, 3)[..6], few);
        assert_ne!(draw(&space, 6, 4), few);
    }

    #[test]
    fn a_small_space_is_drawn_whole_and_nothing_twice() {
        let space = [Dimension::Values(3), Dimension::Values(2)];
        let drawn = draw(&space, 50, 1);
        assert_eq!(drawn.len(), 6);
    }

    #[test]
    fn half_of_a_logarithmic_range_lies_below_its_geometric_mean() {
        let drawn = draw(&[RATE], 4_000, 1);
        let below = drawn.iter().filter(|one| match one[0] {
            Draw::Number(number) => number < 1e-3,
            Draw::Value(_) => false,
        });
        // 2,000 expected, standard deviation 32.
        assert!(below.count().abs_diff(2_000) < 160);
    }

    #[test]
    fn every_whole_number_of_a_range_is_about_as_likely() {
        let dimension = Dimension::Range {
            min: 2.0,
            max: 4.0,
            log: false,
            whole: true,
        };
        let mut counts = [0; 3];
        for word in 0..3_000 {
            match dimension.at(mix(word)) {
                Draw::Number(number) => counts[number as usize - 2] += 1,
                Draw::Value(_) => panic!("a range has no values"),
            }
        }
        // 1,000 expected, standard deviation 26.
        assert!(counts.iter().all(|count: &i32| (count - 1_000).abs() < 130));
    }

    proptest! {
        #[test]
        fn numbers_stay_between_the_ends(
            word in any::<u64>(), min in 0.001f64..10.0, more in 0.0f64..100.0, log: bool, whole: bool,
        ) {
            let (min, max) = match whole {
                true => (min.ceil(), (min.ceil() + more).ceil()),
                false => (min, min + more),
            };
            match (Dimension::Range { min, max, log, whole }).at(word) {
                Draw::Number(number) => {
                    prop_assert!(min <= number && number <= max);
                    prop_assert!(!whole || number.fract() == 0.0);
                }
                Draw::Value(_) => prop_assert!(false),
            }
        }
    }
}
