//! Writes the page of a study that was made before, its runs as CSV and its charts as SVG, from the `report.json` of the study.
//!
//! ```text
//! cargo run --release -p tidegate-study --example report_page -- ko study/report.json pages
//! ```

use std::error::Error;
use std::fs;
use std::path::Path;

use tidegate_study::chart::svg;
use tidegate_study::{Language, StudyReport, page};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [code, source, folder] = &arguments[..] else {
        return Err("give a language, en or ko, a report.json, and a folder to write to".into());
    };
    let language = Language::ALL
        .into_iter()
        .find(|language| language.code() == code)
        .ok_or("the languages are en and ko")?;
    let report: StudyReport = serde_json::from_slice(&fs::read(source)?)?;
    let folder = Path::new(folder);
    fs::create_dir_all(folder)?;
    let document = page::render(&report, &[], language, "tidegate compare");
    fs::write(folder.join("report.html"), document)?;
    fs::write(folder.join("report.csv"), page::runs_csv(&report)?)?;
    for (name, chart) in page::charts(&report, language) {
        fs::write(folder.join(format!("{name}.svg")), svg(&[&chart])?)?;
    }
    Ok(())
}
