"""The tables of docs/pytorch.md name tests that there are."""

import re
from pathlib import Path


def test_every_check_that_the_page_names_stands_in_this_folder(project: Path) -> None:
    page = (project / "docs/pytorch.md").read_text("utf-8")
    section = page.split("## PyTorch's own tests")[1].split("These cannot apply")[0]
    rows = re.findall(r"^\| (.*) \| (.*) \|$", section, re.MULTILINE)
    named = [name for _, ours in rows for name in re.findall(r"`(test_\w+)`", ours)]
    here = {
        name
        for file in Path(__file__).parent.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
    }
    assert len(named) > 40
    assert sorted(set(named) - here) == []
