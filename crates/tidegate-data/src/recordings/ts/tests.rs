//! What `.ts` files become.

use super::*;

fn read(text: &str) -> Result<Recordings, String> {
    let read = super::read(
        text,
        Path::new("x.ts").into(),
        &RecordingsOptions::default(),
    );
    read.map_err(|error| error.to_string())
}

const HEADER: &str =
    "@problemName x\n@univariate false\n@dimensions 2\n@classLabel true a b\n@data\n";

#[test]
fn channels_become_columns_of_steps() {
    let read = read(&format!(
        "# made up\n\n{HEADER}1,2,3:4,5,6:a\n# then\n7:-8e-1: b \n"
    ))
    .unwrap();
    assert_eq!(read.channels, ["channel_0", "channel_1"]);
    assert_eq!(read.recordings[0].values, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    assert_eq!(read.recordings[1].values, [7.0, -0.8]);
    assert_eq!(read.recordings[1].label, Label::Whole("b".into()));
    assert_eq!(read.recordings[1].place.to_string(), "x.ts, line 10");
    assert_eq!(
        (&*read.recordings[1].name, read.format),
        ("2", RecordingsFormat::Ts)
    );
}
