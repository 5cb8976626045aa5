"""What the tests of the package have in common."""

from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's root."""
    return PROJECT


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """A function that gives the path of public material beside the project, or skips the test where it is missing."""

    def find(path: str) -> Path:
        found = PROJECT.parent / "shared" / path
        if not found.exists():
            pytest.skip(f"../shared/{path} is missing")
        return found

    return find
