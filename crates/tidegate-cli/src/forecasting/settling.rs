//! From a configuration and a table to a recipe: what the configuration leaves to the data (`"auto"`) is settled here.

use tidegate_data::{SeriesOptions, Split, SplitOptions, Table};
use tidegate_model::{Network, Normalisation};
use tidegate_train::losses::ForecastLoss;
use tidegate_train::{ForecastData, ForecastRecipe, NetworkKind};
use tidegate_train::{Optimiser, Schedule, TrainError, Training};

use crate::configuration::{
    ForecastConfiguration, LossName, ModelKind, NormaliseName, horizon, window,
};

/// Epochs where there is much to train on, and the factor of the learning rate in each (Lin et al. 2023).
const EPOCHS: usize = 30;
const DECAY: f64 = 0.8;

/// Training windows below which there is little to train on, and very little.
const MANY: usize = 4_096;
const FEW: usize = 1_024;

/// A table, prepared for training.
#[derive(Debug)]
pub(crate) struct Settled {
    /// Nothing in it is left open but the number of threads.
    pub(crate) configuration: ForecastConfiguration,
    pub(crate) recipe: ForecastRecipe,
    pub(crate) data: ForecastData,
    /// What its owner should know of the data.
    pub(crate) notes: Vec<String>,
}

impl Settled {
    pub(crate) fn of(
        table: &Table,
        configuration: ForecastConfiguration,
    ) -> Result<Settled, TrainError> {
        let data = prepare(table, &configuration)?;
        let (configuration, recipe) = settle(configuration, &data)?;
        let mut notes: Vec<String> = data.panel.notes.iter().map(ToString::to_string).collect();
        notes.extend(too_short(&data, recipe.window, recipe.horizon));
        Ok(Settled {
            configuration,
            recipe,
            data,
            notes,
        })
    }
}

/// Series that take no part in training, because they have fewer rows than a window and its horizon.
fn too_short(data: &ForecastData, window: usize, horizon: usize) -> Option<String> {
    let short = data.parts.too_short(Split::Train, window, horizon);
    let (first, rows) = (short.first()?, window + horizon);
    let first = &data.panel.series[*first].name;
    Some(format!(
        "{} series not trained on: fewer than {rows} rows for training, as window and horizon need; the first is {first:?}",
        short.len()
    ))
}

/// The table as the configuration has it read.
pub(crate) fn prepare(
    table: &Table,
    configuration: &ForecastConfiguration,
) -> Result<ForecastData, TrainError> {
    ForecastData::fit(
        table,
        &series_options(configuration),
        &split_options(configuration),
    )
}

/// A configuration in which nothing is left open but the number of threads, and its recipe.
pub(crate) fn settle(
    mut configuration: ForecastConfiguration,
    data: &ForecastData,
) -> Result<(ForecastConfiguration, ForecastRecipe), TrainError> {
    let (series, split) = (
        series_options(&configuration),
        split_options(&configuration),
    );
    settle_columns(&mut configuration, data);
    let lengths = settle_lengths(&mut configuration, data);
    let windows = data.windows(Split::Train, lengths.window, lengths.horizon)?;
    // What cannot be measured after the training is known before it.
    for part in [Split::Valid, Split::Test] {
        data.windows(part, lengths.window, lengths.horizon)?;
    }
    let sizes = settle_sizes(&mut configuration, windows.len());
    let recipe = recipe(&configuration, (series, split), lengths, sizes);
    if let Network::Segment { length } = recipe.configuration(data)?.network {
        configuration.model.segment = Some(length);
    }
    Ok((configuration, recipe))
}

fn split_options(configuration: &ForecastConfiguration) -> SplitOptions {
    SplitOptions {
        by: configuration.split.parts,
        gap: configuration.split.gap,
    }
}

fn series_options(configuration: &ForecastConfiguration) -> SeriesOptions {
    let data = &configuration.data;
    SeriesOptions {
        time: data.time.clone(),
        date_order: data.date_order,
        series: data.series.clone(),
        targets: data.targets.clone(),
        past: data.past.clone(),
        known: data.known.clone(),
        statics: data.statics.clone(),
        calendar: data.calendar,
        missing: data.missing,
    }
}

