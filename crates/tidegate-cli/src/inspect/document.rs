//! What is found in a table, as one JSON document.

use std::collections::HashSet;

use serde::Serialize;
use tidegate_data::{
    Column, Gap, Marker, Place, Places, Separator, Table, TableFormat, TableLayout, TimeColumn,
    TimeSteps, Values,
};

use super::Inspection;
use super::problems::{Problem, problems};

#[derive(Serialize)]
pub(super) struct Document {
    pub(super) data: String,
    pub(super) format: FormatDocument,
    pub(super) rows: usize,
    pub(super) columns: Vec<ColumnDocument>,
    pub(super) time: Option<TimeDocument>,
    pub(super) layout: &'static str,
    pub(super) series_column: Option<String>,
    /// Empty of a wide table.
    pub(super) series: Vec<SeriesDocument>,
    pub(super) problems: Vec<Problem>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum FormatDocument {
    Csv {
        separator: &'static str,
        decimal: &'static str,
    },
    JsonLines,
    Parquet,
    ArrowFile,
    ArrowStream,
    Npy,
    Npz,
}

#[derive(Serialize)]
pub(super) struct ColumnDocument {
    pub(super) name: String,
    /// What the cells are: `number`, `text`, `time` where the file keeps times as such, or `empty` where all are missing.
    pub(super) kind: &'static str,
    /// What the column is for: `time`, `series` or `value`.
    pub(super) role: &'static str,
    pub(super) minimum: Option<f64>,
    pub(super) maximum: Option<f64>,
    pub(super) mean: Option<f64>,
    /// Different texts.
    pub(super) distinct: Option<usize>,
    pub(super) missing: usize,
    pub(super) missing_markers: Vec<MarkerDocument>,
}

#[derive(Serialize)]
pub(super) struct MarkerDocument {
    text: String,
    count: usize,
    pub(super) first: Place,
}

#[derive(Serialize)]
pub(super) struct TimeDocument {
    pub(super) columns: Vec<String>,
    pub(super) format: String,
    /// Whether times are points in time; else they are local, and are counted as if they were in UTC.
    pub(super) in_utc: bool,
    pub(super) earliest: String,
    pub(super) latest: String,
    pub(super) frequency: Option<FrequencyDocument>,
    pub(super) steps: usize,
    pub(super) regular_steps: usize,
    pub(super) gaps: Option<GapsDocument>,
    pub(super) repeated: Option<PlacesDocument>,
    pub(super) backwards: Option<PlacesDocument>,
    pub(super) uneven: Option<PlacesDocument>,
}

#[derive(Serialize)]
pub(super) struct FrequencyDocument {
    count: f64,
    unit: &'static str,
    pub(super) text: String,
}

#[derive(Serialize)]
pub(super) struct GapsDocument {
    pub(super) count: usize,
    pub(super) missing_steps: i64,
    pub(super) first: GapDocument,
    pub(super) longest: GapDocument,
}

#[derive(Serialize)]
pub(super) struct GapDocument {
    pub(super) before: Place,
    pub(super) missing_steps: i64,
}

#[derive(Serialize)]
pub(super) struct PlacesDocument {
    pub(super) count: usize,
    pub(super) first: Place,
}

#[derive(Serialize)]
pub(super) struct SeriesDocument {
    pub(super) name: String,
    pub(super) rows: usize,
    pub(super) first: Place,
}

impl Document {
    pub(super) fn of(data: String, inspection: &Inspection) -> Document {
        let table = &inspection.table;
        let time = inspection.time.as_ref().ok().and_then(Option::as_ref);
        let (series_index, all_series) = match &inspection.layout {
            TableLayout::Wide => (None, &[][..]),
            TableLayout::Long { column, series } => (Some(*column), &series[..]),
        };
        let role = |index| match time {
            Some(time) if time.columns.contains(&index) => "time",
            _ if series_index == Some(index) => "series",
            _ => "value",
        };
        let columns = table.columns().iter().enumerate();
        let series = all_series.iter().map(|one| SeriesDocument {
            name: one.name.clone(),
            rows: one.rows.len(),
            // A series has a row at least.
            first: table.place(one.rows.first().copied().unwrap_or(0)),
        });
        let mut document = Document {
            data,
            format: format(table.format()),
            rows: table.rows(),
            columns: columns
                .map(|(index, one)| column(one, role(index)))
                .collect(),
            time: time
                .zip(inspection.steps.as_ref())
                .map(|(time, steps)| times(table, time, steps)),
            layout: if series_index.is_some() {
                "long"
            } else {
                "wide"
            },
            series_column: series_index.map(|index| table.columns()[index].name.clone()),
            series: series.collect(),
            problems: Vec::new(),
        };
        document.problems = problems(&document, inspection);
        document
    }
}

fn format(format: TableFormat) -> FormatDocument {
    match format {
        TableFormat::JsonLines => FormatDocument::JsonLines,
        TableFormat::Parquet => FormatDocument::Parquet,
        TableFormat::ArrowFile => FormatDocument::ArrowFile,
        TableFormat::ArrowStream => FormatDocument::ArrowStream,
        TableFormat::Npy => FormatDocument::Npy,
        TableFormat::Npz => FormatDocument::Npz,
        TableFormat::Delimited {
            separator,
            decimal_comma,
        } => FormatDocument::Csv {
            separator: Separator::name(separator),
            decimal: if decimal_comma { "comma" } else { "point" },
        },
    }
}

fn column(column: &Column, role: &'static str) -> ColumnDocument {
    let present = column.present();
    let (mut minimum, mut maximum, mut mean, mut distinct) = (None, None, None, None);
    match &column.values {
        Values::Numbers(values) if present > 0 => {
            let values = || values.iter().copied().filter(|value| !value.is_nan());
            minimum = values().reduce(f64::min);
            maximum = values().reduce(f64::max);
            // The sum of finite numbers may be infinite.
            let count = present as f64;
            mean = Some(values().sum::<f64>() / count)
                .filter(|mean| mean.is_finite())
                .or_else(|| Some(values().map(|value| value / count).sum()));
        }
        Values::Numbers(_) | Values::Times(_) => {}
        Values::Texts(texts) => {
            let missing: HashSet<usize> = column.missing.iter().copied().collect();
            let texts = texts.iter().enumerate();
            let texts = texts.filter(|(row, _)| !missing.contains(row));
            distinct = Some(texts.map(|(_, text)| text).collect::<HashSet<_>>().len());
        }
    }
    ColumnDocument {
        name: column.name.clone(),
        kind: match &column.values {
            _ if present == 0 => "empty",
            Values::Numbers(_) => "number",
            Values::Texts(_) => "text",
            Values::Times(_) => "time",
        },
        role,
        minimum,
        maximum,
        mean,
        distinct,
        missing: column.missing.len(),
        missing_markers: column.markers.iter().map(marker).collect(),
    }
}

fn marker(marker: &Marker) -> MarkerDocument {
    MarkerDocument {
        text: marker.text.clone(),
        count: marker.count,
        first: marker.first,
    }
}

fn times(table: &Table, time: &TimeColumn, steps: &TimeSteps) -> TimeDocument {
    let text = |time_of: Option<&i64>| time_of.map_or_else(String::new, |&one| time.text(one));
    let places = |places: Option<Places>| {
        places.map(|places| PlacesDocument {
            count: places.count,
            first: table.place(places.first),
        })
    };
    let gap = |gap: Gap| GapDocument {
        before: table.place(gap.row),
        missing_steps: gap.missing,
    };
    let columns = time.columns.iter();
    TimeDocument {
        columns: columns
            .map(|&index| table.columns()[index].name.clone())
            .collect(),
        format: time.format.to_string(),
        in_utc: time.format.in_utc(),
        earliest: text(time.times.iter().min()),
        latest: text(time.times.iter().max()),
        frequency: steps.frequency.map(|frequency| {
            let (count, unit) = frequency.in_units();
            FrequencyDocument {
                count,
                unit,
                text: frequency.to_string(),
            }
        }),
        steps: steps.count,
        regular_steps: steps.regular,
        gaps: steps.gaps.map(|gaps| GapsDocument {
            count: gaps.count,
            missing_steps: gaps.missing,
            first: gap(gaps.first),
            longest: gap(gaps.longest),
        }),
        repeated: places(steps.repeated),
        backwards: places(steps.backwards),
        uneven: places(steps.uneven),
    }
}
