"""Every room at two sizes, light and dark: in time, within the window, readable, and at home."""

import pathlib
import re

import pytest

from solon.lab.rooms import ROOMS
from tests.browser.conftest import PHONE, SECONDS, SHOTS, WIDE

ADDRESSES = {room.module: "/" if room.module == "home" else f"/{room.module}" for room in ROOMS}

_FAINT = pathlib.Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")


def test_the_lab_says_that_it_is_ready(visitor):
    guest = visitor()
    guest.open("/")
    text = guest.page.inner_text("body")
    assert text.count("Ready") == 3 and "made ready" not in text


_NAMELESS = """() => [...document.querySelectorAll(
    'input, select, textarea, button, [role="slider"]')]
  .filter((e) => e.offsetParent && !e.disabled)
  .filter((e) => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')
    || e.textContent || e.title || (e.labels && e.labels.length) || e.closest('label')))
  .map((e) => e.outerHTML.slice(0, 160))"""

_TOO_WIDE = """() => [...document.querySelectorAll('[data-testid="stMain"], body')]
  .some((e) => e.scrollWidth > e.clientWidth + 1)"""


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(WIDE, "light"), (PHONE, "light"), (WIDE, "dark")],
    ids=["wide", "phone", "dark"],
)
@pytest.mark.parametrize("room", ADDRESSES)
def test_a_room(visitor, room, size, scheme):
    guest = visitor(size, scheme)
    seconds = guest.open(ADDRESSES[room])
    guest.shot(f"{room}-{size[0]}x{size[1]}-{scheme}")
    with (SHOTS / "seconds.txt").open("a", encoding="utf-8") as file:
        file.write(f"{room} {size[0]}x{size[1]} {scheme}: {seconds:.2f} s\n")
    page = guest.page
    assert "Something went wrong" not in page.inner_text("body")
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.evaluate(_FAINT) == [], "text that can not be read"
    assert page.evaluate(_NAMELESS) == [], "controls without a name"
    figures = page.locator('[data-testid="stPlotlyChart"]').count()
    words = page.get_by_text(re.compile("^In words$")).count()
    assert words >= figures, "figures without words"
    assert not page.evaluate(_TOO_WIDE), "it has to be scrolled sideways"
    assert seconds < SECONDS


def test_the_keyboard_reaches_menu_and_controls(visitor):
    guest = visitor()
    guest.open("/tax")
    reached = set()
    for _ in range(60):
        guest.page.keyboard.press("Tab")
        reached.add(
            guest.page.evaluate(
                """() => {
                  let e = document.activeElement;
                  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
                  return e ? (e.getAttribute('aria-label') || e.innerText || e.tagName) : '';
                }"""
            )
        )
    said = " | ".join(reached)
    for name in (
        "Pandemic",
        "Begin with",
        "Judge by",
        "Rate of bracket 1",
        "Lower edge of bracket 2",
    ):
        assert name in said, said
