//! Networks of other libraries, and models with what their task adds: what `import`, `export` and `run` read.

pub(crate) mod arguments;
mod assumed;
mod joined;

use std::path::Path;

use tidegate_data::read_regular_file;
use tidegate_exchange::onnx::{self, Chain};
use tidegate_exchange::{ExchangeError, FileKind, Network, pytorch};

use crate::failure::Failure;
pub(crate) use arguments::{ReadingArguments, TaskArguments};

/// A network from a file, with what is to be said about it.
pub(crate) struct Foreign {
    /// The chain of layers.
    pub(crate) network: Network,
    /// Whether the arrays that the file reads have the sequences of a batch on their first axis and the steps on the second.
    pub(crate) batch_first_input: bool,
    /// The same of what the file gives.
    pub(crate) batch_first_output: bool,
    /// What kind of file it was.
    pub(crate) kind: FileKind,
    /// Names beside the numbers: of channels, of classes.
    pub(crate) names: Vec<(&'static str, String)>,
    /// What the user should know.
    pub(crate) notes: Vec<String>,
}

impl Foreign {
    /// What is to be said where the network is written in another order of axes than it was read in.
    pub(crate) fn turned(&self) -> Option<String> {
        (self.batch_first_input || self.batch_first_output).then(|| {
            "Sequences of a batch are on the first axis of the file that was read, and on the second of what was written: \
             [steps, batch, …]."
                .to_owned()
        })
    }
}

/// A file of any kind that is read, or a graph that is no chain of layers.
pub(crate) enum Opened {
    Network(Foreign),
    /// The graph, and why it is no network.
    Graph(Box<onnx::Graph>, ExchangeError),
}

/// Opens a file by its content.
pub(crate) fn open(
    path: &Path,
    reading: &ReadingArguments,
    task: &TaskArguments,
) -> Result<Opened, Failure> {
    let bytes = read_regular_file(path)?;
    let exchange = |error| Failure::exchange(path, error);
    let kind = FileKind::of(&bytes).map_err(exchange)?;
    match kind {
        FileKind::Model => {
            reading.refuse_for(path, "a model file, which says all of it itself")?;
            joined::model(path, task).map(Opened::Network)
        }
        FileKind::Onnx => {
            reading.refuse_for(path, "an ONNX file, which says all of it itself")?;
            task.refuse_for(path)?;
            let graph = onnx::Graph::read(&bytes).map_err(exchange)?;
            Ok(match graph.to_chain() {
                Ok(Chain {
                    network,
                    batch_first_input,
                    batch_first_output,
                }) => Opened::Network(Foreign {
                    batch_first_input,
                    batch_first_output,
                    ..plain(network, kind)
                }),
                Err(reason) => Opened::Graph(Box::new(graph), reason),
            })
        }
        FileKind::Keras => {
            reading.refuse_for(path, "a model of Keras, which says all of it itself")?;
            task.refuse_for(path)?;
            let network = Network::from_bytes(&bytes, &reading.options()).map_err(exchange)?;
            Ok(Opened::Network(Foreign {
                batch_first_input: true,
                batch_first_output: true,
                ..plain(network, kind)
            }))
        }
        FileKind::StateDict | FileKind::RtNeural => {
            task.refuse_for(path)?;
            let network = Network::from_bytes(&bytes, &reading.options()).map_err(exchange)?;
            let says_less = kind == FileKind::StateDict
                && !pytorch::describes_itself(&bytes).map_err(exchange)?;
            let mut foreign = plain(network, kind);
            if says_less {
                foreign
                    .notes
                    .extend(assumed::sentence(&foreign.network, reading));
            }
            Ok(Opened::Network(foreign))
        }
    }
}

/// The same where a graph that is no network is of no use.
pub(crate) fn open_network(
    path: &Path,
    reading: &ReadingArguments,
    task: &TaskArguments,
) -> Result<Foreign, Failure> {
    match open(path, reading, task)? {
        Opened::Network(network) => Ok(network),
        Opened::Graph(_, reason) => Err(Failure::exchange(path, reason)),
    }
}

fn plain(network: Network, kind: FileKind) -> Foreign {
    Foreign {
        network,
        batch_first_input: false,
        batch_first_output: false,
        kind,
        names: Vec::new(),
        notes: Vec::new(),
    }
}
