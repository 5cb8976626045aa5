//! A detector on its way through a stream.

use std::f64::consts::LN_10;

use super::error::DetectError;
use super::false_alarms::FalseAlarms;
use super::learning::Learning;
use super::model::DetectModel;
use super::predictor::Predictor;
use super::views::{MeanOverSpan, Views};

/// Times the hold-off that an episode lasts before a learning detector takes it for what is usual from now on.
const EPISODES_BEFORE_HABIT: u64 = 4;

/// What a detector says of a reading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// −log₁₀ of the probability of a reading this unusual or more, at least 0; none where nothing of it is known.
    pub score: Option<f64>,
    /// Whether an alarm is raised at this reading: the first of an episode whose score reaches the threshold. An episode
    /// lasts until the score has stayed below it for as many readings as the hold-off.
    pub alarm: bool,
}

/// A detector with the state of one stream. Reading by reading and in one go it says the same, bit for bit.
///
/// It takes the same memory however long the stream is. Without learning, a reading allocates nothing.
pub struct Detector {
    pub(super) model: DetectModel,
    pub(super) predictor: Predictor,
    pub(super) views: Views,
    pub(super) mean: MeanOverSpan,
    threshold: f64,
    /// Readings so far.
    pub(super) readings: u64,
    /// Number of the reading at which the episode began that is not over yet, from 1.
    pub(super) episode: Option<u64>,
    /// Number of the last reading that reached the threshold.
    pub(super) last_above: u64,
    /// Alarms so far.
    pub(super) alarms: u64,
    pub(super) learning: Option<Learning>,
    errors: Vec<f64>,
}

impl Detector {
    /// At the beginning of a stream, putting up with the model's rate of false alarms, or with another.
    ///
    /// # Errors
    /// Those of [`DetectPlan::threshold`](crate::DetectPlan::threshold).
    pub fn new(model: DetectModel, rate: Option<FalseAlarms>) -> Result<Detector, DetectError> {
        let plan = &model.plan;
        let channels = plan.channels.len();
        Ok(Detector {
            threshold: plan.threshold(rate.unwrap_or(plan.false_alarms))?,
            predictor: Predictor::new(&model.network, channels),
            views: plan.views.clone(),
            mean: MeanOverSpan::new(plan.span),
            readings: 0,
            episode: None,
            last_above: 0,
            alarms: 0,
            learning: None,
            errors: vec![f64::NAN; channels],
            model,
        })
    }

    /// The same, which keeps learning.
    ///
    /// What is usual is taken from the last readings outside of episodes, and the network learns from them by truncated
    /// back-propagation. An episode that outlasts four hold-offs is what is usual from then on.
    #[must_use]
    pub fn learning(mut self) -> Detector {
        self.learning = Some(Learning::new(&self.model));
        self
    }

    /// The model; a learning detector changes its network.
    #[must_use]
    pub fn model(&self) -> &DetectModel {
        &self.model
    }

    /// The score from which a reading is part of an episode.
    #[must_use]
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Whether it keeps learning.
    #[must_use]
    pub fn is_learning(&self) -> bool {
        self.learning.is_some()
    }

    /// Readings so far.
    #[must_use]
    pub fn readings(&self) -> u64 {
        self.readings
    }

    /// Alarms so far.
    #[must_use]
    pub fn alarms(&self) -> u64 {
        self.alarms
    }

    /// Takes the next reading, one value for each channel, not a number where it is missing.
    ///
    /// A missing value has no error; in its place the network reads what was predicted, and after 64 of them, one after the
    /// other, the mean.
    ///
    /// # Errors
    /// [`DetectError::NotFinite`] where the network's numbers overflow.
    ///
    /// # Panics
    /// If there is not one value for each channel.
    pub fn step(&mut self, values: &[f64]) -> Result<Detection, DetectError> {
        let channels = &self.model.plan.channels;
        assert_eq!(values.len(), channels.len(), "one value for each channel");
        self.predictor.observe(channels, values, &mut self.errors);
        self.readings += 1;
        let views = &self.views;
        let of_errors = views.of_errors(&self.errors);
        if let Some(surprise) = of_errors {
            self.mean.add(surprise.min(views.cap));
        }
        let of_span = match (&views.span, of_errors) {
            (Some(span), Some(_)) => Some(span.surprise(self.mean.mean)),
            _ => None,
        };
        let all = [of_errors, of_span, views.of_levels(values)];
        let largest = all.into_iter().flatten().reduce(f64::max);
        let count = views.count() as f64;
        let score = largest.map(|largest| ((largest - count.ln()) / LN_10).max(0.0));
        let alarm = self.follow_episode(score.is_some_and(|score| score >= self.threshold));
        let not_finite = DetectError::NotFinite {
            reading: self.readings,
            is_learning: self.is_learning(),
        };
        self.learn(values).map_err(|_| not_finite.clone())?;
        let channels = &self.model.plan.channels;
        self.predictor
            .advance(&self.model.network, channels)
            .map_err(|_| not_finite)?;
        Ok(Detection { score, alarm })
    }

    /// Says whether the reading raises an alarm.
    fn follow_episode(&mut self, is_above: bool) -> bool {
        let hold_off = self.model.plan.hold_off as u64;
        if self.episode.is_some() && self.readings - self.last_above > hold_off {
            self.episode = None;
        }
        if !is_above {
            return false;
        }
        self.last_above = self.readings;
        let begins = self.episode.is_none();
        if begins {
            self.episode = Some(self.readings);
            self.alarms += 1;
        }
        begins
    }

    /// Lets a learning detector learn from the reading that the predictor has taken.
    fn learn(&mut self, values: &[f64]) -> Result<(), crate::error::TrainError> {
        let Some(learning) = &mut self.learning else {
            return Ok(());
        };
        let plan = &self.model.plan;
        let habit = EPISODES_BEFORE_HABIT.saturating_mul(plan.hold_off.max(1) as u64);
        let is_usual = self
            .episode
            .is_none_or(|start| self.readings - start >= habit);
        if is_usual {
            learning.remember(&mut self.views, plan, values, &self.errors);
        }
        learning.follow(&mut self.model, &self.predictor, is_usual)
    }
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Detector")
            .field("threshold", &self.threshold)
            .field("readings", &self.readings)
            .field("alarms", &self.alarms)
            .finish_non_exhaustive()
    }
}
