//! The experiments that a study's questions need, each made once.

use tidegate_data::Splits;

use crate::comparison::Experiment;
use crate::error::StudyError;
use crate::lag_family::LagFamily;
use crate::memory;
use crate::omission::Omission;
use crate::question::Question;
use crate::recipe::Recipe;
use crate::share::Share;
use crate::sizing::Sizing;
use crate::study::Study;
use crate::task::Task;

/// Training sequences of the smallest share that is trained on.
const LEAST_SEQUENCES: usize = 4;

/// Shares that make a curve, the whole set among them.
const LEAST_SHARES: usize = 3;

/// Part of the lowest loss without memory at which a run ends: far enough below the part at which it counts as solved
/// that its test loss is too.
const ENDED_AT: f64 = 0.05;

/// Parameters of each model on a generated task with a lag, where no other number is asked for.
const LAG_PARAMETERS: usize = 5_000;

/// Passes over the training sequences of such a task.
const LAG_EPOCHS: usize = 5;

/// All experiments, and by their indices which of them answer which question.
pub(crate) struct StudyPlan {
    pub(crate) asked: Vec<Question>,
    pub(crate) experiments: Vec<Experiment>,
    /// The first so many are the plain comparison's.
    pub(crate) plain: usize,
    /// One for each family, with one experiment for each lag.
    pub(crate) lags: Vec<(LagFamily, Vec<usize>)>,
    /// Those whose gradients are measured.
    pub(crate) watched: Vec<usize>,
    /// Those whose times are compared, and whose models' structure.
    pub(crate) sized: Vec<usize>,
    /// One for each task that is trained on shares of its data, with one experiment for each share, ascending.
    pub(crate) shared: Vec<Vec<usize>>,
    /// What of memory cannot be answered.
    pub(crate) memory_omissions: Vec<Omission>,
    /// What of data cannot be answered.
    pub(crate) data_omissions: Vec<Omission>,
}

impl StudyPlan {
    /// The plan of a study. Reads a file's data to count its sequences.
    pub(crate) fn of(study: &Study) -> Result<StudyPlan, StudyError> {
        let asks = |question| study.questions.contains(&question);
        let compares = study.always_compares || study.questions != [Question::Memory];
        let experiments = match compares {
            true => study.comparison.experiments.clone(),
            false => Vec::new(),
        };
        let mut plan = StudyPlan {
            asked: study.questions.clone(),
            plain: experiments.len(),
            experiments,
            lags: Vec::new(),
            watched: Vec::new(),
            sized: Vec::new(),
            shared: Vec::new(),
            memory_omissions: Vec::new(),
            data_omissions: Vec::new(),
        };
        if asks(Question::Memory) {
            plan.ask_for_memory(study)?;
        }
        if asks(Question::Structure) || asks(Question::Time) {
            plan.ask_for_time(study);
        }
        if asks(Question::Data) {
            plan.ask_for_data(study)?;
        }
        Ok(plan)
    }

    /// The questions that an experiment answers.
    pub(crate) fn questions_of(&self, index: usize) -> Vec<Question> {
        let lags = || self.lags.iter().flat_map(|(_, indices)| indices);
        let shared = || self.shared.iter().flatten();
        let answers = |question: &Question| match question {
            Question::Memory => lags().chain(&self.watched).any(|&i| i == index),
            Question::Structure | Question::Time => self.sized.contains(&index),
            Question::Data => shared().any(|&i| i == index),
        };
        let asked = self.asked.iter().copied();
        asked.filter(answers).collect()
    }

    fn add(&mut self, experiment: Experiment) -> usize {
        self.experiments.push(experiment);
        self.experiments.len() - 1
    }

