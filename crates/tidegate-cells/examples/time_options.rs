//! Times forward + backward with each option against the same pass without it, in turn in one process, and prints the
//! median of the pairwise ratios as a table and as JSON lines.
//!
//! `time_options [--shapes 32,100,1,64;16,784,1,128] [--threads 1,2] [--seconds 1] [--only dropout]`

#![allow(clippy::print_stdout, reason = "a program that prints its result")]

use std::time::Instant;

use tidegate_cells::{Batch, Cell, Engine, Gru, Lstm, Noise, Stack, State, Tape};

type Failure = Box<dyn std::error::Error + Send + Sync>;

struct Options {
    shapes: Vec<[usize; 4]>,
    threads: Vec<usize>,
    seconds: f64,
    only: Option<String>,
}

fn options() -> Result<Options, Failure> {
    let mut options = Options {
        shapes: vec![
            [32, 100, 1, 64],
            [16, 784, 1, 128],
            [32, 100, 64, 128],
            [64, 100, 128, 256],
        ],
        threads: vec![1, 2],
        seconds: 1.0,
        only: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments
            .next()
            .ok_or_else(|| format!("{name}: a value is missing"))?;
        let wrong = |expected: &str| format!("{name}: {value:?} is not {expected}");
        let numbers = |text: &str| -> Result<Vec<usize>, String> {
            text.split(',')
                .map(|number| number.parse().map_err(|_| wrong("a list of numbers")))
                .collect()
        };
        match name.as_str() {
            "--shapes" => {
                let shape = |text: &str| {
                    <[usize; 4]>::try_from(numbers(text)?)
                        .map_err(|_| wrong("batch,steps,input,hidden;…"))
                };
                options.shapes = value.split(';').map(shape).collect::<Result<_, _>>()?;
            }
            "--threads" => options.threads = numbers(&value)?,
            "--seconds" => options.seconds = value.parse()?,
            "--only" => options.only = Some(value),
            _ => return Err(format!("{name}: unknown option").into()),
        }
    }
    Ok(options)
}

/// Numbers between −scale / 2 and scale / 2.
fn numbers(count: usize, scale: f32) -> Vec<f32> {
    (0..count)
        .map(|index| {
            ((index as u32).wrapping_mul(2_654_435_761) as f32 / u32::MAX as f32 - 0.5) * scale
        })
        .collect()
}

/// Forward + backward of one stack over one batch.
struct Pass {
    engine: Engine,
    weights: Vec<f32>,
    steps: usize,
    lengths: Vec<usize>,
    ragged: bool,
    input: Vec<f32>,
    output_gradient: Vec<f32>,
    state: State,
    tape: Tape,
    weight_gradient: Vec<f32>,
    seed: u64,
}

impl Pass {
    fn new(stack: Stack, steps: usize, lengths: Vec<usize>) -> Result<Pass, Failure> {
        let weights = numbers(
            stack.parameter_count(),
            2.0 / (stack.hidden_size as f32).sqrt(),
        );
        let rows = steps * lengths.len();
        Ok(Pass {
            steps,
            ragged: lengths.iter().any(|&length| length != steps),
            input: numbers(rows * stack.input_size, 2.0),
            output_gradient: numbers(rows * stack.output_size(), 0.1),
            state: stack.zero_state(lengths.len()),
            lengths,
            tape: Tape::new(),
            weight_gradient: vec![0.0; weights.len()],
            seed: 0,
            engine: Engine::new(stack, &weights)?,
            weights,
        })
    }

    /// Seconds of one pass. Noise is given to every pass, as in training: a stack without options draws nothing from it.
    fn run(&mut self) -> Result<f64, Failure> {
        let batch = Batch::padded(
            self.steps,
            self.lengths.len(),
            self.ragged.then_some(&self.lengths),
        );
        self.seed += 1;
        let noise = Some(Noise::new(self.seed));
        let clock = Instant::now();
        self.engine.set_weights(&self.weights)?;
        self.state.reset();
        self.engine.forward_training(
            &batch,
            &self.input,
            &mut self.state,
            noise,
            &mut self.tape,
        )?;
        self.state.reset();
        self.weight_gradient.fill(0.0);
        self.engine.backward(
            &batch,
            &self.weights,
            &self.input,
            &mut self.tape,
            &self.output_gradient,
            &mut self.state,
            &mut self.weight_gradient,
            None,
        )?;
        Ok(clock.elapsed().as_secs_f64())
    }

