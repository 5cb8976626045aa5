//! Times one update of a small training run and its parts, each alone and all in turn, and prints how large a share what
//! stands around the model has: optimiser, loss, clipping, finiteness checks, data feeding and progress.
//!
//! `time_around [--steps 100] [--input 1] [--hidden 32] [--outputs 1] [--rounds 30]`; the batch is 1.

#![allow(clippy::print_stdout, reason = "a program that prints its result")]

use std::error::Error;
use std::hint::black_box;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use tidegate_cells::{Batch, Cell, Engine, Gru, Stack, State, Tape, first_not_finite};
use tidegate_data::{InputKind, Inputs, Sequence, SequenceSet, Supervision, TargetKind, Targets};
use tidegate_model::{BatchInputs, InputLayer, Model, ModelConfiguration, ModelTape, Readout};
use tidegate_train::losses::mean_squared_error;
use tidegate_train::{
    DecayRanges, Event, Optimiser, OptimiserState, Training, clip_by_global_norm, global_norm,
    train,
};

/// Updates in a round: enough that reading the clock costs nothing.
const UPDATES: usize = 300;

struct Options {
    steps: usize,
    input: usize,
    hidden: usize,
    outputs: usize,
    rounds: usize,
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        steps: 100,
        input: 1,
        hidden: 32,
        outputs: 1,
        rounds: 30,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments
            .next()
            .ok_or_else(|| format!("{name}: a number is missing"))?
            .parse()
            .map_err(|_| format!("{name}: not a number"))?;
        match name.as_str() {
            "--steps" => options.steps = value,
            "--input" => options.input = value,
            "--hidden" => options.hidden = value,
            "--outputs" => options.outputs = value,
            "--rounds" => options.rounds = value,
            _ => return Err(format!("{name}: unknown option").into()),
        }
    }
    Ok(options)
}

/// Numbers between -1 and 1.
fn numbers(count: usize, seed: usize) -> Vec<f32> {
    (0..count)
        .map(|index| {
            ((seed + index) as u32).wrapping_mul(2_654_435_761) as f32 / u32::MAX as f32 * 2.0 - 1.0
        })
        .collect()
}

fn sequences(
    options: &Options,
    supervision: Supervision,
    count: usize,
) -> Result<SequenceSet, Box<dyn Error>> {
    let supervised = supervision.supervised_steps(options.steps);
    let sequence = |index: usize| Sequence {
        inputs: Inputs::Features {
            size: options.input,
            values: numbers(options.steps * options.input, index * 7919),
        },
        targets: Targets::Values(numbers(supervised * options.outputs, index * 104_729 + 1)),
    };
    Ok(SequenceSet::new(
        InputKind::Features {
            size: options.input,
        },
        TargetKind::Values {
            size: options.outputs,
        },
        supervision,
        (0..count).map(sequence).collect(),
    )?)
}

/// A part of an update, timed alone.
struct Part<'a> {
    name: &'static str,
    run: Box<dyn FnMut() -> Result<(), Box<dyn Error>> + 'a>,
    /// Seconds of one call, one value per round.
    seconds: Vec<f64>,
}

impl<'a> Part<'a> {
    fn new(name: &'static str, run: impl FnMut() -> Result<(), Box<dyn Error>> + 'a) -> Part<'a> {
        Part {
            name,
            run: Box::new(run),
            seconds: Vec::new(),
        }
    }
}

fn median(seconds: &[f64]) -> f64 {
    let mut sorted = seconds.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    for supervision in [Supervision::LastStep, Supervision::EveryStep] {
        measure(&options, supervision)?;
    }
    Ok(())
}

