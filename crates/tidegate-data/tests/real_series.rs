//! Real tables become the series and windows that the literature counts.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::path::Path;

use tidegate_data::{
    Calendar, Missing, Parts, SeriesNote, SeriesOptions, SeriesSchema, Split, SplitOptions, Table,
};

/// Index of a channel, with mean and population deviation of its first 8,640 rows, by Python's math.fsum.
const ETTH1: [(usize, f64, f64); 2] = [
    (0, 7.937742245659508, 5.812749409143771),
    (6, 17.1282616982271, 9.176491024944333),
];

/// Mean and population deviation of the observed values of the first 70 % of the rows, by Python's math.fsum.
const BEIJING: (f64, f64) = (100.79342723004694, 93.14281377474468);

/// Stretches of rows with a value, counted in the file.
const PIECES: usize = 214;

fn real_table(test: &str, name: &str) -> Option<Table> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = folder.join(name);
    if path.is_file() {
        return Some(Table::read(path).unwrap());
    }
    println!("skipped: {test} needs {}", path.display());
    None
}

#[test]
fn etth1_has_the_scaling_and_the_windows_of_the_literature() {
    let Some(table) = real_table("etth1", "etth1/ETTh1.csv") else {
        return;
    };
    let split = SplitOptions {
        by: "8640,2880,2880".parse().unwrap(),
        gap: 0,
    };
    let (schema, panel) = SeriesSchema::fit(&table, &SeriesOptions::default(), &split).unwrap();
    assert_eq!(
        schema.targets,
        ["HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"]
    );
    for (target, mean, deviation) in ETTH1 {
        let scaling = schema.scaling("", target).unwrap();
        assert!((scaling.mean - mean).abs() < 1e-10 * mean, "{scaling:?}");
        assert!(
            (scaling.deviation - deviation).abs() < 1e-10 * deviation,
            "{scaling:?}"
        );
    }
    let parts = Parts::of(&panel, &split).unwrap();
    let count = |part, window, horizon| parts.places(part, window, horizon).unwrap().len();
    assert_eq!(count(Split::Train, 96, 96), 8449);
    assert_eq!(count(Split::Valid, 96, 96), 2785);
    assert_eq!(count(Split::Test, 96, 96), 2785);
    assert_eq!(count(Split::Train, 720, 96), 7825);
    assert_eq!(count(Split::Test, 96, 720), 2161);
    assert!(panel.notes.is_empty(), "{:?}", panel.notes);
    assert_eq!(
        (schema.season(), parts.times(&panel).parts(&panel)),
        (24, parts)
    );
}

#[test]
fn beijing_is_read_with_weather_masks_and_a_category() {
    let Some(table) = real_table("beijing", "beijing_pm25/pollution.csv") else {
        return;
    };
    let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect();
    let options = |missing| SeriesOptions {
        targets: Some(names(&["pm2.5"])),
        past: names(&["DEWP", "TEMP", "PRES", "cbwd", "Iws", "Is", "Ir"]),
        calendar: Calendar::Auto,
        missing,
        ..SeriesOptions::default()
    };
    let split = SplitOptions::default();
    let fit = |missing| SeriesSchema::fit(&table, &options(missing), &split).unwrap();
    let (schema, panel) = fit(Missing::Mask);
    assert_eq!(schema.masked, ["pm2.5"]);
    // 1 target, 6 numbers, 4 winds, 2 cycles of the calendar as sine and cosine, a mask and a time.
    assert_eq!(schema.past_features().len(), 1 + 6 + 4 + 4 + 2);
    let one = &panel.series[0];
    assert_eq!((one.rows, one.times.len()), (43_824, 43_824));
    assert_eq!(
        one.features
            .observed
            .iter()
            .filter(|&&observed| !observed)
            .count(),
        2067
    );
    let scaling = schema.scaling("", 0).unwrap();
    assert!(
        (scaling.mean - BEIJING.0).abs() < 1e-9 && (scaling.deviation - BEIJING.1).abs() < 1e-9
    );
    let (_, panel) = fit(Missing::ForwardFill);
    assert_eq!((panel.series[0].offset, panel.series[0].rows), (24, 43_800));
    let left_out = SeriesNote::LeadingRowsLeftOut {
        series: String::new(),
        rows: 24,
    };
    assert!(panel.notes.contains(&left_out));
    let (_, panel) = fit(Missing::Drop);
    assert_eq!(panel.series.len(), PIECES);
    assert_eq!(
        panel.series.iter().map(|one| one.rows).sum::<usize>(),
        43_824 - 2067
    );
    let message = SeriesSchema::fit(&table, &options(Missing::Refuse), &split)
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with(
            "line 2, column \"pm2.5\": the value is missing, as are 2067 in the column"
        ),
        "{message}"
    );
}
