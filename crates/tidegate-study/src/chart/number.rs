//! Numbers as axes and tables write them.

/// At most four significant digits, without trailing zeros; very large and very small ones with an exponent.
///
/// ```
/// use tidegate_study::chart::short_number;
///
/// assert_eq!(short_number(0.05), "0.05");
/// assert_eq!(short_number(12.345678), "12.35");
/// assert_eq!(short_number(-800.0), "−800");
/// assert_eq!(short_number(0.0000234), "2.34e−5");
/// ```
#[must_use]
pub fn short_number(value: f64) -> String {
    let size = value.abs();
    let text = if value == 0.0 {
        "0".to_owned()
    } else if (1e-3..1e6).contains(&size) {
        let digits = (3.0 - size.log10().floor()).max(0.0) as usize;
        trimmed(&format!("{value:.digits$}"))
    } else {
        let text = format!("{value:.2e}");
        match text.split_once('e') {
            Some((digits, exponent)) => format!("{}e{exponent}", trimmed(digits)),
            None => text,
        }
    };
    text.replace('-', "−")
}

fn trimmed(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_keep_their_zeros() {
        assert_eq!(short_number(100.0), "100");
        assert_eq!(short_number(12_800.0), "12800");
        assert_eq!(short_number(1e-5), "1e−5");
        assert_eq!(short_number(3e7), "3e7");
        assert_eq!(short_number(f64::NAN), "NaN");
    }
}
