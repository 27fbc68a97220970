import itertools

import pytest

from solon.figures.theme import DARK, LIGHT, Style, label, wrapped

MARKS = (
    *("stone", "wood", "build", "sales", "purchases", "taxes", "transfers", "before", "after"),
    "muted",
)


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_marks_stand_out_from_the_paper(palette):
    assert contrast(palette.ink, palette.paper) >= 7
    assert contrast(palette.muted, palette.paper) >= 4.5
    for colour in (*palette.regimes, *(getattr(palette, name) for name in MARKS)):
        assert contrast(colour, palette.paper) >= 3, colour
    for colour in (*palette.workers(4), palette.stone, palette.wood):
        assert contrast(colour, palette.ground) >= 2.8, colour


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_workers_who_are_paid_more_stand_out_more(palette):
    assert palette.workers(4) == list(palette.skill)
    assert palette.workers(1) == [palette.skill[-1]]
    contrasts = [contrast(colour, palette.paper) for colour in palette.workers(100)]
    assert all(a <= b + 0.05 for a, b in itertools.pairwise(contrasts))


def test_regimes_are_told_apart_without_colour():
    assert len({Style().dash(i) for i in range(6)}) == 6
    assert len({Style().regime(i) for i in range(6)}) == 6


def test_names_are_plain_text_for_plotly():
    assert label("<b>a</b> & b\n c") == "&lt;b&gt;a&lt;/b&gt; &amp; b c"
    assert label("x" * 60, 10) == "x" * 9 + "…"
    assert wrapped("one two <i> three", 8, 2) == "one two<br>&lt;i&gt; …"
