//! The options of the command.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, RangedU64ValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use tidegate_study::CellVariant;

use crate::amount::amount;
use crate::backtest::arguments::BacktestArguments;
use crate::classify::arguments::ClassifyArguments;
use crate::detect::arguments::DetectArguments;
use crate::evaluate::arguments::EvaluateArguments;
use crate::export::arguments::ExportArguments;
use crate::forecast::arguments::ForecastArguments;
use crate::gates::arguments::GatesArguments;
use crate::generate::arguments::GenerateArguments;
use crate::import::arguments::ImportArguments;
use crate::init::arguments::InitArguments;
use crate::inspect::arguments::InspectArguments;
use crate::run::arguments::RunArguments;
use crate::train::arguments::TrainArguments;
use crate::train::resume_arguments::ResumeArguments;
use crate::tune::arguments::TuneArguments;

/// Gated recurrent networks, on a CPU.
#[derive(Debug, Parser)]
#[command(name = "tidegate", version, max_term_width = 110)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Backtest(BacktestArguments),
    Classify(ClassifyArguments),
    Compare(CompareArguments),
    Detect(DetectArguments),
    Evaluate(EvaluateArguments),
    Export(ExportArguments),
    Forecast(ForecastArguments),
    Gates(GatesArguments),
    Generate(GenerateArguments),
    Import(ImportArguments),
    Init(InitArguments),
    Inspect(InspectArguments),
    Resume(ResumeArguments),
    Run(RunArguments),
    Train(TrainArguments),
    Tune(Box<TuneArguments>),
}

