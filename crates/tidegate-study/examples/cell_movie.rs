//! Writes a page with the cells at work: a small GRU, LSTM and plain recurrent network are trained on the adding problem,
//! and their gates shown on a sequence of its test set.
//!
//! ```text
//! cargo run --release -p tidegate-study --example cell_movie -- ko page.html
//! ```

use std::error::Error;
use std::fs;
use std::sync::atomic::AtomicBool;

use maud::{DOCTYPE, html};
use tidegate_cells::Stack;
use tidegate_model::{InputLayer, Model, ModelConfiguration, Readout};
use tidegate_study::cell_movie::{CellMovie, section};
use tidegate_study::{CellVariant, Language, Task};
use tidegate_train::{Training, train};

const CELLS: [CellVariant; 3] = [CellVariant::Gru, CellVariant::Lstm, CellVariant::Rnn];
const UNITS: usize = 24;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [tag, path] = &arguments[..] else {
        return Err("give a language, en or ko, and a file to write".into());
    };
    let language = if tag == "ko" {
        Language::Korean
    } else {
        Language::English
    };
    let splits = Task::adding_problem(40).with_sequences(2_000).splits()?;
    let options = Training {
        learning_rate: 0.01,
        epochs: 12,
        ..Training::default()
    };
    let mut movies = Vec::new();
    for cell in CELLS {
        let recurrent = Stack::new(cell.cell(), 2, UNITS);
        let network =
            ModelConfiguration::new(InputLayer::Features, recurrent, 1, Readout::LastStep);
        let mut model = Model::new(network, 1)?;
        let stop = AtomicBool::new(false);
        train(
            &mut model,
            &splits.train,
            &splits.valid,
            &options,
            None,
            &mut |_| {},
            &stop,
        )?;
        movies.push(CellMovie::of(&model, &splits.test, 0, cell, &splits.name)?);
    }
    let title = language.pick("The cells at work", "작동하는 셀");
    let page = html! {
        (DOCTYPE)
        html lang=(tag) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { "body{font-family:system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1rem;line-height:1.5}" }
            }
            body { h1 { (title) } (section(&movies, language)) }
        }
    };
    fs::write(path, page.into_string())?;
    Ok(())
}
