//! The table that turns tokens into features.

use tidegate_cells::Batch;

use crate::error::ModelError;

/// The rows of a table `[vocabulary, size]`, one per token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Embedding {
    pub(crate) vocabulary: usize,
    pub(crate) size: usize,
}

impl Embedding {
    /// Checks every token that lies before its sequence's end; what stands past it is never read.
    /// `tokens` is `[steps, batch]` and `batch` valid.
    pub(crate) fn check(self, batch: &Batch, tokens: &[u32]) -> Result<(), ModelError> {
        for (step, tokens) in tokens.chunks_exact(batch.batch.max(1)).enumerate() {
            for (row, &token) in tokens.iter().enumerate() {
                if token as usize >= self.vocabulary && step < batch.length(row) {
                    return Err(ModelError::Token {
                        row,
                        step,
                        token,
                        vocabulary: self.vocabulary,
                    });
                }
            }
        }
        Ok(())
    }

    /// Writes the features `[steps, batch, size]` of checked tokens; zeros past a sequence's end.
    pub(crate) fn look_up(
        self,
        weight: &[f32],
        batch: &Batch,
        tokens: &[u32],
        features: &mut [f32],
    ) {
        let mut features = features.chunks_exact_mut(self.size);
        for (step, tokens) in tokens.chunks_exact(batch.batch.max(1)).enumerate() {
            for ((row, token), features) in tokens.iter().enumerate().zip(&mut features) {
                if step < batch.length(row) {
                    let start = *token as usize * self.size;
                    features.copy_from_slice(&weight[start..start + self.size]);
                } else {
                    features.fill(0.0);
                }
            }
        }
    }

    /// Adds the gradient of the features to that of the tokens' rows, in the order of steps and sequences.
    pub(crate) fn add_gradient(
        self,
        batch: &Batch,
        tokens: &[u32],
        features: &[f32],
        weight_gradient: &mut [f32],
    ) {
        let mut features = features.chunks_exact(self.size);
        for (step, tokens) in tokens.chunks_exact(batch.batch.max(1)).enumerate() {
            for ((row, token), features) in tokens.iter().enumerate().zip(&mut features) {
                if step < batch.length(row) {
                    let start = *token as usize * self.size;
                    let sums = weight_gradient[start..start + self.size].iter_mut();
                    sums.zip(features)
                        .for_each(|(sum, gradient)| *sum += gradient);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Embedding = Embedding {
        vocabulary: 3,
        size: 2,
    };

    #[test]
    fn tokens_become_their_rows_and_padding_becomes_zeros() {
        let weight = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let batch = Batch::ragged(2, &[2, 1]);
        let tokens = [2, 0, 1, 99];
        assert!(
            TABLE.check(&batch, &tokens).is_ok(),
            "a token past the end is not read"
        );
        let mut features = vec![7.0; 8];
        TABLE.look_up(&weight, &batch, &tokens, &mut features);
        assert_eq!(features, [5.0, 6.0, 1.0, 2.0, 3.0, 4.0, 0.0, 0.0]);
    }

    #[test]
    fn gradients_of_a_repeated_token_add_up() {
        let batch = Batch::ragged(2, &[2, 1]);
        let mut gradient = vec![1.0; 6];
        TABLE.add_gradient(
            &batch,
            &[1, 0, 1, 99],
            &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
            &mut gradient,
        );
        assert_eq!(gradient, [4.0, 5.0, 7.0, 9.0, 1.0, 1.0]);
    }

    #[test]
    fn a_token_outside_of_the_vocabulary_is_named() {
        let error = TABLE.check(&Batch::full(2, 2), &[0, 1, 2, 3]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "sequence 1, step 1: token 3 is outside of the vocabulary of 3 (0 to 2)"
        );
    }
}
