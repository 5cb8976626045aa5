//! What a study found: `report.json`.

use serde::{Deserialize, Serialize};

use crate::cell_variant::CellVariant;
use crate::geometric_mean::GeometricMean;
use crate::omission::Omission;
use crate::question::Question;
use crate::report::{ComparisonReport, Row, Summary, TuningRow};
use crate::share::Share;
use crate::sizing::Equal;
use crate::spread::Spread;
use crate::verdict::Verdict;

/// A study: the plain comparison, every run, and what they say of the questions.
///
/// The same options give the same report at any number of threads, but for what a clock measured: the fields with `seconds`
/// in their names, `threads`, `runs_side_by_side`, `machine`, and what follows from them: the evidence whose measure
/// [is a timing](crate::Measure::is_timing) and the verdict that rests on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyReport {
    /// The plain comparison, as without a study; without rows where nothing asked for it.
    #[serde(flatten)]
    pub comparison: ComparisonReport,
    /// The cells.
    pub cells: Vec<CellVariant>,
    /// Final runs of each cell in each experiment.
    pub seeds: usize,
    /// Quick, or what one cites.
    pub effort: Effort,
    /// Of all confidence intervals.
    pub confidence: f64,
    /// What the runs were made on.
    pub machine: Machine,
    /// One for each sentence.
    pub verdicts: Vec<Verdict>,
    /// How long each cell remembers; null if not asked.
    pub memory: Option<MemoryAnswer>,
    /// What each cell is made of; null if not asked.
    pub structure: Option<StructureAnswer>,
    /// How long each takes to train; null if not asked.
    pub time: Option<TimeAnswer>,
    /// How much data each needs; null if not asked.
    pub data: Option<DataAnswer>,
    /// Every experiment with every run. The first ones are the plain comparison's.
    pub experiments: Vec<ExperimentReport>,
}

/// How much is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    /// Minutes.
    #[default]
    Quick,
    /// What one cites.
    Full,
}

/// What the runs were made on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Threads of all runs together.
    pub threads: usize,
    /// Instruction set of the engine.
    pub instruction_set: String,
    /// Version of Tidegate.
    pub version: String,
}

/// A task with its settings, and the runs of all cells on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExperimentReport {
    /// The questions that use it.
    pub questions: Vec<Question>,
    /// The task.
    pub task: String,
    /// Short name of the task: `adding`, `copy`, `order`, `mackey-glass` or `music`.
    pub key: String,
    /// What is equal for all cells.
    pub equal: Equal,
    /// Share of the training sequences.
    pub share: Share,
    /// Training sequences.
    pub sequences: usize,
    /// Updates of a final run at most.
    pub updates: usize,
    /// One for each final run.
    pub rows: Vec<Row>,
    /// One for each cell.
    pub summary: Vec<Summary>,
    /// One for each tuning run.
    pub tuning: Vec<TuningRow>,
    /// One for each final run that did not diverge.
    pub curves: Vec<Curve>,
}

/// Validation loss of a run, epoch by epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    /// The cell.
    pub cell: CellVariant,
    /// The run's seed.
    pub seed: u64,
    /// After each epoch.
    pub points: Vec<CurvePoint>,
}

/// The end of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CurvePoint {
    /// Updates made so far.
    pub updates: u64,
    /// Seconds of training so far, validation left out.
    pub seconds: f64,
    /// Validation loss.
    pub valid_loss: f64,
}

/// How long each cell remembers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemoryAnswer {
    /// A run solves its task where its test loss is below this share of the lowest loss that is possible without memory.
    pub solved_below: f64,
    /// Tasks whose lag was doubled.
    pub tasks: Vec<LagTask>,
    /// How far the gradient reaches back; one for each experiment that was looked at.
    pub gradients: Vec<GradientReach>,
    /// What could not be answered.
    pub omissions: Vec<Omission>,
}

/// A task at several lags.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LagTask {
    /// Short name of the task.
    pub key: String,
    /// The loss and its unit, in words.
    pub loss: String,
    /// Updates of a run at most.
    pub updates: usize,
    /// Lags in steps, ascending.
    pub lags: Vec<usize>,
    /// The lowest loss that is possible without memory, at each lag.
    pub losses_without_memory: Vec<f64>,
    /// Indices of the experiments, one for each lag.
    pub experiments: Vec<usize>,
    /// One for each cell.
    pub cells: Vec<LagsOfCell>,
}

/// What a cell solved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LagsOfCell {
    /// The cell.
    pub cell: CellVariant,
    /// Test loss at each lag; null where every run diverged.
    pub test_loss: Vec<Option<Spread>>,
    /// Number of seeds that solved each lag.
    pub solved: Vec<usize>,
    /// Longest lag up to which every lag was solved, for each seed; null where not even the shortest was.
    pub longest_lag: Vec<Option<usize>>,
}

