//! From a configuration and a table to a recipe: what the configuration leaves to the data (`"auto"`) is settled here.

use tidegate_data::{SeriesOptions, Split, SplitOptions, Table};
use tidegate_model::Normalisation;
use tidegate_train::losses::ForecastLoss;
use tidegate_train::{
    ForecastData, ForecastRecipe, ForecastRequest, NetworkKind, Schedule, TrainError,
};

use crate::configuration::{ForecastConfiguration, LossName, ModelKind, NormaliseName};

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
    let recipe = request(&configuration).settle(data)?;
    let ForecastConfiguration {
        data: columns,
        model,
        training,
        ..
    } = &mut configuration;
    columns.time = data.schema.time.as_ref().map(|time| time.column.clone());
    columns.series.clone_from(&data.schema.series);
    columns.targets = Some(data.schema.targets.clone());
    columns.season = recipe.season;
    model.window = Some(recipe.window);
    model.horizon = Some(recipe.horizon);
    model.hidden = Some(recipe.hidden_size);
    if let NetworkKind::Segment { length } = recipe.network {
        model.segment = length;
    }
    training.epochs = Some(recipe.training.epochs);
    training.batch = Some(recipe.training.batch_size);
    if let Schedule::Exponential { factor, .. } = recipe.training.schedule {
        training.decay = Some(factor);
    }
    Ok((configuration, recipe))
}

/// What the configuration asks for.
fn request(configuration: &ForecastConfiguration) -> ForecastRequest {
    let (model, training) = (&configuration.model, &configuration.training);
    let levels = configuration.forecast.quantiles.clone();
    ForecastRequest {
        series: series_options(configuration),
        split: split_options(configuration),
        window: model.window,
        horizon: model.horizon,
        season: configuration.data.season,
        network: match model.kind {
            ModelKind::Direct => NetworkKind::Direct,
            ModelKind::Segment => NetworkKind::Segment {
                length: model.segment,
            },
        },
        cell: model.cell.cell(),
        hidden_size: model.hidden,
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
        epochs: training.epochs,
        patience: training.patience,
        batch_size: training.batch,
        learning_rate: training.learning_rate,
        decay: training.decay,
        decay_from: training.decay_from,
        clip_norm: training.clip,
        weight_decay: training.weight_decay,
        seed: training.seed,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_request() {
        let expected = ForecastRequest::default();
        assert_eq!(request(&ForecastConfiguration::default()), expected);
    }
}
