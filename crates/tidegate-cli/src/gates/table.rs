//! The table of a layer's units.

use tidegate_study::gates::{GateDocument, GateView, LayerGates, UnitGates, UnitMemory};

use crate::columns::columns;
use crate::number::{significant, thousands};

/// Units that a table shows.
const SHOWN: usize = 10;

/// Moments that a table shows of each unit.
const MOMENTS: usize = 3;

/// Which way the gates work, and what the numbers are.
pub(super) fn notes(view: &GateView, document: &GateDocument) -> String {
    let order = match view.layers.first().and_then(|layer| layer.units.first()) {
        Some(unit) if unit.memory.time_constant().is_none() => {
            "Without a gate there is no time constant: units are ordered by the correlation of their hidden state with that \
             of the step before."
                .to_owned()
        }
        _ => {
            let zoneout = match view.zoneout {
                0.0 => String::new(),
                zoneout => format!(
                    " It counts zoneout, which keeps {zoneout} of what the gate lets go."
                ),
            };
            format!(
                "The time constant is the number of steps after which 1/e of a unit's state is left, if every step keeps the \
                 mean share.{zoneout}"
            )
        }
    };
    let (first, rest) = document.convention.split_at(1);
    format!("{}{rest}. {order}", first.to_uppercase())
}

/// The units that remember longest, and a line on the rest.
pub(super) fn table(view: &GateView, layer: &LayerGates) -> String {
    let direction = match (layer.reverse, view.layers.iter().any(|layer| layer.reverse)) {
        (true, _) => ", backwards",
        (false, true) => ", forwards",
        (false, false) => "",
    };
    let units = match view.hidden_size {
        1 => "1 unit".to_owned(),
        count => format!("{} units, longest memory first", thousands(count)),
    };
    let mut text = format!("layer {}{direction}: {units}\n\n", layer.layer);
    let rows: Vec<Vec<String>> = layer.units.iter().take(SHOWN).map(row).collect();
    text += &columns(&headings(layer), &rows, None);
    if let Some(last) = layer.units.get(SHOWN..).and_then(<[UnitGates]>::last) {
        let more = layer.units.len() - SHOWN;
        let units = if more == 1 { "unit" } else { "units" };
        let (what, unit) = match last.memory {
            UnitMemory::Gate { .. } => ("time constant", " steps"),
            UnitMemory::Autocorrelation(_) => ("correlation", ""),
        };
        text += &format!(
            "… and {} {units} more, down to a {what} of {}{unit}\n",
            thousands(more),
            memory(last)
        );
    }
    text
}

fn headings(layer: &LayerGates) -> Vec<[String; 2]> {
    let heading = |above: &str, below: &str| [above.to_owned(), below.to_owned()];
    let memory = match layer.units.first().map(|unit| unit.memory) {
        Some(UnitMemory::Autocorrelation(_)) => heading("correlation with", "the step before"),
        _ => heading("time constant", "in steps"),
    };
    let mut headings = vec![heading("", "unit"), memory];
    let gates = layer.units.first().map_or(&[][..], |unit| &unit.gate_means);
    for (name, _) in gates {
        let name = name.trim_end_matches("_gate");
        headings.push(heading("mean", &format!("{name} gate")));
    }
    headings.push(heading("steps with the", "largest changes of h"));
    headings
}

fn row(unit: &UnitGates) -> Vec<String> {
    let moments = unit.most_active.iter().take(MOMENTS);
    let moments: Vec<String> = moments.map(|moment| moment.step.to_string()).collect();
    let mut row = vec![unit.unit.to_string(), memory(unit)];
    row.extend(unit.gate_means.iter().map(|(_, mean)| format!("{mean:.3}")));
    row.push(match moments.is_empty() {
        true => "never changes".to_owned(),
        false => moments.join(", "),
    });
    row
}

fn memory(unit: &UnitGates) -> String {
    match (unit.memory, unit.memory.time_constant()) {
        (_, Some(constant)) if constant.is_infinite() => "∞".to_owned(),
        (_, Some(constant)) => significant(constant, 3),
        (UnitMemory::Autocorrelation(Some(correlation)), _) => format!("{correlation:.3}"),
        _ => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use tidegate_study::gates::Moment;

    use super::*;

    fn unit(unit: usize, kept: f64) -> UnitGates {
        UnitGates {
            unit,
            memory: UnitMemory::Gate { kept },
            gate_means: vec![("reset_gate", 0.5), ("update_gate", kept)],
            most_active: vec![Moment {
                step: 7,
                change: 0.5,
            }],
        }
    }

    #[test]
    fn infinite_and_vanishing_memory_are_written_as_such() {
        let shown: Vec<String> = [1.0, 0.9, 0.0].map(|kept| memory(&unit(0, kept))).into();
        assert_eq!(shown, ["∞", "9.49", "0"]);
    }

    #[test]
    fn ten_units_are_shown_and_the_rest_is_counted() {
        let layer = LayerGates {
            layer: 1,
            reverse: true,
            arrays: Vec::new(),
            units: (0..12).map(|index| unit(index, 0.5)).collect(),
        };
        let view = GateView {
            cell: tidegate_study::CellVariant::Gru.cell(),
            hidden_size: 12,
            steps: 20,
            zoneout: 0.0,
            layers: vec![layer.clone()],
        };
        let text = table(&view, &layer);
        assert!(
            text.starts_with("layer 1, backwards: 12 units, longest memory first\n"),
            "{text}"
        );
        assert!(
            text.ends_with("… and 2 units more, down to a time constant of 1.44 steps\n"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 2 + 3 + 10 + 1, "{text}");
    }
}
