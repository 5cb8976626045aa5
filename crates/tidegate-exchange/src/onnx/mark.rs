//! Whether bytes may be an ONNX file, which has no mark of its own: protobuf's fields of a `ModelProto`, by number and wire type.

use prost::encoding::{WireType, decode_varint};

const IR_VERSION: u64 = 1;
const GRAPH: u64 = 7;
/// `ir_version` and `model_version`.
const NUMBERS: [u64; 2] = [IR_VERSION, 5];
/// Texts and messages.
const LENGTH_DELIMITED: [u64; 10] = [2, 3, 4, 6, GRAPH, 8, 14, 20, 25, 26];

/// Whether the bytes begin like a model, whole or cut short: with `ir_version`, as every writer's do, and then another field of a
/// model. In another order, all of them have to be such fields, with a graph among them.
pub(crate) fn may_be_model(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    match field(&mut rest) {
        None => false,
        Some(IR_VERSION) => match key(&mut rest) {
            Some(key) => is_of_model(key),
            // Cut within a key.
            None => rest.len() < 10,
        },
        Some(first) => {
            let mut has_graph = first == GRAPH;
            while !rest.is_empty() {
                match field(&mut rest) {
                    Some(number) => has_graph |= number == GRAPH,
                    None => return false,
                }
            }
            has_graph
        }
    }
}

/// Number and wire type of the field that begins here.
fn key(rest: &mut &[u8]) -> Option<(u64, u64)> {
    let mut ahead = *rest;
    let key = decode_varint(&mut ahead).ok()?;
    *rest = ahead;
    Some((key >> 3, key & 7))
}

fn is_of_model((number, wire_type): (u64, u64)) -> bool {
    (wire_type == WireType::Varint as u64 && NUMBERS.contains(&number))
        || (wire_type == WireType::LengthDelimited as u64 && LENGTH_DELIMITED.contains(&number))
}

/// Passes a field of a model; its number.
fn field(rest: &mut &[u8]) -> Option<u64> {
    let (number, wire_type) = key(rest).filter(|&key| is_of_model(key))?;
    let value = decode_varint(rest).ok()?;
    if wire_type == WireType::LengthDelimited as u64 {
        *rest = rest.get(usize::try_from(value).ok()?..)?;
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_known_by_its_fields_whole_cut_short_or_in_another_order() {
        // ir_version 8, then a graph of one byte.
        for whole in [&b"\x08\x08\x3a\x01\x00"[..], b"\x3a\x01\x00\x08\x08"] {
            assert!(may_be_model(whole));
        }
        for length in 2..5 {
            assert!(may_be_model(&b"\x08\x08\x3a\x01\x00"[..length]));
        }
    }

    #[test]
    fn what_is_no_model_is_known_as_such() {
        for other in [
            &b"2.0,1\n3.5,2\n"[..],
            b"rnn = torch.nn.GRU(3, 4)\n",
            b"\n\n",
            b"\x08\x08GIF",
            b"\x93NUMPY\x01\x00",
            b"\x1f\x8b\x08\x00",
            b"\x08",
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
            // A producer's name without a graph.
            b"\x12\x01a",
        ] {
            assert!(!may_be_model(other), "{other:?}");
        }
    }
}
