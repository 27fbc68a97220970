"""The interface of a learning algorithm: settings, and what a role does with its experience."""

import abc
import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Key

    from ..agents.actor_critic import ActorCritic
    from ..environment import Role
    from .rollout import RoleExperience

__all__ = ["Algorithm"]


class Algorithm(abc.ABC):
    """How a role learns. Subclasses are frozen dataclasses, whose fields are the settings.

    A `Learner` maps each role that learns to an algorithm. It runs the copies of the economy and
    hands each role its own experience; the algorithm makes the policy, keeps what it needs from
    update to update (an optimiser's state, say) and improves the policy. Nothing here loads jax
    before a method is called, so that the command line can check settings at once.

    Attributes:
        environments: how many copies of the economy run side by side, the same for all roles.
        unroll: steps that each runs between two updates, the same for all roles.
        minibatches: parts of whole environments into which an update is divided.
        accumulate: parts of a minibatch whose gradients are added up; 1 if left out.
        stand_in: the share of the environments in which another policy decides for the role.
        learns_from: environment steps before which the policy stays as it is.
        learns_until: environment steps from which on it stays as it is; None if it never does.
        follows: whether experience has to say what was seen after each step (of the class).
        replays: whether it learns from earlier experience, too, and so has to know the shapes of it
            when it begins (of the class).
        coefficient_names: settings that are nothing but numbers in formulas, so that trainings in
            which they differ may be one compiled program (of the class).
    """

    follows: ClassVar[bool] = False
    replays: ClassVar[bool] = False
    coefficient_names: ClassVar[tuple[str, ...]] = ()

    environments: int
    unroll: int
    minibatches: int
    stand_in: float
    learns_from: int
    learns_until: int | None

    @property
    def accumulate(self) -> int:
        """Parts of a minibatch whose gradients are added up."""
        return 1

    def with_coefficients(self, values: Mapping[str, Any]) -> "Algorithm":
        """The same with other numbers in the place of some coefficients, which jax may be tracing.

        Args:
            values: by names of `coefficient_names`. They are not checked.
        """
        changed = copy.copy(self)
        for name, value in values.items():
            object.__setattr__(changed, name, value)
        return changed

    @property
    @abc.abstractmethod
    def keeps(self) -> bool:
        """Whether the policy stays as it is throughout, so that nothing is computed for it."""

    @abc.abstractmethod
    def create(self, key: "Key[Array, '']", name: str, role: "Role") -> "ActorCritic":
        """A policy that knows nothing yet.

        Args:
            key: luck of the weights.
            name: of the role, for messages.
            role: what its members see and do.

        Raises:
            ConfigurationError: if the algorithm cannot take the role's observations or actions.
        """

    @abc.abstractmethod
    def check(self, name: str, role: "Role") -> None:
        """Raise `ConfigurationError` if the algorithm cannot take a role, without computing."""

    @abc.abstractmethod
    def init(
        self,
        policy: "ActorCritic",
        shapes: "RoleExperience | None" = None,
        key: "Key[Array, ''] | None" = None,
    ) -> Any:
        """What the algorithm keeps from update to update, before the first one.

        Args:
            policy: that is to learn.
            shapes: types and shapes of an update's experience, for one that `replays`.
            key: luck of the beginning, for one that `replays`.
        """

    @abc.abstractmethod
    def coefficients(self, steps: "Float[Array, '']") -> "dict[str, Float[Array, '']]":
        """What of the settings follows a schedule, by name, after so many environment steps."""

    @abc.abstractmethod
    def improve(
        self,
        policy: "ActorCritic",
        kept: Any,
        experience: "RoleExperience",
        key: "Key[Array, '']",
        steps: "Float[Array, '']",
    ) -> "tuple[ActorCritic, Any, dict[str, Float[Array, '']]]":
        """A better policy.

        Args:
            policy: that gathered the experience.
            kept: from `init` or the last call.
            experience: of the role in this update.
            key: luck of the update.
            steps: environment steps done before the update.

        Returns:
            The policy, what is kept, and figures that tell how the update went.
        """
