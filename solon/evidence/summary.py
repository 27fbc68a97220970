"""The table of a study: a small JSON file in which each published number can be looked up."""

import dataclasses
import itertools
import json
import pathlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import ConfigurationError, require
from ..runs.atomic import write_file
from .bootstrap import Scores, checked_scores
from .comparison import compare
from .social_measures import SOCIAL_MEASURES
from .statistics import mean

__all__ = ["CONFIRMATORY_SEEDS", "RegimeScores", "summary", "write_summary"]

CONFIRMATORY_SEEDS = 5
"""With fewer training seeds a result is exploratory and has no interval."""


@dataclasses.dataclass(frozen=True, eq=False)
class RegimeScores:
    """What the trainings under one regime came to.

    Attributes:
        regime: what people call it.
        world: the economy and its layout, such as "open-quadrant, 4 workers".
        rules: name and version of the economy's rules, and "foundation" where they are the
            original's.
        scores: metric -> numbers (seeds, episodes).
        steps: environment steps of a training, phases together.
        minutes: wall time of a training, mean over seeds.
    """

    regime: str
    world: str
    rules: str
    scores: Mapping[str, Scores]
    steps: int
    minutes: float


def summary(
    regimes: Sequence[RegimeScores],
    *,
    command: str,
    version: str,
    pairs: Iterable[tuple[str, str]] | None = None,
) -> dict[str, Any]:
    """The table of a study as JSON values.

    Args:
        regimes: those of one world and the same rules that have the same seeds and episodes are
            compared.
        command: that makes the study.
        version: of the code.
        pairs: regimes to compare, as (a, b); each with each where left out.

    Returns:
        `regimes`, with mean and interval of each metric; `comparisons`, with the ratio of a to b
        and its interval, the probability of improvement and the correlation over episodes;
        `command` and `version`. What is exploratory (fewer than `CONFIRMATORY_SEEDS`)
        has null for `low` and `high`. Where a ratio has no meaning (see
        `SocialMeasure.ratios`, or scores of 0 or below) it is null with its interval.

    Raises:
        ConfigurationError: if two regimes cannot be told apart, or a pair names none.
    """
    keys = [(one.regime, one.world, one.rules) for one in regimes]
    require(len(set(keys)) == len(keys), "regimes", keys, "each regime of a world once")
    names = sorted({one.regime for one in regimes})
    wanted = None if pairs is None else list(pairs)
    for name in itertools.chain.from_iterable(wanted or []):
        require(name in names, "pairs", name, ", ".join(names))
    rows = [row for one in regimes for row in _regime_rows(one)]
    comparisons = [
        row
        for a, b in itertools.permutations(regimes, 2)
        if (a.world, a.rules) == (b.world, b.rules)
        and ((a.regime, b.regime) in wanted if wanted is not None else _before(regimes, b, a))
        for row in _comparison_rows(a, b)
    ]
    return {"regimes": rows, "comparisons": comparisons, "command": command, "version": version}


def write_summary(path: pathlib.Path, table: Mapping[str, Any]) -> None:
    """Write what `summary` made, such that the file is whole or not there.

    Raises:
        ConfigurationError: if it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, (json.dumps(table, indent=1, allow_nan=False) + "\n").encode())
    except OSError as error:
        allowed = f"a file that can be written ({error.strerror})"
        raise ConfigurationError("summary", str(path), allowed) from None


def _before(regimes: Sequence[RegimeScores], first: RegimeScores, second: RegimeScores) -> bool:
    """The baseline of a comparison is listed before what is compared with it."""
    return regimes.index(first) < regimes.index(second)


def _regime_rows(one: RegimeScores) -> Iterable[dict[str, Any]]:
    for metric, scores in one.scores.items():
        seeds, episodes = checked_scores(scores, metric).shape
        estimate, shown = mean(scores), seeds >= CONFIRMATORY_SEEDS
        yield {
            "regime": one.regime,
            "world": one.world,
            "rules": one.rules,
            "metric": metric,
            "mean": estimate.value,
            "low": estimate.low if shown else None,
            "high": estimate.high if shown else None,
            "seeds": seeds,
            "episodes": episodes,
            "steps": one.steps,
            "minutes": one.minutes,
        }


def _comparison_rows(a: RegimeScores, b: RegimeScores) -> Iterable[dict[str, Any]]:
    for metric in a.scores:
        if metric not in b.scores or a.scores[metric].shape != b.scores[metric].shape:
            continue
        found = compare(a.scores[metric], b.scores[metric])
        measure = SOCIAL_MEASURES.get(metric)
        ratio = found.ratio if measure is None or measure.ratios else None
        shown = found.seeds >= CONFIRMATORY_SEEDS
        yield {
            "world": a.world,
            "rules": a.rules,
            "a": a.regime,
            "b": b.regime,
            "metric": metric,
            "ratio": ratio.value if ratio else None,
            "low": ratio.low if ratio and shown else None,
            "high": ratio.high if ratio and shown else None,
            "probability_of_improvement": found.probability_of_improvement.value,
            "correlation": found.correlation,
        }
