//! Entries of a model's metadata: names beside the graph.

/// The bytes of an ONNX file with these entries added to its `metadata_props`: in the wire format, what is appended to a message is
/// part of it.
#[must_use]
pub fn with_metadata(mut bytes: Vec<u8>, entries: &[(&str, &str)]) -> Vec<u8> {
    for (key, value) in entries {
        let mut entry = Vec::new();
        for (field, text) in [(1u8, key), (2, value)] {
            entry.push(field << 3 | 2);
            length(&mut entry, text.len());
            entry.extend_from_slice(text.as_bytes());
        }
        // Field 14 of ModelProto, a StringStringEntryProto.
        bytes.push(14 << 3 | 2);
        length(&mut bytes, entry.len());
        bytes.extend(entry);
    }
    bytes
}

/// A variable-length whole number.
fn length(bytes: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::with_metadata;

    #[test]
    fn an_entry_is_a_field_of_two_texts() {
        let bytes = with_metadata(vec![8, 1], &[("k", "ab")]);
        assert_eq!(bytes, [8, 1, 0x72, 7, 0x0a, 1, b'k', 0x12, 2, b'a', b'b']);
        let long = "x".repeat(200);
        let bytes = with_metadata(Vec::new(), &[("k", &long)]);
        assert_eq!(bytes[..2], [0x72, 0xce]);
        assert_eq!(bytes.len(), 3 + 3 + 3 + 200);
    }
}
