//! The dense head: y = x Wᵀ + b, with `head.weight [outputs, features]` and `head.bias [outputs]`.

use tidegate_cells::{Error, Linear};

use crate::configuration::ModelConfiguration;
use crate::layout::Layout;

/// The head's weights, packed; the parameters themselves stay in the model's flat buffer.
pub(crate) struct Dense {
    linear: Linear,
}

impl Dense {
    /// Packs the head's weights from the flat buffer.
    pub(crate) fn new(
        configuration: &ModelConfiguration,
        layout: &Layout,
        parameters: &[f32],
    ) -> Result<Self, Error> {
        let mut dense = Dense {
            linear: Linear::new(configuration.recurrent.output_size(), configuration.outputs)?,
        };
        dense.set_weights(layout, parameters)?;
        Ok(dense)
    }

    /// Packs the head's weights anew.
    pub(crate) fn set_weights(&mut self, layout: &Layout, parameters: &[f32]) -> Result<(), Error> {
        self.linear.set_weights(
            &parameters[layout.head_weight.clone()],
            &parameters[layout.head_bias.clone()],
        )
    }

    /// Outputs `[M, outputs]` of features `[M, K]`; a row's bits do not depend on the other rows.
    pub(crate) fn forward(&self, features: &[f32], outputs: &mut [f32]) -> Result<(), Error> {
        self.linear.forward(features, outputs)
    }

    /// Adds to the gradients of weight and bias in `gradient`, the flat buffer; overwrites `feature_gradient`.
    pub(crate) fn backward(
        &self,
        layout: &Layout,
        parameters: &[f32],
        features: &[f32],
        output_gradient: &[f32],
        gradient: &mut [f32],
        feature_gradient: &mut [f32],
    ) -> Result<(), Error> {
        let (weight_gradient, bias_gradient) =
            gradient[layout.head_weight.start..].split_at_mut(layout.head_weight.len());
        self.linear.backward(
            &parameters[layout.head_weight.clone()],
            features,
            output_gradient,
            weight_gradient,
            bias_gradient,
            Some(feature_gradient),
        )
    }
}
