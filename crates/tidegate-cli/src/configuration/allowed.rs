//! What a key may be set to: the check, and the sentence that says it.

use tidegate_data::SplitBy;
use toml::Value;

use crate::number::significant;

/// The values of a key, besides the word that some keys have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Allowed {
    /// A whole number.
    Count { least: i64, most: i64 },
    /// A number.
    Number(Interval),
    /// Yes or no.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A text that is not empty, in the words of the sentence.
    Text(&'static str),
    /// Texts, none of them empty, in the words of the sentence.
    Texts(&'static str),
    /// Numbers, each above the one before, at least one.
    Rising(Interval),
    /// How rows are split into training, validation and test.
    Split,
    /// For each of some keys a list of values or a range.
    Space,
}

/// Numbers between two bounds, each of which may belong to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Interval {
    pub(crate) least: f64,
    pub(crate) with_least: bool,
    /// Infinite for none.
    pub(crate) most: f64,
    pub(crate) with_most: bool,
}

impl Interval {
    fn contains(self, value: f64) -> bool {
        (value > self.least || self.with_least && value == self.least)
            && (value < self.most || self.with_most && value == self.most)
    }

    fn describe(self) -> String {
        let least = match self.with_least {
            true => format!("from {}", plain(self.least)),
            false => format!("above {}", plain(self.least)),
        };
        match (self.most.is_finite(), self.with_most) {
            (false, _) if self.with_least => format!("of {} or more", plain(self.least)),
            (false, _) => least,
            (true, true) => format!("{least} to {}", plain(self.most)),
            (true, false) => format!("{least}, below {}", plain(self.most)),
        }
    }
}

impl Allowed {
    /// The value in the form in which it is kept; none where it is not allowed.
    pub(crate) fn accept(self, value: Value) -> Option<Value> {
        match (self, value) {
            (Allowed::Count { least, most }, Value::Integer(number)) => (least..=most)
                .contains(&number)
                .then_some(Value::Integer(number)),
            (Allowed::Number(interval), value) => {
                let number = float(&value)?;
                interval.contains(number).then_some(Value::Float(number))
            }
            (Allowed::Flag, Value::Boolean(flag)) => Some(Value::Boolean(flag)),
            (Allowed::Choice(words), Value::String(word)) => words
                .contains(&word.as_str())
                .then_some(Value::String(word)),
            (Allowed::Text(_), Value::String(text)) => {
                (!text.is_empty()).then_some(Value::String(text))
            }
            (Allowed::Texts(_), Value::Array(texts)) => {
                let text = |text: &Value| text.as_str().is_some_and(|text| !text.is_empty());
                texts.iter().all(text).then_some(Value::Array(texts))
            }
            (Allowed::Rising(interval), Value::Array(values)) => {
                let numbers: Vec<f64> = values.iter().map(float).collect::<Option<_>>()?;
                let rises = numbers.windows(2).all(|pair| pair[0] < pair[1]);
                let inside = numbers.iter().all(|&number| interval.contains(number));
                (rises && inside && !numbers.is_empty())
                    .then(|| Value::Array(numbers.into_iter().map(Value::Float).collect()))
            }
            (Allowed::Split, Value::String(text)) => {
                let split: SplitBy = text.parse().ok()?;
                Some(Value::String(split.to_string()))
            }
            _ => None,
        }
    }

    /// What a word of the command line stands for; none where it is not allowed.
    pub(crate) fn read(self, text: &str) -> Option<Value> {
        let list = || text.split(',').map(str::trim);
        let value = match self {
            Allowed::Count { .. } => Value::Integer(text.parse().ok()?),
            Allowed::Number(_) => Value::Float(text.parse().ok()?),
            Allowed::Flag => Value::Boolean(text.parse().ok()?),
            Allowed::Texts(_) if text.is_empty() => Value::Array(Vec::new()),
            Allowed::Texts(_) => Value::Array(list().map(Value::from).collect()),
            Allowed::Rising(_) => {
                let numbers: Result<Vec<f64>, _> = list().map(str::parse).collect();
                Value::Array(numbers.ok()?.into_iter().map(Value::Float).collect())
            }
            Allowed::Choice(_) | Allowed::Text(_) | Allowed::Split => text.into(),
            Allowed::Space => return None,
        };
        self.accept(value)
    }

