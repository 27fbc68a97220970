"""The lab's page: the menu and the room that was chosen. Streamlit runs it for each visitor."""

import functools

import streamlit as st

from solon.applications import Room
from solon.lab import frame, state, style, warm
from solon.lab.rooms import ROOMS


def _page(room: Room) -> st.Page:
    first = room is ROOMS[0]
    render = functools.partial(frame.draw, room.name)
    return st.Page(render, title=room.title, url_path=room.name, default=first)


def main() -> None:
    """Draw the page."""
    # An icon of Streamlit's own would be fetched from elsewhere.
    st.set_page_config(page_title="Solon lab", page_icon=style.ICON, layout="wide")
    warm.start()
    pages = {room.name: _page(room) for room in ROOMS}
    state.remember_pages(pages)
    st.navigation(list(pages.values()), position="top").run()


if __name__ == "__main__":
    main()
