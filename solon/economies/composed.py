"""What economies share in which workers and a planner act through components."""

import abc
import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Key

from ..component import Amounts, Component, SubAction
from ..environment import KIND, Environment, Role, TimeStep
from ..errors import require
from ..luck import key_of
from ..spaces import Box
from .actions import action_space, read_actions, shown_masks

__all__ = ["ComposedEconomy"]

_KINDS = 4


class ComposedEconomy(Environment):
    """An economy that is composed of components. The planner is there if one lets it do something.

    Subclasses are frozen dataclasses with these fields. They define what is particular to them:
    the start, the step and what everyone sees.

    Attributes:
        workers: how many there are.
        components: the mechanisms, in the order in which a step applies them.
        several_actions: whether a worker may do several things in a step, instead of one.
        planner_several_actions: whether a planner that picks levels may set the rates of all
            brackets at once, instead of one.
        flatten_masks: whether action masks are one field, or one a kind of action.
    """

    workers: int
    components: tuple[Component, ...]
    several_actions: bool
    planner_several_actions: bool
    flatten_masks: bool = True

    @abc.abstractmethod
    def fields(self, state: Any) -> dict[str, dict[str, Array]]:
        """What everyone sees but the action masks: role -> field -> array."""

    @abc.abstractmethod
    def metrics(self, state: Any) -> dict[str, Array]:
        """Scalars of the episode so far."""

    @property
    def worker_kinds(self) -> int:
        """How many kinds of workers there are, by the order of their skills."""
        return min(_KINDS, self.workers)

    def component(self, name: str) -> Any:
        """The component of this name, or None."""
        return next((part for part in self.components if part.name == name), None)

    def check_components(self) -> None:
        """Raise `ConfigurationError` unless the components fit together and the economy."""
        names = [part.name for part in self.components]
        require(len(set(names)) == len(names), "components", names, "each component once")
        require(bool(self._sub_actions("worker")), "components", names, "one that workers act in")
        for part in self.components:
            part.validate(self)

    @functools.cached_property
    def roles(self) -> Mapping[str, Role]:
        def shown(key):
            return self.reset(key, self.default_params())[1].observation

        seen = jax.eval_shape(shown, key_of(0))
        roles = {}
        for role, count in self._counts.items():
            spaces = {name: self._space(name, leaf) for name, leaf in seen[role].items()}
            action = action_space(self._sub_actions(role), several=self._several(role))
            kinds = self._kinds(count) if KIND in spaces else ()
            roles[role] = Role(count, action, spaces, every=self._every(role), kinds=kinds)
        return roles

    def _kinds(self, count: int) -> tuple[int, ...]:
        """How many members there are of each kind: alike, or as near as can be."""
        kind = [rank * self.worker_kinds // count for rank in range(count)]
        return tuple(kind.count(k) for k in range(self.worker_kinds))

    def _space(self, name: str, leaf: jax.ShapeDtypeStruct) -> Box:
        shape = leaf.shape[1:]
        if leaf.dtype == bool:
            return Box(shape, 0, 1, "boolean")
        return Box(shape, kind="integer" if jnp.issubdtype(leaf.dtype, jnp.integer) else "float")

    def _sub_actions(self, role: str) -> tuple[SubAction | Amounts, ...]:
        return tuple(sub for part in self.components for sub in part.sub_actions(self, role))

    def _several(self, role: str) -> bool:
        return self.planner_several_actions if role == "planner" else self.several_actions

    def _every(self, role: str) -> int:
        parts = [part for part in self.components if part.sub_actions(self, role)]
        return math.gcd(*(part.every(self, role) for part in parts))

    @functools.cached_property
    def _counts(self) -> dict[str, int]:
        counts = {"worker": self.workers, "planner": 1}
        return {role: n for role, n in counts.items() if self._sub_actions(role)}

    def _worlds_of_parts(self, keys: Sequence[Key[Array, ""]]) -> dict[str, Any]:
        drawn = zip(self.components, keys, strict=True)
        return {part.name: part.draw_world(self, key) for part, key in drawn}

    def _shocks_of_parts(
        self, keys: Sequence[Key[Array, ""]], batch_shape: tuple[int, ...]
    ) -> dict[str, Any]:
        drawn = zip(self.components, keys, strict=True)
        return {part.name: part.draw_shocks(self, key, batch_shape) for part, key in drawn}

    def _read(self, actions: Mapping[str, Array]) -> dict[str, dict[str, Array]]:
        """By role and sub-action, what everyone does."""
        return {
            role: read_actions(actions[role], self._sub_actions(role), several=self._several(role))
            for role in self._counts
        }

    def _no_reward(self) -> dict[str, Array]:
        return {role: jnp.zeros(count) for role, count in self._counts.items()}

    def _timestep(self, state: Any, reward: dict[str, Array]) -> TimeStep:
        acting = {role: jnp.ones(count, bool) for role, count in self._counts.items()}
        masks: dict[str, dict[str, Array]] = {role: {} for role in self._counts}
        for part in self.components:
            acting |= part.acting(self, state)
            for role, mask in part.mask(self, state).items():
                masks[role] |= mask
        fields = self.fields(state)
        return TimeStep(
            observation={
                role: fields[role] | self._shown_masks(role, masks[role]) for role in self._counts
            },
            reward=reward,
            acting=acting,
            terminated=state.step >= self.horizon,
            truncated=jnp.zeros((), bool),
            metrics=self.metrics(state),
        )

    def _shown_masks(self, role: str, masks: dict[str, Array]) -> dict[str, Array]:
        sub_actions, several = self._sub_actions(role), self._several(role)
        return shown_masks(masks, sub_actions, several=several, flat=self.flatten_masks)
