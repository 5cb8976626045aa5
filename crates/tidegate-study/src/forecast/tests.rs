//! The pages of forecasting.

use tidegate_data::TimeFormat;

use super::*;

/// A name that would break out of HTML and of a script.
const HOSTILE: &str = "load</script><b>";

const HOUR: i64 = 3_600_000_000;
/// 2016-07-01 00:00.
const JULY: i64 = 1_467_331_200_000_000;
const HOURLY: TimeFormat = TimeFormat::DateTime {
    with_t: false,
    offset: false,
};

fn series(name: &str, channel: &str) -> SeriesForecast {
    let steps = 6_i64;
    SeriesForecast {
        name: name.to_owned(),
        channel: channel.to_owned(),
        times: (0..48).map(|row| JULY + row * HOUR).collect(),
        history: (0..48)
            .map(|row| (row != 20).then_some(f64::from(row % 24)))
            .collect(),
        forecast_times: (48..48 + steps).map(|row| JULY + row * HOUR).collect(),
        point: (0..steps).map(|step| step as f64).collect(),
        quantiles: (0..steps)
            .map(|step| {
                [-2.0, -1.0, 0.0, 1.0, 2.0]
                    .map(|wide| step as f64 + wide * 0.5)
                    .to_vec()
            })
            .collect(),
        actual: Some(
            (0..steps)
                .map(|step| (step != 2).then_some(step as f64 + 0.25))
                .collect(),
        ),
    }
}

fn forecast(series: Vec<SeriesForecast>) -> ForecastPicture {
    ForecastPicture {
        title: format!("Forecast of {HOSTILE}"),
        subject: vec!["From recent.csv.".to_owned()],
        time_format: Some(HOURLY),
        point: PointForecast::Median,
        levels: vec![0.1, 0.25, 0.5, 0.75, 0.9],
        series,
    }
}

fn backtest() -> BacktestPicture {
    let origin = |first: usize| OriginForecast {
        first,
        point: vec![1.0, 2.0],
        quantiles: vec![vec![0.0, 2.0], vec![1.0, 3.0]],
        baselines: vec![vec![0.5, 0.5]],
    };
    let scores = |method: &str, mae| MethodScores {
        method: method.to_owned(),
        mae: Some(mae),
        coverage: Some(0.75),
        ..MethodScores::default()
    };
    let errors = |method: &str| MethodErrors {
        method: method.to_owned(),
        errors: vec![Some(0.5), Some(0.75)],
    };
    BacktestPicture {
        title: "Backtest".to_owned(),
        subject: Vec::new(),
        time_format: Some(HOURLY),
        model: HOSTILE.to_owned(),
        baselines: vec!["naive".to_owned()],
        levels: vec![0.1, 0.9],
        scores: vec![scores(HOSTILE, 0.5), scores("naive", 0.75)],
        interval: Some(0.8),
        errors: Some(StepErrors {
            measure: "MAE".to_owned(),
            methods: vec![errors(HOSTILE), errors("naive")],
        }),
        series: vec![BacktestSeries {
            name: String::new(),
            channel: HOSTILE.to_owned(),
            times: (0..10).map(|row| JULY + row * HOUR).collect(),
            actual: (0..10).map(|row| Some(f64::from(row))).collect(),
            origins: vec![origin(4), origin(6), origin(8)],
        }],
    }
}

fn training(epochs: usize) -> TrainingPicture {
    TrainingPicture {
        title: format!("Training of {HOSTILE}"),
        subject: Vec::new(),
        loss: "mean squared error".to_owned(),
        epochs: (1..=epochs)
            .map(|epoch| EpochLosses {
                epoch,
                training: 1.0 / epoch as f64,
                validation: Some(0.5 + (epoch as f64 - 3.0).abs()),
                learning_rate: 1e-3 / epoch as f64,
            })
            .collect(),
        best_epoch: Some(3),
    }
}

/// The figures that the page gives to its script.
fn figures(page: &str) -> Vec<serde_json::Value> {
    let data = page.split("id=\"figures\"").nth(1).unwrap();
    let data = data.split_once('>').unwrap().1;
    let data = data.split_once("</script>").unwrap().0;
    serde_json::from_str(data).unwrap()
}

/// What is drawn under a name.
fn trace<'a>(figure: &'a serde_json::Value, name: &str) -> &'a serde_json::Value {
    let data = figure["data"].as_array().unwrap();
    data.iter().find(|trace| trace["name"] == name).unwrap()
}

