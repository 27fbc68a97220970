"""The cells: laws found by search, trainings, and what all planners made of the test societies."""

import dataclasses
import pathlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from ....agents import MostProbable
from ....economies.unknown_society import UnknownSociety
from ....economies.unknown_society.objectives import OBJECTIVES
from ....evidence.statistics import conditional_value_at_risk, regret
from ....policy import Policy
from ..opponents import (
    AVERAGING,
    ESTIMATOR,
    EXPLORING,
    FORMULA,
    PUBLISHED,
    REGRESSING,
    SINGLE,
    TUNED,
    exploring,
    formula,
    opponents,
)
from ..policies import FixedRate
from ..policies.opening import Opening, opened
from ..scoring import (
    Begun,
    Played,
    Truth,
    begun,
    best_single_rate,
    play_planner,
    truth_of,
    welfare_by,
)
from ..societies import FAMILY, Societies
from ..training import PLANNER, read_planner, recipe_of, remembering, train_planner
from .shares import PERIODS, Draws, Gains, mean_share, share

__all__ = ["OUTSIDE", "formulas", "kinds", "laws", "learned", "scores"]

OUTSIDE: Mapping[str, Mapping[str, Any]] = {
    "income-effects": {"models": ("income-effects",)},
    "new-elasticity": {"models": ("new-elasticity",)},
    "elasticity-2": {"elasticity": 2.0},
    "pareto-skills": {"skills": "pareto"},
}
"""Societies that no planner is prepared for, and in what they differ from the standard ones."""

#: Seed of the luck of searches.
_LAWS = 11
_BINS = {"elasticity": 5, "spread": 4}
_FOLLOWED = 100
"""Societies of which each year is kept."""


def kinds(config: Mapping[str, Any]) -> dict[str, Societies]:
    """The societies that planners are scored on, by name."""
    base = Societies(workers=config["workers"], shocks=config["shocks"])
    found = {name: dataclasses.replace(base, models=(name,)) for name in config["models"]}
    outside = {name: dataclasses.replace(base, **OUTSIDE[name]) for name in config["outside"]}
    return found | outside


def laws(config: Mapping[str, Any]) -> dict[str, Any]:
    """What is chosen for those who do not learn, on societies of its own.

    The best single rate for each kind of societies and for all of the family, and how estimators
    explore: each as is best in the mean of the models that it holds possible.
    """
    found = {name: _law(one, config["searched"]) for name, one in kinds(config).items()}
    family = Societies(FAMILY, workers=config["workers"], shocks=config["shocks"])
    rates = {ESTIMATOR: found[FAMILY[0]], AVERAGING: _law(family, len(FAMILY) * config["searched"])}
    tried = {who: _explored(config, who, first, rates[ESTIMATOR]) for who, first in rates.items()}
    return {
        "rates": found,
        "family": rates[AVERAGING],
        "tried": tried,
        "explore": {who: max(one, key=lambda name: one[name]) for who, one in tried.items()},
    }


def _explored(
    config: Mapping[str, Any], who: str, first: float, standard: float
) -> dict[str, float]:
    """The mean share by the way of exploring."""
    models = FAMILY if who == AVERAGING else FAMILY[:1]
    given = {"first": first, "shocks": config["shocks"]}

    def planner(env: UnknownSociety, name: str) -> Policy:
        return exploring(env, who, name, **given)

    return _tried(config, models, EXPLORING, planner, standard)


def formulas(config: Mapping[str, Any], rates: Mapping[str, Any]) -> dict[str, Any]:
    """How formulas regress: each as is best in the mean of the models that it holds possible.

    Args:
        config: of the cell.
        rates: the result of `laws`.
    """
    standard = rates["rates"][FAMILY[0]]
    tried = {}
    for who, first in (PUBLISHED, standard), (FORMULA, standard), (TUNED, rates["family"]):

        def planner(env: UnknownSociety, name: str, who: str = who, first: float = first) -> Policy:
            return formula(env, name, first=first, corrected=who != PUBLISHED)

        models = FAMILY if who == TUNED else FAMILY[:1]
        tried[who] = _tried(config, models, REGRESSING, planner, standard)
    return {
        "tried": tried,
        "regress": {who: max(one, key=lambda name: one[name]) for who, one in tried.items()},
    }


