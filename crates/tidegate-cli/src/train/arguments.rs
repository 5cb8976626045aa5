//! The options of `tidegate train`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::classify_arguments::TrainClassifyArguments;
use super::detect_arguments::TrainDetectArguments;
use super::next_arguments::TrainNextArguments;
use crate::configuration::{Configuration, ForecastConfiguration, Overrides};

/// Train a model on your own data.
#[derive(Debug, Args)]
pub(crate) struct TrainArguments {
    #[command(subcommand)]
    pub(crate) task: TrainSubcommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TrainSubcommand {
    Classify(Box<TrainClassifyArguments>),
    Detect(Box<TrainDetectArguments>),
    Forecast(Box<TrainForecastArguments>),
    Next(Box<TrainNextArguments>),
}

/// Train a model that forecasts the readings of a file, and measure it beside naive forecasts.
///
/// Each series is split by time. The network is trained on the windows of the first part, the epoch with the lowest loss on
/// the second part is kept, and errors are measured once on the third part, beside those of the naive, the seasonal naive
/// and the drift forecast. Scaling is fitted on the first part alone and kept in the model.
///
/// Options override the file of --config, which overrides the defaults. The configuration is kept beside the model as
/// OUT.toml. Ctrl-C keeps a checkpoint as OUT.checkpoint: `tidegate resume OUT` goes on and ends with the same bits as if
/// there had been no interruption.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TrainForecastArguments {
    #[command(flatten)]
    pub(crate) run: RunArguments<ForecastConfiguration>,
}

/// What every training run is told.
#[derive(Debug, Args)]
pub(crate) struct RunArguments<C: Configuration> {
    /// The data [default: data.file of --config]
    pub(crate) data: Option<PathBuf>,

    /// Configuration in TOML, such as a run keeps beside its model
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Write the model here, as a safetensors file, once it is trained
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: PathBuf,

    /// Begin anew where OUT.checkpoint keeps an interrupted run
    #[arg(long)]
    pub(crate) force: bool,

    /// Write a page with the training curves
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,

    /// Print one JSON document instead of tables
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) overrides: Overrides<C>,
}

const EXAMPLES: &str = "\
Examples:
  tidegate train forecast load.csv -o load.safetensors
  tidegate train forecast ETTh1.csv --time date --targets all --window 96 --horizon 96 --split 8640,2880,2880 \\
    --model segment -o etth1.safetensors --json
  tidegate train forecast air.csv --targets pm2.5 --past TEMP,PRES,wind --missing mask --horizon 24 -o air.safetensors
  tidegate train forecast --config load.toml --seed 2 -o load.safetensors --plot load.html

Exit status: 0 if the model is written, 1 after an error, 2 for wrong options, 130 if interrupted.";

#[cfg(test)]
mod tests {
    use clap::Parser;
    use tidegate_data::SplitBy;
    use toml::Value;

    use super::*;
    use crate::arguments::{Arguments, Command};
    use crate::configuration::ModelKind;

    fn of(line: &str) -> RunArguments<ForecastConfiguration> {
        let words = line.split_whitespace();
        match Arguments::try_parse_from(words).unwrap().command {
            Command::Train(TrainArguments {
                task: TrainSubcommand::Forecast(arguments),
            }) => arguments.run,
            other => panic!("another command: {other:?}"),
        }
    }

    #[test]
    fn the_form_that_scripts_rely_on_is_read() {
        let arguments = of(
            "tidegate train forecast ETTh1.csv --time date --targets all --window 96 --horizon 96 --split 8640,2880,2880 \
             --model segment -o etth1.safetensors --json",
        );
        assert_eq!(arguments.data, Some(PathBuf::from("ETTh1.csv")));
        assert_eq!(arguments.out, PathBuf::from("etth1.safetensors"));
        assert!(arguments.json);
        let configuration = ForecastConfiguration::layered(None, &arguments.overrides).unwrap();
        assert_eq!(configuration.data.time.as_deref(), Some("date"));
        assert_eq!(configuration.data.targets, None);
        assert_eq!(configuration.model.kind, ModelKind::Segment);
        assert_eq!(
            (configuration.model.window, configuration.model.horizon),
            (Some(96), Some(96))
        );
        assert_eq!(
            configuration.split.parts,
            SplitBy::Counts([8640, 2880, 2880])
        );
    }

    #[test]
    fn options_override_the_file_which_overrides_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("run.toml");
        std::fs::write(
            &file,
            "[model]\nhidden = 7\nlayers = 2\n[data]\ntargets = [\"a\"]\n",
        )
        .unwrap();
        let arguments =
            of("tidegate train forecast -o m --hidden 9 --targets b,c --learning-rate 1e-2");
        let configuration =
            ForecastConfiguration::layered(Some(&file), &arguments.overrides).unwrap();
        assert_eq!(configuration.model.hidden, Some(9));
        assert_eq!(configuration.model.layers, 2);
        assert_eq!(
            configuration.data.targets,
            Some(vec!["b".to_owned(), "c".to_owned()])
        );
        assert_eq!(configuration.training.learning_rate, 0.01);
        assert_eq!(
            configuration.training.patience,
            ForecastConfiguration::default().training.patience
        );
    }

    #[test]
    fn a_value_that_is_not_allowed_is_refused_with_what_is() {
        for (option, value, allowed) in [
            ("--horizon", "0", "a whole number from 1"),
            ("--window", "-3", "a whole number from 1"),
            ("--dropout", "1", "below 1"),
            ("--model", "transformer", "\"segment\" or \"direct\""),
            ("--quantiles", "0.9,0.1", "each above the one before"),
            ("--split", "0.7,0.2", "three shares"),
            ("--missing", "ignore", "\"forward-fill\""),
        ] {
            let words = [
                "tidegate", "train", "forecast", "a.csv", "-o", "m", option, value,
            ];
            let error = Arguments::try_parse_from(words).unwrap_err();
            assert_eq!(error.exit_code(), 2);
            let message = error.to_string();
            assert!(
                message.contains(allowed) && message.contains(option),
                "{message}"
            );
        }
    }

    #[test]
    fn help_states_the_defaults_of_every_option() {
        let mut command = <Arguments as clap::CommandFactory>::command();
        command.build();
        let forecast = command.find_subcommand_mut("train").unwrap();
        let forecast = forecast.find_subcommand_mut("forecast").unwrap();
        let help = forecast.render_long_help().to_string();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        for (option, default) in [
            (
                "--learning-rate",
                Value::from(ForecastConfiguration::default().training.learning_rate).to_string(),
            ),
            (
                "--split",
                ForecastConfiguration::default().split.parts.to_string(),
            ),
            (
                "--targets",
                "all, every column of numbers that has no other role".to_owned(),
            ),
            ("--past", "none".to_owned()),
            ("--quantiles", "0.1,0.5,0.9".to_owned()),
        ] {
            let own = help.split_once(&format!(" {option} ")).unwrap().1;
            let own = own.split(" --").next().unwrap();
            assert!(own.contains(&format!("[default: {default}]")), "{own}");
        }
    }
}
