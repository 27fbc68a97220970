"""An economy seen in another way: some roles added or hidden, some steps left out."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from jaxtyping import Array, Float, Key, PyTree

from ._plain import plain_fields
from .environment import Environment, Given, Role, SkillRange, TimeStep

__all__ = ["View"]


@dataclasses.dataclass(frozen=True)
class View(Environment):
    """The economy `env` as it is. A subclass overrides what it changes.

    What happens is the economy's: rules, params, luck and states pass through. A view that changes
    what is shown overrides `show`; one that changes what is done overrides `transition`.

    Attributes:
        env: the economy.
    """

    env: Environment

    def __post_init__(self) -> None:
        plain_fields(self)

    @property
    def rules(self) -> str:
        return self.env.rules

    @property
    def horizon(self) -> int:
        return self.env.horizon

    @property
    def roles(self) -> Mapping[str, Role]:
        return self.env.roles

    def default_params(self) -> PyTree[Array]:
        return self.env.default_params()

    def param_bounds(self) -> Mapping[str, tuple[float, float]]:
        return self.env.param_bounds()

    def skill_ranges(self) -> Mapping[str, SkillRange]:
        return self.env.skill_ranges()

    def layout_choices(self) -> tuple[Any, ...]:
        return self.env.layout_choices()

    def with_layouts(self, layouts: Sequence[Any]) -> Environment:
        return dataclasses.replace(self, env=self.env.with_layouts(layouts))

    def draw_world(self, key: Key[Array, ""]) -> PyTree[Array]:
        return self.env.draw_world(key)

    def draw_world_given(self, key: Key[Array, ""], given: Given) -> PyTree[Array]:
        return self.env.draw_world_given(key, given)

    def draw_shocks(self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()) -> PyTree[Array]:
        return self.env.draw_shocks(key, batch_shape)

    def start(self, world: PyTree[Array], params: PyTree[Array]) -> tuple[Any, TimeStep]:
        state, timestep = self.env.start(world, params)
        return state, self.show(state, timestep)

    def transition(
        self, state: Any, actions: Mapping[str, Array], shocks: PyTree[Array]
    ) -> tuple[Any, TimeStep]:
        state, timestep = self.env.transition(state, actions, shocks)
        return state, self.show(state, timestep)

    def show(self, state: Any, timestep: TimeStep) -> TimeStep:
        """What is shown of a state; by default what the economy shows."""
        return timestep

    def potential(self, state: Any) -> Mapping[str, Float[Array, " count"]]:
        return self.env.potential(state)
