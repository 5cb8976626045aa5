"""Every ```python block of the README files and of the book runs.

The blocks of a page are one program, in their order, run in an empty folder: a later block may use what an earlier one
made. A block that cannot run there says so on its fence: ```python no-run.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PAGES = [PROJECT / "README.md", PROJECT / "python/README.md", *sorted((PROJECT / "docs").rglob("*.md"))]


def with_blocks() -> list[Path]:
    return [page for page in PAGES if re.search(r"^ *```python$", page.read_text("utf-8"), re.MULTILINE)]


@pytest.mark.parametrize("page", with_blocks(), ids=lambda page: str(page.relative_to(PROJECT)))
def test_the_python_blocks_of_a_page_run(page: Path, tmp_path: Path, program: Callable[[str], str]) -> None:
    script = tmp_path / "scripts" / f"{page.stem}_page.py"
    script.parent.mkdir()
    script.write_text(program(page.read_text("utf-8")), "utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    paths = [str(Path(path).resolve()) for path in sys.path if path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "KERAS_BACKEND": "torch"}
    run = subprocess.run([sys.executable, script], cwd=folder, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, f"{page}\n{run.stdout}\n{run.stderr}"


def test_only_what_stands_in_python_fences_is_run(program: Callable[[str], str]) -> None:
    page = "text\n```python\nx = 1\n```\n```python no-run\nraise\n```\n```sh\ntidegate\n```\n   ```python\n   y = x\n   ```\n"
    assert program(page).split("\n") == ["", "", "x = 1", *[""] * 8, "y = x", "", ""]
