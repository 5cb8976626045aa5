use std::path::Path;
use std::time::Instant;
use tidegate_data::Table;
use tidegate_train::{DetectData, DetectRecipe, Detector, metrics::AnomalyWindows};
fn main() {
    let folder = Path::new("/work/shared/data/nab");
    let seeds: Vec<u64> = std::env::args().nth(1).map_or(vec![1, 2, 3], |a| a.split(',').map(|s| s.parse().unwrap()).collect());
    let rates: Vec<String> = std::env::args().nth(2).map_or(vec!["1/month".into()], |a| a.split(',').map(str::to_owned).collect());
    for (file, windows) in [
        ("machine_temperature_system_failure", vec![2126..=2692usize, 3703..=4269, 16057..=16623, 19232..=19798]),
        ("ec2_request_latency_system_failure", vec![2014..=2148usize, 3328..=3462, 3956..=4031]),
    ] {
        let table = Table::read(folder.join(format!("{file}.csv"))).unwrap();
        let data = DetectData::of(&table, Some("timestamp"), None).unwrap();
        for &seed in &seeds {
            let mut recipe = DetectRecipe::default();
            recipe.training.seed = seed;
            if let Ok(v) = std::env::var("HIDDEN") { recipe.hidden_size = v.parse().unwrap(); }
            if let Ok(v) = std::env::var("SPAN") { recipe.span = v.parse().unwrap(); }
            if let Ok(v) = std::env::var("LR") { recipe.training.learning_rate = v.parse().unwrap(); }
            let clock = Instant::now();
            let (mut model, trained) = recipe.train(&data, None, &mut |_| {}, &|| false).unwrap();
            let trained_in = clock.elapsed().as_secs_f64();
            let path = std::env::temp_dir().join("detect_nab.safetensors");
            model.save(&path).unwrap();
            for rate in &rates {
                let model = tidegate_train::DetectModel::load(&path).unwrap();
                let first = model.plan.fitted_rows_of(&data);
                let mut detector = Detector::new(model, Some(rate.parse().unwrap())).unwrap();
                if std::env::var("LEARN").is_ok() { detector = detector.learning(); }
                let clock = Instant::now();
                let (mut alarms, mut above) = (vec![], vec![]);
                for row in 0..data.rows {
                    let found = detector.step(data.row(row)).unwrap();
                    if found.alarm { alarms.push(row); }
                    if found.score.is_some_and(|s| s >= detector.threshold()) { above.push(row); }
                }
                let us = clock.elapsed().as_secs_f64() * 1e6 / data.rows as f64;
                let found = AnomalyWindows::measure(&alarms, &windows, first);
                let each = AnomalyWindows::measure(&above, &windows, first);
                let fa: Vec<usize> = alarms.iter().copied().filter(|r| *r >= first && !windows.iter().any(|w| w.contains(r))).collect();
                println!("{} seed {seed} {rate}: {}/{} FA {} {fa:?} nab {:.1} each {:.1} | {trained_in:.1}s {} epochs | {us:.2} us", &file[..7], found.windows_met, found.windows, found.false_alarms, found.nab_score.unwrap(), each.nab_score.unwrap(), trained.epochs.len());
            }
        }
    }
}
