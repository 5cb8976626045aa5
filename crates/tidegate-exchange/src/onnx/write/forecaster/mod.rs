//! A forecaster as an ONNX file: from windows to forecasts, with scaling, normalisation and quantiles in the graph.
//!
//! `scaling` is what stands around the network where the graph speaks the data's units, `normalisation` what is taken out of a
//! window and put back, `direct` and `segment` are the two networks, `quantiles` keeps quantiles from crossing, `compare` runs
//! what was written beside the forecaster.

mod compare;
mod direct;
mod normalisation;
mod quantiles;
mod scaling;
mod segment;

use tidegate_cells::{Stack, Tensor as Parameter};
use tidegate_model::{Forecaster, ForecasterConfiguration, Network};

use super::builder::{Axis, Builder, int};
use super::file;
use super::recurrent::{self, RecurrentWeights};
use crate::error::ExchangeError;
use crate::onnx::tensor::{ElementType, Tensor};

pub use self::compare::ForecasterDifference;
pub use self::scaling::WindowScaling;

/// What [`ForecasterGraph::write`] writes: a forecaster, and what stands around it.
///
/// The graph's inputs are `past [batch, window, past_size]` and, where the forecaster reads any, `known [batch, horizon,
/// known_size]`; `batch` is free. Its outputs are `point [batch, horizon, targets]`, the forecast itself, and where there are
/// quantiles, `quantiles [batch, horizon, targets, levels]` in rising order, which never cross.
#[derive(Clone, Copy, Debug)]
pub struct ForecasterGraph<'a> {
    /// The network.
    pub forecaster: &'a Forecaster,
    /// How the features are scaled: with it the graph reads and gives numbers in the data's units, without it scaled ones.
    pub scaling: Option<&'a WindowScaling>,
    /// What is added to a point forecast, one number for each value, to give its quantiles, on the network's scale: `[horizon,
    /// targets, levels]`, rising from level to level. Empty for a forecaster that gives quantiles itself, or for no quantiles.
    pub offsets: &'a [f32],
    /// Which of the forecaster's own quantiles is its point forecast; 0 for a point forecaster.
    pub point: usize,
}

impl ForecasterGraph<'_> {
    /// The bytes of the file, the same each time.
    ///
    /// # Errors
    /// [`ExchangeError::Input`] names what does not fit the forecaster; [`ExchangeError::NoCounterpart`] what ONNX's operators do not
    /// compute (zoneout), or a scaling that single precision does not hold.
    pub fn write(&self) -> Result<Vec<u8>, ExchangeError> {
        self.check()?;
        let mut writer = Writer {
            forecaster: self.forecaster,
            builder: Builder::new("tidegate"),
        };
        writer.write(self)?;
        Ok(file(writer.builder, "window"))
    }

    fn check(&self) -> Result<(), ExchangeError> {
        let network = self.forecaster.configuration();
        if let Some(scaling) = self.scaling {
            scaling.check(network)?;
        }
        let values = network.horizon * network.targets;
        let wrong = |name: &str, reason: String| {
            Err(ExchangeError::Input {
                name: name.into(),
                reason,
            })
        };
        if self.point >= network.levels {
            let reason = format!("{} of {} quantiles", self.point, network.levels);
            return wrong("point", reason);
        }
        if network.levels > 1 && !self.offsets.is_empty() {
            return wrong("offsets", "the forecaster gives quantiles itself".into());
        }
        if !self.offsets.len().is_multiple_of(values) {
            let reason = format!("{} for {values} values", self.offsets.len());
            return wrong("offsets", reason);
        }
        if let Some(offset) = self.offsets.iter().find(|offset| !offset.is_finite()) {
            return wrong("offsets", format!("{offset} is not finite"));
        }
        // `max` for no offsets at all.
        let levels = (self.offsets.len() / values).max(1);
        let mut of_values = self.offsets.chunks_exact(levels);
        match of_values.position(|offsets| !offsets.is_sorted()) {
            None => Ok(()),
            Some(place) => {
                let reason = format!("those of value {place} do not rise from level to level");
                wrong("offsets", reason)
            }
        }
    }
}

/// A graph of a forecaster as it grows. Values are known by their names; B stands for the batch, W for the window, F for the
/// horizon, C for targets, P for what is known up to now, K for what is known ahead, L for numbers of each value.
struct Writer<'a> {
    forecaster: &'a Forecaster,
    builder: Builder,
}

