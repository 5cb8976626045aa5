//! Next-step models of text and of music: from a file to a trained model, and from it to more of the same.
//!
//! Text and music are one thing here: sequences of tokens, each predicted from those before it by an embedding, recurrent
//! layers and a softmax. Here live what is asked for ([`NextRecipe`]), a prepared file ([`NextData`]), what comes of training
//! ([`NextModel`]), what it scores ([`NextEvaluation`]) and what it makes ([`Generator`], with a [`Sampler`]). Here do not
//! live the tokens themselves, which are those of `tidegate-data`, or the training loop.

mod corpus;
mod data;
mod evaluation;
mod generator;
mod model;
mod recipe;
mod sampler;

pub use corpus::{Corpus, TokenKind};
pub use data::NextData;
pub use evaluation::{MeasuredTokens, NextEvaluation};
pub use generator::Generator;
pub use model::{Material, NextModel, NextPlan, TextPart};
pub use recipe::NextRecipe;
pub use sampler::{Sampler, Sampling};
