"""A page of Tidegate's, opened from its file in a headless Chromium."""

import os
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1200, "height": 900}

# Of every chart, what is drawn in it: lines, bars and points are paths, a heat map is a picture. Plotly draws a trace
# without a value too, and gives a bar without a value the path of a point at the origin.
DRAWN = """() => {
  const marks = [".trace path.js-line", ".trace .point path", ".trace .points path"];
  const isDrawn = (path) => !["", "M0,0Z"].includes(path.getAttribute("d") ?? "");
  return [...document.querySelectorAll(".chart")].map((chart) =>
    [...chart.querySelectorAll(marks.join())].filter(isDrawn).length + chart.querySelectorAll(".heatmaplayer image").length);
}"""
HAS_CHARTS = f"() => {{ const drawn = ({DRAWN})(); return drawn.length > 0 && drawn.every((marks) => marks > 0); }}"

# What reaches beyond the right edge, apart from what lies in a part that scrolls by itself.
TOO_WIDE = """() => {
  const edge = document.documentElement.clientWidth + 1;
  const scrolls = (element) => element !== document.documentElement && element !== null
    && (["auto", "scroll", "hidden"].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > edge && !scrolls(element))
    .map((element) => `${element.tagName}.${element.getAttribute("class")}`);
}"""

# Texts that the eye sees, but for code and mathematics.
VISIBLE_TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent.closest("code, pre, math, script, style, noscript") === null && parent.checkVisibility()) {
      texts.push(walker.currentNode.textContent.trim());
    }
  }
  return texts.filter((text) => text !== "");
}"""

# Numbers in tables that are broken over two lines.
BROKEN_NUMBERS = """() => [...document.querySelectorAll("td")]
    .filter((cell) => /^[-−\\d.,]+$/.test(cell.textContent.trim()))
    .filter((cell) => {
      const text = document.createRange();
      text.selectNodeContents(cell);
      return new Set([...text.getClientRects()].map((line) => Math.round(line.top))).size > 1;
    })
    .map((cell) => cell.textContent.trim())"""


@contextmanager
def chromium():
    """A browser. The sandbox is off: it cannot be had in most containers, and the pages are Tidegate's own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


class OpenedPage:
    """A page with everything that it complained of or asked for."""

    def __init__(
        self, browser: Browser, path: Path, viewport: dict[str, int] = DESK, colours: str = "light", scripts: bool = True
    ) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page: Page = browser.new_page(
            viewport=viewport, color_scheme=colours, reduced_motion="reduce", java_script_enabled=scripts
        )
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())

    def _heard(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def __enter__(self) -> "OpenedPage":
        return self

    def __exit__(self, *_) -> None:
        self.page.close()

    def wait_for_charts(self) -> list[int]:
        """Waits until all charts are drawn, and returns the marks of each. An empty chart ends the wait with an error."""
        self.page.wait_for_function(HAS_CHARTS, timeout=15_000)
        return self.drawn()

    def drawn(self) -> list[int]:
        """What is drawn in each chart: the number of its lines, bars, points and pictures."""
        return self.page.evaluate(DRAWN)

    def requests_beyond(self, path: Path) -> list[str]:
        """Requests of anything but the file and what stands in it."""
        within = (path.as_uri(), "data:", "blob:")
        return [url for url in self.requests if not url.startswith(within)]

    def too_wide(self) -> list[str]:
        """Elements that make the page scroll sideways; none on a page that fits."""
        width, shown = self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        return self.page.evaluate(TOO_WIDE) or [f"{width} of {shown} pixels"] if width > shown else []

    def visible_texts(self) -> list[str]:
        """Texts that the eye sees, but for code and mathematics."""
        return self.page.evaluate(VISIBLE_TEXTS)

    def broken_numbers(self) -> list[str]:
        """Numbers in tables that are broken over two lines."""
        return self.page.evaluate(BROKEN_NUMBERS)
