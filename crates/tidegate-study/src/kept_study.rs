//! A study in its folder: the report as JSON, as a page and as a table, and its charts as pictures.

use tidegate_data::Split;

use crate::cell_movie::{CellMovie, CellMovieError, Scene, ShownCell, check_drawing};
use crate::cell_variant::CellVariant;
use crate::chart::svg;
use crate::contest::Contest;
use crate::error::StudyError;
use crate::family::Family;
use crate::folder::Folder;
use crate::page;
use crate::preparation::Preparation;
use crate::study::Study;
use crate::study_report::StudyReport;

/// The sequence on which the cells are shown at work.
const SHOWN: Scene = Scene {
    split: Split::Test,
    sequence: 0,
    pitches: false,
};

/// The seed of the runs whose models are shown.
const SEED: u64 = 1;

/// The key of [`Task::PolyphonicMusic`](crate::Task::PolyphonicMusic), whose features are pitches.
const MUSIC: &str = "music";

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
    let shown = shown(report, study, preparation, folder);
    let html = page::render(report, &shown, study.language, &study.command);
    folder.write_text("report.html", &html)
}

/// A gated recurrent unit, a long short-term memory and a minimal gated unit, as far as they were compared, in the first
/// experiment; a plain cell where none of them can be shown. Where one cannot, the reason stands in its place.
fn shown(
    report: &StudyReport,
    study: &Study,
    preparation: &Preparation<'_>,
    folder: &Folder,
) -> Vec<ShownCell> {
    let cells = &study.comparison.cells;
    let of = |cell| {
        let contest = preparation.contests.iter().find(|one| one.cell == cell)?;
        let movie = movie(report, contest, preparation, folder);
        Some(ShownCell { cell, movie })
    };
    let minimal = Some(CellVariant::Mgu).filter(|cell| cells.contains(cell));
    let gated = [Family::Gru.among(cells), Family::Lstm.among(cells), minimal];
    let mut shown: Vec<ShownCell> = gated.into_iter().flatten().filter_map(of).collect();
    if shown.iter().all(|shown| shown.movie.is_err()) {
        shown.extend(Family::Rnn.among(cells).and_then(of));
    }
    shown
}

fn movie(
    report: &StudyReport,
    contest: &Contest,
    preparation: &Preparation<'_>,
    folder: &Folder,
) -> Result<CellMovie, CellMovieError> {
    let (cell, experiment) = (contest.cell, contest.experiment);
    check_drawing(cell)?;
    let measured = &report.experiments[experiment];
    let mut rows = measured.rows.iter();
    let row = rows.find(|row| row.cell == cell && row.seed == SEED);
    if let Some(divergence) = row.and_then(|row| row.diverged.clone()) {
        return Err(CellMovieError::Diverged {
            seed: SEED,
            divergence,
        });
    }
    let runs = contest.finals(contest.candidates[0], 1);
    let mut names = runs.iter().map(|run| &run.what.name);
    let name = names.find(|name| name.seed == SEED);
    let model = name.and_then(|name| folder.model(experiment, name));
    let model = model.ok_or(CellMovieError::NoModel { seed: SEED })?;
    let (splits, _) = &preparation.data[experiment];
    let scene = Scene {
        pitches: measured.key == MUSIC,
        ..SHOWN
    };
    CellMovie::of(&model, splits, scene, cell)
}