    /// What is allowed, after the words `must be`.
    pub(crate) fn describe(self) -> String {
        match self {
            Allowed::Count { least, most } if most == i64::MAX => {
                format!("a whole number of {least} or more")
            }
            Allowed::Count { least, most } => format!("a whole number from {least} to {most}"),
            Allowed::Number(interval) => format!("a number {}", interval.describe()),
            Allowed::Flag => "true or false".to_owned(),
            Allowed::Choice(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
                match words.split_last() {
                    Some((last, [])) => last.clone(),
                    Some((last, others)) => format!("{} or {last}", others.join(", ")),
                    None => String::new(),
                }
            }
            Allowed::Text(words) | Allowed::Texts(words) => words.to_owned(),
            Allowed::Rising(interval) => format!(
                "a list of numbers {}, each above the one before",
                interval.describe()
            ),
            Allowed::Split => "three numbers of rows (8640,2880,2880), three shares that add up to 1 (0.7,0.1,0.2), or two \
                               times, the later one second (2017-07-01,2017-11-01)"
                .to_owned(),
            Allowed::Space => {
                "a table of keys, each with a list of values or with min, max and log".to_owned()
            }
        }
    }
}

fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

fn plain(value: f64) -> String {
    if value.fract() == 0.0 {
        value.to_string()
    } else {
        significant(value, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARE: Interval = Interval {
        least: 0.0,
        with_least: true,
        most: 1.0,
        with_most: false,
    };

    #[test]
    fn a_whole_number_stands_for_a_number_but_not_the_other_way_round() {
        let number = Allowed::Number(SHARE);
        assert_eq!(number.accept(Value::Integer(0)), Some(Value::Float(0.0)));
        assert_eq!(number.accept(Value::Integer(1)), None);
        assert_eq!(number.accept(Value::Float(f64::NAN)), None);
        let count = Allowed::Count { least: 1, most: 9 };
        assert_eq!(count.accept(Value::Float(3.0)), None);
        assert_eq!(count.read("3"), Some(Value::Integer(3)));
        assert_eq!(count.read("10"), None);
        assert_eq!(count.read("-1"), None);
    }

    #[test]
    fn lists_are_written_with_commas_on_the_command_line() {
        let texts = Allowed::Texts("columns");
        assert_eq!(
            texts.read("a, b"),
            texts.accept(Value::from(vec!["a", "b"]))
        );
        assert_eq!(texts.read(""), Some(Value::Array(Vec::new())));
        assert_eq!(texts.read("a,,b"), None);
        let rising = Allowed::Rising(SHARE);
        assert_eq!(rising.read("0.1,0.5"), Some(Value::from(vec![0.1, 0.5])));
        for wrong in ["0.5,0.1", "0.5,0.5", "", "0.5,1", "x"] {
            assert_eq!(rising.read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_split_has_three_forms() {
        for text in ["8640,2880,2880", "0.7,0.1,0.2", "2017-01-01,2017-06-01"] {
            assert!(Allowed::Split.read(text).is_some(), "{text}");
        }
        for text in ["", "1,2", "0.7,0.1,0.3", "2017-06-01,2017-01-01", "-1,2,3"] {
            assert_eq!(Allowed::Split.read(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_allowed_is_said_in_words() {
        for (allowed, words) in [
            (Allowed::Number(SHARE), "a number from 0, below 1"),
            (
                Allowed::Count {
                    least: 1,
                    most: i64::MAX,
                },
                "a whole number of 1 or more",
            ),
            (Allowed::Choice(&["a", "b", "c"]), "\"a\", \"b\" or \"c\""),
        ] {
            assert_eq!(allowed.describe(), words);
        }
    }
}
