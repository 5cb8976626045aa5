"""Estimators in scikit-learn's manner: classifiers and regression of whole sequences, and forecasts of series.

They train with the loop of the command ``tidegate`` and write its model files: a model that an estimator saved is read by
the command, and the other way. They need scikit-learn: ``pip install 'tidegate[estimators]'``.
"""

try:
    import sklearn as _sklearn  # noqa: F401
except ModuleNotFoundError as _error:
    raise ModuleNotFoundError(
        "the estimators of tidegate need scikit-learn: pip install 'tidegate[estimators]'", name=_error.name
    ) from _error

from tidegate.estimators.classifier import SequenceClassifier
from tidegate.estimators.forecaster import Forecaster
from tidegate.estimators.regressor import SequenceRegressor

__all__ = ["Forecaster", "SequenceClassifier", "SequenceRegressor"]
