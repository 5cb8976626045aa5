"""What the tests of the package have in common."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^(?P<indent> *)```(?P<mark>.*)$")


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


@pytest.fixture(scope="session")
def command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """A function that runs the command `tidegate`, which the variable TIDEGATE names or the target folder has."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", PROJECT / "target"))
    built = [target / profile / "tidegate" for profile in ("release", "debug")]
    found = [Path(os.environ["TIDEGATE"])] if "TIDEGATE" in os.environ else [path for path in built if path.exists()]
    if not found:
        pytest.skip("the command tidegate is not built: cargo build --release --package tidegate-cli")
    program = max(found, key=lambda path: path.stat().st_mtime).resolve()

    def run(*arguments: str | Path, folder: Path, status: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True)
        assert done.returncode == status, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done

    return run


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """A function that blanks all of a page but its ```python blocks, so that a traceback names the page's own lines."""

    def blank(page: str) -> str:
        lines, fence, indent = [], None, 0
        for line in page.splitlines():
            match = FENCE.match(line)
            if fence is None and match:
                fence, indent = match["mark"].strip(), len(match["indent"])
                lines.append("")
            elif fence is not None and match and not match["mark"].strip():
                fence = None
                lines.append("")
            else:
                lines.append(line[indent:] if fence == "python" else "")
        return "\n".join(lines) + "\n"

    return blank