    /// Steps of all layers, directions and sequences: what the time is divided by.
    fn work(&self) -> f64 {
        let stack = self.engine.stack();
        (self.lengths.iter().sum::<usize>() * stack.directions()) as f64
    }
}

/// A name, the stack without the option and with it, and whether the latter's batch is ragged.
type Comparison = (&'static str, Stack, Stack, bool);

fn comparisons(input: usize, hidden: usize) -> Vec<Comparison> {
    let gru = Stack::new(Cell::Gru(Gru::default()), input, hidden);
    let lstm = Stack::new(Cell::Lstm(Lstm::default()), input, hidden);
    let two_layers = Stack {
        layers: 2,
        ..gru.clone()
    };
    let with = |stack: &Stack, change: fn(&mut Stack)| {
        let mut changed = stack.clone();
        change(&mut changed);
        changed
    };
    let against = |name, plain: &Stack, change| (name, plain.clone(), with(plain, change), false);
    vec![
        against("dropout, 2 layers", &two_layers, |s| s.dropout = 0.2),
        against("recurrent dropout", &gru, |s| s.recurrent_dropout = 0.2),
        against("zoneout", &gru, |s| s.zoneout = 0.1),
        against("zoneout of both states, LSTM", &lstm, |s| {
            (s.zoneout, s.zoneout_cell) = (0.1, 0.1);
        }),
        against("zoneout of the cell state, LSTM", &lstm, |s| {
            s.zoneout_cell = 0.1;
        }),
        against("recurrent dropout, LSTM", &lstm, |s| {
            s.recurrent_dropout = 0.2;
        }),
        against("peepholes, LSTM", &lstm, |s| {
            s.cell = Cell::Lstm(Lstm { peepholes: true });
        }),
        ("ragged, per real step", gru.clone(), gru.clone(), true),
        ("ragged, LSTM, per real step", lstm.clone(), lstm, true),
        against("two directions, per direction", &gru, |s| {
            s.bidirectional = true;
        }),
    ]
}

/// Lengths evenly spread from 0 to `steps`, whose mean is the half, in a mixed order.
fn spread(batch: usize, steps: usize) -> Vec<usize> {
    let last = batch.saturating_sub(1).max(1);
    (0..batch)
        .map(|row| ((row * 7) % batch * steps + last / 2) / last)
        .collect()
}

fn middle(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share).round() as usize]
}

fn main() -> Result<(), Failure> {
    let options = options()?;
    for &shape in &options.shapes {
        for &threads in &options.threads {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()?
                .install(|| measure(&options, shape, threads))?;
        }
    }
    Ok(())
}

fn measure(options: &Options, shape: [usize; 4], threads: usize) -> Result<(), Failure> {
    let [batch, steps, input, hidden] = shape;
    println!(
        "({batch}, {steps}, {input}, {hidden}), {threads} threads: plain ms, ratio, its 10 % and 90 % quantiles"
    );
    for (name, plain, changed, ragged) in comparisons(input, hidden) {
        if options
            .only
            .as_ref()
            .is_some_and(|only| !name.contains(only))
        {
            continue;
        }
        let lengths = if ragged {
            spread(batch, steps)
        } else {
            vec![steps; batch]
        };
        let mut plain = Pass::new(plain, steps, vec![steps; batch])?;
        let mut changed = Pass::new(changed, steps, lengths)?;
        let scale = plain.work() / changed.work();
        let (mut seconds, mut ratios) = (Vec::new(), Vec::new());
        plain.run()?;
        changed.run()?;
        let begin = Instant::now();
        while ratios.len() < 5 || begin.elapsed().as_secs_f64() < options.seconds {
            let without = plain.run()?;
            let with = changed.run()?;
            seconds.push(without);
            ratios.push(with / without * scale);
        }
        let plain_seconds = middle(&mut seconds, 0.5);
        let [low, ratio, high] = [0.1, 0.5, 0.9].map(|share| middle(&mut ratios, share));
        println!(
            "  {name:<34} {:>9.3} {ratio:>7.3} {low:>7.3} {high:>7.3}{}",
            plain_seconds * 1e3,
            if ratio > 1.15 { "  above 1.15" } else { "" }
        );
        println!(
            "{{\"option\":\"{name}\",\"batch\":{batch},\"steps\":{steps},\"input\":{input},\"hidden\":{hidden},\"threads\":{threads},\
             \"plain_median_seconds\":{plain_seconds:e},\"ratio\":{ratio:.4},\"low\":{low:.4},\"high\":{high:.4},\"pairs\":{}}}",
            ratios.len()
        );
    }
    Ok(())
}
