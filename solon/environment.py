"""The interface of an economy: pure functions of state, actions and luck."""

import abc
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key, PyTree

from .errors import ConfigurationError
from .spaces import Space

__all__ = ["ACTION_MASK", "KIND", "Environment", "Given", "Role", "SkillRange", "TimeStep"]

ACTION_MASK = "action_mask"
"""The field of an observation that marks the choices which have an effect."""

KIND = "kind"
"""The field of an observation that tells of which of its role's kinds a member is."""


@dataclasses.dataclass(frozen=True)
class Role:
    """A kind of decision maker.

    Attributes:
        count: how many members act in it. Every array of the role has this leading axis.
        action: what one member chooses.
        observation: what one member sees, by field. A field `action_mask` (booleans, the
            sub-actions' choices one after the other) marks the choices that have an effect.
        every: it decides on one of so many steps (`TimeStep.acting` says on which ones); 1 if it
            decides on every step.
        kinds: how many members there are of each kind; all are of one kind if left out. With
            more, a field `kind` of the observation tells a member's own, numbered from 0.
            Members of different kinds can live very different lives, as those who sell do and
            those who build; learners compare a member with its own kind.
        shared: fields of the observation that all members see alike, as prices. They have no axis
            for members: one array stands for all, also where experience is kept.
        critic: fields that a learner's critic sees and its policy does not, as what others know.
            They serve learning alone.
    """

    count: int
    action: Space
    observation: Mapping[str, Space]
    every: int = 1
    kinds: tuple[int, ...] = ()
    shared: tuple[str, ...] = ()
    critic: tuple[str, ...] = ()


class TimeStep(eqx.Module):
    """What an economy shows after a start or a transition.

    Attributes:
        observation: role -> field -> array with leading axis `count`, but for `Role.shared`.
        reward: role -> float[count]; zero after a start.
        acting: role -> bool[count], who decides on the coming step. What the others hand in
            is ignored.
        terminated: the episode is over and nothing follows that a value could be put on.
        truncated: the episode was cut off although the economy would go on.
        metrics: scalars worth logging.
        left: role -> bool[count], who has left the episode and does not come back. The reward that
            is shown with it is the member's last. To wait is not to leave: that is `acting` alone.
            Roles that nobody leaves are left out.

    Nothing after an end counts, neither of an episode nor of a member that has left. What is shown
    then reaches no sum, no statistic and no gradient, whatever it is.
    """

    observation: dict[str, dict[str, Array]]
    reward: dict[str, Float[Array, " count"]]
    acting: dict[str, Bool[Array, " count"]]
    terminated: Bool[Array, ""]
    truncated: Bool[Array, ""]
    metrics: dict[str, Array]
    left: dict[str, Bool[Array, " _"]] = eqx.field(default_factory=dict)


class SkillRange(NamedTuple):
    """Skills that a prior may set: one for each of `members`, from `low` to `high`."""

    members: int
    low: float
    high: float


class Given(eqx.Module):
    """What of a world is given, so that luck does not decide it.

    Attributes:
        skills: by a name of `Environment.skill_ranges`, one of each member.
        layout: number among `Environment.layout_choices`, where there are several.
    """

    skills: dict[str, Float[Array, " count"]] = eqx.field(default_factory=dict)
    layout: Int[Array, ""] | None = None


