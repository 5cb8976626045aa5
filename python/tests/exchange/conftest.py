"""The runtimes that files of ONNX are run in."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Run = Callable[[Mapping[str, Any]], dict[str, Any]]


def in_onnx_runtime(path: Path) -> Run:
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return lambda inputs: dict(zip(names, session.run(None, inputs), strict=True))


def in_openvino(path: Path) -> Run:
    import openvino

    # Its default on some processors is bfloat16.
    model = openvino.Core().compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    names = [output.any_name for output in model.outputs]

    def run(inputs: Mapping[str, Any]) -> dict[str, Any]:
        found = model(inputs)
        return {name: np.array(found[name]) for name in names}

    return run


@pytest.fixture(scope="session")
def runtimes() -> dict[str, Callable[[Path], Run]]:
    """By its name, what opens a file in a runtime and gives a function from inputs to outputs by their names."""
    return {"onnxruntime": in_onnx_runtime, "openvino": in_openvino}
