"""What stands around every room: its look, its warm-up, and words for what goes wrong in it."""

import importlib
import logging

import streamlit as st

from ..errors import ConfigurationError
from ..runs.errors import RunError
from . import component, style, warm
from .foreign import plain
from .rooms import ROOMS
from .words import in_words

__all__ = ["draw"]

_MODULES = {room.name: room.module for room in ROOMS}
_LOG = logging.getLogger("solon.lab")


def draw(room: str) -> None:
    """Draw a room.

    Args:
        room: its name.
    """
    style.apply()
    module = importlib.import_module(_MODULES[room])
    if warm.show(room):
        try:
            module.render()
        except ConfigurationError as error:
            st.error(plain(in_words(error)))
        except RunError as error:
            st.error(plain(error))
        except Exception:
            _LOG.exception("the room %s failed", room)
            st.error(
                "Something went wrong in this room; the terminal has the details. Your settings "
                "are still in the address: reload the page to try again."
            )
    component.watch_width()
