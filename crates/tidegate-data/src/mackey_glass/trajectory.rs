//! The Mackey-Glass equation, integrated.

use std::collections::VecDeque;

/// Steps of integration in one unit of time.
const STEPS: f64 = 10.0;

const BETA: f64 = 0.2;
const GAMMA: f64 = 0.1;

/// The solution of dx/dt = β x(t − τ) / (1 + x(t − τ)¹⁰) − γ x(t) for a constant history, x(t) = x₀
/// for t ≤ 0.
///
/// Classical fourth-order Runge-Kutta with 10 steps a unit. The delayed value is interpolated from
/// the last τ units of the solution by cubic Hermite polynomials, which are of fourth order too.
pub(super) struct Trajectory {
    delay: f64,
    initial: f64,
    /// The knots from `oldest` on; the last one is the present.
    knots: VecDeque<Knot>,
    oldest: usize,
}

#[derive(Clone, Copy)]
struct Knot {
    value: f64,
    derivative: f64,
}

impl Trajectory {
    /// Starts at time 0. `tau` is at least 1.
    pub(super) fn new(tau: f64, initial: f64) -> Trajectory {
        let knot = Knot {
            value: initial,
            derivative: derivative(initial, initial),
        };
        Trajectory {
            delay: tau * STEPS,
            initial,
            knots: VecDeque::from([knot]),
            oldest: 0,
        }
    }

    /// Moves on by one unit of time and gives the value there.
    pub(super) fn advance(&mut self) -> f64 {
        let mut value = self.initial;
        for _ in 0..STEPS as usize {
            value = self.step();
        }
        value
    }

    fn step(&mut self) -> f64 {
        let present = self.knots.len() - 1;
        let Knot {
            value,
            derivative: slope_1,
        } = self.knots[present];
        let time = (self.oldest + present) as f64;
        let delayed_half = self.at(time + 0.5 - self.delay);
        let delayed_full = self.at(time + 1.0 - self.delay);

        let step = 1.0 / STEPS;
        let slope_2 = derivative(value + 0.5 * step * slope_1, delayed_half);
        let slope_3 = derivative(value + 0.5 * step * slope_2, delayed_half);
        let slope_4 = derivative(value + step * slope_3, delayed_full);
        let next = value + step / 6.0 * (slope_1 + 2.0 * slope_2 + 2.0 * slope_3 + slope_4);

        self.knots.push_back(Knot {
            value: next,
            derivative: derivative(next, delayed_full),
        });
        if self.knots.len() as f64 > self.delay + 2.0 {
            self.knots.pop_front();
            self.oldest += 1;
        }
        next
    }

    /// The solution at a past time, counted in steps of integration.
    fn at(&self, time: f64) -> f64 {
        if time <= 0.0 {
            return self.initial;
        }
        let left = time.floor();
        let index = left as usize - self.oldest;
        let from = self.knots[index];
        let u = time - left;
        if u == 0.0 {
            return from.value;
        }
        let to = self.knots[index + 1];
        let v = 1.0 - u;
        let step = 1.0 / STEPS;
        v * v * ((1.0 + 2.0 * u) * from.value + u * step * from.derivative)
            + u * u * ((1.0 + 2.0 * v) * to.value - v * step * to.derivative)
    }
}

/// The right-hand side. The tenth power is written out: `powi` may multiply in another order on
/// another machine.
fn derivative(value: f64, delayed: f64) -> f64 {
    let square = delayed * delayed;
    let fourth = square * square;
    BETA * delayed / (1.0 + fourth * fourth * square) - GAMMA * value
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value at time 0 and after each of `count` units.
    fn series(tau: f64, initial: f64, count: usize) -> Vec<f64> {
        let mut trajectory = Trajectory::new(tau, initial);
        std::iter::once(initial)
            .chain((0..count).map(|_| trajectory.advance()))
            .collect()
    }

    #[test]
    fn until_the_delay_has_passed_the_solution_is_the_exact_exponential() {
        // With a constant x(t − τ) = c the equation is linear: x(t) = A/γ + (c − A/γ) e^(−γt), A =
        // βc/(1 + c¹⁰).
        let c = 1.2f64;
        let limit = BETA * c / (1.0 + c.powi(10)) / GAMMA;
        for (time, value) in series(17.0, c, 17).into_iter().enumerate() {
            let exact = limit + (c - limit) * (-GAMMA * time as f64).exp();
            assert!(
                (value - exact).abs() < 1e-9,
                "at {time}: {value} against {exact}"
            );
        }
    }

    #[test]
    fn one_is_a_fixed_point() {
        assert!(
            series(17.0, 1.0, 100)
                .into_iter()
                .all(|value| (value - 1.0).abs() < 1e-12)
        );
    }

    /// An independent integration: 320 Euler steps a unit, extrapolated twice (Richardson) from 80
    /// and 160.
    fn reference(tau: usize, initial: f64, count: usize) -> Vec<f64> {
        let euler = |steps: usize| -> Vec<f64> {
            let mut values = vec![initial; tau * steps + 1];
            for _ in 0..count * steps {
                let (value, delayed) = (
                    values[values.len() - 1],
                    values[values.len() - 1 - tau * steps],
                );
                values.push(value + derivative(value, delayed) / steps as f64);
            }
            values[tau * steps..]
                .iter()
                .copied()
                .step_by(steps)
                .collect()
        };
        let (coarse, middle, fine) = (euler(80), euler(160), euler(320));
        (0..=count)
            .map(|at| (8.0 * fine[at] - 6.0 * middle[at] + coarse[at]) / 3.0)
            .collect()
    }

    #[test]
    fn the_solution_agrees_with_an_independent_integration() {
        for (time, (value, reference)) in series(17.0, 1.2, 100)
            .into_iter()
            .zip(reference(17, 1.2, 100))
            .enumerate()
        {
            assert!(
                (value - reference).abs() < 2e-5,
                "at {time}: {value} against {reference}"
            );
        }
    }

    #[test]
    fn a_delay_between_two_steps_lies_between_its_neighbours() {
        let at_50 = |tau| series(tau, 1.2, 50)[50];
        let (low, middle, high) = (at_50(17.0), at_50(17.05), at_50(17.1));
        assert!(
            (middle - (low + high) / 2.0).abs() < 1e-4,
            "{low} {middle} {high}"
        );
        assert!((low - high).abs() > 1e-4);
    }

    #[test]
    fn the_delay_line_does_not_grow() {
        for tau in [1.0, 1.03, 17.0] {
            let mut trajectory = Trajectory::new(tau, 1.2);
            for _ in 0..1_000 {
                assert!(trajectory.advance().is_finite());
            }
            assert!(trajectory.knots.len() as f64 <= tau * STEPS + 2.0);
        }
    }
}
