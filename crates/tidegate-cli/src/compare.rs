//! `tidegate compare`: from options to a comparison, and from its report to standard output.

use std::sync::Arc;

use clap::CommandFactory;
use clap::error::ErrorKind;
use tidegate_data::DataError;
use tidegate_study::{
    Comparison, Effort, Experiment, Language, Question, Sizing, Study, StudyError, StudyReport,
    Task,
};

use crate::answers::answers;
use crate::arguments::{
    Arguments, CompareArguments, EqualName, LanguageName, QuestionName, TaskName,
};
use crate::failure::Failure;
use crate::findings::findings;
use crate::interruption::stop_on_interruption;
use crate::page::Page;
use crate::paragraph::paragraph;
use crate::progress::{Display, Labels};
use crate::standard_output::print;
use crate::table::table;
use crate::times::times;
use crate::visible::visible;

/// Steps of the generated tasks where no other number is asked for.
const LENGTH: usize = 100;
const MACKEY_GLASS_LENGTH: usize = 200;

pub(crate) fn run(arguments: &CompareArguments) -> Result<(), Failure> {
    let study = study_of(arguments).unwrap_or_else(|misuse| misuse.exit());
    let comparison = &study.comparison;
    let labels = match study.questions.is_empty() {
        true => Labels::of(comparison.experiments.len()),
        false => Labels::Study,
    };
    let display = Arc::new(Display::of_standard_error());
    let speaker = Arc::clone(&display);
    let stop = stop_on_interruption(move |line| speaker.say(line))?;
    let result = tidegate_study::study(
        &study,
        &|progress| display.show_study(&progress, labels),
        stop,
    );
    display.end();
    let report = result.map_err(|error| failure(error, arguments, comparison))?;
    print(&if arguments.json {
        serde_json::to_string_pretty(&report).map_err(StudyError::Json)? + "\n"
    } else {
        text(&report, Page::of_standard_output())
    })
}

/// Says it in terms of the options.
fn failure(error: StudyError, arguments: &CompareArguments, comparison: &Comparison) -> Failure {
    match error {
        StudyError::Interrupted { done, runs } => Failure::Interrupted {
            done,
            runs,
            folder: comparison.folder.clone(),
        },
        StudyError::Data(DataError::ImpossibleOption { task, reason, .. })
            if arguments.length.is_some() || arguments.sequences.is_some() =>
        {
            let given = [
                ("--length", arguments.length),
                ("--sequences", arguments.sequences),
            ];
            let given = given.iter().filter_map(|(name, value)| {
                let value = (*value)?;
                Some(format!("{name} {value}"))
            });
            Failure::Size {
                task,
                given: given.collect::<Vec<_>>().join(" and "),
                reason,
            }
        }
        error @ StudyError::Memory { .. } => Failure::Memory {
            error: Box::new(error),
            options: match arguments.data {
                Some(_) => "--threads, --memory, --hidden, --parameters",
                None => "--length, --sequences, --threads, --memory, --hidden, --parameters",
            },
        },
        error @ StudyError::MemoryLimit { .. } => Failure::Memory {
            error: Box::new(error),
            options: "--memory, --hidden, --parameters",
        },
        error => Failure::Study(error),
    }
}

/// Tables with what can be said of them.
fn text(report: &StudyReport, page: Page) -> String {
    let mut text = String::new();
    let comparison = &report.comparison;
    for summaries in comparison.summary.chunk_by(|a, b| a.task == b.task) {
        text += &paragraph(&visible(&summaries[0].task), page.text);
        text += &format!("\n{}\n", table(summaries, page.table));
        text += &format!("{}\n", findings(summaries, page.text));
    }
    text += &answers(report, page);
    let rows = report
        .experiments
        .iter()
        .flat_map(|experiment| &experiment.rows);
    text + &paragraph(&times(rows), page.text)
}

