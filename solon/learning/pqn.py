"""Parallelised Q-network: settings. Nothing here needs jax."""

import dataclasses
import math
from typing import TYPE_CHECKING, Any, ClassVar

from .._plain import plain_fields
from ..errors import require
from ..spaces import Box
from .algorithm import Algorithm
from .settings import (
    SHARING,
    Schedule,
    check_count,
    check_flag,
    check_number,
    check_schedule,
    check_span,
    check_widths,
    tuples,
)

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Key

    from ..agents.actor_critic import ActorCritic
    from ..environment import Role
    from .rollout import RoleExperience

__all__ = ["PQN"]


@dataclasses.dataclass(frozen=True)
class PQN(Algorithm):
    """Q-learning from many copies at once, without a replay memory (Gallici et al. 2025).

    For roles with discrete choices. The critic learns the lambda-returns of what was done since the
    last update; layer normalisation takes the place of target networks. Values are those of
    `solon.agents.ActionValues`.

    Attributes:
        environments, unroll, accumulate: see `PolicyGradient`.
        epochs: passes over the collected steps in an update.
        minibatches: parts of a pass, each with a gradient step. They consist of whole environments.
        learning_rate: of Adam; at a constant 0 the policy stays as it is.
        discount: how much a reward counts if it comes a step later.
        trace: the lambda of the returns, 0 for one step, 1 for all that followed.
        exploration: the probability that a choice is drawn from all that are allowed; the policy
            keeps the last one.
        gradient_clip: largest global norm of a gradient.
        hidden, embedding, recurrent, layer_norm: of the network, see `PolicyGradient`.
        normalize_observations, normalize_returns: see `PolicyGradient`.
        network_per, stand_in, learns_from, learns_until: see `PolicyGradient`.
    """

    coefficient_names: ClassVar[tuple[str, ...]] = (
        *("learning_rate", "discount", "trace", "exploration", "gradient_clip"),
    )

    environments: int = 64
    unroll: int = 20
    accumulate: int = 1
    epochs: int = 2
    minibatches: int = 4
    learning_rate: Schedule = 1e-3
    discount: Schedule = 0.99
    trace: Schedule = 0.65
    exploration: Schedule = ((0.0, 1.0), (1e6, 0.05))
    gradient_clip: Schedule = 10.0
    hidden: tuple[int, ...] = (64, 64)
    embedding: int = 4
    recurrent: bool = False
    layer_norm: bool = True
    normalize_observations: bool = True
    normalize_returns: bool = True
    network_per: str = "kind"
    stand_in: float = 0.0
    learns_from: int = 0
    learns_until: int | None = None

    def __post_init__(self):
        plain_fields(self)
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, tuples(getattr(self, field.name)))
        sizes = ("environments", "unroll", "accumulate", "epochs", "minibatches", "embedding")
        for name in sizes:
            check_count(name, getattr(self, name))
        check_widths("hidden", self.hidden)
        check_schedule("learning_rate", self.learning_rate, 0.0, math.inf)
        for name in ("discount", "trace", "exploration"):
            check_schedule(name, getattr(self, name), 0.0, 1.0)
        check_schedule("gradient_clip", self.gradient_clip, 0.0, math.inf, positive=True)
        for name in ("recurrent", "layer_norm", "normalize_observations", "normalize_returns"):
            check_flag(name, getattr(self, name))
        require(self.network_per in SHARING, "network_per", self.network_per, ", ".join(SHARING))
        check_number("stand_in", self.stand_in, 0.0, 0.9)
        check_span(self.learns_from, self.learns_until)

    @property
    def keeps(self) -> bool:
        return self.learning_rate == 0

    def check(self, name: str, role: "Role") -> None:
        from ..agents.encoding import Encoding

        allowed = "discrete choices, for a role that learns by PQN"
        require(not isinstance(role.action, Box), f"action of {name}", role.action, allowed)
        Encoding.of(name, role)

    def create(self, key: "Key[Array, '']", name: str, role: "Role") -> "ActorCritic":
        from .action_value_learning import action_values

        return action_values(key, name, role, self)

    def init(
        self,
        policy: "ActorCritic",
        shapes: "RoleExperience | None" = None,
        key: "Key[Array, ''] | None" = None,
    ) -> Any:
        from .descent import optimizer

        return optimizer(1.0).init(policy.network)

    def coefficients(self, steps: "Float[Array, '']") -> "dict[str, Float[Array, '']]":
        from .schedules import value_at

        return {name: value_at(getattr(self, name), steps) for name in self.coefficient_names}

    def improve(
        self,
        policy: "ActorCritic",
        kept: Any,
        experience: "RoleExperience",
        key: "Key[Array, '']",
        steps: "Float[Array, '']",
    ) -> "tuple[ActorCritic, Any, dict[str, Float[Array, '']]]":
        from .action_value_learning import improved

        now = self.coefficients(steps)
        return improved(policy, kept, experience, key, config=self, **now)
