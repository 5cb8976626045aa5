//! One recording: channels separated by `:`, values by `,`, the label behind the last `:`.

use crate::table::quoted;

/// A recording's channels, each with its values, not a number where missing.
pub(super) type Channels = Vec<Vec<f32>>;

/// The channels of a line whose label is taken off; an error says what is wrong.
pub(super) fn channels(text: &str) -> Result<Channels, String> {
    let channels = text.split(':').enumerate();
    channels
        .map(|(channel, text)| values(channel, text))
        .collect()
}

fn values(channel: usize, text: &str) -> Result<Vec<f32>, String> {
    if text.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    let values = text.split(',').enumerate();
    values
        .map(|(step, text)| value(channel, step, text.trim_ascii()))
        .collect()
}

fn value(channel: usize, step: usize, text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(value) => Ok(value),
        Err(_) if text == "?" => Ok(f32::NAN),
        Err(_) if text.starts_with('(') => Err(
            "a value stands in brackets: times are read where the header says @timeStamps true"
                .to_owned(),
        ),
        Err(_) => Err(format!(
            "channel {channel}, step {step}: {:?} is not a number: channels are separated by a colon, and values by a comma",
            quoted(text)
        )),
    }
}

/// The same where each value stands in brackets behind its time, as `(0.5,1.25)`. The times of all channels are the same,
/// and no two of them.
pub(super) fn timed_channels(text: &str) -> Result<Channels, String> {
    let mut channels = Channels::new();
    let mut times: Vec<&str> = Vec::new();
    let mut rest = text;
    loop {
        let (channel, mut values) = (channels.len(), Vec::new());
        while let Some(inner) = rest.strip_prefix('(') {
            let step = values.len();
            let expected = || {
                format!(
                    "channel {channel}, step {step}: a time and a value in brackets are expected, as (0.5,1.25)"
                )
            };
            let (pair, after) = inner.split_once(')').ok_or_else(expected)?;
            let (time, number) = pair.rsplit_once(',').ok_or_else(expected)?;
            values.push(value(channel, step, number.trim_ascii())?);
            let time = time.trim_ascii();
            match times.get(step) {
                Some(first) if *first == time => {}
                None if channel == 0 => times.push(time),
                _ => {
                    return Err(format!(
                        "channel {channel}, step {step} has the time {:?}, which is not that of channel 0: channels measured at \
                         different times are not read",
                        quoted(time)
                    ));
                }
            }
            rest = after.trim_ascii_start();
            if let Some(next) = rest.strip_prefix(',') {
                rest = next.trim_ascii_start();
            }
        }
        channels.push(values);
        match rest.strip_prefix(':') {
            Some(next) => rest = next.trim_ascii_start(),
            None if rest.is_empty() => break,
            None => {
                return Err(format!(
                    "{:?} stands where a time in brackets is expected",
                    quoted(rest)
                ));
            }
        }
    }
    rising(&times)?;
    Ok(channels)
}

/// Times that are numbers rise; of others, none is that of the step before.
fn rising(times: &[&str]) -> Result<(), String> {
    for (step, pair) in times.windows(2).enumerate() {
        let rises = match (pair[0].parse::<f64>(), pair[1].parse::<f64>()) {
            (Ok(before), Ok(after)) => before < after,
            _ => pair[0] != pair[1],
        };
        if !rises {
            return Err(format!(
                "the time {:?} of step {} is not after that of the step before, {:?}",
                quoted(pair[1]),
                step + 1,
                quoted(pair[0])
            ));
        }
    }
    Ok(())
}
