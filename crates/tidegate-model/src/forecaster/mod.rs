//! Forecasters: networks from a window of a series to the rows that follow it.
//!
//! Here live their configuration, their parameters by name, what is taken out of a window and put back, the two networks
//! ([`Network`]) forward and back, and quantiles that cannot cross. What a feature means, and how it was scaled, is not
//! known here.

mod composition;
mod configuration;
mod direct;
mod file;
mod layout;
mod normalisation;
mod quantiles;
mod rows;
mod segment;
mod tape;
mod window_inputs;

use std::collections::BTreeMap;
use std::fmt;

use tidegate_cells::{Engine, Linear, Noise, Tensor, check_length, first_not_finite, make_room};

use crate::error::ModelError;
use crate::initialise::{Distribution, initialise_tensors};
use crate::layout::first_not_finite_parameter;
use composition::Decoder;
pub use configuration::{ForecasterConfiguration, Network, Normalisation};
pub(crate) use layout::ForecasterLayout;
pub use normalisation::SMALLEST_VARIANCE;
use segment::Segments;
pub use tape::ForecasterTape;
use tape::Pass;
pub use window_inputs::WindowInputs;

/// A forecaster, ready to run. Its parameters are finite at all times.
///
/// ```
/// use tidegate_cells::{Cell, Gru, Stack};
/// use tidegate_model::{Forecaster, ForecasterConfiguration, Network, Normalisation, WindowInputs};
///
/// let forecaster = Forecaster::new(
///     ForecasterConfiguration {
///         network: Network::Segment { length: 4 },
///         recurrent: Stack::new(Cell::Gru(Gru::default()), 16, 16),
///         window: 12,
///         horizon: 6,
///         targets: 1,
///         past_size: 1,
///         known_size: 0,
///         levels: 3,
///         normalisation: Normalisation::Last,
///         dropout: 0.0,
///     },
///     7,
/// )?;
/// let mut quantiles = Vec::new();
/// let inputs = WindowInputs { windows: 1, past: &[0.5; 12], known: &[] };
/// forecaster.forward(&inputs, &mut quantiles)?;
/// assert_eq!(quantiles.len(), 6 * 1 * 3);
/// assert!(quantiles[0] <= quantiles[1] && quantiles[1] <= quantiles[2]);
/// # Ok::<(), tidegate_model::ModelError>(())
/// ```
pub struct Forecaster {
    configuration: ForecasterConfiguration,
    parameters: Vec<f32>,
    description: BTreeMap<String, String>,
    layout: ForecasterLayout,
    encoder: Engine,
    /// Of the segment-wise network.
    segment_embedding: Option<Linear>,
    decoder: Option<Decoder>,
    head: Linear,
}

impl Forecaster {
    /// A forecaster with initial parameters, distributed as PyTorch's are: recurrent layers uniform in ±1/√H, dense layers
    /// uniform in ±1/√(their inputs), the embeddings of position and target normal with mean 0 and variance 1. The same
    /// configuration and seed give the same bits.
    ///
    /// # Errors
    /// [`ModelError::Configuration`] names the field at fault.
    pub fn new(configuration: ForecasterConfiguration, seed: u64) -> Result<Self, ModelError> {
        configuration.validate()?;
        let layout = ForecasterLayout::new(&configuration);
        let uniform = |inputs: usize| Distribution::Uniform {
            bound: 1.0 / (inputs as f32).sqrt(),
        };
        let hidden = configuration.recurrent.hidden_size;
        let parameters = initialise_tensors(&layout.tensors, seed, |tensor| {
            match tensor.name.split('.').next() {
                Some("segment" | "head") => {
                    let weight = |name| layout.tensors.iter().find(|tensor| tensor.name == name);
                    let name = match tensor.name.starts_with("head") {
                        true => "head.weight",
                        false => "segment.weight",
                    };
                    uniform(weight(name).map_or(1, |weight| weight.shape[1]))
                }
                Some("known") => uniform(tensor.shape[0]),
                Some("position" | "target") => Distribution::Normal,
                _ => uniform(hidden),
            }
        });
        Forecaster::from_parameters(configuration, parameters)
    }

    /// A forecaster with the given parameters, laid out as [`Forecaster::tensors`] says.
    ///
    /// # Errors
    /// Names the field of the configuration, the number of parameters or the parameter at fault.
    pub fn from_parameters(
        configuration: ForecasterConfiguration,
        parameters: Vec<f32>,
    ) -> Result<Self, ModelError> {
        configuration.validate()?;
        let layout = ForecasterLayout::new(&configuration);
        check_length(
            "parameters",
            parameters.len(),
            &[("parameters", layout.len())],
        )?;
        check_finite(&layout, &parameters)?;
        let recurrent = &parameters[layout.recurrent.clone()];
        let encoder = Engine::new(configuration.recurrent.clone(), recurrent)?;
        let dense = |weight: &std::ops::Range<usize>, bias: &std::ops::Range<usize>| {
            let linear = Linear::new(weight.len() / bias.len(), bias.len())?;
            Ok::<_, ModelError>(linear)
        };
        let (segment_embedding, decoder) = match configuration.network {
            Network::Direct => (None, None),
            Network::Segment { .. } => (
                Some(dense(&layout.segment_weight, &layout.segment_bias)?),
                Some(Decoder::new(&configuration, &layout, &parameters)?),
            ),
        };
        let mut forecaster = Forecaster {
            head: dense(&layout.head_weight, &layout.head_bias)?,
            segment_embedding,
            decoder,
            configuration,
            parameters,
            description: BTreeMap::new(),
            layout,
            encoder,
        };
        forecaster.pack_dense()?;
        Ok(forecaster)
    }

