"""What holds for every page that the command writes, in every language that there is of it."""

import re
from pathlib import Path

from opened_page import DESK, PHONE, OpenedPage
from playwright.sync_api import Browser

LANGUAGES = ("en", "ko")
LOOKS = {"light": (DESK, "light"), "dark": (DESK, "dark"), "phone": (PHONE, "light"), "phone-dark": (PHONE, "dark")}
KOREAN = re.compile("[가-힣]")

# What stands in Latin letters on Korean pages too: names of cells, functions, formats, libraries and units of a processor,
# files, and options of the command.
LATIN = re.compile(r"[A-Za-z]{4,}")
FILES_AND_OPTIONS = re.compile(r"[\w.*<>/-]+\.(?:json|csv|npy|npz|safetensors|html|svg)\b|--[a-z-]+")
ALLOWED = {"Tidegate", "LSTM", "ReLU", "relu", "tanh", "MIDI", "JavaScript", "NumPy", "PyTorch", "Keras", "cuDNN", "NEON"}


def latin_words(texts: list[str]) -> list[str]:
    """Words of four or more Latin letters that do not belong on a Korean page, each with what stands around it."""
    found = []
    for text in texts:
        words = LATIN.findall(FILES_AND_OPTIONS.sub(" ", text))
        found += [f"{word}: {text}" for word in words if word not in ALLOWED]
    return found


class PageChecks:
    """Checks for a test case whose class gives what is declared here: `pages` is a file for each language."""

    browser: Browser
    screenshots: Path
    name: str
    pages: dict[str, Path]
    shared: dict[tuple[str, str], OpenedPage]

    def opened(self, language: str, look: str = "light") -> OpenedPage:
        """The page with its charts drawn. It is opened once: what changes it sets it back, or opens its own."""
        key = (language, look)
        if key not in self.shared:
            opened = OpenedPage(self.browser, self.pages[language], *LOOKS[look])
            opened.wait_for_charts()
            self.shared[key] = opened
        return self.shared[key]

    def test_no_complaint_and_no_request_beyond_the_file(self):
        for language, path in self.pages.items():
            with self.subTest(language=language):
                opened = self.opened(language)
                self.assertEqual(opened.complaints, [])
                self.assertEqual(opened.requests_beyond(path), [])

    def test_every_chart_is_drawn(self):
        for language in self.pages:
            with self.subTest(language=language):
                opened = self.opened(language)
                marks = opened.wait_for_charts()
                self.assertTrue(marks and all(mark > 0 for mark in marks), marks)

    def test_language_and_headline_are_those_asked_for(self):
        for language in self.pages:
            with self.subTest(language=language):
                opened = self.opened(language)
                self.assertEqual(opened.page.locator("html").get_attribute("lang"), language)
                self.assertEqual(opened.page.locator("h1").count(), 1)
                headlines = opened.page.locator("h1, h2").all_inner_texts()
                self.assertEqual(bool(KOREAN.search(headlines[0])), language == "ko", headlines)
                if language == "en":
                    self.assertIsNone(KOREAN.search(opened.page.locator("body").inner_text()))

    def test_a_phone_does_not_scroll_sideways(self):
        for language in self.pages:
            with self.subTest(language=language):
                opened = self.opened(language, "phone")
                self.assertEqual(opened.too_wide(), [])

    def test_a_phone_breaks_no_number(self):
        for language in self.pages:
            with self.subTest(language=language):
                self.assertEqual(self.opened(language, "phone").broken_numbers(), [])

    def test_screenshots_are_taken(self):
        self.screenshots.mkdir(parents=True, exist_ok=True)
        for language in self.pages:
            for look in LOOKS:
                with self.subTest(language=language, look=look):
                    picture = self.screenshots / f"{self.name}-{language}-{look}.png"
                    self.opened(language, look).page.screenshot(path=picture, full_page=True)

    def test_the_page_prints(self):
        self.screenshots.mkdir(parents=True, exist_ok=True)
        for language in self.pages:
            with self.subTest(language=language):
                opened = self.opened(language)
                opened.page.emulate_media(media="print")
                opened.page.screenshot(path=self.screenshots / f"{self.name}-{language}-print.png", full_page=True)
                printed = opened.page.pdf(path=self.screenshots / f"{self.name}-{language}.pdf", format="A4")
                opened.page.emulate_media(media="null")
                self.assertTrue(printed.startswith(b"%PDF"))
                self.assertEqual(opened.complaints, [])


class CellChecks(PageChecks):
    """Checks for a page about cells, which there is in every language."""

    def test_korean_pages_hold_no_english(self):
        self.assertEqual(latin_words(self.opened("ko").visible_texts()), [])

    def test_the_page_says_that_the_update_gate_keeps(self):
        words = {"en": "keeps", "ko": "유지"}
        for language in self.pages:
            with self.subTest(language=language):
                opened = self.opened(language)
                self.assertIn(words[language], opened.page.locator("body").inner_text())
