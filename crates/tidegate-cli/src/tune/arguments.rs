//! The options of `tidegate tune`.

use std::path::PathBuf;

use clap::Args;

use crate::arguments::number;
use crate::configuration::{ForecastConfiguration, Overrides};

/// Search for the settings with which a model forecasts a file of readings best.
///
/// Settings are drawn at random from [tune.space] of the configuration, which holds for each of some keys a list of values or
/// a range. All trials are trained for a few epochs, the best third goes on for three times as many, from where it stood, and
/// so on (successive halving). The loss on the validation part alone decides: the test part is not looked at.
///
/// DIR gets best.toml, the configuration of the best trial, and model.safetensors, its model. Ctrl-C keeps all that is done in
/// DIR: the same command goes on and ends with the same bits as if there had been no interruption.
///
/// Options override the file of --config. One that names a key of [tune.space] fixes it: it is not drawn any more.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TuneArguments {
    /// The file of readings [default: data.file of --config]
    pub(crate) data: Option<PathBuf>,

    /// Configuration in TOML, such as `tidegate init` writes [default: hidden units, dropout and the learning rate are tried]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Keep the search in this folder, new or empty, or that of the same search
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: PathBuf,

    /// Random settings that are tried [default: tune.trials of --config, else 16]
    #[arg(long, value_name = "N", value_parser = number(1, 100_000), help_heading = "Tuning")]
    pub(crate) trials: Option<usize>,

    /// After each round one trial in so many goes on, with so many times the epochs [default: tune.factor of --config,
    /// else 3]
    #[arg(long, value_name = "N", value_parser = number(2, 1_000), help_heading = "Tuning")]
    pub(crate) factor: Option<usize>,

    /// Print one JSON document instead of tables
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) overrides: Overrides<ForecastConfiguration>,
}

const EXAMPLES: &str = "\
Examples:
  tidegate tune load.csv -o search
  tidegate init --data load.csv load.toml && tidegate tune --config load.toml -o search
  tidegate tune ETTh1.csv --config etth1.toml --trials 27 --epochs 27 --hidden 256 -o search --json
  tidegate evaluate search/model.safetensors load.csv

Exit status: 0 if the model is written, 1 after an error, 2 for wrong options, 130 if interrupted.";

#[cfg(test)]
mod tests {
    use crate::configuration::ForecastConfiguration;

    #[test]
    fn the_defaults_that_help_states_are_those_of_the_configuration() {
        let tune = ForecastConfiguration::default().tune;
        let mut command = <crate::arguments::Arguments as clap::CommandFactory>::command();
        command.build();
        let help = command.find_subcommand_mut("tune").unwrap();
        let help = help.render_long_help().to_string();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in [
            format!("tune.trials of --config, else {}]", tune.trials),
            format!("tune.factor of --config, else {}]", tune.factor),
        ] {
            assert!(help.contains(&words), "{help}");
        }
        let space: Vec<&str> = tune.space.keys().map(String::as_str).collect();
        assert_eq!(space, ["dropout", "hidden", "learning_rate"]);
    }
}