    /// What the forecaster is made of.
    #[must_use]
    pub fn configuration(&self) -> &ForecasterConfiguration {
        &self.configuration
    }

    /// The named tensors, in the order of the flat buffer and without gaps.
    #[must_use]
    pub fn tensors(&self) -> &[Tensor] {
        &self.layout.tensors
    }

    /// Every parameter in one flat buffer.
    #[must_use]
    pub fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    /// Replaces every parameter.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] names the first one that is not finite; [`ModelError::Cells`] if their number is
    /// another. The forecaster is as it was then.
    pub fn set_parameters(&mut self, parameters: &[f32]) -> Result<(), ModelError> {
        check_length(
            "parameters",
            parameters.len(),
            &[("parameters", self.parameters.len())],
        )?;
        check_finite(&self.layout, parameters)?;
        self.parameters.copy_from_slice(parameters);
        self.encoder
            .set_weights(&self.parameters[self.layout.recurrent.clone()])?;
        if let Some(decoder) = &mut self.decoder {
            decoder.set_weights(&self.configuration, &self.layout, &self.parameters)?;
        }
        self.pack_dense()
    }

    fn pack_dense(&mut self) -> Result<(), ModelError> {
        let (layout, parameters) = (&self.layout, &self.parameters);
        if let Some(embedding) = &mut self.segment_embedding {
            embedding.set_weights(
                &parameters[layout.segment_weight.clone()],
                &parameters[layout.segment_bias.clone()],
            )?;
        }
        self.head.set_weights(
            &parameters[layout.head_weight.clone()],
            &parameters[layout.head_bias.clone()],
        )?;
        Ok(())
    }

    /// What the maker of the forecaster says about it (its data, scaling, training), by key; kept in the file.
    #[must_use]
    pub fn description(&self) -> &BTreeMap<String, String> {
        &self.description
    }

    /// The same, to be changed.
    pub fn description_mut(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.description
    }

    /// Forecasts, without dropout. `outputs` is replaced by `[windows, horizon, targets, levels]`; a window's bits do not
    /// depend on its neighbours or on the number of threads.
    ///
    /// # Errors
    /// Names the slice that does not fit, or a value that is not finite.
    pub fn forward(
        &self,
        inputs: &WindowInputs<'_>,
        outputs: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        self.run(inputs, None, false, &mut ForecasterTape::new(), outputs)
    }

    /// The same with every dropout and zoneout that `noise` drives, recorded on `tape` for [`Forecaster::backward`].
    ///
    /// # Errors
    /// Those of [`Forecaster::forward`]; the tape is empty then.
    pub fn forward_training(
        &self,
        inputs: &WindowInputs<'_>,
        noise: Option<Noise>,
        tape: &mut ForecasterTape,
        outputs: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        tape.pass = None;
        self.run(inputs, noise, true, tape, outputs)?;
        tape.pass = Some(Pass {
            windows: inputs.windows,
            noise,
        });
        Ok(())
    }

    fn run(
        &self,
        inputs: &WindowInputs<'_>,
        noise: Option<Noise>,
        is_recorded: bool,
        tape: &mut ForecasterTape,
        outputs: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        self.check_inputs(inputs)?;
        normalisation::levels(&self.configuration, inputs, &mut tape.levels);
        match self.configuration.network {
            Network::Direct => self.forward_direct(inputs, noise, is_recorded, tape)?,
            Network::Segment { .. } => self.forward_segments(inputs, noise, is_recorded, tape)?,
        }
        let levels = self.configuration.levels;
        let count = inputs.windows * self.configuration.outputs();
        make_room(outputs, count);
        outputs.resize(count, 0.0);
        for (place, outputs) in outputs.chunks_exact_mut(levels).enumerate() {
            let (start, pair) = self.raw_place(place, inputs.windows);
            outputs.copy_from_slice(&tape.raw[start..start + levels]);
            quantiles::forward(outputs);
            for value in outputs {
                *value = tape.levels[pair].restore(*value);
            }
        }
        match first_not_finite(outputs) {
            None => Ok(()),
            Some(index) => {
                let (place, targets) = (index / levels, self.configuration.targets);
                Err(ModelError::Forecast {
                    window: place / targets / self.configuration.horizon,
                    row: place / targets % self.configuration.horizon,
                    target: place % targets,
                    value: outputs[index],
                })
            }
        }
    }

