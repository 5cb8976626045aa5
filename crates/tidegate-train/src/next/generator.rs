//! A model that goes on: token after token, each drawn from what it says of the next.

use tidegate_cells::State;
use tidegate_data::MusicToken;
use tidegate_model::{BatchInputs, ModelScratch};

use super::model::{Material, NextModel};
use super::sampler::{Sampler, Sampling};
use crate::error::TrainError;

/// A model under way. All that it remembers of what it has read is its recurrent state, so that a beginning of any length is
/// read in a time that grows with the length alone, and none is too long.
pub struct Generator<'a> {
    model: &'a NextModel,
    sampler: Sampler,
    state: State,
    scratch: ModelScratch,
    logits: Vec<f32>,
    last: u32,
}

impl<'a> Generator<'a> {
    /// A generator that has read the token before every beginning: see [`Material::beginning`].
    ///
    /// # Errors
    /// [`TrainError::Option`] for options of sampling out of range; [`TrainError::Model`] or
    /// [`TrainError::OutputsNotFinite`] where the model's weights are so large that a number on the way is not finite.
    pub fn new(model: &'a NextModel, sampling: Sampling) -> Result<Generator<'a>, TrainError> {
        let network = &model.model;
        let mut generator = Generator {
            model,
            sampler: Sampler::new(sampling)?,
            state: network.zero_state(1),
            scratch: network.step_scratch(1),
            logits: vec![0.0; network.configuration().outputs],
            last: 0,
        };
        generator.begin()?;
        Ok(generator)
    }

    /// Forgets all, and reads the token before a beginning.
    fn begin(&mut self) -> Result<(), TrainError> {
        self.state.reset();
        self.step(self.model.plan.material.beginning())
    }

    /// Reads tokens from a zero state in place of that: what is generated goes on from them. Without a token nothing changes.
    ///
    /// # Errors
    /// [`TrainError::Model`] names a token that the model does not have; [`TrainError::OutputsNotFinite`].
    pub fn read(&mut self, tokens: &[u32]) -> Result<(), TrainError> {
        if !tokens.is_empty() {
            self.state.reset();
        }
        tokens.iter().try_for_each(|token| self.step(*token))
    }

    /// The next token. Of music a token that cannot follow has no probability (see [`MusicToken::may_precede`]); where a
    /// piece ends, the next one begins from a zero state, as in training.
    ///
    /// # Errors
    /// [`TrainError::Model`] or [`TrainError::OutputsNotFinite`] where a number on the way is not finite.
    pub fn draw(&mut self) -> Result<u32, TrainError> {
        let is_music = matches!(self.model.plan.material, Material::Music { .. });
        let token = match MusicToken::of(self.last).filter(|_| is_music) {
            Some(last) => self.sampler.draw(&self.logits, |token| {
                MusicToken::of(token).is_some_and(|next| last.may_precede(next))
            }),
            None => self.sampler.draw(&self.logits, |_| true),
        };
        // Some token may always follow: of music the end of the step, unless a piece has just ended.
        let token = token.ok_or(TrainError::NothingFollows { last: self.last })?;
        if is_music && token == MusicToken::Piece.number() {
            self.begin()?;
        } else {
            self.step(token)?;
        }
        Ok(token)
    }

    fn step(&mut self, token: u32) -> Result<(), TrainError> {
        self.last = token;
        let inputs = BatchInputs::Tokens(&[token]);
        let network = &self.model.model;
        network.step(
            &inputs,
            &mut self.state,
            &mut self.scratch,
            &mut self.logits,
        )?;
        match self.logits.iter().all(|logit| logit.is_finite()) {
            true => Ok(()),
            false => Err(TrainError::OutputsNotFinite),
        }
    }
}

#[cfg(test)]
mod tests {
    use tidegate_data::{MusicOptions, generated_music};

    use super::*;
    use crate::next::{Corpus, NextRecipe};

    fn musical() -> NextModel {
        let mut recipe = NextRecipe {
            hidden_size: 8,
            embedding_size: 4,
            ..NextRecipe::default()
        };
        recipe.training.epochs = 1;
        let options = MusicOptions { pieces: 8, seed: 1 };
        let data = recipe
            .prepare(&Corpus::Music(generated_music(options).unwrap()))
            .unwrap();
        recipe.train(&data, None, &mut |_| {}, &|| false).unwrap().0
    }

    #[test]
    fn a_piece_begins_from_a_zero_state_whatever_came_before_it() {
        let model = musical();
        let fresh = Generator::new(&model, Sampling::default()).unwrap();
        let mut generator = Generator::new(&model, Sampling::default()).unwrap();
        let mut pieces = 0;
        for _ in 0..20_000 {
            if generator.draw().unwrap() == MusicToken::Piece.number() {
                assert_eq!(generator.state.hidden, fresh.state.hidden);
                assert_eq!(generator.logits, fresh.logits);
                pieces += 1;
            } else {
                assert_ne!(generator.state.hidden, fresh.state.hidden);
            }
        }
        assert!(pieces > 1, "{pieces} pieces");
    }

    #[test]
    fn weights_that_make_logits_overflow_are_an_error() {
        let mut model = musical();
        let mut parameters = model.model.parameters().to_vec();
        // The head comes last: weights [tokens, 8] and a bias for each token.
        let head = parameters.len() - 9 * MusicToken::COUNT;
        for (index, weight) in parameters[head..].iter_mut().enumerate() {
            *weight = if index % 2 == 0 { 3.4e38 } else { -3.4e38 };
        }
        model.model.set_parameters(&parameters).unwrap();
        let error = Generator::new(&model, Sampling::default())
            .and_then(|mut generator| (0..100).try_for_each(|_| generator.draw().map(|_| ())))
            .unwrap_err();
        assert!(matches!(error, TrainError::OutputsNotFinite), "{error}");
    }
}
