"""From the few things that a user chooses to a whole recipe."""

from collections.abc import Mapping
from typing import Any

from ..errors import ConfigurationError, require
from ..learning.config import PPO, published
from ..spaces import Box
from .fitting import fitted
from .recipe import Recipe
from .schedules import schedule

__all__ = ["PRESETS", "build_recipe"]

PRESETS = {"default": PPO, "published": published}
"""Configurations of the learner by name."""

_TAX = "periodic_bracket_tax"


def build_recipe(
    economy: str,
    options: Mapping[str, Any] | None = None,
    *,
    planner: str | None = None,
    preset: str = "default",
    settings: Mapping[str, Any] | None = None,
    curriculum: Mapping[str, Any] | None = None,
    steps: int,
    seed: int = 0,
) -> Recipe:
    """Fill in what was left open and check that all fits together.

    Args:
        economy: a name that `solon.make` knows, or `FILE.py:NAME`.
        options: of the economy.
        planner: a name of `solon.runs.schedules.PLANNERS` or a schedule file. Left out, it is the
            free market where the economy has a role `planner` that sets rates.
        preset: a name of `PRESETS`.
        settings: fields of `PPO` that differ from the preset.
        curriculum: param of the economy -> schedule over environment steps. Left out, it is the
            economy's usual one.
        steps: environment steps, all copies together.
        seed: of all luck.

    Raises:
        ConfigurationError: for whatever is unknown or does not fit.
    """
    require(preset in PRESETS, "preset", preset, ", ".join(PRESETS))
    options, settings = dict(options or {}), dict(settings or {})
    chosen = None if planner is None else schedule(planner)
    if chosen is not None and chosen.cutoffs is not None:
        options = _with_cutoffs(options, chosen.cutoffs)
    if curriculum is None:
        curriculum = _usual_curriculum(economy, steps)
    bare = Recipe(economy, options, chosen, PPO(), curriculum, seed, steps)
    env = bare.env()
    if chosen is None and "planner" in env.roles:
        sets_rates = isinstance(env.roles["planner"].action, Box)
        chosen = schedule("free-market") if sets_rates else None
    ppo = fitted(_ppo(preset, settings), env.horizon, settings)
    recipe = Recipe(economy, options, chosen, ppo, curriculum, seed, steps)
    recipe.learner()
    return recipe


def _ppo(preset: str, settings: Mapping[str, Any]) -> PPO:
    import dataclasses

    wanted = PRESETS[preset]()
    known = [field.name for field in dataclasses.fields(PPO)]
    for name, value in settings.items():
        require(name in known, name, value, "one of the learner's settings " + ", ".join(known))
    return dataclasses.replace(wanted, **settings)


def _with_cutoffs(options: dict[str, Any], cutoffs: tuple[float, ...]) -> dict[str, Any]:
    """The brackets of a schedule file become those of the tax."""
    given = [name for name in options if name.replace("-", "_") == _TAX]
    tax = options[given[0]] if given else {}
    if isinstance(tax, Mapping) and "cutoffs" in tax and tuple(tax["cutoffs"]) != cutoffs:
        raise ConfigurationError("cutoffs", tax["cutoffs"], "those of the planner's file, or none")
    name = given[0] if given else _TAX
    return {**options, name: {**tax, "cutoffs": list(cutoffs)}}


def _usual_curriculum(economy: str, steps: int) -> dict[str, Any]:
    """What the economy needs for learning to take off.

    In Gather-Trade-Build, workers who bear the full cost of labor from the start learn to
    be idle before they learn to build.
    """
    if economy == "gather-trade-build":
        return {"labor_cost_weight": [[0, 0.0], [max(1, steps // 2), 1.0]]}
    return {}
