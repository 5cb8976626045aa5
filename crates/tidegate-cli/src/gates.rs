//! `tidegate gates`: from options to a gate view, its files and its table.

pub(crate) mod arguments;
mod table;

use clap::error::ErrorKind;
use tidegate_data::Split;
use tidegate_model::Model;
use tidegate_study::gates::{
    GateDocument, GateView, GatesError, GatesFolder, SequenceSource, ShownSequence,
};

use crate::compare::{generated_task, misuse};
use crate::failure::Failure;
use crate::page::Page;
use crate::paragraph::paragraph;
use crate::standard_output::print;
use crate::visible::visible;
use arguments::GatesArguments;

pub(crate) fn run(arguments: &GatesArguments) -> Result<(), Failure> {
    let shown = match (&arguments.data, arguments.task) {
        (Some(data), None) => {
            let (split, sequence) = chosen(arguments);
            ShownSequence::for_task_model(&arguments.model, data, split, sequence)?
        }
        _ => None,
    };
    // Misuse of options is known before the model is read.
    let shown = match shown {
        Some(shown) => Ok(shown),
        None => Err(source(arguments)?),
    };
    let model = Model::load(&arguments.model).map_err(GatesError::Model)?;
    let sequence = shown.or_else(|source| source.read_for(&model))?;
    sequence.check_fits(&model)?;
    let part = arguments.steps.unwrap_or_default();
    let shown = part.of(&model.configuration().recurrent, sequence.inputs.steps())?;
    // A folder that cannot be written is known before the work, and none is made for data that does not fit.
    let folder = match &arguments.out {
        Some(path) => {
            let folder = GatesFolder::open(path)?;
            if let Some(data) = &arguments.data {
                folder.spare(data)?;
            }
            Some(folder)
        }
        None => None,
    };
    let view = GateView::of(&model, &sequence)?;
    let written = folder.is_some();
    let document = GateDocument::new(&view, &model, &arguments.model, &sequence, written);
    if let Some(folder) = &folder {
        folder.write(
            &view,
            &sequence,
            &document,
            &shown,
            arguments.language.into(),
        )?;
    }
    print(&if arguments.json {
        serde_json::to_string_pretty(&document).map_err(GatesError::Json)? + "\n"
    } else {
        text(
            &view,
            &document,
            &sequence,
            folder.as_ref(),
            Page::of_standard_output(),
        )
    })
}

/// Which sequence of several is shown.
fn chosen(arguments: &GatesArguments) -> (Split, usize) {
    let split = arguments.split.map_or(Split::Test, Split::from);
    (split, arguments.sequence.unwrap_or(0))
}

/// Where the sequence comes from. Misuse of options ends here.
fn source(arguments: &GatesArguments) -> Result<SequenceSource, GatesError> {
    let (split, sequence) = chosen(arguments);
    let data = match (arguments.task, &arguments.data) {
        (Some(name), _) => {
            return Ok(SequenceSource::Task {
                task: generated_task(name, arguments.length),
                split,
                sequence,
            });
        }
        (None, Some(data)) => data,
        (None, None) => {
            let message = "no sequence is named: give a file, or a task with --task".to_owned();
            misuse(&["gates"], ErrorKind::MissingRequiredArgument, message).exit()
        }
    };
    let source = SequenceSource::of_file(data, split, sequence)?;
    let chosen = [
        ("--split", arguments.split.is_some()),
        ("--sequence", arguments.sequence.is_some()),
    ];
    match chosen.iter().find(|(_, given)| *given) {
        Some((option, _)) if !source.is_one_of_several() => {
            let message = format!(
                "{option} chooses among the sequences of a task or of music: {} is one sequence",
                visible(&data.display().to_string())
            );
            misuse(&["gates"], ErrorKind::ArgumentConflict, message).exit()
        }
        _ => Ok(source),
    }
}

/// Tables with what has to be known to read them.
fn text(
    view: &GateView,
    document: &GateDocument,
    sequence: &ShownSequence,
    folder: Option<&GatesFolder>,
    page: Page,
) -> String {
    let from = match sequence.split {
        Some(split) => format!(", {split} sequence {}", sequence.sequence),
        None => String::new(),
    };
    let steps = match view.steps {
        1 => "1 step".to_owned(),
        steps => format!("{} steps", crate::number::thousands(steps)),
    };
    let title = format!(
        "{} on {}{from}: {steps}",
        document.model.file, document.sequence.name
    );
    let mut text = paragraph(&visible(&title), page.text);
    text += "\n";
    text += &paragraph(&table::notes(view, document), page.text);
    for layer in &view.layers {
        text += &format!("\n{}", table::table(view, layer));
    }
    if let Some(folder) = folder {
        let written = format!(
            "Written to {}: gates.html, gates.png, gates.json and the arrays as .npy.",
            folder.path().display()
        );
        text += &format!("\n{}", paragraph(&visible(&written), page.text));
    }
    text
}
