"""The main job: a planner learns to tax societies nobody describes to it, live, and what it finds.

Then workers of the zoo live under taxes that the zoo has, with revenue and who gains.
"""

import dataclasses
import functools
import html
import os
import pathlib
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..._plain import plain
from ..._terminal import say, tell
from ...errors import ConfigurationError, require
from .outcomes import Evaluation

if TYPE_CHECKING:
    from ...figures.sections import Figures
    from ..unknown_society.scoring import Played
    from ..unknown_society.societies import Societies

__all__ = ["claim", "run"]

_STEPS = 5_000_000
"""Years of the training, of a thousand societies at once: one to two minutes on two cores."""
_SOCIETIES, _SEARCHED = 200, 1000
_EPISODES = 20

#: Entries of the zoo, each with the workers that learned under its tax.
_ENTRIES = {
    "tax/open-quadrant/free-market": "free market",
    "tax/open-quadrant/us-federal": "US federal rates",
    "tax/open-quadrant/learned": "learned tax",
}
_LEARNED, _FORMULA = "learned", "formula that estimates"
_ESTIMATOR, _AVERAGING = "estimator of one model", "estimator of all five"

_NOTE = (
    "One training of a few minutes with one seed, and societies and years that it was not trained "
    "on. Another seed may come out differently: the study (solon reproduce unknown-society) trains "
    "five, and tries societies without shocks, too, in which a formula is as good. The shipped "
    "workers of Open-Quadrant are a pilot's."
)


@dataclasses.dataclass(frozen=True)
class _Found:
    """What planners closed of the gap.

    Attributes:
        shares: title of a panel -> planner -> share by year.
        last: planner -> share in the last five years, mean over models.
        followed: some societies year by year.
    """

    shares: Mapping[str, Mapping[str, Sequence[float]]]
    last: Mapping[str, float]
    followed: Mapping[str, Any]


def run(
    folder: str,
    *,
    seed: int = 0,
    steps: int = _STEPS,
    societies: int = _SOCIETIES,
    episodes: int = _EPISODES,
) -> int:
    """Train the planner, hold it against others, let shipped workers live, and write a report.

    Args:
        folder: for the training and `report.html`; it must not exist, or be empty.
        seed: all luck of the training, and of the years of the shipped workers.
        steps: years of the training, all societies together.
        societies: of each model, to be governed.
        episodes: years of the shipped workers under each tax.

    Returns:
        The exit status.

    Raises:
        ConfigurationError: if the folder cannot be used or an argument is not allowed.
    """
    seed = plain(seed)
    fits = type(seed) is int and 0 <= seed < 2**32
    require(fits, "seed", seed, "an integer from 0 to 4294967295")
    require(folder != "", "run", folder, "the path of a new folder")
    path = pathlib.Path(folder)
    claim(path)
    began = time.monotonic()
    found = _govern(path, seed, steps, societies)
    tell("shipped workers of Open-Quadrant live a year under each tax")
    evaluations = _shipped(seed, episodes)
    out = _report(path, found, evaluations)
    say("", _NOTE, "", f"{out} ({(time.monotonic() - began) / 60:.1f} minutes)")
    return 0


def claim(path: pathlib.Path) -> None:
    """Make the folder, so that it turns out now and not in ten minutes if it cannot be."""
    try:
        free = not os.path.lexists(path) or (path.is_dir() and not any(path.iterdir()))
        require(free, "run", str(path), "a folder that does not exist yet, or is empty")
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror
        raise ConfigurationError("run", str(path), f"a place to write to ({reason})") from None


