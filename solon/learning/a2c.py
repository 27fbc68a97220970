"""Advantage actor-critic: settings. Nothing here needs jax."""

import dataclasses

from .policy_gradient import PolicyGradient

__all__ = ["A2C"]


@dataclasses.dataclass(frozen=True)
class A2C(PolicyGradient):
    """Advantage actor-critic (Mnih et al. 2016), all copies of the economy in step.

    One gradient step on all that was gathered since the last, so that unrolls had better be short.
    All settings of `PolicyGradient`; the step is made by Adam, and not by RMSProp as in the paper.
    """

    environments: int = 64
    unroll: int = 10
    learning_rate: float | tuple[tuple[float, float], ...] = 3e-3

    @property
    def epochs(self) -> int:
        return 1

    @property
    def minibatches(self) -> int:  # type: ignore[override]
        return 1
