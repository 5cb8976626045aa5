//! Buffers that grow to what is asked for and no further.

/// Makes room for `length` values in all. Where there is not enough, the buffer is emptied and what it held is given back
/// first, so that it never holds more than the longest length asked for, nor twice the memory while it grows.
pub fn make_room<T>(buffer: &mut Vec<T>, length: usize) {
    if buffer.capacity() < length {
        *buffer = Vec::new();
        buffer.reserve_exact(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_grows_to_what_is_asked_for_and_keeps_what_it_has() {
        let mut buffer = vec![1.0; 100];
        make_room(&mut buffer, 101);
        assert_eq!((buffer.len(), buffer.capacity()), (0, 101));
        buffer.resize(101, 2.0);
        make_room(&mut buffer, 7);
        assert_eq!((buffer.len(), buffer.capacity()), (101, 101));
    }
}
