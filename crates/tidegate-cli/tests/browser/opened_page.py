"""A page of Tidegate's, opened from its file in a headless Chromium."""

import os
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1200, "height": 900}

# Of every chart, whether it is drawn: lines and bars are traces, a heat map is a picture.
DRAWN = """() => [...document.querySelectorAll(".chart")].map(
    (chart) => chart.querySelectorAll(".main-svg .trace, .main-svg .heatmaplayer image").length)"""
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

    def __init__(self, browser: Browser, path: Path, viewport: dict[str, int] = DESK, colours: str = "light") -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page: Page = browser.new_page(viewport=viewport, color_scheme=colours, reduced_motion="reduce")
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
        return self.page.evaluate(DRAWN)

    def requests_beyond(self, path: Path) -> list[str]:
        """Requests of anything but the file and what stands in it."""
        within = (path.as_uri(), "data:", "blob:")
        return [url for url in self.requests if not url.startswith(within)]

    def too_wide(self) -> list[str]:
        """Elements that make the page scroll sideways; none on a page that fits."""
        width, shown = self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        return self.page.evaluate(TOO_WIDE) or [f"{width} of {shown} pixels"] if width > shown else []
