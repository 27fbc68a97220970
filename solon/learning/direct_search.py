"""Direct search: try schedules, keep to where scores are high. It needs nothing but scores.

It is what a learned planner has to beat: the same choices, with the same budget, but without
looking at the economy.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from ..errors import require, require_number, require_whole

__all__ = ["Generation", "SearchResult", "direct_search"]

_FIRST_STEP = 0.3


@dataclasses.dataclass(frozen=True, eq=False)
class Generation:
    """What a generation of a search came to.

    Attributes:
        evaluations: candidates scored so far.
        best: the highest score so far.
        mean: score of this generation's candidates.
        center: where the next ones are drawn around.
        spread: how widely, as a share of the range.
    """

    evaluations: int
    best: float
    mean: float
    center: Float[np.ndarray, " numbers"]
    spread: float


@dataclasses.dataclass(frozen=True, eq=False)
class SearchResult:
    """What a search found.

    Attributes:
        best: the candidate with the highest score.
        score: its score. Where scores have luck in them it flatters: score it anew.
        center: where the search ended, the better choice where scores have luck in them.
        evaluations: candidates that were scored.
        history: by generation.
    """

    best: Float[np.ndarray, " numbers"]
    score: float
    center: Float[np.ndarray, " numbers"]
    evaluations: int
    history: tuple[Generation, ...]


def direct_search(
    evaluate: Callable[[Float[np.ndarray, "candidates numbers"]], Any],
    numbers: int,
    *,
    evaluations: int,
    low: float = 0.0,
    high: float = 1.0,
    start: float | Sequence[float] | np.ndarray | None = None,
    population: int | None = None,
    step: float = _FIRST_STEP,
    seed: int = 0,
    watch: Callable[[Generation], None] | None = None,
) -> SearchResult:
    """Search for the numbers with the highest score by CMA-ES.

    Args:
        evaluate: scores of many candidates at once, higher being better. For a planner: set each
            candidate's rates, let workers adapt, and return the objective.
        numbers: how many there are to choose, such as a rate a bracket.
        evaluations: candidates to score in all, rounded up to whole generations.
        low: the lowest that each number may be.
        high: the highest.
        start: where to begin; the middle of the range if left out.
        population: candidates in a generation; 4 + 3 ln(numbers) if left out.
        step: standard deviation of the first generation, as a share of the range.
        seed: of the search; the same seed tries the same candidates.
        watch: called after each generation.

    Returns:
        The best candidate, and how the search went.

    Raises:
        ConfigurationError: for a value that is not allowed, or a score that is no finite number.

    Source:
        Hansen and Ostermeier (2001), Completely derandomized self-adaptation in evolution
        strategies, Evolutionary Computation 9; the package `cmaes` of Nomura and Shibata (2024),
        arXiv 2402.01373.
    """
    from cmaes import CMA

    numbers = require_whole("numbers", numbers, low=1, high=10_000)
    evaluations = require_whole("evaluations", evaluations, low=1, high=10**9)
    low = require_number("low", low, low=-float("inf"))
    high = require_number("high", high, low=low, above=True)
    step = require_number("step", step, low=0, high=10, above=True)
    if population is not None:
        population = require_whole("population", population, low=4, high=10**6)
    wanted = 0.5 if start is None else (np.asarray(start, float) - low) / (high - low)
    first = np.broadcast_to(wanted, (numbers,)).astype(float)
    inside = bool(np.all((first >= 0) & (first <= 1)))
    require(inside, "start", start, f"numbers from {low:g} to {high:g}")
    # One number more where there is only one: the algorithm wants two, and nothing depends on it.
    spare = int(numbers == 1)
    search = CMA(
        mean=np.append(first, np.full(spare, 0.5)),
        sigma=step,
        bounds=np.tile([0.0, 1.0], (numbers + spare, 1)),
        seed=seed,
        population_size=population,
    )
    best, score = first, -np.inf
    history: list[Generation] = []
    done = 0
    while done < evaluations:
        asked = [search.ask() for _ in range(search.population_size)]
        candidates = low + (high - low) * np.array(asked)[:, :numbers]
        scores = np.asarray(evaluate(candidates), float)
        proper = scores.shape == (len(asked),) and bool(np.isfinite(scores).all())
        require(proper, "scores", scores.shape, f"{len(asked)} finite numbers")
        done += len(asked)
        if scores.max() > score:
            best, score = candidates[np.argmax(scores)], float(scores.max())
        # It makes small what it is told.
        search.tell([(x, -float(s)) for x, s in zip(asked, scores, strict=True)])
        center = np.clip(search.mean[:numbers], 0, 1)
        history.append(
            Generation(
                evaluations=done,
                best=score,
                mean=float(scores.mean()),
                center=low + (high - low) * center,
                spread=float(np.std(np.array(asked)[:, :numbers], axis=0).mean()),
            )
        )
        if watch is not None:
            watch(history[-1])
    return SearchResult(best, score, history[-1].center, done, tuple(history))
