//! The options of `tidegate generate` for files of readings.

use clap::Args;

use super::arguments::OutputArguments;
use crate::arguments::number;

/// What a file of generated readings is to be.
#[derive(Debug, Args)]
pub(crate) struct ReadingsArguments {
    #[command(flatten)]
    pub(crate) output: OutputArguments,

    /// Rows of each series
    #[arg(long, value_name = "N", default_value = "4000", value_parser = number(1, 2_000_000))]
    pub(crate) rows: usize,

    /// Rows after them in which the targets are empty and only what is known ahead stands
    #[arg(long, value_name = "N", default_value = "0", value_parser = number(0, 1_000_000))]
    pub(crate) ahead: usize,

    /// Share of the targets' values that are missing, about, in gaps of 1 to 11 rows; from 0 to 0.9
    #[arg(long, value_name = "SHARE", default_value = "0", value_parser = share, allow_hyphen_values = true)]
    pub(crate) missing: f64,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=0.9).contains(&share) => Ok(share),
        _ => Err("must be a number from 0 to 0.9".to_owned()),
    }
}

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
