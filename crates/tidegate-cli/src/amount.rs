//! Amounts of memory as they are written on the command line.

/// Bytes of each unit.
const UNITS: [(&str, u64); 10] = [
    ("", 1),
    ("b", 1),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
];

/// The bytes of an amount such as `512MiB`, `1.5 GB` or `1000000`.
pub(crate) fn amount(text: &str) -> Result<u64, String> {
    let wrong = || {
        "write a number and a unit, such as 512MiB or 2GB, or a number of bytes; \
         the units are KiB, MiB, GiB, TiB (1024) and kB, MB, GB, TB (1000)"
            .to_owned()
    };
    let end = text
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let unit = unit.trim().to_ascii_lowercase();
    let (_, factor) = UNITS
        .into_iter()
        .find(|(name, _)| *name == unit)
        .ok_or_else(wrong)?;
    let bytes = number * factor as f64;
    if bytes < 1.0 {
        return Err("must be at least one byte".to_owned());
    }
    // What is beyond the largest number is beyond any machine: no limit is meant by it.
    if bytes >= u64::MAX as f64 {
        return Err("is more than any machine has: leave the option out for no limit".to_owned());
    }
    Ok(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_every_unit() {
        for (text, bytes) in [
            ("1", 1),
            ("1000000", 1_000_000),
            ("512MiB", 512 << 20),
            ("2GB", 2_000_000_000),
            ("1.5 gib", 3 << 29),
            ("0.5kb", 500),
            ("3B", 3),
            ("1TB", 1_000_000_000_000),
            ("1TiB", 1 << 40),
        ] {
            assert_eq!(amount(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused_with_an_example() {
        for text in ["", "MiB", "2XB", "-1GB", "1e9", "1.2.3MB", "2 G B", "NaN"] {
            assert!(amount(text).unwrap_err().contains("512MiB"), "{text}");
        }
        for text in ["0", "0.0001kB"] {
            assert!(amount(text).unwrap_err().contains("at least"), "{text}");
        }
        assert!(amount("99999999999999TB").unwrap_err().contains("machine"));
    }
}
