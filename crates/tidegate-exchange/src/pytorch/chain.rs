//! The order in which modules compute: as the options say, or found by fitting sizes.

use tidegate_model::Readout;

use super::Options;
use super::modules::{Kind, Module};
use crate::error::ExchangeError;
use crate::network::{Activation, Input, Layer, Network};

/// Most modules whose order is searched for.
const MOST: usize = 8;

/// Most modules that a message names.
const MOST_NAMED: usize = 20;

/// Most layers that are put in order by name.
const MOST_LAYERS: usize = 1000;

/// The network that the modules make up.
pub(super) fn network(modules: Vec<Module>, options: &Options) -> Result<Network, ExchangeError> {
    if options.layers.is_empty() {
        found(&modules, options)
    } else {
        named(&modules, options)
    }
}

/// A matrix, seen as an embedding or as a dense layer.
fn is_embedding(module: &Module, options: &[&Module]) -> bool {
    let Kind::Matrix { weight, bias: None } = &module.kind else {
        return false;
    };
    let fits = |wanted: Option<usize>, size: usize| wanted.is_none_or(|wanted| wanted == size);
    let next = options.first().and_then(|next| inputs(next));
    match (fits(next, weight.shape[1]), fits(next, weight.shape[0])) {
        (true, false) => true,
        (false, _) => false,
        // Both fit: the name decides.
        (true, true) => module.name.to_lowercase().contains("emb"),
    }
}

/// Features that a module reads.
fn inputs(module: &Module) -> Option<usize> {
    match &module.kind {
        Kind::Recurrent(Layer::Recurrent { stack, .. }) => Some(stack.input_size),
        Kind::Recurrent(_) => None,
        Kind::Matrix { weight, .. } => Some(weight.shape[1]),
    }
}

/// Features that it gives.
fn outputs(module: &Module) -> Option<usize> {
    match &module.kind {
        Kind::Recurrent(Layer::Recurrent { stack, .. }) => Some(stack.output_size()),
        Kind::Recurrent(_) => None,
        Kind::Matrix { weight, .. } => Some(weight.shape[0]),
    }
}

fn layer(module: &Module) -> Layer {
    match &module.kind {
        Kind::Recurrent(layer) => layer.clone(),
        Kind::Matrix { weight, bias } => Layer::Dense {
            weight: weight.values.clone(),
            bias: bias
                .as_ref()
                .map_or_else(|| vec![0.0; weight.shape[0]], |bias| bias.values.clone()),
        },
    }
}

/// Input and layer of a first module that is an embedding, or the input of another one.
fn first(module: &Module, embedding: bool) -> (Input, Layer) {
    match &module.kind {
        Kind::Matrix { weight, .. } if embedding => {
            let [vocabulary, size] = [weight.shape[0], weight.shape[1]];
            let weight = weight.values.clone();
            (
                Input::Tokens { vocabulary },
                Layer::Embedding { size, weight },
            )
        }
        _ => (Input::Features(inputs(module).unwrap_or(0)), layer(module)),
    }
}

fn word(name: &str) -> Option<Layer> {
    Some(match name {
        "last" => Layer::FinalState,
        "mean" => Layer::Mean,
        "relu" => Layer::Activation(Activation::Relu),
        "sigmoid" => Layer::Activation(Activation::Sigmoid),
        "tanh" => Layer::Activation(Activation::Tanh),
        "softmax" => Layer::Activation(Activation::Softmax),
        _ => return None,
    })
}

/// The names of the modules, or of the first of many.
fn listed(modules: &[Module], separator: &str) -> String {
    let names: Vec<&str> = modules.iter().take(MOST_NAMED).map(Module::label).collect();
    let rest = if modules.len() > MOST_NAMED {
        format!("{separator}…")
    } else {
        String::new()
    };
    names.join(separator) + &rest
}

/// The chain that the options spell out.
fn named(modules: &[Module], options: &Options) -> Result<Network, ExchangeError> {
    let names: Vec<&str> = modules.iter().map(Module::label).collect();
    let module = |name: &str| modules.iter().find(|module| module.label() == name);
    if options.layers.len() > MOST_LAYERS {
        return Err(ExchangeError::Malformed {
            place: "layers".into(),
            reason: format!(
                "are {}: at most {MOST_LAYERS} are read",
                options.layers.len()
            ),
        });
    }
    for name in &options.layers {
        if module(name).is_none() && word(name).is_none() {
            return Err(ExchangeError::Malformed {
                place: format!("layer {name}"),
                reason: format!(
                    "is no module of the file, which holds {}, and none of last, mean, relu, sigmoid, tanh, softmax",
                    listed(modules, ", ")
                ),
            });
        }
        if options.layers.iter().filter(|other| *other == name).count() > 1
            && module(name).is_some()
        {
            return Err(ExchangeError::Malformed {
                place: format!("layer {name}"),
                reason: "is named twice".into(),
            });
        }
    }
    if let Some(unused) = names
        .iter()
        .find(|name| !options.layers.iter().any(|used| used == *name))
    {
        return Err(ExchangeError::Malformed {
            place: format!("module {unused}"),
            reason: "is in the file, but not among the layers that are named".into(),
        });
    }
    let mut layers = Vec::new();
    let mut input = None;
    let mut rest = options.layers.iter();
    while let Some(name) = rest.next() {
        let Some(module) = module(name) else {
            layers.extend(word(name));
            continue;
        };
        if layers.is_empty() {
            let next = rest
                .clone()
                .find_map(|name| modules.iter().find(|module| module.label() == name));
            let next: Vec<&Module> = next.into_iter().collect();
            let (reads, layer) = first(module, is_embedding(module, &next));
            input = Some(reads);
            layers.push(layer);
        } else {
            layers.push(layer(module));
        }
    }
    let Some(input) = input else {
        return Err(ExchangeError::Malformed {
            place: "layers".into(),
            reason: "the first one must be a module of the file".into(),
        });
    };
    let network = Network { input, layers };
    // An activation or a readout before the first module has no size of its own.
    network.validate()?;
    Ok(network)
}

