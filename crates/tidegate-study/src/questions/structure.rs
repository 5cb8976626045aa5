//! What each cell is made of: as it is counted, and as the engine allocates and pads it.

use tidegate_cells::{Batch, Engine, Error, InstructionSet, Stack, Tape};

use crate::cell_variant::CellVariant;
use crate::claim::Claim;
use crate::contest::Contest;
use crate::findings::Findings;
use crate::piece::{Pieces, Subject};
use crate::sizing::Equal;
use crate::study_report::{StructureAnswer, StructureRow};
use crate::verdict::Measure;

/// Steps and sequences of the pass whose tape is measured.
const STEPS: usize = 64;
const BATCH: usize = 32;

pub(crate) fn answer(findings: &Findings<'_>) -> Result<StructureAnswer, Error> {
    let mut rows = Vec::new();
    for &index in &findings.plan.sized {
        let experiment = &findings.experiments[index];
        for contest in findings.contests(index) {
            rows.push(row(&experiment.task, experiment.equal, contest)?);
        }
    }
    Ok(StructureAnswer { rows })
}

fn row(task: &str, equal: Equal, contest: &Contest) -> Result<StructureRow, Error> {
    let stack: &Stack = &contest.network.recurrent;
    let engine = Engine::new(stack.clone(), &vec![0.0; stack.parameter_count()])?;
    let batch = Batch::full(STEPS, BATCH);
    let mut tape = Tape::new();
    let mut state = stack.zero_state(BATCH);
    let state_bytes = size_of_val(&state.hidden[..]) + size_of_val(&state.cell[..]);
    let input = vec![0.0; STEPS * BATCH * stack.input_size];
    engine.forward_training(&batch, &input, &mut state, None, &mut tape)?;
    let per_step = |bytes: u64| bytes as f64 / (STEPS * BATCH) as f64;
    Ok(StructureRow {
        task: task.to_owned(),
        equal,
        cell: contest.cell,
        gates: contest.cell.cell().gates(),
        hidden_size: stack.hidden_size,
        parameters: contest.network.parameter_count(),
        recurrent_parameters: stack.parameter_count(),
        multiply_adds: stack.multiply_adds_per_step(),
        padded_multiply_adds: engine.padded_multiply_adds_per_step(),
        state_bytes: state_bytes / BATCH,
        weight_bytes: stack.parameter_count() * size_of::<f32>(),
        packed_weight_bytes: engine.memory_bytes(),
        tape_bytes_per_step: per_step(stack.tape_bytes(InstructionSet::detect()?, &batch)),
        allocated_tape_bytes_per_step: per_step(tape.memory_bytes() as u64),
    })
}

/// Evidence that `cell` has less of everything than `other` of the same hidden size. Counts are no samples.
pub(crate) fn evidence<'a>(
    findings: &'a Findings<'_>,
    answer: &StructureAnswer,
    cell: CellVariant,
    other: CellVariant,
) -> Pieces<'a> {
    let mut pieces = Pieces::default();
    for &index in &findings.plan.sized {
        let experiment = &findings.experiments[index];
        let row = |cell| {
            answer.rows.iter().find(|row| {
                (row.equal, row.cell) == (Equal::Hidden, cell) && row.task == experiment.task
            })
        };
        if experiment.equal != Equal::Hidden {
            continue;
        }
        let (Some(a), Some(b)) = (row(cell), row(other)) else {
            continue;
        };
        let measures: [(Measure, f64, f64); 3] = [
            (
                Measure::Parameters,
                a.recurrent_parameters as f64,
                b.recurrent_parameters as f64,
            ),
            (
                Measure::MultiplyAdds,
                a.multiply_adds as f64,
                b.multiply_adds as f64,
            ),
            (
                Measure::TapeBytes,
                a.allocated_tape_bytes_per_step,
                b.allocated_tape_bytes_per_step,
            ),
        ];
        for (measure, a, b) in measures {
            let subject = Subject {
                experiment,
                experiments: vec![index],
                task: experiment.task.clone(),
                measure,
                claim: Claim::Less,
                cells: [cell, other],
            };
            pieces.add_counted(subject, a / b);
        }
    }
    pieces
}
