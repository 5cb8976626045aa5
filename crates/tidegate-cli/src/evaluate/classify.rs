//! Measuring a classifier: which class it takes for which, and whether its probabilities are what they say.

use serde::Serialize;
use tidegate_study::classify::ClassifyPicture;
use tidegate_train::metrics::{ClassMetricValues, ClassScores, ReliabilityBin};
use tidegate_train::{ClassifyEvaluation, ClassifyModel};

use super::arguments::EvaluateArguments;
use crate::classify::{read_recordings, sentence};
use crate::columns::columns;
use crate::failure::Failure;
use crate::number::{counted, significant, thousands};
use crate::outputs::write_page;
use crate::page::Page;
use crate::paragraph::paragraph;
use crate::reading::data_name;
use crate::standard_output::print_result;
use crate::visible::visible;

/// Classes of a matrix that a terminal has room for.
const MOST_CLASSES: usize = 20;

/// What was measured, on what.
#[derive(Debug, Serialize)]
struct EvaluateDocument {
    model: String,
    data: String,
    recordings: usize,
    /// Steps that have a class each; none where recordings have.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<u64>,
    notes: Vec<String>,
    metrics: ClassMetricValues,
    classes: Vec<ClassDocument>,
    confusion: ConfusionDocument,
    reliability: Vec<ReliabilityBin>,
}

#[derive(Debug, Serialize)]
struct ClassDocument {
    class: String,
    #[serde(flatten)]
    scores: ClassScores,
}

/// A row for each class that is the case, a column for each that was predicted.
#[derive(Debug, Serialize)]
struct ConfusionDocument {
    labels: Vec<String>,
    counts: Vec<Vec<u64>>,
}

pub(super) fn evaluate(arguments: &EvaluateArguments) -> Result<(), Failure> {
    let model = ClassifyModel::load(&arguments.model)?;
    let name = data_name(&arguments.data);
    let recordings = read_recordings(&arguments.data, &arguments.reading.options(&model))?;
    let evaluation = model.evaluate(&recordings)?;
    let document = EvaluateDocument::of(
        arguments.model.display().to_string(),
        name,
        &model,
        &evaluation,
        recordings.notes.iter().map(ToString::to_string).collect(),
    );
    if let Some(plot) = &arguments.plot {
        write_page(plot, picture(&document, &evaluation).html())?;
    }
    print_result(arguments.json, &document, |page| document.text(page))
}

fn picture(document: &EvaluateDocument, evaluation: &ClassifyEvaluation) -> ClassifyPicture {
    ClassifyPicture {
        title: format!("Classes of {}", document.data),
        subject: vec![
            format!("Model: {}.", document.model),
            format!("{}: {}", document.measured(), sentence(&document.metrics)),
        ],
        counted: document.noun().to_owned(),
        classes: evaluation.classes.clone(),
        confusion: evaluation.metrics.confusion().clone(),
        reliability: document.reliability.clone(),
        training: None,
    }
}

impl EvaluateDocument {
    fn of(
        model: String,
        data: String,
        trained: &ClassifyModel,
        evaluation: &ClassifyEvaluation,
        notes: Vec<String>,
    ) -> EvaluateDocument {
        let (metrics, classes) = (&evaluation.metrics, &evaluation.classes);
        let confusion = metrics.confusion();
        let every_step = trained.plan.schema.every_step;
        EvaluateDocument {
            model,
            data,
            recordings: evaluation.recordings,
            steps: every_step.then(|| confusion.total()),
            notes,
            metrics: metrics.values(),
            classes: classes
                .iter()
                .enumerate()
                .map(|(class, name)| ClassDocument {
                    class: name.clone(),
                    scores: confusion.class_scores(class),
                })
                .collect(),
            confusion: ConfusionDocument {
                labels: classes.clone(),
                counts: confusion.rows().map(<[u64]>::to_vec).collect(),
            },
            reliability: metrics.reliability().bins(),
        }
    }

    fn noun(&self) -> &'static str {
        match self.steps {
            Some(_) => "steps",
            None => "recordings",
        }
    }

    /// Such as `370 recordings`.
    fn measured(&self) -> String {
        let recordings = counted(self.recordings, "recording", "recordings");
        match self.steps {
            Some(steps) => format!(
                "{} of {recordings}",
                counted(steps as usize, "step", "steps")
            ),
            None => recordings,
        }
    }

    fn text(&self, page: Page) -> String {
        let title = format!(
            "{} on {}, {}: {}",
            self.model,
            self.data,
            self.measured(),
            sentence(&self.metrics)
        );
        let mut text = paragraph(&visible(&title), page.text);
        for note in &self.notes {
            text += &paragraph(&visible(&format!("Note: {note}.")), page.text);
        }
        let headings = [
            ["", "class"],
            ["", "precision"],
            ["", "recall"],
            ["", "F1"],
            ["", self.noun()],
        ];
        let rows: Vec<Vec<String>> = self
            .classes
            .iter()
            .map(|ClassDocument { class, scores }| {
                vec![
                    visible(class),
                    significant(scores.precision, 4),
                    significant(scores.recall, 4),
                    significant(scores.f1, 4),
                    thousands(scores.support as usize),
                ]
            })
            .collect();
        text += &columns(&headings, &rows, page.table);
        if self.classes.len() <= MOST_CLASSES {
            text += &self.matrix(page);
        }
        text
    }

    /// A row for each class that is the case, a column for each that was predicted.
    fn matrix(&self, page: Page) -> String {
        let names: Vec<String> = self
            .confusion
            .labels
            .iter()
            .map(|one| visible(one))
            .collect();
        let mut headings = vec![["", "is \\ predicted"]];
        headings.extend(names.iter().map(|name| ["", name.as_str()]));
        let counts = names.iter().zip(&self.confusion.counts);
        let rows: Vec<Vec<String>> = counts
            .map(|(name, counts)| {
                let counts = counts.iter().map(|&count| thousands(count as usize));
                std::iter::once(name.clone()).chain(counts).collect()
            })
            .collect();
        columns(&headings, &rows, page.table)
    }
}