/// Seconds of one update of a training run, without the epoch's beginning and end.
fn time_training(
    configuration: &ModelConfiguration,
    train_set: &SequenceSet,
    valid_set: &SequenceSet,
) -> Result<f64, Box<dyn Error>> {
    let mut model = Model::new(configuration.clone(), 1)?;
    let training = Training {
        epochs: 1,
        batch_size: 1,
        ..Training::default()
    };
    let mut clock = Instant::now();
    let mut seconds = 0.0;
    let mut observer = |event: Event<'_>| match event {
        Event::UpdateDone { update: 1, .. } => clock = Instant::now(),
        Event::UpdateDone { update, .. } if update == train_set.len() as u64 => {
            seconds = clock.elapsed().as_secs_f64();
        }
        _ => {}
    };
    let stop = AtomicBool::new(false);
    train(
        &mut model,
        train_set,
        valid_set,
        &training,
        None,
        &mut observer,
        &stop,
    )?;
    Ok(seconds / (train_set.len() - 1) as f64)
}

fn measure(options: &Options, supervision: Supervision) -> Result<(), Box<dyn Error>> {
    let (steps, hidden) = (options.steps, options.hidden);
    let last_step = supervision == Supervision::LastStep;
    let readout = if last_step {
        Readout::LastStep
    } else {
        Readout::EveryStep
    };
    let stack = Stack::new(Cell::Gru(Gru::default()), options.input, hidden);
    let configuration = ModelConfiguration::new(
        InputLayer::Features,
        stack.clone(),
        options.outputs,
        readout,
    );
    let train_set = sequences(options, supervision, UPDATES)?;
    let valid_set = sequences(options, supervision, 1)?;

    let model = Model::new(configuration.clone(), 1)?;
    let parameters = model.parameters().to_vec();
    let count = parameters.len();
    let weights = parameters[..stack.parameter_count()].to_vec();
    let batch = Batch::full(steps, 1);
    let supervised = Batch::full(if last_step { 1 } else { steps }, 1);
    let features = numbers(steps * options.input, 3);
    let targets = numbers(supervised.steps * options.outputs, 5);
    let small: Vec<f32> = numbers(count, 11).iter().map(|v| v * 1e-3).collect();

    // The engine alone.
    let mut engine = Engine::new(stack.clone(), &weights)?;
    let (mut state, mut state_gradient) = (stack.zero_state(1), stack.zero_state(1));
    let mut tape = Tape::new();
    let mut weight_gradient = vec![0.0; weights.len()];
    let output_gradient: Vec<f32> = if last_step {
        vec![0.0; steps * hidden]
    } else {
        numbers(steps * hidden, 13)
            .iter()
            .map(|v| v * 1e-2)
            .collect()
    };
    let last_gradient = State {
        hidden: numbers(hidden, 17),
        ..stack.zero_state(1)
    };
    let engine_part = Part::new("engine", || {
        engine.set_weights(&weights)?;
        state.reset();
        engine.forward_training(&batch, &features, &mut state, None, &mut tape)?;
        if last_step {
            state_gradient.hidden.copy_from_slice(&last_gradient.hidden);
        } else {
            state_gradient.reset();
        }
        engine.backward(
            &batch,
            &weights,
            &features,
            &mut tape,
            &output_gradient,
            &mut state_gradient,
            &mut weight_gradient,
            None,
        )?;
        Ok(())
    });

    // The model: the engine with its head, and the parameters set anew.
    let mut whole = Model::new(configuration.clone(), 1)?;
    let mut model_state = model.zero_state(1);
    let mut model_tape = ModelTape::new();
    let mut outputs = Vec::new();
    let model_output_gradient = numbers(supervised.steps * options.outputs, 19);
    let mut gradient = vec![0.0; count];
    let inputs = BatchInputs::Features(&features);
    let model_part = Part::new("model", || {
        whole.set_parameters(&parameters)?;
        model_state.reset();
        whole.forward_training(
            &batch,
            &inputs,
            &mut model_state,
            None,
            &mut model_tape,
            &mut outputs,
        )?;
        whole.backward(
            &batch,
            &inputs,
            &mut model_tape,
            &model_output_gradient,
            &mut gradient,
        )?;
        Ok(())
    });
    let mut set = Model::new(configuration.clone(), 1)?;
    let set_part = Part::new("set_parameters", || Ok(set.set_parameters(&parameters)?));

    let mut parts = vec![engine_part, model_part, set_part];
    for (name, optimiser) in [
        ("AdamW", Optimiser::adam_w()),
        ("RMSProp", Optimiser::rms_prop()),
        ("SGD, momentum", Optimiser::sgd(0.9)),
    ] {
        let decay = DecayRanges::all(count);
        let mut state: OptimiserState = optimiser.initial_state(count);
        let (mut parameters, gradient) = (parameters.clone(), small.clone());
        parts.push(Part::new(name, move || {
            optimiser.update(&mut parameters, &gradient, &mut state, 1e-6, 0.01, &decay)?;
            Ok(())
        }));
    }
    let predictions = numbers(targets.len(), 23);
    let mut loss_gradient = vec![0.0; targets.len()];
    parts.push(Part::new("loss", move || {
        black_box(mean_squared_error(
            &supervised,
            options.outputs,
            black_box(&predictions),
            &targets,
            &mut loss_gradient,
        )?);
        Ok(())
    }));
    let measured = small.clone();
    parts.push(Part::new("norm", move || {
        black_box(global_norm(black_box(&measured)));
        Ok(())
    }));
    let mut clipped = small.clone();
    parts.push(Part::new("clip", move || {
        // A norm just beyond the limit, so that the values are scaled and stay.
        clip_by_global_norm(black_box(&mut clipped), 1.000_01, 1.0);
        Ok(())
    }));
    let buffers = [parameters.clone(), small.clone(), small.clone()];
    parts.push(Part::new("three finiteness checks", move || {
        for buffer in &buffers {
            black_box(first_not_finite(black_box(buffer)));
        }
        Ok(())
    }));
    let mut zeroed = small;
    parts.push(Part::new("gradient set to zero", move || {
        black_box(&mut zeroed).fill(0.0);
        Ok(())
    }));

    let mut update = Vec::new();
    for _ in 0..options.rounds {
        update.push(time_training(&configuration, &train_set, &valid_set)?);
        for part in &mut parts {
            (part.run)()?;
            let clock = Instant::now();
            for _ in 0..UPDATES {
                (part.run)()?;
            }
            part.seconds
                .push(clock.elapsed().as_secs_f64() / UPDATES as f64);
        }
    }

    let whole = median(&update);
    let part = |name: &str| {
        let found = parts.iter().find(|part| part.name == name);
        found.map_or(f64::NAN, |part| median(&part.seconds))
    };
    println!(
        "GRU, batch 1, {steps} steps, input {}, hidden {hidden}, {} outputs, {} supervised, {count} parameters, {}",
        options.input,
        options.outputs,
        if last_step { "last step" } else { "every step" },
        engine_name(&model)?,
    );
    let line = |name: &str, seconds: f64| {
        println!(
            "  {name:<32} {:>8.2} µs {:>6.1} %",
            seconds * 1e6,
            100.0 * seconds / whole
        );
    };
    line("one update", whole);
    for part in &parts {
        line(part.name, median(&part.seconds));
    }
    line(
        "head and model: model − engine",
        part("model") - part("engine"),
    );
    let mut around: Vec<f64> = update
        .iter()
        .zip(&parts[1].seconds)
        .map(|(update, model)| 1.0 - model / update)
        .collect();
    around.sort_by(f64::total_cmp);
    let share = around[around.len() / 2];
    line("around: update − model", share * whole);
    let named = [
        "AdamW",
        "loss",
        "norm",
        "three finiteness checks",
        "gradient set to zero",
    ];
    let known: f64 = named.into_iter().map(part).sum();
    line("feeding, progress and the rest", share * whole - known);
    println!(
        "{{\"supervised\":\"{}\",\"update_seconds\":{whole:e},\"engine_seconds\":{:e},\"model_seconds\":{:e},\"around_share\":{share:.4}}}",
        if last_step { "last step" } else { "every step" },
        part("engine"),
        part("model"),
    );
    Ok(())
}

fn engine_name(model: &Model) -> Result<String, Box<dyn Error>> {
    let stack = model.configuration().recurrent.clone();
    let weights = &model.parameters()[..stack.parameter_count()];
    Ok(Engine::new(stack, weights)?.instruction_set().to_string())
}
