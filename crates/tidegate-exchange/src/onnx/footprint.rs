//! How much memory a message takes once it is decoded, found before it is: two bytes can stand for an empty message of
//! hundreds, and a file made of them would take a hundred times its size.

use super::messages::{
    AttributeProto, DimensionProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto,
    StringStringEntryProto, TensorProto, TensorShapeProto, TensorTypeProto, TypeProto,
    ValueInfoProto,
};
use crate::error::ExchangeError;

/// A file may take this many times its length, which no file of an exporter comes near,
const FACTOR: usize = 16;
/// and this many bytes, for files so small that their messages' own size counts.
const ALLOWANCE: usize = 1 << 20;
/// A vector that grows may hold twice what it needs.
const GROWTH: usize = 2;

/// The messages, each with its fields that hold more than their bytes.
#[derive(Clone, Copy)]
enum Message {
    Model,
    OperatorSet,
    Entry,
    Graph,
    Node,
    Attribute,
    Tensor,
    ValueInfo,
    Type,
    TensorType,
    Shape,
    Dimension,
}

/// What a field of a message is decoded into.
enum Field {
    /// A message.
    Of(Message),
    /// Whole numbers, of eight bytes each, of which a varint of one byte may stand for each.
    Numbers,
    /// Bytes or text, one of many.
    Bytes,
    /// No more than its own bytes, or nothing.
    Plain,
}

impl Message {
    fn size(self) -> usize {
        match self {
            Message::Model => size_of::<ModelProto>(),
            Message::OperatorSet => size_of::<OperatorSetIdProto>(),
            Message::Entry => size_of::<StringStringEntryProto>(),
            Message::Graph => size_of::<GraphProto>(),
            Message::Node => size_of::<NodeProto>(),
            Message::Attribute => size_of::<AttributeProto>(),
            Message::Tensor => size_of::<TensorProto>(),
            Message::ValueInfo => size_of::<ValueInfoProto>(),
            Message::Type => size_of::<TypeProto>(),
            Message::TensorType => size_of::<TensorTypeProto>(),
            Message::Shape => size_of::<TensorShapeProto>(),
            Message::Dimension => size_of::<DimensionProto>(),
        }
    }

    fn field(self, number: u64) -> Field {
        use Field::{Bytes, Numbers, Of};
        match (self, number) {
            (Message::Model, 7) => Of(Message::Graph),
            (Message::Model, 8) => Of(Message::OperatorSet),
            (Message::Model, 14) | (Message::Tensor, 13) => Of(Message::Entry),
            (Message::Graph, 1) => Of(Message::Node),
            (Message::Graph, 5) | (Message::Attribute, 5) => Of(Message::Tensor),
            (Message::Graph, 11 | 12) => Of(Message::ValueInfo),
            (Message::Node, 5) => Of(Message::Attribute),
            (Message::ValueInfo, 2) => Of(Message::Type),
            (Message::Type, 1) => Of(Message::TensorType),
            (Message::TensorType, 2) => Of(Message::Shape),
            (Message::Shape, 1) => Of(Message::Dimension),
            (Message::Tensor, 1 | 5 | 7) | (Message::Attribute, 8) => Numbers,
            (Message::Node, 1 | 2) | (Message::Attribute, 9) => Bytes,
            _ => Field::Plain,
        }
    }
}

/// Checks that `bytes`, taken for a model, have the form of protobuf and take no more memory than they may.
///
/// # Errors
/// [`ExchangeError::Malformed`] with the byte at fault.
pub(super) fn check(bytes: &[u8]) -> Result<(), ExchangeError> {
    check_message(bytes, Message::Model)
}

/// The same for the file of one tensor.
pub(super) fn check_tensor(bytes: &[u8]) -> Result<(), ExchangeError> {
    check_message(bytes, Message::Tensor)
}

fn check_message(bytes: &[u8], message: Message) -> Result<(), ExchangeError> {
    let mut walk = Walk {
        bytes,
        left: bytes.len().saturating_mul(FACTOR).saturating_add(ALLOWANCE),
    };
    walk.message(message, 0, bytes.len())
}

struct Walk<'a> {
    bytes: &'a [u8],
    left: usize,
}

impl Walk<'_> {
    fn message(
        &mut self,
        message: Message,
        mut at: usize,
        end: usize,
    ) -> Result<(), ExchangeError> {
        self.take(at, message.size() * GROWTH)?;
        while at < end {
            let start = at;
            let key = self.varint(&mut at, end)?;
            let field = message.field(key >> 3);
            match key & 7 {
                0 => {
                    self.varint(&mut at, end)?;
                    self.take(start, size_of::<i64>() * GROWTH)?;
                }
                1 => at = self.forward(start, at, 8, end)?,
                2 => {
                    let length = self.varint(&mut at, end)?;
                    let length = usize::try_from(length).unwrap_or(usize::MAX);
                    let content = at;
                    at = self.forward(start, at, length, end)?;
                    match field {
                        Field::Of(inner) => self.message(inner, content, at)?,
                        Field::Numbers => self.take(start, length * size_of::<i64>() * GROWTH)?,
                        Field::Bytes => {
                            self.take(start, length + size_of::<Vec<u8>>() * GROWTH)?;
                        }
                        Field::Plain => self.take(start, length)?,
                    }
                }
                5 => {
                    at = self.forward(start, at, 4, end)?;
                    self.take(start, size_of::<f32>() * GROWTH)?;
                }
                kind => {
                    return Err(malformed(
                        start,
                        format!("no field of ONNX is of kind {kind}"),
                    ));
                }
            }
        }
        Ok(())
    }

    fn varint(&self, at: &mut usize, end: usize) -> Result<u64, ExchangeError> {
        let start = *at;
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            if *at >= end {
                return Err(malformed(start, "the file is cut short".into()));
            }
            let byte = self.bytes[*at];
            *at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(malformed(start, "a number goes on beyond 64 bits".into()))
    }

    fn forward(
        &self,
        start: usize,
        at: usize,
        length: usize,
        end: usize,
    ) -> Result<usize, ExchangeError> {
        match at.checked_add(length) {
            Some(next) if next <= end => Ok(next),
            _ => Err(malformed(
                start,
                format!("a field claims {length} bytes where {} are left", end - at),
            )),
        }
    }

    fn take(&mut self, at: usize, bytes: usize) -> Result<(), ExchangeError> {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(malformed(
                at,
                format!("the file would take more than {FACTOR} times its size in memory"),
            )),
        }
    }
}

fn malformed(byte: usize, reason: String) -> ExchangeError {
    ExchangeError::Malformed {
        place: format!("byte {byte}"),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_empty_messages_is_refused_before_it_is_decoded() {
        // A graph (field 7) of nodes (field 1) without a byte.
        let nodes: Vec<u8> = [0x0a, 0x00].repeat(100_000);
        let mut bytes = vec![0x3a];
        prost::encode_length_delimiter(nodes.len(), &mut bytes).unwrap();
        bytes.extend(nodes);
        let error = check(&bytes).unwrap_err().to_string();
        assert!(error.contains("16 times its size"), "{error}");
    }

    #[test]
    fn lengths_beyond_the_file_are_refused() {
        for bytes in [
            &[0x3a, 0x05, 0x00][..],
            &[
                0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
            ],
            &[0x3a],
            &[0xff; 12],
            &[0x3b],
        ] {
            assert!(check(bytes).is_err(), "{bytes:?}");
        }
        assert!(check(&[]).is_ok());
    }
}
