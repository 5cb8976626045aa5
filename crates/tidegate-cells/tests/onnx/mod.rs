//! ONNX files, as far as the standard's node tests for recurrent operators need them: `messages` is the file format,
//! `tensor` the values, `node_test` a folder with a model, inputs and expected outputs, `operator` runs its node.

pub(crate) mod messages;
pub(crate) mod node_test;
pub(crate) mod operator;
pub(crate) mod tensor;
