//! One array of a file.

use half::f16;

use super::element::Element;
use super::header;

/// An array whose bytes are all there.
pub(crate) struct Array<'a> {
    /// The type in NumPy's notation.
    pub(crate) descr: String,
    pub(crate) element: Element,
    pub(crate) shape: Vec<usize>,
    big_endian: bool,
    fortran_order: bool,
    /// Bytes of one element.
    width: usize,
    data: &'a [u8],
}

impl Array<'_> {
    /// Reads the bytes of a NumPy file; an error says what is wrong with them.
    pub(crate) fn read(bytes: &[u8]) -> Result<Array<'_>, String> {
        let (header, data) = header::read(bytes)?;
        let width = header.element.bytes();
        // Held against the bytes that are there before anything else is done with it.
        let count = header
            .shape
            .iter()
            .try_fold(1_u64, |count, &size| count.checked_mul(size));
        let expected = width.and_then(|width| count?.checked_mul(width as u64));
        let (Some(width), true) = (width, expected == Some(data.len() as u64)) else {
            let shape: Vec<String> = header.shape.iter().map(u64::to_string).collect();
            let width = width.map_or("too many".to_owned(), |width| width.to_string());
            return Err(format!(
                "the header announces {} elements of {width} bytes, but {} bytes follow it: the file is cut short or damaged",
                shape.join(" × "),
                data.len()
            ));
        };
        let shape = header.shape.iter().map(|&size| usize::try_from(size));
        Ok(Array {
            shape: shape
                .collect::<Result<_, _>>()
                .map_err(|_| "the array is too large for this machine".to_owned())?,
            descr: header.descr,
            element: header.element,
            big_endian: header.big_endian,
            fortran_order: header.fortran_order,
            width,
            data,
        })
    }

    /// Where an element of a matrix with so many columns is; a vector is a matrix of one column.
    pub(crate) fn place(&self, row: usize, column: usize, columns: usize) -> usize {
        match self.fortran_order {
            true => column * self.shape[0] + row,
            false => row * columns + column,
        }
    }

    /// Places from one index of each axis to the next.
    pub(crate) fn strides(&self) -> Vec<usize> {
        let mut strides = vec![0; self.shape.len()];
        let mut stride = 1;
        let mut fill = |axis: usize| {
            strides[axis] = stride;
            stride *= self.shape[axis];
        };
        match self.fortran_order {
            true => (0..self.shape.len()).for_each(&mut fill),
            false => (0..self.shape.len()).rev().for_each(&mut fill),
        }
        strides
    }

    /// The number at a place of an array that does not hold texts.
    pub(crate) fn number(&self, place: usize) -> f64 {
        match self.element {
            Element::Float(2) => f16::from_bits(self.bits(place) as u16).to_f64(),
            Element::Float(4) => f64::from(f32::from_bits(self.bits(place) as u32)),
            Element::Float(_) => f64::from_bits(self.bits(place)),
            Element::Signed(_) => self.whole(place) as f64,
            Element::Boolean => f64::from(u8::from(self.bits(place) != 0)),
            Element::Unsigned(_) | Element::Text { .. } | Element::Time(_) => {
                self.bits(place) as f64
            }
        }
    }

    /// The whole number with a sign at a place of an array that holds such, or times.
    pub(crate) fn whole(&self, place: usize) -> i64 {
        let unused = 64 - 8 * self.width.min(8) as u32;
        ((self.bits(place) << unused) as i64) >> unused
    }

    /// The text at a place of an array of texts; none where a character is none of Unicode's.
    pub(crate) fn text(&self, place: usize) -> Option<String> {
        let mut characters = Vec::new();
        for bytes in self.bytes(place).as_chunks::<4>().0 {
            let code = match self.big_endian {
                true => u32::from_be_bytes(*bytes),
                false => u32::from_le_bytes(*bytes),
            };
            characters.push(char::from_u32(code)?);
        }
        let text: String = characters.into_iter().collect();
        Some(text.trim_end_matches('\0').to_owned())
    }

    fn bits(&self, place: usize) -> u64 {
        let add = |bits: u64, byte: &u8| (bits << 8) | u64::from(*byte);
        let bytes = self.bytes(place).iter();
        match self.big_endian {
            true => bytes.fold(0, add),
            false => bytes.rev().fold(0, add),
        }
    }

    fn bytes(&self, place: usize) -> &[u8] {
        &self.data[place * self.width..][..self.width]
    }
}
