//! The head: y = x Wᵀ + b, with `head.weight [outputs, features]` and `head.bias [outputs]`, or nothing at all: y = x.

use tidegate_cells::{Error, Linear, check_length};

use crate::configuration::{Head, ModelConfiguration};
use crate::layout::Layout;

/// The head's weights, packed; the parameters themselves stay in the model's flat buffer.
pub(crate) struct Dense {
    /// Absent where the outputs are the features.
    linear: Option<Linear>,
}

impl Dense {
    /// Packs the head's weights from the flat buffer.
    pub(crate) fn new(
        configuration: &ModelConfiguration,
        layout: &Layout,
        parameters: &[f32],
    ) -> Result<Self, Error> {
        let features = configuration.recurrent.output_size();
        let linear = match configuration.head {
            Head::Dense => Some(Linear::new(features, configuration.outputs)?),
            Head::None => None,
        };
        let mut dense = Dense { linear };
        dense.set_weights(layout, parameters)?;
        Ok(dense)
    }

    /// Packs the head's weights anew.
    pub(crate) fn set_weights(&mut self, layout: &Layout, parameters: &[f32]) -> Result<(), Error> {
        match &mut self.linear {
            Some(linear) => linear.set_weights(
                &parameters[layout.head_weight.clone()],
                &parameters[layout.head_bias.clone()],
            ),
            None => Ok(()),
        }
    }

    /// Outputs `[M, outputs]` of features `[M, K]`; a row's bits do not depend on the other rows.
    pub(crate) fn forward(&self, features: &[f32], outputs: &mut [f32]) -> Result<(), Error> {
        match &self.linear {
            Some(linear) => linear.forward(features, outputs),
            None => copy("outputs", features, outputs),
        }
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
        let Some(linear) = &self.linear else {
            return copy("feature_gradient", output_gradient, feature_gradient);
        };
        let (weight_gradient, bias_gradient) =
            gradient[layout.head_weight.start..].split_at_mut(layout.head_weight.len());
        linear.backward(
            &parameters[layout.head_weight.clone()],
            features,
            output_gradient,
            weight_gradient,
            bias_gradient,
            Some(feature_gradient),
        )
    }
}

/// Copies what passes without a head.
fn copy(what: &'static str, source: &[f32], target: &mut [f32]) -> Result<(), Error> {
    check_length(what, target.len(), &[("values", source.len())])?;
    target.copy_from_slice(source);
    Ok(())
}
