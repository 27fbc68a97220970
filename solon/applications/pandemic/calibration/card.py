"""The card that goes with an ensemble."""

import textwrap
from typing import Any

import numpy as np

from .ensemble import Ensemble

__all__ = ["card"]


def card(ensemble: Ensemble, settings: dict[str, Any]) -> str:
    """What an ensemble is and what it is not for, as Markdown.

    Args:
        ensemble: the members.
        settings: what they were fitted with: `prior` and `effort`.
    """
    arrays, prior = ensemble.arrays, settings["prior"]
    members, states = arrays["intercept"].shape
    low, high = np.quantile(arrays["slope"], [0.05, 0.95])
    fast, slow = arrays["time_constants"].mean(axis=0)
    paragraphs = [
        f"# Card: an ensemble of parameters for {ensemble.rules}",
        f"{members} members of equal weight for {states} states, fitted to what was known at the "
        f"end of {ensemble.start_date} and to nothing later. An episode starts on that day.",
        "- **Epidemic.** Each member has the line of transmission that keeps its mean over the "
        "four months that follow at the levels in force. The slope is "
        f"{arrays['slope'].mean():.4f} per day and level on average (90 % of states and members "
        f"from {low:.4f} to {high:.4f}).",
        f"- **Infection fatality** is {100 * prior['infection_fatality']:.1f} % in all members. It "
        "is assumed: reported deaths do not tell it apart from the number of the infected.",
        f"- **Unemployment** answers to levels with two time constants, {fast:.0f} and {slow:.0f} "
        "days on average.",
        "What it is not for. Of the model that was scored with forecasts, the line keeps neither "
        "the season nor people's own caution: when a policy changes deaths much, people would "
        "react, and the line does not. Vaccines prevent infections in it, but the old are not "
        "vaccinated first. The effect of a level was learned from states that chose their levels "
        "themselves, often because deaths rose: it is a correlation, drawn towards "
        f"{prior['stringency']:g} (in logarithms, per level), and no experiment. Small ensembles "
        "say little about tails.",
        "This informs discussion. It is no advice for real decisions about health or money.",
    ]
    return "\n\n".join(textwrap.fill(text, 100) for text in paragraphs) + "\n"
