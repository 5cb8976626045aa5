//! The output folder of a gate view.
//!
//! ```text
//! gates.html                  heat maps under the input
//! gates.png                   the same as a picture: of a deep model, its first layers
//! gates.json                  every number but the arrays, and which arrays there are
//! input.npy                   the sequence, [steps, features] or tokens [steps]
//! layer0_update_gate.npy      every gate, candidate and state, [steps, units]; of a backward direction layer0_reverse_…
//! ```
//! Arrays that an earlier run wrote here, and that this one does not have, are taken away: those that its `gates.json` names.
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
const PAGE: &str = "gates.html";
const PICTURE: &str = "gates.png";
const INPUT: &str = "input.npy";

/// A folder that can be written. Files of other names that lie in it stay as they are.
#[derive(Debug)]
pub struct GatesFolder {
    path: PathBuf,
}

/// Whether a name is one that [`LayerGates::file`] gives: of what else a document names, nothing is touched.
fn is_array_file(name: &str) -> bool {
    let array = name
        .strip_prefix("layer")
        .and_then(|name| name.strip_suffix(".npy"));
    let known = |(layer, array): (&str, &str)| {
        !layer.is_empty()
            && layer.bytes().all(|letter| letter.is_ascii_digit())
            && super::ORDER.contains(&array.strip_prefix("reverse_").unwrap_or(array))
    };
    array
        .and_then(|array| array.split_once('_'))
        .is_some_and(known)
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

    /// Makes sure that a file which is read would not be written over.
    ///
    /// # Errors
    /// [`GatesError::OwnInput`].
    pub fn spare(&self, read: &Path) -> Result<(), GatesError> {
        let real = |path: &Path| path.canonicalize().ok();
        let name = read.file_name().unwrap_or_default().to_string_lossy();
        let is_written = [DOCUMENT, PAGE, PICTURE, INPUT].contains(&&*name) || is_array_file(&name);
        let folder = real(read).and_then(|path| Some(path.parent()?.to_owned()));
        if is_written && folder.is_some() && folder == real(&self.path) {
            return Err(GatesError::OwnInput {
                path: read.to_owned(),
            });
        }
        Ok(())
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
        self.remove_former_arrays(document)?;
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
        self.replace(INPUT, &input)?;
        for layer in &view.layers {
            for array in &layer.arrays {
                let bytes = npy_bytes(&[view.steps, view.hidden_size], &array.values);
                self.replace(&layer.file(array.name), &bytes)?;
            }
        }
        let charts = charts::picture(view, sequence, shown, language);
        let charts: Vec<&Chart> = charts.iter().collect();
        self.replace(PICTURE, &chart::png(&charts)?)?;
        let page = page::page(view, sequence, document, shown, language);
        self.replace(PAGE, page.as_bytes())?;
        let mut json = serde_json::to_vec_pretty(document).map_err(GatesError::Json)?;
        json.push(b'\n');
        self.replace(DOCUMENT, &json)
    }

    /// Takes away the arrays that a document already here names and the new one does not: of another cell, say.
    fn remove_former_arrays(&self, document: &GateDocument) -> Result<(), GatesError> {
        let former = fs::read(self.path.join(DOCUMENT)).unwrap_or_default();
        let former: serde_json::Value = serde_json::from_slice(&former).unwrap_or_default();
        let kept: Vec<&str> = document
            .layers
            .iter()
            .flat_map(|layer| &layer.arrays)
            .filter_map(|array| array.file.as_deref())
            .collect();
        let layers = former["layers"].as_array().into_iter().flatten();
        let arrays = layers.flat_map(|layer| layer["arrays"].as_array().into_iter().flatten());
        for name in arrays.filter_map(|array| array["file"].as_str()) {
            if kept.contains(&name) || !is_array_file(name) {
                continue;
            }
            match fs::remove_file(self.path.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(self.fail(&format!("remove {name} of an earlier run"), error));
                }
                _ => {}
            }
        }
        Ok(())
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
