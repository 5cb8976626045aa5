"""Writes scikit_learn.json, the measures of classes and the temperatures that the tests of this crate compare with.

    python3 -m venv venv && venv/bin/pip install "scikit-learn==1.7.*" numpy scipy
    venv/bin/python make_class_reference.py
"""

import json
import pathlib

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.metrics import (
    accuracy_score, confusion_matrix, f1_score, log_loss, precision_recall_fscore_support,
)

random = np.random.default_rng(4)


def expected_calibration_error(confidence, right, bins=15):
    """Guo et al. 2017, equation 5: bins ((m - 1)/M, m/M]."""
    edges = np.linspace(0.0, 1.0, bins + 1)
    error = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return error


def objective(logits, classes, inverse):
    """Negative log-likelihood, and the prior of the inverse temperature."""
    likelihood = log_softmax(logits * inverse, axis=1)[np.arange(len(classes)), classes].sum()
    return -likelihood + inverse - 1.0 - np.log(inverse)


def case(name, logits, classes):
    logits = logits.astype(np.float32).astype(np.float64)
    rows, count = logits.shape
    logarithms = log_softmax(logits, axis=1)
    predicted = logarithms.argmax(axis=1)
    confidence = np.exp(logarithms.max(axis=1))
    labels = list(range(count))
    precision, recall, f1, support = precision_recall_fscore_support(classes, predicted, labels=labels, zero_division=0)
    best = minimize_scalar(
        lambda inverse: objective(logits, classes, inverse), bounds=(1 / 20, 20), method="bounded",
        options={"xatol": 1e-12},
    )
    return {
        "name": name,
        "classes": count,
        "logits": [float(value) for value in logits.flatten()],
        "targets": [int(value) for value in classes],
        "confusion": confusion_matrix(classes, predicted, labels=labels).tolist(),
        "accuracy": accuracy_score(classes, predicted),
        "macro_f1": f1_score(classes, predicted, average="macro", zero_division=0),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
        "negative_log_likelihood": log_loss(classes, np.exp(logarithms), labels=labels),
        "expected_calibration_error": expected_calibration_error(confidence, predicted == classes),
        "temperature": 1.0 / best.x,
    }


def noisy(rows, count, right, scale):
    """Logits that point to the class in some of the rows."""
    classes = random.integers(0, count, rows)
    logits = random.normal(size=(rows, count))
    hits = random.random(rows) < right
    logits[np.arange(rows)[hits], classes[hits]] += 3.0
    return logits * scale, classes


def absent(logits, classes, without):
    """Without the rows of a class."""
    kept = classes != without
    return logits[kept], classes[kept]


never_seen = absent(*noisy(60, 5, 0.8, 1.0), 2)
neither = (never_seen[0].copy(), never_seen[1])
neither[0][:, 2] = -30.0
cases = [
    case("well calibrated", *noisy(80, 4, 0.9, 1.0)),
    case("overconfident", *noisy(120, 3, 0.6, 6.0)),
    case("underconfident", *noisy(100, 6, 0.95, 0.2)),
    case("a class that is predicted and never the case", *never_seen),
    case("a class that is neither predicted nor the case", *neither),
    case("two classes", *noisy(40, 2, 0.7, 2.0)),
    case("every row right", np.eye(3)[[0, 1, 2, 2, 1]] * 4.0, np.array([0, 1, 2, 2, 1])),
]
path = pathlib.Path(__file__).with_name("scikit_learn.json")
path.write_text(json.dumps({"cases": cases}) + "\n")
