"""From the few things that a user chooses to a whole recipe."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from ..applications.taxation.search.schedule_search import SearchSettings
from ..environment import Environment
from ..errors import ConfigurationError, require
from ..learning.config import PPO, published
from ..learning.prior import Prior
from ..spaces import Box
from .fitting import fitted
from .planners import NamedPlanner, planner_named, search_settings
from .recipe import Recipe
from .schedules import LEARNED, SEARCH, NamedSchedule, schedule
from .values import as_tuples

__all__ = ["PRESETS", "build_recipe"]

PRESETS = {"default": PPO, "published": published}
"""Configurations of the learner by name."""

_TAX = "periodic_bracket_tax"


def build_recipe(
    economy: str,
    options: Mapping[str, Any] | None = None,
    *,
    planner: str | None = None,
    planner_options: Mapping[str, Any] | None = None,
    preset: str = "default",
    settings: Mapping[str, Any] | None = None,
    own_settings: Mapping[str, Mapping[str, Any]] | None = None,
    start: str | None = None,
    curriculum: Mapping[str, Any] | None = None,
    prior: Any = None,
    params: Mapping[str, Any] | None = None,
    steps: int,
    seed: int = 0,
) -> Recipe:
    """Fill in what was left open and check that all fits together.

    Args:
        economy: a name that `solon.make` knows, or `FILE.py:NAME`.
        options: of the economy.
        planner: a name of `solon.runs.schedules.PLANNERS` or a schedule file. Left out, it is the
            free market where the economy has a role `planner` that sets rates.
        planner_options: of the planner.
        preset: a name of `PRESETS`.
        settings: fields of `PPO` that differ from the preset. With the default one, those that suit
            the economy are filled in.
        own_settings: role -> fields of `PPO` in which it differs from the others.
        start: a run, or a name of the zoo, whose policies those who learn start from.
        curriculum: param of the economy -> schedule over environment steps. Left out, it is the
            economy's usual one, for params that are neither drawn nor given.
        prior: what `solon.learning.Prior.of` takes, if each episode is to draw params.
        params: place of a param of the economy -> its value.
        steps: environment steps, all copies together.
        seed: of all luck.

    Raises:
        ConfigurationError: for whatever is unknown or does not fit.
    """
    require(preset in PRESETS, "preset", preset, ", ".join(PRESETS))
    options, settings = dict(options or {}), dict(settings or {})
    chosen_sizes = tuple(settings)
    needless = bool(planner_options) and planner is None
    require(not needless, "planner_options", planner_options, "none without a planner")
    learned = planner == LEARNED
    if learned:
        require(not planner_options, "planner_options", planner_options, "none, as it learns")
        plain = Recipe(economy, options, seed=seed, steps=steps).env()
        allowed = "nothing that sets rates, as this economy has no planner"
        require("planner" in plain.roles, "planner", planner, allowed)
        if not _decides_in_levels(plain):
            options = _with_tax(options, set_by="levels")
    chosen = None if planner is None or learned else planner_named(planner, planner_options)
    if isinstance(chosen, NamedSchedule) and chosen.cutoffs is not None:
        options = _with_cutoffs(options, chosen.cutoffs)
    env = Recipe(economy, options, chosen, seed=seed, steps=steps).env()
    experienced = start is not None
    if preset == "default":
        settings = env.usual_settings(steps, experienced=experienced) | settings
    worlds = None if prior is None else Prior.of(prior, env)
    if curriculum is None:
        fixed = {*(params or {}), *(() if worlds is None else dict(worlds.params))}
        usual = env.usual_curriculum(steps, experienced=experienced)
        curriculum = {place: points for place, points in usual.items() if place not in fixed}
    if chosen is None and "planner" in env.roles:
        sets_rates = isinstance(env.roles["planner"].action, Box)
        chosen = schedule("free-market") if sets_rates else None
    ppo = fitted(_ppo(preset, settings), env.horizon, chosen_sizes)
    if isinstance(chosen, NamedPlanner) and chosen.name == SEARCH:
        update, horizon = ppo.environments * ppo.unroll, env.horizon
        search = SearchSettings.within(steps, update, max(1, horizon // ppo.unroll), horizon)
        # Rates above are cut, so that a search could not tell them apart.
        high = _highest_rate(env)
        search = dataclasses.replace(search, highest=high, start=min(search.start, high))
        least = search.steps(update, horizon)
        allowed = f"at least {least:,}, the shortest search, or options of a shorter one"
        require(bool(chosen.options) or least <= steps, "steps", steps, allowed)
        chosen = dataclasses.replace(
            chosen, options=dataclasses.asdict(search) | dict(chosen.options)
        )
        searching = search_settings(chosen)
        allowed = f"at most {high:g}, the highest rate that the economy allows (rate_max)"
        require(searching.highest <= high, "search.highest", searching.highest, allowed)
        # What scores take is no experience of the workers', but the same budget.
        steps = update * searching.training_updates
    recipe = Recipe(
        economy,
        options,
        chosen,
        ppo,
        start=start,
        curriculum=curriculum,
        prior=None if worlds is None else worlds.content(),
        params=dict(params or {}),
        seed=seed,
        steps=steps,
    )
    for role, given in (own_settings or {}).items():
        known = ", ".join(env.roles)
        for name, value in given.items():
            allowed = f"no setting, as this economy has no {role} (it has {known})"
            require(role in env.roles, f"{role}.{name}", value, allowed)
    own_ppo = {}
    for role in env.roles:
        learns = chosen is None or role != "planner"
        given = dict((own_settings or {}).get(role, {}))
        for name, value in given.items():
            allowed = f"no setting but stand_in, as the {role} does not learn"
            require(learns or name == "stand_in", f"{role}.{name}", value, allowed)
        usual = env.usual_settings(steps, role, experienced=experienced)
        own = (usual if preset == "default" and learns else {}) | given
        if own:
            # Sizes that suit the economy are made to fit, and those that were chosen are not.
            kept = ("environments", "unroll", *given)
            own_ppo[role] = fitted(_own(role, ppo, own), env.horizon, kept)
    recipe = dataclasses.replace(recipe, own_ppo=own_ppo)
    recipe.learner()
    return recipe


def _highest_rate(env: Environment) -> float:
    role = env.roles.get("planner")
    return role.action.high if role is not None and isinstance(role.action, Box) else 1.0


def _decides_in_levels(env: Environment) -> bool:
    """Whether the planner's choices are discrete as they are, as subsidies in the pandemic."""
    return not isinstance(env.roles["planner"].action, Box)


