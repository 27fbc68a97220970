"""Proximal policy optimisation: settings. Nothing here needs jax."""

import dataclasses
import math

from .policy_gradient import PolicyGradient
from .settings import Schedule, check_count, check_schedule

__all__ = ["PPO", "published"]


@dataclasses.dataclass(frozen=True)
class PPO(PolicyGradient):
    """Proximal policy optimisation (Schulman et al. 2017), fast on a CPU.

    All settings of `PolicyGradient`, and these.

    Attributes:
        epochs: passes over the collected steps in an update.
        minibatches: parts of a pass, each with a gradient step. They consist of whole environments.
        clip: how far the ratio of new to old probability may leave 1 before it stops paying.
        value_clip: how far the critic may move in an update before it stops paying, in its own
            units; None to leave it free.
    """

    epochs: int = 3
    minibatches: int = 8
    clip: Schedule = 0.2
    value_clip: Schedule | None = None

    def __post_init__(self):
        super().__post_init__()
        for name in ("epochs", "minibatches"):
            check_count(name, getattr(self, name))
        check_schedule("clip", self.clip, 0.0, math.inf, positive=True)
        if self.value_clip is not None:
            check_schedule("value_clip", self.value_clip, 0.0, math.inf, positive=True)


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
