//! `tidegate import`: from a file of another library to a model file.

pub(crate) mod arguments;

use tidegate_exchange::FileKind;
use tidegate_model::InputLayer;

use crate::failure::Failure;
use crate::foreign::{TaskArguments, open_network};
use crate::number::counted;
use crate::outputs::check_outputs;
use crate::page::Page;
use crate::paragraph::paragraph;
use crate::standard_output::print;
use crate::visible::visible;
use arguments::ImportArguments;

pub(crate) fn run(arguments: &ImportArguments) -> Result<(), Failure> {
    let ImportArguments {
        file,
        output,
        reading,
    } = arguments;
    check_outputs(&[output], &[file])?;
    let foreign = open_network(file, reading, &TaskArguments::default())?;
    let from = match foreign.kind {
        FileKind::Model => return Err(Failure::AlreadyModel { file: file.clone() }),
        FileKind::StateDict => "parameters of PyTorch's modules",
        FileKind::RtNeural => "a network of RTNeural",
        FileKind::Keras => "a model of Keras",
        FileKind::Onnx => "ONNX",
    };
    let model = foreign
        .network
        .to_model()
        .map_err(|error| Failure::exchange(file, error))?;
    model
        .save(output)
        .map_err(tidegate_train::TrainError::from)?;
    let configuration = model.configuration();
    let stack = &configuration.recurrent;
    let inputs = match configuration.input {
        InputLayer::Features => counted(stack.input_size, "feature", "features"),
        InputLayer::Embedding { vocabulary, .. } => {
            format!("tokens of a vocabulary of {vocabulary}")
        }
    };
    let mut text = format!(
        "{} is now the model {}: {inputs}, {} of {} with {}, {}. It was {from}.",
        file.display(),
        output.display(),
        counted(stack.layers, "layer", "layers"),
        stack.cell.name().to_uppercase(),
        counted(stack.hidden_size, "unit", "units"),
        counted(configuration.outputs, "output", "outputs"),
    );
    for note in foreign.notes.iter().chain(&foreign.turned()) {
        text = format!("{text} {note}");
    }
    print(&paragraph(&visible(&text), Page::of_standard_output().text))
}
