"""What `import tidegate` loads, and what it offers."""

import subprocess
import sys

import pytest

import tidegate

HEAVY = ("numpy", "torch", "sklearn", "pandas", "polars", "pyarrow", "onnx", "keras", "ray", "scipy")


def loaded_by(code: str) -> set[str]:
    show = f"{code}\nimport sys\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_importing_the_package_loads_neither_numpy_nor_any_framework() -> None:
    assert not loaded_by("import tidegate").intersection(HEAVY)


def test_networks_load_numpy_and_no_framework() -> None:
    code = "import tidegate\ntidegate.Gru(1, 1).state_dict()"
    assert loaded_by(code).intersection(HEAVY) == {"numpy"}


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Gruu"):
        getattr(tidegate, "Gruu")


def test_every_public_name_is_listed_and_there() -> None:
    for name in ("Gru", "Lstm", "Rnn", "Mgu", "Model", "ForecastNetwork", "State", "Stream", "load", "__version__"):
        assert name in tidegate.__all__
        assert name in dir(tidegate)
        assert getattr(tidegate, name) is not None


def test_what_asks_for_other_packages_is_listed_and_no_star_imports_it() -> None:
    for name in ("SequenceClassifier", "SequenceRegressor", "Forecaster", "estimators", "exchange", "torch"):
        assert name in dir(tidegate)
    loaded = loaded_by("from tidegate import *\nGru(1, 1).state_dict()")
    assert loaded.intersection(HEAVY) == {"numpy"}
