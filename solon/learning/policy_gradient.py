"""What algorithms share that follow the gradient of the policy. Nothing here needs jax."""

import abc
import dataclasses
import math
from typing import TYPE_CHECKING, Any, ClassVar

from .._plain import plain_fields
from ..errors import require
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
    sharing,
    tuples,
)

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Key

    from ..agents.actor_critic import ActorCritic
    from ..agents.encoding import Encoding
    from ..environment import Role
    from .rollout import RoleExperience

__all__ = ["PolicyGradient"]


@dataclasses.dataclass(frozen=True)
class PolicyGradient(Algorithm):
    """An actor, a critic, and generalised advantages: the settings that such algorithms share.

    A setting that is a `Schedule` may change with the environment steps done.

    Attributes:
        environments: how many copies of the economy run side by side.
        unroll: steps that each runs between two updates. It divides the horizon, or is a
            multiple of it; in the first case the number of unrolls in an episode has to divide
            `environments`.
        accumulate: parts of a minibatch whose gradients are added up before a step is made of
            them, where a whole one does not fit into memory. The step is the same.
        learning_rate: of Adam; at a constant 0 the policy is kept as it is, and nothing is computed
            for it.
        entropy: coefficient of the policy's entropy, per nat.
        discount: how much a reward counts if it comes a step later.
        gae_lambda: the lambda of generalised advantage estimation, 0 to trust the critic, 1 to
            trust the returns.
        value_coefficient: weight of the critic's squared error.
        gradient_clip: largest global norm of a gradient.
        hidden: widths of the hidden layers; none for a log-linear policy.
        embedding: how many numbers stand for an integer code in an observation.
        shared_trunk: policy and value share the hidden layers.
        recurrent: a gated recurrent unit behind the last hidden layer lets members remember what
            they saw. Gradients reach back to the beginning of an unroll.
        layer_norm: normalise the last hidden layer.
        normalize_observations: by running mean and deviation, kept with the policy.
        normalize_returns: let the critic speak in units of the returns' running deviation. As
            advantages are standardised, the scale of the reward does not matter then.
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

    coefficient_names: ClassVar[tuple[str, ...]] = (
        *("learning_rate", "entropy", "discount", "gae_lambda"),
        *("clip", "value_clip", "value_coefficient", "gradient_clip"),
    )

    environments: int = 120
    unroll: int = 100
    accumulate: int = 1
    learning_rate: Schedule = 1e-3
    entropy: Schedule = 0.025
    discount: Schedule = 0.998
    gae_lambda: Schedule = 0.95
    value_coefficient: Schedule = 0.5
    gradient_clip: Schedule = 1.0
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
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, tuples(getattr(self, field.name)))
        for name in ("environments", "unroll", "accumulate", "embedding"):
            check_count(name, getattr(self, name))
        check_widths("hidden", self.hidden)
        check_schedule("learning_rate", self.learning_rate, 0.0, math.inf)
        check_schedule("entropy", self.entropy, 0.0, math.inf)
        check_schedule("discount", self.discount, 0.0, 1.0)
        check_schedule("gae_lambda", self.gae_lambda, 0.0, 1.0)
        check_schedule("value_coefficient", self.value_coefficient, 0.0, math.inf)
        check_schedule("gradient_clip", self.gradient_clip, 0.0, math.inf, positive=True)
        check_number("stand_in", self.stand_in, 0.0, 0.9)
        for name in (
            "shared_trunk",
            "recurrent",
            "layer_norm",
            "normalize_observations",
            "normalize_returns",
            "standardize_by_kind",
        ):
            check_flag(name, getattr(self, name))
        known = self.network_per in SHARING
        require(known, "network_per", self.network_per, ", ".join(SHARING))
        check_span(self.learns_from, self.learns_until)

    @property
    @abc.abstractmethod
    def epochs(self) -> int:
        """Passes over the collected steps in an update."""

    @property
    def clip(self) -> Schedule | None:
        """How far the ratio of new to old probability may leave 1; None if it is not looked at."""
        return None

    @property
    def value_clip(self) -> Schedule | None:
        """How far the critic may move in an update before it stops paying; None if anywhere."""
        return None

    @property
    def keeps(self) -> bool:
        return self.learning_rate == 0

    def check(self, name: str, role: "Role") -> None:
        self.encoding(name, role)

    def encoding(self, name: str, role: "Role") -> "Encoding":
        """What the policy and the critic of a role see."""
        from ..agents.encoding import Encoding

        return Encoding.of(name, role)

    def create(self, key: "Key[Array, '']", name: str, role: "Role") -> "ActorCritic":
        from ..agents.actor_critic import ActorCritic

        return ActorCritic.create(
            key,
            self.encoding(name, role),
            hidden=self.hidden,
            embedding=self.embedding,
            shared_trunk=self.shared_trunk,
            layer_norm=self.layer_norm,
            normalize_observations=self.normalize_observations,
            normalize_returns=self.normalize_returns,
            members=role.count,
            counts=sharing(self.network_per, role),
            recurrent=self.recurrent,
        )

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

        always = {"learning_rate", "entropy", "discount"}
        return {
            "entropy_coefficient" if name == "entropy" else name: value_at(value, steps)
            for name, value in self._coefficients.items()
            if value is not None and (name in always or isinstance(value, tuple))
        }

    @property
    def _coefficients(self) -> dict[str, Any]:
        """All that may follow a schedule: `Schedule`s, numbers that jax traces, or None."""
        return {name: getattr(self, name) for name in self.coefficient_names}

    def improve(
        self,
        policy: "ActorCritic",
        kept: Any,
        experience: "RoleExperience",
        key: "Key[Array, '']",
        steps: "Float[Array, '']",
    ) -> "tuple[ActorCritic, Any, dict[str, Float[Array, '']]]":
        from .ppo import Coefficients, improved

        values = self._coefficients
        # Those that do not change stay numbers of Python, and parts of the program.
        values["entropy_coefficient"] = values.pop("entropy")
        now = Coefficients(**(values | self.coefficients(steps)))
        return improved(policy, kept, experience, key, config=self, now=now)
