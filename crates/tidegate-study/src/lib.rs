//! The comparison of recurrent cells by measurement.
