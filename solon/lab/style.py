"""How the lab looks: the colours of the figures, system fonts, and room for narrow screens."""

import string
from typing import Any

from ..figures.theme import DARK, FONT, LIGHT, Palette, Style
from .foreign import plain

__all__ = ["ICON", "apply", "figure", "figure_style", "plain", "theme"]

ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='6' fill='%230072b2'/%3E"
    "%3Cpath d='M6 24h6v-6h6v-5h8V8' fill='none' stroke='white' stroke-width='3'/%3E%3C/svg%3E"
)
"""Of the browser's tab: a tax schedule."""

_MONOSPACE = 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace'


def theme() -> dict[str, Any]:
    """Streamlit's theme, light and dark, from the palettes of the figures."""
    shared = {
        "theme.font": FONT,
        "theme.headingFont": FONT,
        "theme.codeFont": _MONOSPACE,
        "theme.baseRadius": "6px",
        "theme.headingFontSizes": ["2rem", "1.5rem", "1.2rem", "1.05rem", "1rem", "0.9rem"],
        "theme.showWidgetBorder": True,
        "theme.codeFontSize": "0.875rem",
    }
    return {**shared, **_colours("light", LIGHT), **_colours("dark", DARK)}


def _colours(name: str, palette: Palette) -> dict[str, Any]:
    light = palette is LIGHT
    return {
        f"theme.{name}.primaryColor": palette.build,
        f"theme.{name}.backgroundColor": palette.paper,
        f"theme.{name}.secondaryBackgroundColor": "#f3f4f6" if light else "#1e2228",
        f"theme.{name}.textColor": palette.ink,
        f"theme.{name}.codeTextColor": palette.ink,
        f"theme.{name}.linkColor": palette.build if light else palette.sales,
        f"theme.{name}.borderColor": "#c6cbd2" if light else "#444b55",
    }


def apply() -> None:
    """Rules for the page that a theme has no words for."""
    import streamlit as st

    palette = figure_style().palette
    colours = {"primary": palette.build, "paper": palette.paper, "muted": palette.muted}
    st.html(f"<style>{_RULES.substitute(colours)}</style>")


_RULES = string.Template("""
.block-container { max-width: 1240px; padding: 4.5rem 2rem 4rem; }
@media (max-width: 640px) {
  .block-container { padding: 4rem 0.9rem 3rem; }
  [class*="st-key-numbers-"] [data-testid="stColumn"] {
    min-width: 40% !important; flex: 1 1 40% !important;
  }
  [class*="st-key-numbers-"] [data-testid="stMetricValue"] { font-size: 1.35rem; }
  [class*="st-key-numbers-"] [data-testid="stMetric"] > div { padding: 0.6rem; }
  [class*="st-key-numbers-"] [data-testid="stMetricLabel"] *,
  [class*="st-key-numbers-"] [data-testid="stMetricDelta"] * { white-space: normal; }
  [class*="st-key-numbers-"] [data-testid="stMetricLabel"] * { font-size: 0.8rem; }
  [class*="st-key-numbers-"] [data-testid="stMetricDelta"] { font-size: 0.72rem; }
}
[data-testid="stMarkdownContainer"] table {
  display: block; max-width: 100%; overflow-x: auto; width: fit-content;
}
[data-testid="stMarkdownContainer"] td:not(:first-child) { white-space: nowrap; }
[class*="st-key-question-"] [data-testid="stPageLink"] a { text-decoration: underline; }
[class*="st-key-go-"] [data-testid="stPageLink"] a {
  background: $primary; border-radius: 6px; padding: 0.35rem 0.9rem; text-decoration: none;
}
[class*="st-key-go-"] a * { color: $paper !important; }
button[kind^="primary"] *, [data-tag] * { color: $paper !important; }
[data-testid="stCaptionContainer"] { opacity: 1; color: $muted; }
[data-testid="stCaptionContainer"] * { color: $muted; }
[class*="st-key-go-"] a:hover { filter: brightness(1.12); }
""")


def figure_style() -> Style:
    """The style of figures for this visitor: light or dark as their browser has it."""
    import streamlit as st

    from .component import is_narrow

    dark = st.context.theme.type == "dark"
    return Style(DARK if dark else LIGHT, narrow=is_narrow())


def figure(drawn: Any, *, key: str, caption: str = "") -> None:
    """Show a figure of `solon.figures` with its caption and what it shows in words."""
    import streamlit as st

    from ..figures import describe

    settings = {"displayModeBar": False, "responsive": True, "displaylogo": False}
    # Another width or another light is another figure: plotly keeps what it can of an old one.
    look = figure_style()
    key = f"{key}-{'narrow' if look.narrow else 'wide'}-{look.palette.paper}"
    st.plotly_chart(drawn, key=key, theme=None, config=settings, width="stretch")
    if caption:
        st.caption(caption)
    with st.expander("In words"):
        st.markdown(plain(describe(drawn), most=4000))