def _tried(
    config: Mapping[str, Any],
    models: Sequence[str],
    ways: Collection[str],
    planner: Callable[[UnknownSociety, str], Policy],
    standard: float,
) -> dict[str, float]:
    """The mean share over all years beside the standard model's law, by the way of a planner."""
    base = Societies(workers=config["workers"], shocks=config["shocks"])
    shares: dict[str, list[float]] = {name: [] for name in ways}
    for model in models:
        societies = dataclasses.replace(base, models=(model,))
        drawn = begun(societies, count=config["tried"], seed=_LAWS, purpose="choosing")
        truth, law = truth_of(drawn), _fixed(standard, drawn)
        for name, each in shares.items():
            played = play_planner(planner(drawn.env(), name), drawn)
            gains = Gains((played.welfare - law.welfare)[None], truth.welfare - law.welfare)
            each.append(share(gains, PERIODS["all_years"]))
    return {name: float(np.mean(each)) for name, each in shares.items()}


def _law(societies: Societies, count: int) -> float:
    # Nothing is searched on what is scored.
    return best_single_rate(begun(societies, count=count, seed=_LAWS, purpose="choosing"))


def learned(config: Mapping[str, Any], folder: pathlib.Path) -> dict[str, Any]:
    """A training, and what its planner closes of the gap in societies for choosing."""
    societies = _trained_in(config)
    trained = MostProbable(train_planner(_recipe(config), folder))
    each = [remembering(own, config["memory"]) for own in societies.each()]
    count, seed = config["chosen"], 1000 + config["seed"]
    # The law of its prior is searched as laws are.
    planner = opened(trained, societies, count=5 * count, seed=_LAWS)
    chosen = {}
    for own in each:
        drawn = begun(own, count=count, seed=seed, purpose="choosing")
        truth = truth_of(drawn)
        fixed = _fixed(best_single_rate(drawn), drawn)
        played = play_planner(planner, drawn, set_by="levels")
        gains = Gains((played.welfare - fixed.welfare)[None], truth.welfare - fixed.welfare)
        chosen[own.models[0]] = {name: share(gains, years) for name, years in PERIODS.items()}
    return {"opening": int(planner.level), "chosen": chosen}


def _trained_in(config: Mapping[str, Any]) -> Societies:
    return Societies(tuple(config["models"]), config["workers"], config["shocks"])


def _fixed(rate: float, societies: Begun) -> Played:
    return play_planner(FixedRate(rate), societies)


def scores(
    config: Mapping[str, Any],
    rates: Mapping[str, Any],
    regress: Mapping[str, str],
    trainings: Mapping[str, Sequence[tuple[Mapping[str, Any], int, pathlib.Path]]],
) -> dict[str, Any]:
    """What all planners make of the test societies.

    Args:
        config: of the cell.
        rates: the result of `laws`.
        regress: of the result of `formulas`.
        trainings: by name of a planner, configuration, opening and folder of each seed.
    """
    planners = {
        who: [(own["memory"], _read(own, opening, folder)) for own, opening, folder in seeds]
        for who, seeds in trainings.items()
    }
    found: dict[str, Any] = {}
    gains: dict[str, dict[str, dict[str, Gains]]] = {"standard law": {}, "own law": {}}
    standard = rates["rates"]["standard"]
    for name, societies in kinds(config).items():
        given = {"count": config["societies"], "seed": config["test"], "purpose": "scoring"}
        drawn = begun(societies, **given)
        told = {"standard": standard, "shocks": config["shocks"]}
        told |= {"family": rates["family"], "explore": rates["explore"], "regress": regress}
        played = {
            who: [play_planner(planner, drawn)]
            for who, planner in opponents(drawn.env(), **told).items()
        }
        for who, seeds in planners.items():
            # The same societies and the same luck, shown as each planner is used to.
            shown = {memory: begun(remembering(societies, memory), **given) for memory, _ in seeds}
            played[who] = [play_planner(p, shown[memory], set_by="levels") for memory, p in seeds]
        truth = truth_of(drawn)
        own = _fixed(rates["rates"][name], drawn)
        for base, law in (("standard law", played[SINGLE][0]), ("own law", own)):
            gains[base][name] = {
                who: Gains(
                    np.stack([one.welfare for one in seeds]) - law.welfare,
                    truth.welfare - law.welfare,
                )
                for who, seeds in played.items()
            }
        found[name] = _described(played, truth, gains["own law"][name]) | {
            "law": rates["rates"][name],
            "welfare": _by_every_measure(drawn, played, truth),
        }
    draws = {name: Draws.of(config["societies"], i) for i, name in enumerate(found)}
    inside = list(config["models"])
    return {
        "kinds": found,
        "shares": {
            base: {
                name: {who: _shares([one], [draws[name]]) for who, one in table.items()}
                for name, table in tables.items()
            }
            for base, tables in gains.items()
        },
        "mean": {
            base: {
                who: _shares([tables[name][who] for name in inside], [draws[n] for n in inside])
                for who in tables[inside[0]]
            }
            for base, tables in gains.items()
        },
        "ahead": {
            base: _ahead(tables, [draws[name] for name in inside], inside)
            for base, tables in gains.items()
        },
    }