class Environment(abc.ABC):
    """An economy. Subclasses are frozen dataclasses, so that they can be hashed.

    The object holds what fixes shapes (number of members, map, horizon). What a study varies is
    in `params`, a pytree of arrays which is handed over at the start of an episode and
    carried in the state. All randomness is an argument: the *world* is the luck of a start and
    the *shocks* are the luck of a step; `start` and `transition` are deterministic.

    To write one: set `name` and `version` (raised whenever a change of the rules alters an
    episode; where it alters those of some options only, override `rules`), and define `horizon`,
    `roles`, `default_params`, `draw_world`, `draw_shocks`, `start` and `transition`.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1

    @property
    def rules(self) -> str:
        """Name and version of the rules, as runs and policies quote them."""
        return f"{self.name}@{self.version}"

    @property
    @abc.abstractmethod
    def horizon(self) -> int:
        """Steps in an episode."""

    @property
    @abc.abstractmethod
    def roles(self) -> Mapping[str, Role]:
        """The kinds of decision makers, in a fixed order."""

    @abc.abstractmethod
    def default_params(self) -> PyTree[Array]:
        """The numbers that a study may vary without compiling anything again."""

    def param_bounds(self) -> Mapping[str, tuple[float, float]]:
        """Lowest and highest value of params that not every number suits, by place.

        A place is the names on the way to the param, joined by dots. Values that people give,
        priors and curricula are held to them; the bounds themselves are allowed.
        """
        return {}

    def skill_ranges(self) -> Mapping[str, SkillRange]:
        """The skills that a prior may set, by name; `draw_world_given` takes them."""
        return {}

    def layout_choices(self) -> tuple[Any, ...]:
        """The layouts of which a world has one; nothing where an economy has no layouts.

        They can be hashed and compared.
        """
        return ()

    def with_layouts(self, layouts: Sequence[Any]) -> "Environment":
        """The same economy on other layouts, of which a world has one.

        Args:
            layouts: each a name or a file, as the economy's option `layout` takes it, or one of
                `layout_choices`.

        Raises:
            ConfigurationError: if there are none, or these do not suit the economy.
        """
        raise ConfigurationError("layouts", [*layouts], "none, as this economy has no layouts")

    @abc.abstractmethod
    def draw_world(self, key: Key[Array, ""]) -> PyTree[Array]:
        """Draw all luck of a start."""

    def draw_world_given(self, key: Key[Array, ""], given: Given) -> PyTree[Array]:
        """Draw the luck of a start that is left, where some things are given.

        An economy with `skill_ranges` or several `layout_choices` defines it. What is not given is
        up to luck, as in `draw_world`: a single layout is never given.
        """
        return self.draw_world(key)

    @abc.abstractmethod
    def draw_shocks(self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()) -> PyTree[Array]:
        """Draw the luck of a step, or of many at once: every leaf has `batch_shape` in front."""

    @abc.abstractmethod
    def start(self, world: PyTree[Array], params: PyTree[Array]) -> tuple[Any, TimeStep]:
        """The first state of an episode."""

    @abc.abstractmethod
    def transition(
        self, state: Any, actions: Mapping[str, Array], shocks: PyTree[Array]
    ) -> tuple[Any, TimeStep]:
        """The next state. `actions` has, by role, an array with leading axis `count`."""

    def reset(self, key: Key[Array, ""], params: PyTree[Array]) -> tuple[Any, TimeStep]:
        """`start` from a world drawn with `key`."""
        return self.start(self.draw_world(key), params)

    def step(
        self, key: Key[Array, ""], state: Any, actions: Mapping[str, Array]
    ) -> tuple[Any, TimeStep]:
        """`transition` under shocks drawn with `key`."""
        return self.transition(state, actions, self.draw_shocks(key))

    def potential(self, state: Any) -> Mapping[str, Float[Array, " count"]]:
        """By role, what of its members' coming rewards is known already, such as taxes due.

        A critic that has it need not learn it. As with potential-based shaping (Ng, Harada and
        Russell 1999) it changes nothing about which behaviour is best, so it may be rough; a role
        that is left out has 0.
        """
        return {}

    def everyone_acts(self) -> dict[str, Bool[Array, " count"]]:
        """`TimeStep.acting` for the common case in which all members decide at every step."""
        return {name: jnp.ones(role.count, bool) for name, role in self.roles.items()}

    def no_reward(self) -> dict[str, Float[Array, " count"]]:
        """`TimeStep.reward` after a start."""
        return {name: jnp.zeros(role.count) for name, role in self.roles.items()}

    def random_actions(self, key: Key[Array, ""], timestep: TimeStep) -> dict[str, Array]:
        """One allowed action for each member, uniformly at random: for tests and benchmarks."""
        from .agents.scripted import random_actions

        return random_actions(key, self.roles, timestep.observation)
