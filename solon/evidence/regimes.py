"""Trainings that differ in their seed alone are one regime: how sure is what it came to?"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from .bootstrap import Estimate, Scores
from .statistics import difference, luck_correlation, mean
from .summary import CONFIRMATORY_SEEDS

if TYPE_CHECKING:
    from ..runs.players import Players

__all__ = ["Gap", "Regime", "gap", "in_regimes", "level"]


@dataclasses.dataclass(frozen=True, eq=False)
class Regime:
    """Trainings under one regime, all evaluated on the same luck.

    Attributes:
        names: what people call the trainings.
        seeds: of the trainings.
        scores: metric -> (seeds, episodes).
    """

    names: tuple[str, ...]
    seeds: tuple[int, ...]
    scores: Mapping[str, Scores]


@dataclasses.dataclass(frozen=True)
class Gap:
    """By how much a regime is above another on the same luck.

    Attributes:
        estimate: the difference of the means. Its interval is over seeds where both have
            `CONFIRMATORY_SEEDS`, over episodes where both have one, and None in between.
        correlation: over episodes, of trainings of the same seed; None if nothing varies or the
            seeds differ.
        paired: whether trainings of the same seeds were compared.
    """

    estimate: Estimate
    correlation: float | None
    paired: bool


def in_regimes(
    players: "Mapping[str, Players]", among: Sequence[str]
) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
    """Put trainings together that differ in the seed alone.

    They have the same economy with the same options, learners, curriculum, start, planner and
    number of steps; copies of files are compared by what is in them. A second training with the
    same seed stands alone.

    Args:
        players: who acts, by name.
        among: names that may belong together; any other stands alone.

    Returns:
        Names and seeds of each regime in ascending order of the seed; regimes in the order of
        their first name.
    """
    found: dict[str, dict[int, str]] = {}
    for name, each in players.items():
        seed = each.recipe.seed
        key = _all_but_the_seed(each) if name in among else f"alone: {name}"
        if seed in found.get(key, {}):
            key = f"alone: {name}"
        found.setdefault(key, {})[seed] = name
    groups = [sorted(group.items()) for group in found.values()]
    return [(tuple(n for _, n in group), tuple(s for s, _ in group)) for group in groups]


def level(regime: Regime, metric: str) -> Estimate:
    """The mean of a metric, with an interval over seeds where there are `CONFIRMATORY_SEEDS`."""
    scores = regime.scores[metric]
    if len(scores) < CONFIRMATORY_SEEDS:
        return Estimate(float(np.mean(scores)))
    return mean(scores, same_luck=True)


def gap(regime: Regime, baseline: Regime, metric: str) -> Gap:
    """The difference of the means of a metric.

    Trainings of the same seeds are drawn together. Where seeds differ, each regime's are drawn by
    themselves.
    """
    a, b = (np.asarray(one.scores[metric], float) for one in (regime, baseline))
    fewest, most = sorted((len(a), len(b)))
    paired = most == 1 or regime.seeds == baseline.seeds
    correlation = luck_correlation(a, b) if paired else None
    if most == 1 or fewest >= CONFIRMATORY_SEEDS:
        # A single training says nothing about others: its interval is over episodes.
        return Gap(difference(a, b, paired=paired, same_luck=most > 1), correlation, paired)
    return Gap(Estimate(_mean(a) - _mean(b)), correlation, paired)


def _mean(scores: Float[np.ndarray, "seeds episodes"]) -> float:
    return float(scores.mean())


def _all_but_the_seed(players: "Players") -> str:
    config, files = players.recipe.to_config()
    told = {name: value for name, value in config.items() if name != "seed"}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return json.dumps([told, digests, players.steps], sort_keys=True, default=str)
