//! What kind of file some bytes are, by their content.

use std::path::Path;

use tidegate_model::{Model, safetensors_header};

use crate::error::ExchangeError;
use crate::network::Network;
use crate::task::{TaskNetwork, TaskOptions};
use crate::{keras, onnx, pytorch, rtneural};

/// A kind of file that holds a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A model file of Tidegate.
    Model,
    /// A safetensors file of another writer: the parameters of a PyTorch module.
    StateDict,
    /// JSON: a network of RTNeural.
    RtNeural,
    /// A `.keras` archive, or HDF5: a whole model of Keras.
    Keras,
    /// ONNX.
    Onnx,
}

impl FileKind {
    /// The kind of file that these bytes are. ONNX, which has no mark of its own, is known by its first fields.
    ///
    /// # Errors
    /// [`ExchangeError::UnknownKind`] shows how the file begins;
    /// [`ExchangeError::NotRead`] for a known kind of file that is not read here, with the way to one that is;
    /// [`ExchangeError::File`] for a damaged safetensors file.
    pub fn of(bytes: &[u8]) -> Result<FileKind, ExchangeError> {
        let refuse = |what, remedy| Err(ExchangeError::NotRead { what, remedy });
        if bytes.is_empty() {
            return Err(ExchangeError::Malformed {
                place: "the file".into(),
                reason: "is empty".into(),
            });
        }
        if bytes.starts_with(b"PK\x03\x04") {
            // The names of an archive's files stand in it as they are.
            let holds = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
            if holds(keras::WEIGHTS.as_bytes()) {
                return Ok(FileKind::Keras);
            }
            if holds(b"data.pkl") {
                return refuse(
                    "a pickle of PyTorch, and to read a pickle is to run it",
                    TORCH,
                );
            }
            return refuse(
                "a ZIP archive",
                "give a model file, a safetensors file, a .keras file, an ONNX file or JSON of RTNeural",
            );
        }
        if bytes.starts_with(b"\x89HDF\r\n\x1a\n") {
            return Ok(FileKind::Keras);
        }
        if bytes.first() == Some(&0x80)
            && bytes
                .get(1)
                .is_some_and(|version| (2..=5).contains(version))
            && bytes.get(8) != Some(&b'{')
        {
            return refuse("a pickle, and to read a pickle is to run it", TORCH);
        }
        if bytes.get(8) == Some(&b'{') {
            let metadata = safetensors_header(&mut &*bytes, bytes.len() as u64)?;
            let entries = metadata.metadata().as_ref();
            return Ok(
                match entries.is_some_and(|entries| entries.contains_key("tidegate")) {
                    true => FileKind::Model,
                    false => FileKind::StateDict,
                },
            );
        }
        let text = bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(bytes)
            .trim_ascii_start();
        if text.starts_with(b"{") || text.starts_with(b"[") {
            return Ok(FileKind::RtNeural);
        }
        match onnx::may_be_model(bytes) {
            true => Ok(FileKind::Onnx),
            false => Err(ExchangeError::UnknownKind {
                found: beginning(bytes),
            }),
        }
    }
}

/// The first of the bytes, as text or as numbers.
fn beginning(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]);
    let mut first = text.chars().take(20);
    let is_text = |one: char| one.is_whitespace() || !(one.is_control() || one == '\u{fffd}');
    if first.clone().all(is_text) {
        return format!("text, {:?}", first.by_ref().collect::<String>());
    }
    let numbers = bytes.iter().take(8).map(|byte| format!("{byte:02x}"));
    format!("the bytes {}", numbers.collect::<Vec<_>>().join(" "))
}

const TORCH: &str = "save its parameters as safetensors, in Python: \
    tidegate.exchange.save_state_dict(torch.load(path, weights_only=True), \"model.safetensors\")";

impl Network {
    /// The network in a file of any kind that is read here; that of a model file with what its task adds: see [`TaskNetwork`].
    ///
    /// # Errors
    /// Those of [`FileKind::of`] and of reading that kind of file. A forecaster's file is none: see [`tidegate_model::Forecaster`].
    pub fn from_bytes(bytes: &[u8], options: &pytorch::Options) -> Result<Network, ExchangeError> {
        match FileKind::of(bytes)? {
            FileKind::Model => {
                let model = Model::from_bytes(bytes)?;
                let place = Path::new("the model file");
                Ok(TaskNetwork::of_model(model, place, TaskOptions::default())?.network)
            }
            FileKind::StateDict => pytorch::read(bytes, options),
            FileKind::Keras => keras::read_file(bytes),
            FileKind::RtNeural => rtneural::read(bytes, options),
            FileKind::Onnx => onnx::Graph::read(bytes)?.to_network(),
        }
    }
}
