//! The page of a stream that was read from a file.

use std::path::Path;

use tidegate_study::forecast::DetectionPicture;
use tidegate_train::DetectData;

use super::arguments::DetectArguments;
use super::watch::Watch;
use crate::failure::Failure;
use crate::number::counted;
use crate::reading::read_table;

/// What was found beside the readings. Where lines were passed over, or the file is no table, the readings cannot be told apart
/// and there is no page.
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
    let rows = data.rows.min(found.len());
    let channels = names.into_iter().enumerate().map(|(index, name)| {
        let values = data.column(index, 0..rows).into_iter();
        (
            name,
            values
                .map(|value| (!value.is_nan()).then_some(value))
                .collect(),
        )
    });
    let alarms: Vec<usize> = (0..rows).filter(|&row| found[row].alarm).collect();
    let picture = DetectionPicture {
        title: format!("Anomalies in {name}"),
        subject: vec![format!(
            "Model: {}. {}, where {} may be by chance.",
            arguments.model.display(),
            counted(alarms.len(), "alarm", "alarms"),
            arguments.false_alarms.unwrap_or(plan.false_alarms),
        )],
        time_format: data.time.as_ref().map(|time| time.format),
        times: match &data.time {
            Some(time) => time.times[..rows].to_vec(),
            None => (1..=rows as i64).collect(),
        },
        channels: channels.collect(),
        scores: found[..rows]
            .iter()
            .map(|found| (!found.score.is_nan()).then(|| f64::from(found.score)))
            .collect(),
        threshold: watch.detector.threshold(),
        alarms,
        windows: Vec::new(),
    };
    picture.html().map_err(|error| Failure::Page {
        path: arguments.plot.clone().unwrap_or_default(),
        error,
    })
}
