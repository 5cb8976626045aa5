//! A study in its folder: the report as JSON, as a page and as a table, and its charts as pictures.

use crate::cell_movie::CellMovie;
use crate::chart::svg;
use crate::error::StudyError;
use crate::family::Family;
use crate::folder::Folder;
use crate::page;
use crate::preparation::Preparation;
use crate::study::Study;
use crate::study_report::StudyReport;

/// Of the test set, the sequence on which the cells are shown at work.
const SHOWN: usize = 0;

/// Writes it all; the page last, as it stands for a whole study.
pub(crate) fn keep(
    report: &StudyReport,
    study: &Study,
    preparation: &Preparation<'_>,
    folder: &Folder,
) -> Result<(), StudyError> {
    report.comparison.keep(folder)?;
    folder.write_json("report.json", report)?;
    let table = page::runs_csv(report).map_err(StudyError::Table)?;
    folder.write_text("report.csv", &table)?;
    for (name, chart) in page::charts(report, study.language) {
        let picture = svg(&[&chart]).map_err(StudyError::Picture)?;
        folder.write_text(&format!("{name}.svg"), &picture)?;
    }
    let movies = movies(study, preparation, folder);
    let html = page::render(report, &movies, study.language, &study.command);
    folder.write_text("report.html", &html)
}

/// A gated recurrent unit and a long short-term memory at work, in the first experiment; a plain cell where there is no
/// other. One that diverged has no model, and some cells have no drawing: they are left out, and the page says so where
/// none remains.
fn movies(study: &Study, preparation: &Preparation<'_>, folder: &Folder) -> Vec<CellMovie> {
    let cells = &study.comparison.cells;
    let of = |family: Family| {
        let cell = family.among(cells)?;
        let contests = &mut preparation.contests.iter();
        let contest = contests.find(|contest| contest.cell == cell)?;
        let first = contest
            .finals(contest.candidates[0], 1)
            .into_iter()
            .next()?;
        let model = folder.model(contest.experiment, &first.what.name)?;
        let (splits, _) = &preparation.data[contest.experiment];
        CellMovie::of(&model, &splits.test, SHOWN, cell, contest.task.as_str()).ok()
    };
    let gated: Vec<CellMovie> = [Family::Gru, Family::Lstm]
        .into_iter()
        .filter_map(of)
        .collect();
    match gated.is_empty() {
        true => of(Family::Rnn).into_iter().collect(),
        false => gated,
    }
}
