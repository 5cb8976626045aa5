"""What holds for every page that the command writes, in every language."""

import re
from pathlib import Path

from opened_page import DESK, PHONE, OpenedPage
from playwright.sync_api import Browser

LANGUAGES = ("en", "ko")
KOREAN = re.compile("[가-힣]")


class PageChecks:
    """Checks for a test case whose class gives `browser`, `screenshots`, `name`, and `pages`: a file for each language."""

    browser: Browser
    screenshots: Path
    name: str
    pages: dict[str, Path]

    def test_no_complaint_and_no_request_beyond_the_file(self):
        for language, path in self.pages.items():
            with self.subTest(language=language), OpenedPage(self.browser, path) as opened:
                opened.wait_for_charts()
                self.assertEqual(opened.complaints, [])
                self.assertEqual(opened.requests_beyond(path), [])

    def test_every_chart_is_drawn(self):
        for language, path in self.pages.items():
            with self.subTest(language=language), OpenedPage(self.browser, path) as opened:
                marks = opened.wait_for_charts()
                self.assertTrue(marks and all(mark > 0 for mark in marks), marks)

    def test_language_and_headline_are_those_asked_for(self):
        for language, path in self.pages.items():
            with self.subTest(language=language), OpenedPage(self.browser, path) as opened:
                self.assertEqual(opened.page.locator("html").get_attribute("lang"), language)
                self.assertEqual(opened.page.locator("h1").count(), 1)
                headlines = opened.page.locator("h1, h2").all_inner_texts()
                self.assertEqual(bool(KOREAN.search(headlines[0])), language == "ko", headlines)
                if language == "en":
                    self.assertIsNone(KOREAN.search(opened.page.locator("body").inner_text()))

    def test_the_page_says_that_the_update_gate_keeps(self):
        words = {"en": "keeps", "ko": "유지"}
        for language, path in self.pages.items():
            with self.subTest(language=language), OpenedPage(self.browser, path) as opened:
                self.assertIn(words[language], opened.page.locator("body").inner_text())

    def test_a_phone_does_not_scroll_sideways(self):
        for language, path in self.pages.items():
            with self.subTest(language=language), OpenedPage(self.browser, path, PHONE) as opened:
                opened.wait_for_charts()
                self.assertEqual(opened.too_wide(), [])

    def test_screenshots_are_taken(self):
        self.screenshots.mkdir(parents=True, exist_ok=True)
        looks = {"light": (DESK, "light"), "dark": (DESK, "dark"), "phone": (PHONE, "light"), "phone-dark": (PHONE, "dark")}
        for language, path in self.pages.items():
            for look, (viewport, colours) in looks.items():
                with self.subTest(language=language, look=look), OpenedPage(self.browser, path, viewport, colours) as opened:
                    opened.wait_for_charts()
                    opened.page.screenshot(path=self.screenshots / f"{self.name}-{language}-{look}.png", full_page=True)

    def test_the_page_prints(self):
        self.screenshots.mkdir(parents=True, exist_ok=True)
        for language, path in self.pages.items():
            with self.subTest(language=language), OpenedPage(self.browser, path) as opened:
                opened.wait_for_charts()
                opened.page.emulate_media(media="print")
                opened.page.screenshot(path=self.screenshots / f"{self.name}-{language}-print.png", full_page=True)
                printed = opened.page.pdf(path=self.screenshots / f"{self.name}-{language}.pdf", format="A4")
                self.assertTrue(printed.startswith(b"%PDF"))
                self.assertEqual(opened.complaints, [])
