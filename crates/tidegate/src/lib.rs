#![doc = include_str!("../../../README.md")]

pub use tidegate_cells as cells;
pub use tidegate_data as data;
pub use tidegate_model as model;
pub use tidegate_study as study;
pub use tidegate_train as train;
