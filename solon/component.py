"""The interface of a mechanism (a market, a tax, a way to earn) that economies are composed of."""

import abc
import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from jaxtyping import Array, Bool, Float, Key, PyTree

__all__ = ["Amounts", "Choice", "Component", "SubAction"]

EconomyType = TypeVar("EconomyType")
StateType = TypeVar("StateType")


@dataclasses.dataclass(frozen=True)
class SubAction:
    """Something a member may do: not at all (0), or in one of `choices` ways (1 to `choices`)."""

    name: str
    choices: int


@dataclasses.dataclass(frozen=True)
class Choice:
    """Something a member decides in every step: one of `choices` ways, 0 to `choices` - 1.

    With a `count` it decides so about each of as many things, as how much to buy of each good. What
    it does is then an array with an axis for them.
    """

    name: str
    choices: int
    count: int | None = None


@dataclasses.dataclass(frozen=True)
class Amounts:
    """Something a member sets to `count` numbers between `low` and `high`."""

    name: str
    count: int
    low: float
    high: float


class Component(abc.ABC, Generic[EconomyType, StateType]):
    """One mechanism of an economy.

    Subclasses are frozen dataclasses whose fields fix shapes. A component keeps its numbers in
    `state.params.parts[name]`, its memory in `state.parts[name]`, and draws its luck under its
    name as well. An economy calls its components in the order in which it lists them.

    All hooks but `default_params` have a neutral default, so a component defines only what it
    takes part in.
    """

    name: ClassVar[str]

    def validate(self, economy: EconomyType) -> None:
        """Raise `ConfigurationError` if the component does not fit the economy."""

    @abc.abstractmethod
    def default_params(self, economy: EconomyType) -> PyTree[Array]:
        """The numbers of the component that a study may vary."""

    def param_bounds(self, economy: EconomyType) -> Mapping[str, tuple[float, float]]:
        """Lowest and highest value of the component's params, see `Environment.param_bounds`."""
        return {}

    def members(self, economy: EconomyType) -> Mapping[str, int]:
        """The roles that the component brings into the economy, and how many members each has.

        Components that name the same role agree on its number; what the economy has itself need
        not be named.
        """
        return {}

    def shared(self, economy: EconomyType, role: str) -> tuple[str, ...]:
        """Fields that the component shows to all members of a role alike, as one array."""
        return ()

    def sub_actions(
        self, economy: EconomyType, role: str
    ) -> tuple[SubAction | Choice | Amounts, ...]:
        """What a member of `role` may do through this component.

        `Amounts` cannot be mixed with anything but amounts of the same range that the role sets.
        A role that has a `Choice` beside other things does several things in a step.
        """
        return ()

    def draw_world(self, economy: EconomyType, key: Key[Array, ""]) -> PyTree[Array]:
        """Draw the component's luck of a start."""
        return ()

    def skill_bounds(self, economy: EconomyType) -> tuple[float, float] | None:
        """Lowest and highest skill that a prior may give a worker here; None where it sets none."""
        return None

    def luck_given(
        self, economy: EconomyType, luck: PyTree[Array], skills: Float[Array, " n"]
    ) -> PyTree[Array]:
        """The luck of a start in which the skill of each worker is given.

        Args:
            economy: of which the component is a part.
            luck: that `draw_world` drew.
            skills: within `skill_bounds`.
        """
        return luck

    def draw_shocks(
        self, economy: EconomyType, key: Key[Array, ""], batch_shape: tuple[int, ...]
    ) -> PyTree[Array]:
        """Draw the component's luck of a step; every leaf has `batch_shape` in front."""
        return ()

    def start(self, economy: EconomyType, state: StateType, luck: Any) -> StateType:
        """Set up `state.parts[name]` (and whatever else the component decides at a start)."""
        return state

    def step(
        self,
        economy: EconomyType,
        state: StateType,
        actions: Mapping[str, Mapping[str, Array]],
        luck: Any,
    ) -> StateType:
        """Carry out the component's part of a step. `actions` is by role and sub-action."""
        return state

    def observe(self, economy: EconomyType, state: StateType) -> dict[str, dict[str, Array]]:
        """What the component shows: role -> field -> array with leading axis `count`.

        What is `shared` has no such axis.
        """
        return {}

    def mask(
        self, economy: EconomyType, state: StateType
    ) -> dict[str, dict[str, Bool[Array, "count choices"]]]:
        """Which choices have an effect on the coming step: role -> sub-action -> booleans.

        Those of a `Choice` about many things stand one after the other. What is left out has an
        effect always; a role of which all is left out is shown no mask.
        """
        return {}

    def acting(self, economy: EconomyType, state: StateType) -> dict[str, Bool[Array, " count"]]:
        """Who decides on the coming step, for roles that do not decide on every one."""
        return {}

    def every(self, economy: EconomyType, role: str) -> int:
        """A member of `role` decides about this component on one of so many steps."""
        return 1

    def metrics(self, economy: EconomyType, state: StateType) -> dict[str, Array]:
        """Scalars worth logging."""
        return {}
