//! The output folder of a gate view.
//!
//! ```text
//! gates.html                  heat maps under the input
//! gates.png                   the same as a picture: of a deep model, its first layers
//! gates.json                  every number but the arrays, and which arrays there are
//! input.npy                   the sequence, [steps, features] or tokens [steps]
//! layer0_update_gate.npy      every gate, candidate and state, [steps, units]; of a backward direction layer0_reverse_…
//! ```
//! Each file is whole or not there; `gates.json` comes last, so that it never speaks of arrays of another run.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use tidegate_data::{Inputs, npy_bytes};
use tidegate_model::replace_file;

use super::document::{GateDocument, input_shape};
use super::error::GatesError;
use super::sequence::ShownSequence;
use super::{GateView, LayerGates, charts, page};
use crate::chart::{self, Chart};
use crate::language::Language;

const DOCUMENT: &str = "gates.json";

/// A folder that can be written. Files of other names that lie in it stay as they are.
#[derive(Debug)]
pub struct GatesFolder {
    path: PathBuf,
}

impl LayerGates {
    /// The name of an array's file.
    pub(super) fn file(&self, array: &str) -> String {
        format!("{}_{array}.npy", self.key())
    }
}

impl GatesFolder {
    /// Makes the folder, if it is not there, and makes sure that it can be written.
    ///
    /// # Errors
    /// [`GatesError::Folder`].
    pub fn open(path: impl Into<PathBuf>) -> Result<GatesFolder, GatesError> {
        let folder = GatesFolder { path: path.into() };
        fs::create_dir_all(&folder.path).map_err(|error| folder.fail("make it", error))?;
        // A page of nothing, which is taken away again: a full disk or a missing permission shows before the work.
        let probe = folder
            .path
            .join(format!(".tidegate-{}.tmp", std::process::id()));
        replace_file(&probe, b"-")
            .and_then(|()| fs::remove_file(&probe))
            .map_err(|error| folder.fail("write to it", error))?;
        Ok(folder)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes arrays, picture and page of the steps `shown` and, at last, the document.
    ///
    /// # Errors
    /// [`GatesError::Folder`] names the file that cannot be written, [`GatesError::Picture`] says why a picture cannot be drawn.
    pub fn write(
        &self,
        view: &GateView,
        sequence: &ShownSequence,
        document: &GateDocument,
        shown: &Range<usize>,
        language: Language,
    ) -> Result<(), GatesError> {
        match fs::remove_file(self.path.join(DOCUMENT)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(self.fail(&format!("replace {DOCUMENT}"), error));
            }
            _ => {}
        }
        let shape = input_shape(&sequence.inputs);
        let input = match &sequence.inputs {
            Inputs::Features { values, .. } => npy_bytes(&shape, values),
            Inputs::Tokens(tokens) => {
                let values: Vec<f32> = tokens.iter().map(|&token| token as f32).collect();
                npy_bytes(&shape, &values)
            }
        };
        self.replace("input.npy", &input)?;
        for layer in &view.layers {
            for array in &layer.arrays {
                let bytes = npy_bytes(&[view.steps, view.hidden_size], &array.values);
                self.replace(&layer.file(array.name), &bytes)?;
            }
        }
        let charts = charts::picture(view, sequence, shown, language);
        let charts: Vec<&Chart> = charts.iter().collect();
        self.replace("gates.png", &chart::png(&charts)?)?;
        let page = page::page(view, sequence, document, shown, language);
        self.replace("gates.html", page.as_bytes())?;
        let mut json = serde_json::to_vec_pretty(document).map_err(GatesError::Json)?;
        json.push(b'\n');
        self.replace(DOCUMENT, &json)
    }

    fn replace(&self, name: &str, contents: &[u8]) -> Result<(), GatesError> {
        replace_file(&self.path.join(name), contents)
            .map_err(|error| self.fail(&format!("write {name}"), error))
    }

    fn fail(&self, action: &str, error: io::Error) -> GatesError {
        GatesError::Folder {
            folder: self.path.clone(),
            action: action.to_owned(),
            error,
        }
    }
}
