"""The card of the pandemic simulation, which goes with its results."""

import importlib.resources

__all__ = ["ADVICE", "simulation_card"]

#: The first line of the card, shown wherever results are.
ADVICE = (
    "This simulation informs discussion. It is no advice for real decisions about health or money."
)


def simulation_card() -> str:
    """What the simulation is for, what it leaves out and what to be careful about, as Markdown."""
    folder = importlib.resources.files("solon") / "economies" / "pandemic"
    return (folder / "CARD.md").read_text(encoding="utf-8")