/// Lowers the options.
fn study_of(arguments: &CompareArguments) -> Result<Study, clap::Error> {
    let effort = if arguments.full {
        Effort::Full
    } else {
        Effort::Quick
    };
    let comparison = comparison(arguments, effort)?;
    let questions = questions(&arguments.question)?;
    if arguments.task.is_some() || arguments.data.is_some() {
        return Ok(presented(
            Study::new(comparison, questions, effort),
            arguments,
        ));
    }
    let of_generated_tasks = Study::of_generated_tasks(questions, effort);
    let study = Study {
        comparison,
        ..of_generated_tasks
    };
    Ok(presented(study, arguments))
}

/// With the language of its page and the command that repeats it.
fn presented(study: Study, arguments: &CompareArguments) -> Study {
    let words = std::env::args_os().skip(1);
    let words = words.map(|word| quoted(&word.to_string_lossy()));
    let words: Vec<String> = std::iter::once("tidegate".to_owned())
        .chain(words)
        .collect();
    Study {
        language: match arguments.language {
            LanguageName::En => Language::English,
            LanguageName::Ko => Language::Korean,
        },
        command: words.join(" "),
        ..study
    }
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=,:+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn questions(names: &[QuestionName]) -> Result<Vec<Question>, clap::Error> {
    let question = |name: &QuestionName| match name {
        QuestionName::Memory => Some(Question::Memory),
        QuestionName::Structure => Some(Question::Structure),
        QuestionName::Time => Some(Question::Time),
        QuestionName::Data => Some(Question::Data),
        QuestionName::None => None,
    };
    let asked: Vec<Question> = names.iter().filter_map(question).collect();
    let twice = (1..asked.len()).any(|index| asked[..index].contains(&asked[index]));
    let fail = |message: &str| {
        Err(misuse(
            &["compare"],
            ErrorKind::ValueValidation,
            message.to_owned(),
        ))
    };
    match (names, asked.is_empty()) {
        ([], _) => Ok(Question::ALL.to_vec()),
        _ if twice => fail("--question names a question twice: name each once"),
        ([_], true) => Ok(Vec::new()),
        _ if asked.len() < names.len() => fail("--question none stands alone"),
        _ => Ok(asked),
    }
}

fn comparison(arguments: &CompareArguments, effort: Effort) -> Result<Comparison, clap::Error> {
    let tasks = match (&arguments.data, arguments.task) {
        (Some(path), _) => vec![Task::polyphonic_music(path)],
        (None, Some(name)) => vec![generated_task(name, arguments.length)],
        (None, None) => vec![
            Task::adding_problem(LENGTH),
            Task::mackey_glass(MACKEY_GLASS_LENGTH),
        ],
    };
    let experiment = |task: Task| {
        let task = match arguments.sequences {
            Some(sequences) => task.with_sequences(sequences),
            None => task,
        };
        let mut experiment = Experiment::new(task);
        experiment.recipe.training.memory_limit = arguments.memory;
        match arguments.epochs {
            Some(epochs) => experiment.with_epochs(epochs),
            None => experiment,
        }
    };
    let mut comparison = Comparison::new(tasks.into_iter().map(experiment).collect());
    comparison.cells = arguments.cells.clone();
    for (index, cell) in arguments.cells.iter().enumerate() {
        if arguments.cells[..index].contains(cell) {
            let message = format!("--cells names {cell} twice: name each cell once");
            return Err(misuse(&["compare"], ErrorKind::ValueValidation, message));
        }
    }
    comparison.sizing = sizing(arguments)?;
    comparison.seeds = arguments.seeds.unwrap_or(effort.seeds());
    if let Some(threads) = arguments.threads {
        comparison.threads = threads;
    }
    comparison.folder = arguments.out.clone();
    Ok(comparison)
}

fn sizing(arguments: &CompareArguments) -> Result<Sizing, clap::Error> {
    let conflict = |message: &str| {
        Err(misuse(
            &["compare"],
            ErrorKind::ArgumentConflict,
            message.to_owned(),
        ))
    };
    match (arguments.equal, arguments.parameters, arguments.hidden) {
        (Some(EqualName::Parameters), _, Some(_)) => conflict(
            "--hidden cannot be used with --equal parameters: the hidden sizes follow from the parameters",
        ),
        (Some(EqualName::Hidden), Some(_), _) => conflict(
            "--parameters cannot be used with --equal hidden: the parameters follow from the hidden size",
        ),
        (Some(EqualName::Hidden), None, hidden) => Ok(Sizing::EqualHiddenSize(hidden)),
        (None, None, hidden @ Some(_)) => Ok(Sizing::EqualHiddenSize(hidden)),
        (_, parameters, _) => Ok(Sizing::EqualParameters(parameters)),
    }
}

/// The task of this name with sequences of so many steps, or as many as usual.
pub(crate) fn generated_task(name: TaskName, length: Option<usize>) -> Task {
    match name {
        TaskName::Adding => Task::adding_problem(length.unwrap_or(LENGTH)),
        TaskName::Copy => Task::copy_memory(length.unwrap_or(LENGTH)),
        TaskName::Order => Task::temporal_order(length.unwrap_or(LENGTH)),
        TaskName::MackeyGlass => Task::mackey_glass(length.unwrap_or(MACKEY_GLASS_LENGTH)),
    }
}

/// Misuse of the options of a subcommand, which has a name of several words where it is one of a subcommand's own.
pub(crate) fn misuse(subcommand: &[&str], kind: ErrorKind, message: String) -> clap::Error {
    let mut command = Arguments::command();
    command.build();
    let found = subcommand.iter().try_fold(&mut command, |command, name| {
        command.find_subcommand_mut(name)
    });
    match found {
        Some(subcommand) => subcommand.error(kind, message),
        None => Arguments::command().error(kind, message),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::arguments::Command;

    fn of(options: &[&str]) -> Comparison {
        let words = ["tidegate", "compare"].iter().chain(options);
        let command = Arguments::try_parse_from(words).unwrap().command;
        let Command::Compare(arguments) = command else {
            panic!("another command: {command:?}")
        };
        study_of(&arguments).unwrap().comparison
    }

    #[test]
    fn without_options_the_adding_problem_and_mackey_glass_are_compared() {
        let tasks: Vec<&str> = of(&[])
            .experiments
            .iter()
            .map(|experiment| experiment.task.key())
            .collect();
        assert_eq!(tasks, ["adding", "mackey-glass"]);
    }

    #[test]
    fn a_hidden_size_implies_equal_hidden_sizes() {
        assert_eq!(
            of(&["--hidden", "7"]).sizing,
            Sizing::EqualHiddenSize(Some(7))
        );
        assert_eq!(
            of(&["--equal", "hidden"]).sizing,
            Sizing::EqualHiddenSize(None)
        );
        assert_eq!(
            of(&["--parameters", "9"]).sizing,
            Sizing::EqualParameters(Some(9))
        );
    }

    #[test]
    fn the_memory_limit_reaches_the_training_of_every_task() {
        let limits = |options: &[&str]| -> Vec<Option<u64>> {
            let experiments = of(options).experiments;
            let limit = |experiment: &Experiment| experiment.recipe.training.memory_limit;
            experiments.iter().map(limit).collect()
        };
        assert_eq!(limits(&[]), [None, None]);
        assert_eq!(
            limits(&["--memory", "1MiB"]),
            [Some(1 << 20), Some(1 << 20)]
        );
    }

    #[test]
    fn fewer_epochs_shorten_tuning_too() {
        let recipe = &of(&["--task", "copy", "--epochs", "2"]).experiments[0].recipe;
        assert_eq!((recipe.training.epochs, recipe.tuning_epochs), (2, 2));
    }
}