#[test]
fn names_that_the_data_gave_stay_text_in_html_and_script() {
    let pages = [
        forecast(vec![series(HOSTILE, HOSTILE), series("<i>", HOSTILE)]).html(),
        backtest().html(),
        training(4).html(),
    ];
    for page in pages {
        let page = page.unwrap();
        assert!(!page.contains("</script><b>"));
        assert!(!page.contains("<i>"));
        assert!(page.contains("&lt;/script&gt;&lt;b&gt;"));
        assert!(!figures(&page).is_empty());
    }
}

#[test]
fn a_forecast_has_its_history_with_gaps_and_its_bands_from_wide_to_narrow() {
    let page = forecast(vec![series("", "load")]).html().unwrap();
    let figures = figures(&page);
    let figure = &figures[0];
    assert_eq!(figure["layout"]["xaxis"]["type"], "date");
    assert_eq!(figure["layout"]["xaxis"]["hoverformat"], "%Y-%m-%d %H:%M");
    let history = trace(figure, "history");
    assert_eq!(history["x"][1], (JULY + HOUR) as f64 / 1e3);
    assert!(history["y"][20].is_null() && history["y"][21] == 21.0);
    let forecast = trace(figure, "forecast (median)");
    assert_eq!(
        forecast["text"][0],
        "0<br>50\u{a0}%: −0.5 – 0.5<br>80\u{a0}%: −1 – 1"
    );
    let bands: Vec<_> = figure["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|trace| trace["fill"] == "toself")
        .collect();
    assert_eq!(
        (bands.len(), &bands[0]["y"][0], &bands[1]["y"][0]),
        (2, &(-1.0).into(), &(-0.5).into())
    );
    assert!(page.contains("50\u{a0}% and 80\u{a0}% intervals"));
    assert!(page.contains("<th class=\"number\" scope=\"row\">2016-07-03 00:00</th>"));
    assert!(page.contains("over 6 steps from 0 at 2016-07-03 00:00 to 5 at 2016-07-03 05:00"));
}

#[test]
fn every_chart_has_words_and_a_picture_for_those_without_a_script() {
    for (page, charts) in [
        (forecast(vec![series("", "a"), series("", "b")]).html(), 2),
        (backtest().html(), 2),
        (training(4).html(), 2),
    ] {
        let page = page.unwrap();
        assert_eq!(page.matches("<div class=\"picture\"><svg").count(), charts);
        assert_eq!(page.matches("aria-describedby=\"summary-").count(), charts);
        assert_eq!(figures(&page).len(), charts);
    }
}

#[test]
fn a_learning_rate_that_stays_has_no_chart() {
    let mut picture = training(4);
    picture
        .epochs
        .iter_mut()
        .for_each(|epoch| epoch.learning_rate = 1e-3);
    let page = picture.html().unwrap();
    assert_eq!(figures(&page).len(), 1);
    assert!(page.contains("0.001"));
}

#[test]
fn a_baseline_is_offered_and_not_in_the_way() {
    let page = backtest().html().unwrap();
    let figures = figures(&page);
    let chart = &figures[1];
    assert_eq!(trace(chart, "naive")["visible"], "legendonly");
    assert_eq!(trace(chart, "actual")["visible"], true);
    // A break stands after each origin.
    let model = trace(chart, "load&lt;/script&gt;&lt;b&gt;");
    assert_eq!(model["y"].as_array().unwrap().len(), 9);
    assert!(model["y"][2].is_null());
    assert!(page.contains("type=\"checkbox\" data-group=\"2\""));
    assert!(page.contains("★\u{a0}0.5<"));
}

#[test]
fn what_is_beyond_fifty_charts_is_named() {
    let many = (0..53).map(|index| series(&format!("store {index}"), "sales"));
    let page = forecast(many.collect()).html().unwrap();
    assert_eq!(figures(&page).len(), 50);
    assert!(page.contains("3 more are left out"));
    assert!(page.contains("store 50; store 51; store 52"));
    assert!(page.contains("<option value=\"series-0\" selected>store 0</option>"));
}

#[test]
fn rows_without_times_are_numbered() {
    let mut picture = forecast(vec![series("", "load")]);
    picture.time_format = None;
    picture.series[0].times = (0..48).collect();
    picture.series[0].forecast_times = (48..54).collect();
    let page = picture.html().unwrap();
    assert_eq!(figures(&page)[0]["layout"]["xaxis"]["type"], "linear");
    assert!(page.contains("<th class=\"number\" scope=\"row\">48</th>"));
}

#[test]
fn a_forecast_of_one_step_without_history_and_quantiles_is_drawn() {
    let mut picture = forecast(vec![series("", "load")]);
    picture.levels.clear();
    let one = &mut picture.series[0];
    (one.times, one.history, one.quantiles, one.actual) = Default::default();
    one.forecast_times.truncate(1);
    one.point.truncate(1);
    let page = picture.html().unwrap();
    assert_eq!(figures(&page)[0]["data"].as_array().unwrap().len(), 1);
    assert!(page.contains("The forecast (median) of 2016-07-03 is 0."));
}

#[test]
fn the_best_epoch_is_marked_in_the_chart_and_in_the_table() {
    let page = training(5).html().unwrap();
    let figures = figures(&page);
    let best = trace(&figures[0], "best epoch: 3");
    assert_eq!(
        (&best["x"], &best["y"]),
        (&[3.0][..].into(), &[0.5][..].into())
    );
    assert_eq!(best["mode"], "lines+markers");
    assert!(page.contains("<th class=\"number\" scope=\"row\">3 ★</th>"));
    assert_eq!(
        figures[0]["layout"]["xaxis"]["ticktext"],
        serde_json::json!(["1", "2", "3", "4", "5"])
    );
}

#[test]
fn nothing_to_show_is_an_error() {
    assert_eq!(
        forecast(Vec::new()).html(),
        Err(ForecastPageError::Empty("a series"))
    );
    assert_eq!(
        training(0).html(),
        Err(ForecastPageError::Empty("an epoch"))
    );
    let mut picture = forecast(vec![series("", "load")]);
    picture.series[0].forecast_times.clear();
    assert_eq!(
        picture.html(),
        Err(ForecastPageError::Empty("a step that is forecast"))
    );
    let mut picture = backtest();
    picture.scores.clear();
    assert_eq!(picture.html(), Err(ForecastPageError::Empty("a score")));
}

#[test]
fn lists_that_do_not_fit_together_are_named() {
    let message = |change: fn(&mut SeriesForecast)| {
        let mut picture = forecast(vec![series("", "load")]);
        change(&mut picture.series[0]);
        picture.html().unwrap_err().to_string()
    };
    assert_eq!(
        message(|one| one.history.truncate(40)),
        "load: there are 40 values of the history, not 48"
    );
    assert_eq!(
        message(|one| one.point.truncate(5)),
        "load: there are 5 forecasts, not 6"
    );
    assert_eq!(
        message(|one| one.quantiles[3].truncate(1)),
        "load: there are 1 quantiles of a step, not 5"
    );
    let message = |change: fn(&mut BacktestPicture)| {
        let mut picture = backtest();
        change(&mut picture);
        picture.html().unwrap_err().to_string()
    };
    for (change, words) in [
        (
            (|picture| picture.series[0].origins[0].first = 9) as fn(&mut BacktestPicture),
            "2 steps of an origin, not 1",
        ),
        (
            |picture| picture.series[0].origins[0].first = 99,
            "2 steps of an origin, not 0",
        ),
        (
            |picture| picture.baselines.clear(),
            "1 baselines of an origin, not 0",
        ),
        (
            |picture| {
                picture.series[0].actual.pop();
            },
            "9 actual values, not 10",
        ),
    ] {
        let message = message(change);
        assert!(message.ends_with(words), "{message}");
    }
}

#[test]
fn values_that_are_no_numbers_are_words_and_not_a_chart() {
    let mut picture = forecast(vec![series("", "load")]);
    let one = &mut picture.series[0];
    one.history.fill(None);
    one.point.fill(f64::NAN);
    one.actual = None;
    let page = picture.html().unwrap();
    assert!(figures(&page).is_empty());
    assert!(page.contains("nothing of it could be measured"));
}

#[test]
fn months_are_marked_once_and_a_long_name_leaves_room_for_the_axis() {
    let mut picture = forecast(vec![series(
        "",
        "a channel whose name is longer than an axis",
    )]);
    picture.time_format = Some(TimeFormat::Month);
    let one = &mut picture.series[0];
    (one.times, one.history) = Default::default();
    let page = picture.html().unwrap();
    let figures = figures(&page);
    let layout = &figures[0]["layout"];
    assert_eq!(layout["xaxis"]["dtick"], "M1");
    assert_eq!(
        layout["yaxis"]["title"]["text"],
        "a channel whose name is long…"
    );
    assert!(page.contains("<th class=\"number\" scope=\"row\">2016-07</th>"));
}
