"""A view's state is in its address, so that a link opens it again.

Widgets keep their values there themselves: give them a `key` and `bind=ADDRESS`. The key is the
name in the address. What is more than one widget's value goes through `read` and `write`.
"""

from typing import Final, Literal

import streamlit as st

__all__ = ["ADDRESS", "read", "write"]

ADDRESS: Final[Literal["query-params"]] = "query-params"
"""For the argument `bind` of a widget."""


def read(name: str, default: str = "") -> str:
    """A text in the address."""
    return st.query_params.get(name, default)


def write(name: str, value: str | None) -> None:
    """Put a text into the address; None takes it out. Nothing happens if it is there already."""
    if value is None:
        if name in st.query_params:
            del st.query_params[name]
    elif st.query_params.get(name) != value:
        st.query_params[name] = value