def _read(config: Mapping[str, Any], opening: int, folder: pathlib.Path) -> Opening:
    """A planner as it governs, from its training."""
    trained = MostProbable(read_planner(folder / PLANNER, _recipe(config)))
    return Opening(trained, jnp.asarray(opening, jnp.int32))


def _recipe(config: Mapping[str, Any]) -> Any:
    return recipe_of(
        _trained_in(config),
        steps=config["steps"],
        seed=config["seed"],
        memory=config["memory"],
    )


def _shares(gains: Sequence[Gains], draws: Sequence[Draws]) -> dict[str, Any]:
    """The share closed in each period with its interval, and in each year."""
    found: dict[str, Any] = {}
    for name, years in PERIODS.items():
        estimate = mean_share(gains, draws, years)
        found[name] = [estimate.value, estimate.low, estimate.high]
    each = [
        [
            float(np.mean([share(Gains(one.gained[s : s + 1], one.gap), years) for one in gains]))
            for years in PERIODS.values()
        ]
        for s in range(gains[0].gained.shape[0])
    ]
    found["seeds"] = each
    found["by_year"] = np.mean([one.by_year() for one in gains], axis=0).tolist()
    return found


def _ahead(
    tables: Mapping[str, Mapping[str, Gains]], draws: Sequence[Draws], inside: Sequence[str]
) -> dict[str, Any]:
    """By how much learned planners lead the others in the mean of the societies of the family."""
    learned = [who for who in tables[inside[0]] if who.startswith("learned")]
    estimators = [ESTIMATOR, f"{ESTIMATOR}, exploring", AVERAGING, f"{AVERAGING}, exploring"]
    rivals = [FORMULA, TUNED, *estimators]
    found = {}
    for who in learned:
        ours = [tables[name][who] for name in inside]
        found[who] = {
            rival: {
                period: dataclasses.astuple(
                    mean_share(ours, draws, years, [tables[name][rival] for name in inside])
                )
                for period, years in PERIODS.items()
            }
            for rival in rivals
        }
    return found


def _by_every_measure(
    drawn: Begun, played: Mapping[str, Sequence[Played]], truth: Truth
) -> dict[str, dict[str, float]]:
    """The mean of all years and societies, by objective, relative to no tax.

    The best rates are those of the planner's objective, whichever is measured.
    """
    rates = {who: [one.rates for one in seeds] for who, seeds in played.items()}
    rates["best rates"] = [truth.rates]
    return {
        objective: {
            who: float(np.mean([welfare_by(objective, drawn, one).mean() for one in seeds]))
            for who, seeds in rates.items()
        }
        for objective in OBJECTIVES
    }


def _described(
    played: Mapping[str, Sequence[Played]], truth: Truth, gains: Mapping[str, Gains]
) -> dict[str, Any]:
    """What shares do not say: rates, regret, the worst, and who gains where."""
    table: dict[str, Any] = {}
    for who, seeds in played.items():
        welfare = np.stack([one.welfare for one in seeds])
        lost = regret(welfare, truth.welfare[None]).mean(axis=(0, 1))
        gained, gap = gains[who].of(PERIODS["all_years"])
        table[who] = {
            "rate_by_year": np.mean([one.rates for one in seeds], axis=(0, 2)).tolist(),
            "regret": float(lost.mean()),
            "regret_of_worst_tenth": conditional_value_at_risk(lost, 0.1),
            "worst_regret": float(lost.max()),
            "below_law": float((gained.mean(axis=0) < -1e-6).mean()),
        }
        for of, count in _BINS.items():
            values = getattr(truth, of)
            order = np.argsort(np.argsort(values)) * count // len(values)
            table[who][f"by_{of}"] = [
                float(gained[:, order == b].mean() / gap[order == b].mean()) for b in range(count)
            ]
    followed = slice(0, _FOLLOWED)
    return {
        "planners": table,
        "gap_of_law": float(next(iter(gains.values())).gap.mean() / truth.welfare.mean()),
        "bins": {
            of: [float(x) for x in np.quantile(getattr(truth, of), np.linspace(0, 1, count + 1))]
            for of, count in _BINS.items()
        },
        "followed": {
            "elasticity": truth.elasticity[followed].round(4).tolist(),
            "oracle": truth.rates[:, followed].T.round(4).tolist(),
            "rates": {
                who: seeds[0].rates[:, followed].T.round(4).tolist()
                for who, seeds in played.items()
            },
            "output": {
                who: seeds[0].output[:, followed].T.round(4).tolist()
                for who, seeds in played.items()
                if who.startswith("learned")
            },
        },
    }
