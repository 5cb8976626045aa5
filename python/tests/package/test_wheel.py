"""The wheel in an environment that has nothing else."""

import os
import shlex
import subprocess
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel(project: Path) -> Path:
    wheels = sorted((project / "dist").glob("tidegate-*.whl"), key=lambda path: path.stat().st_mtime)
    if not wheels:
        pytest.skip("dist has no wheel: make wheel")
    return wheels[-1]


def test_the_wheel_is_under_ten_megabytes(wheel: Path) -> None:
    assert wheel.stat().st_size < 10_000_000


def test_the_wheel_is_for_every_python_from_3_11_on(wheel: Path) -> None:
    assert "-cp311-abi3-" in wheel.name


def test_the_wheel_carries_the_texts_of_its_licences(wheel: Path) -> None:
    names = {Path(name).name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/licenses/" in name}
    assert {"LICENSE-MIT", "LICENSE-APACHE"} <= names


def test_the_wheel_carries_the_notices_of_what_is_compiled_into_it(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    name = next(name for name in archive.namelist() if name.endswith("/licenses/THIRD-PARTY-NOTICES"))
    notices = archive.read(name).decode("utf-8")
    for line in ("\npyo3 ", "\nnumpy ", "\nrayon ", "\nsafetensors ", "Permission is hereby granted", "Apache License"):
        assert line in notices, line
    # A procedural macro runs in the compiler, and the project's own packages are nobody else's.
    assert "\nserde_derive " not in notices and "\ntidegate" not in notices


def test_the_readme_runs_in_an_empty_environment(
    wheel: Path, project: Path, tmp_path: Path, program: Callable[[str], str]
) -> None:
    venv.create(tmp_path / "environment", with_pip=True)
    python = tmp_path / "environment/bin/python"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    flags = shlex.split(os.environ.get("PIP_FLAGS", ""))

    def run(*arguments: str | Path) -> str:
        done = subprocess.run([python, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    run("-m", "pip", "install", "--quiet", *flags, wheel)
    installed = {line.split("==")[0] for line in run("-m", "pip", "freeze").splitlines()}
    assert {name.split(" @")[0] for name in installed} == {"numpy", "tidegate"}
    script = tmp_path / "readme.py"
    script.write_text(program((project / "python/README.md").read_text("utf-8")), "utf-8")
    assert "import tidegate" in script.read_text("utf-8")
    run(script)