/// Norm of the gradient of the last supervised step's loss with respect to the carried state, by lag, before and after
/// training. Each cell's is the mean over the seeds of the logarithm, taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradientReach {
    /// The task.
    pub task: String,
    /// Short name of the task.
    pub key: String,
    /// Index of the experiment.
    pub experiment: usize,
    /// Lags in steps before the loss, ascending.
    pub lags: Vec<usize>,
    /// One for each cell with a run that did not diverge.
    pub cells: Vec<ReachOfCell>,
}

/// The norms of one cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReachOfCell {
    /// The cell.
    pub cell: CellVariant,
    /// With respect to the hidden state, with initial parameters, at each lag.
    pub hidden_before: Vec<f64>,
    /// The same after training.
    pub hidden_after: Vec<f64>,
    /// With respect to the cell state, before training; null for cells without one.
    pub cell_before: Option<Vec<f64>>,
    /// The same after training.
    pub cell_after: Option<Vec<f64>>,
}

/// What each cell is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StructureAnswer {
    /// For each task, at equal parameters and at equal hidden size.
    pub rows: Vec<StructureRow>,
}

/// A cell's recurrent layer as it is counted, and as the engine allocates and pads it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StructureRow {
    /// The task.
    pub task: String,
    /// What is equal for all cells.
    pub equal: Equal,
    /// The cell.
    pub cell: CellVariant,
    /// Gates.
    pub gates: usize,
    /// Hidden units.
    pub hidden_size: usize,
    /// Parameters of the whole model, head included.
    pub parameters: usize,
    /// Parameters of the recurrent layer.
    pub recurrent_parameters: usize,
    /// Multiply-adds of one step of one sequence in the recurrent layer, counted.
    pub multiply_adds: usize,
    /// The same with the padding of units to whole vectors: every packed weight once.
    pub padded_multiply_adds: usize,
    /// Bytes of the state of one sequence.
    pub state_bytes: usize,
    /// Bytes of the recurrent layer's parameters.
    pub weight_bytes: usize,
    /// The same as the engine packed them.
    pub packed_weight_bytes: usize,
    /// Bytes on the tape for each step of a sequence, counted.
    pub tape_bytes_per_step: f64,
    /// The same as the engine allocated them.
    pub allocated_tape_bytes_per_step: f64,
}

/// How long each cell takes to train.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeAnswer {
    /// For each task, at equal parameters and at equal hidden size.
    pub tasks: Vec<TimedTask>,
    /// What could not be answered.
    pub omissions: Vec<Omission>,
}

/// The times of all cells on one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimedTask {
    /// The task.
    pub task: String,
    /// What is equal for all cells.
    pub equal: Equal,
    /// Index of the experiment.
    pub experiment: usize,
    /// The loss and its unit, in words.
    pub loss: String,
    /// The lowest validation loss that every run of both gated cells, GRU and LSTM, reached; null where there is none.
    pub target_loss: Option<f64>,
    /// One for each cell with a run that did not diverge.
    pub cells: Vec<TimesOfCell>,
}

/// The times of one cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimesOfCell {
    /// The cell.
    pub cell: CellVariant,
    /// Hidden units.
    pub hidden_size: usize,
    /// Parameters of the whole model.
    pub parameters: usize,
    /// Over the seeds; validation left out.
    pub seconds_per_update: Spread,
    /// Over the seeds; validation included.
    pub seconds_per_epoch: Spread,
    /// Number of runs.
    pub runs: usize,
    /// How many of them reached the target.
    pub reached: usize,
    /// Over the runs that reached the target; null where none did.
    pub updates_to_target: Option<Spread>,
    /// The same in seconds, validation left out.
    pub seconds_to_target: Option<Spread>,
}

/// How much data each cell needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataAnswer {
    /// One for each task with shares.
    pub tasks: Vec<SharedTask>,
    /// What could not be answered.
    pub omissions: Vec<Omission>,
}

/// The test losses of all cells on one task, by the share of its training data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedTask {
    /// The task.
    pub task: String,
    /// The loss and its unit, in words.
    pub loss: String,
    /// Shares, ascending.
    pub shares: Vec<Share>,
    /// Training sequences of each.
    pub sequences: Vec<usize>,
    /// Indices of the experiments, one for each share.
    pub experiments: Vec<usize>,
    /// One for each cell.
    pub cells: Vec<SharesOfCell>,
    /// Where the curves of two cells cross.
    pub crossings: Vec<Crossing>,
}

/// The test losses of one cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharesOfCell {
    /// The cell.
    pub cell: CellVariant,
    /// At each share; null where every run diverged.
    pub test_loss: Vec<Option<Spread>>,
    /// The same by its geometric mean, with a confidence interval; null where every run diverged, or a loss is 0.
    pub geometric_mean: Vec<Option<GeometricMean>>,
}

/// Two curves cross: below, `first` has the lower geometric mean, above it `second`, and on both sides there is a share at
/// which their intervals lie apart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crossing {
    /// The better one with less data.
    pub first: CellVariant,
    /// The better one with more.
    pub second: CellVariant,
    /// Number of training sequences where the means, interpolated in logarithms, are equal.
    pub sequences: f64,
}
