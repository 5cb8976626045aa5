//! Whether a probability is what it says: of what is said with 80 % confidence, 80 % should be right.

use serde::{Deserialize, Serialize};

/// Bins of equal width that confidences are sorted into, as in Guo et al. 2017 (arXiv 1706.04599).
const BINS: usize = 15;

/// Confidences, sorted into 15 bins of equal width: bin m holds those above m/15, up to (m + 1)/15. A confidence is the
/// probability of the class that is predicted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reliability {
    bins: [Bin; BINS],
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Bin {
    count: u64,
    right: u64,
    confidence: f64,
}

/// What lies in a bin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// Confidences lie above this,
    pub lower: f64,
    /// and at or below this.
    pub upper: f64,
    /// How many.
    pub count: u64,
    /// Their mean confidence; none where there are none.
    pub confidence: Option<f64>,
    /// The share that is right; none where there are none.
    pub accuracy: Option<f64>,
}

impl Reliability {
    /// Sorts in one prediction.
    pub fn add(&mut self, confidence: f64, is_right: bool) {
        let bin = (confidence * BINS as f64).ceil() as usize;
        let bin = &mut self.bins[bin.clamp(1, BINS) - 1];
        bin.count += 1;
        bin.right += u64::from(is_right);
        bin.confidence += confidence;
    }

    /// Adds what another one sorted in.
    pub fn merge(&mut self, other: &Reliability) {
        for (bin, other) in self.bins.iter_mut().zip(&other.bins) {
            bin.count += other.count;
            bin.right += other.right;
            bin.confidence += other.confidence;
        }
    }

    /// All bins, the lowest first.
    #[must_use]
    pub fn bins(&self) -> Vec<ReliabilityBin> {
        let bins = self.bins.iter().enumerate();
        bins.map(|(index, bin)| {
            let mean = |sum: f64| (bin.count > 0).then(|| sum / bin.count as f64);
            ReliabilityBin {
                lower: index as f64 / BINS as f64,
                upper: (index + 1) as f64 / BINS as f64,
                count: bin.count,
                confidence: mean(bin.confidence),
                accuracy: mean(bin.right as f64),
            }
        })
        .collect()
    }

    /// Expected calibration error (Naeini et al. 2015): how far confidence and accuracy of a bin lie apart, the mean over the
    /// bins, each weighted by how many it holds; none where nothing was sorted in.
    #[must_use]
    pub fn expected_calibration_error(&self) -> Option<f64> {
        let total: u64 = self.bins.iter().map(|bin| bin.count).sum();
        let gaps = self.bins.iter();
        let sum: f64 = gaps
            .map(|bin| (bin.right as f64 - bin.confidence).abs())
            .sum();
        (total > 0).then(|| sum / total as f64)
    }
}
