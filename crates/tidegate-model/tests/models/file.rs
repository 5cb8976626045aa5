//! A model file taken apart and put together.

/// The header's JSON and the tensors' bytes of a model file.
pub fn split(bytes: &[u8]) -> (String, Vec<u8>) {
    let size = u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
    (
        String::from_utf8(bytes[8..8 + size].to_vec()).unwrap(),
        bytes[8 + size..].to_vec(),
    )
}

/// A file of a header and tensors' bytes.
pub fn join(header: &str, data: &[u8]) -> Vec<u8> {
    [
        &(header.len() as u64).to_le_bytes(),
        header.as_bytes(),
        data,
    ]
    .concat()
}
