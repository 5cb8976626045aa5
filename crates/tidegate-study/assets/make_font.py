"""Makes tidegate-chart.ttf from NanumGothic.ttf, with fonttools: make_font.py NanumGothic.ttf tidegate-chart.ttf"""

import sys

from fontTools import subset
from fontTools.ttLib import TTFont

NAME = "Tidegate Chart"
SIGNS = "₁₂⊙×²³⁻½≤≥→←√∞∂∑−"
RANGES = [(0x20, 0x7F), (0xA0, 0x180), (0x370, 0x400), (0x2010, 0x2040), (0x3131, 0x3164)]
MINUS, EN_DASH, MICRO, MU = 0x2212, 0x2013, 0xB5, 0x3BC


def is_common(syllable: str) -> bool:
    """Whether KS X 1001 has the syllable itself: Python writes others as a sequence of letters."""
    return len(syllable.encode("euc_kr")) == 2


def main(source: str, target: str) -> None:
    font = TTFont(source)
    letters = {chr(code) for first, end in RANGES for code in range(first, end)}
    syllables = {chr(code) for code in range(0xAC00, 0xD7A4) if is_common(chr(code))}
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.name_IDs = [0, 13, 14]
    options.notdef_outline = True
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "vhea", "vmtx", "EBDT", "EBLC", "gasp", "kern", "DSIG"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(letters | syllables | set(SIGNS)))
    subsetter.subset(font)
    for identifier, text in ((1, NAME), (2, "Regular"), (4, NAME), (6, NAME.replace(" ", ""))):
        font["name"].setName(text, identifier, 3, 1, 0x409)
    # The font has neither sign; these look the same.
    glyphs = font.getBestCmap()
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[MINUS], table.cmap[MICRO] = glyphs[EN_DASH], glyphs[MU]
    font.save(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
