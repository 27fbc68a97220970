"""The room Home, and what a visitor's text may do on a page."""

import importlib

import pytest

from solon.lab import style
from solon.lab.rooms import ROOMS
from solon.lab.rooms.home import QUESTIONS
from tests.lab.conftest import texts


def test_three_questions_lead_to_rooms(lab):
    page = lab("home")
    assert not page.exception and not page.error
    assert [head.value for head in page.subheader] == [q.words for q in QUESTIONS]
    assert "nothing is sent" in texts(page.markdown)
    rooms = {room.module for room in ROOMS}
    for question in QUESTIONS:
        assert question.room in rooms
        assert {a.get("room", question.room) for a in question.examples.values()} <= rooms


def test_every_room_can_be_drawn():
    for room in ROOMS:
        module = importlib.import_module(f"solon.lab.rooms.{room.module}")
        assert callable(module.render)


@pytest.mark.parametrize(
    "given",
    ["<script>alert(1)</script>", "[a](http://x)", "**b**", ":red[x]", "`c`", "$x^2$", "a|b"],
)
def test_text_of_a_visitor_is_shown_as_it_is(given):
    import markdown_it

    rendered = markdown_it.MarkdownIt("commonmark", {"html": False}).render(style.plain(given))
    assert "<script" not in rendered and "<a" not in rendered and "<strong" not in rendered
    assert "<code" not in rendered
    import html
    import re

    assert html.unescape(re.sub(r"</?p>\n?", "", rendered)) == given