/// Compare recurrent cells on the same data, and hold what the textbooks say of them against it.
///
/// Every cell tries the same few settings (learning rate, regularisation) once, keeps the one with the lowest validation
/// loss, and is trained with it once for each seed. The test set is looked at once for each of these runs. Without a
/// task or a file, the cells are compared on the adding problem with 100 steps and on the Mackey-Glass series.
///
/// Beside that comparison, four questions are asked. Memory: the longest lag that each cell solves, and how far the
/// gradient reaches back. Structure: gates, parameters, multiply-adds, bytes. Time: of an update, of an epoch, to a loss
/// that both gated cells reach. Data: the test loss against the share of the training data.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CompareArguments {
    /// A generated task
    #[arg(long, value_enum, conflicts_with = "data")]
    pub(crate) task: Option<TaskName>,

    /// Polyphonic music: a JSON file {"train": [piece, ...], "valid": ..., "test": ...}, where a piece is a list of
    /// steps and a step is the list of the MIDI pitches (21 to 108) that sound
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,

    /// Steps of a sequence; for copy memory, steps between a symbol and its recall [default: 100, Mackey-Glass 200]
    #[arg(long, value_name = "N", requires = "task", conflicts_with = "data", value_parser = number(1, 10_000_000))]
    pub(crate) length: Option<usize>,

    /// Training sequences of a generated task; the validation and test sets keep their proportion to it
    #[arg(long, value_name = "N", requires = "task", conflicts_with = "data", value_parser = number(1, 100_000_000))]
    pub(crate) sequences: Option<usize>,

    /// Cells, separated by commas
    #[arg(
        long, value_name = "CELLS", value_delimiter = ',', default_value = "rnn,lstm,gru",
        value_parser = PossibleValuesParser::new(CellVariant::ALL.map(CellVariant::name))
            .try_map(|name| name.parse::<CellVariant>())
    )]
    pub(crate) cells: Vec<CellVariant>,

    /// What is equal for all cells: parameters of the whole model, or hidden units [default: parameters]
    #[arg(long, value_enum)]
    pub(crate) equal: Option<EqualName>,

    /// Parameters of each model, embedding and head included [default: 5,000 for adding, order and
    /// Mackey-Glass, 20,000 for copy and music]
    #[arg(long, value_name = "N", conflicts_with = "hidden", value_parser = number(1, 100_000_000))]
    pub(crate) parameters: Option<usize>,

    /// Hidden units of each model; implies --equal hidden [default: 32 for adding, order and
    /// Mackey-Glass, 64 for copy and music]
    #[arg(long, value_name = "N", value_parser = number(1, 10_000))]
    pub(crate) hidden: Option<usize>,

    /// Questions to ask, separated by commas; none for the plain comparison alone [default: all four]
    #[arg(long, value_enum, value_name = "QUESTIONS", value_delimiter = ',')]
    pub(crate) question: Vec<QuestionName>,

    /// Measure in minutes: lags up to 100 steps, shares of 1/32, 1/8 and all of the data, 3 seeds. This is the default
    #[arg(long, conflicts_with = "full")]
    pub(crate) quick: bool,

    /// Measure what one cites: lags up to 800 steps, shares of 1/32, 1/16, 1/8, 1/4, 1/2 and all of the data, 5 seeds
    #[arg(long)]
    pub(crate) full: bool,

    /// Language of the report that --out writes
    #[arg(long, value_enum, default_value_t = LanguageName::En, requires = "out")]
    pub(crate) language: LanguageName,

    /// Runs of each cell after tuning, with the seeds 1 to N [default: 3, with --full 5]
    #[arg(long, value_name = "N", value_parser = number(1, 1_000))]
    pub(crate) seeds: Option<usize>,

    /// Passes over the training set at most. Tuning runs make no more either, and never more than 10 for copy and 100
    /// for music [default: 8 for adding and order, 30 for copy, 60 for Mackey-Glass, 200 for music]
    #[arg(long, value_name = "N", value_parser = number(1, 1_000_000))]
    pub(crate) epochs: Option<usize>,

    /// Threads; runs are made side by side. The results do not depend on it [default: what the machine offers]
    #[arg(long, value_name = "N", value_parser = number(1, 1_024))]
    pub(crate) threads: Option<usize>,

    /// Memory that training one run may take, such as 512MiB or 2GB. Sequences that need more are run in parts: with
    /// exact gradients still, for one more forward pass [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = amount, allow_hyphen_values = true)]
    pub(crate) memory: Option<u64>,

    /// Print one JSON document instead of tables
    #[arg(long)]
    pub(crate) json: bool,

    /// Keep results, models and checkpoints in this folder. The same command continues there what was interrupted
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TaskName {
    /// Remember two marked numbers and add them
    Adding,
    /// Recall ten symbols after a long blank
    Copy,
    /// Tell in which order two symbols came
    Order,
    /// Predict a chaotic series 17 steps ahead
    MackeyGlass,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum QuestionName {
    /// Over how many steps does a cell remember?
    Memory,
    /// What is a cell made of?
    Structure,
    /// How long does it take to train?
    Time,
    /// How much data does it need?
    Data,
    /// No question: the plain comparison alone
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LanguageName {
    /// English
    En,
    /// 한국어
    Ko,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EqualName {
    /// Hidden sizes are chosen so that all models have nearly the same number of parameters
    Parameters,
    /// All models have the same number of hidden units
    Hidden,
}

pub(crate) fn number(least: u64, most: u64) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(least..=most)
}

const EXAMPLES: &str = "\
Examples:
  tidegate compare --out results
  tidegate compare --full --question memory,time
  tidegate compare --data jsb_chorales.json --seeds 5
  tidegate compare --task adding --length 400 --cells gru,gru-before,mgu --out results
  tidegate compare --task copy --equal hidden --hidden 64 --question none --json > results.json

Exit status: 0 if all is done, 1 after an error, 2 for wrong options, 130 if interrupted.";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use tidegate_study::{Recipe, Task};

    use super::*;
    use crate::number::thousands;

    #[test]
    fn the_options_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_defaults_that_help_states_are_the_recipes() {
        let [adding, order, copy, series, music] = [
            Task::adding_problem(100),
            Task::temporal_order(100),
            Task::copy_memory(100),
            Task::mackey_glass(200),
            Task::polyphonic_music("music.json"),
        ]
        .map(|task| Recipe::of(&task));
        let mut command = Arguments::command();
        command.build();
        let help = command
            .find_subcommand_mut("compare")
            .map(|compare| compare.render_long_help().to_string());
        let help = help
            .unwrap()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let all = |equal: &[usize]| {
            assert!(equal.iter().all(|number| *number == equal[0]), "{equal:?}");
            thousands(equal[0])
        };
        let pairs = |of: fn(&Recipe) -> usize| {
            format!(
                "[default: {} for adding, order and Mackey-Glass, {} for copy and music]",
                all(&[of(&adding), of(&order), of(&series)]),
                all(&[of(&copy), of(&music)])
            )
        };
        let epochs = |recipe: &Recipe| recipe.training.epochs;
        for whole in [&series, &adding, &order] {
            assert_eq!(whole.tuning_epochs, epochs(whole));
        }
        for expected in [
            pairs(|recipe| recipe.parameters),
            pairs(|recipe| recipe.hidden_size),
            format!(
                "never more than {} for copy and {} for music [default: {} for adding and order, {} for copy, {} for \
                 Mackey-Glass, {} for music]",
                copy.tuning_epochs,
                music.tuning_epochs,
                all(&[epochs(&adding), epochs(&order)]),
                epochs(&copy),
                epochs(&series),
                epochs(&music)
            ),
        ] {
            assert!(help.contains(&expected), "{expected}: {help}");
        }
    }
}
