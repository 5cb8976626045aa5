//! The options of `tidegate generate MODEL`.

use std::path::PathBuf;

use clap::Args;
use tidegate_data::MidiOptions;
use tidegate_train::Sampling;

use crate::arguments::number;

/// Generate text or music with a trained model.
///
/// Text appears as it is made. Music appears as JSON, a list of pieces of steps of MIDI pitches; with --midi it is written to a
/// file, and its notes are held against those of the training pieces. The word model may be left out.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ModelArguments {
    /// A model that `tidegate train next` wrote
    pub(crate) model: PathBuf,

    /// Characters, bytes or steps of music to generate
    #[arg(long, value_name = "N", default_value = "400", value_parser = number(1, 1_000_000_000))]
    pub(crate) length: usize,

    /// Seed of all random numbers: the same seed gives the same text or music
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) seed: u64,

    /// What to go on from, which is printed first: a text of any length; of music a piece, such as '[[67, 60], [65, 60]]'
    #[arg(long, value_name = "TEXT")]
    pub(crate) prompt: Option<String>,

    /// The same from a file
    #[arg(long, value_name = "FILE", conflicts_with = "prompt")]
    pub(crate) prompt_file: Option<PathBuf>,

    /// Below 1 what is likely becomes likelier, above 1 less so; 0 takes the likeliest always
    #[arg(long, value_name = "X", default_value = "1", value_parser = temperature, allow_hyphen_values = true)]
    pub(crate) temperature: f64,

    /// Draw from so many of the likeliest only [default: all]
    #[arg(long, value_name = "N", value_parser = number(1, 1_000_000_000))]
    pub(crate) top_k: Option<usize>,

    /// Draw from the fewest likeliest only whose probabilities add up to this; above 0, up to 1 [default: all]
    #[arg(long, value_name = "SHARE", value_parser = share, allow_hyphen_values = true)]
    pub(crate) top_p: Option<f64>,

    /// Write music here as a standard MIDI file
    #[arg(long, value_name = "FILE")]
    pub(crate) midi: Option<PathBuf>,

    /// Beats a minute of the MIDI file, from 4 to 1000
    #[arg(long, value_name = "X", default_value = "90", value_parser = tempo, requires = "midi")]
    pub(crate) tempo: f64,

    /// Steps of a beat in the MIDI file
    #[arg(long, value_name = "N", default_value = "1", value_parser = number(1, 96), requires = "midi")]
    pub(crate) steps_per_beat: usize,

    /// Instrument of the MIDI file, by its number of General MIDI counted from 0
    #[arg(long, value_name = "N", default_value = "0", value_parser = number(0, 127), requires = "midi")]
    pub(crate) instrument: usize,

    /// Print one JSON document at the end, with how fast it went
    #[arg(long)]
    pub(crate) json: bool,
}

impl ModelArguments {
    pub(super) fn sampling(&self) -> Sampling {
        Sampling {
            temperature: self.temperature,
            top_k: self.top_k,
            top_p: self.top_p,
            seed: self.seed,
        }
    }

    pub(super) fn midi_options(&self) -> MidiOptions {
        MidiOptions {
            tempo: self.tempo,
            steps_per_beat: u16::try_from(self.steps_per_beat).unwrap_or(u16::MAX),
            instrument: u8::try_from(self.instrument).unwrap_or(u8::MAX),
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  tidegate generate shakespeare.safetensors --length 400 --seed 1
  tidegate generate shakespeare.safetensors --prompt 'KING:' --temperature 0.8 --top-p 0.95
  tidegate generate bach.safetensors --length 200 --midi bach.mid

Exit status: 0 if all is generated or its reader has gone, 1 after an error, 2 for wrong options.";

fn temperature(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value >= 0.0 && value.is_finite() => Ok(value),
        _ => Err("must be a number of 0 or more".to_owned()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value <= 1.0 => Ok(value),
        _ => Err("must be a number above 0, up to 1".to_owned()),
    }
}

fn tempo(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (4.0..=1000.0).contains(&value) => Ok(value),
        _ => Err("must be a number from 4 to 1000".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_out_of_range_are_refused() {
        assert_eq!(temperature("0.7"), Ok(0.7));
        assert_eq!(temperature("0"), Ok(0.0));
        assert_eq!(share("1"), Ok(1.0));
        assert_eq!(tempo("120"), Ok(120.0));
        for text in ["-1", "NaN", "inf", "", "warm"] {
            assert!(temperature(text).is_err() && share(text).is_err() && tempo(text).is_err());
        }
        assert!(share("0").is_err() && share("1.01").is_err());
        assert!(tempo("3").is_err() && tempo("1001").is_err());
    }
}
