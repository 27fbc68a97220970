"""A view's state is in its address, so that a link opens it again.

`select`, `number` and `decimal` are widgets that keep their values there; the key is the name in
the address.
What is no widget goes through `read` or `arrived`, and `write`. (Streamlit's own `bind` writes the
words of a choice into the address, which change more often than its name does.)
"""

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

__all__ = ["arrived", "decimal", "link", "number", "read", "remember_pages", "select", "write"]

_DECIMAL = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")


def read(name: str, default: str = "") -> str:
    """A text in the address."""
    return st.query_params.get(name, default)


def arrived(name: str) -> str | None:
    """A text in the address that a link brought, or a way back: not what was written last."""
    given = st.query_params.get(name)
    return given if given != st.session_state.get(f"address {name}") else None


def write(name: str, value: str | None) -> None:
    """Put a text into the address; None takes it out. Nothing happens if it is there already."""
    st.session_state[f"address {name}"] = value
    if value is None:
        if name in st.query_params:
            del st.query_params[name]
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def select(
    label: str,
    options: Mapping[str, str],
    *,
    key: str,
    default: str,
    in_a_row: bool = False,
    **settings: Any,
) -> str:
    """A choice that the address holds by a short name, and the page by its words.

    Args:
        label: above it.
        options: name in the address -> words.
        key: of the widget, and in the address.
        default: the name that is not written into the address.
        in_a_row: buttons side by side instead of a list that opens.
        **settings: of `st.selectbox`, or of `st.segmented_control`.
    """
    given = arrived(key)
    if given in options:
        st.session_state[key] = given
    elif st.session_state.get(key) not in options:
        st.session_state[key] = default
    widget: Any = st.segmented_control if in_a_row else st.selectbox
    chosen: str = widget(
        label,
        list(options),
        format_func=lambda name: options[name],
        key=key,
        persist_state="session",
        **({"required": True} if in_a_row else {}),
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
    given = arrived(key) or ""
    if given.isascii() and given.isdigit() and len(given) < 10 and low <= int(given) <= high:
        st.session_state[key] = int(given)
    elif key not in st.session_state:
        st.session_state[key] = default
    chosen = st.slider(label, low, high, step=step, key=key, persist_state="session", **settings)
    write(key, None if chosen == default else str(chosen))
    return int(chosen)


def decimal(
    label: str, *, key: str, default: float, low: float, high: float, step: float, **settings: Any
) -> float:
    """A number on a slider that the address holds, as `number` for whole ones.

    Args:
        label: above it.
        key: of the widget, and in the address.
        default: what is not written into the address.
        low: end of the slider.
        high: its other end.
        step: from value to value.
        **settings: of `st.slider`.
    """
    given = arrived(key) or ""
    if _DECIMAL.fullmatch(given) and low <= float(given) <= high:
        st.session_state[key] = float(given)
    elif key not in st.session_state:
        st.session_state[key] = default
    chosen = st.slider(label, low, high, step=step, key=key, persist_state="session", **settings)
    # Sums of steps are not what their decimals say.
    chosen = round(float(chosen), 6)
    write(key, None if chosen == default else f"{chosen:g}")
    return chosen


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
