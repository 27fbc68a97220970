"""What a report of Gather-Trade-Build has more than that of any economy."""

from collections.abc import Sequence

from ....errors import require
from ....figures.sections import Figures
from ..outcomes import Evaluation
from .activity import activity, coin_sources
from .episode_map import pack
from .lorenz import lorenz
from .prices import prices
from .tax_schedule import tax_schedule

__all__ = ["check", "economy", "episode", "pack"]


def check(evaluations: Sequence[Evaluation]) -> None:
    """Raise unless they can be shown side by side.

    Raises:
        ConfigurationError: if the numbers of workers differ.
    """
    counts = [one.worker_count for one in evaluations]
    same = len(set(counts)) <= 1
    require(same, "evaluations", counts, "the same number of workers under every regime")


def economy(evaluations: Sequence[Evaluation], figures: Figures) -> list[str]:
    """Taxes, incomes, work and trade of Gather-Trade-Build."""
    return [
        "<h2>Taxes and incomes</h2>",
        figures.add(
            "tax-schedule",
            lambda style: tax_schedule(evaluations, style),
            "Marginal and average tax rates, over the distribution of the incomes that they fall "
            "on: share of worker-periods, with the edges of the brackets dotted. Income is what "
            "houses and sales brought in a tax period less purchases, so that it can be negative. "
            "The highest half percent of incomes is beyond the right edge.",
        ),
        figures.add(
            "lorenz",
            lambda style: lorenz(evaluations, style),
            "Lorenz curves of income over the year, before tax and after tax and transfer, as "
            "means over episodes. Gini coefficients are multiplied by n/(n − 1): 1 means that one "
            "worker has everything.",
        ),
        "<h2>Who gathers, trades and builds</h2>",
        figures.add(
            "activity",
            lambda style: activity(evaluations, style),
            "Mean over episodes by worker; thin lines run from the 10th to the 90th percentile of "
            "the episodes. Workers are ranked by what they are paid for a house.",
        ),
        figures.add(
            "coin",
            lambda style: coin_sources(evaluations, style),
            "Where coin comes from (above zero) and where it goes (below), by worker; mean over "
            "episodes.",
        ),
        "<h2>The market</h2>",
        figures.add(
            "prices",
            lambda style: prices(evaluations, style),
            "Mean price of a trade (coin over units of all episodes) in windows of the year, with "
            "the 10th to 90th percentile of the episodes, and units traded an episode below.",
        ),
    ]


def episode(evaluations: Sequence[Evaluation]) -> list[str]:
    """The place of the player."""
    starts = ", under each regime from the same start" if len(evaluations) > 1 else ""
    return [
        "<h2>One year on the map</h2>",
        f"<p>The first evaluation episode{starts}. Arrows show a unit going from seller to "
        "buyer.</p>",
        '<div id="player"></div>',
    ]
