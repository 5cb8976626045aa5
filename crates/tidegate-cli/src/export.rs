//! `tidegate export`: from a model to a file of another library.

pub(crate) mod arguments;
mod forecaster;

use std::path::Path;

use clap::error::ErrorKind;
use tidegate_cells::Cell;
use tidegate_exchange::{ExchangeError, Layer, Network, onnx, pytorch, rtneural};
use tidegate_model::replace_file;
use tidegate_train::ModelTask;

use crate::compare::misuse;
use crate::failure::Failure;
use crate::foreign::{Foreign, open_network};
use crate::outputs::check_outputs;
use crate::page::Page;
use crate::paragraph::paragraph;
use crate::standard_output::print;
use crate::visible::visible;
use arguments::{ExportArguments, FormatName, PresetName};

/// Largest difference between a network and what was written of it, relative to outputs above 1, that rounding explains: far above that of float32, far below what
/// a wrong gate or order of blocks makes.
const MOST: f32 = 1e-4;

const PEEPHOLES: &str =
    "Its LSTM has peepholes, which OpenVINO leaves out without a word: run it with ONNX Runtime.";

pub(crate) fn run(arguments: &ExportArguments) -> Result<(), Failure> {
    let ExportArguments { model, output, .. } = arguments;
    let format = arguments.format.or_else(|| by_name(output));
    let Some(format) = format else {
        let message = "the name of --output does not say which format: give --format".to_owned();
        misuse(&["export"], ErrorKind::MissingRequiredArgument, message).exit()
    };
    if arguments.preset.is_some() && format != FormatName::Onnx {
        let message = "--preset is for ONNX".to_owned();
        misuse(&["export"], ErrorKind::ArgumentConflict, message).exit()
    }
    check_outputs(&[output], &[model])?;
    // What is no model file is opened below, and what is wrong with it said there.
    if ModelTask::of_file(model).is_ok_and(|task| task == Some(ModelTask::Forecast)) {
        return forecaster::run(arguments, format);
    }
    let foreign = open_network(model, &arguments.reading, &arguments.task)?;
    let exchange = |error| Failure::exchange(model, error);
    let preset = arguments.preset.unwrap_or(PresetName::Sequence);
    let (bytes, difference) = written(&foreign, format, preset).map_err(exchange)?;
    let scale = foreign.network.largest_output().map_err(exchange)?.max(1.0);
    if difference.is_nan() || difference > MOST * scale {
        return Err(Failure::ExportDiffers {
            output: output.clone(),
            difference,
        });
    }
    replace_file(output, &bytes).map_err(|error| Failure::write(output, error))?;
    let what = match (format, preset) {
        (FormatName::Onnx, PresetName::Sequence) => "ONNX, whole sequences",
        (FormatName::Onnx, PresetName::Step) => "ONNX, one step at a time",
        (FormatName::Pytorch, _) => "parameters of a PyTorch module",
        (FormatName::Rtneural, _) => "JSON of RTNeural",
    };
    let turned = foreign.turned();
    let mut notes = foreign.notes;
    notes.extend(turned);
    if format == FormatName::Onnx && has_peepholes(&foreign.network) {
        notes.push(PEEPHOLES.to_owned());
    }
    let mut text = said(output, what, difference.into(), &notes);
    if format == FormatName::Pytorch {
        text += "\nThe module that the parameters are of:\n\n";
        text += &pytorch::module_source(&foreign.network);
    }
    print(&text)
}

/// What was written, how far it is from the model, and what else is to be known.
fn said(output: &Path, what: &str, difference: f64, notes: &[String]) -> String {
    let again = match difference {
        0.0 => "are the model's to the bit".to_owned(),
        difference => format!("differ from the model's by at most {difference:.1e}"),
    };
    let mut text = format!(
        "Wrote {} ({what}). Read and run again, its outputs {again}.",
        output.display()
    );
    for note in notes {
        text = format!("{text} {note}");
    }
    paragraph(&visible(&text), Page::of_standard_output().text)
}

/// The file's bytes, and how far the network in them is from the one that was written.
fn written(
    foreign: &Foreign,
    format: FormatName,
    preset: PresetName,
) -> Result<(Vec<u8>, f32), ExchangeError> {
    let network = &foreign.network;
    let options = pytorch::Options::default();
    let again = |bytes: Vec<u8>, back: Network| {
        let difference = network.largest_difference(&back)?;
        Ok((bytes, difference))
    };
    match format {
        FormatName::Onnx => {
            let preset = match preset {
                PresetName::Sequence => onnx::Preset::Sequence,
                PresetName::Step => onnx::Preset::Step,
            };
            let names = foreign.names.iter().map(|(key, value)| (*key, &**value));
            let bytes = onnx::write(network, preset)?;
            let bytes = onnx::with_metadata(bytes, &names.collect::<Vec<_>>());
            let difference = onnx::largest_difference(network, &bytes)?;
            Ok((bytes, difference))
        }
        FormatName::Pytorch => {
            let bytes = pytorch::write(network)?;
            let back = pytorch::read(&bytes, &options)?;
            again(bytes, back)
        }
        FormatName::Rtneural => {
            let bytes = rtneural::write(network)?;
            let back = rtneural::read(&bytes, &options)?;
            again(bytes, back)
        }
    }
}

fn has_peepholes(network: &Network) -> bool {
    network.layers.iter().any(|layer| match layer {
        Layer::Recurrent { stack, .. } => matches!(&stack.cell, Cell::Lstm(lstm) if lstm.peepholes),
        _ => false,
    })
}

/// The format that a file's name says.
fn by_name(output: &Path) -> Option<FormatName> {
    match output.extension()?.to_str()? {
        "onnx" => Some(FormatName::Onnx),
        "safetensors" => Some(FormatName::Pytorch),
        "json" => Some(FormatName::Rtneural),
        _ => None,
    }
}
