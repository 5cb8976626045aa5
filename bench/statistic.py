"""Medians, spreads, ratios and means over rounds."""

import math
import statistics

NOISY = 0.2


def spread(values):
    """Largest less smallest, relative to the median."""
    return (max(values) - min(values)) / statistics.median(values)


def ratio(ours, theirs):
    """How many times longer `theirs` took: the median of the ratios round by round."""
    return statistics.median(b / a for a, b in zip(ours, theirs, strict=True))


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values)))