    /// Adds the gradient of every parameter to `gradient`, laid out by [`Forecaster::tensors`], and consumes what `tape`
    /// holds. `output_gradient` has the shape of the outputs; the parameters must not have changed since.
    ///
    /// # Errors
    /// [`ModelError::Tape`] if the tape holds no pass; otherwise names the slice that does not fit, or the value of
    /// `output_gradient` that is not finite. `gradient` is as it was then. If gradients overflow on their way back, the error
    /// says so, and `gradient` is not to be used.
    pub fn backward(
        &self,
        tape: &mut ForecasterTape,
        output_gradient: &[f32],
        gradient: &mut [f32],
    ) -> Result<(), ModelError> {
        let Pass { windows, noise } = tape.pass.take().ok_or(ModelError::Tape)?;
        let configuration = &self.configuration;
        check_length(
            "output_gradient",
            output_gradient.len(),
            &[("windows", windows), ("outputs", configuration.outputs())],
        )?;
        check_length(
            "gradient",
            gradient.len(),
            &[("parameters", self.parameters.len())],
        )?;
        if let Some(index) = first_not_finite(output_gradient) {
            return Err(ModelError::OutputGradient {
                place: format!(
                    "window {}, output {}",
                    index / configuration.outputs(),
                    index % configuration.outputs()
                ),
                value: output_gradient[index],
            });
        }
        let levels = configuration.levels;
        tape.raw_gradient.clear();
        make_room(&mut tape.raw_gradient, tape.raw.len());
        tape.raw_gradient.resize(tape.raw.len(), 0.0);
        for (place, outputs) in output_gradient.chunks_exact(levels).enumerate() {
            let (start, pair) = self.raw_place(place, windows);
            let target = &mut tape.raw_gradient[start..start + levels];
            for (target, value) in target.iter_mut().zip(outputs) {
                *target = value * tape.levels[pair].scale;
            }
            quantiles::backward(&tape.raw[start..start + levels], target);
        }
        match configuration.network {
            Network::Direct => self.backward_direct(windows, noise, tape, gradient),
            Network::Segment { .. } => self.backward_segments(windows, noise, tape, gradient),
        }
    }

    /// Through the head: leaves the gradient of what it read on the tape.
    fn backward_head(
        &self,
        tape: &mut ForecasterTape,
        gradient: &mut [f32],
    ) -> Result<(), ModelError> {
        make_room(&mut tape.feature_gradient, tape.features.len());
        tape.feature_gradient.resize(tape.features.len(), 0.0);
        let weight = self.layout.head_weight.clone();
        let (weights, biases) = gradient[weight.start..].split_at_mut(weight.len());
        rows::backward(
            &self.head,
            &self.parameters[weight],
            &tape.features,
            &tape.raw_gradient,
            [weights, biases],
            Some(&mut tape.feature_gradient),
        )?;
        Ok(())
    }

    /// Where the levels of output `place`, counted through `[windows, horizon, targets]`, begin in what the head gave, and
    /// the index of its window and target.
    fn raw_place(&self, place: usize, windows: usize) -> (usize, usize) {
        let configuration = &self.configuration;
        let (targets, levels) = (configuration.targets, configuration.levels);
        let (target, row) = (place % targets, place / targets % configuration.horizon);
        let index = place / targets / configuration.horizon;
        let pair = index * targets + target;
        match configuration.network {
            Network::Direct => (place * levels, pair),
            Network::Segment { .. } => {
                let length = Segments::of(configuration).length;
                let decoded = row / length * windows * targets + pair;
                ((decoded * length + row % length) * levels, pair)
            }
        }
    }

    /// What drives the head's dropout: one mask for each row, wherever a pass begins.
    fn head_noise(&self, noise: Option<Noise>) -> Option<Noise> {
        let noise = noise.filter(|_| self.configuration.dropout > 0.0)?;
        Some(noise.after(0))
    }

    fn check_inputs(&self, inputs: &WindowInputs<'_>) -> Result<(), ModelError> {
        let configuration = &self.configuration;
        let windows = ("windows", inputs.windows);
        let past = ("past_size", configuration.past_size);
        let known = ("known_size", configuration.known_size);
        check_length(
            "past",
            inputs.past.len(),
            &[("window", configuration.window), windows, past],
        )?;
        check_length(
            "known",
            inputs.known.len(),
            &[("horizon", configuration.horizon), windows, known],
        )?;
        for (what, values, width) in [
            ("past", inputs.past, past.1),
            ("known", inputs.known, known.1),
        ] {
            if let Some(index) = first_not_finite(values) {
                return Err(ModelError::Window {
                    what,
                    row: index / width / inputs.windows,
                    window: index / width % inputs.windows,
                    feature: index % width,
                    value: values[index],
                });
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Forecaster {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Forecaster")
            .field("configuration", &self.configuration)
            .field("parameter_count", &self.parameters.len())
            .finish_non_exhaustive()
    }
}

fn check_finite(layout: &ForecasterLayout, parameters: &[f32]) -> Result<(), ModelError> {
    match first_not_finite_parameter(&layout.tensors, parameters) {
        None => Ok(()),
        Some((place, value)) => Err(ModelError::Parameter { place, value }),
    }
}