/// The one chain whose sizes fit.
fn found(modules: &[Module], options: &Options) -> Result<Network, ExchangeError> {
    let remedy = |example: &str| {
        format!(
            "say the order of computation with --layers (layers= in Python), such as --layers {example}"
        )
    };
    if modules.len() > MOST {
        return Err(ExchangeError::Ambiguous {
            what: format!("the file holds {} modules", modules.len()),
            remedy: remedy(&listed(modules, ",")),
        });
    }
    let mut chains = Vec::new();
    let mut order = Vec::new();
    search(modules, &mut order, &mut chains);
    let order = match &chains[..] {
        [] => {
            let sizes: Vec<String> = modules
                .iter()
                .map(|module| {
                    let size = |size: Option<usize>| size.unwrap_or(0);
                    format!(
                        "{} from {} to {}",
                        module.label(),
                        size(inputs(module)),
                        size(outputs(module))
                    )
                })
                .collect();
            return Err(ExchangeError::Malformed {
                place: "the modules".into(),
                reason: format!(
                    "fit together in no order that begins with an embedding or with recurrent layers and uses each once: {}",
                    sizes.join(", ")
                ),
            });
        }
        [order] => order,
        [one, other, ..] => {
            let spelled = |order: &[usize]| {
                let names: Vec<&str> = order.iter().map(|&at| modules[at].label()).collect();
                names.join(",")
            };
            return Err(ExchangeError::Ambiguous {
                what: format!(
                    "the modules fit as {} and as {}",
                    spelled(one),
                    spelled(other)
                ),
                remedy: remedy(&spelled(one)),
            });
        }
    };
    let is_recurrent = |at: usize| matches!(modules[at].kind, Kind::Recurrent(_));
    let names: Vec<&str> = order.iter().map(|&at| modules[at].label()).collect();
    let Some(last_recurrent) = order.iter().rposition(|&at| is_recurrent(at)) else {
        return Err(ExchangeError::Malformed {
            place: "the file".into(),
            reason: "holds no recurrent module".into(),
        });
    };
    let dense_above = order.len() - last_recurrent - 1;
    if dense_above > 1 {
        let (before, after) = names.split_at(last_recurrent + 2);
        return Err(ExchangeError::Ambiguous {
            what: format!(
                "the file does not say which activation stands between {} and {}",
                before[before.len() - 1],
                after[0]
            ),
            remedy: remedy(&format!("{},relu,{}", before.join(","), after.join(","))),
        });
    }
    let starts_with_embedding = matches!(modules[order[0]].kind, Kind::Matrix { .. });
    if starts_with_embedding {
        let next: Vec<&Module> = order.get(1).map(|&at| &modules[at]).into_iter().collect();
        if !is_embedding(&modules[order[0]], &next) {
            return Err(ExchangeError::Ambiguous {
                what: format!(
                    "{} is a square matrix without bias, an embedding or a dense layer",
                    names[0]
                ),
                remedy: format!(
                    "{}; there it is a dense layer, as an embedding has \"emb\" in its name",
                    remedy(&names.join(","))
                ),
            });
        }
    }
    let mut layers = Vec::new();
    let (input, layer_of_first) = first(&modules[order[0]], starts_with_embedding);
    layers.push(layer_of_first);
    layers.extend(order[1..].iter().map(|&at| layer(&modules[at])));
    let readout = match options.readout {
        None | Some(Readout::EveryStep) => None,
        Some(Readout::LastStep) => Some(Layer::FinalState),
        Some(Readout::Mean) => Some(Layer::Mean),
        Some(Readout::Attention) => {
            return Err(ExchangeError::NoCounterpart {
                what: "pooling by attention".into(),
                format: "a file of PyTorch's modules",
                remedy: "read every step, the last one, or the mean".into(),
            });
        }
    };
    if let Some(readout) = readout {
        layers.insert(last_recurrent + 1, readout);
    }
    Ok(Network { input, layers })
}

/// Orders in which every module is used once: an embedding or none, recurrent modules, dense layers. Two are enough to know
/// that there is more than one.
fn search(modules: &[Module], order: &mut Vec<usize>, chains: &mut Vec<Vec<usize>>) {
    if chains.len() >= 2 {
        return;
    }
    if order.len() == modules.len() {
        chains.push(order.clone());
        return;
    }
    for next in 0..modules.len() {
        if order.contains(&next) {
            continue;
        }
        let module = &modules[next];
        let recurrent = matches!(module.kind, Kind::Recurrent(_));
        let fits = match order.last().map(|&last| &modules[last]) {
            None => recurrent || matches!(module.kind, Kind::Matrix { bias: None, .. }),
            Some(below) => {
                let below_recurrent = matches!(below.kind, Kind::Recurrent(_));
                // Of a first matrix, an embedding, the columns are what it gives.
                let (given, above_embedding) = if order.len() == 1 && !below_recurrent {
                    (inputs(below), true)
                } else {
                    (outputs(below), false)
                };
                let in_order = if above_embedding {
                    recurrent
                } else {
                    below_recurrent || !recurrent
                };
                in_order && given == inputs(module)
            }
        };
        if fits {
            order.push(next);
            search(modules, order, chains);
            order.pop();
        }
    }
}
