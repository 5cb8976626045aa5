//! Measuring a next-step model.

use std::io;

use serde::Serialize;
use tidegate_train::{Corpus, MeasuredTokens, NextModel, TokenKind};

use super::arguments::EvaluateArguments;
use crate::failure::Failure;
use crate::next::{NextMetrics, part_in_words};
use crate::paragraph::paragraph;
use crate::reading::{data_name, is_standard_input};
use crate::standard_output::print_result;
use crate::visible::visible;

/// What was measured, on what.
#[derive(Debug, Serialize)]
struct NextDocument {
    model: String,
    data: String,
    /// `test` for the test part or set, `validation` for the part by which the best epoch was chosen, `all` for a text that does
    /// not begin with what the model was trained on.
    part: MeasuredTokens,
    #[serde(flatten)]
    metrics: NextMetrics,
}

pub(super) fn evaluate(arguments: &EvaluateArguments) -> Result<(), Failure> {
    if arguments.plot.is_some() {
        return Err(Failure::NoPlot {
            model: arguments.model.clone(),
        });
    }
    let model = NextModel::load(&arguments.model)?;
    let name = data_name(&arguments.data);
    let of_data = |error| Failure::of_data(&name, error);
    // A model of bytes reads whatever it is given as bytes.
    let kind = model.plan.material.kind();
    let tokens = (kind != TokenKind::Music).then_some(kind);
    let corpus = match is_standard_input(&arguments.data) {
        true => Corpus::read_from(io::stdin().lock(), &name, tokens),
        false => Corpus::read(&arguments.data, tokens),
    }?;
    let (part, set) = model.measured(&corpus).map_err(of_data)?;
    let evaluation = model.evaluate(&set).map_err(of_data)?;
    let document = NextDocument {
        model: arguments.model.display().to_string(),
        part,
        metrics: NextMetrics::of(&model, &evaluation),
        data: name.clone(),
    };
    print_result(arguments.json, &document, |page| {
        let part = part_in_words(part);
        let words = format!("{} on {}, {part}. ", document.model, document.data);
        paragraph(&visible(&(words + &document.metrics.sentence())), page.text)
    })
}
