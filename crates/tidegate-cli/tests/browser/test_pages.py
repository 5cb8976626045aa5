"""The pages that `tidegate` writes, opened in a browser.

The environment names the command in TIDEGATE and the folder for screenshots in SCREENSHOTS.
"""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from opened_page import OpenedPage, chromium
from page_checks import LANGUAGES, PageChecks

TIDEGATE = Path(os.environ["TIDEGATE"]).resolve()
SCREENSHOTS = Path(os.environ["SCREENSHOTS"]).resolve()
TASK = ("--task", "adding", "--length", "20")
STUDY = (*TASK, "--sequences", "200", "--epochs", "2", "--seeds", "2")

# The values that are written into the drawing of the cell.
VALUES = """() => [...document.querySelectorAll("svg text")].map((text) => text.textContent)"""


def tidegate(*arguments: str) -> None:
    """Runs the command; what it said is part of the failure."""
    done = subprocess.run([TIDEGATE, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"tidegate {' '.join(arguments)} ends with {done.returncode}:\n{done.stderr}")


class Pages(unittest.TestCase):
    """A folder with the pages of the command, and a browser."""

    @classmethod
    def setUpClass(cls):
        if cls is Pages:
            raise unittest.SkipTest("the pages stand in the classes below")
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.browser = cls.enterClassContext(chromium())
        cls.screenshots = SCREENSHOTS
        cls.shared = {}
        cls.pages = {language: cls.write(language) for language in LANGUAGES}


class Report(PageChecks, Pages):
    """`tidegate compare --out`."""

    name = "report"

    @classmethod
    def write(cls, language: str) -> Path:
        out = cls.folder / language
        tidegate("compare", *STUDY, "--language", language, "--out", str(out))
        return out / "report.html"

    def test_the_slider_moves_the_values_of_the_drawing(self):
        for language, path in self.pages.items():
            with self.subTest(language=language), OpenedPage(self.browser, path) as opened:
                slider = opened.page.locator("input[type=range]").first
                slider.focus()
                opened.page.keyboard.press("Home")
                before = opened.page.evaluate(VALUES)
                for _ in range(5):
                    opened.page.keyboard.press("ArrowRight")
                self.assertEqual(slider.input_value(), "5")
                after = opened.page.evaluate(VALUES)
                changed = sum(one != other for one, other in zip(before, after, strict=True))
                self.assertGreater(changed, 3, after)
                self.assertEqual(opened.complaints, [])

    def test_what_the_drawing_shows_can_be_heard(self):
        names = {"en": ("update gate", "hidden state"), "ko": ("업데이트 게이트", "은닉 상태")}
        for language, path in self.pages.items():
            with self.subTest(language=language), OpenedPage(self.browser, path) as opened:
                spoken = opened.page.locator(".spoken").first
                opened.page.locator("input[type=range]").first.focus()
                opened.page.keyboard.press("Home")
                before = spoken.text_content()
                for name in names[language]:
                    self.assertRegex(before, f"{name} [|]?[0-9.]+")
                opened.page.keyboard.press("ArrowRight")
                self.assertNotEqual(spoken.text_content(), before)
                self.assertEqual(spoken.get_attribute("aria-live"), "polite")
                self.assertEqual(opened.page.locator("output").first.get_attribute("aria-live"), "off")

    def test_nothing_is_spoken_while_the_cell_plays(self):
        with OpenedPage(self.browser, self.pages["en"]) as opened:
            spoken = opened.page.locator(".spoken").first
            opened.page.get_by_role("button", name="Play").first.press("Enter")
            self.assertEqual(spoken.get_attribute("aria-live"), "off")
            opened.page.get_by_role("button", name="Pause").first.press("Enter")
            self.assertEqual(spoken.get_attribute("aria-live"), "polite")

    def test_play_moves_on_and_pause_stops(self):
        with OpenedPage(self.browser, self.pages["en"]) as opened:
            slider = opened.page.locator("input[type=range]").first
            slider.focus()
            opened.page.keyboard.press("Home")
            button = opened.page.get_by_role("button", name="Play").first
            button.press("Enter")
            opened.page.wait_for_function("document.querySelector('input[type=range]').value >= 1")
            opened.page.get_by_role("button", name="Pause").first.press("Enter")
            stopped = slider.input_value()
            opened.page.wait_for_timeout(1_500)
            self.assertEqual(slider.input_value(), stopped)

    def test_one_unit_can_be_chosen(self):
        with OpenedPage(self.browser, self.pages["en"]) as opened:
            before = opened.page.evaluate(VALUES)
            opened.page.locator("select").first.select_option(index=1)
            self.assertNotEqual(opened.page.evaluate(VALUES), before)


class Gates(PageChecks, Pages):
    """`tidegate gates --out`."""

    name = "gates"

    @classmethod
    def write(cls, language: str) -> Path:
        study, out = cls.folder / "study", cls.folder / language
        if not study.exists():
            tidegate("compare", *STUDY, "--question", "none", "--cells", "gru", "--out", str(study))
        model = sorted(study.rglob("gru-*.safetensors"))[0]
        tidegate("gates", str(model), *TASK, "--language", language, "--out", str(out))
        return out / "gates.html"


if __name__ == "__main__":
    unittest.main()
