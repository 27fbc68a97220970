"""Params that some roles see."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, ClassVar

import jax
import jax.numpy as jnp

from ..environment import Environment, Role, TimeStep
from ..errors import did_you_mean, require
from ..luck import key_of
from ..spaces import Box
from ..view import View
from .params import param_at

__all__ = ["ShownParams", "bare"]


@dataclasses.dataclass(frozen=True)
class ShownParams(View):
    """The economy `env`, where members of some roles see some of its params.

    A param is a field of the observation under the name of its place, whole and one array for all
    members of the role (`Role.shared`). The economy has to keep its params in a field `params` of
    its state.

    Attributes:
        env: the economy.
        shown: pairs of a role and the places of params that its members see.
    """

    name: ClassVar[str] = "shown-params"

    shown: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __post_init__(self):
        super().__post_init__()
        roles = self.env.roles
        for role, places in self.shown:
            known = f"a role of the economy: {', '.join(roles)}{did_you_mean(role, roles)}"
            require(role in roles, "shown", role, known)
            for place in places:
                taken = place in roles[role].observation
                require(not taken, f"shown.{role}", place, "what it does not see already")
                kept = place in self._kept
                allowed = "a param, of an economy that keeps its params in its state (state.params)"
                require(kept, f"shown.{role}", place, allowed)

    @functools.cached_property
    def _kept(self) -> dict[str, Box]:
        """What is shown, as far as the state has it, and how it looks."""

        def first() -> Any:
            return self.env.reset(key_of(0), self.env.default_params())[0]

        state, found = jax.eval_shape(first), {}
        for place in {place for _, places in self.shown for place in places}:
            try:
                leaf = param_at(state, f"params.{place}")
            except KeyError:
                continue
            found[place] = Box(leaf.shape)
        return found

    @property
    def roles(self) -> Mapping[str, Role]:
        roles = dict(self.env.roles)
        for role, places in self.shown:
            before = roles[role]
            seen = {**before.observation, **{place: self._kept[place] for place in places}}
            shared = (*before.shared, *places)
            roles[role] = dataclasses.replace(before, observation=seen, shared=shared)
        return roles

    def show(self, state: Any, timestep: TimeStep) -> TimeStep:
        observation = dict(timestep.observation)
        for role, places in self.shown:
            number = jnp.zeros(()).dtype
            own = {
                place: jnp.asarray(param_at(state, f"params.{place}")).astype(number)
                for place in places
            }
            observation[role] = {**observation[role], **own}
        return dataclasses.replace(timestep, observation=observation)


def bare(env: Environment) -> Environment:
    """The economy itself, which knows of nothing that is shown besides."""
    return env.env if isinstance(env, ShownParams) else env
