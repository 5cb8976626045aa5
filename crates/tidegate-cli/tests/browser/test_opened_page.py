"""What the checks of pages rest on: that they can fail."""

import json
import tempfile
import unittest
from pathlib import Path

from opened_page import OpenedPage, chromium
from page_checks import latin_words

PLOTLY = Path(__file__).parents[3] / "tidegate-study" / "assets" / "plotly-cartesian.min.js"
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"></head><body>{body}
<script src="{plotly}"></script>
<script>
for (const trace of {traces}) {{
  const chart = document.createElement("div");
  chart.className = "chart";
  document.body.append(chart);
  Plotly.newPlot(chart, [trace], {{}}, {{staticPlot: true}});
}}
</script></body></html>"""

KINDS = {
    "lines": {"type": "scatter", "mode": "lines"},
    "points": {"type": "scatter", "mode": "markers"},
    "bars": {"type": "bar"},
}


class Drawn(unittest.TestCase):
    """Pages written by hand."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.browser = cls.enterClassContext(chromium())

    def page(self, traces: list[dict], body: str = "") -> OpenedPage:
        path = self.folder / f"{self.id()}.html"
        path.write_text(PAGE.format(plotly=PLOTLY.as_uri(), traces=json.dumps(traces), body=body), encoding="utf-8")
        return OpenedPage(self.browser, path)

    def test_a_chart_with_values_is_drawn(self):
        traces = [{**kind, "x": [0, 1, 2], "y": [1, 3, 2]} for kind in KINDS.values()]
        traces.append({"type": "heatmap", "z": [[0, 1], [1, 0]]})
        with self.page(traces) as opened:
            marks = opened.wait_for_charts()
            self.assertEqual(len(marks), 4)
            self.assertEqual(opened.complaints, [])

    def test_a_chart_of_nulls_is_not_drawn(self):
        nothing = {"x": [0, 1, 2], "y": [None, None, None]}
        charts = {name: {**kind, **nothing} for name, kind in KINDS.items()}
        charts["heat map"] = {"type": "heatmap", "z": [[None, None], [None, None]]}
        for name, nulls in charts.items():
            with self.subTest(kind=name), self.page([nulls]) as opened:
                opened.page.wait_for_selector(".chart .main-svg")
                opened.page.wait_for_timeout(300)
                self.assertEqual(opened.drawn(), [0])

    def test_english_on_a_korean_page_is_found_and_what_may_stand_there_is_not(self):
        body = (
            "<p>LSTM의 측정값</p><p>adding problem의 0번 시퀀스</p><code>tidegate compare</code><p>report.json, --language</p>"
            "<p hidden>hidden words</p>"
        )
        with self.page([], body) as opened:
            found = latin_words(opened.visible_texts())
        self.assertEqual([one.split(":")[0] for one in found], ["adding", "problem"])


if __name__ == "__main__":
    unittest.main()
