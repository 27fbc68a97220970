"""From the few things that a user chooses to a whole recipe."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from ..environment import Environment
from ..errors import ConfigurationError, did_you_mean, require, require_whole
from ..learning.config import PPO, published
from ..learning.prior import Prior
from ..learning.shards import MOST_SHARDS
from ..spaces import Box
from .algorithms import SHARED, algorithm_class, checked_settings
from .fitting import fitted
from .named import NamedAlgorithm, NamedPolicy, is_own, split_name
from .policies import maker_of, policy_named
from .presets import preset_of
from .recipe import Recipe
from .schedules import LEARNED, NamedSchedule, schedule
from .values import as_tuples

__all__ = ["PRESETS", "build_recipe"]

PRESETS = {"default": PPO, "published": published}
"""Configurations of the learner by name."""

_TAX = "periodic_bracket_tax"
_PLANNER = "planner"


def build_recipe(
    economy: str,
    options: Mapping[str, Any] | None = None,
    *,
    policies: Mapping[str, str] | None = None,
    learn: Mapping[str, str] | None = None,
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
    shards: int = 1,
) -> Recipe:
    """Fill in what was left open and check that all fits together.

    Args:
        economy: a name that `solon.make` knows, or `FILE.py:NAME`.
        options: of the economy.
        policies: role -> what drives it: a name of `solon.runs.policies.policy_names`, a schedule
            file, or `FILE.py:CLASS`, with its options behind a colon: `saez:elasticity=0.5`.
        learn: role -> the algorithm that it learns by, a name of `solon.runs.algorithms.ALGORITHMS`
            or `FILE.py:CLASS`, with settings behind a colon: `ppo:entropy=0.1`. All roles learn by
            PPO that nothing drives; but a role `planner` that sets rates is the free market.
        planner: of `policies`, or `learned`: the short form for the role `planner`.
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
        shards: parts of the copies that devices may share out; see `Learner`.

    Raises:
        ConfigurationError: for whatever is unknown or does not fit.
    """
    require(preset in PRESETS, "preset", preset, ", ".join(PRESETS))
    require_whole("shards", shards, low=1, high=MOST_SHARDS)
    options, settings = dict(options or {}), dict(settings or {})
    chosen_sizes = tuple(settings)
    needless = bool(planner_options) and planner is None
    require(not needless, "planner_options", planner_options, "none without a planner")
    chosen, learned = _who_decides(policies or {}, learn or {}, planner, planner_options)
    if _PLANNER in learned:
        plain = Recipe(economy, options, seed=seed, steps=steps).env()
        allowed = "nothing that sets rates, as this economy has no planner"
        there = _PLANNER in plain.roles or planner is None
        require(there, _PLANNER, LEARNED, allowed)
        taxed = getattr(plain, "component", lambda name: None)(_TAX.replace("_", "-")) is not None
        if taxed and not _decides_in_levels(plain):
            options = _with_tax(options, set_by="levels")
    named = chosen.get(_PLANNER)
    if isinstance(named, NamedSchedule) and named.cutoffs is not None:
        options = _with_cutoffs(options, named.cutoffs)
    bare = Recipe(economy, options, chosen, seed=seed, steps=steps)
    env = bare.env()
    known = f"a role of the economy: {', '.join(env.roles)}"
    for argument, roles in (("policy", policies or {}), ("learn", learn or {})):
        for role in roles:
            require(role in env.roles, argument, role, f"{known}{did_you_mean(role, env.roles)}")
    experienced = start is not None
    usual = preset_of(economy, env)
    if preset == "default":
        settings = usual.settings(env, steps, experienced=experienced) | settings
    worlds = None if prior is None else Prior.of(prior, env)
    if curriculum is None:
        fixed = {*(params or {}), *(() if worlds is None else dict(worlds.params))}
        points = usual.curriculum(env, steps, experienced=experienced)
        curriculum = {place: each for place, each in points.items() if place not in fixed}
    if _PLANNER in env.roles and _PLANNER not in {*chosen, *learned}:
        sets_rates = not _decides_in_levels(env)
        chosen |= {_PLANNER: schedule("free-market")} if sets_rates else {}
    ppo = fitted(_ppo(preset, settings), env.horizon, chosen_sizes, shards)
    for role, one in list(chosen.items()):
        if isinstance(one, NamedPolicy) and not is_own(one.name):
            maker = maker_of(one.name)
            # What does not suit the role is told before what a training of it would take.
            maker.make(one, role, env)
            chosen[role], steps = maker.sized(one, env, ppo, steps)
    recipe = Recipe(
        economy,
        options,
        chosen,
        ppo,
        algorithms={
            role: NamedAlgorithm(name, given)
            for role, (name, given) in learned.items()
            if name != SHARED
        },
        start=start,
        curriculum=curriculum,
        prior=None if worlds is None else worlds.content(),
        params=dict(params or {}),
        seed=seed,
        steps=steps,
        shards=shards,
    )
    own_settings = _with_settings(own_settings or {}, learned)
    for role, given in own_settings.items():
        for name, value in given.items():
            allowed = f"no setting, as this economy has no {role} (it has {', '.join(env.roles)})"
            require(role in env.roles, f"{role}.{name}", value, allowed)
    own_ppo = {}
    for role in env.roles:
        learns = role not in chosen
        given = dict(own_settings.get(role, {}))
        for name, value in given.items():
            allowed = f"no setting but stand_in, as the {role} does not learn"
            require(learns or name == "stand_in", f"{role}.{name}", value, allowed)
        if role in recipe.algorithms:
            continue
        suits = usual.settings(env, steps, role, experienced=experienced)
        own = (suits if preset == "default" and learns else {}) | given
        if own:
            # Sizes that suit the economy are made to fit, and those that were chosen are not.
            kept = ("environments", "unroll", *given)
            own_ppo[role] = fitted(_own(role, ppo, own), env.horizon, kept, shards)
    recipe = dataclasses.replace(recipe, own_ppo=own_ppo)
    recipe.learner()
    return recipe


def _who_decides(
    policies: Mapping[str, str],
    learn: Mapping[str, str],
    planner: str | None,
    planner_options: Mapping[str, Any] | None,
) -> tuple[dict[str, NamedSchedule | NamedPolicy], dict[str, tuple[str, dict[str, Any]]]]:
    """By role what drives it, and by role the algorithm and its settings by which it learns."""
    learned = {}
    for role, text in learn.items():
        name, given = split_name(text, f"learn {role}")
        algorithm_class(name, f"learn {role}")
        learned[role] = name, given
    chosen: dict[str, NamedSchedule | NamedPolicy] = {}
    for role, text in policies.items():
        require(role not in learn, "policy", role, "a role that does not learn (--learn)")
        twice = role == _PLANNER and planner is not None
        require(not twice, "policy", f"{role}={text}", "a planner once")
        name, given = split_name(text, f"policy {role}")
        allowed = f"a policy; --learn {role}=ppo lets the role learn"
        require(name != LEARNED, f"policy {role}", text, allowed)
        chosen[role] = policy_named(name, given, f"policy {role}")
    if planner == LEARNED:
        require(not planner_options, "planner_options", planner_options, "none, as it learns")
        learned.setdefault(_PLANNER, (SHARED, {}))
    elif planner is not None:
        require(_PLANNER not in learn, "planner", planner, "none, as it learns (--learn)")
        chosen[_PLANNER] = policy_named(planner, planner_options)
    return chosen, learned


def _with_settings(
    own_settings: Mapping[str, Mapping[str, Any]],
    learned: Mapping[str, tuple[str, Mapping[str, Any]]],
) -> dict[str, dict[str, Any]]:
    """Settings by role, those behind the name of an algorithm among them."""
    result = {role: dict(given) for role, given in own_settings.items()}
    for role, (name, given) in learned.items():
        if name != SHARED:
            allowed = f"none beside another algorithm, which has them behind {name}:"
            require(not result.get(role), f"{role} settings", result.get(role), allowed)
            continue
        own = result.setdefault(role, {})
        for setting, value in given.items():
            require(setting not in own, f"{role}.{setting}", value, "a value once")
            own[setting] = value
    return result


def _decides_in_levels(env: Environment) -> bool:
    """Whether the planner's choices are discrete as they are, as subsidies in the pandemic."""
    return not isinstance(env.roles["planner"].action, Box)


def _ppo(preset: str, settings: Mapping[str, Any]) -> PPO:
    return dataclasses.replace(PRESETS[preset](), **checked_settings(PPO, settings))


def _own(role: str, ppo: PPO, given: Mapping[str, Any]) -> PPO:
    """The settings of one role, which errors name."""
    try:
        return dataclasses.replace(ppo, **checked_settings(PPO, given))
    except ConfigurationError as error:
        raise error.renamed(f"{role}.{error.argument}") from None


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
