"""What economies share in which members of any roles act through components."""

import dataclasses
import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Key

from ..component import Component
from ..environment import KIND, Environment, Role, TimeStep
from ..errors import require, require_whole
from ..luck import key_of
from ..spaces import Box
from .actions import Doing, action_space, fit_together, read_actions, shown_masks

__all__ = ["ComposedEconomy"]

_MOST_MEMBERS = 10_000_000


class ComposedEconomy(Environment):
    """An economy that is composed of components. A role is there if one lets it do something.

    Subclasses are frozen dataclasses with these fields. They define what is particular to them: the
    start, the step, and what everyone sees beyond what components show. Roles come from the
    components (`Component.members`), or from the economy itself (`members`).

    Attributes:
        components: the mechanisms, in the order in which a step applies them.
        flatten_masks: whether action masks are one field, or one a kind of action.
    """

    components: tuple[Component, ...]
    flatten_masks: bool = True

    @property
    def members(self) -> Mapping[str, int]:
        """The economy's own roles and how many members each has, before those of components."""
        return {}

    def several(self, role: str) -> bool:
        """Whether a member of a role may do several things in a step, instead of one."""
        return False

    def kinds(self, role: str) -> int:
        """How many kinds of members a role has that is shown a field `kind`."""
        return 1

    def shared(self, role: str) -> tuple[str, ...]:
        """Fields that all members of a role see alike, without an axis for members."""
        return tuple(name for part in self.components for name in part.shared(self, role))

    def fields(self, state: Any) -> dict[str, dict[str, Array]]:
        """What everyone sees but the action masks: role -> field -> array."""
        shown: dict[str, dict[str, Array]] = {role: {} for role in self._counts}
        for part in self.components:
            for role, own in part.observe(self, state).items():
                shown[role] |= own
        return shown

    def metrics(self, state: Any) -> dict[str, Array]:
        """Scalars of the episode so far."""
        return self._metrics_of_parts(state)

    def param_bounds(self) -> Mapping[str, tuple[float, float]]:
        return {
            f"parts.{part.name}.{place}": bounds
            for part in self.components
            for place, bounds in part.param_bounds(self).items()
        }

    def component(self, name: str) -> Any:
        """The component of this name, or None."""
        return next((part for part in self.components if part.name == name), None)

    def check_components(self) -> None:
        """Raise `ConfigurationError` unless the components fit together and the economy."""
        parts = self.components
        proper = isinstance(parts, tuple) and all(isinstance(part, Component) for part in parts)
        require(proper, "components", parts, "a tuple of Component instances")
        names = [part.name for part in parts]
        require(len(set(names)) == len(names), "components", names, "each component once")
        counts = dict(self.members)
        for part in self.components:
            for role, count in part.members(self).items():
                require_whole(f"{part.name}, {role}", count, low=1, high=_MOST_MEMBERS)
                known = counts.setdefault(role, count)
                allowed = f"{known} members, as many as elsewhere in the economy"
                require(known == count, f"{part.name}, {role}", count, allowed)
        self.check_roles(names)
        for role in self._counts:
            allowed = f"those that let {role} set amounts of one range alone, or choose alone"
            require(fit_together(self._sub_actions(role)), "components", names, allowed)
        for part in self.components:
            part.validate(self)

    def check_roles(self, names: Sequence[str]) -> None:
        """Raise `ConfigurationError` unless components of these names let somebody do something."""
        require(bool(self._counts), "components", names, "one that some role acts in")

    @functools.cached_property
    def roles(self) -> Mapping[str, Role]:
        def shown(key):
            return self.reset(key, self.default_params())[1].observation

        seen = jax.eval_shape(shown, key_of(0))
        roles = {}
        for role, count in self._counts.items():
            shared = self.shared(role)
            spaces = {
                # What all see alike has no axis for members to leave out.
                name: self._space(
                    name,
                    jax.ShapeDtypeStruct((count, *leaf.shape), leaf.dtype)
                    if name in shared
                    else leaf,
                )
                for name, leaf in seen[role].items()
            }
            action = action_space(self._sub_actions(role), several=self.several(role))
            kinds = self._kinds(role, count) if KIND in spaces else ()
            every = self._every(role)
            roles[role] = Role(count, action, spaces, every=every, kinds=kinds, shared=shared)
        return roles

    def _kinds(self, role: str, count: int) -> tuple[int, ...]:
        """How many members there are of each kind: alike, or as near as can be."""
        kinds = self.kinds(role)
        kind = [rank * kinds // count for rank in range(count)]
        return tuple(kind.count(k) for k in range(kinds))

    def _space(self, name: str, leaf: jax.ShapeDtypeStruct) -> Box:
        shape = leaf.shape[1:]
        if leaf.dtype == bool:
            return Box(shape, 0, 1, "boolean")
        return Box(shape, kind="integer" if jnp.issubdtype(leaf.dtype, jnp.integer) else "float")

    def _sub_actions(self, role: str) -> tuple[Doing, ...]:
        return tuple(sub for part in self.components for sub in part.sub_actions(self, role))

    def _every(self, role: str) -> int:
        parts = [part for part in self.components if part.sub_actions(self, role)]
        return math.gcd(*(part.every(self, role) for part in parts))

    @functools.cached_property
    def _counts(self) -> dict[str, int]:
        counts = dict(self.members)
        for part in self.components:
            for role, count in part.members(self).items():
                counts.setdefault(role, count)
        return {role: n for role, n in counts.items() if self._sub_actions(role)}

    def _params_of_parts(self) -> dict[str, Any]:
        return {part.name: part.default_params(self) for part in self.components}

    def _worlds_of_parts(
        self, keys: Sequence[Key[Array, ""]], skills: Mapping[str, Array] | None = None
    ) -> dict[str, Any]:
        """The luck of the components, of which some have their `skills` given, by name."""
        drawn = zip(self.components, keys, strict=True)
        worlds = {part.name: part.draw_world(self, key) for part, key in drawn}
        for name, each in (skills or {}).items():
            worlds[name] = self.component(name).luck_given(self, worlds[name], each)
        return worlds

    def _shocks_of_parts(
        self, keys: Sequence[Key[Array, ""]], batch_shape: tuple[int, ...]
    ) -> dict[str, Any]:
        drawn = zip(self.components, keys, strict=True)
        return {part.name: part.draw_shocks(self, key, batch_shape) for part, key in drawn}

    def _start_parts(self, state: Any, worlds: Mapping[str, Any]) -> Any:
        """The state with the memories of all components."""
        for part in self.components:
            state = part.start(self, state, worlds[part.name])
        return state

    def _step_parts(
        self, state: Any, actions: Mapping[str, Array], shocks: Mapping[str, Any]
    ) -> Any:
        """The state a step later, after all components have done their part in their order."""
        done = self._read(actions)
        state = dataclasses.replace(state, step=state.step + 1)
        for part in self.components:
            state = part.step(self, state, done, shocks[part.name])
        return state

    def _metrics_of_parts(self, state: Any) -> dict[str, Array]:
        found: dict[str, Array] = {}
        for part in self.components:
            found |= part.metrics(self, state)
        return found

    def _read(self, actions: Mapping[str, Array]) -> dict[str, dict[str, Array]]:
        """By role and sub-action, what everyone does."""
        return {
            role: read_actions(actions[role], self._sub_actions(role), several=self.several(role))
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
        sub_actions, several = self._sub_actions(role), self.several(role)
        return shown_masks(masks, sub_actions, several=several, flat=self.flatten_masks)
