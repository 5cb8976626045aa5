//! Writes the pages of forecasting with generated numbers: `forecast_pages FOLDER`.

use std::error::Error;
use std::f64::consts::TAU;
use std::path::Path;

use tidegate_data::TimeFormat;
use tidegate_study::forecast::{
    BacktestPicture, BacktestSeries, EpochLosses, ForecastPicture, MethodErrors, MethodScores,
    OriginForecast, PointForecast, SeriesForecast, StepErrors, TrainingPicture,
};

const HOUR: i64 = 3_600_000_000;
/// 2016-07-01 00:00, in microseconds since 1970.
const JULY: i64 = 1_467_331_200_000_000;
const HORIZON: usize = 24;
const LEVELS: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];
/// Quantiles of the normal distribution at those levels.
const WIDTHS: [f64; 5] = [-1.2816, -0.6745, 0.0, 0.6745, 1.2816];
const FORMAT: TimeFormat = TimeFormat::DateTime {
    with_t: false,
    offset: false,
};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("name a folder")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("forecast.html"), forecast(3).html()?)?;
    std::fs::write(folder.join("many.html"), forecast(60).html()?)?;
    std::fs::write(folder.join("backtest.html"), backtest().html()?)?;
    std::fs::write(folder.join("training.html"), training().html()?)?;
    Ok(())
}

/// A load with days, weeks and something that nobody can forecast.
fn load(series: usize, row: usize) -> f64 {
    let hour = row as f64;
    let day = (hour / 24.0 * TAU).sin() * 4.0;
    let week = (hour / 168.0 * TAU + series as f64).cos() * 2.0;
    let chance = ((row * 7_919 + series * 104_729) % 1_000) as f64 / 500.0 - 1.0;
    30.0 + series as f64 * 5.0 + day + week + chance
}

fn time(row: usize) -> i64 {
    JULY + row as i64 * HOUR
}

fn foreseen(series: usize, row: usize) -> f64 {
    let hour = row as f64;
    let day = (hour / 24.0 * TAU + 0.1).sin() * 3.8;
    let week = (hour / 168.0 * TAU + series as f64).cos() * 1.8;
    30.0 + series as f64 * 5.0 + day + week
}

fn quantiles(point: f64, step: usize) -> Vec<f64> {
    let deviation = 0.8 + 0.06 * step as f64;
    WIDTHS.map(|width| point + width * deviation).to_vec()
}

fn forecast(series: usize) -> ForecastPicture {
    let rows = 24 * 7;
    let one = |series: usize| {
        let point: Vec<f64> = (rows..rows + HORIZON)
            .map(|row| foreseen(series, row))
            .collect();
        SeriesForecast {
            name: String::new(),
            channel: format!("load {series}"),
            times: (0..rows).map(time).collect(),
            // A day of the second series was not measured.
            history: (0..rows)
                .map(|row| (series != 1 || !(80..104).contains(&row)).then(|| load(series, row)))
                .collect(),
            forecast_times: (rows..rows + HORIZON).map(time).collect(),
            quantiles: (0..HORIZON)
                .map(|step| quantiles(point[step], step))
                .collect(),
            point,
            actual: (series == 2).then(|| {
                (rows..rows + HORIZON)
                    .map(|row| Some(load(series, row)))
                    .collect()
            }),
        }
    };
    ForecastPicture {
        title: "Forecast of the next 24 hours".to_owned(),
        subject: vec!["A segment-wise GRU, from 168 rows of generated loads.".to_owned()],
        time_format: Some(FORMAT),
        point: PointForecast::Median,
        levels: LEVELS.to_vec(),
        series: (0..series).map(one).collect(),
    }
}

fn backtest() -> BacktestPicture {
    let rows = 24 * 14;
    let origins = |series: usize| {
        let first = (24 * 7..=rows - HORIZON).step_by(HORIZON);
        first.map(move |first| {
            let steps = first..first + HORIZON;
            let point: Vec<f64> = steps.clone().map(|row| foreseen(series, row)).collect();
            let last = load(series, first - 1);
            let slope = (last - load(series, 0)) / (first - 1) as f64;
            OriginForecast {
                first,
                quantiles: (0..HORIZON)
                    .map(|step| quantiles(point[step], step))
                    .collect(),
                point,
                baselines: vec![
                    vec![last; HORIZON],
                    steps.map(|row| load(series, row - 24)).collect(),
                    (1..=HORIZON)
                        .map(|step| last + slope * step as f64)
                        .collect(),
                ],
            }
        })
    };
    let baselines = ["naive", "seasonal naive", "drift"].map(str::to_owned);
    let scores = |method: &str, scale: f64, coverage| MethodScores {
        method: method.to_owned(),
        mase: Some(0.81 * scale),
        smape: Some(3.4 * scale),
        mse: Some(1.2 * scale * scale),
        mae: Some(0.9 * scale),
        weighted_quantile_loss: Some(0.021 * scale),
        coverage,
    };
    let errors = |method: &str, first: f64, slope: f64| MethodErrors {
        method: method.to_owned(),
        errors: (0..HORIZON)
            .map(|step| Some(first + slope * step as f64))
            .collect(),
    };
    BacktestPicture {
        title: "Backtest over 7 origins".to_owned(),
        subject: vec!["A segment-wise GRU on generated loads, 24 hours ahead.".to_owned()],
        time_format: Some(FORMAT),
        model: "segment GRU".to_owned(),
        levels: LEVELS.to_vec(),
        scores: vec![
            scores("segment GRU", 1.0, Some(0.786)),
            scores("naive", 2.9, None),
            scores("seasonal naive", 1.3, None),
            scores("drift", 3.0, None),
        ],
        interval: Some(0.8),
        errors: Some(StepErrors {
            measure: "MAE".to_owned(),
            methods: vec![
                errors("segment GRU", 0.7, 0.012),
                errors("naive", 0.9, 0.09),
                errors("seasonal naive", 1.1, 0.0),
                errors("drift", 0.9, 0.1),
            ],
        }),
        series: (0..2)
            .map(|series| BacktestSeries {
                name: String::new(),
                channel: format!("load {series}"),
                times: (0..rows).map(time).collect(),
                actual: (0..rows).map(|row| Some(load(series, row))).collect(),
                origins: origins(series).collect(),
            })
            .collect(),
        baselines: baselines.into(),
    }
}

fn training() -> TrainingPicture {
    let epoch = |epoch: usize| {
        let passed = epoch as f64;
        EpochLosses {
            epoch,
            training: 0.3 + 0.9 / passed,
            validation: Some(0.42 + 0.7 / passed + 0.004 * passed),
            learning_rate: 1e-3 * 0.8_f64.powi(epoch as i32 - 1),
        }
    };
    TrainingPicture {
        title: "Training of 20 epochs".to_owned(),
        subject: vec!["A segment-wise GRU on generated loads.".to_owned()],
        loss: "mean squared error".to_owned(),
        epochs: (1..=20).map(epoch).collect(),
        best_epoch: Some(13),
    }
}
