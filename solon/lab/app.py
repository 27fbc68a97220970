"""The lab's page: the menu and the room that was chosen. Streamlit runs it for each visitor."""

import importlib
import logging

import streamlit as st

from solon.errors import ConfigurationError
from solon.lab import state, style, viewport, warm
from solon.lab.rooms import ROOMS, Room

_LOG = logging.getLogger("solon.lab")


def _page(room: Room) -> st.Page:
    def render() -> None:
        module = importlib.import_module(f"solon.lab.rooms.{room.module}")
        if not warm.show(room.module):
            return
        try:
            module.render()
        except ConfigurationError as error:
            st.error(str(error), icon=":material/error:")
        except Exception:
            _LOG.exception("the room %s failed", room.module)
            st.error(
                "Something went wrong in this room; the terminal has the details. Your settings "
                "are still in the address: reload the page to try again."
            )

    # Streamlit tells pages apart by the name of their function.
    render.__name__ = room.module
    first = room is ROOMS[0]
    return st.Page(render, title=room.title, url_path=room.module, default=first)


def main() -> None:
    """Draw the page."""
    # An icon of Streamlit's own would be fetched from elsewhere.
    st.set_page_config(page_title="Solon lab", page_icon=style.ICON, layout="wide")
    style.apply()
    warm.start()
    pages = {room.module: _page(room) for room in ROOMS}
    state.remember_pages(pages)
    st.navigation(list(pages.values()), position="top").run()
    viewport.watch()


main()
