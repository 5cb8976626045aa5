//! The options of `tidegate generate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::arguments::number;

/// Generate a file of readings from a seed, to learn and to test with.
///
/// The same options give the same file. The rows of a shorter file are those that a longer one begins with, so that one
/// can be held against the other: forecast after the shorter, and look into the longer for what came.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct GenerateArguments {
    /// What is generated
    #[arg(value_enum)]
    pub(crate) readings: ReadingsName,

    /// Write it here [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// Rows of each series
    #[arg(long, value_name = "N", default_value = "4000", value_parser = number(1, 2_000_000))]
    pub(crate) rows: usize,

    /// Rows after them in which the targets are empty and only what is known ahead stands
    #[arg(long, value_name = "N", default_value = "0", value_parser = number(0, 1_000_000))]
    pub(crate) ahead: usize,

    /// Share of the targets' values that are missing, about, in gaps of 1 to 11 rows; from 0 to 0.9
    #[arg(long, value_name = "SHARE", default_value = "0", value_parser = share, allow_hyphen_values = true)]
    pub(crate) missing: f64,

    /// Seed of all random numbers
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) seed: u64,

    /// Replace a file that is there
    #[arg(long, requires = "out")]
    pub(crate) force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReadingsName {
    /// Hourly electric load of three kinds of consumers, a column for each, and the temperature
    Load,
    /// Daily sales of four shops below each other, with promotions and regions
    Sales,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=0.9).contains(&share) => Ok(share),
        _ => Err("must be a number from 0 to 0.9".to_owned()),
    }
}

const EXAMPLES: &str = "\
Examples:
  tidegate generate load -o load.csv
  tidegate generate load --rows 2000 --ahead 24 -o recent.csv
  tidegate generate load --missing 0.05 --seed 7 -o load-with-gaps.csv
  tidegate generate sales | tidegate inspect -

Exit status: 0 if the file is written, 1 after an error, 2 for wrong options.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_lies_between_none_and_most() {
        assert_eq!(share("0.25"), Ok(0.25));
        for text in ["-0.1", "0.95", "NaN", "inf", "some", ""] {
            assert!(share(text).is_err(), "{text}");
        }
    }
}