fn settle_columns(configuration: &mut ForecastConfiguration, data: &ForecastData) {
    let section = &mut configuration.data;
    section.time = data.schema.time.as_ref().map(|time| time.column.clone());
    section.series.clone_from(&data.schema.series);
    section.targets = Some(data.schema.targets.clone());
    section.season.get_or_insert(data.schema.season());
}

#[derive(Clone, Copy)]
struct Lengths {
    window: usize,
    horizon: usize,
}

/// Window and horizon fit the season, and half of the series at least.
fn settle_lengths(configuration: &mut ForecastConfiguration, data: &ForecastData) -> Lengths {
    let season = configuration.data.season.unwrap_or(1);
    let rows = |part: usize| {
        let lengths = data.parts.ranges.iter().map(|ranges| ranges[part].len());
        median(lengths.filter(|&rows| rows > 0).collect())
    };
    let measured = match (rows(1), rows(2)) {
        (valid, 0) => valid,
        (valid, test) => valid.min(test),
    };
    let model = &mut configuration.model;
    let horizon = *model.horizon.get_or_insert(horizon(season, measured));
    let window = *model.window.get_or_insert(window(horizon, rows(0)));
    Lengths { window, horizon }
}

fn median(mut lengths: Vec<usize>) -> usize {
    lengths.sort_unstable();
    lengths.get(lengths.len() / 2).copied().unwrap_or(0)
}

#[derive(Clone, Copy)]
struct Sizes {
    hidden: usize,
    batch: usize,
    epochs: usize,
    decay: f64,
}

/// Small networks, small batches and more epochs where there are few windows to train on.
fn settle_sizes(configuration: &mut ForecastConfiguration, windows: usize) -> Sizes {
    let ForecastConfiguration {
        model, training, ..
    } = configuration;
    let hidden = if windows < MANY { 128 } else { 512 };
    let hidden = match model.kind {
        ModelKind::Segment => hidden,
        // It makes a step for each row, not for each segment.
        ModelKind::Direct => 128,
    };
    let epochs = match windows {
        0..FEW => 4 * EPOCHS,
        FEW..MANY => 2 * EPOCHS,
        MANY.. => EPOCHS,
    };
    let epochs = *training.epochs.get_or_insert(epochs);
    let decay = match windows {
        // So few updates leave nothing to anneal.
        0..FEW => 1.0,
        // Over more epochs the rate falls as far in all.
        _ => DECAY.powf((EPOCHS as f64 / epochs as f64).min(1.0)),
    };
    let batch = 1 << (windows / 32).clamp(8, 256).ilog2();
    Sizes {
        hidden: *model.hidden.get_or_insert(hidden),
        batch: *training.batch.get_or_insert(batch),
        epochs,
        decay: *training.decay.get_or_insert(decay),
    }
}

fn recipe(
    configuration: &ForecastConfiguration,
    (series, split): (SeriesOptions, SplitOptions),
    lengths: Lengths,
    sizes: Sizes,
) -> ForecastRecipe {
    let (model, training) = (&configuration.model, &configuration.training);
    let levels = configuration.forecast.quantiles.clone();
    ForecastRecipe {
        series,
        split,
        window: lengths.window,
        horizon: lengths.horizon,
        season: configuration.data.season,
        network: match model.kind {
            ModelKind::Direct => NetworkKind::Direct,
            ModelKind::Segment => NetworkKind::Segment {
                length: model.segment,
            },
        },
        cell: model.cell.cell(),
        hidden_size: sizes.hidden,
        layers: model.layers,
        normalisation: match model.normalise {
            NormaliseName::None => Normalisation::None,
            NormaliseName::Last => Normalisation::Last,
            NormaliseName::Instance => Normalisation::Instance,
        },
        dropout: model.dropout as f32,
        loss: match training.loss {
            LossName::Squared => ForecastLoss::Squared,
            LossName::Absolute => ForecastLoss::Absolute,
            LossName::Quantile => ForecastLoss::Quantile {
                levels: levels.clone(),
            },
        },
        levels,
        training: Training {
            optimiser: Optimiser::adam_w(),
            learning_rate: training.learning_rate,
            weight_decay: Some(training.weight_decay),
            clip_norm: training.clip,
            schedule: Schedule::Exponential {
                factor: sizes.decay,
                first_epoch: training.decay_from,
            },
            epochs: sizes.epochs,
            patience: training.patience,
            batch_size: sizes.batch,
            seed: training.seed,
            ..Training::default()
        },
    }
}
