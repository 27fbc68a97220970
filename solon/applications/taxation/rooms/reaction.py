"""What kind of reaction the Tax room shows, and how far workers who learn again differed."""

import functools
import json
import pathlib
from typing import Any

import streamlit as st

from ....lab.foreign import plain
from . import controls as tax_controls
from . import year as tax_year

__all__ = ["details", "note", "pilot"]

# What workers were trained under in the pilot, and the preset that is nearest to it here.
_PAIRS = {
    "US federal": "us-federal",
    "learned mean": "learned",
}
_SHOWN = {
    "productivity": "coin",
    "equality": "equality",
    "equality_times_productivity": "equality × coin",
}


@functools.cache
def pilot() -> dict[str, Any]:
    """What the pilot found, from the file that `make_pilot` wrote."""
    text = pathlib.Path(__file__).with_name("pilot.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def note(population: str) -> None:
    """One paragraph, always in sight."""
    change = _relative("US federal", "productivity")
    who = plain(tax_year.words(population))
    st.info(
        f"**Which reaction is this?** The workers here are frozen: {who}, "
        "they see the rates and act by what they learned, but do not learn anew. In the pilot, "
        "workers who did learn anew under the US federal rates made "
        f"{abs(change):.0f} % {'less' if change < 0 else 'more'} coin than workers who learned "
        "on without taxes (means of two trainings each). Read what you see here as the first "
        "answer to a tax and not as the last. Under rates of some 50 % and more it is not even "
        "their best one: in the pilot the ablest would mostly have gained by doing nothing in the "
        "second half of the year, so that such taxes look better here than they are."
    )


def details(population: str) -> None:
    """Frozen and re-trained workers beside each other, for the taxes that the pilot had."""
    # Two more policies have to be lived: only for those who ask.
    if st.toggle("How far did workers who learned again differ?", key="tax-again"):
        st.markdown(_table(population))
        st.caption(
            "Change against no taxes. Frozen: this population, the years of this page. Learned "
            f"again: the pilot, means of {pilot()['trainings']} trainings, each with 4 million "
            "steps under the tax. So few make no interval, and they differ from each other by more "
            "than the two columns do. The pilot is described in docs/tax-pilot.md."
        )


def _table(population: str) -> str:
    free = tax_year.year(population, tax_controls.named("free-market"))
    heads = [
        f"{words}, {kind}" for words in _SHOWN.values() for kind in ("frozen", "learned again")
    ]
    lines = ["| tax | " + " | ".join(heads) + " |", "|---|" + "---:|" * len(heads)]
    for regime, name in _PAIRS.items():
        frozen = tax_year.year(population, tax_controls.named(name))
        cells = []
        for measure in _SHOWN:
            base = float(free.episodes[measure].mean())
            cells.append(_percent(100 * (float(frozen.episodes[measure].mean()) / base - 1)))
            cells.append(_percent(_relative(regime, measure)))
        lines.append(f"| {tax_controls.PRESETS[name]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _relative(regime: str, measure: str) -> float:
    """Percent that re-trained workers had more than those without taxes."""
    means = pilot()["means"]
    return 100 * (float(means[regime][measure]) / float(means["free market"][measure]) - 1)


def _percent(value: float) -> str:
    return f"{value:+.0f} %".replace("-", "\N{MINUS SIGN}")
