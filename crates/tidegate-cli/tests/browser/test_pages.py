"""The pages that `tidegate` writes, opened in a browser.

The environment names the command in TIDEGATE, the example that writes pages of forecasting in FORECAST_PAGES, and the folder for
screenshots in SCREENSHOTS.
"""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from opened_page import DRAWN, OpenedPage, chromium
from page_checks import LANGUAGES, CellChecks, PageChecks

TIDEGATE = Path(os.environ["TIDEGATE"]).resolve()
FORECAST_PAGES = Path(os.environ["FORECAST_PAGES"]).resolve()
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

    languages = LANGUAGES

    @classmethod
    def setUpClass(cls):
        if cls is Pages:
            raise unittest.SkipTest("the pages stand in the classes below")
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.browser = cls.enterClassContext(chromium())
        cls.screenshots = SCREENSHOTS
        cls.shared = {}
        cls.pages = {language: cls.write(language) for language in cls.languages}


class Report(CellChecks, Pages):
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


class Gates(CellChecks, Pages):
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


class ForecastingPages(PageChecks, Pages):
    """A page of forecasting, with generated numbers."""

    languages = ("en",)

    @classmethod
    def setUpClass(cls):
        if cls is ForecastingPages:
            raise unittest.SkipTest("the pages stand in the classes below")
        super().setUpClass()

    @classmethod
    def write(cls, _language: str) -> Path:
        subprocess.run([FORECAST_PAGES, cls.folder], check=True)
        return cls.folder / f"{cls.name}.html"

    def test_without_a_script_there_is_a_picture_of_every_chart(self):
        with OpenedPage(self.browser, self.pages["en"], scripts=False) as opened:
            pictures, charts = opened.page.locator(".picture svg"), opened.page.locator(".chart")
            self.assertEqual(pictures.count(), charts.count())
            self.assertTrue(all(picture.is_visible() for picture in pictures.all()))
            for element in [*charts.all(), *opened.page.locator("select, input").all()]:
                self.assertFalse(element.is_visible())


class Forecast(ForecastingPages):
    """A forecast of a few channels, and one of many."""

    name = "forecast"

    def test_a_finger_or_a_key_chooses_a_channel(self):
        with OpenedPage(self.browser, self.pages["en"]) as opened:
            opened.wait_for_charts()
            shown = opened.page.locator("article.part:visible")
            self.assertEqual(shown.count(), 3)
            choice = opened.page.get_by_label("Show")
            choice.focus()
            choice.press("ArrowDown")
            self.assertEqual(shown.count(), 1)
            self.assertEqual(shown.get_attribute("aria-label"), "load 0")
            self.assertEqual(opened.complaints, [])

    def test_of_many_channels_one_is_drawn_until_another_is_chosen(self):
        with OpenedPage(self.browser, self.folder / "many.html") as opened:
            opened.page.wait_for_selector(".chart .main-svg")
            self.assertEqual(sum(marks > 0 for marks in opened.drawn()), 1)
            self.assertIn("10 more are left out", opened.page.locator("body").inner_text())
            opened.page.get_by_label("Show").select_option("load 7")
            opened.page.wait_for_selector("#series-7 .main-svg")
            opened.page.wait_for_function("document.querySelectorAll('#series-7 .trace path.js-line').length > 0")
            self.assertFalse(opened.page.locator("#series-0").is_visible())
            width = opened.page.locator("#series-7 .main-svg").first.bounding_box()["width"]
            self.assertAlmostEqual(width, opened.page.locator("#series-7").bounding_box()["width"], delta=2)
            self.assertEqual(opened.complaints, [])

    def test_a_pointer_reads_time_value_and_intervals(self):
        with OpenedPage(self.browser, self.pages["en"]) as opened:
            opened.wait_for_charts()
            opened.page.evaluate(
                """() => {
                  const chart = document.querySelector(".chart");
                  const curve = chart.data.findIndex((trace) => trace.name === "forecast (median)");
                  Plotly.Fx.hover(chart, [{ curveNumber: curve, pointNumber: 6 }]);
                }"""
            )
            said = opened.page.locator(".hoverlayer").first.text_content()
            self.assertRegex(said, r"2016-07-08 06:00: [\d.]+50\s%: [\d.]+ – [\d.]+80\s%: [\d.]+ – [\d.]+")


class Backtest(ForecastingPages):
    """A backtest of two channels."""

    name = "backtest"

    def test_a_key_lays_a_baseline_beside_the_forecasts_and_takes_it_away(self):
        with OpenedPage(self.browser, self.pages["en"]) as opened:
            before = opened.wait_for_charts()
            box = opened.page.get_by_label("seasonal naive").first
            self.assertFalse(box.is_checked())
            box.press("Space")
            opened.page.wait_for_function(f"({DRAWN})()[1] > {before[1]}")
            box.press("Space")
            opened.page.wait_for_function(f"({DRAWN})()[1] === {before[1]}")
            self.assertEqual(opened.complaints, [])

    def test_the_box_follows_the_legend_and_colours_keep_the_baseline(self):
        with OpenedPage(self.browser, self.pages["en"]) as opened:
            before = opened.wait_for_charts()
            opened.page.locator(".chart").nth(1).locator(".legendtoggle").nth(2).click()
            opened.page.wait_for_function(f"({DRAWN})()[1] > {before[1]}")
            self.assertTrue(opened.page.get_by_label("naive", exact=True).first.is_checked())
            opened.page.emulate_media(color_scheme="dark")
            opened.page.wait_for_timeout(500)
            self.assertGreater(opened.drawn()[1], before[1])

    def test_the_best_scores_are_marked(self):
        marked = self.opened("en").page.locator("#scores td", has_text="★").all_inner_texts()
        self.assertEqual(len(marked), 6)


class Training(ForecastingPages):
    """A training of 20 epochs."""

    name = "training"

    def test_the_epoch_that_was_kept_is_marked(self):
        texts = self.opened("en").page.locator("#losses .legendtext").all_text_contents()
        self.assertEqual(texts, ["training", "validation", "best epoch: 13"])


if __name__ == "__main__":
    unittest.main()