    fn ask_for_memory(&mut self, study: &Study) -> Result<(), StudyError> {
        for &family in &study.lag_families {
            let experiment = |lag| lag_experiment(study, family, lag);
            let indices = study
                .effort
                .lags()
                .iter()
                .map(|&lag| self.add(experiment(lag)));
            let indices: Vec<usize> = indices.collect();
            self.watched.extend(&indices);
            self.lags.push((family, indices));
        }
        if study.lag_families.is_empty() {
            for index in 0..self.plain {
                self.experiments[index].measures_gradients = true;
                self.watched.push(index);
                let task = splits(&self.experiments[index].task)?.name;
                self.memory_omissions.push(Omission::LagIsGiven { task });
            }
        }
        Ok(())
    }

    /// The plain comparison has one of the two sizings; the other is added.
    fn ask_for_time(&mut self, study: &Study) {
        for index in 0..self.plain {
            let experiment = self.experiments[index].clone();
            let sizing = match study.comparison.sizing_of(&experiment) {
                Sizing::EqualParameters(_) => Sizing::EqualHiddenSize(None),
                Sizing::EqualHiddenSize(_) => Sizing::EqualParameters(None),
            };
            let other = self.add(Experiment {
                sizing: Some(sizing),
                folder: Some(format!("time/{}-{}", index + 1, experiment.task.key())),
                measures_gradients: false,
                ..experiment
            });
            self.sized.extend([index, other]);
        }
    }

    fn ask_for_data(&mut self, study: &Study) -> Result<(), StudyError> {
        for index in 0..self.plain {
            let experiment = self.experiments[index].clone();
            let Splits { name, train, .. } = splits(&experiment.task)?;
            let sequences = train.len();
            let mut shares = study.effort.shares();
            let needed = shares[shares.len() + 1 - LEAST_SHARES].one_in * LEAST_SEQUENCES;
            shares.retain(|share| share.of(sequences) >= LEAST_SEQUENCES);
            if shares.len() + 1 < LEAST_SHARES {
                self.data_omissions.push(Omission::TooFewSequences {
                    task: name,
                    sequences,
                    needed,
                });
                continue;
            }
            let share = |share: Share| {
                self.add(Experiment {
                    share,
                    folder: Some(format!(
                        "data/{}-{}-1-in-{}",
                        index + 1,
                        experiment.task.key(),
                        share.one_in
                    )),
                    measures_gradients: false,
                    ..experiment.clone()
                })
            };
            let mut indices: Vec<usize> = shares.into_iter().map(share).collect();
            indices.push(index);
            self.shared.push(indices);
        }
        Ok(())
    }
}

/// The sets of a task, unless they are too large for the memory.
fn splits(task: &Task) -> Result<Splits, StudyError> {
    memory::check_sets(task, memory::available())?;
    Ok(task.splits()?)
}

/// A generated task at a lag, with a fixed number of updates at most.
fn lag_experiment(study: &Study, family: LagFamily, lag: usize) -> Experiment {
    let effort = study.effort;
    let (mut sequences, mut epochs) = (effort.lag_sequences(), LAG_EPOCHS);
    let plain = &study.comparison.experiments;
    let given = plain
        .iter()
        .filter(|e| LagFamily::of(&e.task) == Some(family));
    // Who asks for less than usual of a task gets less at every lag.
    for given in given.filter(|_| study.always_compares) {
        sequences = given
            .task
            .sequences()
            .map_or(sequences, |n| n.min(sequences));
    }
    for given in plain {
        if given.recipe.training.epochs < Recipe::of(&given.task).training.epochs {
            epochs = epochs.min(given.recipe.training.epochs);
        }
    }
    let task = family.task(lag).with_sequences(sequences);
    let mut recipe = Recipe::of(&task);
    (recipe.training.epochs, recipe.tuning_epochs) = (epochs, epochs);
    recipe.training.patience = None;
    recipe.parameters = LAG_PARAMETERS;
    recipe.training.target_loss = Some(ENDED_AT * family.loss_without_memory(lag));
    recipe.training.memory_limit = plain.iter().find_map(|e| e.recipe.training.memory_limit);
    Experiment {
        recipe,
        measures_gradients: true,
        folder: Some(format!("memory/{}-lag-{lag}", task.key())),
        ..Experiment::new(task)
    }
}