impl<'a> Writer<'a> {
    fn write(&mut self, graph: &ForecasterGraph<'_>) -> Result<(), ExchangeError> {
        let network = self.network();
        let past = self.input("past", network.window, network.past_size);
        let known = (network.known_size > 0)
            .then(|| self.input("known", network.horizon, network.known_size));
        let [past, known] = match graph.scaling {
            None => [Some(past), known],
            Some(scaling) => [
                Some(self.scaled("past", past, &scaling.past)),
                known.map(|known| self.scaled("known", known, &scaling.known)),
            ],
        };
        let past = past.unwrap_or_default();
        let (targets, others) = self.parted(past);
        let (targets, level) = self.normalised(targets);
        let raw = match network.network {
            Network::Direct => self.direct(targets, others, known)?,
            Network::Segment { length } => self.segments(length, targets, others, known)?,
        };
        let value = self.quantiles(raw);
        let value = self.restored(value, &level);
        self.outputs(value, graph);
        Ok(())
    }

    /// An input `[B, rows, size]`.
    fn input(&mut self, name: &str, rows: usize, size: usize) -> String {
        let shape = [Axis::Named("batch"), Axis::Fixed(rows), Axis::Fixed(size)];
        self.builder.input(name, ElementType::F32, &shape);
        name.into()
    }

    /// `past [B, W, P]` as targets `[B, W, C]` and the rest, if there is any.
    fn parted(&mut self, past: String) -> (String, Option<String>) {
        let network = self.network();
        if network.past_size == network.targets {
            return (past, None);
        }
        let sizes = [network.targets, network.past_size - network.targets];
        let sizes = Tensor::of([2], sizes.map(|size| size as i64).to_vec());
        let sizes = self.builder.constant("past_sizes", &sizes);
        let mut parts = self
            .builder
            .node(
                "Split",
                "past_parts",
                &[&past, &sizes],
                2,
                vec![int("axis", 2)],
            )
            .into_iter();
        (parts.next().unwrap_or_default(), parts.next())
    }

    /// From `value [B, F, C, L]` on the network's scale to the outputs.
    fn outputs(&mut self, value: String, graph: &ForecasterGraph<'_>) {
        let network = self.network();
        let (horizon, targets) = (network.horizon, network.targets);
        let scaling = graph.scaling.map(|scaling| &scaling.past[..targets]);
        let (point, quantiles) = if network.levels > 1 {
            let quantiles = self.in_units("quantiles", value, scaling);
            let index = Tensor::of([], vec![graph.point as i64]);
            let index = self.builder.constant("point_index", &index);
            let point = self.builder.value(
                "Gather",
                "point",
                &[&quantiles, &index],
                vec![int("axis", 3)],
            );
            (point, Some((quantiles, network.levels)))
        } else {
            let levels = graph.offsets.len() / (horizon * targets);
            let quantiles = (levels > 0).then(|| {
                let offsets = Tensor::of([horizon, targets, levels], graph.offsets.to_vec());
                let offsets = self.builder.constant("offsets", &offsets);
                let quantiles =
                    self.builder
                        .value("Add", "quantiles_around", &[&value, &offsets], vec![]);
                (self.in_units("quantiles", quantiles, scaling), levels)
            });
            let point = self.in_units("point", value, scaling);
            let point = self.builder.with_axis("Squeeze", "point", &point, 3);
            (point, quantiles)
        };
        let batch = Axis::Named("batch");
        let rows = [batch, Axis::Fixed(horizon), Axis::Fixed(targets)];
        self.builder.rename(&point, "point");
        self.builder.output("point", ElementType::F32, &rows);
        if let Some((quantiles, levels)) = quantiles {
            let shape = [&rows[..], &[Axis::Fixed(levels)]].concat();
            self.builder.rename(&quantiles, "quantiles");
            self.builder.output("quantiles", ElementType::F32, &shape);
        }
    }

    fn network(&self) -> &'a ForecasterConfiguration {
        self.forecaster.configuration()
    }

    /// The values of a named tensor; none where the forecaster does not have it.
    fn parameter(&self, name: &str) -> &'a [f32] {
        let mut tensors = self.forecaster.tensors().iter();
        let tensor = tensors.find(|tensor| tensor.name == name);
        let range = tensor.map(Parameter::range).unwrap_or_default();
        &self.forecaster.parameters()[range]
    }

    /// The recurrent layers with their weights as constants.
    fn recurrent(&mut self) -> Result<(&'a Stack, RecurrentWeights), ExchangeError> {
        let stack = &self.network().recurrent;
        let mut tensors = self.forecaster.tensors().iter();
        let first = tensors.find(|tensor| tensor.name.starts_with("recurrent."));
        let first = first.map_or(0, |tensor| tensor.offset);
        let values = &self.forecaster.parameters()[first..][..stack.parameter_count()];
        let place = "the forecaster's recurrent layers";
        let weights = recurrent::weights(&mut self.builder, (stack, values), place, "recurrent")?;
        Ok((stack, weights))
    }

    fn dense(&mut self, name: &str, value: &str) -> String {
        let weight = self.parameter(&format!("{name}.weight"));
        let bias = self.parameter(&format!("{name}.bias"));
        self.builder.dense(name, value, weight, bias)
    }
}