def _govern(path: pathlib.Path, seed: int, steps: int, count: int) -> _Found:
    """Train a planner over five models and let it govern societies of each."""
    from ...agents import MostProbable
    from ..unknown_society.policies.opening import opened
    from ..unknown_society.societies import FAMILY, Societies
    from ..unknown_society.study.shares import PERIODS, share
    from ..unknown_society.training import recipe_of, train_planner

    # Incomes have yearly shocks, as they have outside: without them two years tell a formula all.
    family = Societies(FAMILY, shocks=True)
    recipe = recipe_of(family, steps=steps, seed=seed)
    tell("a planner learns to tax societies of five models; nobody tells it which one it meets")
    trained = MostProbable(train_planner(recipe, path, quiet=False))
    planner = opened(trained, family, count=_SEARCHED, seed=seed)
    tell("it governs societies that it has not met, beside others who are not told either")
    first = {one: _single_rate(one, seed) for one in (family.each()[0], family)}
    rates = tuple(first.values())
    played = {one.models[0]: _played(one, planner, rates, seed, count) for one in family.each()}
    gains = {name: _gains(*each) for name, each in played.items()}
    standard = gains[FAMILY[0]]
    shares = {
        "standard model": {who: one.by_year() for who, one in standard.items()},
        "mean of five models": {
            who: np.mean([table[who].by_year() for table in gains.values()], axis=0)
            for who in standard
        },
    }
    last = {
        who: float(np.mean([share(table[who], PERIODS["last_five"]) for table in gains.values()]))
        for who in standard
    }
    _say_found(shares["mean of five models"], last)
    return _Found(shares, last, _followed(*played[FAMILY[0]]))


def _played(
    societies: "Societies", planner: Any, rates: Sequence[float], seed: int, count: int
) -> "tuple[dict[str, Played], Any]":
    """What planners do in societies of one model, and the best that there is.

    Args:
        societies: of the model.
        planner: the learned one.
        rates: the best single ones under the standard model, and over all models.
        seed: of all luck.
        count: of societies.
    """
    from ..unknown_society.opponents import AVERAGING, ESTIMATOR, SINGLE, TUNED, opponents
    from ..unknown_society.scoring import begun, play_planner, truth_of
    from ..unknown_society.shipped import CHOSEN
    from ..unknown_society.training import FILES, remembering

    given = {"count": count, "seed": seed, "purpose": "scoring"}
    drawn = begun(societies, **given)  # type: ignore[arg-type]
    shown = begun(remembering(societies, FILES), **given)  # type: ignore[arg-type]
    standard, family = rates
    chosen = CHOSEN[True]
    told = opponents(
        drawn.env(),
        standard=standard,
        family=family,
        explore=chosen.explore,
        regress=chosen.regress,
        shocks=True,
    )
    names = {SINGLE: SINGLE, _FORMULA: TUNED, _ESTIMATOR: ESTIMATOR}
    names[_AVERAGING] = f"{AVERAGING}, exploring"
    # The learned one first: it has the same colour in all figures.
    played = {_LEARNED: play_planner(planner, shown, set_by="levels")}
    played |= {name: play_planner(told[who], drawn) for name, who in names.items()}
    return played, truth_of(drawn)


def _single_rate(societies: "Societies", seed: int) -> float:
    """The best single rate, from societies for choosing."""
    from ..unknown_society.scoring import begun, best_single_rate

    count = _SEARCHED * len(societies.models)
    return best_single_rate(begun(societies, count=count, seed=seed, purpose="choosing"))


def _gains(played: "Mapping[str, Played]", truth: Any) -> dict[str, Any]:
    """What each planner gained over the single rate, and what could be gained."""
    from ..unknown_society.study.shares import Gains

    law = played["single rate"].welfare
    return {
        who: Gains((one.welfare - law)[None], truth.welfare - law)
        for who, one in played.items()
        if who != "single rate"
    }


def _followed(played: "Mapping[str, Played]", truth: Any) -> dict[str, Any]:
    """Societies year by year, as `unknown_society.figures.societies` takes them."""
    return {
        "elasticity": truth.elasticity,
        "oracle": truth.rates.T,
        "rates": {who: one.rates.T for who, one in played.items()},
        "output": {_LEARNED: played[_LEARNED].output.T},
    }


