//! How far back the loss reaches: the norm of its gradient with respect to the state, so many steps before the loss.

mod scaled;

use serde::{Deserialize, Serialize};
use tidegate_cells::State;
use tidegate_data::{Sequence, SequenceSet, Supervision, Targets};
use tidegate_model::{Model, Readout};

use crate::back_propagation::{BackPropagation, Failure, Passage};
use crate::compatibility::check;
use crate::error::TrainError;
use crate::parts::Parts;
use scaled::{Norms, Scaled};

/// Sequences that are run at once.
const BATCH: usize = 32;

/// Steps that a gradient goes back at most before it is scaled anew.
const STRETCH: usize = 16;

/// Norms of the gradient at each lag. Made by [`state_gradient_norms`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateGradients {
    /// One entry for each lag asked for, in that order.
    pub lags: Vec<LagNorms>,
}

/// Norms at one lag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LagNorms {
    /// Steps from the state to the loss; 0 for the state that the head reads.
    pub lag: usize,
    /// Sequences in the means.
    pub sequences: usize,
    /// Sequences left out because they have no step so long before their last.
    pub too_short: usize,
    /// Of the gradient with respect to the hidden state; absent where every sequence is too short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden: Option<MeanNorm>,
    /// Of the gradient with respect to the cell state; absent where every sequence is too short, and for cells that
    /// carry none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<MeanNorm>,
}

/// The mean over sequences of a Euclidean norm.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeanNorm {
    /// Geometric mean, what is typical where norms differ by orders of magnitude; 0 if one of the norms is 0.
    pub geometric: f64,
    /// Arithmetic mean, which the largest norms decide.
    pub arithmetic: f64,
    /// Sequences whose norm is 0, or so small that it reads as 0.
    pub zeros: usize,
}

/// Measures how much of the loss reaches the states before it.
///
/// For each of the sequences `rows` of `set`, the loss is that of its last step alone (where every step is supervised,
/// the others do not count), without noise. The norm is that of its gradient with respect to the state that stood `lag`
/// steps before that step, counted from each sequence's own end: over the hidden states of all layers, and, for an LSTM,
/// over their cell states. These are partial derivatives with respect to the carried state: of a stack, a layer's state
/// counts by what it gives to the steps after it; of an LSTM, the hidden state counts while the cell state beside it is held
/// fixed, and the other way round. Both carry, so that an LSTM's loss can be reached through the cell state where the
/// gradient of its hidden state is small. At lag 0 the gradient is the head's, with respect to the top layer's hidden
/// state; a cell state has none there.
///
/// The gradients come from the backward pass of training. It computes in f32; every 16 steps at most, a sequence's
/// gradient is scaled by a power of two, which is exact, so that norms are read down to about 1e-300. What shrinks below
/// that, or beyond f32 inside 16 steps, reads as 0. The order of `rows` decides the order of summation.
///
/// # Errors
/// [`TrainError::Option`] for a model of both directions, whose states have no single time to go back in, for one that
/// pools, for no or
/// unknown `rows` and for no `lags`; [`TrainError::Mismatch`], [`TrainError::EmptySet`] and [`TrainError::Data`] where the
/// set does not fit the model; [`TrainError::StateGradientNotFinite`] where a number on the way is not finite.
pub fn state_gradient_norms(
    model: &Model,
    set: &SequenceSet,
    rows: &[usize],
    lags: &[usize],
) -> Result<StateGradients, TrainError> {
    check(model.configuration(), set, "evaluation")?;
    let refuse = |option, reason| Err(TrainError::Option { option, reason });
    if model.configuration().recurrent.bidirectional {
        let reason = "runs in both directions, so that a step has no single state that carries the past to the loss: \
                      give a model of one direction";
        return refuse("model", reason.to_owned());
    }
    if model.configuration().readout.pools() {
        let reason = "pools over all steps, so that the loss reads every state and none carries all of the past to it: \
                      give a model that is read at the last step";
        return refuse("model", reason.to_owned());
    }
    if rows.is_empty() {
        return refuse("rows", "is empty, but must name a sequence".to_owned());
    }
    if let Some(row) = rows.iter().find(|row| **row >= set.len()) {
        let reason = format!("has sequence {row}, but the set has {}", set.len());
        return refuse("rows", reason);
    }
    if lags.is_empty() {
        return refuse("lags", "is empty, but must name a lag".to_owned());
    }
    if set.supervision == Supervision::LastStep {
        return measure(model, set, rows, lags);
    }
    // Read at the last step alone, the same parameters give what the last of every step's outputs is.
    let mut configuration = model.configuration().clone();
    configuration.readout = Readout::LastStep;
    let model = Model::from_parameters(configuration, model.parameters().to_vec())?;
    let set = SequenceSet {
        supervision: Supervision::LastStep,
        sequences: rows.iter().map(|&row| at_the_end(set, row)).collect(),
        ..*set
    };
    let rows: Vec<usize> = (0..set.len()).collect();
    measure(&model, &set, &rows, lags)
}

