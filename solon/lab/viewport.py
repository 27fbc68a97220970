"""Whether a visitor's screen is narrow, which Streamlit does not say."""

import functools
from typing import Any

import streamlit as st

__all__ = ["is_narrow", "watch"]

_KEY = "viewport"
_WIDEST = 640
_SCRIPT = f"""
export default function (component) {{
  const query = window.matchMedia("(max-width: {_WIDEST}px)");
  let told = Boolean(component.data && component.data.narrow);
  const tell = () => {{
    if (query.matches !== told) {{
      told = query.matches;
      component.setStateValue("narrow", told);
    }}
  }};
  query.addEventListener("change", tell);
  tell();
  return () => query.removeEventListener("change", tell);
}}
"""


@functools.cache
def _component() -> Any:
    return st.components.v2.component("solon_viewport", js=_SCRIPT)


def watch() -> None:
    """Listen for changes of the width, and draw the page again on each. Once a page, at its end."""
    # Components ask for a callback for what they report.
    _component()(key=_KEY, data={"narrow": is_narrow()}, on_narrow_change=lambda: None)


def is_narrow() -> bool:
    """Whether figures are to have one column, as far as is known."""
    return bool(getattr(st.session_state.get(_KEY), "narrow", False))
