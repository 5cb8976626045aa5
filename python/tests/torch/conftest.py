"""What the tests of ``tidegate.torch`` compare with, and how closely."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

import tidegate.torch

Compare = Callable[[Any, Any, str], None]


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Every test draws the same numbers."""
    torch.manual_seed(7)


@pytest.fixture
def assert_close() -> Compare:
    """A check that tensors, or tuples of them, differ by at most 1e-5 of the larger of 1 and their largest value.

    Both sides round in float32, in another order of additions: a gradient that sums n products has errors of some 6e-8 · √n
    of its size. 1e-5 is what a step or two of error would exceed by far.
    """

    def check(found: Any, expected: Any, what: str = "") -> None:
        if isinstance(expected, Tensor):
            assert found.shape == expected.shape, what
            assert found.dtype == expected.dtype, what
            if expected.numel():
                scale = max(1.0, float(expected.detach().abs().max()))
                difference = float((found - expected).detach().abs().max())
                assert difference <= 1e-5 * scale, f"{what}: differs by {difference}"
        else:
            assert len(found) == len(expected), what
            for index, (one, other) in enumerate(zip(found, expected, strict=True)):
                check(one, other, f"{what}[{index}]")

    return check


@pytest.fixture
def accelerated() -> Callable[[Any], Any]:
    """A function that gives a copy of a module of PyTorch's which runs in Tidegate's engine."""

    def copied(module: Any) -> Any:
        twin = copy.deepcopy(module)
        report = tidegate.torch.accelerate(twin)
        assert report.replaced and not report.left, str(report)
        return twin

    return copied