def _say_found(shares: Mapping[str, Any], last: Mapping[str, float]) -> None:
    say("", "share of the gap between the best single rate and the best rates, mean of 5 models")
    say(f"{'':26}{'all years':>12}{'last five':>12}")
    for who, line in shares.items():
        say(f"{who:26}{np.mean(line):12.0%}{last[who]:12.0%}")


def _shipped(seed: int, episodes: int) -> list[Evaluation]:
    """Years of the workers of the zoo, each under the tax that they learned to live with."""
    from ...evidence.run import evaluate_players
    from ...zoo import load

    found = []
    for entry, regime in _ENTRIES.items():
        players = dataclasses.replace(load(entry), regime=regime)
        evaluation = evaluate_players(players, episodes=episodes, seed=seed)
        assert isinstance(evaluation, Evaluation)
        found.append(evaluation)
    return found


def _report(path: pathlib.Path, found: _Found, evaluations: Sequence[Evaluation]) -> pathlib.Path:
    from ...figures.report import write_report
    from ...runs.folder import RunFolder

    run = RunFolder.open(path / "run")
    revenue = _revenue(evaluations)
    say("", *revenue)
    return write_report(
        path / "report.html",
        evaluations,
        title="Taxing a society nobody told it",
        configuration=run.config,
        provenance=run.provenance,
        note=_NOTE,
        lead=lambda figures: _lead(found, evaluations, revenue, figures),
    )


def _sentence(found: _Found) -> str:
    all_of = _LEARNED, _FORMULA, _ESTIMATOR, _AVERAGING
    ours, formula, estimator, averaging = (found.last[who] for who in all_of)
    return (
        f"A planner that learned in simulations of five models of behavior, and is told neither "
        f"the model nor the elasticity nor the skills, closes {ours:.0%} of the gap between the "
        f"best single tax rate and the best rates in the last five of ten years. A formula with "
        f"an elasticity that it estimates closes {formula:.0%}, an estimator that takes the "
        f"standard model for true {estimator:.0%}, and one that averages over all five models by "
        f"their likelihood {averaging:.0%}."
    )


def _lead(
    found: _Found,
    evaluations: Sequence[Evaluation],
    revenue: Sequence[str],
    figures: "Figures",
) -> list[str]:
    """What comes first on the page: the finding, its figures, then money and who gains."""
    from ..unknown_society.figures import by_year, societies
    from .figures.gains import gains

    base, *others = evaluations
    parts = [
        f"<p><b>{html.escape(_sentence(found))}</b></p>",
        figures.add(
            "years",
            lambda style: by_year(found.shares, style),
            "The share of the gap that is closed in each year, beside the single rate that is best "
            "under the standard model. In the first year nobody knows anything.",
        ),
        figures.add(
            "societies",
            lambda style: societies(found.followed, (_LEARNED, _FORMULA), style),
            "Three societies of the standard model: the rates that are set, the best rate, and "
            "mean incomes under the learned planner.",
        ),
        "<h2>Workers who gather, trade and build</h2>",
        "<p>Shipped workers of Open-Quadrant, each kind trained under the tax that it lives with: "
        f"{html.escape('; '.join(revenue[1:]))}.</p>",
    ]
    for i, other in enumerate(others):
        parts.append(
            figures.add(
                f"gains-{i}",
                functools.partial(gains, other, base),
                f"Who gains under {html.escape(other.regime)}, against {html.escape(base.regime)}: "
                "means with 95 % intervals over years.",
            )
        )
    return parts


def _revenue(evaluations: Sequence[Evaluation]) -> list[str]:
    """A line on each regime's money, after a heading."""
    lines = ["a year of shipped workers: coin of all, revenue, equality"]
    for one in evaluations:
        coin, equality = (one.episodes[name].mean() for name in ("productivity", "equality"))
        paid = one.workers["tax_paid"].sum(axis=1).mean()
        lines.append(f"{one.regime}: {coin:.0f} coin, revenue {paid:.0f}, equality {equality:.2f}")
    return lines
