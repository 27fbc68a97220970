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


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("room", ADDRESSES)
def test_a_room_is_drawn_in_time_and_within_the_window(visitor, room, size):
    guest = visitor(size)
    seconds = guest.open(ADDRESSES[room])
    guest.shot(f"{room}-{size[0]}x{size[1]}")
    with (SHOTS / "seconds.txt").open("a", encoding="utf-8") as file:
        file.write(f"{room} {size[0]}x{size[1]}: {seconds:.2f} s\n")
    assert seconds < SECONDS
    too_wide = guest.page.evaluate(
        """() => [...document.querySelectorAll('[data-testid="stMain"], body')]
          .some((e) => e.scrollWidth > e.clientWidth + 1)"""
    )
    assert not too_wide, "it has to be scrolled sideways"
    assert guest.page.locator('[data-testid="stException"]').count() == 0
    assert "Something went wrong" not in guest.page.inner_text("body")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("room", ADDRESSES)
def test_text_can_be_read(visitor, room, scheme):
    guest = visitor(scheme=scheme)
    guest.open(ADDRESSES[room])
    if scheme == "dark":
        guest.shot(f"{room}-dark")
    assert guest.page.evaluate(_FAINT) == []


@pytest.mark.parametrize("room", ADDRESSES)
def test_figures_have_words_and_controls_have_names(visitor, room):
    guest = visitor()
    guest.open(ADDRESSES[room])
    nameless = guest.page.evaluate(
        """() => [...document.querySelectorAll('input, select, textarea, button, [role="slider"]')]
          .filter((e) => e.offsetParent && !e.disabled)
          .filter((e) => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')
            || e.textContent || e.title || (e.labels && e.labels.length) || e.closest('label')))
          .map((e) => e.outerHTML.slice(0, 160))"""
    )
    assert nameless == []
    figures = guest.page.locator('[data-testid="stPlotlyChart"]').count()
    words = guest.page.get_by_text(re.compile("^In words$")).count()
    assert words >= figures


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
