"""The room `pandemic`."""

import streamlit as st

__all__ = ["render"]


def render() -> None:
    """Draw the room."""
    st.title("Pandemic")
