//! Training: losses, metrics, optimisers, the training loop and checkpoints.
//!
//! Here lives everything between a model with sequences and a trained model: [`train`] with its [`Training`] options,
//! the [`losses`], the [`metrics`] of forecasts and the [`baselines`] beside them, the [`Optimiser`]s, [`Schedule`]s and clipping, [`evaluate`], how far back a loss reaches
//! ([`state_gradient_norms`]), and the checkpoints by which a killed
//! run ends with the same bits as one that was left alone. It tells an observer what happens ([`Event`]) and prints
//! nothing. Here do not live models, readers of data or the comparison of cells.
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//!
//! use tidegate_cells::{Cell, Gru, Stack};
//! use tidegate_data::{AddingProblem, adding_problem};
//! use tidegate_model::{InputLayer, Model, ModelConfiguration, Readout};
//! use tidegate_train::{Event, Training, evaluate, train};
//!
//! let splits = adding_problem(AddingProblem { length: 8, train: 64, valid: 16, test: 16, seed: 1 })?;
//! let recurrent = Stack::new(Cell::Gru(Gru::default()), 2, 8);
//! let configuration = ModelConfiguration::new(InputLayer::Features, recurrent, 1, Readout::LastStep);
//! let mut model = Model::new(configuration, 1)?;
//!
//! let options = Training { learning_rate: 0.01, epochs: 3, ..Training::default() };
//! let mut losses = Vec::new();
//! let mut observer = |event: Event| {
//!     if let Event::EpochDone { epoch } = event {
//!         losses.push(epoch.valid_loss);
//!     }
//! };
//! let stop = AtomicBool::new(false);
//! let trained = train(&mut model, &splits.train, &splits.valid, &options, None, &mut observer, &stop)?;
//! assert_eq!(trained.epochs.len(), 3);
//! assert_eq!(losses.len(), 3);
//! assert!(evaluate(&model, &splits.test, 16)?.loss.is_finite());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod back_propagation;
pub mod baselines;
mod bytes;
mod checkpoint;
mod checkpoint_file;
mod classify;
mod clipping;
mod compatibility;
mod detect;
mod early_stopping;
mod error;
mod evaluation;
mod event;
mod fingerprint;
mod forecast;
mod kept_states;
mod learner;
mod lesson;
pub mod losses;
mod measurement;
mod memory_plan;
pub mod metrics;
mod model_task;
mod next;
mod optimiser;
mod overflow;
mod parts;
mod plan_file;
mod position;
mod regress;
mod run;
mod schedule;
mod sequence_lesson;
mod sequence_network;
mod sequence_outputs;
mod shuffle;
mod state_gradients;
mod summation;
mod train;
mod trained;
mod training;
mod window;
mod window_steps;

pub use bytes::Bytes;
pub use checkpoint::{CheckpointProblem, Checkpointing, ExistingCheckpoint};
pub use classify::{
    ClassProbabilities, ClassWeights, ClassifyData, ClassifyEvaluation, ClassifyModel,
    ClassifyPlan, ClassifyRecipe, CrossValidation, Fold, MeanDeviation,
};
pub use clipping::{clip_by_global_norm, global_norm};
pub use detect::{
    Channel, DetectData, DetectError, DetectModel, DetectPlan, DetectRecipe, Detection, Detector,
    DetectorState, FalseAlarms, FittedRows, Period, Tail,
};
pub use error::TrainError;
pub use evaluation::{Evaluation, evaluate};
pub use event::{EpochRecord, Event};
pub use fingerprint::fingerprint_of_set;
pub use forecast::{
    ChannelForecast, ForecastData, ForecastEvaluation, ForecastModel, ForecastPlan, ForecastRecipe,
    ForecastRequest, MeasuredPart, MethodErrors, MethodEvaluation, NetworkKind, Predictions,
    Residuals, WindowForecast, horizon_for, train_forecaster, window_for,
};
pub use memory_plan::MemoryPlan;
pub use model_task::ModelTask;
pub use next::{
    Corpus, Generator, Material, MeasuredTokens, NextData, NextEvaluation, NextModel, NextPlan,
    NextRecipe, Sampler, Sampling, TextPart, TokenKind,
};
pub use optimiser::{DecayRanges, Optimiser, OptimiserState};
pub use regress::{RegressData, RegressModel, RegressPlan, RegressRecipe};
pub use schedule::{Plateau, Schedule};
pub use sequence_network::{ClassifyPooling, SequenceNetwork};
pub use state_gradients::{LagNorms, MeanNorm, StateGradients, state_gradient_norms};
pub use train::{train, train_until};
pub use trained::{Outcome, Trained};
pub use training::Training;
