"""What a training is told: sizes, step lengths and coefficients. Nothing here needs jax."""

import dataclasses
import itertools
import math
from typing import TYPE_CHECKING, Any, TypeAlias

from .._plain import is_number, plain_fields
from ..errors import require, require_whole
from .algorithm import Algorithm

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Key

    from ..agents.actor_critic import ActorCritic
    from ..environment import Role
    from .rollout import RoleExperience

__all__ = [
    *("PPO", "SHARING", "Schedule"),
    *("check_number", "check_schedule", "is_count", "ppo_settings", "published", "tuples"),
]

Schedule: TypeAlias = float | tuple[tuple[float, float], ...]
"""A number, or one that changes with the environment steps done: points (steps, value), joined by
straight lines and constant before the first and after the last."""

SHARING = ("role", "kind", "member")


@dataclasses.dataclass(frozen=True)
class PPO(Algorithm):
    """Proximal policy optimisation (Schulman et al. 2017), fast on a CPU.

    Attributes:
        environments: how many copies of the economy run side by side.
        unroll: steps that each runs between two updates. It divides the horizon, or is a
            multiple of it; in the first case the number of unrolls in an episode has to divide
            `environments`.
        epochs: passes over the collected steps in an update.
        minibatches: parts of a pass, each with a gradient step. They consist of whole environments.
        learning_rate: of Adam; at a constant 0 the policy is kept as it is, and nothing is computed
            for it.
        entropy: coefficient of the policy's entropy, per nat.
        discount: how much a reward counts if it comes a step later.
        gae_lambda: the lambda of generalised advantage estimation, 0 to trust the critic, 1 to
            trust the returns.
        clip: how far the ratio of new to old probability may leave 1 before it stops paying.
        value_coefficient: weight of the critic's squared error.
        value_clip: how far the critic may move in an update before it stops paying, in its own
            units; None to leave it free.
        gradient_clip: largest global norm of a gradient.
        hidden: widths of the hidden layers; none for a log-linear policy.
        embedding: how many numbers stand for an integer code in an observation.
        shared_trunk: policy and value share the hidden layers.
        recurrent: a gated recurrent unit behind the last hidden layer lets members remember what
            they saw. Gradients reach back to the beginning of an unroll.
        layer_norm: normalise the last hidden layer.
        normalize_observations: by running mean and deviation, kept with the policy.
        normalize_returns: let the critic speak in units of the returns' running deviation.
        standardize_by_kind: standardise advantages within each kind of members (`Role.kinds`),
            and not over all members of the role.
        network_per: who shares a network: all members of a `role`, those of a `kind`, or nobody
            but a `member` itself.
        stand_in: the share of the environments in which another planner decides in the place of
            the role's policy, which learns nothing from them, or of its planner: the other roles
            learn an answer to decisions that it does not try itself.
        learns_from: environment steps before which the policy stays as it is.
        learns_until: environment steps from which on it stays as it is; None if it never does.
    """

    environments: int = 120
    unroll: int = 100
    epochs: int = 3
    minibatches: int = 8
    learning_rate: Schedule = 1e-3
    entropy: Schedule = 0.025
    discount: Schedule = 0.998
    gae_lambda: float = 0.95
    clip: float = 0.2
    value_coefficient: float = 0.5
    value_clip: float | None = None
    gradient_clip: float = 1.0
    hidden: tuple[int, ...] = (64, 64)
    embedding: int = 4
    shared_trunk: bool = True
    recurrent: bool = False
    layer_norm: bool = False
    normalize_observations: bool = True
    normalize_returns: bool = True
    standardize_by_kind: bool = True
    network_per: str = "kind"
    stand_in: float = 0.0
    learns_from: int = 0
    learns_until: int | None = None

    def __post_init__(self):
        plain_fields(self)
        for name in ("environments", "unroll", "epochs", "minibatches", "embedding"):
            value = getattr(self, name)
            require(is_count(value), name, value, "an integer of at least 1")
        for name in ("learning_rate", "entropy", "discount"):
            # Configurations that were kept as JSON come back as lists.
            object.__setattr__(self, name, tuples(getattr(self, name)))
        object.__setattr__(self, "hidden", tuples(self.hidden))
        widths = isinstance(self.hidden, tuple)
        require(
            widths and all(is_count(width) for width in self.hidden),
            "hidden",
            self.hidden,
            "widths, each an integer of at least 1, or none",
        )
        check_schedule("learning_rate", self.learning_rate, 0.0, math.inf)
        check_schedule("entropy", self.entropy, 0.0, math.inf)
        check_schedule("discount", self.discount, 0.0, 1.0)
        check_number("gae_lambda", self.gae_lambda, 0.0, 1.0)
        check_number("value_coefficient", self.value_coefficient, 0.0, math.inf)
        check_number("stand_in", self.stand_in, 0.0, 0.9)
        for name in ("clip", "gradient_clip", "value_clip"):
            value = getattr(self, name)
            if value is not None or name != "value_clip":
                check_number(name, value, 0.0, math.inf)
                require(value > 0, name, value, "a number above 0")
        for name in (
            "shared_trunk",
            "recurrent",
            "layer_norm",
            "normalize_observations",
            "normalize_returns",
            "standardize_by_kind",
        ):
            value = getattr(self, name)
            require(isinstance(value, bool), name, value, "true or false")
        known = self.network_per in SHARING
        require(known, "network_per", self.network_per, ", ".join(SHARING))
        require_whole("learns_from", self.learns_from, low=0, high=2**31 - 1)
        if self.learns_until is not None:
            require_whole("learns_until", self.learns_until, low=self.learns_from, high=2**31 - 1)

    @property
    def keeps(self) -> bool:
        return self.learning_rate == 0

    def check(self, name: str, role: "Role") -> None:
        from ..agents.encoding import Encoding

        Encoding.of(name, role)

    def create(self, key: "Key[Array, '']", name: str, role: "Role") -> "ActorCritic":
        from ..agents.actor_critic import ActorCritic
        from ..agents.encoding import Encoding

        sharing = {"role": (), "kind": role.kinds, "member": (1,) * role.count}
        return ActorCritic.create(
            key,
            Encoding.of(name, role),
            hidden=self.hidden,
            embedding=self.embedding,
            shared_trunk=self.shared_trunk,
            layer_norm=self.layer_norm,
            normalize_observations=self.normalize_observations,
            normalize_returns=self.normalize_returns,
            members=role.count,
            counts=sharing[self.network_per],
            recurrent=self.recurrent,
        )

    def init(
        self,
        policy: "ActorCritic",
        shapes: "RoleExperience | None" = None,
        key: "Key[Array, ''] | None" = None,
    ) -> Any:
        from .ppo import optimizer

        return optimizer(self).init(policy.network)

    def coefficients(self, steps: "Float[Array, '']") -> "dict[str, Float[Array, '']]":
        from .schedules import value_at

        return {
            "learning_rate": value_at(self.learning_rate, steps),
            "entropy_coefficient": value_at(self.entropy, steps),
            "discount": value_at(self.discount, steps),
        }

    def improve(
        self,
        policy: "ActorCritic",
        kept: Any,
        experience: "RoleExperience",
        key: "Key[Array, '']",
        steps: "Float[Array, '']",
    ) -> "tuple[ActorCritic, Any, dict[str, Float[Array, '']]]":
        from .ppo import improved

        now = self.coefficients(steps)
        return improved(policy, kept, experience, key, config=self, **now)


