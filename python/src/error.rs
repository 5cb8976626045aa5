//! Tidegate's errors as Python's exceptions, of the types that Python's users expect.
//!
//! | what is wrong | exception |
//! |---|---|
//! | a shape, a length, a value, an option; a file whose content is damaged | `ValueError` |
//! | a type or a dtype; tokens in place of features | `TypeError` |
//! | a file that cannot be opened, read or written | `OSError` with number and path: `FileNotFoundError` and its like |
//! | numbers that overflow in training | `FloatingPointError` |
//! | memory that the machine does not have | `MemoryError` |

use std::error::Error as StdError;
use std::io;
use std::path::Path;

use pyo3::PyErr;
use pyo3::exceptions::{
    PyFloatingPointError, PyMemoryError, PyOSError, PyRuntimeError, PyTypeError, PyValueError,
};
use tidegate_cells::Error as CellsError;
use tidegate_exchange::ExchangeError;
use tidegate_model::{ConfigurationError, FileError, ModelError};
use tidegate_train::TrainError;

/// A Python exception that `?` makes of the errors of Tidegate's crates.
#[derive(Debug)]
pub(crate) struct Failure(PyErr);

/// What a function that Python calls returns.
pub(crate) type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// A `ValueError`: a shape, a length or a value does not fit.
    pub(crate) fn value(message: impl Into<String>) -> Failure {
        Failure(PyValueError::new_err(message.into()))
    }

    /// A `TypeError`: a type or a dtype does not fit.
    pub(crate) fn wrong_type(message: impl Into<String>) -> Failure {
        Failure(PyTypeError::new_err(message.into()))
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> PyErr {
        failure.0
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Failure {
        Failure(error)
    }
}

impl From<CellsError> for Failure {
    fn from(error: CellsError) -> Failure {
        match error {
            CellsError::Scratch | CellsError::Tape => {
                Failure(PyRuntimeError::new_err(error.to_string()))
            }
            _ => Failure::value(error.to_string()),
        }
    }
}

impl From<ConfigurationError> for Failure {
    fn from(error: ConfigurationError) -> Failure {
        Failure::value(error.to_string())
    }
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Failure {
        match error {
            ModelError::Cells(error) => error.into(),
            ModelError::InputKind { .. } => Failure::wrong_type(error.to_string()),
            ModelError::Tape => Failure(PyRuntimeError::new_err(error.to_string())),
            ModelError::Forecast { .. } => {
                Failure(PyFloatingPointError::new_err(error.to_string()))
            }
            ModelError::File {
                source: FileError::Memory(_),
                ..
            } => Failure(PyMemoryError::new_err(error.to_string())),
            ModelError::File {
                path,
                source: FileError::Read(source) | FileError::Write(source),
            } => of_file(&source, &path),
            ModelError::File {
                path,
                source: FileError::NotRegular,
            } if path.is_dir() => of_file(&io::ErrorKind::IsADirectory.into(), &path),
            _ => of_chain(&error),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Failure {
        match error {
            FileError::Memory(_) => Failure(PyMemoryError::new_err(error.to_string())),
            _ => of_chain(&error),
        }
    }
}

impl From<TrainError> for Failure {
    fn from(error: TrainError) -> Failure {
        match error {
            TrainError::Cells(error) => error.into(),
            TrainError::Model(error) => error.into(),
            TrainError::NotFinite { .. }
            | TrainError::EvaluationNotFinite
            | TrainError::OutputsNotFinite
            | TrainError::StateGradientNotFinite { .. } => {
                Failure(PyFloatingPointError::new_err(error.to_string()))
            }
            _ => of_chain(&error),
        }
    }
}

impl From<ExchangeError> for Failure {
    fn from(error: ExchangeError) -> Failure {
        match error {
            ExchangeError::Cells(error) => error.into(),
            ExchangeError::Model(error) => error.into(),
            ExchangeError::Task(error) => (*error).into(),
            _ => of_chain(&error),
        }
    }
}

/// An `OSError` with number, text and path, from which Python makes `FileNotFoundError` and its like.
pub(crate) fn of_file(error: &io::Error, path: &Path) -> Failure {
    let number = error.raw_os_error().or(match error.kind() {
        // An error that was made in Rust has no number.
        io::ErrorKind::NotFound => Some(2),
        io::ErrorKind::PermissionDenied => Some(13),
        io::ErrorKind::AlreadyExists => Some(17),
        io::ErrorKind::NotADirectory => Some(20),
        io::ErrorKind::IsADirectory => Some(21),
        _ => None,
    });
    Failure(match number {
        // Without Rust's ending " (os error 2)": Python shows the number itself.
        Some(number) => {
            let text = error.to_string();
            let text = text
                .split(" (os error")
                .next()
                .unwrap_or_default()
                .to_owned();
            PyOSError::new_err((number, text, path.as_os_str().to_owned()))
        }
        None => PyOSError::new_err(format!("{}: {error}", path.display())),
    })
}

/// An `OSError` if a failure of the system is the cause, else a `ValueError`.
fn of_chain(error: &(dyn StdError + 'static)) -> Failure {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(system) = inner.downcast_ref::<io::Error>() {
            return Failure(match system.raw_os_error() {
                Some(number) => PyOSError::new_err((number, error.to_string())),
                None => PyOSError::new_err(error.to_string()),
            });
        }
        cause = inner.source();
    }
    Failure::value(error.to_string())
}
