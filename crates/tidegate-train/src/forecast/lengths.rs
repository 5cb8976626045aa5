//! A window and a horizon that fit the frequency and the length of the data.

/// Shortest horizon that is proposed where the data is long enough: a forecast of some steps is worth a picture.
const LEAST_HORIZON: usize = 8;

/// Horizons in a window.
const HORIZONS: usize = 4;

/// The horizon for data with this season: whole seasons, at least 8 steps, or what fits into the shorter of the parts for
/// validation and test.
#[must_use]
pub fn horizon_for(season: usize, measured_rows: usize) -> usize {
    let season = season.max(1);
    let horizon = season * LEAST_HORIZON.div_ceil(season);
    horizon.min(measured_rows).max(1)
}

/// The window before this horizon: four horizons, or as many as leave half of the training rows to move it over.
#[must_use]
pub fn window_for(horizon: usize, training_rows: usize) -> usize {
    let room = (training_rows / 2).saturating_sub(horizon) / horizon.max(1);
    horizon * room.clamp(1, HORIZONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_whole_seasons_where_the_series_is_long() {
        for (season, training, measured, expected) in [
            // ETTh1: hours.
            (24, 8_640, 2_880, (96, 24)),
            // Airline passengers: months.
            (12, 100, 14, (36, 12)),
            // Quarters, days, no season.
            (4, 400, 50, (32, 8)),
            (7, 7_000, 1_000, (56, 14)),
            (1, 500, 50, (32, 8)),
            // Next to nothing.
            (12, 14, 2, (4, 2)),
            (12, 1, 0, (1, 1)),
        ] {
            let horizon = horizon_for(season, measured);
            assert_eq!(
                (window_for(horizon, training), horizon),
                expected,
                "{season}"
            );
        }
    }
}
