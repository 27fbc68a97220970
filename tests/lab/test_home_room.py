"""The room Home, and what a visitor's text may do on a page."""

import importlib

from streamlit.testing.v1 import AppTest

from solon.lab.rooms import ROOMS
from solon.lab.rooms.home import QUESTIONS
from solon.lab.settings import Settings, configure
from tests.lab.conftest import APP, texts


def test_three_questions_lead_to_rooms(lab):
    page = lab("home")
    assert not page.exception and not page.error
    assert [head.value for head in page.subheader] == [q.words for q in QUESTIONS]
    assert "nothing is sent" in texts(page.markdown)
    rooms = {room.name for room in ROOMS}
    for question in QUESTIONS:
        assert question.room in rooms
        assert {a.get("room", question.room) for a in question.examples.values()} <= rooms


def test_the_app_opens_with_home():
    configure(Settings(warm=False))
    try:
        page = AppTest.from_file(str(APP), default_timeout=60).run()
    finally:
        configure(Settings())
    assert not page.exception and page.title[0].value == "Change a policy, and see what follows"


def test_a_link_opens_in_a_tab_that_is_in_use():
    def script():
        import streamlit as st

        from solon.lab import state

        chosen = state.select("one", {"a": "A", "b": "B", "c": "C"}, key="one", default="a")
        number = state.number("two", key="two", default=1, low=0, high=9)
        st.text(f"{chosen} {number}")
        row = state.select("3", {"x": "X", "y": "Y"}, key="row", default="x", in_a_row=True)
        exact = state.decimal("4", key="exact", default=0.5, low=0.1, high=1.5, step=0.05)
        st.text(f"{row} {exact}")

    page = AppTest.from_function(script)
    page.query_params["one"] = "b"
    page = page.run()
    assert page.text[0].value == "b 1"
    page = page.selectbox(key="one").select("c").run()
    page = page.slider(key="two").set_value(7).run()
    assert page.text[0].value == "c 7"
    assert (page.query_params["one"], page.query_params["two"]) == ("c", "7")
    page.query_params["one"], page.query_params["two"] = "b", "x"
    page = page.run()
    assert page.text[0].value == "b 7"
    page = page.selectbox(key="one").select("a").run()
    assert page.text[0].value == "a 7" and "one" not in page.query_params
    page.query_params["row"], page.query_params["exact"] = "y", "0.85"
    assert page.run().text[1].value == "y 0.85"
    page = page.slider(key="exact").set_value(0.3).run()
    assert page.query_params["exact"] == "0.3"
    page = page.button_group(key="row").set_value("x").run()
    assert page.text[1].value == "x 0.3" and "row" not in page.query_params
    for bad in ("9", "-0.3", "nan", "0.5e0"):
        page.query_params["exact"] = bad
        page = page.run()
        assert page.text[1].value == "x 0.3" and page.query_params["exact"] == "0.3"


def test_every_room_can_be_drawn():
    for room in ROOMS:
        module = importlib.import_module(room.module)
        assert callable(module.render)