def _ppo(preset: str, settings: Mapping[str, Any]) -> PPO:
    return dataclasses.replace(PRESETS[preset](), **_checked(settings))


def _own(role: str, ppo: PPO, given: Mapping[str, Any]) -> PPO:
    """The settings of one role, which errors name."""
    try:
        return dataclasses.replace(ppo, **_checked(given))
    except ConfigurationError as error:
        raise error.renamed(f"{role}.{error.argument}") from None


def _checked(settings: Mapping[str, Any]) -> dict[str, Any]:
    known = [field.name for field in dataclasses.fields(PPO)]
    for name, value in settings.items():
        require(name in known, name, value, "one of the learner's settings " + ", ".join(known))
    return as_tuples(settings)


def _with_cutoffs(options: dict[str, Any], cutoffs: tuple[float, ...]) -> dict[str, Any]:
    """The brackets of a schedule file become those of the tax."""
    tax = options.get(_tax_option(options), {})
    if isinstance(tax, Mapping) and "cutoffs" in tax and as_tuples(tax["cutoffs"]) != cutoffs:
        raise ConfigurationError("cutoffs", tax["cutoffs"], "those of the planner's file, or none")
    return _with_tax(options, cutoffs=list(cutoffs))


def _with_tax(options: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The options with some of the tax's changed."""
    name = _tax_option(options)
    tax = options.get(name, {})
    # What is no mapping is refused where the economy is built.
    return {**options, name: {**tax, **changes}} if isinstance(tax, Mapping) else options


def _tax_option(options: Mapping[str, Any]) -> str:
    """The name that the tax has among the options, hyphens or underscores."""
    return next((name for name in options if name.replace("-", "_") == _TAX), _TAX)
