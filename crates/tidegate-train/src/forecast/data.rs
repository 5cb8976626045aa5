//! A prepared table: its series, its parts and its windows.

use std::sync::Arc;

use tidegate_data::{
    FeatureSeries, Panel, Parts, SeriesOptions, SeriesSchema, Split, SplitOptions, Table,
    WindowPlace, WindowSet, WindowShape,
};

use crate::error::TrainError;
use crate::fingerprint::fingerprint_of_series;

/// The series of a table as forecasters read them.
#[derive(Clone, Debug)]
pub struct ForecastData {
    /// Roles, scaling and calendar.
    pub schema: SeriesSchema,
    /// The series in the data's units. Their features stand in `features`.
    pub panel: Panel,
    /// Which rows are for what.
    pub parts: Parts,
    /// The features of each series, shared by all windows.
    pub features: Arc<Vec<FeatureSeries>>,
}

impl ForecastData {
    /// Prepares a table for training: roles, scaling and categories are found in its training part.
    ///
    /// # Errors
    /// [`TrainError::Series`] names what does not fit, and where.
    pub fn fit(
        table: &Table,
        options: &SeriesOptions,
        split: &SplitOptions,
    ) -> Result<ForecastData, TrainError> {
        let (schema, panel) = SeriesSchema::fit(table, options, split)?;
        let parts = Parts::of(&panel, split).map_err(tidegate_data::SeriesError::from)?;
        Ok(ForecastData::new(schema, panel, parts))
    }

    /// Of a panel that a schema has prepared.
    #[must_use]
    pub fn new(schema: SeriesSchema, mut panel: Panel, parts: Parts) -> ForecastData {
        let features = Arc::new(panel.take_features());
        ForecastData {
            schema,
            panel,
            parts,
            features,
        }
    }

    /// A fingerprint of every number in the series and of their parts, by which a mix-up of data is found.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint_of_series(&self.panel, &self.features, &self.parts)
    }

    /// The shape of windows over these series.
    #[must_use]
    pub fn shape(&self, window: usize, horizon: usize) -> WindowShape {
        WindowShape {
            window,
            horizon,
            targets: self.schema.targets.len(),
            past_size: self.schema.past_features().len(),
            known_size: self.schema.known_features().len(),
        }
    }

    /// The windows of a part of which a target was observed; none where the part has no rows.
    ///
    /// # Errors
    /// [`TrainError::Series`] where the part has rows and no window fits.
    pub fn windows(
        &self,
        part: Split,
        window: usize,
        horizon: usize,
    ) -> Result<WindowSet, TrainError> {
        let places = self.parts.places(part, window, horizon)?;
        Ok(self.at(window, horizon, places)?.with_observations())
    }

    /// Windows at these places.
    ///
    /// # Errors
    /// [`TrainError::Windows`] where one does not lie in its series.
    pub fn at(
        &self,
        window: usize,
        horizon: usize,
        places: Vec<WindowPlace>,
    ) -> Result<WindowSet, TrainError> {
        let shape = self.shape(window, horizon);
        Ok(WindowSet::new(shape, Arc::clone(&self.features), places)?)
    }

    /// For each series with enough history the window at its end, whose future is not in the table.
    ///
    /// # Errors
    /// [`TrainError::NoWindow`] where no series has as many rows as a window, [`TrainError::Windows`] where what is known ahead
    /// does not reach as far as the horizon.
    pub fn last_windows(&self, window: usize, horizon: usize) -> Result<WindowSet, TrainError> {
        let series = self.panel.series.iter().enumerate();
        // Of a series that was cut into pieces, the last one ends now.
        let is_last = |index: usize| {
            let next = self.panel.series.get(index + 1);
            next.is_none_or(|next| next.name != self.panel.series[index].name)
        };
        let places: Vec<WindowPlace> = series
            .filter(|(index, one)| one.target_rows >= window && is_last(*index))
            .map(|(series, one)| WindowPlace {
                series,
                origin: one.target_rows,
            })
            .collect();
        if places.is_empty() {
            let rows = self.panel.series.iter().map(|one| one.target_rows);
            return Err(TrainError::NoWindow {
                window,
                longest: rows.max().unwrap_or(0),
            });
        }
        let shape = self.shape(window, horizon);
        Ok(WindowSet::ahead(shape, Arc::clone(&self.features), places)?)
    }
}
