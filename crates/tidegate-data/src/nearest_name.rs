//! What somebody may have meant by a name that does not exist.

/// The known name that is nearest to another: fewest characters put in, taken out, exchanged or swapped with the next, capitals
/// not counted; none where every name is further away than a third of the name's length, and than 1.
///
/// ```
/// use tidegate_data::nearest_name;
///
/// assert_eq!(nearest_name("HULF", ["HUFL", "OT"]), Some("HUFL"));
/// assert_eq!(nearest_name("pressure", ["HUFL", "OT"]), None);
/// ```
#[must_use]
pub fn nearest_name<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let limit = (name.len() / 3).max(1);
    let near = known.into_iter().filter_map(|known| {
        let other: Vec<char> = known.to_lowercase().chars().collect();
        let distance = distance(&name, &other);
        (distance <= limit).then_some((distance, known))
    });
    near.min_by_key(|&(distance, _)| distance)
        .map(|(_, known)| known)
}

/// The optimal string alignment distance.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut before = vec![0; other.len() + 1];
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let exchanged = last[j] + usize::from(a != b);
            let mut least = exchanged.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_keyboard_finds_the_name_that_was_meant() {
        let known = ["hidden_size", "learning_rate", "window", "horizon"];
        for (name, meant) in [
            ("hiden_size", Some("hidden_size")),
            ("Learning_Rate", Some("learning_rate")),
            ("widnow", Some("window")),
            ("horizont", Some("horizon")),
            ("epochs", None),
        ] {
            assert_eq!(nearest_name(name, known), meant, "{name}");
        }
    }
}
