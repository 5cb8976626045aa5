//! Measuring a detector of anomalies against labelled windows.

use serde::Serialize;
use tidegate_train::metrics::AnomalyWindows;
use tidegate_train::{DetectData, DetectModel, Detector, FalseAlarms, Period, TrainError};

use super::arguments::EvaluateArguments;
use super::labels;
use crate::detect::picture::picture;
use crate::failure::Failure;
use crate::number::{counted, significant, thousands};
use crate::outputs::write_page;
use crate::paragraph::paragraph;
use crate::reading::{data_name, read_table};
use crate::standard_output::print_result;
use crate::visible::visible;

/// What was measured, on what.
#[derive(Debug, Serialize)]
struct DetectDocument {
    model: String,
    data: String,
    /// Rows that were fitted on, at the beginning of the data; they are not measured.
    fitted_rows: usize,
    measured_rows: usize,
    false_alarms: FalseAlarms,
    threshold: f64,
    /// Labelled windows that no reading lies in; they do not count.
    windows_without_rows: usize,
    /// The first reading of each alarm, as its time is written.
    alarms: Vec<String>,
    metrics: DetectMetrics,
}

#[derive(Debug, Serialize)]
struct DetectMetrics {
    #[serde(flatten)]
    windows: AnomalyWindows,
    /// In 30 days of readings.
    false_alarms_a_month: Option<f64>,
    /// The benchmark's score where each reading from the threshold on counts as an alarm, not each episode.
    nab_score_of_readings: Option<f64>,
}

pub(super) fn evaluate(arguments: &EvaluateArguments) -> Result<(), Failure> {
    let Some(labels) = &arguments.labels else {
        return Err(Failure::NoLabels {
            model: arguments.model.clone(),
        });
    };
    let model = DetectModel::load(&arguments.model)?;
    let name = data_name(&arguments.data);
    let table = read_table(&arguments.data)?;
    let plan = &model.plan;
    let names: Vec<String> = plan.channels.iter().map(|one| one.name.clone()).collect();
    let of_data = |error| Failure::of_data(&name, error);
    let data = DetectData::of(&table, plan.time.as_deref(), Some(&names)).map_err(of_data)?;
    let Some(time) = &data.time else {
        return Err(Failure::Labels {
            path: labels.clone(),
            reason: format!("labels times, and {name} has none"),
        });
    };
    let windows = labels::windows(labels, arguments.label_key.as_deref(), &arguments.data)?;
    let labelled = windows.len();
    let windows = labels::rows(&windows, &time.times);
    let first = plan.fitted_rows_of(&data);
    let (false_alarms, fitted_interval) = (plan.false_alarms, plan.interval);
    let mut detector = Detector::new(model, None).map_err(TrainError::from)?;
    let (mut alarms, mut above) = (Vec::new(), Vec::new());
    let mut all = Vec::with_capacity(data.rows);
    for row in 0..data.rows {
        let found = detector.step(data.row(row)).map_err(TrainError::from)?;
        all.push(found);
        if found.alarm {
            alarms.push(row);
        }
        if found
            .score
            .is_some_and(|score| score >= detector.threshold())
        {
            above.push(row);
        }
    }
    let measured = AnomalyWindows::measure(&alarms, &windows, first);
    let rows = data.rows - first;
    let month = Period::Month.seconds().unwrap_or_default();
    let months = fitted_interval.map(|interval| rows as f64 * interval / month);
    let later = alarms.iter().filter(|&&row| row >= first);
    let document = DetectDocument {
        model: arguments.model.display().to_string(),
        data: name.clone(),
        fitted_rows: first,
        measured_rows: rows,
        false_alarms,
        threshold: detector.threshold(),
        windows_without_rows: labelled - windows.len(),
        alarms: later.map(|&row| time.text(time.times[row])).collect(),
        metrics: DetectMetrics {
            false_alarms_a_month: months
                .filter(|&months| months > 0.0)
                .map(|months| measured.false_alarms as f64 / months),
            nab_score_of_readings: AnomalyWindows::measure(&above, &windows, first).nab_score,
            windows: measured,
        },
    };
    if let Some(plot) = &arguments.plot {
        let title = format!("Anomalies in {name}");
        let shaded = windows.iter().map(|rows| [*rows.start(), *rows.end()]);
        let threshold = detector.threshold();
        let subject = document.in_words();
        let picture = picture(title, subject, &data, &all, threshold, shaded.collect());
        write_page(plot, picture.html())?;
    }
    print_result(arguments.json, &document, |page| {
        let words = document.in_words();
        words
            .iter()
            .map(|words| paragraph(&visible(words), page.text))
            .collect::<Vec<_>>()
            .join("\n")
    })
}

impl DetectDocument {
    fn in_words(&self) -> Vec<String> {
        let DetectMetrics {
            windows,
            false_alarms_a_month,
            nab_score_of_readings,
        } = &self.metrics;
        let number =
            |value: &Option<f64>| value.map_or("none".to_owned(), |value| significant(value, 3));
        let fitted = match self.fitted_rows {
            0 => String::new(),
            rows => format!(
                " after the first {}, which the model was fitted on",
                thousands(rows)
            ),
        };
        let found = format!(
            "{} on {}, {}{fitted}: {} of {} met, {}, {} of them false ({} a month, where {} may be by chance). Precision {}, \
             recall {}. NAB score {}; {} where each reading from the threshold on counts.",
            self.model,
            self.data,
            counted(self.measured_rows, "row", "rows"),
            windows.windows_met,
            counted(windows.windows, "labelled window", "labelled windows"),
            counted(windows.alarms, "alarm", "alarms"),
            windows.false_alarms,
            number(false_alarms_a_month),
            self.false_alarms,
            number(&windows.precision),
            number(&windows.recall),
            number(&windows.nab_score),
            number(nab_score_of_readings),
        );
        let mut words = vec![found];
        if self.windows_without_rows > 0 {
            let windows = counted(
                self.windows_without_rows,
                "labelled window",
                "labelled windows",
            );
            words.push(format!(
                "Not counted: {windows} without a reading of {}.",
                self.data
            ));
        }
        if !self.alarms.is_empty() {
            words.push(format!("Alarms: {}.", self.alarms.join(", ")));
        }
        words
    }
}
