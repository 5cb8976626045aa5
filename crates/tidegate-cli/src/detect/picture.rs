//! The page of a watched stream.

use std::path::Path;

use tidegate_study::forecast::DetectionPicture;
use tidegate_train::{DetectData, Detection};

use super::arguments::DetectArguments;
use super::watch::Watch;
use crate::failure::Failure;
use crate::number::counted;
use crate::reading::read_table;

/// What was found of each row of a table, beside its readings.
pub(crate) fn picture(
    title: String,
    subject: Vec<String>,
    data: &DetectData,
    found: &[Detection],
    threshold: f64,
    windows: Vec<[usize; 2]>,
) -> DetectionPicture {
    let rows = data.rows.min(found.len());
    let found = &found[..rows];
    let channels = data.names.iter().enumerate().map(|(index, name)| {
        let values = data.column(index, 0..rows).into_iter();
        let values = values.map(|value| (!value.is_nan()).then_some(value));
        (name.clone(), values.collect())
    });
    DetectionPicture {
        title,
        subject,
        time_format: data.time.as_ref().map(|time| time.format),
        times: match &data.time {
            Some(time) => time.times[..rows].to_vec(),
            None => (1..=rows as i64).collect(),
        },
        channels: channels.collect(),
        scores: found.iter().map(|found| found.score).collect(),
        threshold,
        alarms: (0..rows).filter(|&row| found[row].alarm).collect(),
        windows,
    }
}

/// The page of a stream that was read from a file. Where the file is no table, as it is with lines that were passed over, there is
/// none.
pub(super) fn page(
    arguments: &DetectArguments,
    input: &Path,
    watch: &Watch,
) -> Result<String, Failure> {
    let plan = &watch.detector.model().plan;
    let name = input.display().to_string();
    let names: Vec<String> = plan.channels.iter().map(|one| one.name.clone()).collect();
    let table = read_table(input)?;
    let data = DetectData::of(&table, plan.time.as_deref(), Some(&names))
        .map_err(|error| Failure::of_data(&name, error))?;
    let found = watch.found.as_deref().unwrap_or_default();
    let alarms = found.iter().filter(|found| found.alarm).count();
    let subject = format!(
        "Model: {}. {}, where {} may be by chance.",
        arguments.model.display(),
        counted(alarms, "alarm", "alarms"),
        arguments.false_alarms.unwrap_or(plan.false_alarms),
    );
    let title = format!("Anomalies in {name}");
    let threshold = watch.detector.threshold();
    let picture = picture(title, vec![subject], &data, found, threshold, Vec::new());
    picture.html().map_err(|error| Failure::Page {
        path: arguments.plot.clone().unwrap_or_default(),
        error,
    })
}
