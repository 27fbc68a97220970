"""The cells: trainings, and what all planners made of the test societies."""

import dataclasses
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from ....agents import MostProbable
from ....economies.unknown_society.objectives import OBJECTIVES
from ....evidence.statistics import conditional_value_at_risk, regret
from ..opponents import (
    AVERAGING,
    ESTIMATOR,
    FORMULA,
    SINGLE,
    TUNED,
    opponents,
)
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
from .laws import LUCK, kinds, under
from .shares import PERIODS, Draws, Gains, mean_share, share

__all__ = ["FOLLOWED", "learned", "scores"]

_BINS = {"elasticity": 5, "spread": 4}
FOLLOWED = "learned over five models", "learned in the standard model", TUNED
"""Planners whose years are kept, in a hundred societies of the standard model."""
_FOLLOWED = 100


def learned(config: Mapping[str, Any], folder: pathlib.Path) -> dict[str, Any]:
    """A training, and what its planner closes of the gap in societies for choosing."""
    societies = _trained_in(config)
    trained = MostProbable(train_planner(_recipe(config), folder))
    each = [remembering(own, config["memory"]) for own in societies.each()]
    count, seed = config["chosen"], 1000 + config["seed"]
    # The law of its prior is searched as laws are.
    planner = opened(trained, societies, count=5 * count, seed=LUCK)
    chosen = {}
    for own in each:
        drawn = begun(own, count=count, seed=seed, purpose="choosing")
        truth = truth_of(drawn)
        fixed = under(best_single_rate(drawn), drawn)
        played = play_planner(planner, drawn, set_by="levels")
        gains = Gains((played.welfare - fixed.welfare)[None], truth.welfare - fixed.welfare)
        chosen[own.models[0]] = {name: share(gains, years) for name, years in PERIODS.items()}
    return {"opening": int(planner.level), "chosen": chosen}


def _trained_in(config: Mapping[str, Any]) -> Societies:
    return Societies(tuple(config["models"]), config["workers"], config["shocks"])


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
        own = under(rates["rates"][name], drawn)
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
        if name == FAMILY[0]:
            found[name]["followed"] = _followed(played, truth)
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
    """A planner as it governs, from its training, or from a training anew if its file is away."""
    recipe = _recipe(config)
    there = (folder / PLANNER).is_file()
    trained = read_planner(folder / PLANNER, recipe) if there else train_planner(recipe, folder)
    return Opening(MostProbable(trained), jnp.asarray(opening, jnp.int32))


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
            if rival in tables[inside[0]]
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
    return {
        "planners": table,
        "gap_of_law": float(next(iter(gains.values())).gap.mean() / truth.welfare.mean()),
        "bins": {
            of: [float(x) for x in np.quantile(getattr(truth, of), np.linspace(0, 1, count + 1))]
            for of, count in _BINS.items()
        },
    }


def _followed(played: Mapping[str, Sequence[Played]], truth: Truth) -> dict[str, Any]:
    """Some societies year by year, under the first training of each planner that is drawn."""
    some = slice(0, _FOLLOWED)
    drawn = {who: seeds[0] for who, seeds in played.items() if who in FOLLOWED}
    return {
        "elasticity": truth.elasticity[some].round(4).tolist(),
        "oracle": truth.rates[:, some].T.round(4).tolist(),
        "rates": {who: one.rates[:, some].T.round(4).tolist() for who, one in drawn.items()},
        "output": {
            who: one.output[:, some].T.round(4).tolist()
            for who, one in drawn.items()
            if who.startswith("learned")
        },
    }
