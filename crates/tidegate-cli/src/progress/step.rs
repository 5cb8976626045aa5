//! What the display is told, whatever is computed.

/// A run that is shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    /// Tells runs apart that are made side by side.
    pub(crate) id: usize,
    /// What it is called, on one line.
    pub(crate) label: String,
    /// How long it takes beside other runs, in any unit.
    pub(crate) work: f64,
}

/// Something that happened.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    /// It is known what there is to do.
    Started { runs: usize, work: f64 },
    /// A run starts or continues.
    RunStarted {
        run: &'a Run,
        epochs: usize,
        updates_per_epoch: usize,
        updates_made: u64,
    },
    /// A run made an update; both are counted from 1.
    UpdateDone {
        run: usize,
        epoch: usize,
        update: u64,
        loss: f64,
    },
    /// A run completed an epoch.
    EpochDone { run: usize, valid_loss: f64 },
    /// A run ended, or was found `kept` from before.
    RunDone {
        run: &'a Run,
        kept: bool,
        done: usize,
    },
    /// Nothing that moves a bar.
    Other,
}

/// A line that is worth one on its own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Saying {
    pub(crate) text: String,
    /// Whether it is of use to say beside it how long the rest takes.
    pub(crate) with_time_left: bool,
}
