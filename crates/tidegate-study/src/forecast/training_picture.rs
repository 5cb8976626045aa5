//! The page of a training: its losses by epoch.

use maud::html;

use super::ForecastPageError;
use super::fan::rounded;
use super::parts::Tables;
use crate::chart::{Axis, Chart, Line, Lines, Point, Scale, look_of_series, short_number};
use crate::language::Language;
use crate::page::figure::Figures;
use crate::page::shell::{self, Section};
use crate::page::table::heads;

/// Losses that differ by more are drawn on a logarithmic axis.
const WIDE: f64 = 20.0;

/// What a training page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingPicture {
    /// The headline.
    pub title: String,
    /// Sentences below it: which model, which data.
    pub subject: Vec<String>,
    /// What the loss is called, such as `mean squared error`.
    pub loss: String,
    /// One for each epoch, in their order.
    pub epochs: Vec<EpochLosses>,
    /// The epoch whose weights were kept, as [`EpochLosses::epoch`] counts.
    pub best_epoch: Option<usize>,
}

/// What was measured in an epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpochLosses {
    /// Its number, from 1.
    pub epoch: usize,
    /// Loss on the training part.
    pub training: f64,
    /// Loss on the validation part, where there is one.
    pub validation: Option<f64>,
    /// Learning rate at its end.
    pub learning_rate: f64,
}

impl TrainingPicture {
    /// The page as an HTML document that works without a network, and without a script too.
    ///
    /// # Errors
    /// No epoch.
    pub fn html(&self) -> Result<String, ForecastPageError> {
        if self.epochs.is_empty() {
            return Err(ForecastPageError::Empty("an epoch"));
        }
        let language = Language::English;
        let mut figures = Figures::new(language);
        let opening = html! { @for sentence in &self.subject { p { (sentence) } } };
        let losses = html! {
            (figures.show(self.losses().as_ref()))
            (self.table())
        };
        let mut sections = vec![Section::new("losses", "Loss", losses)];
        if let Some(chart) = self.learning_rate() {
            let rate = figures.show(Some(&chart));
            sections.push(Section::new("learning-rate", "Learning rate", rate));
        }
        Ok(shell::document(
            language,
            &self.title,
            &opening,
            &sections,
            &figures,
        ))
    }

    fn best(&self) -> Option<&EpochLosses> {
        let best = self.best_epoch?;
        self.epochs.iter().find(|epoch| epoch.epoch == best)
    }

    fn line(&self, name: &str, look: usize, value: impl Fn(&EpochLosses) -> Option<f64>) -> Line {
        let epochs = self.epochs.iter();
        let points = epochs.map(|epoch| {
            let value = value(epoch).map_or(f64::NAN, rounded);
            Point::at(epoch.epoch as f64, value)
        });
        Line {
            name: name.to_owned(),
            look,
            points: points.collect(),
            ..Line::default()
        }
    }

    /// The losses alone.
    pub(crate) fn losses(&self) -> Option<Chart> {
        let mut series = vec![
            self.line("training", 0, |epoch| Some(epoch.training)),
            self.line("validation", 1, |epoch| epoch.validation),
        ];
        let mut words = self.in_words();
        if let Some(best) = self.best() {
            let value = best.validation.unwrap_or(best.training);
            let look = look_of_series(usize::from(best.validation.is_some()), 1);
            series.push(Line {
                name: format!("best epoch: {}", best.epoch),
                look,
                markers: true,
                points: vec![Point::at(best.epoch as f64, rounded(value))],
                ..Line::default()
            });
            words.push_str(&format!(
                " The weights of epoch {} were kept, with {}.",
                best.epoch,
                short_number(value)
            ));
        }
        let values = self.epochs.iter().flat_map(|epoch| {
            let validation = epoch.validation.into_iter();
            validation
                .chain([epoch.training])
                .filter(|value| value.is_finite())
        });
        let (low, high) = values.fold((f64::INFINITY, 0.0_f64), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        let scale = match low > 0.0 && high > WIDE * low {
            true => Scale::Log10,
            false => Scale::Linear,
        };
        let lines = Lines {
            x: Axis::new("epoch", Scale::Whole),
            y: Axis::new(&self.loss, scale),
            series,
            guides: Vec::new(),
        };
        Chart::lines("Training and validation loss by epoch", words, lines)
    }

    fn in_words(&self) -> String {
        let (first, last) = (self.epochs[0], self.epochs[self.epochs.len() - 1]);
        let goes = |name: &str, from: f64, to: f64| {
            let [from, to] = [from, to].map(short_number);
            format!(
                "The {name} loss goes from {from} in epoch {} to {to} in epoch {}.",
                first.epoch, last.epoch
            )
        };
        let mut words = goes("training", first.training, last.training);
        if let (Some(from), Some(to)) = (first.validation, last.validation) {
            words.push(' ');
            words.push_str(&goes("validation", from, to));
        }
        words
    }

    /// How the learning rate changes; nothing where it stays, which the table says.
    fn learning_rate(&self) -> Option<Chart> {
        let stays = |pair: &[EpochLosses]| pair[0].learning_rate == pair[1].learning_rate;
        if self.epochs.windows(2).all(stays) {
            return None;
        }
        let lines = Lines {
            x: Axis::new("epoch", Scale::Whole),
            y: Axis::new("learning rate", Scale::Linear),
            series: vec![self.line("learning rate", 2, |epoch| Some(epoch.learning_rate))],
            guides: Vec::new(),
        };
        let rate = |epoch: &EpochLosses| short_number(epoch.learning_rate);
        let words = format!(
            "It is {} in the first epoch and {} in the last.",
            rate(&self.epochs[0]),
            rate(&self.epochs[self.epochs.len() - 1])
        );
        Chart::lines("Learning rate by epoch", words, lines)
    }

    fn table(&self) -> maud::Markup {
        let names = heads(&["epoch", "training", "validation", "learning rate"]);
        let row = |epoch: &EpochLosses| {
            let mark = match self.best_epoch == Some(epoch.epoch) {
                true => " ★",
                false => "",
            };
            let validation = epoch
                .validation
                .map_or_else(|| "–".to_owned(), short_number);
            vec![
                format!("{}{mark}", epoch.epoch),
                short_number(epoch.training),
                validation,
                short_number(epoch.learning_rate),
            ]
        };
        let rows: Vec<_> = self.epochs.iter().map(row).collect();
        let caption = match self.best() {
            Some(_) => format!("{} by epoch; ★ marks the epoch that was kept", self.loss),
            None => format!("{} by epoch", self.loss),
        };
        Tables::default().show(&caption, &names, &rows)
    }
}