/// A sequence with the target of its last step alone.
fn at_the_end(set: &SequenceSet, row: usize) -> Sequence {
    let sequence = &set.sequences[row];
    let stored = sequence.targets.len() / set.sequence_length(row);
    let start = sequence.targets.len() - stored;
    Sequence {
        inputs: sequence.inputs.clone(),
        targets: match &sequence.targets {
            Targets::Values(values) => Targets::Values(values[start..].to_vec()),
            Targets::Classes(classes) => Targets::Classes(classes[start..].to_vec()),
            Targets::Labels(labels) => Targets::Labels(labels[start..].to_vec()),
        },
    }
}

/// For a set with targets at the last step.
fn measure(
    model: &Model,
    set: &SequenceSet,
    rows: &[usize],
    lags: &[usize],
) -> Result<StateGradients, TrainError> {
    // Sequences of one length end together: their lags are the same steps.
    let length = |place: usize| set.sequence_length(rows[place]);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&place| length(place));
    let mut norms = vec![None; lags.len() * rows.len()];
    let batches = order
        .chunk_by(|&a, &b| length(a) == length(b))
        .flat_map(|places| places.chunks(BATCH));
    for places in batches {
        let end = length(places[0]);
        let batch: Vec<usize> = places.iter().map(|&place| rows[place]).collect();
        let mut scaled = Scaled::new(batch.len(), model.configuration().recurrent.hidden_size);
        let mut at_border = |step: usize, gradient: &mut State| {
            // What stands before the first step is no step's state.
            let here = |lag: usize| step > 0 && end - step == lag;
            for (index, _) in lags.iter().enumerate().filter(|(_, lag)| here(**lag)) {
                for (row, &place) in places.iter().enumerate() {
                    norms[index * rows.len() + place] = Some(scaled.norms(gradient, row));
                }
            }
            scaled.scale(gradient);
        };
        go_back(model, set, &batch, lags, &mut at_border)?;
    }
    let carries_cell = model.configuration().recurrent.cell.carries_cell();
    let summarise = |(&lag, norms): (&usize, &[Option<Norms>])| {
        let measured = || norms.iter().flatten();
        let sequences = measured().count();
        Ok(LagNorms {
            lag,
            sequences,
            too_short: norms.len() - sequences,
            hidden: mean(measured().map(|norms| norms.hidden))?,
            cell: if carries_cell {
                mean(measured().map(|norms| norms.cell))?
            } else {
                None
            },
        })
    };
    let lags = lags.iter().zip(norms.chunks_exact(rows.len()));
    let lags = lags.map(summarise).collect::<Result<_, TrainError>>()?;
    Ok(StateGradients { lags })
}

/// Runs sequences of one length to their end, and the gradient of the mean of their losses back over the lags. Tells the
/// border at every step where it stops, from the last on, with the gradient of the state before that step.
fn go_back(
    model: &Model,
    set: &SequenceSet,
    rows: &[usize],
    lags: &[usize],
    at_border: &mut dyn FnMut(usize, &mut State),
) -> Result<(), TrainError> {
    let end = set.sequence_length(rows[0]);
    let mut stops: Vec<usize> = lags
        .iter()
        .filter(|lag| **lag < end)
        .map(|lag| end - lag)
        .chain([end - 1, end])
        .collect();
    stops.sort_unstable();
    stops.dedup();
    let mut ends = Vec::new();
    for stretch in stops.windows(2) {
        let mut step = stretch[0];
        while step < stretch[1] {
            step = stretch[1].min(step + STRETCH);
            ends.push(step);
        }
    }
    // A part without steps: from the loss to the state that the head reads.
    ends.push(end);

    let not_finite = |failure| match failure {
        Failure::NotFinite(what) => TrainError::StateGradientNotFinite { what },
        Failure::Other(error) => error,
    };
    let mut state = model.zero_state(rows.len());
    let mut gradient = vec![0.0; model.parameter_count()];
    for (steps, parts) in [
        (0..stops[0], Parts::OfSteps(STRETCH)),
        (stops[0]..end, Parts::EndingAt(ends)),
    ] {
        let steps = &steps;
        BackPropagation::new(model, parts)
            .run(
                model,
                Passage { set, rows, steps },
                None,
                &mut state,
                &mut gradient,
                at_border,
            )
            .map_err(not_finite)?;
    }
    Ok(())
}

/// The mean of norms; none of none.
fn mean(norms: impl Iterator<Item = f64> + Clone) -> Result<Option<MeanNorm>, TrainError> {
    let count = norms.clone().count();
    if count == 0 {
        return Ok(None);
    }
    let mean_of = |terms: &mut dyn Iterator<Item = f64>| terms.sum::<f64>() / count as f64;
    let mean = MeanNorm {
        // The logarithm of 0 is -∞, and exp of that 0 again.
        geometric: mean_of(&mut norms.clone().map(f64::ln)).exp(),
        arithmetic: mean_of(&mut norms.clone()),
        zeros: norms.filter(|norm| *norm == 0.0).count(),
    };
    if mean.arithmetic.is_finite() {
        Ok(Some(mean))
    } else {
        Err(TrainError::StateGradientNotFinite {
            what: "the gradient of a state",
        })
    }
}
