//! Noise that lasts: what is high now is likely to be high in the next step.

use crate::random_stream::RandomStream;

/// A first-order autoregressive series, eₜ = φ eₜ₋₁ + √(1 − φ²) d uₜ, with mean 0 and deviation d.
#[derive(Debug)]
pub(crate) struct Noise {
    stream: RandomStream,
    persistence: f64,
    deviation: f64,
    value: f64,
}

impl Noise {
    pub(crate) fn new(stream: RandomStream, persistence: f64, deviation: f64) -> Noise {
        let mut noise = Noise {
            stream,
            persistence,
            deviation,
            value: 0.0,
        };
        noise.value = deviation * noise.nearly_normal();
        noise
    }

    pub(crate) fn next(&mut self) -> f64 {
        let value = self.value;
        let fresh = (1.0 - self.persistence * self.persistence).sqrt() * self.deviation;
        self.value = self.persistence * value + fresh * self.nearly_normal();
        value
    }

    /// Twelve uniform numbers have the variance 1 together, and their sum is nearly normal; no logarithm is taken, whose last
    /// bit would differ between machines.
    fn nearly_normal(&mut self) -> f64 {
        let sum: f64 = (0..12).map(|_| f64::from(self.stream.uniform())).sum();
        sum - 6.0
    }
}
