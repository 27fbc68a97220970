"""Twin delayed deterministic policy gradient: settings. Nothing here needs jax."""

import dataclasses
import math
from typing import TYPE_CHECKING, Any, ClassVar

from .._plain import plain_fields
from ..errors import require, require_whole
from ..spaces import Box
from .algorithm import Algorithm
from .config import SHARING, Schedule, check_number, check_schedule, is_count, tuples

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Key

    from ..agents.actor_critic import ActorCritic
    from ..environment import Role
    from .rollout import RoleExperience

__all__ = ["TD3"]


@dataclasses.dataclass(frozen=True)
class TD3(Algorithm):
    """Twin delayed deterministic policy gradient (Fujimoto, van Hoof and Meger 2018).

    For roles that hand in real numbers on every step. With `twin` off, a `delay` of 1 and no
    `target_noise` it is deep deterministic policy gradient (Lillicrap et al. 2016). Noise is added
    to the numbers before they are squashed between the bounds of the action.

    Attributes:
        environments: how many copies of the economy run side by side.
        unroll: steps that each runs between two updates, see `PPO`.
        gradient_steps: of the critics in an update.
        batch: steps of an economy, all members together, that a gradient step is made of.
        capacity: such steps that are remembered; at least those of one update are.
        warm_up: such steps that are gathered before anything is learned from them.
        learning_rate: of Adam, for actor and critics; at a constant 0 the policy stays as it is.
        discount: how much a reward counts if it comes a step later.
        smoothing: by which share target networks follow in a step.
        delay: steps of the critics for one of the actor and of the target networks.
        target_noise: deviation of the noise on the action that a target values.
        noise_clip: largest such noise.
        exploration: deviation of the noise on what is tried; the policy keeps the last one.
        twin: two critics, of which targets take the lower value.
        gradient_clip: largest global norm of a gradient.
        hidden: widths of the hidden layers.
        embedding: how many numbers stand for an integer code in an observation.
        network_per: who shares an actor, see `PPO`. Critics see of which kind a member is.
        stand_in, learns_from, learns_until: see `PPO`.
    """

    follows: ClassVar[bool] = True
    replays: ClassVar[bool] = True

    environments: int = 32
    unroll: int = 32
    gradient_steps: int = 64
    batch: int = 128
    capacity: int = 100_000
    warm_up: int = 1_000
    learning_rate: Schedule = 1e-3
    discount: Schedule = 0.99
    smoothing: float = 0.005
    delay: int = 2
    target_noise: float = 0.2
    noise_clip: float = 0.5
    exploration: Schedule = 0.2
    twin: bool = True
    gradient_clip: float = 10.0
    hidden: tuple[int, ...] = (64, 64)
    embedding: int = 4
    network_per: str = "role"
    stand_in: float = 0.0
    learns_from: int = 0
    learns_until: int | None = None

    def __post_init__(self):
        plain_fields(self)
        for name in ("environments", "unroll", "gradient_steps", "batch", "capacity", "delay"):
            value = getattr(self, name)
            require(is_count(value), name, value, "an integer of at least 1")
        require(is_count(self.embedding), "embedding", self.embedding, "an integer of at least 1")
        require_whole("warm_up", self.warm_up, low=0, high=2**31 - 1)
        for name in ("learning_rate", "discount", "exploration", "hidden"):
            object.__setattr__(self, name, tuples(getattr(self, name)))
        widths = isinstance(self.hidden, tuple) and all(is_count(width) for width in self.hidden)
        require(widths, "hidden", self.hidden, "widths, each an integer of at least 1, or none")
        check_schedule("learning_rate", self.learning_rate, 0.0, math.inf)
        check_schedule("discount", self.discount, 0.0, 1.0)
        check_schedule("exploration", self.exploration, 0.0, math.inf)
        check_number("smoothing", self.smoothing, 0.0, 1.0)
        check_number("stand_in", self.stand_in, 0.0, 0.9)
        for name in ("target_noise", "noise_clip"):
            check_number(name, getattr(self, name), 0.0, math.inf)
        check_number("gradient_clip", self.gradient_clip, 0.0, math.inf)
        require(self.gradient_clip > 0, "gradient_clip", self.gradient_clip, "a number above 0")
        require(isinstance(self.twin, bool), "twin", self.twin, "true or false")
        require(self.network_per in SHARING, "network_per", self.network_per, ", ".join(SHARING))
        require_whole("learns_from", self.learns_from, low=0, high=2**31 - 1)
        if self.learns_until is not None:
            require_whole("learns_until", self.learns_until, low=self.learns_from, high=2**31 - 1)

    @property
    def minibatches(self) -> int:  # type: ignore[override]
        """One: what a gradient step is made of comes out of the memory."""
        return 1

    @property
    def keeps(self) -> bool:
        return self.learning_rate == 0

    def check(self, name: str, role: "Role") -> None:
        from ..agents.encoding import Encoding

        allowed = "a Box of real numbers, for a role that learns by TD3"
        require(isinstance(role.action, Box), f"action of {name}", role.action, allowed)
        allowed = "1, for a role that learns by TD3"
        require(role.every == 1, f"steps between decisions of {name}", role.every, allowed)
        Encoding.of(name, role)

    def create(self, key: "Key[Array, '']", name: str, role: "Role") -> "ActorCritic":
        from .deterministic_gradient import actor

        return actor(key, name, role, self)

    def init(
        self,
        policy: "ActorCritic",
        shapes: "RoleExperience | None" = None,
        key: "Key[Array, ''] | None" = None,
    ) -> Any:
        from .deterministic_gradient import first_memory

        assert shapes is not None and key is not None
        return first_memory(policy, shapes, key, self)

    def coefficients(self, steps: "Float[Array, '']") -> "dict[str, Float[Array, '']]":
        from .schedules import value_at

        names = ("learning_rate", "discount", "exploration")
        return {name: value_at(getattr(self, name), steps) for name in names}

    def improve(
        self,
        policy: "ActorCritic",
        kept: Any,
        experience: "RoleExperience",
        key: "Key[Array, '']",
        steps: "Float[Array, '']",
    ) -> "tuple[ActorCritic, Any, dict[str, Float[Array, '']]]":
        from .deterministic_gradient import improved

        return improved(policy, kept, experience, key, config=self, **self.coefficients(steps))