def published() -> PPO:
    """The workers' settings of the AI Economist's published training, as far as they carry over.

    Two things do not. The network there has convolutions and an LSTM of width 128; here it is
    feed-forward, with an embedding of the map and a third dense layer in the LSTM's place. An
    iteration there takes four gradient steps on 1,500 environment steps each; here it takes five
    on 1,200, since minibatches consist of whole environments.

    Source: the training configuration in salesforce/ai-economist 1.7.1 (phase 1).
    """
    return PPO(
        environments=30,
        unroll=200,
        epochs=1,
        minibatches=5,
        learning_rate=3e-4,
        entropy=0.025,
        discount=0.998,
        gae_lambda=0.98,
        clip=0.3,
        value_coefficient=0.05,
        value_clip=50.0,
        gradient_clip=10.0,
        hidden=(128, 128, 128),
        embedding=4,
        shared_trunk=False,
        layer_norm=True,
        normalize_observations=False,
        normalize_returns=False,
        standardize_by_kind=False,
        network_per="role",
    )


def is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def tuples(value: Any) -> Any:
    return tuple(tuples(item) for item in value) if isinstance(value, list | tuple) else value


def check_number(name: str, value: Any, low: float, high: float) -> None:
    allowed = f"a number from {low:g} to {high:g}" if high < math.inf else f"at least {low:g}"
    require(is_number(value) and low <= value <= high, name, value, allowed)


def check_schedule(name: str, value: Any, low: float, high: float) -> None:
    if not isinstance(value, tuple):
        check_number(name, value, low, high)
        return
    pairs = len(value) >= 1 and all(isinstance(point, tuple) and len(point) == 2 for point in value)
    numbers = pairs and all(is_number(x) for point in value for x in point)
    rising = numbers and all(a[0] < b[0] for a, b in itertools.pairwise(value))
    require(rising, name, value, "a number, or points (steps, value) with increasing steps")
    for _, at in value:
        check_number(name, at, low, high)
