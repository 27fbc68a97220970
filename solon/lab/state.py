"""A view's state is in its address, so that a link opens it again.

Widgets keep their values there themselves: give them a `key` and `bind=ADDRESS`. The key is the
name in the address. Where the address shall have other words than the page, use `select` and
`number`, or `read` and `write`.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

import streamlit as st

__all__ = ["ADDRESS", "link", "number", "read", "remember_pages", "select", "write"]

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


def select(
    label: str, options: Mapping[str, str], *, key: str, default: str, **settings: Any
) -> str:
    """A choice that the address holds by a short name, and the page by its words.

    Args:
        label: above it.
        options: name in the address -> words.
        key: of the widget, and in the address.
        default: the name that is not written into the address.
        **settings: of `st.selectbox`.
    """
    if st.session_state.get(key) not in options:
        given = read(key, default)
        st.session_state[key] = given if given in options else default
    chosen = st.selectbox(
        label,
        list(options),
        format_func=lambda name: options[name],
        key=key,
        persist_state="session",
        **settings,
    )
    write(key, None if chosen == default else chosen)
    return chosen


def number(
    label: str, *, key: str, default: int, low: int, high: int, step: int = 1, **settings: Any
) -> int:
    """A whole number on a slider that the address holds.

    Args:
        label: above it.
        key: of the widget, and in the address.
        default: what is not written into the address.
        low: end of the slider.
        high: its other end.
        step: from value to value.
        **settings: of `st.slider`.
    """
    if key not in st.session_state:
        given = read(key)
        fits = given.isascii() and given.isdigit() and len(given) < 10
        value = int(given) if fits else default
        st.session_state[key] = value if low <= value <= high else default
    chosen = st.slider(label, low, high, step=step, key=key, persist_state="session", **settings)
    write(key, None if chosen == default else str(chosen))
    return int(chosen)


def remember_pages(pages: Mapping[str, Any]) -> None:
    """Keep the pages by the name of their room, for `link`."""
    st.session_state["pages"] = dict(pages)


def link(
    room: str, label: str, *, address: Mapping[str, str] | None = None, icon: str | None = None
) -> None:
    """A link to a room.

    Args:
        room: its name.
        label: words of the link, Markdown.
        address: what stands in the address, by the keys of the room's widgets.
        icon: before the words.
    """
    page = st.session_state.get("pages", {}).get(room)
    if page is None:
        st.markdown(label)
        return
    st.page_link(page, label=label, icon=icon, query_params=dict(address or {}))
