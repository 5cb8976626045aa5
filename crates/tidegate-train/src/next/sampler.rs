//! The choice of a token from the logits of all.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use crate::error::TrainError;

/// How tokens are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sampling {
    /// Logits are divided by it: below 1 what is likely becomes likelier, above 1 less so. At least 0; at 0 the likeliest
    /// token is taken, the first of several. Default: 1, which draws from the distribution that was learnt.
    pub temperature: f64,
    /// Only so many of the likeliest tokens are drawn from, 1 or more; of equally likely ones the first. Default: absent, for
    /// all.
    pub top_k: Option<usize>,
    /// Only the fewest likeliest tokens whose probabilities add up to at least this are drawn from (nucleus sampling, Holtzman
    /// et al. 2020, arXiv 1904.09751): above 0 and at most 1. It is applied after `top_k`, on the probabilities of those
    /// left. Default: absent, for all.
    pub top_p: Option<f64>,
    /// The same seed gives the same tokens. Default: 1.
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Sampling {
            temperature: 1.0,
            top_k: None,
            top_p: None,
            seed: 1,
        }
    }
}

impl Sampling {
    /// Checks every option.
    ///
    /// # Errors
    /// [`TrainError::Option`] names the option at fault.
    pub fn validate(&self) -> Result<(), TrainError> {
        let refuse = |option, reason| Err(TrainError::Option { option, reason });
        if !(self.temperature >= 0.0 && self.temperature.is_finite()) {
            let reason = format!("is {}, but must be at least 0 and finite", self.temperature);
            return refuse("temperature", reason);
        }
        if self.top_k == Some(0) {
            let reason = "is 0, but at least one token has to be left".to_owned();
            return refuse("top_k", reason);
        }
        match self.top_p {
            Some(share) if !(share > 0.0 && share <= 1.0) => {
                let reason = format!("is {share}, but must be above 0 and at most 1");
                refuse("top_p", reason)
            }
            _ => Ok(()),
        }
    }
}

/// Draws tokens, one after another.
#[derive(Clone, Debug)]
pub struct Sampler {
    sampling: Sampling,
    random: ChaCha8Rng,
    /// Tokens that may be drawn, and their shares of the probability, not divided by their sum.
    candidates: Vec<(u32, f64)>,
}

impl Sampler {
    /// A sampler at the beginning of its random numbers.
    ///
    /// # Errors
    /// Those of [`Sampling::validate`].
    pub fn new(sampling: Sampling) -> Result<Sampler, TrainError> {
        sampling.validate()?;
        Ok(Sampler {
            sampling,
            random: ChaCha8Rng::seed_from_u64(sampling.seed),
            candidates: Vec::new(),
        })
    }

    /// Draws one of the tokens that are allowed; none where no token is.
    pub fn draw(&mut self, logits: &[f32], allowed: impl Fn(u32) -> bool) -> Option<u32> {
        let candidates = &mut self.candidates;
        candidates.clear();
        let tokens = (0..).zip(logits).filter(|(token, _)| allowed(*token));
        candidates.extend(tokens.map(|(token, logit)| (token, f64::from(*logit))));
        // The first of the largest: a later one has to be larger.
        let best = candidates.iter().copied();
        let best = best.reduce(|best, one| if one.1 > best.1 { one } else { best })?;
        if self.sampling.temperature == 0.0 {
            return Some(best.0);
        }
        for (_, value) in candidates.iter_mut() {
            *value = ((*value - best.1) / self.sampling.temperature).exp();
        }
        self.keep_likeliest();
        let total: f64 = self.candidates.iter().map(|one| one.1).sum();
        let mut rest = self.uniform() * total;
        for &(token, share) in &self.candidates {
            if rest < share {
                return Some(token);
            }
            rest -= share;
        }
        // Rounding may leave a rest: it belongs to the last that can be drawn at all.
        let likely = self.candidates.iter().rfind(|one| one.1 > 0.0);
        likely.map(|one| one.0)
    }

    /// Leaves the candidates of `top_k` and `top_p`.
    fn keep_likeliest(&mut self) {
        let Sampling { top_k, top_p, .. } = self.sampling;
        if top_k.is_none() && top_p.is_none() {
            return;
        }
        // A stable sort: of equally likely ones the first come first.
        self.candidates
            .sort_by(|one, other| other.1.total_cmp(&one.1));
        self.candidates.truncate(top_k.unwrap_or(usize::MAX));
        if let Some(share) = top_p {
            let total: f64 = self.candidates.iter().map(|one| one.1).sum();
            let mut sum = 0.0;
            let enough = self.candidates.iter().position(|one| {
                sum += one.1;
                sum >= share * total
            });
            if let Some(last) = enough {
                self.candidates.truncate(last + 1);
            }
        }
    }

    /// Uniform on [0, 1): a multiple of 2⁻⁵³.
    fn uniform(&mut self) -> f64 {
        (self.random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests;
