"""Twin delayed deterministic policy gradient: settings. Nothing here needs jax."""

import dataclasses
import math
from typing import TYPE_CHECKING, Any, ClassVar

from .._plain import plain_fields
from ..errors import require, require_whole
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
        normalize_observations: by running mean and deviation, kept with the policy. What is
            remembered is normalised when it is drawn.
        normalize_rewards: divide rewards by the running deviation of the discounted returns of
            what an update gathers.
        hidden: widths of the hidden layers.
        embedding: how many numbers stand for an integer code in an observation.
        network_per: who shares an actor, see `PPO`. Critics see of which kind a member is.
        stand_in, learns_from, learns_until: see `PPO`.
    """

    follows: ClassVar[bool] = True
    replays: ClassVar[bool] = True
    coefficient_names: ClassVar[tuple[str, ...]] = (
        *("learning_rate", "discount", "exploration"),
        *("smoothing", "target_noise", "noise_clip", "gradient_clip"),
    )

    environments: int = 32
    unroll: int = 32
    gradient_steps: int = 64
    batch: int = 128
    capacity: int = 100_000
    warm_up: int = 1_000
    learning_rate: Schedule = 1e-3
    discount: Schedule = 0.99
    smoothing: Schedule = 0.005
    delay: int = 2
    target_noise: Schedule = 0.2
    noise_clip: Schedule = 0.5
    exploration: Schedule = 0.2
    twin: bool = True
    gradient_clip: Schedule = 10.0
    normalize_observations: bool = False
    normalize_rewards: bool = False
    hidden: tuple[int, ...] = (64, 64)
    embedding: int = 4
    network_per: str = "role"
    stand_in: float = 0.0
    learns_from: int = 0
    learns_until: int | None = None

    def __post_init__(self):
        plain_fields(self)
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, tuples(getattr(self, field.name)))
        for name in ("environments", "unroll", "gradient_steps", "batch", "capacity", "delay"):
            check_count(name, getattr(self, name))
        check_count("embedding", self.embedding)
        require_whole("warm_up", self.warm_up, low=0, high=2**31 - 1)
        check_widths("hidden", self.hidden)
        check_schedule("learning_rate", self.learning_rate, 0.0, math.inf)
        check_schedule("discount", self.discount, 0.0, 1.0)
        check_schedule("smoothing", self.smoothing, 0.0, 1.0)
        for name in ("exploration", "target_noise", "noise_clip"):
            check_schedule(name, getattr(self, name), 0.0, math.inf)
        check_schedule("gradient_clip", self.gradient_clip, 0.0, math.inf, positive=True)
        check_number("stand_in", self.stand_in, 0.0, 0.9)
        for name in ("twin", "normalize_observations", "normalize_rewards"):
            check_flag(name, getattr(self, name))
        require(self.network_per in SHARING, "network_per", self.network_per, ", ".join(SHARING))
        check_span(self.learns_from, self.learns_until)

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

        always = {"learning_rate", "discount", "exploration"}
        values = {name: getattr(self, name) for name in self.coefficient_names}
        return {
            name: value_at(value, steps)
            for name, value in values.items()
            if name in always or isinstance(value, tuple)
        }

    def improve(
        self,
        policy: "ActorCritic",
        kept: Any,
        experience: "RoleExperience",
        key: "Key[Array, '']",
        steps: "Float[Array, '']",
    ) -> "tuple[ActorCritic, Any, dict[str, Float[Array, '']]]":
        from .deterministic_gradient import Coefficients, improved

        # Those that do not change stay numbers of Python, and parts of the program.
        constant = {name: getattr(self, name) for name in Coefficients._fields}
        now = Coefficients(**(constant | self.coefficients(steps)))
        return improved(policy, kept, experience, key, config=self, now=now)
