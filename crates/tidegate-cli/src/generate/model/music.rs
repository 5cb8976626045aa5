//! Music as it is made, and as a MIDI file.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use tidegate_data::{MusicToken, NoteStatistics, Piece, PieceWriter, midi_file};
use tidegate_model::replace_file;
use tidegate_train::{Generator, NextModel};

use super::document::{MusicDocument, Speed, Statistics};
use super::prompt;
use super::stream::Stream;
use crate::columns::columns;
use crate::failure::Failure;
use crate::generate::model_arguments::ModelArguments;
use crate::number::{counted, significant};
use crate::page::Page;
use crate::paragraph::paragraph;
use crate::standard_output::print_result;
use crate::visible::visible;

/// Values of a statistic that are shown: the most frequent ones.
const SHOWN: usize = 3;

pub(super) fn run(
    arguments: &ModelArguments,
    path: &Path,
    model: &NextModel,
    training: &NoteStatistics,
) -> Result<(), Failure> {
    let prompt = prompt::music(arguments)?;
    let tokens = model.plan.material.encode_music(&prompt)?;
    let mut generator = Generator::new(model, arguments.sampling())?;
    generator.read(&tokens)?;
    // Where a file or a document is asked for, nobody waits for the notes.
    let mut stream = (arguments.midi.is_none() && !arguments.json).then(Stream::new);
    let clock = Instant::now();
    let Some(Made { pieces, tokens }) =
        make(&mut generator, &prompt, arguments.length, stream.as_mut())?
    else {
        return Ok(());
    };
    let speed = Speed::of(tokens, clock.elapsed());
    if stream.is_some() {
        return Ok(());
    }
    if let Some(midi) = &arguments.midi {
        // A step of silence between two pieces.
        let all = pieces.join(&[Vec::new()][..]);
        let bytes = midi_file(&all, &arguments.midi_options())?;
        replace_file(midi, &bytes).map_err(|error| Failure::write(midi, error))?;
    }
    let generated = NoteStatistics::of(&pieces);
    let document = MusicDocument {
        model: path.display().to_string(),
        tokens: model.plan.material.kind(),
        sampling: arguments.sampling(),
        prompt_steps: prompt.len(),
        steps: arguments.length,
        pieces,
        midi: arguments
            .midi
            .as_ref()
            .map(|path| path.display().to_string()),
        statistics: Statistics {
            distance: generated.distance(training),
            generated,
            training: training.clone(),
        },
        speed,
    };
    print_result(arguments.json, &document, |page| text(&document, page))
}

/// Pieces, the last of which may not have ended, and how many tokens they took.
struct Made {
    pieces: Vec<Piece>,
    tokens: usize,
}

/// Draws so many steps behind the prompt; none where the reader has gone.
fn make(
    generator: &mut Generator<'_>,
    prompt: &Piece,
    length: usize,
    mut stream: Option<&mut Stream>,
) -> Result<Option<Made>, Failure> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut writer = PieceWriter::default();
    let mut show = |text: &str| match stream.as_deref_mut() {
        Some(stream) => stream.write(text.as_bytes()),
        None => Ok(true),
    };
    let mut is_read = show("[[")?;
    for (step, chord) in prompt.iter().enumerate() {
        let mark = if step == 0 { "" } else { ",\n" };
        is_read = show(&format!("{mark}{chord:?}"))?;
        let tokens = chord.iter().map(|&pitch| MusicToken::Pitch(pitch));
        for token in tokens.chain([MusicToken::Step]) {
            writer.push(token);
        }
    }
    let (mut steps, mut tokens) = (0, 0);
    let mut between = writer.steps() > 0;
    while steps < length && is_read {
        let token = MusicToken::of(generator.draw()?).unwrap_or(MusicToken::Step);
        tokens += 1;
        if token == MusicToken::Piece {
            pieces.push(std::mem::take(&mut writer).into_piece());
            is_read = show("],\n[")?;
            between = false;
        }
        if let Some(chord) = writer.push(token) {
            let mark = if between { ",\n" } else { "" };
            is_read = show(&format!("{mark}{chord:?}"))?;
            between = true;
            steps += 1;
        }
    }
    pieces.push(writer.into_piece());
    show("]]\n")?;
    if let Some(stream) = stream {
        is_read = stream.flush()?;
    }
    Ok(is_read.then_some(Made { pieces, tokens }))
}

/// Where it was written, and a table of what the notes are like.
fn text(document: &MusicDocument, page: Page) -> String {
    let written = match &document.midi {
        Some(midi) => format!(" written to {midi}"),
        None => String::new(),
    };
    let words = format!(
        "{} in {}{written}. Notes beside those of the training pieces, as shares; the distance is half of the sum of the \
         differences of all shares:",
        counted(document.steps, "step", "steps"),
        counted(document.pieces.len(), "piece", "pieces"),
    );
    let Statistics {
        generated,
        training,
        distance,
    } = &document.statistics;
    let mut rows = Vec::new();
    for (name, distance, generated, training) in [
        (
            "voices sounding",
            distance.voices,
            &generated.voices,
            &training.voices,
        ),
        (
            "semitones of the melody",
            distance.melodic_intervals,
            &generated.melodic_intervals,
            &training.melodic_intervals,
        ),
        (
            "semitones above the bass",
            distance.harmonic_intervals,
            &generated.harmonic_intervals,
            &training.harmonic_intervals,
        ),
        (
            "length of a note in steps",
            distance.durations,
            &generated.durations,
            &training.durations,
        ),
    ] {
        rows.push(vec![
            name.to_owned(),
            String::new(),
            String::new(),
            significant(distance, 2),
        ]);
        let mut frequent: Vec<(&i32, &u64)> = training.iter().collect();
        // Of equally frequent ones the lower first.
        frequent.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (value, _) in frequent.into_iter().take(SHOWN) {
            rows.push(vec![
                format!("  {value}"),
                share(training, *value),
                share(generated, *value),
                String::new(),
            ]);
        }
    }
    let headings = [
        ["", ""],
        ["", "training"],
        ["", "generated"],
        ["", "distance"],
    ];
    paragraph(&visible(&words), page.text) + "\n" + &columns(&headings, &rows, page.table)
}

/// The share of a value, with three decimals.
fn share(counts: &BTreeMap<i32, u64>, value: i32) -> String {
    let total: u64 = counts.values().sum();
    let count = counts.get(&value).copied().unwrap_or(0);
    format!("{:.3}", count as f64 / total.max(1) as f64)
}
