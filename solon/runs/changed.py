"""Players in an economy with other options or params than in their training."""

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

import jax
import numpy as np
from jaxtyping import PyTree

from ..agents import ActorCritic
from ..environment import Role
from ..errors import ConfigurationError, require
from ..learning.params import given_params
from ..learning.prior import Prior
from .algorithms import algorithm_class
from .arrays import leaf_entries, pack, unpack
from .named import NamedAlgorithm
from .network_sizes import misfit_in_words
from .players import Players
from .recipe import Recipe

__all__ = ["problem", "templates", "with_options", "with_prior", "with_values"]

Everyone = TypeVar("Everyone", bound=Players)


def with_values(players: Everyone, values: Mapping[str, Any]) -> Everyone:
    """The same where some params have other values.

    Args:
        players: of any economy.
        values: place of a param (names joined by dots) -> value.

    Raises:
        ConfigurationError: if the economy has no such params, or a prior draws them.
    """
    if not values:
        return players
    drawn = () if players.prior is None else dict(players.prior.params)
    for place in values:
        require(place not in drawn, "param", place, "a param that the prior does not draw")
    recipe = dataclasses.replace(players.recipe, params={**players.recipe.params, **values})
    params = given_params(players.params, values, players.env.param_bounds())
    return dataclasses.replace(players, recipe=recipe, params=params)


def with_prior(players: Everyone, content: Any, argument: str, shown: str) -> Everyone:
    """The same in worlds that another prior draws.

    Args:
        players: of any economy.
        content: what `Prior.of` takes. It shows to roles what was shown in the training, or says
            nothing of it.
        argument: what the user knows the players as, for errors.
        shown: their name.

    Raises:
        ConfigurationError: if it does not suit the economy, or a network does not fit its layouts.
    """
    plain = players.recipe.plain_env
    prior = Prior.of(content, plain)
    own = () if players.prior is None else players.prior.shown
    told = {role: list(places) for role, places in prior.shown}
    fits = prior.shown in ((), own)
    require(fits, "prior.shown", told, "nothing, or what was shown in the training")
    env = dataclasses.replace(prior, shown=own).view(plain)
    for role, after in env.roles.items():
        others = "" if role in players.given else _other_sizes(players.env.roles[role], after)
        allowed = f"one that sees as much on {', '.join(prior.files)} (for the {role}, {others})"
        require(not others, argument, shown, allowed)
    return dataclasses.replace(players, env=env, prior=prior)


def with_options(
    players: Everyone, options: Mapping[str, Any], argument: str, shown: str
) -> Everyone:
    """The same in an economy with other options, where networks see what they were trained on.

    Args:
        players: of any economy.
        options: in the place of those of the training; those of a component may be given in part.
        argument: what the user knows the players as, for errors.
        shown: their name.

    Raises:
        ConfigurationError: if the economy does not take the options, or a network does not fit it.
    """
    if not options:
        return players
    trained = players.recipe
    recipe = dataclasses.replace(trained, options=_changed(trained.options, options))
    env, given = recipe.env(), recipe.given()
    allowed = f"options that its networks fit, and not {options}"
    for role, before in trained.env().roles.items():
        after = env.roles.get(role)
        # Networks of the same size may still take one number for another.
        same = after is not None and list(after.observation) == list(before.observation)
        require(same, argument, shown, f"{allowed} ({role} would see something else)")
        assert after is not None
        # What sets rates without having learned has no network that would not fit.
        others = "" if role in given else _other_sizes(before, after)
        require(not others, argument, shown, f"{allowed} (for the {role}, {others})")
    copies = {leaf.shape[0] for leaf in jax.tree.leaves(dict(players.memories))}
    policies, memories = templates(recipe, max(copies, default=1))

    def refitted(tree: PyTree[Any], like: PyTree[Any]) -> Any:
        arrays = pack(tree)
        found = problem(arrays, like)
        if found is not None:
            raise ConfigurationError(argument, shown, f"{allowed} ({found})")
        return unpack(arrays, like)

    learned = refitted(players.learned, policies)
    return dataclasses.replace(
        players,
        recipe=recipe,
        env=env,
        params=recipe.start_params(),
        policies={role: (given | learned)[role] for role in env.roles},
        memories=refitted(dict(players.memories), memories),
        prior=recipe.worlds(),
    )


def templates(recipe: Recipe, copies: int) -> tuple[dict[str, ActorCritic], dict[str, Any]]:
    """Types and shapes of the policies, and of what the other policies remember.

    How long a training's unrolls were says nothing about where its policies can act.
    """
    sizes: dict[str, Any] = {"environments": 1, "unroll": recipe.env().horizon, "minibatches": 1}
    sizes["stand_in"] = 0.0
    one = dataclasses.replace(
        recipe,
        ppo=dataclasses.replace(recipe.ppo, **sizes),
        own_ppo={role: dataclasses.replace(own, **sizes) for role, own in recipe.own_ppo.items()},
        algorithms={
            role: dataclasses.replace(named, settings={**named.settings, **_known(named, sizes)})
            for role, named in recipe.algorithms.items()
        },
        curriculum={},
    )
    state = one.abstract_state()

    def several(leaf: Any) -> Any:
        return jax.ShapeDtypeStruct((copies, *leaf.shape[1:]), leaf.dtype)

    memories = {r: m for r, m in state.economies.memories.items() if r not in state.optimizers}
    return state.learned, jax.tree.map(several, memories)


def _known(named: NamedAlgorithm, sizes: Mapping[str, Any]) -> dict[str, Any]:
    kind: Any = algorithm_class(named.name, "algorithm")
    return {f.name: sizes[f.name] for f in dataclasses.fields(kind) if f.name in sizes}


def problem(arrays: Mapping[str, np.ndarray], like: PyTree[Any]) -> str | None:
    """Why these arrays are not what is asked for: too few, others, or too many."""
    wanted = {entry["path"] for entry in leaf_entries(like)}
    more = sorted(set(arrays) - wanted)
    return misfit_in_words(arrays, like) or (f"{more[0]} has no place" if more else None)


def _other_sizes(before: Role, after: Role) -> str:
    """What has another size for a role than it was trained with, in words; nothing if nothing."""
    found = [
        f"{name.replace('_', ' ')} has another shape than in training"
        for name, space in before.observation.items()
        if space.shape != after.observation[name].shape
    ]
    if before.action != after.action:
        found.append("there are other actions, such as tax rates, than in training")
    return " and ".join(found)


def _changed(options: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Options with others in their place; hyphens in a name are underscores."""
    result = dict(options)
    for name, value in changes.items():
        known = next((k for k in options if k.replace("-", "_") == name.replace("-", "_")), name)
        parts = isinstance(value, Mapping) and isinstance(options.get(known), Mapping)
        result[known] = {**options[known], **value} if parts else value
    return result
